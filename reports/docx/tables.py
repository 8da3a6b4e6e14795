"""Tables with fixed columns, header rows that repeat and rows that stay whole."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise

from reports.document import Align, Placed, Row, Table, grid
from reports.docx.elements import Element, paragraph, text_run, w
from reports.docx.measures import POINT, Room, height_of
from reports.docx.styles import CELL_SIDE, FIGURE_SIDE, HEADER_CELL_SIDE, TABLE_LINE, TABLE_SIZE

# A row that takes more of a page than this may be split: kept whole it would leave a gap or run off the page.
_WHOLE = 0.6
_FILLS = ("", "F2F2F2", "E0E0E0", "CCCCCC", "B8B8B8")
_ALIGNS = {
    Align.LEFT: "left",
    Align.CENTER: "center",
    Align.RIGHT: "right",
    Align.JUSTIFY: "both",
    Align.NUMERIC: "center",
}
# em, in Times New Roman of any weight
_DIGIT, _WIDTHS = 0.5, {",": 0.25, "%": 0.83, "+": 0.57, "-": 0.33, "\u2212": 0.57}


def table_elements(table: Table, page: Room, *, keep_with_next: bool = False) -> Iterator[Element]:
    """The table with its notes; nothing for one without rows, which Word can't open."""
    if not (table.header or table.rows):
        return
    widths = _widths(table, page.text_width)
    stays = keep_with_next or bool(table.notes)
    rows = [
        *_rows(table, table.header, widths, page, is_header=True, last_stays=True),
        *_rows(table, table.rows, widths, page, is_header=False, last_stays=stays),
    ]
    yield layout(widths, rows, style="TableGrid")
    for place, note in enumerate(table.notes, start=1):
        yield paragraph(
            "TableNote", text_run(note), keep_with_next=keep_with_next or place < len(table.notes)
        )


def layout(widths: list[int], rows: list[Element], *, style: str = "TableNormal") -> Element:
    properties = w(
        "tblPr",
        w("tblStyle", val=style),
        w("tblW", w=sum(widths), type="dxa"),
        w("tblInd", w=0, type="dxa"),
        w("tblLayout", type="fixed"),
    )
    return w("tbl", properties, w("tblGrid", *(w("gridCol", w=width) for width in widths)), *rows)


def _widths(table: Table, available: int) -> list[int]:
    edges = list(accumulate((column.width for column in table.columns), initial=0))
    placed = [available * edge // edges[-1] for edge in edges]
    return [right - left for left, right in pairwise(placed)]


def _rows(
    table: Table, rows: tuple[Row, ...], widths: list[int], page: Room, *, is_header: bool, last_stays: bool
) -> Iterator[Element]:
    for number, (row, places) in enumerate(zip(rows, grid(table, rows), strict=True), start=1):
        is_last = number == len(rows)
        before_sum = number == len(rows) - 1 and rows[-1].strong
        stays = last_stays if is_last else is_header or row.strong or before_sum
        whole = _height(places, widths) <= _WHOLE * page.text_height
        properties = w("trPr", w("cantSplit") if whole else None, w("tblHeader") if is_header else None)
        cells = (_cell(place, row, widths, is_header=is_header, stays=stays) for place in places)
        yield w("tr", properties, *cells)


def _height(places: tuple[Placed, ...], widths: list[int]) -> int:
    return max(
        height_of(place.cell.text, _width(place, widths) - 2 * CELL_SIDE, size=TABLE_SIZE, line=TABLE_LINE)
        for place in places
        if place.cell.row_span == 1
    )


def _width(place: Placed, widths: list[int]) -> int:
    return sum(widths[place.column : place.column + place.cell.column_span])


def _cell(place: Placed, row: Row, widths: list[int], *, is_header: bool, stays: bool) -> Element:
    cell = place.cell
    merge = (w("vMerge") if place.is_covered else w("vMerge", val="restart")) if cell.row_span > 1 else None
    side = HEADER_CELL_SIDE if is_header else FIGURE_SIDE if place.align is Align.NUMERIC else None
    properties = w(
        "tcPr",
        w("tcW", w=_width(place, widths), type="dxa"),
        w("gridSpan", val=cell.column_span) if cell.column_span > 1 else None,
        merge,
        w("shd", val="clear", color="auto", fill=_FILLS[cell.shade]) if cell.shade else None,
        w("tcMar", *(w(edge, w=side, type="dxa") for edge in ("left", "right"))) if side else None,
        w("vAlign", val="center") if is_header else None,
    )
    bold = is_header or row.strong or cell.bold
    words = None if place.is_covered else text_run(cell.text, bold=bold, italic=cell.italic)
    content = paragraph(
        "TableText",
        words,
        keep_with_next=stays,
        align=_ALIGNS[place.align],
        indents=_indents(place),
    )
    return w("tc", properties, content)


def _indents(place: Placed) -> dict[str, int] | None:
    """The room that HTML fills with unseen characters."""
    if not (place.before or place.after):
        return None
    return {"left": _room(place.before), "right": _room(place.after)}


def _room(filler: str) -> int:
    return round(sum(_WIDTHS.get(character, _DIGIT) for character in filler) * TABLE_SIZE * POINT)
