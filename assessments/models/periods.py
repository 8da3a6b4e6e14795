from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.dates import VIETNAM
from accounts.models import Unit
from assessments import workflow
from assessments.calendar import Calendar, Phase, Window
from criteria.models import CriteriaSet


class PeriodQuerySet(models.QuerySet["Period"]):
    def in_context(self) -> PeriodQuerySet:
        """With everything that permissions and page heads read."""
        return self.select_related("host", "publication")

    def invent(self, unit_id: int) -> bool:
        """Whether the unit belongs to the illustration: it is scored in a period of it."""
        return self.filter(illustration=True, assessments__unit=unit_id).exists()


class Period(models.Model):
    """One year (or quarter) of scoring held by one host, with the moments at which its phases open and close."""

    class State(models.TextChoices):
        PREPARING = workflow.PeriodState.PREPARING.value, "Đang chuẩn bị"
        OPEN = workflow.PeriodState.OPEN.value, "Đang thực hiện"
        PUBLISHED = workflow.PeriodState.PUBLISHED.value, "Đã công bố"

    host = models.ForeignKey(
        Unit, verbose_name="cơ quan chủ trì", on_delete=models.PROTECT, related_name="hosted_periods"
    )
    year = models.PositiveSmallIntegerField("năm")
    name = models.CharField("tên kỳ đánh giá", max_length=160)
    self_opens = models.DateTimeField("tự chấm điểm từ")
    self_closes = models.DateTimeField("tự chấm điểm đến")
    approval_opens = models.DateTimeField("lãnh đạo đơn vị duyệt từ")
    approval_closes = models.DateTimeField("lãnh đạo đơn vị duyệt đến")
    round1_opens = models.DateTimeField("thẩm định vòng 1 từ")
    round1_closes = models.DateTimeField("thẩm định vòng 1 đến")
    explanation_opens = models.DateTimeField("giải trình từ")
    explanation_closes = models.DateTimeField("giải trình đến")
    round2_opens = models.DateTimeField("thẩm định vòng 2 từ")
    round2_closes = models.DateTimeField("thẩm định vòng 2 đến")
    council_opens = models.DateTimeField("Hội đồng thẩm định từ")
    council_closes = models.DateTimeField("Hội đồng thẩm định đến")
    published_opens = models.DateTimeField("công bố từ")
    state = models.CharField("tình trạng", max_length=9, choices=State, default=State.PREPARING)
    illustration = models.BooleanField("dữ liệu minh họa", default=False)
    opened_at = models.DateTimeField("ngày mở", null=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    publication = models.OneToOneField(
        "assessments.Publication",
        verbose_name="lần công bố đang có hiệu lực",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
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
            models.CheckConstraint(
                name="period_published_has_publication",
                condition=Q(state="published", publication__isnull=False)
                | (~Q(state="published") & Q(publication=None)),
            ),
            *(
                models.CheckConstraint(
                    name=f"period_{phase}_ends_after_it_begins",
                    condition=Q(**{f"{phase}_closes__gt": F(f"{phase}_opens")}),
                )
                for phase in Phase
                if phase is not Phase.PUBLISHED
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def calendar(self) -> Calendar:
        return Calendar(
            {
                phase: Window(getattr(self, f"{phase}_opens"), getattr(self, f"{phase}_closes", None))
                for phase in Phase
            }
        )

    @calendar.setter
    def calendar(self, calendar: Calendar) -> None:
        for name, moment in calendar_values(calendar).items():
            setattr(self, name, moment)

    def why_not(self, action: workflow.PeriodAction, *, now: datetime) -> str | None:
        """Why state and clock refuse what is to be done to the period as a whole; None if they allow it."""
        return workflow.period_refusal(
            action, state=workflow.PeriodState(self.state), calendar=self.calendar, now=now
        )


def calendar_values(calendar: Calendar) -> dict[str, datetime]:
    """The moments of a calendar by the names of their columns."""
    values = {f"{phase}_opens": calendar[phase].opens for phase in Phase}
    closing = {f"{phase}_closes": calendar[phase].closes for phase in Phase}
    return values | {name: moment for name, moment in closing.items() if moment is not None}


def spelled(calendar: Calendar) -> dict[str, str]:
    """One spelling per moment, whatever zone it was handed over in."""
    return {
        name: moment.astimezone(VIETNAM).isoformat() for name, moment in calendar_values(calendar).items()
    }


CALENDAR_COLUMNS = tuple(
    name for phase in Phase for name in (f"{phase}_opens", f"{phase}_closes") if name != "published_closes"
)


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

    @property
    def illustration(self) -> bool:
        return self.period.illustration
