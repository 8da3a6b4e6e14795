"""The rows of one sheet at every depth: what the unit, the appraisers and the council said, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from accounts.vietnamese import continued
from assessments.models import CorrectedScore, Layer, Score, ScoreBase
from assessments.outcome import OutcomeRow
from assessments.queries.overlay import Overlay
from criteria.inputs import described
from criteria.points import ZERO
from criteria.queries import StoredTree
from criteria.rules import Direct
from criteria.scoring import LeafScore
from criteria.tally import Tally
from criteria.tree import Combine, Criterion, Role, Source

BEFORE_COUNCIL = (Layer.SELF, Layer.ROUND1, Layer.ROUND2)


class ResultRows:
    """Points above the leaves come from the tally of their layer. Without points, only the unit's are shown.

    What `overlay` says of a leaf stands for what the council said.
    """

    def __init__(
        self, stored: StoredTree, scores: Iterable[Score], overlay: Overlay, *, has_points: bool
    ) -> None:
        self._has_points = has_points
        self._scores: dict[str, dict[str, ScoreBase]] = {layer: {} for layer in Layer}
        for score in scores:
            # A leaf of an older version of the set has no code in this one.
            if code := stored.codes.get(score.criterion_id):
                said: ScoreBase = score
                if score.layer == Layer.COUNCIL:
                    said = overlay.get((score.assessment_id, score.criterion_id), score)
                self._scores[score.layer][code] = said
        # The later round is what the appraisers settled on.
        settled = next((layer for layer in (Layer.ROUND2, Layer.ROUND1) if self._scores[layer]), None)
        self._own = stored.unit_plan.tally_leaves(self._leaf_scores(Layer.SELF))
        self._appraised = settled and stored.unit_plan.tally_leaves(self._leaf_scores(settled))
        self._council = stored.full_plan.tally_leaves(self._leaf_scores(Layer.COUNCIL))

    def row(self, node: Criterion, depth: int = 0) -> OutcomeRow:
        council = self._council.nodes[node.code]
        children = tuple(self.row(child, depth + 1) for child in node.children if child.role is node.role)
        shown = OutcomeRow(
            code=node.code,
            name=node.name,
            depth=depth,
            max_points=node.max_points,
            self_points=_unit_points(self._own, node),
            points=None,
            children=children,
        )
        if not self._has_points:
            return shown
        return replace(
            shown,
            max_points=council.applicable,
            appraised_points=_unit_points(self._appraised, node),
            points=council.points,
            reason=self._reason(node, children),
            note="; ".join(
                filter(None, (self._correction(node), "" if council.applicable else "Không áp dụng"))
            ),
        )

    def _correction(self, node: Criterion) -> str:
        said = self._scores[Layer.COUNCIL].get(node.code)
        if not isinstance(said, CorrectedScore):
            return ""
        return f"Đã đính chính theo {said.publication}"

    def _leaf_scores(self, layer: str) -> dict[str, LeafScore]:
        return {
            code: LeafScore(score.points or ZERO, score.excluded)
            for code, score in self._scores[layer].items()
            if score.is_answered
        }

    def _reason(self, node: Criterion, children: tuple[OutcomeRow, ...]) -> str:
        if node.is_leaf:
            return self._leaf_reason(node)
        if node.combine is Combine.BEST and children:
            # Only the child that counts explains what its parent lost.
            return max(children, key=lambda child: child.points or ZERO).reason
        return ""

    def _leaf_reason(self, leaf: Criterion) -> str:
        """Of the layer that decided: the council's or its correction, the appraisers' who lowered it, else what was
        declared."""
        council = self._scores[Layer.COUNCIL].get(leaf.code)
        if council is None:
            return ""
        if council.note.strip():
            return council.note.strip()
        if not (council.points if leaf.role is Role.PENALTY else _lost(council, leaf)):
            return ""
        found = (self._scores[layer].get(leaf.code) for layer in BEFORE_COUNCIL)
        for before, after in reversed(list(pairwise(score for score in found if score is not None))):
            if after.note.strip() and _lost(after, leaf) > _lost(before, leaf):
                return after.note.strip()
        own = self._scores[Layer.SELF].get(leaf.code)
        if leaf.source is Source.UNIT and (own is None or not own.is_answered):
            return "Đơn vị không tự chấm tiêu chí này"
        declared = (
            "" if leaf.rule is None or isinstance(leaf.rule, Direct) else described(leaf.rule, council.data)
        )
        note = own.note.strip() if own else ""
        return f"{declared}; {continued(note)}" if declared and note else declared or note


def _unit_points(tally: Tally | None, node: Criterion) -> Decimal | None:
    """None where the unit had nothing to score, all of it being central or not applicable."""
    known = tally.nodes.get(node.code) if tally else None
    return known.points if known and known.leaves and known.applicable else None


def _lost(score: ScoreBase, leaf: Criterion) -> Decimal:
    return ZERO if score.excluded else leaf.max_points - (score.points or ZERO)
