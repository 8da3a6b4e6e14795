"""Points and applicable maxima up the tree, the re-based index and the total of one layer of one unit.

How leaves add up depends on the tree alone, so a `Plan` works it out once and is then applied to any number
of units, either leaf by leaf or from sums that the database has already made per bucket.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

from criteria.points import ZERO, percent, round_half_up
from criteria.scoring import LeafScore
from criteria.tree import Combine, CriteriaTree, Criterion, Role, Source


# Tuples, because thousands of units need tens of thousands of these, and a frozen dataclass takes thrice the time.
class Sum(NamedTuple):
    """What the scored leaves of one bucket add up to. Leaves without a score take no part in it."""

    points: Decimal = ZERO
    excluded: Decimal = ZERO  # maximum points of the leaves that are excluded
    answered: int = 0


NOTHING = Sum()


class NodeTally(NamedTuple):
    """One criterion; `leaves` counts those of its own role that the layer knows."""

    points: Decimal
    applicable: Decimal
    answered: int
    leaves: int

    @property
    def percent(self) -> Fraction | None:
        """Exact; None where nothing is applicable."""
        return percent(self.points, self.applicable)

    @property
    def lost(self) -> Decimal:
        return self.applicable - self.points


@dataclass(frozen=True, slots=True)
class Tally:
    """One unit's layer: every criterion by code, and how the total comes about."""

    nodes: Mapping[str, NodeTally]
    base_points: Decimal
    applicable: Decimal
    index: Decimal
    bonus: Decimal
    penalty: Decimal  # never above 0
    total: Decimal
    answered: int
    leaves: int

    @property
    def unanswered(self) -> int:
        return self.leaves - self.answered

    @property
    def is_provisional(self) -> bool:
        return self.unanswered > 0


def tally(
    tree: CriteriaTree,
    scores: Mapping[str, LeafScore],
    *,
    sources: Container[Source] | None = None,
    rebase: bool = True,
) -> Tally:
    """Totals of one unit from leaf scores; see `Plan`, which many units can share.

    The self layer is `sources={Source.UNIT}, rebase=False`.
    """
    return Plan(tree, sources=sources, rebase=rebase).tally_leaves(scores)


def bucket_code(tree: CriteriaTree) -> dict[str, str]:
    """For every leaf the highest criterion up to which points are plainly summed within one role.

    Only adding happens on the way up to a bucket, so SQL can do it; a best-of or a cap comes after it.
    """
    return dict(Plan(tree, by_bucket=True).bucket_of)


@dataclass(frozen=True, slots=True)
class _Part:
    """A criterion and what counts towards it: leaves summed straight into it, and parts worked out first."""

    criterion: Criterion
    leaves: tuple[Criterion, ...] = ()
    maximum: Decimal = ZERO
    parts: tuple[_Part, ...] = ()

    def merged(self, other: _Part) -> _Part:
        return replace(
            self,
            leaves=self.leaves + other.leaves,
            maximum=self.maximum + other.maximum,
            parts=self.parts + other.parts,
        )

    def walk(self) -> Iterator[_Part]:
        yield self
        for part in self.parts:
            yield from part.walk()

    def codes(self) -> set[str]:
        return {leaf.code for part in self.walk() for leaf in part.leaves}


class Plan:
    """How the leaves of a layer add up. With `by_bucket` only criteria from the buckets up are worked out."""

    def __init__(
        self,
        tree: CriteriaTree,
        *,
        sources: Container[Source] | None = None,
        rebase: bool = True,
        by_bucket: bool = False,
    ) -> None:
        self._tree, self._rebase = tree, rebase
        self._sources, self._by_bucket = sources, by_bucket
        self._areas = tuple(self._part(area) for area in tree.areas)
        self._extras = {
            role: tuple(self._part(root) for root in _roots(tree.criteria, role))
            for role in (Role.BONUS, Role.PENALTY)
        }
        self._roots = (*self._areas, *chain.from_iterable(self._extras.values()))
        self.bucket_of: Mapping[str, str] = {
            leaf.code: part.criterion.code
            for root in self._roots
            for part in root.walk()
            for leaf in part.leaves
        }
        self._buckets = frozenset(self.bucket_of.values())

    def tally_leaves(self, scores: Mapping[str, LeafScore]) -> Tally:
        """Totals from leaf scores; a missing code is an unanswered leaf, other sources are ignored."""
        _refuse_strangers(scores.keys() - self._tree.by_code.keys())
        sums: dict[str, Sum] = {}
        for code, bucket in self.bucket_of.items():
            if leaf := scores.get(code):
                excluded = self._tree.by_code[code].max_points if leaf.excluded else ZERO
                so_far = sums.get(bucket, NOTHING)
                sums[bucket] = Sum(
                    so_far.points + leaf.points, so_far.excluded + excluded, so_far.answered + 1
                )
        return self.tally(sums)

    def tally(self, sums: Mapping[str, Sum]) -> Tally:
        """Totals from one Sum per bucket code of this plan; a missing bucket has no answered leaf."""
        _refuse_strangers(sums.keys() - self._buckets)
        nodes: dict[str, NodeTally] = {}
        areas = [_work_out(part, sums, nodes) for part in self._areas]
        extras = {
            role: [_work_out(part, sums, nodes) for part in parts] for role, parts in self._extras.items()
        }
        base_points = sum((area.points for area in areas), ZERO)
        applicable = sum((area.applicable for area in areas), ZERO)
        index = self._index(base_points, applicable)
        bonus, penalty = (
            sum((node.points for node in extras[role]), ZERO) for role in (Role.BONUS, Role.PENALTY)
        )
        total = max(index + bonus + penalty, ZERO)
        if self._tree.cap_total is not None:
            total = min(total, self._tree.cap_total)
        everything = [*areas, *chain.from_iterable(extras.values())]
        return Tally(
            nodes=nodes,
            base_points=base_points,
            applicable=applicable,
            index=index,
            bonus=bonus,
            penalty=penalty,
            total=total,
            answered=sum(node.answered for node in everything),
            leaves=sum(node.leaves for node in everything),
        )

    def settled(self, answered: Set[str]) -> frozenset[str]:
        """Codes of the leaves that need no answer any more: those `answered`, and of a best-of parent with a complete
        child those of the others. Not of a plan `by_bucket`."""
        found = set(answered & self.bucket_of.keys())
        for root in self._roots:
            for part in reversed(list(root.walk())):
                if part.criterion.combine is Combine.BEST:
                    children = [child.codes() for child in part.parts]
                    if any(codes and codes <= found for codes in children):
                        found.update(*children)
        return frozenset(found)

    def _index(self, base_points: Decimal, applicable: Decimal) -> Decimal:
        if not self._rebase or applicable == self._tree.total:
            return base_points
        if not applicable:
            return ZERO
        exact = Fraction(base_points) / Fraction(applicable) * Fraction(self._tree.total)
        return round_half_up(exact, self._tree.decimals)

    def _part(self, criterion: Criterion) -> _Part:
        if criterion.is_leaf:
            known = self._sources is None or criterion.source in self._sources
            return _Part(criterion, (criterion,), criterion.max_points) if known else _Part(criterion)
        own = _Part(criterion)
        for child in criterion.children:
            if child.role is criterion.role:
                part = self._part(child)
                merges = self._by_bucket and criterion.combine is Combine.SUM and _only_adds(child)
                own = own.merged(part) if merges else replace(own, parts=(*own.parts, part))
        return own


def _only_adds(criterion: Criterion) -> bool:
    """Nothing but addition happens at it, so that its leaves may be added to its parent's at once."""
    return criterion.is_leaf or (criterion.combine is Combine.SUM and criterion.role is Role.BASE)


def _roots(criteria: tuple[Criterion, ...], role: Role, above: Role | None = None) -> Iterator[Criterion]:
    """The highest criteria of a role, wherever they stand."""
    for criterion in criteria:
        if criterion.role is role and above is not role:
            yield criterion
        yield from _roots(criterion.children, role, criterion.role)


def _work_out(part: _Part, sums: Mapping[str, Sum], nodes: dict[str, NodeTally]) -> NodeTally:
    """The part's tally; it and everything below it are also written to `nodes`."""
    criterion = part.criterion
    below = [_work_out(child, sums, nodes) for child in part.parts] if part.parts else []
    if criterion.combine is Combine.BEST:
        node = _best(criterion, below)
    elif not below:
        own = sums.get(criterion.code, NOTHING)
        node = NodeTally(own.points, part.maximum - own.excluded, own.answered, len(part.leaves))
    else:
        own = sums.get(criterion.code, NOTHING)
        node = NodeTally(
            sum((child.points for child in below), own.points),
            sum((child.applicable for child in below), part.maximum - own.excluded),
            sum((child.answered for child in below), own.answered),
            sum((child.leaves for child in below), len(part.leaves)),
        )
    if criterion.role is not Role.BASE:
        cap = criterion.max_points
        node = node._replace(points=max(-cap, min(node.points, cap)), applicable=min(node.applicable, cap))
    nodes[criterion.code] = node
    return node


def _best(criterion: Criterion, below: list[NodeTally]) -> NodeTally:
    """One complete child is enough: the leaves of the others then count as answered too."""
    known = [child for child in below if child.leaves]
    leaves = sum(child.leaves for child in known)
    complete = any(child.answered == child.leaves for child in known)
    return NodeTally(
        points=max((child.points for child in known), default=ZERO),
        applicable=criterion.max_points if any(child.applicable for child in known) else ZERO,
        answered=leaves if complete else sum(child.answered for child in known),
        leaves=leaves,
    )


def _refuse_strangers(codes: Set[str]) -> None:
    # Points under a code that nobody adds up would vanish in silence.
    if codes:
        raise ValueError(f"not part of this tally: {', '.join(sorted(codes))}")
