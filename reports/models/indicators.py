"""Yearly statistics of a unit: groups of indicators, the years they are kept for, and a figure for each of both."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import Unit
from criteria.fields import PointsField
from reports.figures import LONGEST_TEXT, NO_DATA, Figure, FigureKind

KIND_LABELS = {
    FigureKind.NUMBER: "Số",
    FigureKind.RATIO: "Tử số/mẫu số",
    FigureKind.TEXT: "Chữ",
}
FIRST_YEAR, LAST_YEAR = 1990, 2100
_CODE = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9.-]*\Z", "Mã gồm chữ không dấu, số, dấu chấm và gạch nối.")


class Kept(models.Model):
    """Who saved it last; the version tells a later save from an earlier one."""

    version = models.PositiveIntegerField("phiên bản", default=1)
    updated_at = models.DateTimeField("sửa lúc")
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class IndicatorGroup(Kept):
    """Indicators of one area: an appendix of reports, or a table in their text. `entries` counts how often
    figures were saved, last by `entered_by`."""

    unit = models.ForeignKey(
        Unit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="indicator_groups"
    )
    code = models.CharField(
        "mã nhóm", max_length=20, validators=[_CODE], help_text="Ngắn, không dấu; ví dụ PL03."
    )
    position = models.PositiveSmallIntegerField("thứ tự", default=1)
    name = models.CharField("lĩnh vực", max_length=200, help_text="Đề mục trong báo cáo.")
    title = models.CharField(
        "tên bảng", max_length=300, blank=True, help_text="Tên của phụ lục; để trống thì dùng tên lĩnh vực."
    )
    is_appendix = models.BooleanField(
        "in thành phụ lục", default=True, help_text="Không chọn thì bảng được in ngay trong báo cáo."
    )
    entries = models.PositiveIntegerField(default=0)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "nhóm chỉ tiêu"
        verbose_name_plural = "nhóm chỉ tiêu"
        ordering = ["unit", "position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "code"],
                name="indicator_group_once",
                violation_error_message="Đơn vị đã có nhóm mang mã này.",
            ),
            models.CheckConstraint(name="indicator_group_named", condition=~Q(code="") & ~Q(name="")),
        ]

    def __str__(self) -> str:
        return f"{self.code} – {self.name}"


class IndicatorYear(Kept):
    """A year that the unit keeps figures for; `until` where they cover only a part of it."""

    unit = models.ForeignKey(
        Unit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="indicator_years"
    )
    year = models.PositiveSmallIntegerField("năm")
    until = models.DateField("tính đến ngày", null=True, blank=True)

    class Meta:
        verbose_name = "năm thống kê"
        verbose_name_plural = "năm thống kê"
        ordering = ["unit", "year"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "year"], name="indicator_year_once"),
            models.CheckConstraint(
                name="indicator_year_possible", condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}"


class Indicator(Kept):
    """`part_of` is the whole that it is a part of. A ratio may name what it divides and by what: quantities of
    one name are one and the same thing, also where an indicator has that name itself."""

    group = models.ForeignKey(
        IndicatorGroup, verbose_name="nhóm", on_delete=models.PROTECT, related_name="indicators"
    )
    code = models.CharField("mã số", max_length=20, validators=[_CODE], help_text="Ví dụ 4.2.")
    position = models.PositiveSmallIntegerField("thứ tự", default=1)
    name = models.CharField("chỉ tiêu", max_length=400)
    measure = models.CharField("đơn vị tính", max_length=40, blank=True, help_text="Ví dụ: hồ sơ.")
    kind = models.CharField(
        "kiểu số liệu", max_length=6, choices=[(k.value, v) for k, v in KIND_LABELS.items()]
    )
    part_of = models.ForeignKey(
        "self", verbose_name="là một phần của", null=True, blank=True, on_delete=models.PROTECT,
        related_name="parts",
    )  # fmt: skip
    numerator_name = models.CharField("tử số là", max_length=200, blank=True)
    denominator_name = models.CharField("mẫu số là", max_length=200, blank=True)

    class Meta:
        verbose_name = "chỉ tiêu"
        verbose_name_plural = "chỉ tiêu"
        ordering = ["group", "position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "code"],
                name="indicator_once",
                violation_error_message="Nhóm đã có chỉ tiêu mang mã này.",
            ),
            models.CheckConstraint(
                name="indicator_not_its_own_part",
                condition=Q(part_of=None) | ~Q(part_of=F("id")),
                violation_error_message="Chỉ tiêu không thể là một phần của chính nó.",
            ),
            models.CheckConstraint(
                name="indicator_kind_known", condition=Q(kind__in=[kind.value for kind in FigureKind])
            ),
            models.CheckConstraint(
                name="indicator_ratio_names_its_parts",
                condition=Q(kind=FigureKind.RATIO.value) | Q(numerator_name="", denominator_name=""),
                violation_error_message="Chỉ chỉ tiêu kiểu tử số/mẫu số mới có tên tử số, mẫu số.",
            ),
            models.CheckConstraint(
                name="indicator_text_is_no_part",
                condition=~Q(kind=FigureKind.TEXT.value) | Q(part_of=None),
                violation_error_message="Chỉ tiêu bằng chữ không so được với chỉ tiêu khác.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class IndicatorValue(Kept):
    """One figure. A row stays when its cell is emptied, so that its version goes on counting."""

    class State(models.TextChoices):
        GIVEN = "given", "Có số liệu"
        MISSING = "missing", "Không có số liệu"
        EMPTY = "empty", "Để trống"

    indicator = models.ForeignKey(
        Indicator, verbose_name="chỉ tiêu", on_delete=models.PROTECT, related_name="values"
    )
    year = models.PositiveSmallIntegerField("năm")
    kind = models.CharField(
        max_length=6
    )  # the indicator's, copied so that the database can hold them together
    state = models.CharField("tình trạng", max_length=7, choices=State)
    value = PointsField("giá trị", null=True)
    numerator = PointsField("tử số", null=True)
    denominator = PointsField("mẫu số", null=True)
    text = models.CharField("nội dung", max_length=LONGEST_TEXT, blank=True)

    class Meta:
        verbose_name = "số liệu"
        verbose_name_plural = "số liệu"
        ordering = ["indicator", "year"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "year"], name="indicator_value_once"),
            models.CheckConstraint(
                name="indicator_value_as_its_kind_says",
                condition=Q(~Q(state="given"), value=None, numerator=None, denominator=None, text="")
                | (
                    Q(state="given")
                    & (
                        Q(kind="number", value__isnull=False, numerator=None, denominator=None, text="")
                        | Q(
                            kind="ratio",
                            value=None,
                            numerator__isnull=False,
                            denominator__isnull=False,
                            text="",
                        )
                        | Q(~Q(text=""), kind="text", value=None, numerator=None, denominator=None)
                    )
                ),
            ),
            models.CheckConstraint(
                name="indicator_value_not_negative",
                condition=(Q(value=None) | Q(value__gte=0))
                & (Q(numerator=None) | Q(numerator__gte=0))
                & (Q(denominator=None) | Q(denominator__gt=0) | Q(denominator=0, numerator=0)),
            ),
            models.CheckConstraint(
                name="indicator_value_state_known", condition=Q(state__in=["given", "missing", "empty"])
            ),
        ]

    def __str__(self) -> str:
        figure = self.figure
        return f"{self.indicator_id}, {self.year}: {figure.typed if figure else ''}"

    @property
    def figure(self) -> Figure | None:
        """None where nothing is entered."""
        if self.state == self.State.EMPTY:
            return None
        return Figure(self.value, self.numerator, self.denominator, self.text)

    def put(self, figure: Figure | None) -> None:
        put = figure or NO_DATA
        missing = self.State.EMPTY if figure is None else self.State.MISSING
        self.state = missing if put.is_missing else self.State.GIVEN
        self.value, self.numerator, self.denominator, self.text = (
            put.value,
            put.numerator,
            put.denominator,
            put.text,
        )
