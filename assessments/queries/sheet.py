"""A score sheet as its page shows it: areas, headings and leaves in order, from a constant number of queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.http import QueryDict

from accounts.models import Role, User
from assessments.models import Assessment, Attachment, Layer, LayerTotal, Score
from assessments.queries.doors import Doors
from assessments.queries.leaves import needs_target
from assessments.workflow import PeriodState
from criteria import tree
from criteria.inputs import Input, InputKind, inputs, shown
from criteria.models import Criterion
from criteria.points import ZERO
from criteria.queries import StoredTree, stored_tree
from criteria.rules import Direct
from criteria.scoring import NOT_APPLICABLE
from criteria.tally import NodeTally, Tally
from criteria.tree import NotApplicable, Source

AnySection = TypeVar("AnySection", bound=Any)


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    label: str
    points: Decimal | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """An input with the value it shows, or its options with those chosen."""

    name: str
    label: str
    kind: str
    value: str
    options: tuple[Option, ...]
    nothing: bool = False
    """A list of ticks answered with "none of these"; an untouched list is no answer."""


def filled(field: Input, data: Mapping[str, Any] | None) -> Filled:
    value = shown(field, data)
    if not field.lines:
        return Filled(field.name, field.label, field.kind.value, value, ())
    chosen = {value} if field.kind is InputKind.CHOICE else set(value)
    options = tuple(Option(line.key, line.label, line.points, line.key in chosen) for line in field.lines)
    nothing = field.kind is InputKind.TICKS and bool(data) and not chosen
    return Filled(field.name, field.label, field.kind.value, "", options, nothing)


@dataclass(frozen=True, slots=True)
class Heading:
    pk: int
    code: str
    name: str
    max_points: Decimal
    is_leaf: bool = False


@dataclass(frozen=True, slots=True)
class LeafRow:
    """One leaf with what the unit declared there, ready to print.

    `attached` are the unit's Attachments; `earlier` is its answer on an older version of the set. `closed` says why
    the person who looks can't score this leaf though he may others; `extended` until when it alone is open; `spared`
    that of a best-of parent another child is complete.
    """

    pk: int
    criterion: tree.Criterion
    scores: Mapping[str, Score]
    fields: tuple[Filled, ...]
    note: str
    evidence_note: str
    skipped: bool
    attached: list[Attachment]
    target: Decimal | None
    earlier: Score | None
    closed: str = ""
    extended: datetime | None = None
    spared: bool = False
    is_leaf: bool = True

    @property
    def own(self) -> Score | None:
        return self.scores.get(Layer.SELF)

    @property
    def scored_by_unit(self) -> bool:
        return self.criterion.source is Source.UNIT

    @property
    def may_skip(self) -> bool:
        return self.criterion.not_applicable is not NotApplicable.NONE

    @property
    def needs_note(self) -> bool:
        """Nothing but the note explains points below the maximum here."""
        return isinstance(self.criterion.rule, Direct)

    @property
    def awaits_target(self) -> bool:
        return needs_target(self.criterion) and self.target is None

    @property
    def assigned(self) -> Decimal | None:
        """The assigned target in percent."""
        return None if self.target is None else self.target * 100

    def retyped(self, typed: QueryDict) -> LeafRow:
        """The same row showing what a person typed, for him to mend."""
        data_fields = inputs(self.criterion.rule)
        return replace(
            self,
            fields=tuple(typed_in(field, typed) for field in data_fields),
            note=typed.get("note", ""),
            evidence_note=typed.get("evidence_note", ""),
            skipped=bool(typed.get("not_applicable")),
        )


def typed_in(field: Input, typed: QueryDict) -> Filled:
    chosen = set(typed.getlist(field.name))
    options = tuple(Option(line.key, line.label, line.points, line.key in chosen) for line in field.lines)
    nothing = bool(typed.get("answered"))
    return Filled(field.name, field.label, field.kind.value, typed.get(field.name, ""), options, nothing)


@dataclass(frozen=True, slots=True)
class Section:
    """One top criterion with what hangs under it, and the officers it was given to."""

    pk: int
    criterion: tree.Criterion
    entries: list[Heading | LeafRow]
    officers: tuple[User, ...] = ()

    @property
    def is_penalty(self) -> bool:
        return self.criterion.role is tree.Role.PENALTY


@dataclass(frozen=True, slots=True)
class AreaLine:
    pk: int
    criterion: tree.Criterion
    total: NodeTally

    @property
    def is_done(self) -> bool:
        return self.total.answered == self.total.leaves


@dataclass(frozen=True)
class Summary:
    """Stored totals of one layer. `central` is the maximum of the leaves it doesn't speak of."""

    areas: list[AreaLine]
    total: LayerTotal | Tally | None
    central: Decimal

    @property
    def left(self) -> int:
        """Leaves without points."""
        return self.total.leaves - self.total.answered if self.total else 0


def sheets_of(user: User) -> list[Assessment]:
    """Sheets of the user's own units in periods that have opened, newest first."""
    return list(
        Assessment.objects.in_context()
        .filter(unit__in=user.units_as(Role.OFFICER, Role.UNIT_LEADER))
        .exclude(period__state=PeriodState.PREPARING)
        .order_by("-period__year", "unit__sort_key", "pk")
    )


def summary_of(assessment: Assessment, layer: str, counted: Tally | None = None) -> Summary:
    """The stored totals; `counted`, where they have only just been stored, spares reading them back."""
    stored = stored_tree(assessment.cohort.criteria_set)
    own = LayerTotal.objects.filter(assessment=assessment, layer=layer).order_by("pk")
    total = counted or own.first()
    nodes = total.nodes if total else {}
    known = [(top, nodes[top.code]) for top in stored.tree.criteria if top.code in nodes]
    return Summary(
        areas=[AreaLine(stored.ids[top.code], top, node) for top, node in known if node.leaves],
        total=total,
        central=ZERO if layer == Layer.COUNCIL else stored.central_maximum,
    )


def sections_of(assessment: Assessment, doors: Doors | None = None) -> list[Section]:
    """Every top criterion with its headings and leaves, in the order of the set; as open as `doors` say."""
    stored = stored_tree(assessment.cohort.criteria_set)
    facts = _Facts.read(assessment, stored)
    return [
        Section(
            pk=stored.ids[top.code],
            criterion=top,
            entries=[facts.entry(node, doors) for node in top.walk() if node.is_leaf or node is not top],
            officers=doors.shares.by_area.get(stored.ids[top.code], ()) if doors else (),
        )
        for top in stored.tree.criteria
    ]


def narrowed(section: AnySection, keep: Callable[[Any], bool]) -> AnySection:
    """The section with the leaves to keep and the headings above them."""
    kept = {entry.criterion.code for entry in section.entries if entry.is_leaf and keep(entry)}
    shown = {
        node.code for node in section.criterion.walk() if any(leaf.code in kept for leaf in node.leaves())
    }
    entries = [
        entry for entry in section.entries if (entry.criterion.code if entry.is_leaf else entry.code) in shown
    ]
    return replace(section, entries=entries)


def leaf_row(assessment: Assessment, criterion_id: int, doors: Doors | None = None) -> LeafRow:
    """One leaf alone, for its partial. The caller knows that it is a leaf of the sheet's set."""
    stored = stored_tree(assessment.cohort.criteria_set)
    node = stored.tree.by_code[stored.codes[criterion_id]]
    row = _Facts.read(assessment, stored, criterion_id).entry(node, doors)
    assert isinstance(row, LeafRow)
    return row


@dataclass(frozen=True)
class _Facts:
    """Scores, attachments and targets of a sheet by criterion, and answers given on older versions by code."""

    stored: StoredTree
    scores: dict[int, dict[str, Score]]
    attached: dict[int, list[Attachment]]
    targets: dict[int, Decimal]
    earlier: dict[str, Score]
    settled: frozenset[str]

    @classmethod
    def read(cls, assessment: Assessment, stored: StoredTree, criterion_id: int | None = None) -> _Facts:
        only = {} if criterion_id is None else {"criterion": criterion_id}
        scores: dict[int, dict[str, Score]] = {}
        old: dict[int, Score] = {}
        for score in Score.objects.filter(assessment=assessment, **only):
            if score.criterion_id in stored.codes:
                scores.setdefault(score.criterion_id, {})[score.layer] = score
            elif score.layer == Layer.SELF and score.is_answered:
                old[score.criterion_id] = score
        codes = Criterion.objects.in_bulk(old) if old else {}
        attached: dict[int, list[Attachment]] = {}
        attachments = Attachment.objects.filter(evidence__assessment=assessment, **only)
        for attachment in attachments.select_related("evidence").order_by("pk"):
            attached.setdefault(attachment.criterion_id, []).append(attachment)
        targets = dict(assessment.targets.values_list("criterion_id", "value"))
        earlier = {codes[pk].code: score for pk, score in old.items()}
        answered = {
            stored.codes[pk]
            for pk, layers in scores.items()
            if Layer.SELF in layers and layers[Layer.SELF].is_answered
        }
        return cls(stored, scores, attached, targets, earlier, stored.unit_plan.settled(answered))

    def entry(self, node: tree.Criterion, doors: Doors | None) -> Heading | LeafRow:
        pk = self.stored.ids[node.code]
        if node.rule is None:
            return Heading(pk, node.code, node.name, node.max_points)
        return made_row(
            pk,
            node,
            self.scores.get(pk, {}),
            attached=self.attached.get(pk, []),
            target=self.targets.get(pk),
            earlier=self.earlier.get(node.code),
            closed=doors.closed.get(pk, "") if doors else "",
            extended=doors.extended.get(pk) if doors else None,
            spared=node.code in self.settled,
        )


def made_row(
    pk: int,
    node: tree.Criterion,
    scores: Mapping[str, Score],
    *,
    attached: list[Attachment],
    target: Decimal | None,
    earlier: Score | None = None,
    closed: str = "",
    extended: datetime | None = None,
    spared: bool = False,
) -> LeafRow:
    own = scores.get(Layer.SELF)
    data = (own and own.data) or {}
    return LeafRow(
        pk=pk,
        criterion=node,
        scores=scores,
        fields=tuple(filled(field, data) for field in inputs(node.rule)) if node.rule else (),
        note=own.note if own else "",
        evidence_note=own.evidence_note if own else "",
        skipped=NOT_APPLICABLE in data,
        attached=attached,
        target=target,
        earlier=None if own else earlier,
        closed=closed,
        extended=extended,
        spared=spared and not (own and own.is_answered),
    )
