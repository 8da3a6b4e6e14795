"""What an uploaded workbook would change, cell by cell, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.dates import format_moment
from assessments.entry_files.cells import Cell, CellError, read_cell
from assessments.entry_files.grid import CellKind, Column, GridSheet, grid_sheets
from assessments.entry_files.reading import Fault, Line, Upload, read_upload
from assessments.models import Assessment, Cohort, Score
from assessments.queries.entry.said import Said, Wanted, Wrong
from assessments.queries.entry.standing import Entered, entered
from assessments.queries.leaves import needs_target
from assessments.queries.targets import TargetChange
from assessments.workflow import Action
from criteria.inputs import told
from criteria.points import canonical, format_points
from criteria.scoring import NOT_APPLICABLE, LeafScore, Refused, check_override, score
from criteria.tree import Criterion

OWN = "ông/bà công tác tại đơn vị này nên không nhập được"


@dataclass(frozen=True, slots=True)
class EnteredResult:
    """A result to store: data, or points set by hand with a reason; `seen` is the version the preview saw."""

    assessment_id: int
    criterion_id: int
    basis: str
    data: dict[str, Any] | None
    points: Decimal | None
    reason: str
    seen: int
    place: str


@dataclass(frozen=True, slots=True)
class EnteredTarget:
    change: TargetChange
    place: str


@dataclass(frozen=True, slots=True)
class Change:
    """In words. `warning`: somebody entered what it replaces after the workbook was downloaded."""

    place: str
    unit: str
    code: str
    before: str
    after: str
    warning: str = ""


@dataclass
class EntryPreview:
    """All or nothing: with a fault nothing can be stored."""

    changes: list[Change] = field(default_factory=list)
    results: list[EnteredResult] = field(default_factory=list)
    targets: list[EnteredTarget] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    same: int = 0

    @property
    def is_possible(self) -> bool:
        return bool(self.changes) and not self.faults


def entry_preview(cohort: Cohort, content: bytes, *, barred: frozenset[int]) -> EntryPreview:
    """`barred` are units whose results and targets the person may not enter: he belongs to them.

    Raises accounts.workbook.UnreadableWorkbook for a file that is no such workbook at all.
    """
    found = entered(cohort)
    sheets = grid_sheets(found.central, found.with_targets)
    upload = read_upload(content, {sheet.title: frozenset(c.key for c in sheet.columns) for sheet in sheets})
    return _Reader(found, sheets, upload, barred).read()


class _Reader:
    def __init__(
        self, found: Entered, sheets: tuple[GridSheet, ...], upload: Upload, barred: frozenset[int]
    ) -> None:
        self._found, self._sheets, self._upload, self._barred = found, sheets, upload, barred
        self._preview = EntryPreview(faults=list(upload.faults), ignored=list(upload.ignored))
        self._lines: dict[str, dict[str, Line]] = {}  # by unit and sheet

    def read(self) -> EntryPreview:
        self._collect()
        for code, lines in self._lines.items():
            sheet = self._found.sheets[code]
            cells = {key: cell for line in lines.values() for key, cell in line.cells.items()}
            targets = dict(self._targets(sheet, cells))
            for leaf in self._found.central:
                said = Said(leaf, self._found.score(sheet, leaf), cells)
                try:
                    self._leaf(sheet, said, lines, targets.get(leaf.code))
                except Wrong as wrong:
                    self._fault(wrong.place, f"{sheet.unit}, tiêu chí {leaf.code}: {wrong}")
        return self._preview

    def _collect(self) -> None:
        """Lines by unit; unknown units and units that stand twice on a sheet are faults."""
        by_fold = {code.casefold(): code for code in self._found.sheets}
        for line in self._upload.lines:
            code = by_fold.get(line.code.casefold())
            if code is None:
                self._fault(line.place(), f"nhóm này không có đơn vị mang mã “{line.code[:40]}”")
                continue
            earlier = self._lines.setdefault(code, {}).get(line.sheet)
            if earlier is not None:
                message = f"đơn vị {line.code} đã có ở dòng {earlier.number} của trang này"
                self._fault(line.place(), message)
                continue
            self._lines[code][line.sheet] = line

    def _fault(self, place: str, message: str) -> None:
        self._preview.faults.append(Fault(place, message))

    def _targets(self, sheet: Assessment, cells: Mapping[str, Cell]) -> Iterator[tuple[str, Decimal]]:
        """The targets that will stand once the file is stored, by leaf."""
        for leaf in self._found.with_targets:
            stood = self._found.target(sheet, leaf)
            if stood is not None:
                yield leaf.code, stood
            cell = cells.get(f"{leaf.code} | target")
            if cell is None:
                continue
            try:
                value = read_cell(Column(leaf, "target", "", CellKind.TARGET), cell)
            except CellError as error:
                self._fault(cell.place, f"{sheet.unit}, tiêu chí {leaf.code}: {error}")
                continue
            assert isinstance(value, Decimal)
            yield leaf.code, value
            if value == stood:
                self._preview.same += 1
            elif sheet.unit_id in self._barred:
                self._fault(cell.place, f"{sheet.unit}, tiêu chí {leaf.code}: {OWN}")
            elif not sheet.admits(Action.ASSIGN_TARGET):
                self._fault(cell.place, f"{sheet.unit}, tiêu chí {leaf.code}: điểm đã được Hội đồng chốt")
            else:
                change = TargetChange(sheet.pk, self._found.stored.ids[leaf.code], value, stood)
                self._preview.targets.append(EnteredTarget(change, cell.place))
                self._preview.changes.append(
                    Change(cell.place, str(sheet.unit), leaf.code, _percent(stood), _percent(value))
                )

    def _leaf(self, sheet: Assessment, said: Said, lines: Mapping[str, Line], target: Decimal | None) -> None:
        """Raises Wrong, with the cell to mend."""
        wanted = said.wanted()
        if wanted is None:
            self._preview.same += said.is_said
            return
        place = wanted.cell.place
        if sheet.unit_id in self._barred:
            raise Wrong(place, OWN)
        # What forbids it here forbids it whatever the clock says: there are no phases for central entry.
        if not sheet.admits(Action.ENTER_CENTRAL):
            raise Wrong(place, "điểm đã được Hội đồng chốt")
        try:
            scored = self._scored(said.leaf, wanted, target)
        except Refused as refused:
            raise Wrong(self._place(said, refused, lines, wanted.cell), refused.reason) from refused
        self._change(sheet, said, wanted, scored)

    def _scored(self, leaf: Criterion, wanted: Wanted, target: Decimal | None) -> LeafScore:
        decimals = self._found.stored.tree.decimals
        if wanted.data is None:
            return LeafScore(check_override(leaf, wanted.points, decimals))
        data = wanted.data
        if target is not None and needs_target(leaf) and NOT_APPLICABLE not in data:
            data = {**data, "target": canonical(target)}
        return score(leaf, data, decimals)

    def _place(self, said: Said, refused: Refused, lines: Mapping[str, Line], first: Cell) -> str:
        """The cell the engine speaks of, also where it is empty."""
        name = refused.key.replace("counts.", "counts-", 1)
        column = next((column for column in said.columns if column.name == name), None)
        line = lines.get(first.sheet)
        letter = column and self._upload.columns.get((first.sheet, column.key))
        return line.place(letter) if line and letter else first.place

    def _change(self, sheet: Assessment, said: Said, wanted: Wanted, scored: LeafScore) -> None:
        self._preview.results.append(
            EnteredResult(
                assessment_id=sheet.pk,
                criterion_id=self._found.stored.ids[said.leaf.code],
                basis=wanted.basis,
                data=wanted.data,
                points=wanted.points,
                reason=wanted.reason,
                seen=said.saved.version if said.saved else 0,
                place=wanted.cell.place,
            )
        )
        rule, stood = said.leaf.rule, said.stood
        before = "chưa nhập"
        if stood is not None:
            before = told(rule, stood.data, points=stood.points, excluded=stood.excluded, note=stood.note)
        self._preview.changes.append(
            Change(
                place=wanted.cell.place,
                unit=str(sheet.unit),
                code=said.leaf.code,
                before=before,
                after=told(
                    rule, wanted.data, points=scored.points, excluded=scored.excluded, note=wanted.reason
                ),
                warning=self._warning(said.saved),
            )
        )

    def _warning(self, saved: Score | None) -> str:
        made_at = self._upload.made_at
        if saved is None or made_at is None or saved.updated_at <= made_at:
            return ""
        moment = format_moment(saved.updated_at)
        return f"{saved.updated_by.full_name} đã nhập lúc {moment}, sau khi tệp được tải về"


def _percent(value: Decimal | None) -> str:
    return "chưa giao" if value is None else f"{format_points(value * 100)}%"
