"""Give periods that knew one deadline a whole calendar, and their sheets the dates of the steps between."""

from datetime import timedelta

from django.db import migrations
from django.db.models import F

WITH_THE_HOST = ["submitted", "appraised", "final"]
JUDGED = ["appraised", "final"]
# A week for the leader, then what was one round becomes the usual two with a week to explain between them.
CLOSES_AFTER = {"self": 0, "approval": 7, "round1": 21, "explanation": 28, "round2": 42, "council": 56}


def forwards(apps, schema_editor):
    Period = apps.get_model("assessments", "Period")
    Assessment = apps.get_model("assessments", "Assessment")
    Publication = apps.get_model("assessments", "Publication")
    for period in Period.objects.order_by("pk"):
        begins = (period.opened_at or period.deadline) - timedelta(days=1 if period.opened_at else 30)
        for phase, days in CLOSES_AFTER.items():
            # One clock stood over all of it: what was possible yesterday stays possible.
            setattr(period, f"{phase}_opens", begins)
            setattr(period, f"{phase}_closes", period.deadline + timedelta(days=days))
        period.published_opens = begins
        period.publication = Publication.objects.filter(period=period).first()
        period.save()
    Assessment.objects.filter(state__in=WITH_THE_HOST).update(
        sent_at=F("submitted_at"), sent_by=F("submitted_by")
    )
    Assessment.objects.filter(state__in=JUDGED).update(
        released_at=F("appraised_at"), released_by=F("appraised_by")
    )


def backwards(apps, schema_editor):
    """One deadline again; sheets in steps that did not exist go back to the one before."""
    Period = apps.get_model("assessments", "Period")
    Assessment = apps.get_model("assessments", "Assessment")
    Period.objects.update(deadline=F("self_closes"))
    Assessment.objects.filter(state__in=["review", "returned"]).update(
        state="draft", sent_at=None, sent_by=None, remark=""
    )
    Assessment.objects.filter(state="explaining").update(
        state="submitted", released_at=None, released_by=None
    )


class Migration(migrations.Migration):
    dependencies = [("assessments", "0003_year")]

    operations = [migrations.RunPython(forwards, backwards)]
