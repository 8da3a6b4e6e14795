"""The only writers of criteria sets."""

from __future__ import annotations

import hashlib

from django.db import transaction

from criteria import tree
from criteria.models import CriteriaSet, Criterion
from criteria.schema import dump_set
from criteria.tally import bucket_code


@transaction.atomic
def load_set(criteria_tree: tree.CriteriaTree) -> CriteriaSet:
    """Store a checked tree as a set of its code and version.

    IntegrityError where that version exists; a version that no period uses is replaced by `replace_set`.
    """
    criteria_set = CriteriaSet.objects.create(
        code=criteria_tree.code,
        version=criteria_tree.version,
        name=criteria_tree.name,
        decision_number=criteria_tree.decision.number,
        decision_date=criteria_tree.decision.issued_on,
        decision_issuer=criteria_tree.decision.issuer,
        total=criteria_tree.total,
        decimals=criteria_tree.decimals,
        cap_total=criteria_tree.cap_total,
        tie_breaks=list(criteria_tree.tie_breaks),
        grades=[{"from": f"{g.threshold:f}", "label": g.label} for g in criteria_tree.grades],
        illustration=criteria_tree.illustration,
        fingerprint=fingerprint(criteria_tree),
    )
    rows: dict[str, Criterion] = {}
    for position, (node, parent, area) in enumerate(_with_ancestors(criteria_tree), start=1):
        rows[node.code] = Criterion(
            criteria_set=criteria_set,
            position=position,
            code=node.code,
            name=node.name,
            max_points=node.max_points,
            role=node.role,
            combine=node.combine,
            rule=node.rule and node.rule.as_dict(),
            source=node.source,
            not_applicable=node.not_applicable,
            rule_text=node.rule_text,
            guide=node.guide,
            evidence=node.evidence,
            evidence_required=node.evidence_required,
            owner=node.owner,
            components=[{"code": c.code, "name": c.name} for c in node.components],
            examples=[{"data": e.data, "expect": e.expect} for e in node.examples],
        )
    Criterion.objects.bulk_create(rows.values())
    buckets = bucket_code(criteria_tree)
    for node, parent, area in _with_ancestors(criteria_tree):
        row = rows[node.code]
        row.parent = parent and rows[parent.code]
        row.area = rows[area.code]
        row.bucket = rows[buckets[node.code]] if node.code in buckets else None
    Criterion.objects.bulk_update(rows.values(), ["parent", "area", "bucket"])
    return criteria_set


def fingerprint(criteria_tree: tree.CriteriaTree) -> str:
    """SHA-256 over the whole content of a set; any corrected word changes it."""
    return hashlib.sha256(dump_set(criteria_tree).encode()).hexdigest()


def _with_ancestors(criteria_tree: tree.CriteriaTree):
    """Every criterion in order, with its parent (None at the top) and the top one it hangs under."""

    def walk(node: tree.Criterion, parent: tree.Criterion | None, area: tree.Criterion):
        yield node, parent, area
        for child in node.children:
            yield from walk(child, node, area)

    for top in criteria_tree.criteria:
        yield from walk(top, None, top)
