"""`area_rectification`: what went wrong in one area, why, and what is done about it."""

from __future__ import annotations

from collections.abc import Iterator

from reports.kinds import results
from reports.kinds.area.facts import AreaFacts
from reports.kinds.area.report import write
from reports.kinds.checks import unwritten
from reports.kinds.content import Content
from reports.kinds.kind import CLOSING, CRITERION, Entry, Kind, Part, Problem, Severity, Suggestion
from reports.kinds.names import Name
from reports.kinds.wording import UNEXPLAINED, listed, printed, short_label

FOUND, DIRECTIONS = "Hạn chế và nguyên nhân", "Phương hướng khắc phục"

__all__ = ["AREA_RECTIFICATION", "AreaFacts"]


def _entries(facts: AreaFacts, by: str) -> tuple[Entry, ...]:
    """Directions are for what lost points in this area."""
    area = facts.area
    if facts.outcome is None or area is None:
        return ()
    own = {row.code for row in area.walk()}
    return tuple(entry for entry in results.entries(facts.outcome, by) if entry.code in own)


def _suggestions(facts: AreaFacts) -> tuple[Suggestion, ...]:
    rows = facts.area.losing_rows if facts.area else ()
    lost = [f"{short_label(row)} – {row.name} ({printed(row.lost)} điểm)" for row in rows if row.depth]
    unsaid = [f"{short_label(row)} ({printed(row.unexplained)} điểm)" for row in rows if row.unexplained > 0]
    found = []
    if lost:
        found.append(Suggestion("shortcomings", f"Bị trừ điểm tại: {listed(lost)}."))
    if unsaid:
        found.append(Suggestion("causes", f"Điểm bị trừ {UNEXPLAINED}: {listed(unsaid)}."))
    return tuple(found)


def _checks(facts: AreaFacts, content: Content) -> tuple[Problem, ...]:
    return (
        *results.typed(content, facts.year, *((facts.outcome,) if facts.outcome else ())),
        *_of_the_result(facts),
        *unwritten(content, "shortcomings", "hạn chế của lĩnh vực"),
        *unwritten(content, "causes", "nguyên nhân"),
        *unwritten(content, "directions", "phương hướng khắc phục", "directions_by_code"),
    )


def _of_the_result(facts: AreaFacts) -> Iterator[Problem]:
    outcome, area = facts.outcome, facts.area
    if facts.is_published_since:
        text = f"Nay đã có kết quả năm {facts.year} của đơn vị: lập báo cáo khác để in điểm của lĩnh vực."
        yield Problem(text, Severity.WARNS, "shortcomings")
    if outcome is None:
        return
    if area is None:
        yield Problem(f"Kết quả không còn lĩnh vực {facts.code}.", Severity.BLOCKS, "shortcomings")
        return
    if area.points is not None and area.lost <= 0:
        yield Problem("Lĩnh vực không bị trừ điểm.", Severity.WARNS, "shortcomings")
    if outcome.is_recorded:
        own = {row.code for row in area.walk()}
        yield from (found for found in results.differing(outcome) if found.at in own)
    yield from results.unaccounted(area.losing_rows)


AREA_RECTIFICATION: Kind[AreaFacts] = Kind(
    name=Name.AREA_RECTIFICATION,
    slug="chan-chinh",
    parts=(
        Part("shortcomings", "Hạn chế", group=FOUND),
        Part("causes", "Nguyên nhân", group=FOUND),
        Part("directions", "Phương hướng chung", group=DIRECTIONS, rows=8),
        Part(
            "directions_by_code",
            "Khắc phục từng tiêu chí bị trừ điểm",
            by=CRITERION,
            group=DIRECTIONS,
            rows=3,
        ),
        CLOSING,
    ),
    write=write,
    checks=_checks,
    entries=_entries,
    suggestions=_suggestions,
)
