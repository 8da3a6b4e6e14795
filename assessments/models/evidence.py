from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.models.sheets import Assessment
from criteria.fields import PointsField
from criteria.models import Criterion


def evidence_path(evidence: Evidence, filename: str) -> str:
    return f"{evidence.assessment_id}/{evidence.sha256}"


class Evidence(models.Model):
    """A file, a link or a cited document that a unit shows; attached to any number of its leaves."""

    class Kind(models.TextChoices):
        FILE = "file", "Tệp"
        LINK = "link", "Đường dẫn"
        DOCUMENT = "document", "Văn bản viện dẫn"

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField("loại", max_length=8, choices=Kind)
    title = models.CharField("tên tài liệu", max_length=300)
    file = models.FileField(upload_to=evidence_path, max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(default=0)
    url = models.URLField("đường dẫn", max_length=1000, blank=True)
    document_number = models.CharField("số", max_length=30, blank=True)
    document_symbol = models.CharField("ký hiệu", max_length=60, blank=True)
    document_date = models.DateField("ngày", null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "tài liệu kiểm chứng"
        verbose_name_plural = "tài liệu kiểm chứng"
        ordering = ["assessment", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "sha256"], condition=Q(kind="file"), name="evidence_file_once"
            ),
            models.CheckConstraint(
                name="evidence_has_what_its_kind_needs",
                condition=(Q(kind="file") & ~Q(file="") & ~Q(sha256=""))
                | (Q(kind="link", file="") & ~Q(url=""))
                | (Q(kind="document", file="", document_date__isnull=False) & ~Q(document_symbol="")),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Attachment(models.Model):
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="attachments")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="attachments")
    attached_at = models.DateTimeField()
    attached_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "tài liệu đính kèm tiêu chí"
        verbose_name_plural = "tài liệu đính kèm tiêu chí"
        ordering = ["criterion__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["evidence", "criterion"], name="attachment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} · {self.criterion_id}"


class AssignedTarget(models.Model):
    """The unit's own target for a ratio leaf whose rule says `target: assigned`, entered centrally."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="targets")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="targets")
    value = PointsField("chỉ tiêu giao", help_text="Tỷ lệ: 0,7 là 70%. Exact to four places, like points.")

    class Meta:
        verbose_name = "chỉ tiêu giao"
        verbose_name_plural = "chỉ tiêu giao"
        ordering = ["assessment", "criterion__position"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="assigned_target_once"),
            models.CheckConstraint(name="assigned_target_positive", condition=Q(value__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.value}"
