"""Where the cells of a table stand, and how their figures come to stand under each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from reports.document.blocks import Align, Cell, Row, Table

_DECIMALS = re.compile(r"(?<=\d),\d+")


@dataclass(frozen=True)
class Placed:
    """A cell in its column, or what one from above covers there (`is_covered`).

    `filler` is what its figure lacks so that the decimal marks of the column stand under each other: ",00".
    """

    column: int
    cell: Cell
    align: Align
    is_covered: bool = False
    filler: str = ""


def grid(table: Table, rows: tuple[Row, ...]) -> tuple[tuple[Placed, ...], ...]:
    """`rows` are the table's header or its body. ValueError where cells don't fill the columns exactly."""
    laid = tuple(_laid(table, rows))
    longest = [""] * len(table.columns)
    for line in laid:
        for place in line:
            longest[place.column] = max(longest[place.column], _decimals(place.cell.text), key=len)
    return tuple(tuple(_filled(place, longest[place.column]) for place in line) for line in laid)


def _laid(table: Table, rows: tuple[Row, ...]) -> Iterator[tuple[Placed, ...]]:
    hanging: dict[int, tuple[Cell, int]] = {}  # by column: a cell that reaches down, rows still to cover
    for row in rows:
        line: list[Placed] = []
        cells, column = iter(row.cells), 0
        while column < len(table.columns):
            covering, left = hanging.get(column, (None, 0))
            cell = covering or next(cells, None)
            if cell is None:
                break
            align = cell.align or table.columns[column].align
            line.append(Placed(column, cell, align, is_covered=covering is not None))
            left = left - 1 if covering else cell.row_span - 1
            hanging[column] = (cell, left)
            if not left:
                del hanging[column]
            column += cell.column_span
        if column != len(table.columns) or next(cells, None):
            raise ValueError(f"Cells don't fill {len(table.columns)} columns: {row}")
        yield tuple(line)


def _filled(place: Placed, longest: str) -> Placed:
    if place.align is not Align.NUMERIC:
        return place
    filler = longest[len(_decimals(place.cell.text)) :]
    return replace(place, filler=filler)


def _decimals(text: str) -> str:
    """ ",938" of "7,938", ",69" of "85,69%"."""
    found = _DECIMALS.search(text)
    return found.group() if found else ""
