"""One criterion of the file with everything under it, and what binds it to its parent and children."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from criteria.cases import example_problem
from criteria.points import format_points
from criteria.rules import InvalidRule, Rule, read_rule
from criteria.schema.fields import Fields, differ
from criteria.schema.nodes import Mapping, Scalar
from criteria.schema.paths import line_at, plain_values
from criteria.scoring import leaf_problems
from criteria.tree import Combine, Component, Criterion, Example, NotApplicable, Role, Source

_CODE = re.compile(r"[0-9A-Za-zĐđ]+(\.[0-9A-Za-zĐđ]+)*")
_COMMON_KEYS = ("code", "name", "max_points", "role", "rule_text", "evidence", "guide", "owner")
_LEAF_KEYS = ("rule", "source", "not_applicable", "evidence_required", "components", "examples")
_PARENT_KEYS = ("combine", "children")
_ANY_POINTS = Decimal(10**8)


class CriterionReader:
    def __init__(self, decimals: int) -> None:
        self.decimals = decimals
        self._lines_of_codes: dict[str, int] = {}

    def read(self, listed: Iterable[Fields], parent: Criterion | None = None) -> tuple[Criterion, ...]:
        return tuple(self._criterion(fields, parent) for fields in listed)

    def _criterion(self, fields: Fields, parent: Criterion | None) -> Criterion:
        """`parent` is the criterion above as far as it is read: its role and owner are inherited."""
        node = fields.mapping.values.get("code")
        fields.code, fields.prefix = (node.text.strip()[:30] if isinstance(node, Scalar) else ""), ""
        code = self._code(fields)
        is_parent = "children" in fields
        fields.refuse_unknown(_COMMON_KEYS + _LEAF_KEYS + _PARENT_KEYS)
        self._refuse_misplaced(fields, is_parent=is_parent)
        criterion = Criterion(
            code=code,
            name=fields.line_of_text("name", required=True, longest=1000),
            max_points=fields.positive("max_points", decimals=self.decimals),
            role=self._role(fields, parent),
            rule_text=fields.text("rule_text"),
            guide=fields.text("guide"),
            evidence=fields.text("evidence"),
            owner=self._owner(fields, parent),
        )
        return self._parent(fields, criterion) if is_parent else self._leaf(fields, criterion)

    def _code(self, fields: Fields) -> str:
        code = fields.line_of_text("code", required=True, longest=30)
        if not code:
            return ""
        if not _CODE.fullmatch(code):
            fields.problem("code", "mã chỉ gồm chữ, số và dấu chấm ở giữa, ví dụ 1.2.3")
        first = self._lines_of_codes.setdefault(code, fields.mapping.key_lines["code"])
        if first != fields.mapping.key_lines["code"]:
            fields.problem("code", f"trùng mã với dòng {first}")
        return code

    @staticmethod
    def _refuse_misplaced(fields: Fields, *, is_parent: bool) -> None:
        if is_parent and "rule" in fields:
            fields.problem("rule", "tiêu chí có tiêu chí con thì không có cách chấm riêng")
        for key in _LEAF_KEYS[1:]:
            if is_parent and key in fields:
                fields.problem(key, "chỉ khai ở tiêu chí được chấm điểm, không có tiêu chí con")
        if not is_parent and "combine" in fields:
            fields.problem("combine", "chỉ khai ở tiêu chí có tiêu chí con")

    @staticmethod
    def _role(fields: Fields, parent: Criterion | None) -> Role:
        role = fields.choice("role", parent.role if parent else Role.BASE)
        if parent and role is Role.BASE and parent.role is not Role.BASE:
            fields.problem("role", "tiêu chí cơ bản không nằm trong điểm thưởng, điểm trừ")
        return role

    @staticmethod
    def _owner(fields: Fields, parent: Criterion | None) -> str:
        if "owner" in fields or parent is None:
            return fields.line_of_text("owner", longest=200)
        return parent.owner

    def _parent(self, fields: Fields, criterion: Criterion) -> Criterion:
        children = self.read(fields.mappings_under("children", required=True), criterion)
        criterion = replace(criterion, combine=fields.choice("combine", Combine.SUM), children=children)
        if criterion.role is Role.BASE and children:
            self._check_maximum(fields, criterion)
        return criterion

    @staticmethod
    def _check_maximum(fields: Fields, criterion: Criterion) -> None:
        """A bonus or penalty parent has a cap of its own; a base parent has what its base children have."""
        maxima = [child.max_points for child in criterion.children if child.role is Role.BASE]
        if criterion.combine is Combine.BEST:
            expected = max((m for m in maxima if not m.is_nan()), default=Decimal(0))
            expected = sum(maxima, Decimal(0)) if any(m.is_nan() for m in maxima) else expected
            says = "tiêu chí con lớn nhất là"
        else:
            expected, says = sum(maxima, Decimal(0)), "các tiêu chí con cộng lại được"
        if differ(expected, criterion.max_points):
            fields.problem(
                "max_points",
                f"điểm tối đa {format_points(criterion.max_points)} nhưng {says} {format_points(expected)}",
            )

    def _leaf(self, fields: Fields, criterion: Criterion) -> Criterion:
        penalty = criterion.role is Role.PENALTY
        leaf = replace(
            criterion,
            rule=self._rule(fields, criterion),
            source=fields.choice("source", Source.EXTERNAL if penalty else Source.UNIT),
            not_applicable=fields.choice("not_applicable", NotApplicable.NONE),
            evidence_required=fields.flag("evidence_required"),
            components=self._components(fields),
        )
        if leaf.rule:
            for found in leaf_problems(leaf):
                fields.problem(found.key, found.message, line_at(fields.mapping, found.key))
        return replace(leaf, examples=self._examples(fields, leaf))

    def _rule(self, fields: Fields, criterion: Criterion) -> Rule | None:
        node = fields.node("rule")
        if node is None:
            fields.problem("rule", "thiếu cách chấm (rule) hoặc các tiêu chí con (children)")
            return None
        if not isinstance(node, Mapping):
            fields.problem("rule", "phải là nhóm gồm nhiều “khóa: giá trị”, bắt đầu bằng kind", node.line)
            return None
        max_points = _ANY_POINTS if criterion.max_points.is_nan() else criterion.max_points
        try:
            return read_rule(plain_values(node), max_points=max_points, decimals=self.decimals)
        except InvalidRule as error:
            for problem in error.problems:
                key = f"rule.{problem.key}" if problem.key else "rule"
                fields.problem(key, problem.message, line_at(node, problem.key))
            return None

    def _components(self, fields: Fields) -> tuple[Component, ...]:
        components = []
        for part in fields.mappings_under("components"):
            part.refuse_unknown(("code", "name"))
            name = part.line_of_text("name", required=True, longest=1000)
            components.append(Component(self._code(part), name))
        return tuple(components)

    def _examples(self, fields: Fields, leaf: Criterion) -> tuple[Example, ...]:
        examples = []
        for row in fields.mappings_under("examples"):
            row.refuse_unknown(("data", "expect"))
            data = row.mapping_under("data", required=True)
            expect = row.mapping_under("expect", required=True)
            if data is None or expect is None:
                continue
            example = Example(plain_values(data.mapping), plain_values(expect.mapping))
            examples.append(example)
            if leaf.rule is None or leaf.max_points.is_nan():
                continue
            if said := example_problem(leaf, example.data, example.expect, self.decimals):
                row.problem("expect", said)
        return tuple(examples)
