"""The assignment of a cohort's criteria as its coordinator arranges it: who has what, what is amiss, what the
criteria set proposes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from accounts.models import Membership, Role, Unit, User
from accounts.vietnamese import fold
from assessments.models import Assignment, Cohort
from assessments.queries.assignments import Assigned, assigned
from assessments.queries.waiting import Count, Ledger, added
from assessments.workflow import WITH_UNIT
from criteria.queries import StoredTree, stored_tree
from criteria.tree import Criterion, Source


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One criterion. `direct` was given to it itself; `held` is who has it, maybe through what is above."""

    pk: int
    criterion: Criterion
    depth: int
    direct: tuple[Assignment, ...]
    held: tuple[Assignment, ...]
    count: Count


@dataclass(frozen=True)
class DutyArea:
    """A top criterion with what hangs under it."""

    line: DutyLine
    below: tuple[DutyLine, ...]

    @property
    def is_split(self) -> bool:
        """Something under it was given to somebody else, so that the page unfolds it."""
        return any(line.direct for line in self.below)


@dataclass(frozen=True)
class Stuck:
    """A place in which nobody may appraise some units, or any."""

    criterion: Criterion
    pk: int
    assignment: Assignment
    units: tuple[Unit, ...]


@dataclass(frozen=True)
class DutyBoard:
    areas: tuple[DutyArea, ...]
    unassigned: tuple[DutyLine, ...]
    warnings: tuple[Stuck, ...]
    proposals: int


@dataclass(frozen=True)
class Proposal:
    """What a criterion's own words say of its appraiser: the office of that name, None where the host has none."""

    pk: int
    criterion: Criterion
    office: Unit | None
    stands: tuple[Assignment, ...]

    @property
    def is_new(self) -> bool:
        """Nobody was given it yet, and the office is known."""
        return self.office is not None and not self.stands


def offices_of(host: Unit) -> list[Unit]:
    """Who may appraise: the host itself and its parts, in Vietnamese order."""
    return list(Unit.objects.offices_of(host.pk).order_by("sort_key", "code"))


def appraisers_of(offices: list[Unit]) -> list[tuple[User, Unit]]:
    """Everybody who appraises in one of the offices, by office."""
    held = Membership.objects.filter(role=Role.APPRAISER, unit__in=offices, user__is_active=True)
    rows = held.select_related("user", "unit").order_by(
        "unit__sort_key", "unit__code", "user__sort_key", "user"
    )
    return [(row.user, row.unit) for row in rows]


def duty_board(cohort: Cohort) -> DutyBoard:
    stored, responsible = stored_tree(cohort.criteria_set), assigned(cohort)
    sheets = list(cohort.assessments.select_related("unit").order_by("unit__sort_key", "unit__code"))
    sent = [sheet for sheet in sheets if sheet.state not in WITH_UNIT]
    ledger = Ledger.read(sent)
    counts = {
        leaf: Count(sum(ledger.is_done(sheet, leaf, responsible) for sheet in sent), len(sent))
        for leaf in responsible.by_leaf
    }
    areas = tuple(
        DutyArea(lines[0], tuple(lines[1:]))
        for top in stored.tree.criteria
        if (lines := list(_lines(top, 0, (), stored=stored, responsible=responsible, counts=counts)))
    )
    every = [line for area in areas for line in (area.line, *area.below)]
    return DutyBoard(
        areas=areas,
        unassigned=tuple(line for line in every if line.criterion.is_leaf and not line.held),
        warnings=_warnings(every, responsible, [sheet.unit for sheet in sheets]),
        proposals=sum(proposal.is_new for proposal in proposals(cohort, responsible)),
    )


def _lines(
    node: Criterion,
    depth: int,
    above: tuple[Assignment, ...],
    *,
    stored: StoredTree,
    responsible: Assigned,
    counts: Mapping[int, Count],
) -> Iterator[DutyLine]:
    """The criterion and what is under it; nothing where units score none of it."""
    leaves = [stored.ids[leaf.code] for leaf in node.leaves() if leaf.source is Source.UNIT]
    if not leaves:
        return
    pk = stored.ids[node.code]
    direct = responsible.direct.get(pk, ())
    held = direct or above
    yield DutyLine(pk, node, depth, direct, held, added(counts[leaf] for leaf in leaves))
    for child in node.children:
        yield from _lines(child, depth + 1, held, stored=stored, responsible=responsible, counts=counts)


def _warnings(lines: list[DutyLine], responsible: Assigned, units: list[Unit]) -> tuple[Stuck, ...]:
    """Units that the office or its appraiser belongs to, where no substitute can stand in."""
    found = []
    for line in lines:
        for assignment in line.direct:
            stuck = tuple(
                unit
                for unit in units
                if responsible.conflicts(assignment, unit.pk)
                and not _stands_in(assignment, unit, responsible)
            )
            if stuck:
                found.append(Stuck(line.criterion, line.pk, assignment, stuck))
    return tuple(found)


def _stands_in(assignment: Assignment, unit: Unit, responsible: Assigned) -> bool:
    substitute = assignment.substitute_id
    return substitute is not None and unit.pk not in responsible.belongs[substitute]


def proposals(cohort: Cohort, responsible: Assigned) -> list[Proposal]:
    """One for every criterion that names an office other than the one above it does."""
    stored = stored_tree(cohort.criteria_set)
    named = _by_name(offices_of(cohort.period.host), cohort.period.host)
    return [
        Proposal(stored.ids[node.code], node, named.get(_plain(node.owner)), responsible.direct.get(pk, ()))
        for top in stored.tree.criteria
        for node in _owned(top, "")
        if any(leaf.source is Source.UNIT for leaf in node.leaves())
        for pk in [stored.ids[node.code]]
    ]


def _owned(node: Criterion, above: str) -> Iterator[Criterion]:
    if node.owner and _plain(node.owner) != above:
        yield node
    for child in node.children:
        yield from _owned(child, _plain(node.owner) or above)


def _by_name(offices: list[Unit], host: Unit) -> dict[str, Unit]:
    """Offices by each of their names, with and without the host's; a name that two of them bear means neither."""
    named: dict[str, list[Unit]] = {}
    for office in offices:
        names = {_plain(office.short_name), _plain(office.name)}
        # "Văn phòng UBND tỉnh An Hải" is "Văn phòng UBND tỉnh" in a decision of the province.
        names |= {
            name.removesuffix(f" {_plain(part)}") for name in names for part in (host.short_name, host.place)
        }
        for name in names:
            named.setdefault(name, []).append(office)
    return {name: found[0] for name, found in named.items() if len(found) == 1}


def _plain(name: str) -> str:
    return fold(name).replace("uy ban nhan dan", "ubnd")
