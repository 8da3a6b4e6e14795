"""Where the cells of a table stand, and how their figures come to stand under each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from reports.document.blocks import Align, Cell, Row, Table

# Whole part with its sign, decimals, percent sign.
_FIGURE = re.compile(r"([+\-\u2212]?\d+)((?:,\d+)?)(%?)")


@dataclass(frozen=True)
class Placed:
    """A cell in its column, or what one from above covers there (`is_covered`).

    `before` and `after` are what a figure lacks to be as wide as the widest of its column on either side of
    the decimal mark ("1" and ",00"): set around it unseen, they bring the marks under each other.
    """

    column: int
    cell: Cell
    align: Align
    is_covered: bool = False
    before: str = ""
    after: str = ""


def grid(table: Table, rows: tuple[Row, ...]) -> tuple[tuple[Placed, ...], ...]:
    """`rows` are the table's header or its body. ValueError where cells don't fill the columns exactly."""
    laid = tuple(_laid(table, rows))
    widest: dict[int, tuple[str, ...]] = {}
    for place in chain.from_iterable(laid):
        if figure := _figure(place):
            parts = zip(widest.get(place.column, ("", "", "")), figure, strict=True)
            widest[place.column] = tuple(max(pair, key=len) for pair in parts)
    return tuple(tuple(_filled(place, widest.get(place.column)) for place in line) for line in laid)


def _laid(table: Table, rows: tuple[Row, ...]) -> Iterator[tuple[Placed, ...]]:
    hanging: dict[int, tuple[Cell, int]] = {}  # by column: a cell that reaches down, rows still to cover
    for row in rows:
        line: list[Placed] = []
        cells, column = iter(row.cells), 0
        while column < len(table.columns):
            covering, left = hanging.pop(column, (None, 0))
            cell = covering or next(cells, None)
            if cell is None:
                break
            align = cell.align or table.columns[column].align
            line.append(Placed(column, cell, align, is_covered=covering is not None))
            left = left if covering else cell.row_span
            if left > 1:
                hanging[column] = (cell, left - 1)
            column += cell.column_span
        if column != len(table.columns) or next(cells, None):
            raise ValueError(f"Cells don't fill {len(table.columns)} columns: {row}")
        yield tuple(line)


def _figure(place: Placed) -> tuple[str, ...] | None:
    """Its parts, if the cell holds a figure that is to stand under others."""
    found = _FIGURE.fullmatch(place.cell.text) if place.align is Align.NUMERIC else None
    return found.groups() if found else None


def _filled(place: Placed, widest: tuple[str, ...] | None) -> Placed:
    figure = _figure(place)
    if widest is None or figure is None:
        return place
    (whole, *rest), (widest_whole, *widest_rest) = figure, widest
    after = "".join(wide[len(own) :] for own, wide in zip(rest, widest_rest, strict=True))
    return replace(place, before=widest_whole[: len(widest_whole) - len(whole)], after=after)
