"""What was issued: the data of a report at one moment, and the signed papers that came of it."""

from __future__ import annotations

from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import Q

from reports.document import Document, Head, load
from reports.models.report import Report

LONGEST_REASON = 500


class Issue(models.Model):
    """A report as it was issued, whole (`reports.document.dump`): the first, then one for each correction.

    Stored complete or not at all, and never changed (`reports.apps`). Its files are Renderings.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="issues")
    ordinal = models.PositiveSmallIntegerField("lần")
    reason = models.CharField("lý do đính chính", max_length=LONGEST_REASON, blank=True)
    report_version = models.PositiveIntegerField()
    data = models.TextField()
    data_sha256 = models.CharField(max_length=64)
    symbol = models.CharField("ký hiệu", max_length=300)
    number = models.CharField("số", max_length=300, blank=True)  # where it had one before it was issued
    issued_on = models.DateField("ngày", null=True)
    issued_at = models.DateTimeField("ban hành lúc")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "lần ban hành"
        verbose_name_plural = "lần ban hành"
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "ordinal"], name="issue_once_per_ordinal"),
            models.CheckConstraint(
                name="issue_corrects_with_reason",
                condition=Q(ordinal=1, reason="") | (Q(ordinal__gt=1) & ~Q(reason="")),
            ),
            models.CheckConstraint(name="issue_has_data", condition=~Q(data="") & ~Q(data_sha256="")),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}, lần {self.ordinal}"

    @cached_property
    def document(self) -> Document:
        return load(self.data)


def reference(symbol: str, number: str) -> str:
    """ "07/BC-UBND", as the head of the document prints it."""
    return Head((), symbol, "", number=number).reference


def signed_path(copy: SignedCopy, filename: str) -> str:
    return f"bao-cao/{copy.issue_id}/{copy.sha256}"


class SignedCopy(models.Model):
    """The signed and sealed paper of an issue, as a scan or a signed file; the last one counts.

    Its bytes lie with the evidence: twenty megabytes pass the database by, and a backup holds both.
    """

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="signed_copies")
    ordinal = models.PositiveSmallIntegerField("lần")
    reason = models.CharField("lý do thay", max_length=LONGEST_REASON, blank=True)
    file = models.FileField(upload_to=signed_path, max_length=200)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "bản đã ký"
        verbose_name_plural = "bản đã ký"
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "ordinal"], name="signed_copy_once_per_ordinal"),
            models.CheckConstraint(
                name="signed_copy_replaces_with_reason",
                condition=Q(ordinal=1, reason="") | (Q(ordinal__gt=1) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="signed_copy_has_its_file", condition=~Q(file="") & ~Q(sha256="") & Q(size__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id}, bản đã ký {self.ordinal}"
