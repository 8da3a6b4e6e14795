"""A criteria set as the YAML file that `read_set` reads back to an equal tree."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from criteria.points import canonical
from criteria.schema.layout import Bare, OneLine, as_yaml
from criteria.tree import Combine, CriteriaTree, Criterion, NotApplicable, Role, Source

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_HEADER = """\
# Số viết bằng dấu chấm thập phân; tỷ lệ viết dạng phần đơn vị: 80% là 0.8. Dòng bắt đầu bằng # là ghi chú.
# Muốn sửa bộ tiêu chí đã dùng: tăng version thêm 1 rồi nạp tệp như một phiên bản mới.
"""


def dump_set(tree: CriteriaTree) -> str:
    return _HEADER + as_yaml(_filled(_set_values(tree)))


def fingerprint(tree: CriteriaTree) -> str:
    """SHA-256 over the whole content of a set; any corrected word changes it."""
    return hashlib.sha256(dump_set(tree).encode()).hexdigest()


def _set_values(tree: CriteriaTree) -> dict[str, Any]:
    decision = tree.decision
    return {
        "code": tree.code,
        "version": Bare(tree.version),
        "name": tree.name,
        "illustration": tree.illustration,
        "decision": _filled(
            {
                "number": decision.number,
                "date": Bare(decision.issued_on.isoformat()) if decision.issued_on else None,
                "issuer": decision.issuer,
            }
        ),
        "total": Bare(canonical(tree.total)),
        "decimals": Bare(tree.decimals),
        "cap_total": None if tree.cap_total is None else Bare(canonical(tree.cap_total)),
        "tie_breaks": tuple(Bare(code) for code in tree.tie_breaks),
        "grades": [
            OneLine({"from": Bare(canonical(grade.threshold)), "label": grade.label}) for grade in tree.grades
        ],
        "criteria": [_criterion_values(node, None) for node in tree.criteria],
    }


def _criterion_values(node: Criterion, parent: Criterion | None) -> dict[str, Any]:
    """What the reader would inherit or assume is left out."""
    inherited_role = parent.role if parent else Role.BASE
    values = {
        "code": Bare(node.code),
        "name": node.name,
        "max_points": Bare(canonical(node.max_points)),
        "role": None if node.role is inherited_role else node.role.value,
        "combine": None if node.combine is Combine.SUM else node.combine.value,
        "rule_text": node.rule_text,
        "rule": _rule_values(node.rule.as_dict()) if node.rule else None,
        "source": None if node.source is _usual_source(node) else node.source.value,
        "not_applicable": None if node.not_applicable is NotApplicable.NONE else node.not_applicable.value,
        "evidence": node.evidence,
        "evidence_required": node.evidence_required,
        "guide": node.guide,
        "owner": _owner_value(node, parent),
        "components": [{"code": Bare(part.code), "name": part.name} for part in node.components],
        "examples": [
            OneLine({"data": _one_line(example.data), "expect": _one_line(example.expect)})
            for example in node.examples
        ],
        "children": [_criterion_values(child, node) for child in node.children],
    }
    return _filled(values)


def _owner_value(node: Criterion, parent: Criterion | None) -> str | None:
    if parent and node.owner == parent.owner:
        return None
    return node.owner or (Bare("~") if parent and parent.owner else None)


def _usual_source(node: Criterion) -> Source:
    return Source.EXTERNAL if node.role is Role.PENALTY and node.is_leaf else Source.UNIT


def _rule_values(declared: dict[str, Any]) -> dict[str, Any]:
    """Short rules on one line; longer ones with one line for each band, option or item."""
    if not any(isinstance(value, list | dict) for value in declared.values()) and len(declared) <= 2:
        return OneLine(_one_line(declared))
    return {key: _one_line(value) for key, value in declared.items()}


def _one_line(value: Any) -> Any:
    match value:
        case dict():
            return OneLine({key: _one_line(inner) for key, inner in value.items()})
        case list() | tuple():
            return [_one_line(inner) for inner in value]
        case str() if _NUMBER.fullmatch(value):
            return Bare(value)
    return value


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """Without the keys that hold nothing; a bare 0 is something."""
    return {key: value for key, value in values.items() if value not in (None, False, "", [], (), {})}
