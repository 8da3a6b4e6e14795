"""How far units and appraisers are with explanation and round 2, counted in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from assessments.models import Explanation, Period, Score
from assessments.queries.explanations import asked, disputes


@dataclass(frozen=True, slots=True)
class Explained:
    """Leaves of one sheet that its unit is asked about and has answered, and those it disputes."""

    asked: int = 0
    answered: int = 0
    disputed: int = 0
    decided: int = 0

    @property
    def unanswered(self) -> int:
        return max(self.asked - self.answered, 0)


def asked_scores(period: Period) -> QuerySet[Score]:
    """Round 1 of the leaves that are asked about, of sheets whose unit knows round 1."""
    released = {"assessment__period": period, "assessment__released_at__isnull": False}
    return asked().filter(**released).order_by()


def explained(period: Period) -> Mapping[int, Explained]:
    """Counts by sheet, of those whose unit knows round 1."""
    answer = Explanation.objects.filter(assessment=OuterRef("assessment"), criterion=OuterRef("criterion"))
    questions = asked_scores(period).annotate(has_answer=Exists(answer)).values_list("assessment")
    answers = {
        sheet: (total, done)
        for sheet, total, done in questions.annotate(
            total=Count("pk"), done=Count("pk", filter=Q(has_answer=True))
        )
    }
    disputed = {
        sheet: (total, done)
        for sheet, total, done in disputes()
        .filter(assessment__period=period)
        .order_by()
        .values_list("assessment")
        .annotate(total=Count("pk"), done=Count("pk", filter=Q(decided=True)))
    }
    return {
        sheet: Explained(*answers.get(sheet, (0, 0)), *disputed.get(sheet, (0, 0)))
        for sheet in answers.keys() | disputed.keys()
    }
