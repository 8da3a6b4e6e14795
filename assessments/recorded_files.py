"""Recorded results from YAML files: every mistake of a file is told at once, by its line and row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from assessments.outcome import Decision, Loss, OutcomeRow
from assessments.recorded import MAX_PLACES, Record
from criteria.points import ZERO
from criteria.schema import Problem, SetErrors
from criteria.schema.fields import Fields
from criteria.schema.nodes import Mapping, Scalar, read_nodes
from criteria.tree import Component

FILE_KEYS = ("unit", "host", "group", "year", "grade", "note", "decision", "declared", "rows")
DECISION_KEYS = ("kind", "number", "issued_on", "issuer")
DECLARED_KEYS = ("max", "self", "total", "rank", "group_size")
ROW_KEYS = (
    "code", "name", "max", "self", "council", "rank", "rank_change", "lost_at", "reason", "note", "rows",
)  # fmt: skip
_CHANGE = re.compile(r"[+-]?[0-9]{1,4}")


@dataclass(frozen=True)
class RecordFile:
    """`unit` and `host` are short names as the register spells them."""

    unit: str
    host: str
    record: Record


def read_record(text: str) -> RecordFile:
    """The file's result, or SetErrors with every problem in it."""
    root, problems = read_nodes(text)
    if not isinstance(root, Mapping):
        problems.append(Problem(root.line if root else None, "", "", "tệp không chứa kết quả nào"))
        raise SetErrors(problems)
    recorded = _read_file(Fields(root, problems))
    if problems:
        raise SetErrors(problems)
    return recorded


def _read_file(fields: Fields) -> RecordFile:
    fields.refuse_unknown(FILE_KEYS)
    declared = fields.mapping_under("declared", required=True)
    if declared:
        declared.refuse_unknown(DECLARED_KEYS)
    year = fields.whole_number("year")
    if not year:
        fields.problem("year", "phải là năm đánh giá, ví dụ 2023")
    rank, size = (declared and declared.whole_number(key) for key in ("rank", "group_size"))
    if declared and rank is not None and not (0 < rank <= (size or rank)):
        declared.problem("rank", "phải từ 1 và không lớn hơn group_size")
    figure = _figures(declared)
    return RecordFile(
        unit=fields.line_of_text("unit", required=True, longest=120),
        host=fields.line_of_text("host", required=True, longest=120),
        record=Record(
            year=year or 0,
            areas=_rows(fields, set(), depth=0),
            max_total=figure["max"] or ZERO,
            self_total=figure["self"],
            total=figure["total"],
            rank=rank,
            group_name=fields.line_of_text("group", longest=160),
            group_size=size,
            grade=fields.line_of_text("grade", longest=60),
            decision=_decision(fields.mapping_under("decision")),
            note=fields.text("note"),
        ),
    )


def _figures(declared: Fields | None) -> dict[str, Decimal | None]:
    return {
        key: declared.number(key, decimals=MAX_PLACES, required=key == "max") if declared else None
        for key in ("max", "self", "total")
    }


def _decision(fields: Fields | None) -> Decision | None:
    if fields is None:
        return None
    fields.refuse_unknown(DECISION_KEYS)
    return Decision(
        number=fields.line_of_text("number", required=True, longest=60),
        issued_on=fields.day("issued_on"),
        issuer=fields.line_of_text("issuer", longest=200),
        kind=fields.line_of_text("kind", longest=60) or Decision.kind,
    )


def _rows(fields: Fields, codes: set[str], depth: int) -> tuple[OutcomeRow, ...]:
    return tuple(_row(row, codes, depth) for row in fields.mappings_under("rows", required=depth == 0))


def _row(fields: Fields, codes: set[str], depth: int) -> OutcomeRow:
    node = fields.mapping.values.get("code")
    fields.code = node.text.strip()[:30] if isinstance(node, Scalar) else ""
    fields.refuse_unknown(ROW_KEYS)
    code = fields.line_of_text("code", required=True, longest=30)
    if code in codes:
        fields.problem("code", "mã này đã có ở trên")
    codes.add(code)
    rank = fields.whole_number("rank")
    if rank == 0:
        fields.problem("rank", "phải từ 1")
    change = fields.line_of_text("rank_change")
    if change and not _CHANGE.fullmatch(change):
        fields.problem("rank_change", "phải là số bậc, ví dụ 2 hoặc -1")
        change = ""
    if change and rank is not None:
        fields.problem("rank_change", "chỉ ghi khi thứ hạng không được in")
    return OutcomeRow(
        code=code,
        name=fields.line_of_text("name", required=True),
        depth=depth,
        max_points=fields.number("max", decimals=MAX_PLACES),
        self_points=fields.number("self", decimals=MAX_PLACES),
        points=fields.number("council", decimals=MAX_PLACES),
        rank=rank,
        rank_change=int(change) if change else None,
        losses=tuple(_loss(loss) for loss in fields.mappings_under("lost_at")),
        reason=fields.text("reason"),
        note=fields.text("note"),
        children=_rows(fields, codes, depth + 1),
    )


def _loss(fields: Fields) -> Loss:
    fields.refuse_unknown(("points", "components"))
    points = fields.number("points", decimals=MAX_PLACES)
    if points is not None and not points:
        fields.problem("points", "phải lớn hơn 0")
    parts = fields.mappings_under("components", required=True)
    for part in parts:
        part.refuse_unknown(("code", "name"))
    return Loss(
        tuple(
            Component(part.line_of_text("code", required=True, longest=30), part.line_of_text("name"))
            for part in parts
        ),
        points,
    )
