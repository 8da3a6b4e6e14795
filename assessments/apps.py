from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "Chấm điểm"

    def ready(self) -> None:
        from assessments.append_only import protect_after_migration

        post_migrate.connect(protect_after_migration, sender=self)
