"""Published results prove themselves: recomputed from the leaves, and sealed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from assessments.actions.publication import publish
from assessments.actions.targets import TargetChange, assign_targets
from assessments.append_only import unprotect
from assessments.models import Publication, Result
from assessments.queries.sealing import seals
from assessments.queries.verification import verify
from criteria.actions import correct_wording
from criteria.models import Criterion
from tests.assessments.conftest import Year
from tests.assessments.corrected import announce, prepare, publish_correction
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
    """Behind the application's back, by somebody who has taken the triggers away first."""
    unprotect(connection.alias)
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


SCORES, TOTALS = "assessments_score", "assessments_layertotal"
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
    "an area total": (
        f"""UPDATE {TOTALS} SET nodes = '{{"1": [1, 70000, 3, 3]}}' WHERE layer = 'council'""",
        "points: lưu 0.0001",
    ),
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


# The same after two corrections; which publications no longer agree, and a word by which the verdict names it.
CORRECTED, TARGETS = "assessments_correctedscore", "assessments_assignedtarget"
TAMPERED_LATER = {
    "a corrected leaf": (
        f"UPDATE {CORRECTED} SET points = points - 1 WHERE points = 30000",
        "đính chính",
        {2, 3},
    ),
    "what a corrected leaf rests on": (
        f"""UPDATE {CORRECTED} SET data = '{{"points": "2"}}' WHERE points = 30000""",
        "1.1 (đính chính)",
        {2, 3},
    ),
    "points set by hand": (f"UPDATE {CORRECTED} SET points = 50000 WHERE basis = 'override'", "total", {3}),
    "the reason of a leaf": (
        f"UPDATE {CORRECTED} SET note = 'khác' WHERE basis = 'override'",
        "niêm phong",
        {3},
    ),
    "a correction that is gone": (f"DELETE FROM {CORRECTED} WHERE basis = 'override'", "hạng|total", {3}),
    "a correction moved to another": (
        f"UPDATE {CORRECTED} SET publication_id = (SELECT id FROM {DECISIONS} WHERE ordinal = 3)",
        "total",
        {2},
    ),
    "an old result": (
        f"UPDATE {RESULTS} SET total = total + 1 WHERE publication_id = "
        f"(SELECT id FROM {DECISIONS} WHERE ordinal = 1) AND rank = 1",
        "total",
        {1},
    ),
    "an old area": (
        f"UPDATE {AREA_RESULTS} SET rank = 3 WHERE rank = 1 AND result_id IN (SELECT r.id FROM {RESULTS} r "
        f"JOIN {DECISIONS} p ON p.id = r.publication_id WHERE p.ordinal = 2)",
        "lĩnh vực",
        {2},
    ),
    "the unit's own total": (f"UPDATE {RESULTS} SET self_total = 1 WHERE rank = 1", "niêm phong", {1, 2, 3}),
    "the reason of a correction": (
        f"UPDATE {DECISIONS} SET reason = 'khác' WHERE ordinal = 2",
        "niêm phong",
        {2},
    ),
    "the seal of a correction": (
        f"UPDATE {DECISIONS} SET seal = 'x' WHERE ordinal = 2",
        "cả lần công bố|niêm phong",
        {2, 3},
    ),
    "a council's leaf": (
        f"UPDATE {SCORES} SET points = points - 1 WHERE layer = 'council' AND points = 40000",
        "1.1 (Hội đồng)",
        {1, 2, 3},
    ),
    "a target": (f"UPDATE {TARGETS} SET value = value + 1", "niêm phong", {1, 2, 3}),
    "which one is in force": (
        f"UPDATE assessments_period SET publication_id = (SELECT id FROM {DECISIONS} WHERE ordinal = 1)",
        "đang có hiệu lực",
        {1, 2, 3},
    ),
    "the order of publications": (
        f"UPDATE {DECISIONS} SET ordinal = 5 WHERE ordinal = 3",
        "không liên tục",
        {1, 2, 3},
    ),
}


@pytest.fixture
def corrected(preparing_year: Year) -> Year:
    """1.1 of the second unit was 3 before it was published as 4; then its 2.1 was set by hand."""
    year = preparing_year
    for place in range(3):
        change = TargetChange(year.sheet(place).pk, year.criterion("2.1"), Decimal("0.8"), None)
        assign_targets(cohort=year.cohort, changes=[change], by=year.coordinator, now=year.now)
    year.open()
    for place, points in enumerate(["4", "2"]):
        year.play(place, points)
    announce(year)
    prepare(year, "1.1", {"points": "3"}, place=1)
    publish_correction(year)
    prepare(year, "2.1", "4.5", place=1)
    publish_correction(year)
    return year


def publications(year: Year) -> list[Publication]:
    return list(
        Publication.objects.select_related("period__host", "period__publication")
        .filter(period=year.period)
        .order_by("ordinal")
    )


def test_every_publication_of_a_corrected_period_agrees(corrected: Year):
    assert [verify(publication) for publication in publications(corrected)] == [[], [], []]
    lines = said(str(corrected.period.pk)).splitlines()
    assert len(lines) == 3
    assert all(line.endswith(": khớp") for line in lines)
    assert ["lần 1" in lines[0], "lần 3" in lines[2]] == [True, True]


def test_a_correction_is_sealed_on_what_it_corrects(corrected: Year):
    first, second, third = publications(corrected)
    assert len({first.seal, second.seal, third.seal}) == 3
    # With another seal before it, every seal of the correction would be another.
    sealed = dict(seals(second))
    assert {result.seal for result in sealed} == set(sealed.values())
    tamper(f"UPDATE {DECISIONS} SET seal = 'x' WHERE ordinal = 1")
    assert not set(dict(seals(second)).values()) & set(sealed.values())


@pytest.mark.parametrize("what", TAMPERED_LATER)
def test_what_was_tampered_with_after_a_correction_is_found_and_named(corrected: Year, what: str):
    sql, named, where = TAMPERED_LATER[what]
    tamper(sql)
    found = {publication.ordinal: verify(publication) for publication in publications(corrected)}
    wrong = {place for place, (_, problems) in enumerate(found.items(), start=1) if problems}
    assert wrong == where, found
    told = [problem for problems in found.values() for problem in problems]
    assert any(word in problem for problem in told for word in named.split("|")), told
    with pytest.raises(CommandError, match="không khớp"):
        said("--all")


def test_a_correction_of_a_leaf_that_the_council_never_scored_is_named(corrected: Year):
    tamper(f"DELETE FROM {SCORES} WHERE layer = 'council' AND points = 0 AND basis = 'kept'")
    told = [problem for publication in publications(corrected) for problem in verify(publication)]
    assert any("đính chính một tiêu chí mà Hội đồng chưa chấm" in problem for problem in told), told


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
