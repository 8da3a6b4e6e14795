"""Looking at a part of a sheet: the leaves still to do, or those that want a second look. No queries of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from assessments.models import Layer, Score
from assessments.queries.appraisal import JudgedRow, JudgedSection
from assessments.queries.sheet import LeafRow, Section
from assessments.queries.submission import lacks_evidence, lacks_note

AnySection = TypeVar("AnySection", Section, JudgedSection)
ALL = ""
LEFT = "con-lai"


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


def look_at_sheet(sections: Sequence[Section], chosen: str) -> Look[Section]:
    return _look(sections, chosen, _OF_SHEET)


def look_at_appraisal(sections: Sequence[JudgedSection], chosen: str) -> Look[JudgedSection]:
    return _look(sections, chosen, _OF_APPRAISAL)


def _look(
    sections: Sequence[AnySection], chosen: str, choices: Mapping[str, tuple[str, Callable[[Any], bool]]]
) -> Look[AnySection]:
    """An unknown choice shows everything."""
    key = chosen if chosen in choices else ALL
    lenses = [Lens(ALL, "Tất cả", key == ALL)]
    lenses += [Lens(name, label, key == name) for name, (label, _) in choices.items()]
    if key == ALL:
        return Look(lenses, list(sections), is_partial=False)
    _, keep = choices[key]
    return Look(lenses, [_narrowed(section, keep) for section in sections], is_partial=True)


def _narrowed(section: AnySection, keep: Callable[[Any], bool]) -> AnySection:
    """The section with the leaves to keep and the headings above them."""
    kept = {entry.criterion.code for entry in section.entries if entry.is_leaf and keep(entry)}
    shown = {
        node.code for node in section.criterion.walk() if any(leaf.code in kept for leaf in node.leaves())
    }
    entries = [
        entry for entry in section.entries if (entry.criterion.code if entry.is_leaf else entry.code) in shown
    ]
    return replace(section, entries=entries)


def _answered(score: Score | None) -> bool:
    return score is not None and score.is_answered


def _unanswered(row: LeafRow) -> bool:
    return row.scored_by_unit and not _answered(row.own)


def _lacks_evidence(row: LeafRow) -> bool:
    own = row.own
    return own is not None and lacks_evidence(row.criterion, own, shown=bool(row.attached))


def _lacks_note(row: LeafRow) -> bool:
    return row.own is not None and lacks_note(row.criterion, row.own)


def _unjudged(entry: JudgedRow) -> bool:
    """Appraisers judge what units score; the council's layer has the central leaves too."""
    return (entry.scored_by_unit or entry.layer == Layer.COUNCIL) and not _answered(entry.judged)


def _without_evidence(entry: JudgedRow) -> bool:
    """Required evidence that isn't there, explained or not."""
    return entry.criterion.evidence_required and entry.scored_by_unit and not entry.row.attached


def _differs(entry: JudgedRow) -> bool:
    """Judged otherwise than the unit scored itself."""
    if not entry.scored_by_unit or not _answered(entry.judged):
        return False
    own = (entry.own.points, entry.own.excluded) if entry.own and entry.own.is_answered else None
    return own != (entry.judged.points, entry.judged.excluded)


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
    "khong-tai-lieu": ("Không có tài liệu bắt buộc", _without_evidence),
    "khac-diem": ("Khác điểm tự chấm", _differs),
    "duoi-toi-da": ("Tự chấm dưới điểm tối đa", _below_maximum),
}
