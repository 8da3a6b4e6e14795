"""Points of one leaf from its declared data: exact, rounded once, or refused with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar, assert_never

from criteria.declaration import KeyProblem
from criteria.points import ZERO, NumberError, decimal_places, format_points, parse_canonical, round_half_up
from criteria.rules import (
    Checklist,
    Choice,
    Count,
    Deduction,
    Direct,
    Index,
    Ratio,
    Rule,
    Survey,
    Target,
    WhenZero,
)
from criteria.tree import Criterion, NotApplicable, Role

NOT_APPLICABLE = "not_applicable"
NONE = Fraction(0)
ONE = Fraction(1)

Number = TypeVar("Number", int, Decimal)

_KEY_NAMES = {
    "points": "điểm",
    "option": "phương án",
    "items": "các mục",
    "numerator": "tử số",
    "denominator": "mẫu số",
    "target": "chỉ tiêu được giao",
    "count": "số lượng",
    "counts": "số lượng",
    "value": "giá trị",
    NOT_APPLICABLE: "“Không áp dụng”",
}


@dataclass(frozen=True)
class LeafScore:
    """Rounded points, negative for a penalty. An excluded leaf has 0 and leaves the applicable maximum."""

    points: Decimal
    excluded: bool = False


EXCLUDED = LeafScore(ZERO, excluded=True)


class Refused(ValueError):
    """Data that can't be scored. `code` is the criterion's, `key` the data key ("" for the whole)."""

    def __init__(self, code: str, key: str, reason: str) -> None:
        self.code, self.key, self.reason = code, key, reason
        super().__init__(f"Tiêu chí {code}: {reason}")


def score(criterion: Criterion, data: Mapping[str, Any], decimals: int) -> LeafScore:
    """Points of a leaf, rounded half-up to the set's `decimals`. Whatever is wrong with `data` is Refused."""
    entry = _Entry(criterion.code, data)
    if criterion.rule is None:
        raise entry.refused("", "đây không phải tiêu chí chấm điểm trực tiếp")
    if NOT_APPLICABLE in entry.data:
        return _not_applicable(criterion, entry)
    earned = _earned(criterion, criterion.rule, entry, decimals)
    if earned is None:
        return EXCLUDED
    return LeafScore(_signed(criterion, round_half_up(earned, decimals)))


def check_override(criterion: Criterion, points: object, decimals: int) -> Decimal:
    """Points that override the rule, typed without sign; returned as scored, so negative for a penalty."""
    entry = _Entry(criterion.code, {"points": points})
    return _signed(criterion, round_half_up(entry.points(criterion.max_points, decimals), decimals))


def leaf_problems(criterion: Criterion) -> Iterator[KeyProblem]:
    """What a rule may not be on this leaf; a load error of the set."""
    rule = criterion.rule
    if criterion.role is Role.PENALTY:
        if not isinstance(rule, Direct | Choice | Count | Checklist):
            yield KeyProblem("rule.kind", "điểm trừ chỉ dùng direct, choice, count hoặc checklist")
        elif isinstance(rule, Checklist) and rule.per_missing is not None:
            yield KeyProblem("rule.per_missing", "điểm trừ chỉ dùng checklist có điểm từng mục")
        if criterion.not_applicable is not NotApplicable.NONE:
            yield KeyProblem(NOT_APPLICABLE, "điểm trừ không có “Không áp dụng”")
    if (
        isinstance(rule, Ratio)
        and rule.when_zero is WhenZero.NOT_APPLICABLE
        and criterion.not_applicable is NotApplicable.FULL
    ):
        yield KeyProblem(
            "rule.when_zero", "not_applicable không đi cùng tiêu chí mà “Không áp dụng” được điểm tối đa"
        )


def _signed(criterion: Criterion, points: Decimal) -> Decimal:
    # 0 - x and not -x: a penalty of nothing is 0, never -0.
    return ZERO - points if criterion.role is Role.PENALTY else points


def _not_applicable(criterion: Criterion, entry: _Entry) -> LeafScore:
    entry.keys(NOT_APPLICABLE)
    if entry.data[NOT_APPLICABLE] is not True:
        raise entry.refused(NOT_APPLICABLE, "“Không áp dụng” chỉ nhận giá trị đúng (true)")
    match criterion.not_applicable:
        case NotApplicable.FULL:
            return LeafScore(criterion.max_points)
        case NotApplicable.EXCLUDE:
            return EXCLUDED
    raise entry.refused(NOT_APPLICABLE, "tiêu chí này không được chọn “Không áp dụng”")


def _earned(criterion: Criterion, rule: Rule, entry: _Entry, decimals: int) -> Fraction | None:
    """Unrounded points from 0 to the maximum; None takes the leaf out of the base."""
    maximum = Fraction(criterion.max_points)
    earned: Fraction | None
    match rule:
        case Direct():
            earned = _direct(rule, entry, criterion.max_points, decimals)
        case Choice():
            earned = _choice(rule, entry, maximum)
        case Checklist():
            earned = _checklist(rule, entry, maximum)
        case Ratio():
            earned = _ratio(rule, entry, maximum)
        case Count():
            earned = _count(rule, entry, maximum)
        case Deduction():
            earned = _deduction(rule, entry, maximum)
        case Survey():
            earned = _survey(rule, entry) * maximum
        case Index():
            earned = _index(rule, entry) * maximum
        case _:
            assert_never(rule)
    return earned


def _direct(rule: Direct, entry: _Entry, max_points: Decimal, decimals: int) -> Fraction:
    points = entry.points(max_points, decimals)
    if rule.step is not None and points % Fraction(rule.step):
        raise entry.refused("points", f"điểm phải là bội số của {format_points(rule.step)}")
    return points


def _choice(rule: Choice, entry: _Entry, maximum: Fraction) -> Fraction:
    entry.keys("option")
    chosen = entry.data["option"]
    for option in rule.options:
        if isinstance(chosen, str) and option.key == chosen:
            return option.worth(maximum)
    raise entry.refused("option", f"không có phương án “{_shown(chosen)}”")


def _checklist(rule: Checklist, entry: _Entry, maximum: Fraction) -> Fraction:
    entry.keys("items")
    ticked = entry.ticked("items", [item.key for item in rule.items])
    if rule.per_missing is not None:
        missing = len(rule.items) - len(ticked)
        return max(maximum - missing * Fraction(rule.per_missing), NONE)
    return min(sum((Fraction(item.points or 0) for item in rule.items if item.key in ticked), NONE), maximum)


def _ratio(rule: Ratio, entry: _Entry, maximum: Fraction) -> Fraction | None:
    assigned = rule.target is Target.ASSIGNED
    entry.keys("numerator", "denominator", *(["target"] if assigned else []))
    numerator, denominator = entry.amount("numerator"), entry.amount("denominator")
    target = entry.amount("target") if isinstance(rule.target, Target) else Fraction(rule.target)
    if not target:
        raise entry.refused("target", "chỉ tiêu được giao phải lớn hơn 0")
    if numerator > denominator and not (rule.allow_over and denominator):
        whole = rule.denominator or "tổng số"
        too_much = f"phải bằng 0 khi “{whole}” bằng 0" if rule.allow_over else f"không được lớn hơn “{whole}”"
        raise entry.refused("numerator", too_much)
    if not denominator:
        return _over_nothing(rule, entry, maximum)
    ratio = numerator / denominator
    band = next((band for band in rule.bands if band.holds(ratio)), None)
    if band is not None and not band.linear:
        return band.worth(maximum)
    return min(ratio / target, ONE) * maximum


def _over_nothing(rule: Ratio, entry: _Entry, maximum: Fraction) -> Fraction | None:
    match rule.when_zero:
        case WhenZero.FULL:
            return maximum
        case WhenZero.NOT_APPLICABLE:
            return None
        case WhenZero.ZERO:
            return NONE
    raise entry.refused("denominator", "bằng 0 thì không tính được tỷ lệ")


def _count(rule: Count, entry: _Entry, maximum: Fraction) -> Fraction:
    entry.keys("count")
    count = Fraction(entry.count("count"))
    if rule.per_unit is not None:
        return min(count * Fraction(rule.per_unit), maximum)
    return next(band for band in rule.bands if band.holds(count)).worth(maximum)


def _deduction(rule: Deduction, entry: _Entry, maximum: Fraction) -> Fraction:
    entry.keys("counts")
    counts = entry.counts("counts", {fault.key: f"“{fault.label}”" for fault in rule.items})
    lost = sum((counts[fault.key] * Fraction(fault.unit) for fault in rule.items), NONE)
    if rule.cap is not None:
        lost = min(lost, Fraction(rule.cap))
    return max(maximum - lost, NONE)


def _survey(rule: Survey, entry: _Entry) -> Fraction:
    entry.keys("counts")
    counts = entry.counts("counts", {answer: f"“{answer}”" for answer, _ in rule.weights})
    if not any(counts.values()):
        raise entry.refused("counts", "chưa có phiếu trả lời nào")
    weighted = sum((counts[answer] * Fraction(weight) for answer, weight in rule.weights), NONE)
    return weighted / sum(counts.values())


def _index(rule: Index, entry: _Entry) -> Fraction:
    entry.keys("value")
    return min(entry.amount("value") / Fraction(rule.scale), ONE)


class _Entry:
    """The declared data of one leaf, taken out value by value; what is wrong is refused with its key."""

    def __init__(self, code: str, data: object) -> None:
        self.code = code
        if not isinstance(data, Mapping):
            raise self.refused("", "số liệu không đúng dạng")
        self.data: Mapping[str, Any] = data

    def refused(self, key: str, reason: str) -> Refused:
        return Refused(self.code, key, reason)

    def keys(self, *expected: str) -> None:
        """Exactly these keys: one more is as wrong as one less."""
        self._exactly(self.data, {key: _KEY_NAMES[key] for key in expected})

    def points(self, max_points: Decimal, decimals: int) -> Fraction:
        self.keys("points")
        points = self._read("points", self.data["points"], _KEY_NAMES["points"], parse_canonical)
        if points > max_points:
            raise self.refused(
                "points", f"điểm {format_points(points)} lớn hơn điểm tối đa {format_points(max_points)}"
            )
        if decimal_places(points) > decimals:
            raise self.refused("points", f"điểm chỉ được có tối đa {decimals} chữ số thập phân")
        return Fraction(points)

    def amount(self, key: str) -> Fraction:
        return Fraction(self._read(key, self.data[key], _KEY_NAMES[key], parse_canonical))

    def count(self, key: str) -> int:
        return self._read(key, self.data[key], _KEY_NAMES[key], _whole)

    def counts(self, key: str, labels: Mapping[str, str]) -> dict[str, int]:
        """A whole number for every declared name, and no other names."""
        given = self.data[key]
        if not isinstance(given, Mapping):
            raise self.refused(key, f"{_KEY_NAMES[key]} phải khai theo từng dòng")
        self._exactly(given, labels, path=f"{key}.")
        return {
            name: self._read(f"{key}.{name}", given[name], label, _whole) for name, label in labels.items()
        }

    def ticked(self, key: str, declared: list[str]) -> set[str]:
        given = self.data[key]
        if not isinstance(given, list | tuple):
            raise self.refused(key, f"{_KEY_NAMES[key]} phải là một danh sách")
        for name in given:
            if not isinstance(name, str) or name not in declared:
                raise self.refused(key, f"không có mục “{_shown(name)}”")
        if len(set(given)) < len(given):
            raise self.refused(key, "có mục bị khai lặp")
        return set(given)

    def _exactly(self, given: Mapping[str, Any], labels: Mapping[str, str], path: str = "") -> None:
        for name in given:
            if name not in labels:
                raise self.refused(f"{path}{_shown(name)}", f"không nhận số liệu “{_shown(name)}”")
        for name, label in labels.items():
            if name not in given:
                raise self.refused(f"{path}{name}", f"còn thiếu {label}")

    def _read(self, key: str, value: object, name: str, read: Callable[[object], Number]) -> Number:
        try:
            return read(value)
        except NumberError as error:
            raise self.refused(key, f"{name} {error}") from error


def _whole(value: object) -> int:
    number = parse_canonical(value)
    if number != int(number):
        raise NumberError("phải là số nguyên")
    return int(number)


def _shown(value: object) -> str:
    # Only text is shown: spelling out something else, such as a number of 5,000 digits, can fail itself.
    return value[:40] if isinstance(value, str) else "?"
