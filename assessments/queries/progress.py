"""How far the appraisal of a cohort is: n/m per office, unit and criterion, and what waits for the coordinator."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from accounts.models import Unit
from assessments.models import Assessment, Assignment, Cohort
from assessments.queries.appraisal import TONES
from assessments.queries.by_criterion import leaves_at
from assessments.queries.desks import Desk
from assessments.queries.waiting import Count, Ledger, added
from assessments.workflow import WITH_UNIT, State
from criteria.queries import stored_tree
from criteria.tree import Criterion


@dataclass(frozen=True, slots=True)
class OfficeLine:
    office: Unit
    count: Count


@dataclass(frozen=True, slots=True)
class UnitLine:
    assessment: Assessment
    count: Count

    @property
    def tone(self) -> str:
        return TONES[State(self.assessment.state)]


@dataclass(frozen=True, slots=True)
class LeafLine:
    pk: int
    criterion: Criterion
    assignments: tuple[Assignment, ...]
    count: Count


@dataclass(frozen=True, slots=True)
class ToSettle:
    """A leaf on which two appraisers differ."""

    assessment: Assessment
    pk: int
    criterion: Criterion


@dataclass(frozen=True)
class CohortProgress:
    """Of what somebody sees; `offices` and `to_settle` only for who oversees the cohort."""

    units: tuple[UnitLine, ...]
    leaves: tuple[LeafLine, ...]
    offices: tuple[OfficeLine, ...]
    to_settle: tuple[ToSettle, ...]
    unsent: int

    @property
    def count(self) -> Count:
        return added(line.count for line in self.units)


def cohort_progress(cohort: Cohort, desk: Desk) -> CohortProgress:
    sheets = list(cohort.assessments.select_related("unit").order_by("unit__sort_key", "unit__code"))
    sent = [sheet for sheet in sheets if sheet.state not in WITH_UNIT]
    stored = stored_tree(cohort.criteria_set)
    responsible, ledger = desk.responsible, Ledger.read(sent)
    listed = leaves_at(cohort, desk, [sheet.unit_id for sheet in sheets])
    units: list[UnitLine] = []
    per_leaf: dict[int, Count] = dict.fromkeys(listed, Count())
    per_office: dict[int, Count] = defaultdict(Count)
    offices: dict[int, Unit] = {}
    to_settle: list[ToSettle] = []
    for sheet in sent:
        of_unit = Count()
        his = frozenset(listed) if desk.oversees else desk.leaves(sheet.unit_id)
        for leaf in listed:
            if leaf not in his:
                continue
            is_done = ledger.is_done(sheet, leaf, responsible)
            done = is_done if desk.oversees else ledger.is_done_by(sheet, leaf, desk)
            of_unit = of_unit.and_one(done)
            per_leaf[leaf] = per_leaf[leaf].and_one(done)
            if not desk.oversees:
                continue
            for assignment in responsible.by_leaf[leaf]:
                offices[assignment.office_id] = assignment.office
                is_in = done or (
                    ledger.is_known(sheet, leaf, desk) and ledger.has_marked(sheet, leaf, assignment.place)
                )
                per_office[assignment.office_id] = per_office[assignment.office_id].and_one(is_in)
            if ledger.is_to_settle(sheet, leaf, responsible):
                to_settle.append(ToSettle(sheet, leaf, stored.tree.by_code[stored.codes[leaf]]))
        if of_unit.asked:
            units.append(UnitLine(sheet, of_unit))
    return CohortProgress(
        units=tuple(units),
        leaves=tuple(
            LeafLine(leaf, stored.tree.by_code[stored.codes[leaf]], responsible.by_leaf[leaf], per_leaf[leaf])
            for leaf in listed
        ),
        offices=tuple(
            OfficeLine(offices[pk], per_office[pk])
            for pk in sorted(offices, key=lambda pk: (offices[pk].sort_key, pk))
        ),
        to_settle=tuple(to_settle),
        unsent=len(sheets) - len(sent),
    )
