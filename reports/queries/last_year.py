"""What a unit declared on its sheet of the year before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from accounts.vietnamese import fold
from assessments.models import Assessment, Layer, Score
from criteria.inputs import InputKind, inputs
from criteria.queries import stored_tree
from criteria.rules import Rule

AmountsBefore: TypeAlias = Mapping[tuple[str, str], Decimal]  # by the leaf's name, folded, and the label


def amounts_before(assessment: Assessment) -> AmountsBefore:
    """A code may mean something else by now: leaves and their numbers are the same where their words are."""
    earlier = Assessment.objects.filter(
        unit=assessment.unit_id,
        period__host=assessment.period.host_id,
        period__year=assessment.period.year - 1,
    )
    sheet = earlier.select_related("cohort__criteria_set").order_by("-pk").first()
    if sheet is None:
        return {}
    stored = stored_tree(sheet.cohort.criteria_set)
    found: dict[tuple[str, str], Decimal] = {}
    answers = Score.objects.filter(assessment=sheet, layer=Layer.SELF, criterion__in=stored.codes)
    for score in answers.order_by("pk"):
        node = stored.tree.by_code[stored.codes[score.criterion_id]]
        found |= {(fold(node.name), label): value for label, value in amounts_in(node.rule, score.data)}
    return found


def amounts_in(rule: Rule | None, data: Any) -> Iterator[tuple[str, Decimal]]:
    """Declared numbers, each with its label; points are none."""
    if rule is None or not data or data.get("not_applicable"):
        return
    for field in inputs(rule):
        value = data
        for step in field.path:
            value = value.get(step) if isinstance(value, Mapping) else None
        if field.kind in {InputKind.AMOUNT, InputKind.COUNT} and value is not None:
            yield field.label, Decimal(value)
