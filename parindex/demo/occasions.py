"""What doesn't happen to every sheet: exceptions, shared areas, a second appraiser, the council's session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from accounts.models import Role, User
from assessments.actions.appraisal import judge
from assessments.actions.assignments import Duty, assign, share
from assessments.actions.extensions import extend
from assessments.actions.notices import mark_all_read
from assessments.actions.sessions import convene, decide, keep_rest
from assessments.actions.verdicts import Verdict
from assessments.minutes import Member, SessionFacts
from assessments.models import Cohort, CouncilSession, Layer, Period, Score
from assessments.queries.agenda import listed_leaves
from assessments.workflow import Action
from criteria.points import parse_canonical
from criteria.queries import stored_tree
from parindex.demo.script import Script
from parindex.demo.sheets import SEEN_ON_AN_EMPTY_LEAF, Sheet
from parindex.demo.workdays import Workdays


@dataclass(frozen=True)
class Occasions:
    plot: Mapping[str, Any]
    days: Workdays
    period: Period
    cohorts: Mapping[str, Cohort]
    sheets: Mapping[str, Sheet]
    coordinator: User

    def write(self, script: Script) -> None:
        """Put them into the script."""
        steps = {
            "extensions": self._extend,
            "shares": self._share,
            "second_appraisers": self._second,
            "sessions": self._meet,
            "read": self._read,
        }
        for key, step in steps.items():
            for entry in self.plot.get(key, []):
                script.add(
                    self.days.at(int(entry["day"]), int(entry.get("minute", 90))), partial(step, entry)
                )

    def _extend(self, entry: Mapping[str, Any], now: datetime) -> None:
        extend(
            assessment=self.sheets[entry["unit"]].assessment,
            phase=entry["phase"],
            until=self.days.closing(int(entry["until"])),
            reason=entry["reason"],
            document=entry["document"].format(year=self.period.year),
            by=self.coordinator,
            now=now,
        )

    def _share(self, entry: Mapping[str, Any], now: datetime) -> None:
        sheet = self.sheets[entry["unit"]]
        share(
            assessment=sheet.assessment,
            criterion_id=sheet.stored.ids[entry["area"]],
            officers=list(User.objects.filter(username__in=entry["officers"])),
            by=sheet.people.leader,
            now=now,
        )

    def _second(self, entry: Mapping[str, Any], now: datetime) -> None:
        """Two for one criterion, of whom the first has marked a sheet."""
        cohort, people = self.cohorts[entry["cohort"]], [_person(name) for name in entry["appraisers"]]
        leaf = stored_tree(cohort.criteria_set).ids[entry["leaf"]]
        duties = [
            Duty(held.unit, person)
            for person in people
            for held in person.held
            if held.role == Role.APPRAISER and held.unit is not None
        ]
        assign(cohort=cohort, criterion_id=leaf, duties=duties, by=self.coordinator, now=now)
        judge(
            action=Action.APPRAISE,
            assessment=self.sheets[entry["marked"]].assessment,
            criterion_id=leaf,
            verdict=Verdict(Score.Basis.KEPT),
            seen=SEEN_ON_AN_EMPTY_LEAF,
            by=people[0],
            now=now,
        )

    def _meet(self, entry: Mapping[str, Any], now: datetime) -> None:
        """The session with its decisions; whatever else was listed stays as it was appraised."""
        facts = SessionFacts(
            held_at=now,
            ended_at=self.days.at(int(entry["day"]), int(entry["ended"])),
            place=entry["place"],
            threshold=parse_canonical(entry["threshold"]),
            note=entry["note"],
            members=tuple(Member(**{**member, "absent": "absent" in member}) for member in entry["members"]),
        )
        session = convene(period=self.period, facts=facts, by=self.coordinator, now=now)
        for decision in entry["decisions"]:
            self._decide(session, decision, now)
        left = sum(not leaf.is_decided for leaf in listed_leaves(session, cohort_id=None))
        keep_rest(session=session, cohort_id=None, expected=left, by=self.coordinator, now=now)

    def _decide(self, session: CouncilSession, decision: Mapping[str, str], now: datetime) -> None:
        sheet = self.sheets[decision["unit"]]
        leaf = sheet.stored.ids[decision["leaf"]]
        saved = Score.objects.get(assessment=sheet.assessment, layer=Layer.COUNCIL, criterion=leaf)
        points = parse_canonical(decision["points"])
        decide(
            session=session,
            assessment=sheet.assessment,
            criterion_id=leaf,
            verdict=Verdict(Score.Basis.OVERRIDE, points=points, reason=decision["reason"]),
            seen=saved.version,
            by=self.coordinator,
            now=now,
        )

    def _read(self, entry: Mapping[str, Any], now: datetime) -> None:
        """People have read what they were told until then."""
        for person in _named(entry.get("by", [])):
            mark_all_read(by=person, now=now)


def _person(name: str) -> User:
    return User.objects.get(username=name)


def _named(names: Iterable[str]) -> list[User]:
    """These, or where nobody is named everybody."""
    people = User.objects.filter(is_demo=True).order_by("pk")
    return list(people.filter(username__in=names) if names else people)
