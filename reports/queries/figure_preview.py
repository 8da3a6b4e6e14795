"""A unit's statistics as a workbook, and what an uploaded one would change, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from accounts.dates import format_moment
from accounts.models import Unit
from assessments.entry_files.cells import Cell, CellError
from assessments.entry_files.reading import Fault, Line, Upload, read_upload
from reports.figure_files import WORDS, Sheet, SheetRow, figures_workbook, read_typed
from reports.figures import Entry, FigureKind
from reports.models import IndicatorValue
from reports.queries.indicators import Grid, GridCell, grids_of


@dataclass(frozen=True, slots=True)
class Change:
    """In words. `warning`: somebody entered what it replaces after the workbook was downloaded."""

    place: str
    indicator: str
    year: int
    before: str
    after: str
    warning: str = ""


@dataclass
class FiguresPreview:
    """All or nothing: with a fault nothing can be stored."""

    changes: list[Change] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    same: int = 0

    @property
    def is_possible(self) -> bool:
        return bool(self.changes) and not self.faults


def workbook_of(unit: Unit, *, now: datetime) -> bytes:
    grids = grids_of(unit)
    years = [year.year for year in grids[0].years] if grids else []
    sheets = [
        Sheet(
            grid.group.code,
            grid.group.name,
            [
                SheetRow(
                    indicator.code,
                    indicator.name,
                    FigureKind(indicator.kind),
                    [cell.value.figure if cell.value else None for cell in cells],
                )
                for indicator, cells in grid.rows
            ],
        )
        for grid in grids
    ]
    return figures_workbook(str(unit), sheets, years, now)


def figures_preview(unit: Unit, content: bytes) -> FiguresPreview:
    """Raises accounts.workbook.UnreadableWorkbook for a file that is no such workbook at all."""
    grids = {grid.group.code: grid for grid in grids_of(unit)}
    known = {code: frozenset(str(year.year) for year in grid.years) for code, grid in grids.items()}
    upload = read_upload(content, known, WORDS)
    preview = FiguresPreview(faults=list(upload.faults), ignored=list(upload.ignored))
    met: dict[tuple[str, str], int] = {}
    for line in upload.lines:
        cells = _cells(grids[line.sheet], line)
        if cells is None:
            message = f"nhóm {line.sheet} không có chỉ tiêu mang mã “{line.code[:40]}”"
            preview.faults.append(Fault(line.place(), message))
        elif (earlier := met.setdefault((line.sheet, line.code), line.number)) != line.number:
            message = f"chỉ tiêu {line.code} đã có ở dòng {earlier} của trang này"
            preview.faults.append(Fault(line.place(), message))
        else:
            for year, typed in line.cells.items():
                # A column that isn't of the pattern is a fault already.
                if int(year) in cells:
                    _look(cells[int(year)], typed, upload, preview)
    return preview


def _cells(grid: Grid, line: Line) -> dict[int, GridCell] | None:
    for indicator, cells in grid.rows:
        if indicator.code == line.code:
            return {cell.year: cell for cell in cells}
    return None


def _look(cell: GridCell, typed: Cell, upload: Upload, preview: FiguresPreview) -> None:
    name = f"{cell.indicator.code}, năm {cell.year}"
    try:
        figure = read_typed(FigureKind(cell.indicator.kind), typed)
    except CellError as error:
        preview.faults.append(Fault(typed.place, f"{name}: {error}"))
        return
    stood = cell.value.figure if cell.value else None
    if figure is None or figure == stood:
        preview.same += 1
        return
    preview.entries.append(Entry(cell.indicator.pk, cell.year, figure, cell.version))
    preview.changes.append(
        Change(
            place=typed.place,
            indicator=str(cell.indicator),
            year=cell.year,
            before=stood.typed if stood else "chưa nhập",
            after=figure.typed,
            warning=_warning(cell.value, upload.made_at),
        )
    )


def _warning(value: IndicatorValue | None, made_at: datetime | None) -> str:
    if value is None or made_at is None or value.updated_at <= made_at:
        return ""
    moment = format_moment(value.updated_at)
    return f"{value.updated_by.full_name} đã nhập lúc {moment}, sau khi tệp được tải về"
