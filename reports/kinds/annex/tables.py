"""One ranking per cohort, and the shares of all areas in shades."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from criteria.points import format_percent
from reports.document import Align, Appendix, Block, Cell, Column, Heading, Paragraph, Row, Table
from reports.document.numbering import roman
from reports.kinds.annex.facts import AnnexFacts, AreaFigure, CohortLines, UnitLine
from reports.kinds.tables import header
from reports.kinds.wording import MISSING, enumerated, printed, sentence

NOT_APPLICABLE = "–"
TIED = "*"
INDEX = "Chỉ số cải cách hành chính"
BONUS, PENALTY = "Điểm thưởng", "Điểm trừ"
# Shares of the width: three decimals of an area's points need 6 of a landscape page.
RANK, TOTAL, SHARE, GRADE = 5, 7, 7, 7
_EXTRAS = {BONUS: 7, PENALTY: 5}
NARROWEST_NAME, WIDEST = 14, 9
OVERALL = 8  # bold


def ranking_appendix(facts: AnnexFacts, cohort: CohortLines) -> Appendix:
    blocks: list[Block] = []
    if facts.correction:
        by = facts.correction.corrects
        last = roman(len(facts.cohorts) + 2)
        text = f"Kết quả này thay thế kết quả công bố tại {by.kind} số {by.number} (đính chính tại Phụ lục {last})."
        blocks.append(Paragraph.of(text))
    blocks += [_named_areas(cohort), _ranking(cohort)]
    title = f"Kết quả, xếp hạng {INDEX} năm {facts.year} – {cohort.name}"
    return Appendix(title, tuple(blocks), landscape=True)


def _named_areas(cohort: CohortLines) -> Paragraph:
    areas = enumerated(f"({area.code}) {area.name}" for area in cohort.areas)
    return Paragraph.of(f"Các lĩnh vực: {areas}.")


def _ranking(cohort: CohortLines) -> Table:
    extras = _extras(cohort)
    ends = (Cell(title, Align.CENTER, row_span=2) for title in (*extras, "Tổng điểm", "Tỷ lệ", "Xếp loại"))
    taken = RANK + sum(_EXTRAS[title] for title in extras) + TOTAL + SHARE + GRADE
    each = min((100 - taken - NARROWEST_NAME) // len(cohort.areas), WIDEST)
    return Table(
        columns=(
            Column(RANK, Align.CENTER),
            Column(100 - taken - each * len(cohort.areas)),
            *(Column(each, Align.NUMERIC),) * len(cohort.areas),
            *(Column(_EXTRAS[title], Align.NUMERIC) for title in extras),
            Column(TOTAL, Align.NUMERIC),
            Column(SHARE, Align.NUMERIC),
            Column(GRADE, Align.CENTER),
        ),
        header=(
            Row(
                (
                    Cell("Hạng", Align.CENTER, row_span=2),
                    Cell("Đơn vị", Align.CENTER, row_span=2),
                    Cell("Điểm đạt theo lĩnh vực (điểm tối đa)", Align.CENTER, column_span=len(cohort.areas)),
                    *ends,
                ),
                strong=True,
            ),
            header(*(f"{area.code}\n({printed(area.max_points)})" for area in cohort.areas)),
        ),
        rows=tuple(Row(tuple(_cells(line, cohort))) for line in cohort.lines),
        notes=tuple(_notes(cohort)),
    )


def _extras(cohort: CohortLines) -> tuple[str, ...]:
    """Columns that stand only where somebody has something in them."""
    given = (
        (BONUS, any(line.bonus for line in cohort.lines)),
        (PENALTY, any(line.penalty for line in cohort.lines)),
    )
    return tuple(title for title, holds in given if holds)


def _cells(line: UnitLine, cohort: CohortLines) -> Iterator[Cell]:
    extras = _extras(cohort)
    if line.rank is None:
        yield from (Cell(NOT_APPLICABLE), Cell(sentence(line.unit)))
        reason = f"Không có kết quả: {line.reason}"
        yield Cell(reason, Align.LEFT, italic=True, column_span=len(cohort.areas) + len(extras) + 3)
        return
    yield from (Cell(f"{line.rank}{TIED if line.is_tied else ''}"), Cell(sentence(line.unit)))
    yield from (Cell(_points(figure)) for figure in line.areas)
    by_title = {BONUS: line.bonus, PENALTY: line.penalty}
    yield from (Cell(printed(by_title[title])) for title in extras)
    yield Cell(printed(line.total), bold=True)
    yield Cell(MISSING if line.percent is None else format_percent(line.percent))
    yield Cell(line.grade)


def _points(figure: AreaFigure | None) -> str:
    return printed(figure.points) if figure and figure.applicable else NOT_APPLICABLE


def _notes(cohort: CohortLines) -> Iterator[str]:
    if any(line.is_tied for line in cohort.lines):
        yield "* Các đơn vị đồng hạng."
    if any(not (figure and figure.applicable) for line in cohort.ranked for figure in line.areas):
        yield f"“{NOT_APPLICABLE}” ở cột lĩnh vực: lĩnh vực không áp dụng với đơn vị."
    if cohort.is_rebased:
        scale = printed(cohort.max_total)
        yield f"Điểm của đơn vị có tiêu chí không áp dụng được quy đổi về thang {scale} điểm."


def heat_appendix(facts: AnnexFacts) -> Appendix:
    """Of every cohort with a ranked unit."""
    cohorts = [cohort for cohort in facts.cohorts if cohort.ranked]
    blocks: list[Block] = []
    for cohort in cohorts:
        if len(cohorts) > 1:
            blocks.append(Heading(1, cohort.name.upper()))
        blocks += [_named_areas(cohort), _heat(cohort, facts.floors)]
    title = f"Tỷ lệ đạt điểm tối đa theo lĩnh vực của {INDEX} năm {facts.year}"
    return Appendix(title, tuple(blocks), landscape=True)


def _heat(cohort: CohortLines, floors: tuple[int, ...]) -> Table:
    each = min((100 - RANK - OVERALL - NARROWEST_NAME) // len(cohort.areas), WIDEST)
    return Table(
        columns=(
            Column(RANK, Align.CENTER),
            Column(100 - RANK - OVERALL - each * len(cohort.areas)),
            *(Column(each, Align.NUMERIC),) * len(cohort.areas),
            Column(OVERALL, Align.NUMERIC),
        ),
        header=(header("Hạng", "Đơn vị", *(area.code for area in cohort.areas), "Chung"),),
        rows=tuple(
            Row(
                (
                    Cell(f"{line.rank}{TIED if line.is_tied else ''}"),
                    Cell(sentence(line.unit)),
                    *map(_share, line.areas),
                    Cell(MISSING if line.percent is None else format_percent(line.percent), bold=True),
                )
            )
            for line in cohort.ranked
        ),
        notes=(_legend(floors),),
    )


def _share(figure: AreaFigure | None) -> Cell:
    share = figure.percent if figure else None
    if figure is None or share is None:
        return Cell(NOT_APPLICABLE)
    return Cell(format_percent(share), shade=figure.shade)


def _legend(floors: tuple[int, ...]) -> str:
    *marks, _ = floors
    steps = [f"từ {marks[0]}% trở lên", *(f"từ {low} đến dưới {high}%" for high, low in pairwise(marks))]
    words = enumerated((*steps, f"dưới {marks[-1]}%"))
    return sentence(f"ô càng đậm, tỷ lệ càng thấp: {words}.")
