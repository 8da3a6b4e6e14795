"""(f) What takes all sheets of a province at once: 170 communes with 120 leaves each, of which a tenth is disputed."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from django.db import connection, reset_queries, transaction
from django.db.models import Max, Model
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from assessments import jobs
from assessments.actions.corrections import correct, prepare_correction
from assessments.actions.council import finalise_ready
from assessments.actions.publication import publish
from assessments.actions.totals import store_totals
from assessments.actions.verdicts import Verdict
from assessments.models import (
    AreaResult,
    Assessment,
    Cohort,
    Event,
    Explanation,
    Layer,
    LayerTotal,
    Notice,
    Order,
    OrderedSheet,
    Period,
    Publication,
    Result,
    Score,
)
from assessments.queries.corrections import correction_preview
from assessments.queries.explanations import asked
from assessments.queries.publication import publication_check
from assessments.queries.rounds import readiness
from assessments.workflow import Action, State
from criteria.queries import stored_tree
from tests.bench.province import province
from tests.bench.ratios import Measured, each, in_ms, in_turn

# In the order in which they refer to each other.
STORED: list[type[Model]] = [
    Order, OrderedSheet, Score, LayerTotal, Explanation, Publication, Result, AreaResult, Event, Notice,
]  # fmt: skip
DECISION = {"decision_date": date(2026, 1, 5), "decision_issuer": "Chủ tịch UBND tỉnh"}


def measure(units: int = 170, leaves: int = 120, rounds: int = 3) -> list[Measured]:
    """Each step against storing the same rows, for which nothing is asked, read or reckoned."""
    cohort, people = province(units, leaves)
    judge(cohort, people)
    size = f"{units} units × {leaves} leaves"
    coordinator = people["coordinator"]

    def order(action: Action) -> Callable[[], None]:
        return lambda: _run_order(cohort, action, coordinator)

    figures = [compared(f"(f) telling round 1, {size}, time", "in background", order(Action.RELEASE), rounds)]
    order(Action.RELEASE)()
    explain(cohort, people)
    title = f"(f) ending the appraisal, {size}, time"
    figures.append(compared(title, "in background", order(Action.CLOSE_APPRAISAL), rounds))
    order(Action.CLOSE_APPRAISAL)()
    steps: list[tuple[str, Callable[[], object]]] = [
        ("making final", lambda: _finalise(cohort, coordinator)),
        ("publishing", lambda: _publish(cohort, coordinator)),
        ("correcting", lambda: _correct(cohort, coordinator)),
    ]
    for name, step in steps:
        if name == "correcting":
            prepare(cohort, coordinator)
        figures.append(compared(f"(f) {name}, {size}, time", "ours ≤ 2 s", step, rounds))
        step()
    return figures


def compared(title: str, aim: str, step: Callable[[], object], rounds: int) -> Measured:
    """Both are undone each time."""
    processor: list[float] = []
    if connection.vendor == "postgresql":
        # As autovacuum does on a site within a minute; what is asked of all sheets is planned by it.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def ours() -> None:
        began = time.process_time()
        with transaction.atomic():
            step()
            transaction.set_rollback(True)
        processor.append(time.process_time() - began)

    reset_queries()  # its log is full at some point
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        before = {model: model.objects.aggregate(last=Max("pk"))["last"] or 0 for model in STORED}
        step()
        rows = [(model, list(model.objects.filter(pk__gt=before[model]).order_by("pk"))) for model in STORED]
        transaction.set_rollback(True)

    def floor() -> None:
        with transaction.atomic():
            for model, made in rows:
                model.objects.bulk_create(made, batch_size=500)
            transaction.set_rollback(True)

    ours_took, floor_took = in_turn(ours, floor, rounds)
    stored = sum(len(made) for _, made in rows)
    assert stored
    return Measured(
        title,
        aim,
        each(ours_took, floor_took),
        [
            f"ours: {len(queries) - 2 * len(STORED)} queries, {in_ms(ours_took)}, "
            f"{median(processor):.2f} s of processor time",
            f"floor: {stored} rows stored, {in_ms(floor_took)}",
        ],
    )


def _run_order(cohort: Cohort, action: Action, by: User) -> None:
    now = timezone.now()
    found = readiness(_fresh(cohort), action, now=now)
    order = jobs.start_order(cohort=_fresh(cohort), action=action, seen=found.fingerprint, by=by, now=now)
    jobs.take_steps.call(order.pk)
    assert order.sheets.filter(outcome="done").count() == cohort.assessments.count()


def _finalise(cohort: Cohort, by: User) -> None:
    sheets = Assessment.objects.in_context().filter(cohort=cohort).order_by("pk")
    assert not finalise_ready(assessments=sheets, by=by, now=timezone.now()).left


def _publish(cohort: Cohort, by: User) -> None:
    now, period = timezone.now(), _period(cohort)
    seen = publication_check(period, now=now).fingerprint
    publish(period=period, seen=seen, decision_number="1/QĐ-UBND", **DECISION, by=by, now=now)


def _correct(cohort: Cohort, by: User) -> None:
    period = _period(cohort)
    act: dict[str, Any] = {"seen": correction_preview(period).fingerprint, "by": by, "now": timezone.now()}
    correct(period=period, decision_number="2/QĐ-UBND", reason="Cộng thiếu", **DECISION, **act)


def _period(cohort: Cohort) -> Period:
    return Period.objects.select_related("host", "publication").get(pk=cohort.period_id)


def _fresh(cohort: Cohort) -> Cohort:
    return Cohort.objects.in_context().get(pk=cohort.pk)


# What people do in between, stored as the actions store it


def judge(cohort: Cohort, people: dict[str, User]) -> None:
    """Every sheet is sent and appraised, a tenth of its leaves below the unit's own points."""
    now, sheets = timezone.now(), _sheets(cohort)
    stored = stored_tree(cohort.criteria_set)
    officer = people["officer"]
    Score.objects.filter(assessment__in=sheets, layer=Layer.ROUND1).delete()
    rows = [
        Score(
            assessment=sheet,
            layer=Layer.ROUND1,
            criterion_id=stored.ids[leaf.code],
            data={"points": points},
            points=Decimal(points),
            max_points=leaf.max_points,
            note="Thiếu tài liệu kiểm chứng theo hướng dẫn.",
            updated_at=now,
            updated_by=people["appraiser"],
        )
        for sheet in sheets
        for place, leaf in enumerate(stored.tree.leaves())
        for points in ["0.25" if place % 10 == 0 else "0.5"]
    ]
    Score.objects.bulk_create(rows, batch_size=500)
    store_totals(sheets, Layer.ROUND1)
    Assessment.objects.filter(cohort=cohort).update(
        state=State.SUBMITTED,
        sent_at=now,
        sent_by=officer,
        submitted_at=now,
        submitted_by=officer,
        submitted_total=1,
        receipt="0" * 64,
    )


def explain(cohort: Cohort, people: dict[str, User]) -> None:
    """A third of what is asked is disputed and raised again, a third agreed with, a third passed over."""
    now = timezone.now()
    leaves = asked().filter(assessment__cohort=cohort).order_by("pk").values_list("assessment", "criterion")
    answers, verdicts = [], []
    for place, (sheet, leaf) in enumerate(leaves):
        key = {"assessment_id": sheet, "criterion_id": leaf}
        if place % 3 < 2:
            said = {"stance": "agreed"} if place % 3 else {"stance": "disagreed", "text": "Đã có văn bản."}
            answers.append(Explanation(**key, **said, answered_at=now, answered_by=people["officer"]))
        if place % 3 == 0:
            verdicts.append(
                Score(
                    **key,
                    layer=Layer.ROUND2,
                    data={"points": "0.5"},
                    points=Decimal("0.5"),
                    max_points=1,
                    updated_at=now,
                    updated_by=people["appraiser"],
                )
            )
    Explanation.objects.bulk_create(answers, batch_size=500)
    Score.objects.bulk_create(verdicts, batch_size=500)
    store_totals(_sheets(cohort), Layer.ROUND2)
    over = {"explanation_opens": now - timedelta(hours=2), "explanation_closes": now - timedelta(hours=1)}
    Period.objects.filter(pk=cohort.period_id).update(**over)


def prepare(cohort: Cohort, by: User) -> None:
    """One leaf is to be corrected; ranks move with it."""
    prepare_correction(
        assessment=_sheets(cohort)[0],
        criterion_id=stored_tree(cohort.criteria_set).ids["1.1"],
        verdict=Verdict(Score.Basis.DATA, {"points": "1"}, reason="Cộng thiếu"),
        seen=0,
        by=by,
        now=timezone.now(),
    )


def _sheets(cohort: Cohort) -> list[Assessment]:
    return list(Assessment.objects.for_gate().filter(cohort=cohort).order_by("pk"))
