"""Tables that several kinds have alike."""

from __future__ import annotations

from collections.abc import Iterable

from assessments.outcome import Outcome, OutcomeRow
from reports.document import Align, Appendix, Block, Cell, Column, Paragraph, Row, Table
from reports.kinds.reasons import full_marks, where_and_why
from reports.kinds.wording import printed, sentence

NO_DETAILS = "Không có số liệu chi tiết theo tiêu chí"


def header(*titles: str) -> Row:
    return Row(tuple(Cell(title, Align.CENTER) for title in titles), strong=True)


def code_width(*, landscape: bool) -> int:
    """The share of the width that a code of three levels takes: 10.12.3."""
    return 7 if landscape else 11


def footnotes(notes: Iterable[str]) -> tuple[str, ...]:
    """A line each, of which the first says what they are."""
    first, *others = (*notes, "")
    return (f"Ghi chú: {first}", *map(sentence, filter(None, others))) if first else ()


def remark(row: OutcomeRow) -> str:
    """Of a row that lost points itself: where and why; and where its figures come from."""
    reason = where_and_why(row) if row.losing_rows == (row,) else ""
    return sentence(". ".join(filter(None, (reason, row.note))))


def losses_appendix(outcome: Outcome) -> Appendix:
    """Every area, criterion and component below its maximum, with points lost and reason."""
    blocks: list[Block] = []
    if any(area.lost > 0 for area in outcome.areas):
        blocks.append(losses_table(outcome.areas, landscape=True))
    blocks += map(Paragraph.of, full_marks(outcome))
    title = f"Các tiêu chí, tiêu chí thành phần bị trừ điểm năm {outcome.year}"
    return Appendix(title, tuple(blocks), landscape=True)


def losses_table(areas: Iterable[OutcomeRow], *, landscape: bool = False) -> Table:
    name, why = (37, 32) if landscape else (31, 28)
    return Table(
        columns=(
            Column(code_width(landscape=landscape)),
            Column(name),
            *(Column(8 if landscape else 10, Align.NUMERIC),) * 3,
            Column(why),
        ),
        header=(
            header(
                "Mã số",
                "Lĩnh vực, tiêu chí, tiêu chí thành phần",
                "Điểm tối đa",
                "Điểm đạt",
                "Điểm bị trừ",
                "Nơi bị trừ điểm và nguyên nhân",
            ),
        ),
        rows=tuple(row for area in areas for row in _losing_below(area)),
    )


def _losing_below(row: OutcomeRow) -> Iterable[Row]:
    if row.lost <= 0:
        return
    figures = (printed(row.max_points), printed(row.points), printed(row.lost))
    yield Row(
        (Cell(row.code), Cell(row.name), *map(Cell, figures), Cell(_why(row))),
        strong=row.depth == 0 and bool(row.children),
    )
    if row.losing_rows != (row,):  # else what stands below it doesn't add up to what it lost
        for child in row.children:
            yield from _losing_below(child)


def _why(row: OutcomeRow) -> str:
    if row.depth or row.children:
        return remark(row)
    told = where_and_why(row) if row.losses or row.reason else ""
    return ". ".join(filter(None, (NO_DETAILS, sentence(told), row.note)))
