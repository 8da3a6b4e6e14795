"""Published results prove themselves: recomputed from the leaves, and sealed."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from assessments.actions.publication import publish
from assessments.models import Publication, Result
from assessments.queries.verification import verify
from criteria.actions import correct_wording
from criteria.models import Criterion
from tests.assessments.conftest import Year
from tests.factories import user_with


@pytest.fixture
def published(year: Year) -> Publication:
    for place, points in enumerate(["4", "3"]):
        year.play(place, points)
    return publish(
        period=year.period,
        decision_number="9/QĐ-UBND",
        decision_date=date(2026, 3, 2),
        decision_issuer="Ủy ban nhân dân tỉnh",
        by=year.coordinator,
        now=year.now,
    )


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_results", *arguments, stdout=out)
    return out.getvalue()


def tamper(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount > 0


def test_what_was_published_agrees_with_itself(published: Publication):
    assert verify(published) == []
    assert said("--all").strip().endswith(": khớp")
    assert said(str(published.period_id)).strip().endswith(": khớp")


def test_every_result_is_sealed_with_the_one_before(published: Publication):
    seals = list(Result.objects.order_by("assessment__unit__code").values_list("seal", flat=True))
    assert len(set(seals)) == 3
    assert published.seal == seals[-1]


SCORES, TOTALS, AREAS = "assessments_score", "assessments_layertotal", "assessments_areatotal"
RESULTS, AREA_RESULTS, DECISIONS = "assessments_result", "assessments_arearesult", "assessments_publication"
# What is changed behind the application's back, and a word by which the verdict names it.
TAMPERED = {
    "points of a leaf": (
        f"UPDATE {SCORES} SET points = points - 1 WHERE layer = 'self' AND points > 10000",
        "1.1",
    ),
    "data of a leaf": (
        f"""UPDATE {SCORES} SET data = '{{"points": "1"}}' WHERE layer = 'self' AND points > 20000""",
        "không đúng với số liệu",
    ),
    "an agreed leaf": (
        f"UPDATE {SCORES} SET points = 0 WHERE layer = 'council' AND basis = 'kept' AND points > 20000",
        "Hội đồng",
    ),
    "a note": (f"UPDATE {SCORES} SET note = 'khác' WHERE layer = 'self'", "niêm phong"),
    "a stored total": (f"UPDATE {TOTALS} SET total = total + 1 WHERE layer = 'council'", "total"),
    "an area total": (f"UPDATE {AREAS} SET points = points + 1 WHERE layer = 'council'", "points"),
    "a published total": (f"UPDATE {RESULTS} SET total = total + 1 WHERE rank = 1", "total"),
    "a published rank": (f"UPDATE {RESULTS} SET rank = 1 WHERE rank = 2", "hạng"),
    "a published area": (f"UPDATE {AREA_RESULTS} SET points = points - 1", "lĩnh vực"),
    "the decision": (f"UPDATE {DECISIONS} SET decision_number = '10'", "niêm phong"),
    "a seal": (f"UPDATE {DECISIONS} SET seal = 'x'", "cả lần công bố"),
    "a rule": ("UPDATE criteria_criterion SET max_points = 50000 WHERE code = '1.1'", "niêm phong"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_tampered_with_is_found_and_named(published: Publication, what: str):
    sql, named = TAMPERED[what]
    tamper(sql)
    if what == "a rule":
        # Nobody but the database was told, so no process that has read the set would notice.
        from criteria.queries import _stored_tree

        _stored_tree.cache_clear()
    problems = verify(Publication.objects.select_related("period__host").get(pk=published.pk))
    assert any(named in problem for problem in problems), problems
    with pytest.raises(CommandError, match="không khớp"):
        said("--all")


def test_corrected_words_break_no_seal(published: Publication):
    criterion = Criterion.objects.get(code="1.1")
    correct_wording(
        criterion=criterion,
        name="Kế hoạch cải cách hành chính",
        rule_text="",
        guide="",
        evidence="",
        reason="lỗi chính tả",
        by=user_with("administrator"),
    )
    assert verify(Publication.objects.select_related("period__host").get(pk=published.pk)) == []


def test_a_period_that_is_not_published_is_no_success(year: Year):
    with pytest.raises(CommandError, match="chưa công bố"):
        said(str(year.period.pk))
