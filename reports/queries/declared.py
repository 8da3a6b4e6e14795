"""A sheet as its unit filled it in: of what came after it was sent, nothing is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from accounts.vietnamese import fold
from assessments.models import Assessment, Attachment, Layer
from assessments.outcome import Decision
from assessments.queries.sheet import LeafRow, sections_of, summary_of
from criteria.inputs import described
from criteria.points import ZERO
from criteria.queries import stored_tree
from criteria.rules import Ratio
from criteria.scoring import LeafScore
from criteria.tree import Criterion
from reports.kinds.declared import Amount, Declared, DeclaredArea, DeclaredRow
from reports.queries.last_year import AmountsBefore, amounts_before, amounts_in


def declared_on(assessment: Assessment) -> Declared:
    """Of a sheet from `Assessment.objects.in_context()`."""
    tree = stored_tree(assessment.cohort.criteria_set).tree
    decision = tree.decision
    summary, total = summary_of(assessment, Layer.SELF), None
    if summary.total is not None and summary.total.answered:
        total = summary.total
    return Declared(
        unit=assessment.unit.name,
        year=assessment.period.year,
        cohort=assessment.cohort.name,
        set_name=tree.name,
        set_decision=Decision(decision.number, decision.issued_on, decision.issuer)
        if decision.number
        else None,
        max_total=tree.total,
        central=summary.central,
        total=total.total if total else None,
        bonus=total.bonus if total else ZERO,
        penalty=total.penalty if total else ZERO,
        state=assessment.get_state_display(),
        submitted_at=assessment.submitted_at,
        receipt=assessment.receipt,
        areas=tuple(
            DeclaredArea(
                line.criterion.code,
                line.criterion.name,
                line.criterion.role,
                line.total.points,
                line.total.applicable,
                line.total.answered,
                line.total.leaves,
            )
            for line in summary.areas
        ),
        rows=tuple(_rows(assessment)),
    )


def _rows(assessment: Assessment) -> Iterator[DeclaredRow]:
    stored = stored_tree(assessment.cohort.criteria_set)
    leaves = {
        entry.criterion.code: entry
        for section in sections_of(assessment)
        for entry in section.entries
        if isinstance(entry, LeafRow)
    }
    # What is stored of areas and of the whole stands in their own table; headings between have no stored total.
    tally = stored.unit_plan.tally_leaves(
        {
            code: LeafScore(own.points or ZERO, own.excluded)
            for code, leaf in leaves.items()
            if (own := leaf.own) is not None and own.is_answered
        }
    )

    before = amounts_before(assessment)

    def walk(node: Criterion, depth: int) -> Iterator[DeclaredRow]:
        if leaf := leaves.get(node.code):
            yield _leaf(leaf, depth, assessment, before)
        else:
            known = tally.nodes.get(node.code)
            own = bool(known and known.leaves)
            points = known.points if known and known.answered else None
            yield DeclaredRow(node.code, node.name, depth, node.role, node.max_points, points, False, own)
        for child in node.children:
            yield from walk(child, depth + 1)

    for top in stored.tree.criteria:
        yield from walk(top, 0)


def _leaf(leaf: LeafRow, depth: int, assessment: Assessment, before: AmountsBefore) -> DeclaredRow:
    own, node = leaf.own, leaf.criterion
    return DeclaredRow(
        code=node.code,
        name=node.name,
        depth=depth,
        role=node.role,
        max_points=node.max_points,
        points=own.points if own else None,
        is_leaf=True,
        is_own=leaf.scored_by_unit,
        excluded=bool(own and own.excluded),
        reading=described(node.rule, own.data) if own and node.rule else "",
        note=leaf.note,
        evidence=tuple(_title(one) for one in leaf.attached if _is_in_time(one, assessment)),
        evidence_note=leaf.evidence_note,
        evidence_required=node.evidence_required,
        amounts=_amounts(node, own.data if own else None, before),
        is_ratio=isinstance(node.rule, Ratio) and not node.rule.allow_over,
    )


def _amounts(node: Criterion, data: Any, before: AmountsBefore) -> tuple[Amount, ...]:
    return tuple(
        Amount(label, value, before.get((fold(node.name), label)))
        for label, value in amounts_in(node.rule, data)
    )


def _is_in_time(attachment: Attachment, assessment: Assessment) -> bool:
    """What is attached after the sheet was sent belongs to an explanation."""
    return assessment.submitted_at is None or attachment.attached_at <= assessment.submitted_at


def _title(attachment: Attachment) -> str:
    return attachment.evidence.title
