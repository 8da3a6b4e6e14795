"""Enter the figures of a unit's indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import Unit, User
from assessments.actions.writing import record
from assessments.workflow import Refusal
from reports.actions.indicators import open_unit
from reports.figures import Cell, Entry, Figure, Mark
from reports.models import Indicator, IndicatorGroup, IndicatorValue, IndicatorYear

WRITTEN = [
    "kind",
    "state",
    "value",
    "numerator",
    "denominator",
    "text",
    "version",
    "updated_at",
    "updated_by",
]


Said = tuple[str, str, str]  # a cell as an event names it, what stood and what stands in it


class Conflicts(Refusal):
    """Somebody entered other figures since this page was loaded: nothing is stored."""

    def __init__(self, cells: Mapping[Cell, IndicatorValue], years: Mapping[int, IndicatorYear]) -> None:
        self.cells, self.years = cells, years
        super().__init__(
            "Có ô đã được lưu sau khi bạn mở trang. Chưa có gì được ghi: hãy xem các ô được nêu."
        )


@transaction.atomic
def enter_figures(
    *, unit: Unit, entries: Sequence[Entry], marks: Sequence[Mark] = (), by: User, now: datetime
) -> int:
    """Store figures of the unit's indicators, all of them or none; returns how many cells changed.

    Conflicts where somebody else's later figure would be lost, Refusal for what isn't the unit's.
    """
    open_unit(unit, by)
    named = {entry.indicator_id for entry in entries}
    indicators = {
        indicator.pk: indicator
        for indicator in Indicator.objects.filter(group__unit=unit, pk__in=named)
        .select_related("group")
        .order_by("pk")
    }
    years = {year.year: year for year in unit.indicator_years.select_related("updated_by").order_by("year")}
    values = {
        (value.indicator_id, value.year): value
        for value in IndicatorValue.objects.filter(indicator__in=indicators)
        .select_related("updated_by")
        .order_by("pk")
    }
    for entry in entries:
        if entry.indicator_id not in indicators or entry.year not in years:
            raise Refusal("Danh mục chỉ tiêu đã thay đổi; hãy tải lại trang.")
        _refuse_kind(indicators[entry.indicator_id], entry.figure)
    changed = [entry for entry in entries if _stands(values.get(entry.cell)) != entry.figure]
    marked = [mark for mark in marks if mark.year in years and years[mark.year].until != mark.until]
    _refuse_marks(marked)
    later = {
        entry.cell: saved
        for entry in changed
        if (saved := values.get(entry.cell)) is not None and saved.version != entry.seen
    }
    later_marks = {mark.year: years[mark.year] for mark in marked if years[mark.year].version != mark.seen}
    if later or later_marks:
        raise Conflicts(later, later_marks)
    said = _write_figures(changed, indicators, values, by=by, now=now)
    said += _write_marks(marked, years, by=by, now=now)
    if said:
        _count_saves({indicators[entry.indicator_id].group for entry in changed}, by=by)
        record(
            "enter_figures",
            by=by,
            now=now,
            before={"unit": unit.code, "figures": {name: before for name, before, _ in said}},
            after={"unit": unit.code, "figures": {name: after for name, _, after in said}},
        )
    return len(said)


def _refuse_kind(indicator: Indicator, figure: Figure | None) -> None:
    if figure is not None and figure.kind not in {None, indicator.kind}:
        raise Refusal(f"Chỉ tiêu {indicator} đã đổi kiểu số liệu; hãy tải lại trang.")


def _refuse_marks(marks: Sequence[Mark]) -> None:
    for mark in marks:
        if mark.until is not None and mark.until.year != mark.year:
            raise Refusal(f"Ngày chốt số liệu của năm {mark.year} phải nằm trong năm {mark.year}.")


def _stands(value: IndicatorValue | None) -> Figure | None:
    return None if value is None else value.figure


def _write_figures(
    entries: Sequence[Entry],
    indicators: Mapping[int, Indicator],
    values: Mapping[Cell, IndicatorValue],
    *,
    by: User,
    now: datetime,
) -> list[Said]:
    said, written = [], []
    for entry in entries:
        indicator, stood = indicators[entry.indicator_id], values.get(entry.cell)
        value = IndicatorValue(
            indicator=indicator,
            year=entry.year,
            kind=indicator.kind,
            version=stood.version + 1 if stood else 1,
            updated_at=now,
            updated_by=by,
        )
        value.put(entry.figure)
        written.append(value)
        name = f"{indicator.group.code} {indicator.code}, {entry.year}"
        said.append((name, _typed(_stands(stood)), _typed(entry.figure)))
    # At one stroke: a page may have nine hundred cells.
    IndicatorValue.objects.bulk_create(
        written, update_conflicts=True, unique_fields=["indicator", "year"], update_fields=WRITTEN
    )
    return said


def _write_marks(
    marks: Sequence[Mark], years: Mapping[int, IndicatorYear], *, by: User, now: datetime
) -> list[Said]:
    said = []
    for mark in marks:
        year = years[mark.year]
        said.append((f"tính đến ngày, {mark.year}", str(year.until or ""), str(mark.until or "")))
        year.until, year.version = mark.until, year.version + 1
        year.updated_at, year.updated_by = now, by
        year.save()
    return said


def _count_saves(groups: set[IndicatorGroup], *, by: User) -> None:
    for group in groups:
        group.entries += 1
        group.entered_by = by
        group.save(update_fields=["entries", "entered_by"])


def _typed(figure: Figure | None) -> str:
    return "" if figure is None else figure.typed
