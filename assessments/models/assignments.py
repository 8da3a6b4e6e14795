from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.models import Unit
from assessments.models.periods import Cohort
from assessments.models.scores import ScoreBase
from assessments.models.sheets import Assessment
from criteria.models import Criterion


class Assignment(models.Model):
    """Who appraises a criterion of a cohort and everything under it that isn't assigned by itself.

    Without a named appraiser any appraiser of the office may; the substitute stands in for units that the office
    or its appraiser belongs to. A criterion with a second place is marked by both, each without seeing the other.
    """

    class Place(models.IntegerChoices):
        FIRST = 1, "Người chấm thứ nhất"
        SECOND = 2, "Người chấm thứ hai"

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="assignments")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField(choices=Place, default=Place.FIRST)
    office = models.ForeignKey(
        Unit, verbose_name="cơ quan thẩm định", on_delete=models.PROTECT, related_name="+"
    )
    appraiser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người thẩm định",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người thay thế",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = "phân công thẩm định"
        verbose_name_plural = "phân công thẩm định"
        ordering = ["cohort", "criterion__position", "place"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "criterion", "place"], name="assignment_once_per_place")
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.office}"


class Mark(ScoreBase):
    """What one of two appraisers of a leaf says; round 1 takes it over when both agree or the coordinator settles."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="marks")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField(choices=Assignment.Place)

    class Meta:
        verbose_name = "điểm của từng người thẩm định"
        verbose_name_plural = "điểm của từng người thẩm định"
        ordering = ["assessment", "criterion__position", "place"]
        constraints = [
            *ScoreBase.Meta.constraints,
            models.UniqueConstraint(fields=["assessment", "criterion", "place"], name="mark_once_per_place"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id} · {self.get_place_display()}: {self.points}"
