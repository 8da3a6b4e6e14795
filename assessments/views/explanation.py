"""The unit's answer to round 1: read what was taken off, agree or explain, leaf by leaf."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.authorize import authorize
from assessments.actions import rounds
from assessments.actions.writing import Resent
from assessments.calendar import Phase
from assessments.forms.explanation import ExplanationForm
from assessments.forms.seen import number
from assessments.models import Assessment, Explanation, Layer
from assessments.permissions import belongs_to_unit, may, sees_sheet
from assessments.queries.explanations import LeafThread, progress, thread
from assessments.queries.extensions import granted_to
from assessments.queries.sheet import summary_of
from assessments.queries.steps import way_of
from assessments.workflow import Action, Refusal, State

SHEETS = Assessment.objects.in_context()


@authorize(sees_sheet, assessment=SHEETS)
def explanation(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Every leaf the unit is asked about, from its own points to what round 2 decided."""
    now = request.received_at
    leaves = thread(assessment, now=now)
    context = {
        "assessment": assessment,
        "leaves": leaves,
        "progress": progress(leaves),
        "own": summary_of(assessment, Layer.SELF).total,
        "round1": summary_of(assessment, Layer.ROUND1).total if assessment.released_at else None,
        "window": assessment.period.calendar[Phase.EXPLANATION],
        "way": way_of(assessment, now=now),
        "granted": [
            one for one in granted_to(assessment, now=now) if one.extension.phase == Phase.EXPLANATION
        ],
        "refusal": assessment.why_not(Action.EXPLAIN, now=now),
        "is_explaining": assessment.state == State.EXPLAINING,
        "writable": may(request.user, Action.EXPLAIN, assessment, now=now),
        "answer": None,
        "swap": False,
    }
    return render(request, "assessments/explanation/page.html", context)


@dataclass(frozen=True)
class Answer:
    """What came of saving one leaf's explanation."""

    form: ExplanationForm
    saved: Explanation | None = None
    conflict: rounds.Answered | None = None
    resent: Resent | None = None
    refusal: str = ""

    @property
    def status(self) -> int:
        if self.form.errors:
            return 422
        return 200 if self.saved else 409


@authorize(sees_sheet, assessment=SHEETS)
def explain(request: HttpRequest, assessment: Assessment, criterion: int) -> HttpResponse:
    """POST answers for one leaf. GET shows it as saved, for somebody who gives up what he typed."""
    now = request.received_at
    answer = _save(request, assessment, criterion) if request.method == "POST" else None
    leaves = thread(assessment, now=now)
    leaf = next((leaf for leaf in leaves if leaf.pk == criterion), None)
    if leaf is None:
        raise Http404
    if answer and answer.saved and not request.htmx:
        messages.success(request, f"Đã lưu ý kiến về tiêu chí {leaf.criterion.code}.")
        return redirect(f"{reverse('explanation', kwargs={'assessment': assessment.pk})}#leaf-{criterion}")
    context = {
        "assessment": assessment,
        "leaf": leaf,
        "progress": progress(leaves),
        "writable": may(request.user, Action.EXPLAIN, assessment, now=now),
        "answer": answer,
        "swap": bool(answer),
    }
    return render(request, _template(request, answer), context, status=answer.status if answer else 200)


def _template(request: HttpRequest, answer: Answer | None) -> str:
    if not request.htmx:
        return "assessments/explanation/leaf.html"
    return "assessments/explanation/saved.html" if answer else "assessments/explanation/page.html#leaf"


def _save(request: HttpRequest, assessment: Assessment, criterion_id: int) -> Answer:
    form = ExplanationForm(request.POST)
    if not form.is_valid():
        return Answer(form)
    try:
        saved = rounds.explain(
            assessment=assessment,
            criterion_id=criterion_id,
            agrees=form.agrees,
            text=form.cleaned_data["text"],
            seen=form.seen,
            by=request.user,
            now=request.received_at,
        )
    except rounds.Answered as conflict:
        return Answer(form, conflict=conflict)
    except Resent as resent:
        return Answer(form, resent=resent)
    except Refusal as refusal:
        return Answer(form, refusal=str(refusal))
    return Answer(form, saved=saved)


@authorize(belongs_to_unit, assessment=SHEETS)
def agree_rest(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Agree with everything that nobody of the unit has answered yet, after having seen what that is."""
    now = request.received_at
    rest = [leaf for leaf in thread(assessment, now=now) if leaf.answer is None and leaf.may_answer]
    if request.method == "POST":
        return _agree(request, assessment, rest)
    context = {
        "assessment": assessment,
        "rest": rest,
        "refusal": assessment.why_not(Action.EXPLAIN, now=now),
    }
    return render(request, "assessments/explanation/agree.html", context)


def _agree(request: HttpRequest, assessment: Assessment, rest: list[LeafThread]) -> HttpResponse:
    seen = set(request.POST.getlist("leaf"))
    try:
        done = rounds.agree_with_rest(
            assessment=assessment,
            leaves={leaf.pk for leaf in rest if str(leaf.pk) in seen},
            seen=number(request.POST.get("version", "")) or 0,
            by=request.user,
            now=request.received_at,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Đã ghi nhận đồng ý với {done} tiêu chí.")
    return redirect("explanation", assessment=assessment.pk)
