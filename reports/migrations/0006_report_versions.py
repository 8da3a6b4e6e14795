import django.db.models.deletion
from django.db import migrations, models


def link_saves(apps, schema_editor):
    """Versions that were saved before, by the events that they left."""
    Event = apps.get_model("assessments", "Event")
    Report = apps.get_model("reports", "Report")
    ReportVersion = apps.get_model("reports", "ReportVersion")
    reports = dict(Report.objects.order_by("pk").values_list("code", "pk"))
    saves = Event.objects.filter(action__in=("create_report", "write_report")).order_by("pk")
    for event in saves.only("after").iterator():
        if report := reports.get(event.after["report"]):
            ReportVersion.objects.get_or_create(
                report_id=report, version=event.after["version"], defaults={"event_id": event.pk}
            )


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0005_year_complete"),
        ("reports", "0005_issuing"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("version", models.PositiveIntegerField(verbose_name="phiên bản")),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assessments.event"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="reports.report",
                    ),
                ),
            ],
            options={
                "verbose_name": "phiên bản báo cáo",
                "verbose_name_plural": "phiên bản báo cáo",
                "ordering": ["-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("report", "version"), name="report_version_once")
                ],
            },
        ),
        migrations.RunPython(link_saves, migrations.RunPython.noop, elidable=True),
    ]
