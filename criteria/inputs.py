"""What a person fills in for a rule: names, labels and kinds of the inputs, and declared data shown in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from criteria.points import format_percent, format_points, percent, round_half_up
from criteria.rules import Checklist, Choice, Count, Deduction, Direct, Index, Ratio, Rule, Survey


class InputKind(StrEnum):
    POINTS = "points"
    AMOUNT = "amount"
    COUNT = "count"
    CHOICE = "choice"
    TICKS = "ticks"


@dataclass(frozen=True, slots=True)
class Line:
    """One option or tick box, with what it is worth where the rule says it in points."""

    key: str
    label: str
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """`name` is the form's key; `path` leads to the value in the declared data."""

    name: str
    label: str
    kind: InputKind
    path: tuple[str, ...]
    lines: tuple[Line, ...] = ()


def inputs(rule: Rule) -> tuple[Input, ...]:
    match rule:
        case Direct():
            return (_input("points", "Điểm", InputKind.POINTS),)
        case Choice(options=options):
            lines = tuple(Line(o.key, o.label, o.points) for o in options)
            return (Input("option", "Mức đạt được", InputKind.CHOICE, ("option",), lines),)
        case Checklist(items=items):
            lines = tuple(Line(i.key, i.label, i.points) for i in items)
            return (Input("items", "Các yêu cầu đã đạt", InputKind.TICKS, ("items",), lines),)
        case Ratio(numerator=numerator, denominator=denominator):
            return (
                _input("numerator", numerator or "Số đạt được", InputKind.AMOUNT),
                _input("denominator", denominator or "Tổng số", InputKind.AMOUNT),
            )
        case Count(label=label):
            return (_input("count", label or "Số lượng", InputKind.COUNT),)
        case Deduction(items=faults):
            return tuple(_counted(f.key, f.label) for f in faults)
        case Survey(weights=weights):
            return tuple(_counted(answer, f"Số phiếu “{answer}”") for answer, _ in weights)
        case Index(scale=scale):
            return (_input("value", f"Chỉ số đạt được (thang {format_points(scale)})", InputKind.AMOUNT),)


def _input(name: str, label: str, kind: InputKind) -> Input:
    return Input(name, label, kind, (name,))


def _counted(key: str, label: str) -> Input:
    return Input(f"counts-{key}", label, InputKind.COUNT, ("counts", key))


def shown(field: Input, data: Mapping[str, Any] | None) -> Any:
    """The value of `field` in declared data, as text or as a list of ticked keys; empty where unanswered."""
    value: Any = data
    for step in field.path:
        value = value.get(step) if isinstance(value, Mapping) else None
    if field.kind is InputKind.TICKS:
        return value or []
    if value is None:
        return ""
    return value if field.kind is InputKind.CHOICE else format_points(Decimal(value))


def described(rule: Rule, data: Mapping[str, Any] | None) -> str:
    """Declared data in one line of words, for tables and documents; empty where unanswered."""
    if not data:
        return ""
    if data.get("not_applicable"):
        return "Không áp dụng"
    if isinstance(rule, Ratio):
        return _ratio(rule, data)
    return "; ".join(
        _chosen(field, data) if field.lines else f"{field.label}: {shown(field, data)}"
        for field in inputs(rule)
        if not isinstance(rule, Direct)
    )


def told(
    rule: Rule | None,
    data: Mapping[str, Any] | None,
    *,
    points: Decimal | None,
    excluded: bool = False,
    note: str = "",
) -> str:
    """A score in one line: "1,8 điểm (45/50 = 90,00%) – ghi chú"."""
    if excluded:
        words = "không áp dụng"
    else:
        words = "chưa chấm" if points is None else f"{format_points(points)} điểm"
        reading = described(rule, data) if rule else ""
        words += f" ({reading})" if reading else ""
    return f"{words} – {note}" if note else words


def _chosen(field: Input, data: Mapping[str, Any]) -> str:
    """The option by its label; of a list of ticks what holds and what doesn't."""
    value = shown(field, data)
    if field.kind is InputKind.CHOICE:
        return next((line.label for line in field.lines if line.key == value), "")
    held = [line.label for line in field.lines if line.key in value]
    missing = [line.label for line in field.lines if line.key not in value]
    parts = [(held, "đạt"), (missing, "chưa đạt")]
    return "; ".join(f"{word}: {', '.join(labels)}" for labels, word in parts if labels)


def _ratio(rule: Ratio, data: Mapping[str, Any]) -> str:
    """ "45/50 = 90,00%", or "182/12 = 15,17" where the bands speak of a number of times."""
    numerator, denominator = (Decimal(data.get(key) or 0) for key in ("numerator", "denominator"))
    quotient = f"{format_points(numerator)}/{format_points(denominator)}"
    share = percent(numerator, denominator)
    if share is None:
        return quotient
    if any(band.start > 1 for band in rule.bands):
        return f"{quotient} = {format_points(round_half_up(share / 100, 2))}"
    return f"{quotient} = {format_percent(share)}"
