"""Criteria sets as stored: one versioned tree with its decision, frozen once a period uses it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from criteria import tree
from criteria.fields import DeclarationField, PointsField
from criteria.wording import NAMES

# What may be corrected while a set is in use, and how long a reason the history has room for.
WORDS = ("name", "rule_text", "guide", "evidence")
LONGEST_REASON = 100


class CriteriaSet(models.Model):
    code = models.SlugField("mã bộ tiêu chí", max_length=60)
    version = models.PositiveIntegerField("phiên bản")
    name = models.CharField("tên bộ tiêu chí", max_length=255)
    decision_number = models.CharField("số quyết định", max_length=60, blank=True)
    decision_date = models.DateField("ngày quyết định", null=True, blank=True)
    decision_issuer = models.CharField("cơ quan ban hành", max_length=200, blank=True)
    total = PointsField("tổng điểm")
    decimals = models.PositiveSmallIntegerField("số chữ số thập phân")
    cap_total = PointsField("điểm cuối không vượt", null=True, blank=True)
    tie_breaks = models.JSONField("lĩnh vực xét khi bằng điểm", default=list, blank=True)
    grades = DeclarationField("xếp loại", default=list, blank=True)
    illustration = models.BooleanField("dữ liệu minh họa", default=False)
    fingerprint = models.CharField("mã SHA-256 của nội dung", max_length=64, editable=False)
    loaded_at = models.DateTimeField("ngày nạp", auto_now_add=True)

    class Meta:
        verbose_name = "bộ tiêu chí"
        verbose_name_plural = "bộ tiêu chí"
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="criteria_set_version_once"),
            models.CheckConstraint(
                name="criteria_set_decimals_2_to_4", condition=Q(decimals__gte=2, decimals__lte=4)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (phiên bản {self.version})"


class Criterion(models.Model):
    """A node of the tree. Only leaves, which have a rule, are scored."""

    class Role(models.TextChoices):
        BASE = tree.Role.BASE.value, NAMES[tree.Role.BASE]
        BONUS = tree.Role.BONUS.value, NAMES[tree.Role.BONUS]
        PENALTY = tree.Role.PENALTY.value, NAMES[tree.Role.PENALTY]

    class Source(models.TextChoices):
        UNIT = tree.Source.UNIT.value, NAMES[tree.Source.UNIT]
        SURVEY = tree.Source.SURVEY.value, NAMES[tree.Source.SURVEY]
        EXTERNAL = tree.Source.EXTERNAL.value, NAMES[tree.Source.EXTERNAL]

    class NotApplicable(models.TextChoices):
        NONE = tree.NotApplicable.NONE.value, NAMES[tree.NotApplicable.NONE]
        FULL = tree.NotApplicable.FULL.value, NAMES[tree.NotApplicable.FULL]
        EXCLUDE = tree.NotApplicable.EXCLUDE.value, NAMES[tree.NotApplicable.EXCLUDE]

    class Combine(models.TextChoices):
        SUM = tree.Combine.SUM.value, NAMES[tree.Combine.SUM]
        BEST = tree.Combine.BEST.value, NAMES[tree.Combine.BEST]

    criteria_set = models.ForeignKey(
        CriteriaSet, verbose_name="bộ tiêu chí", on_delete=models.CASCADE, related_name="criteria"
    )
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    area = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="The top criterion this one hangs under; itself at the top.",
    )
    bucket = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="Highest ancestor up to which this leaf's points are plainly summed; null above leaves.",
    )
    position = models.PositiveIntegerField()
    code = models.CharField("mã", max_length=30)
    name = models.TextField("tên tiêu chí")
    max_points = PointsField("điểm tối đa")
    role = models.CharField("loại điểm", max_length=7, choices=Role)
    combine = models.CharField("cách cộng", max_length=4, choices=Combine)
    rule = DeclarationField("cách chấm", null=True)
    source = models.CharField("nguồn", max_length=8, choices=Source)
    not_applicable = models.CharField("không áp dụng", max_length=7, choices=NotApplicable)
    rule_text = models.TextField("cách tính điểm", blank=True)
    guide = models.TextField("hướng dẫn", blank=True)
    evidence = models.TextField("tài liệu kiểm chứng cần có", blank=True)
    evidence_required = models.BooleanField("bắt buộc tài liệu kiểm chứng", default=False)
    owner = models.CharField("cơ quan thẩm định", max_length=200, blank=True)
    components = models.JSONField("tiêu chí thành phần được nêu tên", default=list, blank=True)
    examples = DeclarationField(default=list, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "tiêu chí"
        verbose_name_plural = "tiêu chí"
        ordering = ["criteria_set", "position"]
        constraints = [
            models.UniqueConstraint(fields=["criteria_set", "code"], name="criterion_code_once"),
            models.UniqueConstraint(fields=["criteria_set", "position"], name="criterion_position_once"),
            models.CheckConstraint(name="criterion_max_not_negative", condition=Q(max_points__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def illustration(self) -> bool:
        return self.criteria_set.illustration

    @property
    def is_leaf(self) -> bool:
        return self.rule is not None
