from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connections, models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.functional import cached_property

from accounts.dates import VIETNAM
from accounts.models import Unit
from assessments import workflow
from assessments.calendar import Phase
from assessments.models.periods import CALENDAR_COLUMNS, Cohort, Period
from criteria.fields import PointsField
from criteria.models import Criterion

READ_BY_ACTIONS = (
    *("period", "cohort", "unit", "state", "version_floor"),
    *("submitted_at", "submitted_total", "receipt", "released_at", "finalised_at"),
    *("period__host", "period__year", "period__name", "period__state"),
    *(f"period__{name}" for name in CALENDAR_COLUMNS),
    *("cohort__period", "cohort__criteria_set"),
    *(f"cohort__criteria_set__{name}" for name in ("loaded_at", "fingerprint", "decimals")),
)


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def in_context(self) -> AssessmentQuerySet:
        """With everything that permissions, the gate and page heads read."""
        return self.select_related("unit", "period__host", "cohort__criteria_set")

    def for_gate(self) -> AssessmentQuerySet:
        """With what permissions, the gate and actions read: saving a leaf spends a sixth of its time on this.

        A column that isn't in READ_BY_ACTIONS costs a query of its own; tests refuse that.
        """
        shares = Share.objects.filter(assessment=OuterRef("pk")).order_by()
        together = self.select_related("period", "cohort__criteria_set").annotate(is_shared=Exists(shares))
        return together.only(*READ_BY_ACTIONS)

    def locked(self, **which: Any) -> list[Assessment]:
        """The sheets `which` names, locked for this transaction in the order in which everybody locks several.

        Read in a second statement: rows joined to them may have changed while the lock was waited for.
        """
        # SQLite knows no row locks: its transactions begin by taking the only one there is.
        if connections[self.db].features.has_select_for_update:
            list(LOCK.filter(**which))
        return sorted(self.filter(**which).order_by(), key=lambda sheet: sheet.pk)


class Assessment(models.Model):
    """The score sheet of one unit in one period."""

    class State(models.TextChoices):
        DRAFT = workflow.State.DRAFT.value, "Đang tự chấm"
        REVIEW = workflow.State.REVIEW.value, "Chờ lãnh đạo duyệt"
        RETURNED = workflow.State.RETURNED.value, "Được trả lại"
        SUBMITTED = workflow.State.SUBMITTED.value, "Đã gửi, chờ thẩm định"
        EXPLAINING = workflow.State.EXPLAINING.value, "Đang giải trình"
        APPRAISED = workflow.State.APPRAISED.value, "Đã thẩm định, chờ Hội đồng"
        FINAL = workflow.State.FINAL.value, "Đã chốt điểm"

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="assessments")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="assessments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="assessments")
    state = models.CharField("tình trạng", max_length=10, choices=State, default=State.DRAFT)
    remark = models.TextField("lý do trả lại", blank=True)
    sent_at = models.DateTimeField("trình lãnh đạo lúc", null=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField("gửi lúc", null=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # What is said anew of a leaf goes on behind all that was said before the unit got its sheet back: a page from
    # then can't pass for one that saw what was sent since.
    version_floor = models.PositiveIntegerField(default=0)
    submitted_total = PointsField("điểm tự chấm khi gửi", null=True)
    receipt = models.CharField("mã SHA-256 của nội dung đã gửi", max_length=64, blank=True)
    released_at = models.DateTimeField("công bố kết quả vòng 1 cho đơn vị lúc", null=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
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
                name="assessment_returned_says_why",
                condition=Q(state="returned") & ~Q(remark="") | ~Q(state="returned") & Q(remark=""),
            ),
            models.CheckConstraint(
                name="assessment_sent_state_date_person",
                condition=Q(state__in=["draft", "returned"], sent_at=None, sent_by=None)
                | Q(
                    state__in=["review", "submitted", "explaining", "appraised", "final"],
                    sent_at__isnull=False,
                    sent_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="assessment_submitted_state_date_person",
                condition=Q(
                    state__in=["draft", "review", "returned"],
                    submitted_at=None,
                    submitted_by=None,
                    submitted_total=None,
                    receipt="",
                )
                | (
                    Q(state__in=["submitted", "explaining", "appraised", "final"])
                    & ~Q(receipt="")
                    & Q(submitted_at__isnull=False, submitted_by__isnull=False, submitted_total__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="assessment_released_state_date_person",
                condition=Q(
                    state__in=["draft", "review", "returned", "submitted"], released_at=None, released_by=None
                )
                | Q(
                    state__in=["explaining", "appraised", "final"],
                    released_at__isnull=False,
                    released_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="assessment_appraised_state_date_person",
                condition=(~Q(state__in=["appraised", "final"]) & Q(appraised_at=None, appraised_by=None))
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

    @property
    def illustration(self) -> bool:
        return self.period.illustration

    def admits(self, action: workflow.Action) -> bool:
        """Whether its own state lets `action` happen, whatever period and clock say."""
        return self.state in workflow.STEPS[action].states

    @property
    def is_with_unit(self) -> bool:
        return self.state in workflow.WITH_UNIT

    @property
    def finality(self) -> str:
        """When it was made final, in one spelling for pages and events; empty while it isn't."""
        return "" if self.finalised_at is None else self.finalised_at.astimezone(VIETNAM).isoformat()

    def why_not(self, action: workflow.Action, *, now: datetime, leaf: int | None = None) -> str | None:
        """Why state, period and clock refuse `action` (on the leaf with that key), in words; None if they don't."""
        return workflow.refusal(
            action,
            period_state=workflow.PeriodState(self.period.state),
            state=workflow.State(self.state),
            calendar=self.period.calendar,
            now=now,
            extensions=lambda: [granted.as_rule for granted in self.granted],
            leaf=leaf,
        )

    @cached_property
    def is_shared(self) -> bool:
        """Whether areas were given to some of the officers; `for_gate` asks for it along with the row."""
        return self.shares.exists()

    @cached_property
    def granted(self) -> list[Extension]:
        return list(self.extensions.prefetch_related("leaves").order_by("pk"))


LOCK = Assessment.objects.order_by("pk").select_for_update().values_list("pk")


class Share(models.Model):
    """An area of a sheet that one officer of the unit scores; areas without any are open to all of them."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="shares")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "phân công tự chấm"
        verbose_name_plural = "phân công tự chấm"
        ordering = ["assessment", "criterion__position", "officer"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion", "officer"], name="share_once")
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.officer_id}"


class Extension(models.Model):
    """An exception for one sheet: a phase stays open until a date, for the leaves named or, without any, for all."""

    class Extends(models.TextChoices):
        SELF = Phase.SELF.value, "Tự chấm điểm và gửi phiếu"
        EXPLANATION = Phase.EXPLANATION.value, "Giải trình"
        ROUND1 = Phase.ROUND1.value, "Thẩm định vòng 1"
        ROUND2 = Phase.ROUND2.value, "Thẩm định vòng 2"
        COUNCIL = Phase.COUNCIL.value, "Hội đồng thẩm định"

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="extensions")
    phase = models.CharField("giai đoạn", max_length=11, choices=Extends)
    until = models.DateTimeField("đến")
    leaves = models.ManyToManyField(Criterion, verbose_name="tiêu chí", related_name="+")
    reason = models.TextField("lý do")
    document = models.CharField("văn bản", max_length=300)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "gia hạn"
        verbose_name_plural = "gia hạn"
        ordering = ["assessment", "pk"]
        constraints = [
            models.CheckConstraint(
                name="extension_says_why_and_lies_ahead",
                condition=~Q(reason="") & ~Q(document="") & Q(until__gt=F("granted_at")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} · {self.get_phase_display()}"

    @property
    def as_rule(self) -> workflow.Extension:
        leaves = frozenset(leaf.pk for leaf in self.leaves.all())
        return workflow.Extension(Phase(self.phase), self.until, leaves or None)
