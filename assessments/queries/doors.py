"""Which leaves of an open sheet somebody may score now, and why not the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from assessments.calendar import Phase
from assessments.models import Assessment
from assessments.queries.assignments import Shares, shares_of
from assessments.workflow import Action
from criteria.queries import stored_tree
from criteria.tree import Source


@dataclass(frozen=True)
class Doors:
    """`closed` and `extended` by the key of the leaf; `extended` names leaves that an extension alone keeps open."""

    shares: Shares
    closed: Mapping[int, str]
    extended: Mapping[int, datetime]


def doors_of(assessment: Assessment, user: User, *, now: datetime) -> Doors:
    """What the gate would say to him at every leaf of a sheet that is open as a whole."""
    shares = shares_of(assessment)
    stored = stored_tree(assessment.cohort.criteria_set)
    leaves = [stored.ids[leaf.code] for leaf in stored.tree.leaves() if leaf.source is Source.UNIT]
    closed = {
        leaf: reason
        for leaf in leaves
        if (reason := shares.refusal(user, leaf) or assessment.why_not(Action.SCORE, now=now, leaf=leaf))
    }
    return Doors(shares, closed, _extended(assessment, now))


def _extended(assessment: Assessment, now: datetime) -> dict[int, datetime]:
    if not assessment.period.calendar[Phase.SELF].is_over(now):
        return {}
    until: dict[int, datetime] = {}
    rules = [granted.as_rule for granted in assessment.granted if granted.phase == Phase.SELF]
    for rule in rules:
        for leaf in rule.leaves or ():
            if rule.covers(now, leaf):
                until[leaf] = max(rule.until, until.get(leaf, rule.until))
    return until
