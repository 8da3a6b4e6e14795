"""What a report was, save by save."""

from __future__ import annotations

from django.db import models

from assessments.models import Event
from reports.models.report import Report


class ReportVersion(models.Model):
    """Which event made a version of a report: who, when and what it changed stand there and nowhere else."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField("phiên bản")
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "phiên bản báo cáo"
        verbose_name_plural = "phiên bản báo cáo"
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["report", "version"], name="report_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}, phiên bản {self.version}"
