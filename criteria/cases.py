"""Worked cases: a leaf, its declared data and what it must score, in a file or as an example in a set."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from criteria.declaration import Declaration, KeyProblem
from criteria.points import NumberError, canonical, parse_canonical
from criteria.rules import InvalidRule, read_rule
from criteria.scoring import Refused, leaf_problems, score
from criteria.tree import Criterion, NotApplicable, Role, Source

DECIMALS = 3


class InvalidCase(ValueError):
    """A case, an expectation or a file that can't be read; the message says where and why."""


@dataclass(frozen=True)
class Mismatch:
    name: str
    expected: str
    got: str


def read_cases(text: str) -> list[object]:
    """The raw cases of a file; they are read one by one, so that a bad one does not hide the others."""
    try:
        document = json.loads(text, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        raise InvalidCase(f"tệp không đọc được: {error}") from error
    cases = document.get("cases") if isinstance(document, dict) else None
    if not isinstance(cases, list) or not cases:
        raise InvalidCase("tệp không có danh sách “cases” nào để kiểm tra")
    return cases


def check_case(case: object) -> Mismatch | None:
    """Runs one case of a file through the engine; None when it agrees."""
    if not isinstance(case, Mapping):
        return Mismatch("?", "?", "trường hợp không đúng dạng")
    name, expect = str(case.get("name", "?")), case.get("expect")
    try:
        expected = expectation(expect)
        decimals = _decimals(case)
        criterion = _read_leaf(case.get("criterion"), decimals)
        if "data" not in case:
            raise InvalidCase("thiếu “data”")
    except InvalidCase as error:
        return Mismatch(name, json.dumps(expect, ensure_ascii=False), str(error))
    got = outcome(criterion, case["data"], decimals)
    return None if got.agrees(expected) else Mismatch(name, str(expected), str(got))


@dataclass(frozen=True)
class Outcome:
    """Exactly one of the three: points, excluded, refused (with the reason when it really was)."""

    points: Decimal | None = None
    excluded: bool = False
    refused: bool = False
    reason: str = ""

    def agrees(self, other: Outcome) -> bool:
        ours = (self.points, self.excluded, self.refused)
        return ours == (other.points, other.excluded, other.refused)

    def __str__(self) -> str:
        if self.refused:
            return f"bị từ chối ({self.reason})" if self.reason else "bị từ chối"
        return "loại khỏi tổng điểm" if self.points is None else f"{canonical(self.points)} điểm"


def outcome(criterion: Criterion, data: Any, decimals: int) -> Outcome:
    try:
        leaf = score(criterion, data, decimals)
    except Refused as refusal:
        return Outcome(refused=True, reason=str(refusal))
    return Outcome(excluded=True) if leaf.excluded else Outcome(points=leaf.points)


def expectation(raw: object) -> Outcome:
    """Reads {"points": "1.5"} (a penalty's with a minus sign), {"excluded": true} or {"refused": true}."""
    match raw:
        case {"points": str(text), **others} if not others:
            try:
                points = parse_canonical(text.removeprefix("-"))
            except NumberError as error:
                raise InvalidCase(f"điểm mong đợi {error}") from error
            return Outcome(points=points.copy_negate() if text.startswith("-") else points)
        case {"excluded": True, **others} if not others:
            return Outcome(excluded=True)
        case {"refused": True, **others} if not others:
            return Outcome(refused=True)
    raise InvalidCase("“expect” phải là đúng một trong: points, excluded, refused")


def example_problem(
    criterion: Criterion, data: Mapping[str, Any], expect: object, decimals: int
) -> str | None:
    """Why a set's own worked example does not hold, in words for the person who loads the set."""
    try:
        expected = expectation(expect)
    except InvalidCase as error:
        return str(error)
    got = outcome(criterion, data, decimals)
    return None if got.agrees(expected) else f"ví dụ phải là: {expected}; tính ra: {got}"


def _without_repeats(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise InvalidCase(f"khóa bị lặp trong nhóm {', '.join(key for key, _ in pairs)}")
    return values


def _decimals(case: Mapping[str, Any]) -> int:
    decimals = case.get("decimals", DECIMALS)
    if type(decimals) is not int or not 2 <= decimals <= 4:
        raise InvalidCase("“decimals” phải là 2, 3 hoặc 4")
    return decimals


def _read_leaf(raw: object, decimals: int) -> Criterion:
    problems: list[KeyProblem] = []
    declared = Declaration(raw, problems)
    max_points = declared.number("max_points", positive=True, decimals=decimals)
    role = declared.member("role", Role, Role.BASE)
    # Penalties are entered centrally unless the set says otherwise.
    source = declared.member("source", Source, Source.EXTERNAL if role is Role.PENALTY else Source.UNIT)
    rule = None
    try:
        rule = read_rule(declared.value("rule"), max_points=max_points, decimals=decimals)
    except InvalidRule as error:
        problems += [KeyProblem(f"rule.{found.key}".rstrip("."), found.message) for found in error.problems]
    criterion = Criterion(
        code=declared.text("code"),
        name=declared.text("name"),
        max_points=max_points,
        role=role,
        rule=rule,
        source=source,
        not_applicable=declared.member("not_applicable", NotApplicable, NotApplicable.NONE),
        rule_text=declared.text("rule_text", ""),
        guide=declared.text("guide", ""),
        evidence=declared.text("evidence", ""),
        evidence_required=declared.flag("evidence_required"),
        owner=declared.text("owner", ""),
    )
    declared.close()
    problems += leaf_problems(criterion)
    if problems:
        raise InvalidCase("tiêu chí không hợp lệ: " + "; ".join(str(problem) for problem in problems))
    return criterion
