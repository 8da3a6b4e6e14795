"""What all kinds about one result say of it alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from accounts.vietnamese import fold
from assessments.differences import differences
from assessments.outcome import Outcome, OutcomeRow, total_of
from reports.citations import Citation, in_turn
from reports.kinds.checks import head_and_signature
from reports.kinds.claims import contradicted, wrong_year
from reports.kinds.content import Content
from reports.kinds.kind import AREA, CRITERION, Entry, Problem, Severity, Suggestion, Where
from reports.kinds.reasons import where_and_why
from reports.kinds.shares import high_and_low, said
from reports.kinds.wording import UNEXPLAINED, listed, printed, row_label, short_label

LOWEST = 3  # areas that a suggestion names


def announced(outcome: Outcome, content: Content) -> str:
    """ "theo Quyết định số …, ", in full where the opening hasn't named it."""
    if not (decision := outcome.decision):
        return ""
    citation = Citation(decision.kind, decision.number, decision.issued_on, decision.issuer)
    return f"theo {in_turn((*content.cited, citation))[-1]}, "


def rank(outcome: Outcome) -> str:
    if outcome.rank is None:
        return ""
    return f"{outcome.rank}/{outcome.group_size}" if outcome.group_size else str(outcome.rank)


def adjustments(outcome: Outcome) -> str:
    """How the total comes from the areas, where it is not their sum."""
    text = ""
    if outcome.is_rebased:
        reached = f"{printed(outcome.base_points)}/{printed(outcome.applicable)} điểm"
        text += (
            f"Không tính các tiêu chí không áp dụng, các lĩnh vực đạt {reached}, "
            f"được quy đổi về thang {printed(outcome.max_total)} điểm. "
        )
    extras = [
        f"{name} {printed(abs(value))} điểm"
        for name, value in (("điểm thưởng", outcome.bonus), ("điểm trừ", outcome.penalty))
        if value
    ]
    return text + (f"Tổng điểm đã tính {' và '.join(extras)}. " if extras else "")


def contradictions(outcome: Outcome) -> Iterable[str]:
    """Printed totals that their own parts contradict; totals computed here cannot."""
    self_sum, declared = total_of(area.self_points for area in outcome.areas), outcome.declared_self_total
    if self_sum is not None and declared is not None and self_sum != declared:
        yield _difference("điểm tự chấm", self_sum, declared, "cộng điểm tự chấm của các lĩnh vực")
    points, maximum = outcome.base_points, outcome.applicable
    if outcome.is_recorded and outcome.total is not None and points is not None:
        total = points + outcome.bonus + outcome.penalty
        if maximum == outcome.max_total and total != outcome.total:
            how = "cộng điểm của các lĩnh vực, điểm thưởng và điểm trừ"
            yield _difference("tổng điểm", total, outcome.total, how)


def _difference(what: str, added: Decimal, declared: Decimal, how: str) -> str:
    return (
        f"{what} đã công bố là {printed(declared)} điểm; {how} là {printed(added)} điểm, "
        f"chênh lệch {printed(abs(added - declared))} điểm, cần đối chiếu lại."
    )


# What can be written about


def entries(outcome: Outcome, by: str) -> tuple[Entry, ...]:
    """All areas, or all rows: offered are those at which points were lost."""
    if by == AREA:
        return tuple(Entry(area.code, f"{area.code}. {area.name}") for area in outcome.areas)
    assert by == CRITERION
    losing = {row.code for area in outcome.areas for row in area.losing_rows}
    return tuple(
        Entry(
            row.code,
            f"{row.code}. {row.name}",
            f"Bị trừ {printed(row.lost)} điểm – {where_and_why(row)}." if row.lost > 0 else "",
            is_offered=row.code in losing,
        )
        for row in outcome.rows()
    )


def lowest_areas(outcome: Outcome, part: str) -> tuple[Suggestion, ...]:
    _, low = high_and_low(outcome)
    lowest = low[:LOWEST]
    return (Suggestion(part, f"Các lĩnh vực đạt tỷ lệ thấp nhất: {said(lowest)}."),) if lowest else ()


def unexplained_losses(outcome: Outcome, part: str) -> tuple[Suggestion, ...]:
    """Of criteria: where a result has areas only, there are no reasons to give."""
    rows = [
        f"{short_label(row)} ({printed(row.unexplained)} điểm)"
        for row in outcome.unexplained_rows
        if row.depth
    ]
    return (Suggestion(part, f"Điểm bị trừ {UNEXPLAINED}: {listed(rows)}."),) if rows else ()


def lost_twice(outcome: Outcome, before: Outcome) -> tuple[OutcomeRow, ...]:
    """Criteria that lost points in both years, as far as both give details: the same where the names are."""
    lost = {fold(row.name) for row in before.rows() if row.depth and row.lost > 0}
    return tuple(row for row in outcome.rows() if row.depth == 1 and row.lost > 0 and fold(row.name) in lost)


def losses_of_both_years(outcome: Outcome, before: Outcome, *, part: str) -> tuple[Suggestion, ...]:
    rows = [f"{short_label(row)} ({row.name})" for row in lost_twice(outcome, before)]
    return (Suggestion(part, f"Bị trừ điểm hai năm liền: {listed(rows)}."),) if rows else ()


def problems(outcome: Outcome, content: Content, *compared: Outcome) -> tuple[Problem, ...]:
    """What is to be looked at in every report about a result."""
    return (
        *typed(content, outcome.year, outcome, *compared),
        *(differing(outcome) if outcome.is_recorded else ()),
        *unaccounted(outcome.unexplained_rows),
    )


def typed(content: Content, year: int, *outcomes: Outcome) -> Iterator[Problem]:
    """What people typed: head, signature, and figures and years in the narrative texts."""
    yield from head_and_signature(content)
    yield from contradicted(content, *outcomes)
    yield from wrong_year(content, year)


def differing(outcome: Outcome) -> Iterator[Problem]:
    """Printed figures that contradict each other: parts above their whole, points above their maximum."""
    for found in differences(outcome):
        yield Problem(f"{found.message}.", Severity.WARNS, found.code, Where.RESULT)


def unaccounted(rows: Iterable[OutcomeRow]) -> Iterator[Problem]:
    """Points that nobody said anything of; where a result has areas only, there are no reasons to give."""
    for row in rows:
        if row.depth and row.unexplained > 0:
            text = f"{row_label(row)}: {printed(row.unexplained)} điểm bị trừ {UNEXPLAINED}."
            yield Problem(text, Severity.WARNS, row.code, Where.RESULT)
