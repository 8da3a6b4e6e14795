"""Documents made for a whole cohort at once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.models import Assessment, Cohort
from reports.kinds import TITLES
from reports.models.rendering import Rendering


class Batch(models.Model):
    """What somebody asked for about every unit of a cohort. How far it is, its items say and nothing else does."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="batches")
    kind = models.CharField(
        "loại báo cáo", max_length=24, choices=[(name.value, title) for name, title in TITLES.items()]
    )
    requested_at = models.DateTimeField("yêu cầu lúc")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "lượt in hàng loạt"
        verbose_name_plural = "lượt in hàng loạt"
        ordering = ["-requested_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.cohort}"

    @property
    def illustration(self) -> bool:
        return self.cohort.illustration


class BatchItem(models.Model):
    """One unit's document of a batch.

    Where the unit wrote a report, the document is one of that report's; a sheet that nobody wrote a report
    about is printed for the batch alone, and its bytes stand here.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Đang chờ"
        DONE = "done", "Đã tạo"
        FAILED = "failed", "Không tạo được"

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="items")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=6, choices=State, default=State.QUEUED)
    why = models.CharField("lý do", max_length=500, blank=True)
    task_id = models.CharField(max_length=64, blank=True)  # of the background task that makes it
    finished_at = models.DateTimeField(null=True)
    rendering = models.ForeignKey(Rendering, null=True, on_delete=models.PROTECT, related_name="+")
    pdf = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)  # of the PDF
    docx = models.BinaryField(null=True)
    docx_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "văn bản của lượt in"
        verbose_name_plural = "văn bản của lượt in"
        ordering = ["pk"]  # made in the order of units
        constraints = [
            models.UniqueConstraint(fields=["batch", "assessment"], name="batch_item_once_per_unit"),
            models.CheckConstraint(
                name="batch_item_done_has_one_document",
                condition=(
                    Q(state="done")
                    & (
                        Q(rendering__isnull=False, pdf=None, docx=None, sha256="", docx_sha256="")
                        | (
                            Q(rendering=None, pdf__isnull=False, docx__isnull=False)
                            & ~Q(sha256="")
                            & ~Q(docx_sha256="")
                        )
                    )
                )
                | (~Q(state="done") & Q(rendering=None, pdf=None, docx=None, sha256="", docx_sha256="")),
            ),
            models.CheckConstraint(
                name="batch_item_failed_says_why",
                condition=Q(state="failed") & ~Q(why="") | ~Q(state="failed") & Q(why=""),
            ),
            models.CheckConstraint(
                name="batch_item_finished_unless_queued",
                condition=Q(state="queued", finished_at=None)
                | (~Q(state="queued") & Q(finished_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.assessment_id}"
