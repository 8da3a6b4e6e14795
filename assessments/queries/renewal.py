"""A running cohort and a new version of its criteria set: what stays and what must be scored again."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.models import Assessment, Cohort, Layer, Score
from assessments.workflow import Action, State
from criteria.comparison import scoring_differences
from criteria.models import CriteriaSet
from criteria.queries import StoredTree, stored_tree
from criteria.tree import Criterion, Source


@dataclass(frozen=True)
class Changed:
    """A leaf that both versions have but score differently; `why` in words."""

    old: Criterion
    new: Criterion
    why: str


@dataclass(frozen=True)
class Comparison:
    kept: tuple[Criterion, ...]
    changed: tuple[Changed, ...]
    added: tuple[Criterion, ...]
    gone: tuple[Criterion, ...]

    @property
    def to_score(self) -> frozenset[str]:
        """Codes of the new version's leaves that units have to score and whose answers don't stay."""
        leaves = [*(pair.new for pair in self.changed), *self.added]
        return frozenset(leaf.code for leaf in leaves if leaf.source is Source.UNIT)


@dataclass(frozen=True)
class SheetRenewal:
    """What a new version means for one sheet."""

    assessment: Assessment
    kept: int
    again: tuple[str, ...]
    returns: bool
    blocked: bool


@dataclass(frozen=True)
class Renewal:
    comparison: Comparison
    sheets: tuple[SheetRenewal, ...]

    @property
    def blocked(self) -> tuple[SheetRenewal, ...]:
        return tuple(sheet for sheet in self.sheets if sheet.blocked)


def newer_versions(cohort: Cohort) -> list[CriteriaSet]:
    current = cohort.criteria_set
    return list(
        CriteriaSet.objects.filter(code=current.code, version__gt=current.version).order_by("-version")
    )


def compare(old: StoredTree, new: StoredTree) -> Comparison:
    before = {leaf.code: leaf for leaf in old.tree.leaves()}
    after = {leaf.code: leaf for leaf in new.tree.leaves()}
    # Points are rounded to the set's decimals, so with other decimals no answer is worth what it was.
    recount = "số chữ số thập phân của bộ tiêu chí" if old.tree.decimals != new.tree.decimals else ""
    kept, changed = [], []
    for code in before.keys() & after.keys():
        if why := recount or _difference(before[code], after[code]):
            changed.append(Changed(before[code], after[code], why))
        else:
            kept.append(after[code])
    order = {code: place for place, code in enumerate(after)}
    return Comparison(
        kept=tuple(sorted(kept, key=lambda leaf: order[leaf.code])),
        changed=tuple(sorted(changed, key=lambda pair: order[pair.new.code])),
        added=tuple(leaf for code, leaf in after.items() if code not in before),
        gone=tuple(leaf for code, leaf in before.items() if code not in after),
    )


def _difference(old: Criterion, new: Criterion) -> str:
    return ", ".join(found.label for found in scoring_differences(old, new))


def renewal_preview(cohort: Cohort, criteria_set: CriteriaSet) -> Renewal:
    """What moving the cohort to that version would do, sheet by sheet."""
    old, new = stored_tree(cohort.criteria_set), stored_tree(criteria_set)
    comparison = compare(old, new)
    answered: dict[int, set[str]] = {}
    own = Score.objects.filter(assessment__cohort=cohort, layer=Layer.SELF, criterion__in=old.codes)
    for score in own.order_by("pk"):
        if score.is_answered:
            answered.setdefault(score.assessment_id, set()).add(old.codes[score.criterion_id])
    kept = {leaf.code for leaf in comparison.kept}
    sheets = cohort.assessments.select_related("unit").order_by("unit__sort_key", "unit__code")
    return Renewal(
        comparison,
        tuple(_sheet(sheet, answered.get(sheet.pk, set()), kept, comparison) for sheet in sheets),
    )


def _sheet(sheet: Assessment, answered: set[str], kept: set[str], comparison: Comparison) -> SheetRenewal:
    added = {leaf.code for leaf in comparison.added}
    # A leaf the unit had left unanswered stays unanswered; new ones it never had the chance to score.
    again = tuple(
        leaf.code
        for leaf in (*(pair.new for pair in comparison.changed), *comparison.added)
        if leaf.code in comparison.to_score and (leaf.code in answered or leaf.code in added)
    )
    return SheetRenewal(
        assessment=sheet,
        kept=len(answered & kept),
        again=again,
        returns=bool(again) and sheet.state not in {State.DRAFT, State.RETURNED},
        blocked=not sheet.admits(Action.RENEW),
    )
