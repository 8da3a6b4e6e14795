"""The documents that came of a report."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from reports.models.issue import LONGEST_REASON, Issue
from reports.models.report import Report
from reports.models.template import WordTemplate


class Rendering(models.Model):
    """One document of a report or of an issue as PDF and DOCX, made in the background, never changed once done.

    The bytes stay in the database so that the document and the word "done" are one transaction, and every
    backup holds both. A recorded result may be corrected without a new version of the report: what tells
    documents apart is their version together with the digest of their words. Those of an issue are counted:
    0 is the document as issued, then one for each number that the clerk gave it; the last one counts.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Đang tạo"
        DONE = "done", "Đã tạo"
        FAILED = "failed", "Không tạo được"

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="renderings")
    issue = models.ForeignKey(Issue, null=True, on_delete=models.PROTECT, related_name="renderings")
    ordinal = models.PositiveSmallIntegerField(null=True)
    number = models.CharField("số", max_length=300, blank=True)  # printed in its head
    issued_on = models.DateField("ngày", null=True)
    reason = models.CharField("lý do đổi số", max_length=LONGEST_REASON, blank=True)
    report_version = models.PositiveIntegerField()
    text_sha256 = models.CharField(max_length=64, blank=True)  # of all printed words, `queries.digest`
    state = models.CharField(max_length=6, choices=State, default=State.QUEUED)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    task_id = models.CharField(max_length=64, blank=True)  # of the background task that makes it
    finished_at = models.DateTimeField(null=True)
    pdf = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)  # of the PDF
    docx = models.BinaryField(null=True)  # the oldest documents have none
    docx_sha256 = models.CharField(max_length=64, blank=True)
    template = models.ForeignKey(WordTemplate, null=True, on_delete=models.PROTECT, related_name="renderings")
    template_extras = models.JSONField(null=True)  # what it may print besides the document's own words
    docx_notice = models.TextField(blank=True)  # why the DOCX isn't by the template that was in use

    class Meta:
        verbose_name = "bản in"
        verbose_name_plural = "bản in"
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "report_version", "text_sha256"],
                condition=Q(issue=None),
                name="rendering_once_per_document",
            ),
            models.UniqueConstraint(fields=["issue", "ordinal"], name="rendering_once_per_ordinal"),
            models.CheckConstraint(
                name="rendering_counted_in_its_issue",
                condition=Q(issue=None, ordinal=None, number="", issued_on=None, reason="")
                | Q(issue__isnull=False, ordinal__isnull=False, ordinal=0, reason="")
                | (
                    Q(issue__isnull=False, ordinal__isnull=False, ordinal__gt=0, issued_on__isnull=False)
                    & ~Q(number="")
                ),
            ),
            models.CheckConstraint(
                name="rendering_of_an_issue_has_both_files",
                condition=Q(issue=None) | ~Q(state="done") | Q(docx__isnull=False),
            ),
            models.CheckConstraint(
                name="rendering_template_with_extras",
                condition=Q(template=None, template_extras__isnull=True, docx_notice="")
                | Q(template__isnull=False, template_extras__isnull=False),
            ),
            models.CheckConstraint(
                name="rendering_done_has_document",
                condition=(Q(state="done", pdf__isnull=False, finished_at__isnull=False) & ~Q(sha256=""))
                | (~Q(state="done") & Q(pdf=None, sha256="")),
            ),
            models.CheckConstraint(
                name="rendering_docx_beside_pdf",
                condition=Q(docx=None, docx_sha256="")
                | (Q(state="done", docx__isnull=False) & ~Q(docx_sha256="")),
            ),
            models.CheckConstraint(
                name="rendering_finished_unless_queued",
                condition=Q(state="queued", finished_at=None)
                | (~Q(state="queued") & Q(finished_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}, phiên bản {self.report_version}"
