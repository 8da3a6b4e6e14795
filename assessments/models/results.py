from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from assessments.models.periods import Period
from assessments.models.scores import ScoreBase
from assessments.models.sheets import Assessment
from criteria.fields import PointsField
from criteria.models import Criterion


class Publication(models.Model):
    """The decision that made a period's result public. Nothing under it ever changes: a correction is a new one."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="publications")
    ordinal = models.PositiveSmallIntegerField("lần công bố", default=1)
    reason = models.TextField("lý do đính chính", blank=True)
    decision_number = models.CharField("số quyết định", max_length=60)
    decision_date = models.DateField("ngày quyết định")
    decision_issuer = models.CharField("cơ quan ban hành", max_length=200)
    published_at = models.DateTimeField("công bố lúc")
    arithmetic = models.PositiveSmallIntegerField("phiên bản cách tính")
    seal = models.CharField("mã niêm phong", max_length=64, help_text="Of the last result of the chain.")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "công bố"
        verbose_name_plural = "công bố"
        ordering = ["period", "-ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["period", "ordinal"], name="publication_ordinal_once"),
            models.CheckConstraint(
                name="publication_correction_says_why",
                condition=Q(ordinal=1, reason="") | Q(ordinal__gt=1) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Quyết định số {self.decision_number}"

    @property
    def illustration(self) -> bool:
        return self.period.illustration

    @property
    def is_correction(self) -> bool:
        return self.ordinal > 1


class Result(models.Model):
    """A unit's published result. Without a final total it has no rank and says why."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="results")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="results")
    self_total = PointsField("điểm tự chấm", null=True)
    index = PointsField("điểm quy đổi", null=True)
    bonus = PointsField("điểm thưởng", null=True)
    penalty = PointsField("điểm trừ", null=True)
    total = PointsField("tổng điểm", null=True)
    rank = models.PositiveSmallIntegerField("xếp hạng", null=True)
    group_size = models.PositiveSmallIntegerField("số đơn vị được xếp hạng")
    grade = models.CharField("xếp loại", max_length=60, blank=True)
    reason = models.CharField("lý do không có kết quả", max_length=300, blank=True)
    seal = models.CharField("mã niêm phong", max_length=64)

    class Meta:
        verbose_name = "kết quả"
        verbose_name_plural = "kết quả"
        ordering = ["assessment__cohort", F("rank").asc(nulls_last=True), "assessment__unit__sort_key"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "assessment"], name="result_once_per_publication"),
            models.CheckConstraint(
                name="result_ranked_or_says_why",
                condition=Q(rank__isnull=False, total__isnull=False, reason="")
                | (Q(rank=None, total=None) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id}: {self.total}"

    @property
    def illustration(self) -> bool:
        return self.assessment.illustration


class AreaResult(models.Model):
    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="areas")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    self_points = PointsField("điểm tự chấm", null=True)
    points = PointsField("điểm")
    applicable = PointsField("điểm tối đa áp dụng")
    rank = models.PositiveSmallIntegerField("xếp hạng", null=True)

    class Meta:
        verbose_name = "kết quả lĩnh vực"
        verbose_name_plural = "kết quả lĩnh vực"
        ordering = ["result", "criterion__position"]
        constraints = [models.UniqueConstraint(fields=["result", "criterion"], name="area_result_once")]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.points}"


class CorrectedScore(ScoreBase):
    """What a correction says about a leaf in place of the council's Score, which stays as it was published.

    Without a publication it is being prepared, and changes nothing yet.
    """

    publication = models.ForeignKey(
        Publication, null=True, on_delete=models.PROTECT, related_name="corrected"
    )
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="corrected")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "điểm đính chính"
        verbose_name_plural = "điểm đính chính"
        ordering = ["publication", "assessment", "criterion__position"]
        constraints = [
            *ScoreBase.Meta.constraints,
            models.UniqueConstraint(
                fields=["publication", "assessment", "criterion"], name="corrected_score_once"
            ),
            models.UniqueConstraint(
                fields=["assessment", "criterion"],
                condition=Q(publication=None),
                name="corrected_score_prepared_once",
            ),
            models.CheckConstraint(name="corrected_score_says_why", condition=~Q(note="")),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.points}"
