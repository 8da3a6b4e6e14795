"""A result of another host or an earlier year as its decision prints it, and its rows as people type them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from assessments.outcome import Decision, Loss, Outcome, OutcomeRow, total_of
from criteria.points import ZERO, NumberError, decimal_places, format_points, read_points
from criteria.tree import Component

# The columns of the table, in the order in which they are pasted.
COLUMNS: Mapping[str, str] = {
    "code": "Mã",
    "name": "Tên lĩnh vực, tiêu chí",
    "max": "Điểm tối đa",
    "self": "Tự chấm",
    "council": "Hội đồng",
    "rank": "Xếp hạng",
    "lost_at": "Mất điểm tại",
    "reason": "Lý do mất điểm",
    "note": "Ghi chú",
}
MAX_PLACES, MAX_POINTS = 4, Decimal(10**8)

_CODE = re.compile(r"[0-9A-Za-zĐđ]+(\.[0-9A-Za-zĐđ]+)*")
_RANK = re.compile(r"0*[1-9][0-9]{0,3}")
_RANK_CHANGE = re.compile(r"[+-][0-9]{1,4}")
# A separator counts only before a dotted code, because names of components hold commas and semicolons too.
_DOTTED = r"[0-9A-Za-zĐđ]+(?:\.[0-9A-Za-zĐđ]+)+"
_NEXT_LOSS = re.compile(rf";\s*(?={_DOTTED}(?![\w.]))")
_NEXT_COMPONENT = re.compile(rf"\+\s*(?={_DOTTED}(?![\w.]))")
_SHARE = re.compile(r"=\s*([^=]*)$")


@dataclass(frozen=True)
class Record:
    """What a decision prints about one unit; None and "" mean not printed. `areas` hold everything below."""

    year: int
    areas: tuple[OutcomeRow, ...]
    max_total: Decimal
    self_total: Decimal | None = None
    total: Decimal | None = None
    rank: int | None = None
    group_name: str = ""
    group_size: int | None = None
    grade: str = ""
    decision: Decision | None = None
    note: str = ""

    def rows(self) -> Iterator[OutcomeRow]:
        for area in self.areas:
            yield from area.walk()

    def outcome(self, *, unit_id: int, host_name: str) -> Outcome:
        return Outcome(
            unit_id=unit_id,
            year=self.year,
            host_name=host_name,
            group_name=self.group_name,
            areas=self.areas,
            max_total=self.max_total,
            self_total=total_of(area.self_points for area in self.areas),
            total=self.total,
            rank=self.rank,
            group_size=self.group_size,
            grade=self.grade,
            decision=self.decision,
            declared_self_total=self.self_total,
            is_recorded=True,
        )


@dataclass(frozen=True)
class TypedRow:
    """One row of the table as it was typed, by column, with what is wrong in each cell."""

    cells: Mapping[str, str]
    errors: Mapping[str, str]


def check_rows(typed: Iterable[Mapping[str, str]]) -> tuple[tuple[TypedRow, ...], tuple[OutcomeRow, ...]]:
    """The rows with their errors, and the areas they make; no areas as long as there is an error.

    The depth follows the code: 1.1.1 stands below 1.1 or, where that is not printed, below 1.
    """
    checked: list[TypedRow] = []
    rows: dict[str, OutcomeRow] = {}
    for raw in typed:
        cells = {column: " ".join(raw.get(column, "").split()) for column in COLUMNS}
        if not any(cells.values()):
            continue
        row, errors = _read(cells)
        if not errors.get("code") and row.code in rows:
            errors["code"] = f"Mã {row.code} đã có ở dòng trên."
        rows.setdefault(row.code, row)
        checked.append(TypedRow(cells, errors))
    has_errors = any(row.errors for row in checked)
    return tuple(checked), () if has_errors else nested(rows.values())


def nested(rows: Iterable[OutcomeRow]) -> tuple[OutcomeRow, ...]:
    """Rows without children hung under the longest code that begins theirs, in the order given."""
    by_code = {row.code: row for row in rows}
    below: dict[str, list[OutcomeRow]] = {}
    for row in by_code.values():
        below.setdefault(_parent(row.code, by_code), []).append(row)

    def build(code: str, depth: int) -> tuple[OutcomeRow, ...]:
        return tuple(
            replace(row, depth=depth, children=build(row.code, depth + 1)) for row in below.get(code, ())
        )

    return build("", 0)


def _parent(code: str, known: Mapping[str, OutcomeRow]) -> str:
    steps = code.split(".")
    prefixes = (".".join(steps[:length]) for length in range(len(steps) - 1, 0, -1))
    return next((prefix for prefix in prefixes if prefix in known), "")


def typed_row(row: OutcomeRow) -> TypedRow:
    """A stored row as the table shows it for editing."""
    figures = {"max": row.max_points, "self": row.self_points, "council": row.points}
    return TypedRow(
        {
            "code": row.code,
            "name": row.name,
            **{column: "" if value is None else format_points(value) for column, value in figures.items()},
            "rank": _spelled_rank(row),
            "lost_at": "; ".join(spell_loss(loss) for loss in row.losses),
            "reason": row.reason,
            "note": row.note,
        },
        {},
    )


def _spelled_rank(row: OutcomeRow) -> str:
    """ "3", or where only the change is printed "+2"."""
    if row.rank is not None:
        return str(row.rank)
    return "" if row.rank_change is None else f"{row.rank_change:+d}"


def spell_loss(loss: Loss) -> str:
    """ "3.1.4 Tên + 3.1.5 Tên = 2": the way losses are typed and shown."""
    places = " + ".join(f"{part.code} {part.name}".strip() for part in loss.components)
    return places if loss.points is None else f"{places} = {format_points(loss.points)}"


def read_losses(text: str) -> tuple[Loss, ...]:
    """The inverse of `spell_loss` for several losses parted by semicolons. NumberError, ValueError."""
    return tuple(_loss(part.strip()) for part in _NEXT_LOSS.split(text) if part.strip())


def _loss(text: str) -> Loss:
    share = _SHARE.search(text)
    points = _points(share.group(1)) if share else None
    if points is not None and not points:
        raise ValueError("Số điểm mất phải lớn hơn 0.")
    places = text[: share.start()] if share else text
    return Loss(tuple(_component(part.strip()) for part in _NEXT_COMPONENT.split(places)), points)


def _component(text: str) -> Component:
    code, _, name = text.partition(" ")
    if not _CODE.fullmatch(code) or len(code) > 30:
        raise ValueError("Ghi mã tiêu chí thành phần trước, ví dụ: 1.4.2 Hình thức tuyên truyền = 2")
    return Component(code, name.strip())


def _read(cells: Mapping[str, str]) -> tuple[OutcomeRow, dict[str, str]]:
    errors: dict[str, str] = {}
    code = cells["code"].rstrip(".")
    if not code:
        errors["code"] = "Chưa ghi mã."
    elif not _CODE.fullmatch(code) or len(code) > 30:
        errors["code"] = "Mã chỉ gồm chữ, số và dấu chấm ở giữa, ví dụ 1.2.3."
    if not cells["name"]:
        errors["name"] = "Chưa ghi tên."
    figures: dict[str, Decimal | None] = dict.fromkeys(("max", "self", "council"))
    for column in figures:
        try:
            figures[column] = _points(cells[column]) if cells[column] else None
        except ValueError as error:
            errors[column] = str(error)
    rank, change = cells["rank"], bool(_RANK_CHANGE.fullmatch(cells["rank"]))
    if rank and not change and not _RANK.fullmatch(rank):
        errors["rank"] = "Xếp hạng phải là số nguyên từ 1, hoặc số bậc tăng giảm như +2, -1, +0."
        rank = ""
    losses: tuple[Loss, ...] = ()
    try:
        losses = read_losses(cells["lost_at"])
    except ValueError as error:
        errors["lost_at"] = str(error)
    row = OutcomeRow(
        code=code,
        name=cells["name"],
        depth=0,
        max_points=figures["max"],
        self_points=figures["self"],
        points=figures["council"],
        rank=int(rank) if rank and not change else None,
        rank_change=int(rank) if change else None,
        losses=losses,
        reason=cells["reason"],
        note=cells["note"],
    )
    return row, errors


def _points(text: str) -> Decimal:
    points = read_points(text)
    if decimal_places(points) > MAX_PLACES or points >= MAX_POINTS:
        raise NumberError(f"Điểm có nhiều nhất {MAX_PLACES} chữ số thập phân và nhỏ hơn 100 triệu.")
    return points + ZERO
