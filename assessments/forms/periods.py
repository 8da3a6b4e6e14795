"""What a coordinator types about a period and its cohorts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms

from accounts.dates import format_moment
from accounts.models import Unit
from assessments.calendar import Calendar, Phase, Window, calendar_from
from assessments.forms.seen import numbers
from assessments.models import Cohort, Period, Publication
from assessments.models.periods import calendar_values
from assessments.queries.periods import shown_calendar, shown_cohort
from assessments.workflow import PeriodState
from criteria.models import CriteriaSet
from criteria.shown import Shown

YEARS = range(2000, 2200)


class MomentField(forms.DateTimeField):
    """Local Vietnamese time; what stands now is said in words, since the picker's format is the browser's."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M"],
            error_messages={"invalid": "Hãy chọn ngày và giờ, ví dụ 31/12/2026 17:00."},
            **kwargs,
        )

    def to_python(self, value: Any) -> datetime | None:
        moment = super().to_python(value)
        # A slip of the keyboard; the first and the last years can't even be turned into another zone's.
        if moment is not None and moment.year not in YEARS:
            raise forms.ValidationError(f"Năm phải từ {YEARS[0]} đến {YEARS[-1]}.")
        return moment


class PeriodForm(forms.Form):
    """The calendar's later phases follow from self-scoring; the coordinator then moves them."""

    host = forms.ModelChoiceField(Unit.objects.none(), label="Cơ quan chủ trì", empty_label=None)
    year = forms.IntegerField(label="Năm đánh giá", min_value=2000, max_value=2100)
    name = forms.CharField(
        label="Tên kỳ đánh giá", max_length=160, help_text="Ví dụ: Chỉ số cải cách hành chính năm 2026"
    )
    opens = MomentField(label="Tự chấm điểm từ", help_text="Giờ Việt Nam.")
    closes = MomentField(
        label="Hạn tự chấm điểm",
        help_text="Lịch các bước sau được đặt sẵn theo ngày này; bước tiếp theo sửa lại.",
    )

    def __init__(self, *args: Any, hosts: Iterable[int], now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["host"].queryset = Unit.objects.filter(pk__in=hosts).order_by("sort_key")  # type: ignore[attr-defined]
        self.fields["year"].initial = now.year
        self.fields["opens"].initial = now

    def described(self) -> dict[str, Any]:
        """What `create_period` wants to know."""
        entered = self.cleaned_data
        return {
            "host": entered["host"],
            "year": entered["year"],
            "name": entered["name"],
            "calendar": calendar_from(entered["opens"], entered["closes"]),
        }


class PeriodEditForm(Shown, forms.Form):
    name = forms.CharField(label="Tên kỳ đánh giá", max_length=160)

    def __init__(self, *args: Any, period: Period, **kwargs: Any) -> None:
        super().__init__(*args, initial={"name": period.name}, **kwargs)
        self.stands = period.name

    def show_saved(self, period: Period) -> None:
        self.put_beside([(str(self.fields["name"].label), period.name)], seen=period.name)


class CalendarForm(Shown, forms.Form):
    """When each phase of a period opens and closes."""

    reason = forms.CharField(
        label="Lý do thay đổi lịch",
        required=False,
        max_length=1000,
        help_text="Bắt buộc khi kỳ đang thực hiện; được lưu trong nhật ký.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, period: Period, **kwargs: Any) -> None:
        stands = calendar_values(period.calendar)
        super().__init__(*args, initial=stands, **kwargs)
        self.stands = shown_calendar(period)
        for name, moment in stands.items():
            label = "Bắt đầu" if name.endswith("_opens") else "Kết thúc"
            self.fields[name] = MomentField(label=label, help_text=f"Hiện nay: {format_moment(moment)}.")
        if period.state == PeriodState.PREPARING:
            del self.fields["reason"]

    @property
    def rows(self) -> list[tuple[Phase, list[forms.BoundField]]]:
        """Each phase with its one or two fields."""
        return [
            (phase, [self[name] for name in (f"{phase}_opens", f"{phase}_closes") if name in self.fields])
            for phase in Phase
        ]

    def calendar(self) -> Calendar:
        """What was typed. The picker drops seconds: an untouched field keeps the moment it showed."""
        entered = {}
        for name, stood in self.initial.items():
            typed = self.cleaned_data[name]
            entered[name] = stood if typed == stood.replace(second=0, microsecond=0) else typed
        return Calendar(
            {phase: Window(entered[f"{phase}_opens"], entered.get(f"{phase}_closes")) for phase in Phase}
        )

    def show_saved(self, period: Period) -> None:
        stored, entered = calendar_values(period.calendar), calendar_values(self.calendar())
        differing = [
            (f"{phase.label}, {str(field.label).lower()}", format_moment(stored[field.name]))
            for phase, fields in self.rows
            for field in fields
            if entered[field.name] != stored[field.name]
        ]
        self.put_beside(differing, seen=shown_calendar(period))


class CohortForm(Shown, forms.Form):
    """Name, set and units of a cohort. `units` lists what may be chosen, grouped on the page by level."""

    name = forms.CharField(
        label="Tên nhóm xếp hạng", max_length=120, help_text="Các đơn vị cùng nhóm được xếp hạng với nhau."
    )
    criteria_set = forms.ModelChoiceField(
        CriteriaSet.objects.order_by("name", "-version"),
        label="Bộ tiêu chí",
        empty_label="– chọn bộ tiêu chí –",
    )
    units = forms.ModelMultipleChoiceField(
        Unit.objects.none(), label="Đơn vị", required=False, widget=forms.CheckboxSelectMultiple
    )
    outside = forms.CharField(
        label="Đơn vị khác",
        required=False,
        help_text="Mã của đơn vị không trực thuộc cơ quan chủ trì, mỗi dòng một mã.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, *args: Any, offered: Iterable[Unit], cohort: Cohort | None = None, **kwargs: Any
    ) -> None:
        initial: dict[str, Any] = {}
        self.current: list[Unit] = []
        if cohort is not None:
            sheets = cohort.assessments.select_related("unit").order_by("unit__sort_key", "unit__code")
            self.current = [sheet.unit for sheet in sheets]
            initial = {"name": cohort.name, "criteria_set": cohort.criteria_set_id}
            initial["units"] = [unit.pk for unit in self.current]
            self.stands = shown_cohort(cohort)
        super().__init__(*args, initial=initial, **kwargs)
        # What stands outside the host or has closed since stays choosable once it is in.
        self.offered = {unit.pk: unit for unit in [*offered, *self.current]}
        self.fields["units"].queryset = Unit.objects.filter(pk__in=self.offered)  # type: ignore[attr-defined]
        self.is_open = cohort is not None and cohort.period.state != PeriodState.PREPARING
        if self.is_open:
            del self.fields["criteria_set"]

    @property
    def choices(self) -> list[dict[str, Any]]:
        """Units to tick; those of an open period that are in already stand fixed."""
        ticked = {str(pk) for pk in self["units"].value() or []}
        current = {unit.pk for unit in self.current}
        units = sorted(self.offered.values(), key=lambda unit: (unit.level, unit.sort_key, unit.code))
        return [
            {
                "unit": unit,
                "level": unit.get_level_display(),
                "fixed": self.is_open and unit.pk in current,
                "ticked": str(unit.pk) in ticked or (self.is_open and unit.pk in current),
            }
            for unit in units
        ]

    @property
    def seen_units(self) -> str:
        """The keys of the units that the page showed to be in."""
        if self.is_bound:
            return str(self.data.get("seen_units", ""))
        return _keys(self.current)

    def units_seen(self) -> set[int]:
        return numbers(self.seen_units)

    def clean_outside(self) -> list[Unit]:
        codes = self.cleaned_data["outside"].replace(",", " ").split()
        found = {unit.code: unit for unit in Unit.objects.filter(code__in=codes)}
        if unknown := [code for code in codes if code not in found]:
            raise forms.ValidationError(f"Không có đơn vị mang mã {', '.join(unknown)}.")
        return list(found.values())

    def chosen(self) -> list[Unit]:
        """The units ticked, and in an open period whatever is in already."""
        units = {unit.pk: unit for unit in self.cleaned_data["units"]}
        if self.is_open:
            units |= {unit.pk: unit for unit in self.current}
        return list(units.values())

    def show_saved(self, cohort: Cohort) -> None:
        sheets = cohort.assessments.select_related("unit").order_by("unit__sort_key", "unit__code")
        stored = {sheet.unit_id: sheet.unit for sheet in sheets}
        entered = {unit.pk: unit for unit in [*self.chosen(), *self.cleaned_data["outside"]]}
        criteria_set = self.cleaned_data.get("criteria_set", cohort.criteria_set)
        kept = [unit.short_name for pk, unit in stored.items() if pk not in entered]
        added = [unit.short_name for pk, unit in entered.items() if pk not in stored]
        told = [
            (str(self.fields["name"].label), cohort.name, cohort.name != self.cleaned_data["name"]),
            ("Bộ tiêu chí", str(cohort.criteria_set), cohort.criteria_set != criteria_set),
            ("Đang có trong nhóm, ở đây không chọn", ", ".join(kept), bool(kept)),
            ("Không có trong nhóm, ở đây đang chọn", ", ".join(added), bool(added)),
        ]
        differing = [(label, text) for label, text, differs in told if differs]
        self.put_beside(differing, seen=shown_cohort(cohort), seen_units=_keys(stored.values()))


def _keys(units: Iterable[Unit]) -> str:
    return " ".join(str(unit.pk) for unit in units)


class MoveForm(forms.Form):
    criteria_set = forms.ModelChoiceField(
        CriteriaSet.objects.none(), label="Phiên bản mới", empty_label=None, widget=forms.HiddenInput
    )
    reason = forms.CharField(
        label="Lý do chuyển",
        max_length=1000,
        help_text="Ví dụ: thực hiện Quyết định số 12/QĐ-UBND ngày 05 tháng 5 năm 2026.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, versions: Iterable[CriteriaSet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pks = [version.pk for version in versions]
        self.fields["criteria_set"].queryset = CriteriaSet.objects.filter(pk__in=pks)  # type: ignore[attr-defined]


class DecisionForm(forms.ModelForm):
    class Meta:
        model = Publication
        fields = ["decision_number", "decision_date", "decision_issuer"]
        help_texts = {
            "decision_number": "Ví dụ: 123/QĐ-UBND",
            "decision_issuer": "Ví dụ: Chủ tịch Ủy ban nhân dân tỉnh",
        }
        widgets = {"decision_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, unranked: int, **kwargs: Any) -> None:
        """`unranked` units would be published without a result, which nobody can mend: that takes a tick."""
        super().__init__(*args, **kwargs)
        if unranked:
            self.fields["confirm"] = forms.BooleanField(
                label=f"Tôi xác nhận: {unranked} đơn vị chưa có điểm cuối cùng, công bố không có thứ hạng",
                error_messages={"required": "Hãy xác nhận, hoặc chốt điểm các đơn vị này rồi mới công bố."},
            )

    @property
    def decision(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
