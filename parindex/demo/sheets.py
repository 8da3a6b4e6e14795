"""One sheet through its year: scored, sent, appraised, fixed, as its plot says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from accounts.models import User
from assessments.actions.appraisal import agree_with_area, judge
from assessments.actions.council import enter_central, finalise
from assessments.actions.rounds import close_appraisal, explain, release
from assessments.actions.scoring import save_score, send, send_back, submit
from assessments.actions.verdicts import Verdict
from assessments.models import Assessment, Score
from assessments.queries.explanations import asked_leaves, disputed_leaves
from assessments.queries.leaves import score_of
from assessments.workflow import Action
from criteria.points import ZERO, parse_canonical
from criteria.queries import StoredTree
from criteria.rules import Direct
from criteria.tree import Criterion, Source
from parindex.demo.figures import Data, Figures, seeded, worse
from parindex.demo.fixtures import data
from parindex.demo.papers import Shelf
from parindex.demo.script import Script
from parindex.demo.workdays import DAY_MINUTES, Workdays

SEEN_ON_AN_EMPTY_LEAF = 0


@dataclass(frozen=True)
class People:
    officer: User
    leader: User
    coordinator: User
    appraisers: Mapping[str, User]  # by the office that a set names as owner

    def appraiser(self, owner: str, assessment: Assessment) -> User:
        """Nobody appraises the office he works for; then the first office does."""
        found = self.appraisers[owner]
        own = {membership.unit_id for membership in found.held}
        return next(iter(self.appraisers.values())) if assessment.unit_id in own else found


@dataclass(frozen=True)
class Sheet:
    assessment: Assessment
    plot: Mapping[str, Any]
    stored: StoredTree
    figures: Figures
    people: People
    shelf: Shelf
    days: Workdays

    @cached_property
    def leaves(self) -> list[Criterion]:
        return [leaf for leaf in self.stored.tree.leaves() if leaf.source is Source.UNIT]

    def chance(self, about: str) -> Any:
        return seeded(self.assessment.unit.code, self.assessment.period.year - self.days.day(0).year, about)

    def declared(self, code: str) -> Data:
        fixed = self.plot.get("answers", {}).get(code)
        return data(fixed) if fixed is not None else self.figures.of(code)

    def write(self, script: Script) -> None:
        """Put everything that happens to this sheet into the script."""
        if "scoring" in self.plot:
            self._scoring(script)
        self._sending(script)
        if "appraisal" in self.plot:
            self._appraisal(script)
        coordinator = {"assessment": self.assessment, "by": self.people.coordinator}
        if "released" in self.plot:
            script.add(self._on("released", minute=5), lambda now: release(**coordinator, now=now))
        if "explained" in self.plot:
            script.add(self._on("explained", minute=120), self._explain)
        if "revised" in self.plot:
            script.add(self._on("revised", minute=180), self._revise)
        if "closed" in self.plot:
            script.add(self._on("closed", minute=300), lambda now: close_appraisal(**coordinator, now=now))
        if "final" in self.plot:
            script.add(self._on("final"), lambda now: finalise(**coordinator, now=now))

    def _sending(self, script: Script) -> None:
        sheet, left = self.assessment, len(self.plot.get("unanswered", []))
        put = partial(send, assessment=sheet, confirmed_unanswered=left, by=self.people.officer)
        if "sent" in self.plot:
            script.add(self._on("sent", minute=400), lambda now: put(now=now))
        if "sent_back" in self.plot:
            remark = self.shelf.words["remark"]
            script.add(
                self._on("sent_back", minute=60),
                lambda now: send_back(assessment=sheet, remark=remark, by=self.people.leader, now=now),
            )
        if "submitted" in self.plot:
            script.add(self._on("submitted", minute=400), lambda now: put(now=now))
            script.add(
                self._on("submitted", minute=420),
                lambda now: submit(
                    assessment=sheet, confirmed_unanswered=left, by=self.people.leader, now=now
                ),
            )

    def _explain(self, now: datetime) -> None:
        """The first leaves that were lowered are disputed, the last ones passed over in silence."""
        below = asked_leaves(self.assessment)
        asked = [leaf for leaf in self.leaves if self.stored.ids[leaf.code] in below]
        disputed, silent = int(self.plot.get("disputed", 0)), int(self.plot.get("silent", 0))
        for place, leaf in enumerate(asked[: len(asked) - silent]):
            words = self.shelf.words["explanations"]
            explain(
                assessment=self.assessment,
                criterion_id=self.stored.ids[leaf.code],
                agrees=place >= disputed,
                text=words[place % len(words)] if place < disputed else "",
                seen=0,
                by=self.people.officer,
                now=now,
            )

    def _revise(self, now: datetime) -> None:
        disputed = disputed_leaves(self.assessment)
        raised = int(self.plot.get("raised", 0))
        for place, leaf in enumerate(leaf for leaf in self.leaves if self.stored.ids[leaf.code] in disputed):
            words = self.shelf.words
            verdict = Verdict(Score.Basis.KEPT, reason=words["kept"])
            if place < raised:
                verdict = Verdict(Score.Basis.DATA, self.declared(leaf.code), reason=words["raised"])
            judge(
                action=Action.REVISE,
                assessment=self.assessment,
                criterion_id=self.stored.ids[leaf.code],
                verdict=verdict,
                seen=SEEN_ON_AN_EMPTY_LEAF,
                by=self.people.appraiser(leaf.owner, self.assessment),
                now=now,
            )

    def _on(self, key: str, *, minute: int | None = None) -> datetime:
        drawn = self.chance(key).randrange(60, DAY_MINUTES - 40)
        return self.days.at(int(self.plot[key]), drawn if minute is None else minute)

    def _scoring(self, script: Script) -> None:
        first, last = map(int, self.plot["scoring"])
        answered = [leaf for leaf in self.leaves if leaf.code not in self.plot.get("unanswered", [])]
        done = answered[: round(len(answered) * float(self.plot.get("done", 1)))]
        # The last hour of the last day stays free for sending.
        moments = self.days.spread(first, last, len(done), self.chance("moments"))
        papers = {paper["leaves"][0]: paper for paper in self.shelf.papers()}
        reached = {leaf.code for leaf in done}
        for at, leaf in zip(moments, done, strict=True):
            paper = papers.get(leaf.code)
            if paper and reached.issuperset(paper["leaves"]):
                script.add(at, partial(self._show, paper))
            script.add(at, partial(self._answer, leaf))

    def _show(self, paper: Mapping[str, Any], now: datetime) -> None:
        self.shelf.show(
            paper, assessment=self.assessment, ids=self.stored.ids, by=self.people.officer, now=now
        )

    def _answer(self, leaf: Criterion, now: datetime) -> None:
        declared, words, chance = (
            self.declared(leaf.code),
            self.shelf.words,
            self.chance(f"words {leaf.code}"),
        )
        scored = score_of(self.assessment, leaf, self.stored.tree.decimals, declared)
        assert leaf.rule is not None
        lost = not scored.excluded and scored.points < leaf.max_points
        explains = lost and (isinstance(leaf.rule, Direct) or chance.random() < 0.6)
        claims = scored.excluded or scored.points > ZERO
        shown = leaf.code in self.shelf.covered()
        save_score(
            assessment=self.assessment,
            criterion_id=self.stored.ids[leaf.code],
            data=declared,
            note=words["notes"].get(leaf.rule.kind, "") if explains else "",
            evidence_note=chance.choice(
                words["evidence_notes"]["ratio" if leaf.rule.kind == "ratio" else "other"]
            )
            if leaf.evidence_required and claims and not shown
            else "",
            seen=SEEN_ON_AN_EMPTY_LEAF,
            by=self.people.officer,
            now=now,
        )

    def _appraisal(self, script: Script) -> None:
        first, last = map(int, self.plot["appraisal"])
        areas = [
            top for top in self.stored.tree.criteria if {leaf.code for leaf in self.leaves} & _codes(top)
        ]
        areas = areas[: int(self.plot.get("areas", len(areas)))]
        moments = self.days.spread(first, last, len(areas), self.chance("appraisal"))
        lowered = self._lowered([leaf for area in areas for leaf in self.leaves if leaf.code in _codes(area)])
        overridden = self.plot.get("overridden", {})
        for at, area in zip(moments, areas, strict=True):
            for leaf in area.leaves():
                if leaf.code == overridden.get("leaf"):
                    script.add(at, partial(self._override, overridden))
                elif leaf.code in lowered:
                    script.add(at, partial(self._lower, leaf, lowered[leaf.code]))
            script.add(at, partial(self._agree, area))

    def _lowered(self, leaves: list[Criterion]) -> dict[str, Verdict]:
        """As many leaves as the plot says, each with data that are worth less and the reason for it."""
        wanted = int(self.plot.get("lowered", 0))
        found: dict[str, Verdict] = {}
        skipped = {*self.plot.get("unanswered", []), self.plot.get("overridden", {}).get("leaf")}
        open_leaves = [leaf for leaf in leaves if leaf.code not in skipped]
        self.chance("lowered").shuffle(open_leaves)
        for leaf in open_leaves:
            declared = self.declared(leaf.code)
            if len(found) == wanted:
                break
            if "not_applicable" in declared or not (other := worse(leaf, declared)):
                continue
            data_found, values = other
            own = score_of(self.assessment, leaf, self.stored.tree.decimals, declared)
            theirs = score_of(self.assessment, leaf, self.stored.tree.decimals, data_found)
            # Small findings: what costs most of a leaf would be a scandal, not a demonstration.
            if own.points / 2 <= theirs.points < own.points:
                assert leaf.rule is not None
                reason = self.shelf.words["reasons"][leaf.rule.kind].format(**values)
                found[leaf.code] = Verdict(Score.Basis.DATA, data_found, reason=reason)
        return found

    def _lower(self, leaf: Criterion, verdict: Verdict, now: datetime) -> None:
        judge(
            action=Action.APPRAISE,
            assessment=self.assessment,
            criterion_id=self.stored.ids[leaf.code],
            verdict=verdict,
            seen=SEEN_ON_AN_EMPTY_LEAF,
            by=self.people.appraiser(leaf.owner, self.assessment),
            now=now,
        )

    def _agree(self, area: Criterion, now: datetime) -> None:
        agree_with_area(
            assessment=self.assessment,
            area_code=area.code,
            seen=SEEN_ON_AN_EMPTY_LEAF,
            by=self.people.appraiser(area.owner, self.assessment),
            now=now,
        )

    def _override(self, plot: Mapping[str, str], now: datetime) -> None:
        leaf = self.stored.tree.by_code[plot["leaf"]]
        judge(
            action=Action.APPRAISE,
            assessment=self.assessment,
            criterion_id=self.stored.ids[leaf.code],
            verdict=Verdict(
                Score.Basis.OVERRIDE, points=parse_canonical(plot["points"]), reason=plot["reason"]
            ),
            seen=SEEN_ON_AN_EMPTY_LEAF,
            by=self.people.appraiser(leaf.owner, self.assessment),
            now=now,
        )

    def enter(self, code: str, now: datetime) -> None:
        """The coordinator's entry of a survey or external leaf of this unit."""
        fixed = self.plot.get("central", {}).get(code)
        enter_central(
            assessment=self.assessment,
            criterion_id=self.stored.ids[code],
            verdict=Verdict(Score.Basis.DATA, data(fixed) if fixed is not None else self.figures.of(code)),
            seen=SEEN_ON_AN_EMPTY_LEAF,
            by=self.people.coordinator,
            now=now,
        )


def _codes(area: Criterion) -> set[str]:
    return {leaf.code for leaf in area.leaves()}
