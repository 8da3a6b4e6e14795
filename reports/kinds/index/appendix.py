"""The areas of both years side by side."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from assessments.outcome import Outcome, OutcomeRow
from criteria.points import format_percent
from reports.document import Align, Appendix, Cell, Column, Row, Table
from reports.kinds.index.areas import place
from reports.kinds.index.comparison import IndexFacts
from reports.kinds.results import adjustments, contradictions
from reports.kinds.tables import footnotes, header
from reports.kinds.wording import MISSING, printed, signed

YEAR = ("Điểm tối đa", "Điểm đạt", "Tỷ lệ đạt", "Xếp hạng")
CHANGE = ("Điểm", "Bậc")


def areas_appendix(facts: IndexFacts) -> Appendix:
    outcome, before = facts.outcome, facts.before
    if before is None:
        title = f"Kết quả các lĩnh vực của Chỉ số cải cách hành chính năm {outcome.year}"
    else:
        title = (
            f"So sánh kết quả các lĩnh vực của Chỉ số cải cách hành chính "
            f"năm {outcome.year} và năm {before.year}"
        )
    return Appendix(title, (_table(facts),), landscape=True)


def _table(facts: IndexFacts) -> Table:
    outcome, before = facts.outcome, facts.before
    rows = [
        Row(
            (
                Cell(pair.now.code if pair.now else ""),
                Cell(pair.name),
                *_year(pair.now, outcome),
                *(_year(pair.last, before) if before else ()),
                *(_change(pair.points, pair.places) if before else ()),
            )
        )
        for pair in facts.pairs
    ]
    total = Row(
        (
            Cell(""),
            Cell("Tổng điểm"),
            *_total(outcome),
            *(_total(before) if before else ()),
            *(_change(facts.total, facts.places) if before else ()),
        ),
        strong=True,
    )
    year_columns = (
        Column(7, Align.NUMERIC),
        Column(7, Align.NUMERIC),
        Column(8, Align.NUMERIC),
        Column(8, Align.CENTER),
    )
    changes = (Column(8, Align.NUMERIC), Column(6, Align.NUMERIC))
    columns = (*year_columns, *((*year_columns, *changes) if before else ()))
    return Table(
        columns=(
            Column(5, Align.CENTER),
            Column(95 - sum(column.width for column in columns)),
            *columns,
        ),
        header=_header(outcome, before),
        rows=(*rows, total),
        notes=footnotes(_notes(facts)),
    )


def _header(outcome: Outcome, before: Outcome | None) -> tuple[Row, ...]:
    if before is None:
        return (header("Số TT", "Lĩnh vực", *YEAR),)
    spanning = (
        Cell("Số TT", Align.CENTER, row_span=2),
        Cell("Lĩnh vực", Align.CENTER, row_span=2),
        Cell(f"Năm {outcome.year}", Align.CENTER, column_span=len(YEAR)),
        Cell(f"Năm {before.year}", Align.CENTER, column_span=len(YEAR)),
        Cell("Tăng (+),\ngiảm (-)", Align.CENTER, column_span=len(CHANGE)),
    )
    return (Row(spanning, strong=True), header(*YEAR, *YEAR, *CHANGE))


def _year(row: OutcomeRow | None, outcome: Outcome) -> tuple[Cell, ...]:
    if row is None:
        return (Cell(""),) * len(YEAR)
    return _figures(row.max_points, row.points, row.percent, row.rank, outcome)


def _total(outcome: Outcome) -> tuple[Cell, ...]:
    return _figures(outcome.max_total, outcome.total, outcome.percent, outcome.rank, outcome)


def _figures(
    maximum: Decimal | None,
    points: Decimal | None,
    share: Fraction | None,
    rank: int | None,
    outcome: Outcome,
) -> tuple[Cell, ...]:
    return (
        Cell(printed(maximum)),
        Cell(printed(points)),
        Cell(MISSING if share is None else format_percent(share)),
        Cell(MISSING if rank is None else place(rank, outcome)),
    )


def _change(points: Decimal | None, places: int | None) -> tuple[Cell, ...]:
    return (
        Cell(MISSING if points is None else signed(points)),
        Cell(MISSING if places is None else signed(Decimal(places))),
    )


def _notes(facts: IndexFacts) -> tuple[str, ...]:
    both = [facts.outcome, *([facts.before] if facts.before else [])]
    told = [
        f"{area.name}, năm {outcome.year}: {area.note.rstrip('.')}."
        for outcome in both
        for area in outcome.areas
        if area.note
    ]
    told += [f"năm {outcome.year}: {text.strip()}" for outcome in both if (text := adjustments(outcome))]
    told += [f"năm {outcome.year}: {text}" for outcome in both for text in contradictions(outcome)]
    if facts.predecessor and facts.before:
        told.append(f"số liệu năm {facts.before.year} là của {facts.predecessor}.")
    return tuple(told)
