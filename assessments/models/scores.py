from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from assessments.models.sheets import Assessment
from criteria.fields import NodesField, PointsField
from criteria.models import Criterion
from criteria.tally import Tally


class Layer(models.TextChoices):
    """Who scored: each layer starts from the one before it; only the council's counts for the result."""

    SELF = "self", "Tự chấm"
    ROUND1 = "round1", "Thẩm định vòng 1"
    ROUND2 = "round2", "Thẩm định vòng 2"
    COUNCIL = "council", "Hội đồng"


ORDER = (Layer.SELF, Layer.ROUND1, Layer.ROUND2, Layer.COUNCIL)
ANSWERED = Q(excluded=True) | Q(points__isnull=False)


class ScoreBase(models.Model):
    """What somebody says about one leaf: figures, the points they are worth or that were set by hand, and why."""

    class Basis(models.TextChoices):
        DATA = "data", "theo số liệu"
        KEPT = "kept", "đồng ý"
        OVERRIDE = "override", "ấn định điểm"

    basis = models.CharField(max_length=8, choices=Basis, default=Basis.DATA)
    data = models.JSONField("số liệu", null=True)
    points = PointsField("điểm", null=True)
    excluded = models.BooleanField("loại khỏi tổng điểm tối đa", default=False)
    max_points = PointsField("điểm tối đa")
    note = models.TextField("ghi chú, lý do", blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_within_maximum",
                condition=Q(points=None) | Q(points__lte=F("max_points")),
                violation_error_message="Điểm vượt điểm tối đa.",
            ),
            models.CheckConstraint(
                name="%(class)s_excluded_has_no_points", condition=Q(excluded=False) | Q(points=None)
            ),
        ]

    @property
    def is_answered(self) -> bool:
        """In queries: ANSWERED."""
        return self.excluded or self.points is not None


class Score(ScoreBase):
    """What one layer says about one leaf."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="scores")
    layer = models.CharField(max_length=7, choices=Layer)
    evidence_note = models.TextField("giải trình khi thiếu tài liệu kiểm chứng", blank=True)

    # What its layer added up to when this was stored; None on a row that was read.
    counted: Tally | None = None

    class Meta:
        verbose_name = "điểm của tiêu chí"
        verbose_name_plural = "điểm của tiêu chí"
        ordering = ["assessment", "layer", "criterion__position"]
        constraints = [
            *ScoreBase.Meta.constraints,
            models.UniqueConstraint(fields=["assessment", "layer", "criterion"], name="score_once_per_layer"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} · {self.get_layer_display()}"


class LayerTotal(models.Model):
    """Stored totals of one layer of one sheet and of its areas; written with the leaf, nowhere else."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="layer_totals")
    layer = models.CharField(max_length=7, choices=Layer)
    base = PointsField("điểm các lĩnh vực")
    applicable = PointsField("điểm tối đa áp dụng")
    index = PointsField("điểm quy đổi")
    bonus = PointsField("điểm thưởng")
    penalty = PointsField("điểm trừ")
    total = PointsField("tổng điểm")
    answered = models.PositiveSmallIntegerField()
    leaves = models.PositiveSmallIntegerField()
    nodes = NodesField("điểm từng lĩnh vực, điểm thưởng và điểm trừ")

    class Meta:
        verbose_name = "tổng điểm phiếu"
        verbose_name_plural = "tổng điểm phiếu"
        ordering = ["assessment", "layer"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "layer"], name="layer_total_once"),
            models.CheckConstraint(name="layer_total_penalty_not_positive", condition=Q(penalty__lte=0)),
            models.CheckConstraint(name="layer_total_not_negative", condition=Q(total__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.get_layer_display()}: {self.total}"

    @property
    def is_provisional(self) -> bool:
        return self.answered < self.leaves
