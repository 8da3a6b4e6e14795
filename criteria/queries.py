"""Stored criteria sets read back as values, and what the pages show of them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property, lru_cache

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import User
from criteria import tree
from criteria.comparison import Comparison, Difference, compare
from criteria.models import WORDS, CriteriaSet, Criterion
from criteria.rules import read_rule
from criteria.schema import fingerprint
from criteria.tally import Plan
from criteria.wording import rule_in_words


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
    def full_totals(self) -> Plan:
        """`full_plan` without what lies below its buckets; three times as fast."""
        return Plan(self.tree, by_bucket=True)

    @cached_property
    def unit_totals(self) -> Plan:
        """`unit_plan` likewise."""
        return Plan(self.tree, sources={tree.Source.UNIT}, rebase=False, by_bucket=True)

    @cached_property
    def central_maximum(self) -> Decimal:
        """Base points that units can't earn by scoring themselves."""
        return self.full_totals.tally({}).applicable - self.unit_totals.tally({}).applicable


def stored_tree(criteria_set: CriteriaSet) -> StoredTree:
    """The tree of a stored set, built once per process and content.

    The fingerprint changes with any word, `loaded_at` with the rows: content that is put back has other keys.
    """
    return _stored_tree(criteria_set.pk, criteria_set.loaded_at, criteria_set.fingerprint)


@lru_cache(maxsize=64)
def _stored_tree(pk: int, loaded_at: datetime, fingerprint: str) -> StoredTree:
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


def sets_with_use() -> QuerySet[CriteriaSet]:
    """Sets with `leaf_count` and `in_use`: frozen, because a cohort has them or points hang on them."""
    cohorts = CriteriaSet.objects.filter(pk=OuterRef("pk"), cohorts__isnull=False)
    # A cohort that moved to a newer version left some of its answers behind.
    scores = Criterion.objects.filter(criteria_set=OuterRef("pk"), scores__isnull=False)
    return CriteriaSet.objects.annotate(
        leaf_count=Count("criteria", filter=Q(criteria__rule__isnull=False)),
        in_use=Exists(cohorts) | Exists(scores),
    )


def is_in_use(criteria_set: CriteriaSet) -> bool:
    return sets_with_use().filter(pk=criteria_set.pk, in_use=True).exists()


def newest_version(code: str) -> int:
    """0 where there is none."""
    newest = CriteriaSet.objects.filter(code=code).order_by("-version").first()
    return newest.version if newest else 0


@dataclass(frozen=True)
class OutlineRow:
    """A criterion under an area. `rule` in words; `owner` only where it isn't the area's."""

    pk: int
    criterion: tree.Criterion
    depth: int
    rule: str
    owner: str


@dataclass(frozen=True)
class OutlineArea:
    """A criterion at the top with all under it; a top leaf is its own only row."""

    pk: int
    criterion: tree.Criterion
    rows: tuple[OutlineRow, ...]


def outline(stored: StoredTree) -> tuple[OutlineArea, ...]:
    """The whole tree for reading, top criterion by top criterion."""

    def rows(node: tree.Criterion, area: tree.Criterion, depth: int) -> list[OutlineRow]:
        owner = "" if node.owner == area.owner else node.owner
        row = OutlineRow(stored.ids[node.code], node, depth, rule_in_words(node), owner)
        return [row, *(below for child in node.children for below in rows(child, area, depth + 1))]

    def under(area: tree.Criterion) -> list[OutlineRow]:
        if area.is_leaf:
            return rows(area, area, 0)
        return [row for child in area.children for row in rows(child, area, 0)]

    return tuple(OutlineArea(stored.ids[top.code], top, tuple(under(top))) for top in stored.tree.criteria)


@dataclass(frozen=True)
class SourceSum:
    """Leaves of one source: how many, and their points as far as they count in the areas."""

    source: tree.Source
    leaves: int
    points: Decimal


def sums_by_source(criteria_tree: tree.CriteriaTree) -> list[SourceSum]:
    leaves = [leaf for area in criteria_tree.areas for leaf in area.leaves() if leaf.role is tree.Role.BASE]
    found = []
    for source in tree.Source:
        own = [leaf.max_points for leaf in leaves if leaf.source is source]
        if own:
            found.append(SourceSum(source, len(own), sum(own, Decimal(0))))
    return found


@dataclass(frozen=True)
class Correction:
    """Words of one criterion that were changed, by whom and why."""

    code: str
    at: datetime
    by: User | None
    reason: str
    differences: tuple[Difference, ...]


def corrections(criteria_set: CriteriaSet, criterion: Criterion | None = None) -> list[Correction]:
    """Every correction of a set's wording, or of one criterion's, newest first."""
    kept = criteria_set.criteria.filter(pk=criterion.pk) if criterion else criteria_set.criteria
    records = Criterion.history.filter(id__in=kept.order_by().values("pk"))
    before: dict[int, Criterion] = {}
    found = []
    for record in records.select_related("history_user").order_by("history_date", "history_id"):
        if record.id in before:
            found.append(
                Correction(
                    code=record.code,
                    at=record.history_date,
                    by=record.history_user,
                    reason=record.history_change_reason or "",
                    differences=_changed_words(before[record.id], record),
                )
            )
        before[record.id] = record
    return found[::-1]


def _changed_words(old: Criterion, new: Criterion) -> tuple[Difference, ...]:
    labels = {word: Criterion._meta.get_field(word).verbose_name for word in WORDS}
    read = [(str(label), getattr(old, word), getattr(new, word)) for word, label in labels.items()]
    return tuple(Difference(*one) for one in read if one[1] != one[2])


def words_fingerprint(criterion: Criterion) -> str:
    """Of what a correction replaces, for a page that shows it."""
    words = [getattr(criterion, word) for word in WORDS]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Preview:
    """What storing an uploaded tree would do. `base` is what it is compared with: the content that it
    replaces, else the version before it; None where there is neither."""

    tree: tree.CriteriaTree
    stored: CriteriaSet | None
    frozen: bool
    base: CriteriaSet | None
    comparison: Comparison | None

    @property
    def same(self) -> bool:
        return self.stored is not None and self.stored.fingerprint == fingerprint(self.tree)

    @property
    def seen(self) -> str:
        return self.stored.fingerprint if self.stored else ""

    @property
    def leaf_count(self) -> int:
        return len(list(self.tree.leaves()))


def upload_preview(uploaded: tree.CriteriaTree) -> Preview:
    versions = sets_with_use().filter(code=uploaded.code)
    stored = versions.filter(version=uploaded.version).first()
    base = stored or versions.filter(version__lt=uploaded.version).order_by("-version").first()
    return Preview(
        tree=uploaded,
        stored=stored,
        frozen=bool(stored and stored.in_use),
        base=base,
        comparison=compare(stored_tree(base).tree, uploaded) if base else None,
    )
