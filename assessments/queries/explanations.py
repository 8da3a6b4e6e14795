"""What a unit is asked to explain, what it said, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from assessments.calendar import Phase
from assessments.models import ANSWERED, Assessment, Attachment, Cohort, Explanation, Layer, Score
from assessments.queries.assignments import Assigned, assigned
from assessments.workflow import Action, State
from criteria import tree
from criteria.queries import StoredTree, stored_tree

Stance = Explanation.Stance
DECIDED = "Giải trình này đã được xem xét ở vòng 2; không sửa được nữa."


def asked() -> QuerySet[Score]:
    """Round 1 of every leaf that is below the unit's own points there, or was taken in or out of the base."""
    own = Score.objects.filter(
        ANSWERED, assessment=OuterRef("assessment"), criterion=OuterRef("criterion"), layer=Layer.SELF
    )
    return Score.objects.filter(
        Exists(own.filter(~Q(excluded=OuterRef("excluded")) | Q(points__gt=OuterRef("points")))),
        layer=Layer.ROUND1,
        # A leaf of an older version of the set no longer counts.
        criterion__criteria_set=F("assessment__cohort__criteria_set"),
    )


def is_below(own: Score | None, judged: Score | None) -> bool:
    """The same for two rows at hand; in queries: `asked`."""
    if own is None or judged is None or not own.is_answered:
        return False
    if own.excluded or judged.excluded:
        return own.excluded != judged.excluded
    return judged.points < own.points  # type: ignore[operator]


def asked_leaves(assessment: Assessment) -> frozenset[int]:
    rows = asked().filter(assessment=assessment).order_by("pk")
    return frozenset(rows.values_list("criterion_id", flat=True))


def answers_of(assessment: Assessment) -> dict[int, Explanation]:
    rows = Explanation.objects.filter(assessment=assessment).select_related("answered_by").order_by("pk")
    return {row.criterion_id: row for row in rows}


def disputes() -> QuerySet[Explanation]:
    """What units disagree with; `decided` where round 2 has spoken since. For rows at hand: `is_decided`."""
    later = Score.objects.filter(
        ANSWERED,
        assessment=OuterRef("assessment"),
        criterion=OuterRef("criterion"),
        layer=Layer.ROUND2,
        updated_at__gte=OuterRef("answered_at"),
    )
    return Explanation.objects.filter(
        stance=Stance.DISAGREED,
        # A leaf of an older version of the set no longer counts.
        criterion__criteria_set=F("assessment__cohort__criteria_set"),
    ).annotate(decided=Exists(later))


def disputed_leaves(assessment: Assessment) -> frozenset[int]:
    rows = disputes().filter(assessment=assessment).order_by("pk")
    return frozenset(rows.values_list("criterion_id", flat=True))


def undecided_leaves(assessment: Assessment) -> frozenset[int]:
    rows = disputes().filter(assessment=assessment, decided=False).order_by("pk")
    return frozenset(rows.values_list("criterion_id", flat=True))


@dataclass(frozen=True, slots=True)
class LeafThread:
    """One leaf from the unit's points to what round 2 made of its explanation.

    `evidence` is all the leaf shows, `added` the part that came with the explanation. `round2` is None unless the
    unit disagreed and round 2 has decided. `closed` says why nothing can be answered now; `is_over` that time is.
    """

    pk: int
    assessment: Assessment
    criterion: tree.Criterion
    own: Score
    round1: Score
    offices: tuple[str, ...]
    answer: Explanation | None
    evidence: list[Attachment]
    added: list[Attachment]
    round2: Score | None
    closed: str
    is_over: bool

    @property
    def stance(self) -> Explanation.Stance | None:
        """Silence counts as agreement from the deadline on, before anybody has recorded it."""
        if self.answer is not None:
            return Stance(self.answer.stance)
        return Stance.SILENT if self.is_over else None

    @property
    def is_disputed(self) -> bool:
        return self.stance is Stance.DISAGREED

    @property
    def may_answer(self) -> bool:
        return not self.closed

    @property
    def version(self) -> int:
        return self.answer.version if self.answer else self.assessment.version_floor

    @property
    def text(self) -> str:
        return self.answer.text if self.answer else ""

    @property
    def decision(self) -> str:
        """What round 2 did to the points of round 1, in words."""
        if self.round2 is None:
            return ""
        before, after = self.round1, self.round2
        if before.excluded != after.excluded:
            return "Không áp dụng" if after.excluded else "Áp dụng, chấm điểm"
        if before.points == after.points or before.points is None or after.points is None:
            return "Giữ điểm"
        return "Nâng điểm" if after.points > before.points else "Hạ điểm"


@dataclass(frozen=True)
class Progress:
    asked: int
    answered: int
    disputed: int

    @property
    def left(self) -> int:
        return self.asked - self.answered


def progress(leaves: Collection[LeafThread]) -> Progress:
    return Progress(
        asked=len(leaves),
        answered=sum(leaf.answer is not None for leaf in leaves),
        disputed=sum(leaf.is_disputed for leaf in leaves),
    )


def thread(assessment: Assessment, *, now: datetime) -> list[LeafThread]:
    """Every leaf the unit is asked about, in the order of the set; nothing before round 1 was released, and of
    round 2 nothing before it was closed."""
    if assessment.released_at is None:
        return []
    answers = answers_of(assessment)
    facts = _Facts.read([assessment], asked_leaves(assessment) | answers.keys(), answers.values())
    told = assessment.state != State.EXPLAINING
    return [
        facts.thread(assessment, facts.stored.ids[node.code], now, told=told)
        for node in facts.stored.tree.leaves()
        if (assessment.pk, facts.stored.ids[node.code]) in facts.spoken
    ]


def disputes_of(cohort: Cohort) -> QuerySet[Explanation]:
    """What the units of a cohort disagree with, by unit and in the order of the set."""
    return (
        disputes()
        .filter(assessment__cohort=cohort)
        .select_related("answered_by")
        .order_by("assessment__unit__sort_key", "assessment__unit__code", "criterion__position")
    )


def threads_of(explanations: Iterable[Explanation], *, now: datetime) -> list[LeafThread]:
    """The threads of disputes of one cohort, with what round 2 says so far: for who leads the appraisal."""
    rows = list(explanations)
    if not rows:
        return []
    sheets = Assessment.objects.in_context().in_bulk({row.assessment_id for row in rows})
    facts = _Facts.read(list(sheets.values()), {row.criterion_id for row in rows}, rows)
    return [
        facts.thread(sheets[row.assessment_id], row.criterion_id, now, told=True)
        for row in rows
        if (row.assessment_id, row.criterion_id) in facts.spoken
    ]


Key = tuple[int, int]  # of the sheet and of the leaf


@dataclass(frozen=True)
class _Facts:
    stored: StoredTree
    responsible: Assigned
    scores: dict[Key, dict[str, Score]]
    answers: dict[Key, Explanation]
    attached: dict[Key, list[Attachment]]

    @classmethod
    def read(
        cls, sheets: list[Assessment], leaves: Collection[int], answers: Iterable[Explanation]
    ) -> _Facts:
        """Of sheets of one cohort."""
        scores: dict[Key, dict[str, Score]] = {}
        for score in Score.objects.filter(assessment__in=sheets, criterion__in=leaves).exclude(
            layer=Layer.COUNCIL
        ):
            scores.setdefault((score.assessment_id, score.criterion_id), {})[score.layer] = score
        attached: dict[Key, list[Attachment]] = {}
        shown = Attachment.objects.filter(evidence__assessment__in=sheets, criterion__in=leaves)
        for attachment in shown.select_related("evidence").order_by("pk"):
            key = (attachment.evidence.assessment_id, attachment.criterion_id)
            attached.setdefault(key, []).append(attachment)
        cohort = sheets[0].cohort
        by_key = {(row.assessment_id, row.criterion_id): row for row in answers}
        return cls(stored_tree(cohort.criteria_set), assigned(cohort), scores, by_key, attached)

    @property
    def spoken(self) -> set[Key]:
        """Leaves of the set as it is now with the points that a thread begins with."""
        return {
            key
            for key, layers in self.scores.items()
            if key[1] in self.stored.codes and {Layer.SELF, Layer.ROUND1} <= layers.keys()
        }

    def thread(self, sheet: Assessment, leaf: int, now: datetime, *, told: bool) -> LeafThread:
        key = (sheet.pk, leaf)
        layers, answer = self.scores[key], self.answers.get(key)
        attached = self.attached.get(key, [])
        decided = answer is not None and is_decided(answer, layers.get(Layer.ROUND2))
        closed = sheet.why_not(Action.EXPLAIN, now=now, leaf=leaf) or ""
        return LeafThread(
            pk=leaf,
            assessment=sheet,
            criterion=self.stored.tree.by_code[self.stored.codes[leaf]],
            own=layers[Layer.SELF],
            round1=layers[Layer.ROUND1],
            offices=self._offices(sheet, leaf),
            answer=answer,
            evidence=attached,
            added=[row for row in attached if sheet.released_at and row.attached_at > sheet.released_at],
            round2=layers.get(Layer.ROUND2) if told and decided else None,
            closed=closed or (DECIDED if decided else ""),
            is_over=bool(closed) and sheet.period.calendar[Phase.EXPLANATION].is_over(now),
        )

    def _offices(self, sheet: Assessment, leaf: int) -> tuple[str, ...]:
        """Who appraised it; where the office would have judged its own unit, who stood in."""
        names = [
            f"{duty.substitute} (thay thế)"
            if duty.substitute and self.responsible.conflicts(duty, sheet.unit_id)
            else str(duty.office)
            for duty in self.responsible.by_leaf.get(leaf, ())
        ]
        return tuple(dict.fromkeys(names))


def is_decided(answer: Explanation, round2: Score | None) -> bool:
    """Whether round 2 has spoken about this answer; points from before it was given are no decision on it."""
    return (
        answer.stance == Stance.DISAGREED
        and round2 is not None
        and round2.is_answered
        and round2.updated_at >= answer.answered_at
    )
