"""One year of the invented province: its period, its sheets, its central figures, its publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from accounts.dates import VIETNAM
from accounts.models import Role, Unit, User
from assessments.actions.assignments import Duty, assign
from assessments.actions.central import enter_central_for_cohort
from assessments.actions.cohorts import add_cohort, set_units
from assessments.actions.periods import create_period, open_period
from assessments.actions.publication import publish
from assessments.actions.targets import TargetChange, assign_targets
from assessments.actions.verdicts import Verdict
from assessments.calendar import Calendar, Phase, Window
from assessments.models import Assessment, Cohort, Period, Result, Score
from criteria.models import CriteriaSet
from criteria.queries import stored_tree
from parindex.demo.figures import Figures
from parindex.demo.fixtures import data, read, text
from parindex.demo.occasions import Occasions
from parindex.demo.papers import Shelf
from parindex.demo.script import Script
from parindex.demo.sheets import People, Sheet
from parindex.demo.workdays import Workdays
from reports.actions.issuing import issue_report, number_issue
from reports.actions.writing import load_report
from reports.jobs import enqueue
from reports.queries.issuing import draft_of
from reports.queries.subjects import subject_of


@dataclass
class Year:
    """`plan` is fixtures/demo/years.yaml, `plot` its entry for this year."""

    plan: Mapping[str, Any]
    plot: Mapping[str, Any]
    days: Workdays
    host: Unit
    coordinator: User
    units: Mapping[str, Unit]
    cohorts: dict[str, Cohort] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return self.days.day(0).year + int(self.plot["year"])

    def play(self) -> Period:
        period = self._prepare()
        script = Script()
        for sheet in self.sheets.values():
            sheet.write(script)
        for entry in self.plot["central"]:
            self._central(script, entry)
        Occasions(self.plot, self.days, period, self.cohorts, self.sheets, self.coordinator).write(script)
        if "publication" in self.plot:
            script.add(self.days.at(int(self.plot["publication"]["day"]), 90), partial(self._publish, period))
        script.play()
        for entry in self.plot.get("reports", []):
            self._report(period, entry)
        return period

    def _report(self, period: Period, entry: Mapping[str, Any]) -> None:
        """A unit's report about its published result, issued and numbered; a worker makes its files."""
        by, now = User.objects.get(username=entry["by"]), self.days.at(int(entry["day"]), 120)
        result = Result.objects.get(assessment__period=period, assessment__unit=self.units[entry["unit"]])
        about = subject_of(result)
        report = load_report(text=text(entry["file"], "reports"), code="", about=about, by=by, now=now)
        draft = draft_of(report, now=now)
        issue = issue_report(
            report=report,
            seen=report.version,
            fingerprint=draft.fingerprint,
            has_seen_warnings=True,
            enqueue=enqueue,
            by=by,
            now=now,
        )
        numbered = {"number": entry["number"], "issued_on": now.astimezone(VIETNAM).date()}
        number_issue(issue=issue, **numbered, enqueue=enqueue, by=by, now=now)

    def _at(self, key: str, minute: int) -> datetime:
        return self.days.at(int(self.plot[key]), minute)

    def _calendar(self) -> Calendar:
        windows = {}
        for name, days in self.plot["calendar"].items():
            first, *last = map(int, days)
            closes = self.days.closing(last[0]) if last else None
            windows[Phase(name)] = Window(self.days.opening(first), closes)
        return Calendar(windows)

    def _prepare(self) -> Period:
        """The period with its cohorts, units and targets, open."""
        by = self.coordinator
        period = create_period(
            host=self.host,
            year=self.number,
            name=self.plan["name"].format(year=self.number),
            calendar=self._calendar(),
            illustration=True,
            by=by,
            now=self._at("prepared", 45),
        )
        for position, declared in enumerate(self.plan["cohorts"]):
            cohort = add_cohort(
                period=period,
                name=declared["name"],
                criteria_set=CriteriaSet.objects.get(code=declared["set"], version=1),
                by=by,
                now=self._at("prepared", 60 + 20 * position),
            )
            set_units(
                cohort=cohort,
                units=[self.units[code] for code in declared["units"]],
                by=by,
                now=self._at("prepared", 65 + 20 * position),
            )
            self._assign(cohort, declared["targets"], now=self._at("prepared", 70 + 20 * position))
            self._give_out(cohort, now=self._at("prepared", 75 + 20 * position))
            self.cohorts[cohort.name] = cohort
        period = open_period(period=period, by=by, now=self._at("opened", 60))
        for cohort in self.cohorts.values():
            self._add_sheets(cohort)
        return period

    def _assign(self, cohort: Cohort, targets: Mapping[str, str], *, now: datetime) -> None:
        ids = stored_tree(cohort.criteria_set).ids
        changes = [
            TargetChange(sheet.pk, ids[code], Decimal(value), None)
            for sheet in Assessment.objects.filter(cohort=cohort).order_by("unit__sort_key")
            for code, value in targets.items()
        ]
        assign_targets(cohort=cohort, changes=changes, by=self.coordinator, now=now)

    def _give_out(self, cohort: Cohort, *, now: datetime) -> None:
        """Each area to the office that the set names; the first office stands in where one would judge itself."""
        stored = stored_tree(cohort.criteria_set)
        people = {office: User.objects.get(username=name) for office, name in self.plan["appraisers"].items()}
        first = next(iter(people.values()))
        for area in stored.tree.criteria:
            person = people[area.owner]
            [office] = [held.unit for held in person.held if held.role == Role.APPRAISER]
            substitute = None if person == first else first
            duty = Duty(office, substitute=substitute)
            assign(
                cohort=cohort, criterion_id=stored.ids[area.code], duties=[duty], by=self.coordinator, now=now
            )

    def _add_sheets(self, cohort: Cohort) -> None:
        stored, words, figures = stored_tree(cohort.criteria_set), read("words"), read("figures")
        officers, leaders = _people(Role.OFFICER), _people(Role.UNIT_LEADER)
        appraisers = {
            office: User.objects.get(username=name) for office, name in self.plan["appraisers"].items()
        }
        for assessment in Assessment.objects.in_context().filter(cohort=cohort).order_by("unit__sort_key"):
            unit = assessment.unit
            plot = self.plot["units"].get(unit.code, {})
            self.sheets[unit.code] = Sheet(
                assessment=assessment,
                plot=plot,
                stored=stored,
                figures=Figures(
                    stored.tree,
                    figures[stored.tree.code],
                    unit=unit.code,
                    year=self.plot["year"],
                    quality=float(plot.get("quality", "0.6")),
                ),
                people=People(officers[unit.pk], leaders[unit.pk], self.coordinator, appraisers),
                shelf=Shelf(unit, self.number, words, stored.tree.code),
                days=self.days,
            )

    def _central(self, script: Script, entry: Mapping[str, Any]) -> None:
        """Units of a cohort by name, then whatever is the same for the rest of it."""
        minute = 20
        for name in entry["cohorts"]:
            cohort = self.cohorts[name]
            own = [sheet for sheet in self.sheets.values() if sheet.assessment.cohort_id == cohort.pk]
            for code in entry["leaves"]:
                for sheet in own:
                    if "for_all" not in entry or code in sheet.plot.get("central", {}):
                        script.add(self.days.at(int(entry["day"]), minute), partial(sheet.enter, code))
                        minute += 1
                if "for_all" in entry:
                    script.add(
                        self.days.at(int(entry["day"]), minute),
                        partial(self._enter_for_all, cohort, code, entry["for_all"]),
                    )
                    minute += 1

    def _enter_for_all(self, cohort: Cohort, code: str, declared: Mapping[str, str], now: datetime) -> None:
        enter_central_for_cohort(
            cohort=cohort,
            criterion_id=stored_tree(cohort.criteria_set).ids[code],
            verdict=Verdict(Score.Basis.DATA, data(dict(declared))),
            by=self.coordinator,
            now=now,
        )

    def _publish(self, period: Period, now: datetime) -> None:
        declared = self.plot["publication"]
        publish(
            period=period,
            decision_number=declared["number"],
            decision_date=now.astimezone(self.days.at(0, 0).tzinfo).date(),
            decision_issuer=declared["issuer"],
            by=self.coordinator,
            now=now,
        )


def _people(role: str) -> dict[int, User]:
    """The demonstration's people who hold a role, the first of each unit by the unit they hold it in."""
    return {
        user.memberships.get(role=role).unit_id: user
        for user in User.objects.filter(is_demo=True, memberships__role=role).order_by("-pk")
    }


def add_years(days: Workdays) -> int:
    """Play the years of the host, once: a host that has periods is left alone. Returns how many were added."""
    plan = read("years")
    host = Unit.objects.get(code=plan["host"])
    if Period.objects.filter(host=host).exists():
        return 0
    coordinator = User.objects.get(username=plan["coordinator"])
    units = {unit.code: unit for unit in Unit.objects.filter(parent=host)}
    for plot in plan["years"]:
        Year(plan, plot, days, host, coordinator, units).play()
    return len(plan["years"])
