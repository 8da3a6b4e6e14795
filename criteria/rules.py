"""The rule kinds: typed data, checked strictly when a set is loaded. How they score: criteria.scoring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Any, ClassVar, TypeVar

from criteria.declaration import Declaration, KeyProblem
from criteria.points import canonical

ONE = Decimal(1)


class InvalidRule(ValueError):
    """Every problem of one declared rule."""

    def __init__(self, problems: Iterable[KeyProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


class WhenZero(StrEnum):
    """What a denominator of 0 means."""

    FULL = "full"
    NOT_APPLICABLE = "not_applicable"
    ZERO = "zero"
    ERROR = "error"


class Target(StrEnum):
    """ASSIGNED: the unit's own target for the period, entered centrally."""

    ASSIGNED = "assigned"


@dataclass(frozen=True)
class Scale:
    """What the criterion and its set allow: points up to `max_points` with at most `decimals` places."""

    max_points: Decimal
    decimals: int


class Declared:
    """Gives a dataclass its canonical declaration: strings, booleans, lists, mappings; no defaults."""

    kind: ClassVar[str] = ""

    def as_dict(self) -> dict[str, Any]:
        declared: dict[str, Any] = {"kind": self.kind} if self.kind else {}
        for part in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            value = getattr(self, part.name)
            if value != part.default:
                declared[part.metadata.get("key", part.name)] = _spelled(value)
        return declared


class Award(Declared):
    """What an option or a band gives: points, or a share of the maximum."""

    points: Decimal | None
    share: Decimal | None

    def worth(self, max_points: Decimal | Fraction) -> Fraction:
        if self.points is not None:
            return Fraction(self.points)
        return Fraction(self.share or 0) * Fraction(max_points)


@dataclass(frozen=True)
class Option(Award):
    key: str
    label: str
    points: Decimal | None = None
    share: Decimal | None = None

    @classmethod
    def read(cls, declared: Declaration, scale: Scale) -> Option:
        return cls(*_key_and_label(declared), **_award(declared, scale, "points", "share"))


@dataclass(frozen=True)
class Band(Award):
    """Holds from `start` up, or only above it when `open`. `linear` occurs in ratios only."""

    start: Decimal = field(metadata={"key": "from"})
    open: bool = False
    points: Decimal | None = None
    share: Decimal | None = None
    linear: bool = False

    def holds(self, value: Fraction) -> bool:
        return value > self.start or (value == self.start and not self.open)


@dataclass(frozen=True)
class Item(Declared):
    """A line of a checklist; without `points`, its absence costs the rule's `per_missing`."""

    key: str
    label: str
    points: Decimal | None = None

    @classmethod
    def read(cls, declared: Declaration, scale: Scale) -> Item:
        key, label = _key_and_label(declared)
        return cls(key, label, _points(declared, scale) if "points" in declared else None)


@dataclass(frozen=True)
class Fault(Declared):
    """A line of a deduction: each one counted takes `unit` points away."""

    key: str
    label: str
    unit: Decimal

    @classmethod
    def read(cls, declared: Declaration, scale: Scale) -> Fault:
        return cls(*_key_and_label(declared), declared.number("unit"))


@dataclass(frozen=True)
class Direct(Declared):
    """Points as typed, in multiples of `step` if there is one."""

    kind: ClassVar[str] = "direct"
    step: Decimal | None = None

    @classmethod
    def read(cls, declared: Declaration, scale: Scale) -> Direct:
        return cls(declared.positive("step"))


@dataclass(frozen=True)
class Choice(Declared):
    """One of several described situations."""

    kind: ClassVar[str] = "choice"
    options: tuple[Option, ...]

    @classmethod
    def read(cls, declared: Declaration, scale: Scale) -> Choice:
        return cls(_keyed(declared, scale, "options", Option))


@dataclass(frozen=True)
class Checklist(Declared):
    """Lines that hold or not: each one ticked gives its points, or each one missing takes `per_missing`."""

    kind: ClassVar[str] = "checklist"
    items: tuple[Item, ...]
    per_missing: Decimal | None = None

    @classmethod
    def read(cls, declared: Declaration, scale: Scale) -> Checklist:
        items = _keyed(declared, scale, "items", Item)
        with_points = [item for item in items if item.points is not None]
        if "per_missing" in declared:
            if with_points:
                declared.report("per_missing", "không dùng cùng lúc với điểm của từng mục")
        elif len(with_points) < len(items):
            declared.report("items", "mọi mục phải có points, nếu không thì quy tắc phải có per_missing")
        return cls(items, declared.positive("per_missing"))


@dataclass(frozen=True)
class Ratio(Declared):
    """A part of a whole; linear up to `target` unless bands say otherwise. Two labels name the figures."""

    kind: ClassVar[str] = "ratio"
    numerator: str = ""
    denominator: str = ""
    bands: tuple[Band, ...] = ()
    target: Decimal | Target = ONE
    when_zero: WhenZero = WhenZero.ERROR
    allow_over: bool = False

    @classmethod
    def read(cls, declared: Declaration, scale: Scale) -> Ratio:
        return cls(
            numerator=declared.text("numerator", ""),
            denominator=declared.text("denominator", ""),
            bands=_bands(declared, scale, "points", "share", "linear"),
            target=Target.ASSIGNED
            if declared.says("target", Target.ASSIGNED)
            else declared.positive("target") or ONE,
            when_zero=declared.member("when_zero", WhenZero, WhenZero.ERROR),
            allow_over=declared.flag("allow_over"),
        )


@dataclass(frozen=True)
class Count(Declared):
    """How many there are: so much for each, or bands on the number. Exactly one of the two is set."""

    kind: ClassVar[str] = "count"
    label: str = ""
    per_unit: Decimal | None = None
    bands: tuple[Band, ...] = ()

    @classmethod
    def read(cls, declared: Declaration, scale: Scale) -> Count:
        if ("per_unit" in declared) == ("bands" in declared):
            declared.report("", "phải có per_unit hoặc bands, và chỉ một trong hai")
        return cls(
            label=declared.text("label", ""),
            per_unit=declared.positive("per_unit"),
            bands=_bands(declared, scale, "points", "share"),
        )


@dataclass(frozen=True)
class Deduction(Declared):
    """The maximum minus what each fault costs, at most `cap` in all."""

    kind: ClassVar[str] = "deduction"
    items: tuple[Fault, ...]
    cap: Decimal | None = None

    @classmethod
    def read(cls, declared: Declaration, scale: Scale) -> Deduction:
        return cls(_keyed(declared, scale, "items", Fault), declared.positive("cap"))


@dataclass(frozen=True)
class Survey(Declared):
    """Answers counted by kind; each has a weight from 0 to 1, in the declared order."""

    kind: ClassVar[str] = "survey"
    weights: tuple[tuple[str, Decimal], ...]

    @classmethod
    def read(cls, declared: Declaration, scale: Scale) -> Survey:
        return cls(tuple(declared.numbers("weights", at_most=ONE).items()))

    def as_dict(self) -> dict[str, Any]:
        weights = {answer: canonical(weight) for answer, weight in self.weights}
        return {"kind": self.kind, "weights": weights}


@dataclass(frozen=True)
class Index(Declared):
    """A published index, as a part of its own full scale."""

    kind: ClassVar[str] = "index"
    scale: Decimal

    @classmethod
    def read(cls, declared: Declaration, scale: Scale) -> Index:
        return cls(declared.number("scale", positive=True))


Rule = Direct | Choice | Checklist | Ratio | Count | Deduction | Survey | Index
KINDS: dict[str, type[Rule]] = {
    rule.kind: rule for rule in (Direct, Choice, Checklist, Ratio, Count, Deduction, Survey, Index)
}


def read_rule(raw: object, *, max_points: Decimal, decimals: int) -> Rule:
    """A rule from its declared mapping; InvalidRule lists all problems. `rule.as_dict()` is the inverse."""
    problems: list[KeyProblem] = []
    declared = Declaration(raw, problems)
    kind = declared.text("kind")
    if kind and kind not in KINDS:
        declared.report("kind", "phải là một trong: " + ", ".join(KINDS))
    if problems:
        raise InvalidRule(problems)
    rule = KINDS[kind].read(declared, Scale(max_points, decimals))
    declared.close()
    if problems:
        raise InvalidRule(problems)
    return rule


Keyed = TypeVar("Keyed", Option, Item, Fault)


def _keyed(declared: Declaration, scale: Scale, key: str, line: type[Keyed]) -> tuple[Keyed, ...]:
    rows = declared.rows(key)
    lines = tuple(line.read(row, scale) for row in rows)
    for row in rows:
        row.close()
    for repeated, times in Counter(entry.key for entry in lines if entry.key).items():
        if times > 1:
            declared.report(key, f"mã “{repeated}” bị lặp {times} lần")
    return lines


def _key_and_label(declared: Declaration) -> tuple[str, str]:
    key = declared.text("key")
    return key, declared.text("label", key)


def _points(declared: Declaration, scale: Scale) -> Decimal:
    return declared.number("points", at_most=scale.max_points, decimals=scale.decimals)


def _award(declared: Declaration, scale: Scale, *allowed: str) -> dict[str, Any]:
    given = [name for name in allowed if name in declared]
    if len(given) != 1:
        declared.report("", "phải có đúng một trong: " + ", ".join(allowed))
    award: dict[str, Any] = {}
    if "points" in given:
        award["points"] = _points(declared, scale)
    if "share" in given:
        award["share"] = declared.number("share", at_most=ONE)
    if "linear" in given:
        award["linear"] = declared.flag("linear")
        if not award["linear"]:
            declared.report("linear", "chỉ nhận true")
    return award


def _bands(declared: Declaration, scale: Scale, *allowed: str) -> tuple[Band, ...]:
    if "bands" not in declared:
        return ()
    rows = declared.rows("bands")
    bands = tuple(Band(row.number("from"), row.flag("open"), **_award(row, scale, *allowed)) for row in rows)
    for row in rows:
        row.close()
    for row, (upper, lower) in zip(rows[1:], pairwise(bands), strict=True):
        if lower.start >= upper.start:
            row.report("from", "các mức phải giảm dần")
    if bands and (bands[-1].start or bands[-1].open):
        rows[-1].report("from", "mức cuối cùng phải là from: 0, không có open")
    return bands


def _spelled(value: object) -> object:
    match value:
        case Decimal():
            return canonical(value)
        case StrEnum():
            return value.value
        case tuple():
            return [line.as_dict() for line in value]
    return value
