"""A published ranking and the matrix of leaf scores as a workbook. Reads only."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from accounts.dates import format_date
from assessments.models import Layer
from assessments.queries.rankings import AreaCell, CohortRanking, RankedUnit, Ranking, leaf_points
from criteria.points import decimal_places, round_half_up

FONT = "Times New Roman"
HEAD_ROW = 3  # below title, decision and a blank line
NOT_APPLICABLE = "Không áp dụng"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")

# What a cell may hold: a number is written as a number, everything else as text, never as a formula.
Value = Decimal | int | str | None


def ranking_workbook(ranking: Ranking, *, with_scores: bool) -> bytes:
    """One ranking per cohort; `with_scores` adds what the council and the units gave each leaf."""
    stream = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(stream, options) as workbook:
        workbook.set_properties({"title": _title(ranking), "created": ranking.publication.published_at})
        writer = _Writer(workbook)
        for cohort in ranking.cohorts:
            _write_ranking(writer, ranking, cohort)
        for cohort in ranking.cohorts if with_scores else ():
            _write_scores(writer, ranking, cohort, Layer.COUNCIL, "Hội đồng")
            _write_scores(writer, ranking, cohort, Layer.SELF, "Tự chấm")
            _write_criteria(writer, ranking, cohort)
    return stream.getvalue()


class _Writer:
    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._numbers: dict[int, Format] = {}

    def sheet(self, name: str, title: str, subtitle: str, widths: Sequence[int], frozen: int) -> Worksheet:
        """A landscape sheet with its two title lines; the head row is repeated on every printed page."""
        sheet = self._workbook.add_worksheet(self._free(name))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD_ROW)
        sheet.freeze_panes(HEAD_ROW + 1, frozen)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, title, self.title)
        sheet.write_string(1, 0, subtitle, self.plain)
        return sheet

    def _free(self, name: str) -> str:
        """A sheet name that Excel takes and that is not used yet."""
        base = " ".join(_FORBIDDEN.sub(" ", name).split()).strip("'")[:31] or "Trang"
        taken = {sheet.get_name().casefold() for sheet in self._workbook.worksheets()}
        names = (base if not n else f"{base[:27]} ({n})" for n in range(len(taken) + 1))
        return next(candidate for candidate in names if candidate.casefold() not in taken)

    def head(self, sheet: Worksheet, texts: Iterable[str]) -> None:
        for column, text in enumerate(texts):
            sheet.write_string(HEAD_ROW, column, text, self.heading)

    def row(self, sheet: Worksheet, number: int, values: Iterable[Value]) -> None:
        for column, value in enumerate(values):
            if value is None:
                sheet.write_blank(number, column, None, self.text)
            elif isinstance(value, str):
                sheet.write_string(number, column, value, self.text)
            else:
                sheet.write_number(number, column, float(value), self.number(Decimal(value)))

    def number(self, value: Decimal) -> Format:
        """Grouped, with just the decimals that the value has; the comma comes from a Vietnamese Excel."""
        places = decimal_places(value)
        if places not in self._numbers:
            pattern = "#,##0" + ("." + "0" * places if places else "")
            self._numbers[places] = self._format(num_format=pattern, border=1, valign="top")
        return self._numbers[places]

    def _format(self, **properties: Any) -> Format:
        return self._workbook.add_format({"font_name": FONT, "font_size": 11, **properties})

    @cached_property
    def title(self) -> Format:
        return self._format(bold=True, font_size=14)

    @cached_property
    def plain(self) -> Format:
        return self._format(italic=True)

    @cached_property
    def heading(self) -> Format:
        return self._format(
            bold=True, border=1, text_wrap=True, align="center", valign="vcenter", bg_color="#E8EFF7"
        )

    @cached_property
    def text(self) -> Format:
        return self._format(border=1, text_wrap=True, valign="top")


def _title(ranking: Ranking) -> str:
    return f"Kết quả, xếp hạng Chỉ số cải cách hành chính năm {ranking.period.year}"


def _decision(ranking: Ranking) -> str:
    decision = ranking.publication
    told = (
        f"Kèm theo Quyết định số {decision.decision_number} {format_date(decision.decision_date)} "
        f"của {decision.decision_issuer}"
    )
    if decision.is_correction:
        told += f" về việc đính chính: {decision.reason}"
    if (later := ranking.superseded_by) is not None:
        told += f" (đã được thay thế theo Quyết định số {later.decision_number})"
    return told


def _write_ranking(writer: _Writer, ranking: Ranking, cohort: CohortRanking) -> None:
    areas = cohort.tree.areas
    extras = [*(["Điểm thưởng"] if cohort.has_bonus else []), *(["Điểm trừ"] if cohort.has_penalty else [])]
    sheet = writer.sheet(
        f"Xếp hạng {cohort.cohort.name}",
        f"{_title(ranking)} – {cohort.cohort.name}",
        _decision(ranking),
        [7, 30, *[14, 7] * len(areas), *[10] * len(extras), 11, 10, 14, 34],
        frozen=2,
    )
    writer.head(
        sheet,
        [
            "Hạng",
            "Đơn vị",
            *(text for area in areas for text in (f"{area.code}. {area.name}", "Hạng")),
            *extras,
            "Tổng điểm",
            "Tỷ lệ (%)",
            "Xếp loại",
            "Ghi chú",
        ],
    )
    for number, row in enumerate(cohort.rows, start=HEAD_ROW + 1):
        writer.row(sheet, number, _ranking_line(cohort, row))


def _ranking_line(cohort: CohortRanking, row: RankedUnit) -> list[Value]:
    result = row.result
    extras = [(cohort.has_bonus, result.bonus), (cohort.has_penalty, result.penalty)]
    return [
        result.rank,
        row.unit.short_name,
        *(value for cell in row.areas for value in _area_values(cell)),
        *(value for present, value in extras if present),
        result.total,
        _rounded(row.percent),
        result.grade,
        result.reason or ("Đồng hạng" if row.is_tied else ""),
    ]


def _area_values(cell: AreaCell | None) -> tuple[Value, Value]:
    if cell is None:
        return None, None
    return (cell.points if cell.applicable else NOT_APPLICABLE), cell.rank


def _rounded(share: Fraction | None) -> Decimal | None:
    return None if share is None else round_half_up(share, 2)


def _write_scores(
    writer: _Writer, ranking: Ranking, cohort: CohortRanking, layer: str, layer_name: str
) -> None:
    leaves = list(cohort.tree.leaves())
    points = leaf_points(ranking.publication, cohort.cohort, layer)
    sheet = writer.sheet(
        f"{layer_name} {cohort.cohort.name}",
        f"Điểm từng tiêu chí ({layer_name.lower()}) – {cohort.cohort.name}",
        _decision(ranking),
        [30, *[9] * len(leaves)],
        frozen=1,
    )
    writer.head(sheet, ["Đơn vị", *(leaf.code for leaf in leaves)])
    writer.row(sheet, HEAD_ROW + 1, ["Điểm tối đa", *(leaf.max_points for leaf in leaves)])
    for number, row in enumerate(cohort.rows, start=HEAD_ROW + 2):
        keys = ((row.result.assessment_id, leaf.code) for leaf in leaves)
        scored = (points.get(key, "") for key in keys)
        writer.row(
            sheet,
            number,
            [row.unit.short_name, *(NOT_APPLICABLE if value is None else value for value in scored)],
        )


def _write_criteria(writer: _Writer, ranking: Ranking, cohort: CohortRanking) -> None:
    """What the codes over the matrix stand for."""
    sheet = writer.sheet(
        f"Tiêu chí {cohort.cohort.name}",
        f"Tiêu chí chấm điểm – {cohort.cohort.name}",
        _decision(ranking),
        [10, 100, 12],
        frozen=0,
    )
    writer.head(sheet, ["Mã", "Tên lĩnh vực, tiêu chí", "Điểm tối đa"])
    for number, node in enumerate(cohort.tree.walk(), start=HEAD_ROW + 1):
        writer.row(sheet, number, [node.code, node.name, node.max_points])
