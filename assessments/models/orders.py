from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments import workflow
from assessments.models.periods import Cohort
from assessments.models.sheets import Assessment


class Order(models.Model):
    """A step for many sheets of a cohort, asked for by one person and taken in the background, sheet by sheet."""

    class Step(models.TextChoices):
        RELEASE = workflow.Action.RELEASE.value, "Thông báo kết quả vòng 1"
        CLOSE_APPRAISAL = workflow.Action.CLOSE_APPRAISAL.value, "Kết thúc thẩm định"

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="orders")
    step = models.CharField("việc", max_length=15, choices=Step)
    received_at = models.DateTimeField("yêu cầu lúc", help_text="Deadlines go by this moment.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    address = models.GenericIPAddressField("từ địa chỉ", null=True)
    task_id = models.CharField(max_length=64, blank=True)  # of the background task that takes the steps
    finished_at = models.DateTimeField("xong lúc", null=True)

    class Meta:
        verbose_name = "yêu cầu cho cả nhóm"
        verbose_name_plural = "yêu cầu cho cả nhóm"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "step"], condition=Q(finished_at=None), name="order_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} – {self.cohort_id}"


class OrderedSheet(models.Model):
    """One sheet of an order and what came of it, which is stored with the step itself."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", "Đang chờ"
        DONE = "done", "Đã thực hiện"
        REFUSED = "refused", "Không thực hiện được"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="sheets")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="+")
    leaves = models.PositiveSmallIntegerField(help_text="As the page said (queries.rounds.Ready).")
    outcome = models.CharField("kết quả", max_length=7, choices=Outcome, default=Outcome.WAITING)
    refusal = models.TextField("vì sao", blank=True)

    class Meta:
        verbose_name = "phiếu của yêu cầu"
        verbose_name_plural = "phiếu của yêu cầu"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "assessment"], name="ordered_sheet_once"),
            models.CheckConstraint(
                name="ordered_sheet_refused_says_why",
                condition=Q(outcome="refused") & ~Q(refusal="") | ~Q(outcome="refused") & Q(refusal=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id}: {self.get_outcome_display()}"
