"""A criteria set from its YAML file: all that is wrong is told at once, with its line and criterion."""

from __future__ import annotations

import re
from decimal import Decimal

from criteria.points import format_points
from criteria.schema.criteria import CriterionReader
from criteria.schema.fields import UNKNOWN, Fields, differ, rises
from criteria.schema.nodes import Mapping, Scalar, read_nodes
from criteria.schema.problems import Problem, SetErrors
from criteria.tree import CriteriaTree, Criterion, Decision, Grade, Role

DEFAULT_DECIMALS = 3
MIN_DECIMALS, MAX_DECIMALS = 2, 4
HUNDRED = Decimal(100)

_SET_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")

SET_KEYS = (
    "code", "version", "name", "illustration", "decision", "total", "decimals", "cap_total", "tie_breaks",
    "grades", "criteria",
)  # fmt: skip


def read_set(text: str) -> CriteriaTree:
    """The tree, or SetErrors with every problem of the file."""
    root, problems = read_nodes(text)
    if not isinstance(root, Mapping):
        line = root.line if root else None
        problems.append(Problem(line, "", "", "tệp không chứa bộ tiêu chí: cần các khóa code, name, …"))
        raise SetErrors(problems)
    tree = _SetReader(Fields(root, problems)).read()
    if problems:
        raise SetErrors(problems)
    return tree


class _SetReader:
    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.decimals = self._decimals()

    def _decimals(self) -> int:
        decimals = self.fields.whole_number("decimals")
        if decimals is None:
            return MAX_DECIMALS if self.fields.node("decimals") else DEFAULT_DECIMALS
        if not MIN_DECIMALS <= decimals <= MAX_DECIMALS:
            self.fields.problem("decimals", f"phải từ {MIN_DECIMALS} đến {MAX_DECIMALS}")
            return MAX_DECIMALS
        return decimals

    def read(self) -> CriteriaTree:
        fields = self.fields
        fields.refuse_unknown(SET_KEYS)
        code = fields.line_of_text("code", required=True, longest=60)
        if code and not _SET_CODE.fullmatch(code):
            fields.problem("code", "chỉ gồm chữ không dấu, số và dấu gạch, ví dụ mau-xa-2-cap")
        version = fields.whole_number("version")
        if version == 0 or fields.node("version") is None:
            fields.problem("version", "phải là số nguyên từ 1 trở lên")
        illustration = fields.flag("illustration")
        criteria = CriterionReader(self.decimals).read(fields.mappings_under("criteria", required=True))
        total = fields.positive("total", decimals=self.decimals, absent=HUNDRED)
        self._check_total(criteria, total)
        return CriteriaTree(
            code=code,
            version=version or 1,
            name=fields.line_of_text("name", required=True, longest=255),
            decision=self._decision(required=not illustration),
            criteria=criteria,
            total=total,
            decimals=self.decimals,
            cap_total=fields.positive("cap_total", decimals=self.decimals) if "cap_total" in fields else None,
            tie_breaks=self._tie_breaks(criteria),
            grades=self._grades(),
            illustration=illustration,
        )

    def _check_total(self, criteria: tuple[Criterion, ...], total: Decimal) -> None:
        areas = [node for node in criteria if node.role is Role.BASE]
        sum_of_areas = sum((area.max_points for area in areas), Decimal(0))
        if criteria and not areas:
            self.fields.problem("criteria", "chưa có lĩnh vực nào (tiêu chí cơ bản ở ngoài cùng)")
        elif areas and differ(sum_of_areas, total):
            self.fields.problem(
                "total" if "total" in self.fields else "criteria",
                f"các lĩnh vực cộng lại được {format_points(sum_of_areas)}, khác tổng {format_points(total)}",
            )

    def _decision(self, *, required: bool) -> Decision:
        fields = self.fields.mapping_under("decision", required=required)
        if fields is None:
            return Decision("", None, "")
        fields.refuse_unknown(("number", "date", "issuer"))
        return Decision(
            number=fields.line_of_text("number", longest=60),
            issued_on=fields.day("date"),
            issuer=fields.line_of_text("issuer", required=required, longest=200),
        )

    def _tie_breaks(self, criteria: tuple[Criterion, ...]) -> tuple[str, ...]:
        areas = {node.code for node in criteria if node.role is Role.BASE}
        chosen: list[str] = []
        for node in self.fields.list_under("tie_breaks"):
            code = node.text.strip() if isinstance(node, Scalar) else ""
            if code not in areas:
                self.fields.problem("tie_breaks", f"không có lĩnh vực mã “{code[:30]}”", node.line)
            elif code in chosen:
                self.fields.problem("tie_breaks", f"lĩnh vực {code} ghi hai lần", node.line)
            chosen.append(code)
        return tuple(chosen)

    def _grades(self) -> tuple[Grade, ...]:
        grades: list[Grade] = []
        for fields in self.fields.mappings_under("grades"):
            fields.refuse_unknown(("from", "label"))
            threshold = fields.number("from", decimals=self.decimals, required=True)
            label = fields.line_of_text("label", required=True, longest=100)
            grades.append(Grade(UNKNOWN if threshold is None else threshold, label))
            if len(grades) > 1 and rises(grades[-2].threshold, grades[-1].threshold):
                fields.problem("from", "các mức xếp loại phải xếp từ điểm cao xuống điểm thấp")
        return tuple(grades)
