from django.conf import settings
from django.db import models

from assessments.models.periods import Assessment, Period
from criteria.models import Criterion


class Event(models.Model):
    """Who did what, when and why; written in the same transaction as the thing itself, never changed."""

    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=40)
    period = models.ForeignKey(Period, null=True, on_delete=models.PROTECT, related_name="events")
    assessment = models.ForeignKey(Assessment, null=True, on_delete=models.PROTECT, related_name="events")
    criterion = models.ForeignKey(Criterion, null=True, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name = "sự kiện"
        verbose_name_plural = "sự kiện"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"
