from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import connections, models
from django.db.models import Q

from accounts.models import Unit
from assessments import workflow
from criteria.fields import PointsField
from criteria.models import CriteriaSet


class PeriodQuerySet(models.QuerySet["Period"]):
    def in_context(self) -> PeriodQuerySet:
        """With everything that permissions and page heads read."""
        return self.select_related("host", "publication")


class Period(models.Model):
    """One year (or quarter) of scoring held by one host."""

    class State(models.TextChoices):
        PREPARING = workflow.PeriodState.PREPARING.value, "Đang chuẩn bị"
        OPEN = workflow.PeriodState.OPEN.value, "Đang thực hiện"
        PUBLISHED = workflow.PeriodState.PUBLISHED.value, "Đã công bố"

    host = models.ForeignKey(
        Unit, verbose_name="cơ quan chủ trì", on_delete=models.PROTECT, related_name="hosted_periods"
    )
    year = models.PositiveSmallIntegerField("năm")
    name = models.CharField("tên kỳ đánh giá", max_length=160)
    deadline = models.DateTimeField("hạn tự chấm điểm")
    state = models.CharField("tình trạng", max_length=9, choices=State, default=State.PREPARING)
    illustration = models.BooleanField("dữ liệu minh họa", default=False)
    opened_at = models.DateTimeField("ngày mở", null=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "kỳ đánh giá"
        verbose_name_plural = "kỳ đánh giá"
        ordering = ["-year", "host__sort_key", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["host", "year", "name"],
                name="period_once",
                violation_error_message="Cơ quan này đã có kỳ đánh giá cùng năm, cùng tên.",
            ),
            models.CheckConstraint(
                name="period_opened_has_date_and_person",
                condition=Q(state="preparing", opened_at=None, opened_by=None)
                | (~Q(state="preparing") & Q(opened_at__isnull=False, opened_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CohortQuerySet(models.QuerySet["Cohort"]):
    def in_context(self) -> CohortQuerySet:
        """With everything that permissions, page heads and the tree's cache read."""
        return self.select_related("period__host", "criteria_set")


class Cohort(models.Model):
    """The units of a period that share a criteria set and are ranked together."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField("tên nhóm xếp hạng", max_length=120)
    criteria_set = models.ForeignKey(
        CriteriaSet, verbose_name="bộ tiêu chí", on_delete=models.PROTECT, related_name="cohorts"
    )
    position = models.PositiveSmallIntegerField(default=0)

    objects = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = "nhóm xếp hạng"
        verbose_name_plural = "nhóm xếp hạng"
        ordering = ["period", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "name"],
                name="cohort_once",
                violation_error_message="Kỳ đánh giá đã có nhóm cùng tên.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def in_context(self) -> AssessmentQuerySet:
        """With everything that permissions, the gate and page heads read."""
        return self.select_related("unit", "period__host", "cohort__criteria_set")

    def locked(self) -> list[Assessment]:
        """These sheets, locked for this transaction in the order in which everybody locks several.

        Read in a second statement: rows joined to them may have changed while the lock was waited for.
        """
        ordered = self.order_by("pk")
        # SQLite knows no row locks: its transactions begin by taking the only one there is.
        if connections[self.db].features.has_select_for_update:
            list(ordered.select_for_update().values_list("pk"))
        return list(ordered)

    def for_gate(self) -> AssessmentQuerySet:
        """With what permissions, the gate and the engine read; a third cheaper than with names for a page."""
        return self.select_related("period", "cohort__criteria_set")


class Assessment(models.Model):
    """The score sheet of one unit in one period."""

    class State(models.TextChoices):
        DRAFT = workflow.State.DRAFT.value, "Đang tự chấm"
        SUBMITTED = workflow.State.SUBMITTED.value, "Đã gửi, chờ thẩm định"
        APPRAISED = workflow.State.APPRAISED.value, "Đã thẩm định, chờ Hội đồng"
        FINAL = workflow.State.FINAL.value, "Đã chốt điểm"

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="assessments")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="assessments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="assessments")
    state = models.CharField("tình trạng", max_length=9, choices=State, default=State.DRAFT)
    submitted_at = models.DateTimeField("gửi lúc", null=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_total = PointsField("điểm tự chấm khi gửi", null=True)
    receipt = models.CharField("mã SHA-256 của nội dung đã gửi", max_length=64, blank=True)
    appraised_at = models.DateTimeField("kết thúc thẩm định lúc", null=True)
    appraised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    finalised_at = models.DateTimeField("chốt điểm lúc", null=True)
    finalised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = "phiếu chấm điểm"
        verbose_name_plural = "phiếu chấm điểm"
        ordering = ["cohort", "unit__sort_key", "unit__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "unit"],
                name="assessment_once_per_period",
                violation_error_message="Đơn vị đã có trong một nhóm của kỳ này.",
            ),
            models.CheckConstraint(
                name="assessment_submitted_state_date_person",
                condition=Q(
                    state="draft", submitted_at=None, submitted_by=None, submitted_total=None, receipt=""
                )
                | (
                    ~Q(state="draft")
                    & ~Q(receipt="")
                    & Q(submitted_at__isnull=False, submitted_by__isnull=False, submitted_total__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="assessment_appraised_state_date_person",
                condition=Q(state__in=["draft", "submitted"], appraised_at=None, appraised_by=None)
                | Q(state__in=["appraised", "final"], appraised_at__isnull=False, appraised_by__isnull=False),
            ),
            models.CheckConstraint(
                name="assessment_final_state_date_person",
                condition=(~Q(state="final") & Q(finalised_at=None, finalised_by=None))
                | Q(state="final", finalised_at__isnull=False, finalised_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.period}"

    def admits(self, action: workflow.Action) -> bool:
        """Whether its own state lets `action` happen, whatever period and clock say."""
        return self.state in workflow.TRANSITIONS[action][0]

    def why_not(self, action: workflow.Action, *, now: datetime) -> str | None:
        """Why state, period and clock refuse `action`, in words; None if they allow it."""
        return workflow.refusal(
            action,
            period_state=workflow.PeriodState(self.period.state),
            state=workflow.State(self.state),
            deadline=self.period.deadline,
            now=now,
        )
