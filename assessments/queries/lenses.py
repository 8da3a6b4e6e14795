"""Looking at a part of a sheet: the leaves still to do, or those that want a second look. No queries of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from assessments.models import ScoreBase
from assessments.queries.appraisal import JudgedRow, JudgedSection
from assessments.queries.by_criterion import UnitRow
from assessments.queries.sheet import LeafRow, Section, narrowed
from assessments.queries.submission import lacks_evidence, lacks_note

AnySection = TypeVar("AnySection", Section, JudgedSection)
ALL = ""
LEFT = "con-lai"
DISPUTED = "khong-dong-y"
SETTLE = "can-thong-nhat"


@dataclass(frozen=True, slots=True)
class Lens:
    """A choice of leaves: `key` stands in the address, `label` on the page."""

    key: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Look(Generic[AnySection]):
    """The sections as chosen. An area without a leaf to show stays, so that links to it lead somewhere."""

    lenses: list[Lens]
    sections: list[AnySection]
    is_partial: bool


@dataclass(frozen=True)
class UnitLook:
    lenses: list[Lens]
    rows: list[UnitRow]


def look_at_sheet(sections: Sequence[Section], chosen: str) -> Look[Section]:
    return _look(sections, chosen, _OF_SHEET)


def look_at_appraisal(sections: Sequence[JudgedSection], chosen: str) -> Look[JudgedSection]:
    return _look(sections, chosen, _OF_APPRAISAL)


def look_at_units(rows: Sequence[UnitRow], chosen: str) -> UnitLook:
    """The same choices for one leaf of many units."""
    lenses, keep = _chosen(chosen, _OF_APPRAISAL)
    return UnitLook(lenses, list(rows) if keep is None else [row for row in rows if keep(row.entry)])


def _look(
    sections: Sequence[AnySection], chosen: str, choices: Mapping[str, tuple[str, Callable[[Any], bool]]]
) -> Look[AnySection]:
    lenses, keep = _chosen(chosen, choices)
    if keep is None:
        return Look(lenses, list(sections), is_partial=False)
    return Look(lenses, [narrowed(section, keep) for section in sections], is_partial=True)


def _chosen(
    chosen: str, choices: Mapping[str, tuple[str, Callable[[Any], bool]]]
) -> tuple[list[Lens], Callable[[Any], bool] | None]:
    """All choices, and the test of the chosen one; an unknown choice shows everything."""
    key = chosen if chosen in choices else ALL
    lenses = [Lens(ALL, "Tất cả", key == ALL)]
    lenses += [Lens(name, label, key == name) for name, (label, _) in choices.items()]
    return lenses, None if key == ALL else choices[key][1]


def _answered(score: ScoreBase | None) -> bool:
    return score is not None and score.is_answered


def _unanswered(row: LeafRow) -> bool:
    return row.scored_by_unit and not row.spared and not _answered(row.own)


def _lacks_evidence(row: LeafRow) -> bool:
    own = row.own
    return own is not None and lacks_evidence(row.criterion, own, shown=bool(row.attached))


def _lacks_note(row: LeafRow) -> bool:
    return row.own is not None and lacks_note(row.criterion, row.own)


def _unjudged(entry: JudgedRow) -> bool:
    return entry.is_left


def _without_evidence(entry: JudgedRow) -> bool:
    return entry.scored_by_unit and not entry.row.attached


def _differs(entry: JudgedRow) -> bool:
    """Judged otherwise than the unit scored itself."""
    judged = entry.judged or entry.before
    if not entry.scored_by_unit or not _answered(judged):
        return False
    own = (entry.own.points, entry.own.excluded) if entry.own and entry.own.is_answered else None
    return own != (judged.points, judged.excluded)


def _asked(entry: JudgedRow) -> bool:
    return entry.is_asked


def _disputed(entry: JudgedRow) -> bool:
    return entry.is_disputed


def _to_settle(entry: JudgedRow) -> bool:
    return entry.is_to_settle


def _below_maximum(entry: JudgedRow) -> bool:
    own = entry.own
    return entry.scored_by_unit and not (
        own is not None and (own.excluded or own.points == entry.criterion.max_points)
    )


_OF_SHEET: dict[str, tuple[str, Callable[[LeafRow], bool]]] = {
    LEFT: ("Chưa chấm", _unanswered),
    "thieu-tai-lieu": ("Thiếu tài liệu bắt buộc", _lacks_evidence),
    "thieu-ghi-chu": ("Thiếu ghi chú bắt buộc", _lacks_note),
}
_OF_APPRAISAL: dict[str, tuple[str, Callable[[JudgedRow], bool]]] = {
    LEFT: ("Chưa có điểm", _unjudged),
    "khong-tai-lieu": ("Không có tài liệu", _without_evidence),
    "khac-diem": ("Khác điểm tự chấm", _differs),
    "giai-trinh": ("Đơn vị phải giải trình", _asked),
    DISPUTED: ("Đơn vị không đồng ý", _disputed),
    SETTLE: ("Cần thống nhất", _to_settle),
    "duoi-toi-da": ("Tự chấm dưới điểm tối đa", _below_maximum),
}
