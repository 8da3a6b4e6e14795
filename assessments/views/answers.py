from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assessments.actions.verdicts import ReasonMissing
from assessments.actions.writing import Conflict, Resent
from assessments.forms.leaf import LeafForm
from assessments.models import ScoreBase
from assessments.workflow import Refusal
from criteria.scoring import Refused


@dataclass(frozen=True)
class Answer:
    """What came of saving a leaf: the stored score, or why it isn't stored."""

    form: LeafForm
    score: ScoreBase | None = None
    conflict: Conflict | None = None
    resent: Resent | None = None
    refusal: str = ""

    @property
    def status(self) -> int:
        if self.score:
            return 200
        return 409 if self.conflict or self.resent or self.refusal else 422


def answer_to(form: LeafForm, save: Callable[[], ScoreBase]) -> Answer:
    """Save a leaf if the form is valid; whatever the action refuses becomes a part of the answer."""
    if not form.is_valid():
        return Answer(form)
    try:
        return Answer(form, score=save())
    except Refused as refused:
        form.refuse(refused)
    except ReasonMissing as missing:
        form.add_error("reason", str(missing))
    except Conflict as conflict:
        return Answer(form, conflict=conflict)
    except Resent as resent:
        return Answer(form, resent=resent)
    except Refusal as refusal:
        return Answer(form, refusal=str(refusal))
    return Answer(form)
