"""The areas in the body, and every criterion in the appendix."""

from __future__ import annotations

from collections.abc import Iterable

from assessments.outcome import Outcome, OutcomeRow, total_of
from reports.document import Align, Appendix, Cell, Column, Row, Table
from reports.kinds.tables import code_width, footnotes, header, remark
from reports.kinds.wording import MISSING, is_of_council, printed, sentence

EXTRAS = "Điểm thưởng, điểm trừ (không nằm trong điểm tối đa)"


def area_table(outcome: Outcome) -> Table:
    has_self = outcome.has_self_points
    total = OutcomeRow(
        code="",
        name="Cộng các lĩnh vực",
        depth=0,
        max_points=outcome.applicable,
        self_points=total_of(area.self_points for area in outcome.areas),
        points=outcome.base_points,
    )
    return Table(
        columns=(
            Column(6, Align.CENTER),
            Column(42 if has_self else 55),
            *_score_columns(13, has_self=has_self),
        ),
        header=(header("Số TT", "Lĩnh vực", *_score_titles(outcome)),),
        rows=(
            *(Row(_score_cells(area, has_self=has_self)) for area in outcome.areas),
            Row(_score_cells(total, has_self=has_self), strong=True),
        ),
    )


def notes_of(outcome: Outcome, *, rows: Iterable[OutcomeRow], others: Iterable[str] = ()) -> tuple[str, ...]:
    """What an empty self-score means, after what else is to be noted."""
    is_blank = outcome.has_self_points and any(row.self_points is None for row in rows)
    why = "không có số liệu" if outcome.is_recorded else "đơn vị không tự chấm hoặc không áp dụng"
    return footnotes((*others, *((f"ô trống ở cột “Điểm tự chấm”: {why}.",) if is_blank else ())))


def criteria_appendix(outcome: Outcome) -> tuple[Appendix, ...]:
    if not outcome.extras and not any(area.children for area in outcome.areas):
        return ()
    has_self = outcome.has_self_points
    columns = (
        Column(code_width(landscape=True)),
        Column(34 if has_self else 38),
        *_score_columns(8, has_self=has_self),
        Column(27 if has_self else 31),
    )
    table = Table(
        columns=columns,
        header=(
            header(
                "Mã số",
                "Lĩnh vực, tiêu chí, tiêu chí thành phần",
                *_score_titles(outcome),
                "Nơi bị trừ điểm và nguyên nhân",
            ),
        ),
        rows=(
            *(
                Row((*_score_cells(row, has_self=has_self), Cell(remark(row))), strong=row.depth == 0)
                for row in outcome.rows()
            ),
            *((Row((Cell(EXTRAS, column_span=len(columns)),), strong=True),) if outcome.extras else ()),
            *(
                Row((*_extra_cells(row, has_self=has_self), Cell(sentence(row.reason))))
                for extra in outcome.extras
                for row in extra.walk()
            ),
        ),
        notes=notes_of(outcome, rows=outcome.rows()),
    )
    title = f"Điểm của từng tiêu chí thuộc Chỉ số cải cách hành chính năm {outcome.year}"
    return (Appendix(title, (table,), landscape=True),)


def _score_titles(outcome: Outcome) -> tuple[str, ...]:
    own = ("Điểm tự chấm",) if outcome.has_self_points else ()
    given = "Hội đồng chấm" if is_of_council(outcome) else "Điểm đạt"
    return ("Điểm tối đa", *own, given, "Điểm bị trừ")


def _score_columns(width: int, *, has_self: bool) -> tuple[Column, ...]:
    return (Column(width, Align.NUMERIC),) * (4 if has_self else 3)


def _score_cells(row: OutcomeRow, *, has_self: bool) -> tuple[Cell, ...]:
    known = row.max_points is not None and row.points is not None
    return (
        Cell(row.code),
        Cell(row.name),
        Cell(printed(row.max_points)),
        # A self-score that was never printed is no gap: most sources give it for areas only.
        *((Cell("" if row.self_points is None else printed(row.self_points)),) if has_self else ()),
        Cell(printed(row.points)),
        Cell(printed(row.lost) if known else MISSING),
    )


def _extra_cells(row: OutcomeRow, *, has_self: bool) -> tuple[Cell, ...]:
    """Nothing is lost where a bonus was not earned or a penalty was given: the last figure stays empty."""
    return (*_score_cells(row, has_self=has_self)[:-1], Cell(""))
