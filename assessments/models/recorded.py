from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Unit
from criteria.fields import PointsField


class RecordedResult(models.Model):
    """A result of another host or an earlier year, as its decision prints it. Nothing recomputes it."""

    unit = models.ForeignKey(
        Unit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="recorded_results"
    )
    host = models.ForeignKey(
        Unit, verbose_name="cơ quan đánh giá", on_delete=models.PROTECT, related_name="+"
    )
    year = models.PositiveSmallIntegerField("năm đánh giá")
    group_name = models.CharField("nhóm xếp hạng", max_length=160, blank=True)
    max_total = PointsField("tổng điểm tối đa")
    declared_self_total = PointsField("điểm tự chấm được công bố", null=True, blank=True)
    declared_total = PointsField("tổng điểm được công bố", null=True, blank=True)
    rank = models.PositiveSmallIntegerField("xếp hạng được công bố", null=True, blank=True)
    group_size = models.PositiveSmallIntegerField("số đơn vị trong nhóm", null=True, blank=True)
    grade = models.CharField("xếp loại", max_length=60, blank=True)
    decision_kind = models.CharField("loại văn bản công bố", max_length=60, default="Quyết định")
    decision_number = models.CharField("số, ký hiệu", max_length=60, blank=True)
    decision_date = models.DateField("ngày", null=True, blank=True)
    decision_issuer = models.CharField("cơ quan ban hành", max_length=200, blank=True)
    note = models.TextField("ghi chú", blank=True)
    entered_at = models.DateTimeField(editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        verbose_name = "kết quả đã ghi nhận"
        verbose_name_plural = "kết quả đã ghi nhận"
        ordering = ["unit__sort_key", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "host", "year"],
                name="recorded_result_once",
                violation_error_message="Kết quả năm này của đơn vị đã được ghi nhận.",
            ),
            models.CheckConstraint(
                name="recorded_rank_within_group",
                condition=Q(rank=None)
                | Q(group_size=None)
                | Q(rank__gte=1, rank__lte=models.F("group_size")),
                violation_error_message="Thứ hạng phải nằm trong số đơn vị của nhóm.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.year}"


class RecordedRow(models.Model):
    """One printed row at whatever depth; what is not printed is null."""

    result = models.ForeignKey(RecordedResult, on_delete=models.CASCADE, related_name="rows")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    position = models.PositiveSmallIntegerField()
    code = models.CharField("mã", max_length=30)
    name = models.TextField("tên")
    max_points = PointsField("điểm tối đa", null=True)
    self_points = PointsField("tự chấm", null=True)
    points = PointsField("điểm đạt", null=True)
    rank = models.PositiveSmallIntegerField("xếp hạng", null=True)
    rank_change = models.SmallIntegerField(
        "số bậc tăng", null=True, help_text="Of rows printed without a rank."
    )
    reason = models.TextField("lý do mất điểm", blank=True)
    note = models.TextField("ghi chú", blank=True)

    class Meta:
        verbose_name = "dòng kết quả"
        verbose_name_plural = "dòng kết quả"
        ordering = ["result", "position"]
        constraints = [
            models.UniqueConstraint(fields=["result", "code"], name="recorded_row_code_once"),
            models.UniqueConstraint(fields=["result", "position"], name="recorded_row_position_once"),
            models.CheckConstraint(
                name="recorded_row_rank_or_change",
                condition=models.Q(rank=None) | models.Q(rank_change=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class RecordedLoss(models.Model):
    """Points lost at one or several named components together; null where the share is not printed."""

    row = models.ForeignKey(RecordedRow, on_delete=models.CASCADE, related_name="losses")
    components = models.JSONField("tiêu chí thành phần", help_text='[{"code": "1.4.2", "name": "…"}]')
    points = PointsField("điểm mất", null=True)

    class Meta:
        verbose_name = "điểm mất theo thành phần"
        verbose_name_plural = "điểm mất theo thành phần"
        ordering = ["row", "pk"]
        constraints = [
            models.CheckConstraint(name="recorded_loss_positive", condition=Q(points=None) | Q(points__gt=0))
        ]

    def __str__(self) -> str:
        return ", ".join(component["code"] for component in self.components)
