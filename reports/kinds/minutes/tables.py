"""What was put before the session, unit by unit, and the totals it left."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

from assessments.minutes import Minutes, MinutesRow, UnitTotals, Voice
from reports.document import Align, Appendix, Cell, Column, Row, Table
from reports.kinds.tables import code_width, header
from reports.kinds.wording import listed, printed, sentence, signed

NO_COUNT = "–"
NOTES = (
    f"“{NO_COUNT}”: không áp dụng, hoặc vòng này không chấm lại.",
    "Ô Hội đồng để trống: chưa có kết luận.",
)


def agenda_appendix(minutes: Minutes) -> Appendix:
    rows: list[Row] = []
    titles = (
        "Mã số", "Tiêu chí", "Điểm tối đa", "Tự chấm", "Vòng 1", "Vòng 2", "Hội đồng", "Diễn biến, kết luận",
    )  # fmt: skip
    for (_, unit), found in groupby(minutes.rows, key=lambda row: (row.cohort, row.unit)):
        leaves = list(found)
        rows.append(
            Row((Cell(f"{sentence(unit)} ({leaves[0].cohort})", column_span=len(titles)),), strong=True)
        )
        rows += [Row(tuple(_leaf(row))) for row in leaves]
    table = Table(
        columns=(
            Column(code_width(landscape=True)),
            Column(20),
            *(Column(7, Align.NUMERIC),) * 5,
            Column(38),
        ),
        header=(header(*titles),),
        rows=tuple(rows),
        notes=NOTES,
    )
    return Appendix("Các tiêu chí đưa ra Hội đồng thẩm định", (table,), landscape=True)


def _leaf(row: MinutesRow) -> Iterator[Cell]:
    yield from (Cell(row.code), Cell(row.name), Cell(printed(row.max_points)))
    yield from (Cell(_points(voice)) for voice in (row.own, row.round1, row.round2))
    yield Cell(_counted(row.decided.points) if row.decided else "", bold=True)
    yield Cell("\n".join(_thread(row)))


def _points(voice: Voice | None) -> str:
    return NO_COUNT if voice is None or voice.points is None else printed(voice.points)


def _counted(points: Decimal | None) -> str:
    return NO_COUNT if points is None else printed(points)


def _thread(row: MinutesRow) -> Iterator[str]:
    """Everything that was said, in the order in which it was."""
    yield f"Lý do đưa ra: {sentence(row.why)}."
    offices = f" ({listed(row.offices)})" if row.offices else ""
    for who, voice in (("Tự chấm", row.own), (f"Thẩm định vòng 1{offices}", row.round1)):
        yield from _said(who, voice)
    if row.answer:
        text = _line(row.answer.text)
        yield f"Giải trình: {row.answer.label}{f' – {text}' if text else ''}."
    yield from _said(f"Thẩm định vòng 2{offices}", row.round2)
    if row.decided:
        decided = "giữ nguyên điểm" if row.decided.is_kept else _change(row)
        yield f"Hội đồng: {'; '.join(filter(None, (decided, _line(row.decided.reason))))}."


def _said(who: str, voice: Voice | None) -> Iterator[str]:
    words = "; ".join(filter(None, (_line(voice.reading), _line(voice.note)))) if voice else ""
    if words:
        yield f"{who}: {words}."


def _change(row: MinutesRow) -> str:
    assert row.decided is not None
    if row.decided.change is None:
        return "không tính điểm" if row.decided.points is None else "tính điểm"
    return f"{signed(row.decided.change)} điểm"


def _line(text: str) -> str:
    return " ".join(text.split()).rstrip(" .;")


def totals_appendix(minutes: Minutes) -> Appendix:
    rows: list[Row] = []
    cohorts = [(name, list(found)) for name, found in groupby(minutes.totals, key=lambda unit: unit.cohort)]
    for name, units in cohorts:
        if len(cohorts) > 1:
            rows.append(Row((Cell(name, column_span=6),), strong=True))
        rows += [Row(tuple(_totals(place, unit))) for place, unit in enumerate(units, start=1)]
    table = Table(
        columns=(
            Column(8, Align.CENTER),
            Column(41),
            *(Column(12, Align.NUMERIC),) * 3,
            Column(15, Align.NUMERIC),
        ),
        header=(header("Số TT", "Đơn vị", "Tự chấm", "Thẩm định", "Hội đồng", "Số tiêu chí thay đổi điểm"),),
        rows=tuple(rows),
        notes=("(*) Chưa chốt điểm.",) if any(not unit.is_final for unit in minutes.totals) else (),
    )
    return Appendix("Điểm của các đơn vị sau phiên họp", (table,))


def _totals(place: int, unit: UnitTotals) -> Iterator[Cell]:
    yield Cell(str(place))
    yield Cell(f"{sentence(unit.unit)}{'' if unit.is_final else ' (*)'}")
    yield from (Cell(printed(total)) for total in (unit.own, unit.appraised))
    yield Cell(printed(unit.council), bold=True)
    yield Cell(str(unit.changed) if unit.changed else "")
