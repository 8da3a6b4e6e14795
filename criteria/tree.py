"""A criteria set as plain values: what the engine scores, the reader checks and the database stores.

Points are exact Decimals. A leaf is a criterion with a rule; a criterion has either a rule or children.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from criteria.rules import Rule


class Role(StrEnum):
    BASE = "base"
    BONUS = "bonus"
    PENALTY = "penalty"


class Combine(StrEnum):
    SUM = "sum"
    BEST = "best"


class Source(StrEnum):
    """Who enters the data of a leaf; only UNIT leaves are scored by the unit itself."""

    UNIT = "unit"
    SURVEY = "survey"
    EXTERNAL = "external"


class NotApplicable(StrEnum):
    """What "không áp dụng" means at a leaf."""

    NONE = "none"
    FULL = "full"
    EXCLUDE = "exclude"


@dataclass(frozen=True)
class Component:
    """A named part of a direct leaf: a label for where points were lost, without points of its own."""

    code: str
    name: str


@dataclass(frozen=True)
class Example:
    """A worked example that must hold when the set is loaded. `expect` as in docs/scoring.md."""

    data: dict[str, Any]
    expect: dict[str, Any]


@dataclass(frozen=True)
class Criterion:
    code: str
    name: str
    max_points: Decimal
    role: Role = Role.BASE
    combine: Combine = Combine.SUM
    rule: Rule | None = None
    source: Source = Source.UNIT
    not_applicable: NotApplicable = NotApplicable.NONE
    rule_text: str = ""
    guide: str = ""
    evidence: str = ""
    evidence_required: bool = False
    owner: str = ""
    components: tuple[Component, ...] = ()
    examples: tuple[Example, ...] = ()
    children: tuple[Criterion, ...] = ()

    @property
    def is_leaf(self) -> bool:
        return not self.children

    def walk(self) -> Iterator[Criterion]:
        yield self
        for child in self.children:
            yield from child.walk()

    def leaves(self) -> Iterator[Criterion]:
        return (node for node in self.walk() if node.is_leaf)


@dataclass(frozen=True)
class Grade:
    """`label` holds for totals from `threshold` points up."""

    threshold: Decimal
    label: str


@dataclass(frozen=True)
class Decision:
    number: str
    issued_on: date | None
    issuer: str


@dataclass(frozen=True)
class CriteriaTree:
    code: str
    version: int
    name: str
    decision: Decision
    criteria: tuple[Criterion, ...]
    total: Decimal = Decimal(100)
    decimals: int = 3
    cap_total: Decimal | None = None
    tie_breaks: tuple[str, ...] = ()
    grades: tuple[Grade, ...] = field(default=())
    illustration: bool = False

    @property
    def areas(self) -> tuple[Criterion, ...]:
        return tuple(node for node in self.criteria if node.role is Role.BASE)

    def walk(self) -> Iterator[Criterion]:
        for node in self.criteria:
            yield from node.walk()

    def leaves(self) -> Iterator[Criterion]:
        for node in self.criteria:
            yield from node.leaves()

    @cached_property
    def by_code(self) -> dict[str, Criterion]:
        return {node.code: node for node in self.walk()}
