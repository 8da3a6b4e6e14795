"""Stored criteria sets read back as values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from criteria import tree
from criteria.models import CriteriaSet, Criterion
from criteria.rules import read_rule
from criteria.tally import Plan


@dataclass(frozen=True)
class StoredTree:
    """A tree together with the primary keys of its criteria."""

    tree: tree.CriteriaTree
    ids: dict[str, int]
    codes: dict[int, str]

    @cached_property
    def full_plan(self) -> Plan:
        """Totals over every leaf, re-based: the council's."""
        return Plan(self.tree)

    @cached_property
    def unit_plan(self) -> Plan:
        """Totals over what units score themselves, never re-based: the layers before the council."""
        return Plan(self.tree, sources={tree.Source.UNIT}, rebase=False)

    @cached_property
    def central_maximum(self) -> Decimal:
        """Base points that units don't score themselves: survey and external leaves."""
        central = (leaf for leaf in self.tree.leaves() if leaf.source is not tree.Source.UNIT)
        return sum((leaf.max_points for leaf in central if leaf.role is tree.Role.BASE), Decimal(0))


def stored_tree(criteria_set: CriteriaSet) -> StoredTree:
    """The tree of a stored set. Built once per process and content: the fingerprint changes with any word."""
    return _stored_tree(criteria_set.pk, criteria_set.fingerprint)


@lru_cache(maxsize=64)
def _stored_tree(pk: int, fingerprint: str) -> StoredTree:
    criteria_set = CriteriaSet.objects.get(pk=pk)
    rows = list(criteria_set.criteria.order_by("position"))
    children: dict[int | None, list[Criterion]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)

    def build(row: Criterion) -> tree.Criterion:
        max_points = row.max_points
        return tree.Criterion(
            code=row.code,
            name=row.name,
            max_points=max_points,
            role=tree.Role(row.role),
            combine=tree.Combine(row.combine),
            rule=row.rule and read_rule(row.rule, max_points=max_points, decimals=criteria_set.decimals),
            source=tree.Source(row.source),
            not_applicable=tree.NotApplicable(row.not_applicable),
            rule_text=row.rule_text,
            guide=row.guide,
            evidence=row.evidence,
            evidence_required=row.evidence_required,
            owner=row.owner,
            components=tuple(tree.Component(**component) for component in row.components),
            examples=tuple(tree.Example(**example) for example in row.examples),
            children=tuple(build(child) for child in children.get(row.pk, [])),
        )

    return StoredTree(
        tree=tree.CriteriaTree(
            code=criteria_set.code,
            version=criteria_set.version,
            name=criteria_set.name,
            decision=tree.Decision(
                number=criteria_set.decision_number,
                issued_on=criteria_set.decision_date,
                issuer=criteria_set.decision_issuer,
            ),
            criteria=tuple(build(row) for row in children.get(None, [])),
            total=criteria_set.total,
            decimals=criteria_set.decimals,
            cap_total=criteria_set.cap_total,
            tie_breaks=tuple(criteria_set.tie_breaks),
            grades=tuple(tree.Grade(Decimal(grade["from"]), grade["label"]) for grade in criteria_set.grades),
            illustration=criteria_set.illustration,
        ),
        ids={row.code: row.pk for row in rows},
        codes={row.pk: row.code for row in rows},
    )
