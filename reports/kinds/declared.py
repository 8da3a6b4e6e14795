"""What a unit says of itself on its score sheet, and the tables that tell it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assessments.outcome import Decision
from criteria.points import ZERO, format_percent, percent
from criteria.tree import Role
from reports.document import Align, Cell, Column, Row, Table
from reports.kinds.tables import header
from reports.kinds.wording import MISSING, printed

CENTRAL = "Không tự chấm"
EXCLUDED = "Không áp dụng"
UNANSWERED = "Chưa tự chấm"
UNSAID = "chưa nêu lý do"


@dataclass(frozen=True)
class Amount:
    """A declared number; `before` is what stood there last year, if the same was asked for."""

    label: str
    value: Decimal
    before: Decimal | None = None


@dataclass(frozen=True)
class DeclaredRow:
    """An area, a criterion or a leaf. `points` of what has children are added up; None: nothing to score or said.

    `is_own`: the unit scores it, or something below it.
    """

    code: str
    name: str
    depth: int
    role: Role
    max_points: Decimal
    points: Decimal | None
    is_leaf: bool
    is_own: bool
    excluded: bool = False
    reading: str = ""
    note: str = ""
    evidence: tuple[str, ...] = ()
    evidence_note: str = ""
    evidence_required: bool = False
    amounts: tuple[Amount, ...] = ()
    is_ratio: bool = False  # the first of its two amounts is a part of the second

    @property
    def claims(self) -> bool:
        """Whether it wants points, or a maximum left out, for which something could be shown."""
        return self.excluded or bool(self.points)

    @property
    def shown_points(self) -> str:
        if not self.is_own:
            return ""
        if self.excluded:
            return "–"
        return MISSING if self.points is None else printed(self.points)

    @property
    def state(self) -> str:
        """Why there are no points; empty where there are."""
        if not self.is_leaf:
            return ""
        if not self.is_own:
            return CENTRAL
        return EXCLUDED if self.excluded else UNANSWERED if self.points is None else ""


@dataclass(frozen=True)
class DeclaredArea:
    """Stored totals of one top criterion, over what the unit scores itself."""

    code: str
    name: str
    role: Role
    points: Decimal
    applicable: Decimal
    answered: int
    leaves: int


@dataclass(frozen=True)
class Declared:
    """A sheet as its unit filled it in; nothing that anybody said of it later.

    `central` is the maximum of what others score, `total` None where nothing was scored yet.
    """

    unit: str
    year: int
    cohort: str
    set_name: str
    set_decision: Decision | None
    max_total: Decimal
    central: Decimal
    total: Decimal | None
    bonus: Decimal
    penalty: Decimal
    state: str
    submitted_at: datetime | None
    receipt: str
    areas: tuple[DeclaredArea, ...]
    rows: tuple[DeclaredRow, ...]

    @property
    def own_leaves(self) -> tuple[DeclaredRow, ...]:
        return tuple(row for row in self.rows if row.is_leaf and row.is_own)

    @property
    def applicable(self) -> Decimal:
        """Of the areas, without bonus and penalty."""
        return sum((area.applicable for area in self.areas if area.role is Role.BASE), ZERO)

    @property
    def not_applicable(self) -> Decimal:
        """What the unit left out of its maximum."""
        return self.max_total - self.central - self.applicable

    @property
    def unanswered(self) -> tuple[DeclaredRow, ...]:
        return tuple(row for row in self.own_leaves if row.state == UNANSWERED)

    @property
    def unshown(self) -> tuple[DeclaredRow, ...]:
        """Leaves that claim something without evidence though it was asked for, or with an excuse."""
        return tuple(row for row in self._bare if row.evidence_required or row.evidence_note)

    @property
    def unshown_others(self) -> int:
        """Leaves that claim something without evidence, which nobody asked for."""
        return len(self._bare) - len(self.unshown)

    @property
    def _bare(self) -> list[DeclaredRow]:
        return [row for row in self.own_leaves if row.claims and not row.evidence]

    def counts(self) -> tuple[tuple[str, int], ...]:
        """Leaves of the areas by how much of their points they claim."""
        leaves = [row for row in self.own_leaves if row.role is Role.BASE]
        given = [row for row in leaves if row.points is not None]
        full = sum(row.points == row.max_points for row in given)
        none = sum(not row.points for row in given)
        return (
            ("đạt điểm tối đa", full),
            ("đạt một phần điểm", len(given) - full - none),
            ("không có điểm", none),
            ("không áp dụng", sum(row.excluded for row in leaves)),
            ("chưa tự chấm", sum(row.state == UNANSWERED for row in leaves)),
        )


def area_table(declared: Declared) -> Table:
    base = [area for area in declared.areas if area.role is Role.BASE]
    points = sum((area.points for area in base), ZERO)
    extras = (("Điểm thưởng", declared.bonus), ("Điểm trừ", declared.penalty))
    return Table(
        columns=(Column(8, Align.CENTER), Column(50), *(Column(14, Align.NUMERIC),) * 3),
        header=(header("Số TT", "Lĩnh vực", "Điểm tối đa đơn vị tự chấm", "Điểm tự chấm", "Tỷ lệ"),),
        rows=(
            *(Row(_area_cells(area.code, area.name, area.applicable, area.points)) for area in base),
            Row(_area_cells("", "Cộng các lĩnh vực", declared.applicable, points), strong=True),
            *(
                Row((Cell(""), Cell(name), Cell(""), Cell(printed(value)), Cell("")))
                for name, value in extras
                if value
            ),
        ),
    )


def _area_cells(code: str, name: str, applicable: Decimal, points: Decimal) -> tuple[Cell, ...]:
    share = percent(points, applicable)
    return (
        Cell(code),
        Cell(name),
        Cell(printed(applicable)),
        Cell(printed(points)),
        Cell(MISSING if share is None else format_percent(share)),
    )


def tree_table(declared: Declared, *, has_evidence: bool) -> Table:
    """Every area, criterion and leaf with what was declared there."""
    titles = (
        "Mã số",
        "Lĩnh vực, tiêu chí, tiêu chí thành phần",
        "Điểm tối đa",
        "Số liệu",
        "Điểm tự chấm",
        "Ghi chú",
    )
    shares = (7, 27, 7, 19, 7, 15) if has_evidence else (11, 30, 10, 19, 10, 20)
    kinds = (Align.LEFT, Align.LEFT, Align.NUMERIC, Align.LEFT, Align.NUMERIC, Align.LEFT)
    columns = tuple(Column(share, align) for share, align in zip(shares, kinds, strict=True))
    return Table(
        columns=(*columns, *((Column(18),) if has_evidence else ())),
        header=(header(*titles, *(("Tài liệu kiểm chứng",) if has_evidence else ())),),
        rows=tuple(
            Row((*_cells(row), *((Cell(_evidence(row)),) if has_evidence else ())), strong=row.depth == 0)
            for row in declared.rows
        ),
    )


def _cells(row: DeclaredRow) -> tuple[Cell, ...]:
    return (
        Cell(row.code),
        Cell(row.name),
        Cell(printed(row.max_points)),
        Cell("\n".join(_read(row))),
        Cell(row.shown_points),
        Cell(row.note),
    )


def _read(row: DeclaredRow) -> Iterator[str]:
    """What was declared; "không áp dụng" is said once."""
    if row.state:
        yield row.state
    if row.reading and row.reading != row.state:
        yield row.reading


def _evidence(row: DeclaredRow) -> str:
    if row.evidence:
        return "\n".join(f"- {title}" for title in row.evidence)
    return f"Không có: {row.evidence_note}" if row.evidence_note else ""
