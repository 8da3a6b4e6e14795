"""What the demonstration holds: a year in its middle, one published, real history, all adding up."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from itertools import pairwise

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from pypdf import PdfReader

from accounts.dates import VIETNAM
from accounts.models import Role, Unit, User
from assessments.actions.scoring import save_score
from assessments.models import (
    Assessment,
    Attachment,
    CouncilSession,
    Event,
    Evidence,
    Explanation,
    Extension,
    Layer,
    LayerTotal,
    Mark,
    Notice,
    Period,
    RecordedResult,
    Result,
    Score,
    Share,
)
from assessments.queries.submission import submission_check
from criteria.rules import Choice
from criteria.schema import read_set
from parindex.demo.fixtures import FIXTURES
from reports.models import Report
from reports.queries.issues import editions_of
from tests.criteria.independent import half_up, leaf_points
from tests.parindex.demo.conftest import NOW

pytestmark = pytest.mark.django_db


def current() -> Period:
    return Period.objects.get(year=2026)


def published() -> Period:
    return Period.objects.get(year=2025)


def sheet(code: str, period: Period) -> Assessment:
    return Assessment.objects.in_context().get(period=period, unit__code=code)


def test_the_year_is_in_its_middle() -> None:
    period = current()
    states = {
        cohort.name: Counter(cohort.assessments.order_by().values_list("state", flat=True))
        for cohort in period.cohorts.all()
    }

    assert period.illustration
    assert period.state == Period.State.OPEN
    assert NOW < period.self_closes < NOW + timedelta(days=20)
    assert states == {
        "Các xã": {
            "draft": 4,
            "review": 1,
            "returned": 1,
            "submitted": 3,
            "explaining": 1,
            "appraised": 1,
            "final": 1,
        },
        "Các phường": {"draft": 1, "submitted": 1, "appraised": 1},
        "Các sở, ngành": {"draft": 1, "submitted": 1, "explaining": 1},
    }
    answered = LayerTotal.objects.filter(
        assessment__period=period, assessment__state="draft", layer=Layer.SELF
    ).values_list("answered", "leaves")
    assert sum(done == 0 for done, _ in answered) == 2
    assert all(done < leaves for done, leaves in answered)


def test_officers_can_go_on_scoring() -> None:
    draft = sheet("an-phuc", current())
    waiting = submission_check(draft).unanswered
    leaf = next(lacking for lacking in waiting if isinstance(lacking.criterion.rule, Choice))

    save_score(
        assessment=draft,
        criterion_id=leaf.pk,
        data={"option": leaf.criterion.rule.options[0].key},
        note="",
        seen=0,
        by=User.objects.get(username="can-bo-an-phuc"),
        now=NOW,
    )

    assert len(submission_check(draft).unanswered) == len(waiting) - 1


def test_appraisers_lowered_points_with_reasons_and_set_some_by_hand() -> None:
    judged = Score.objects.filter(assessment__period=current(), layer=Layer.ROUND1).exclude(
        basis=Score.Basis.KEPT
    )
    own = {
        (row.assessment_id, row.criterion_id): row.points
        for row in Score.objects.filter(assessment__period=current(), layer=Layer.SELF)
    }

    assert judged.filter(basis=Score.Basis.OVERRIDE).count() == 1
    assert judged.count() >= 10
    for row in judged:
        assert row.note, row
        assert row.points < own[row.assessment_id, row.criterion_id]


def test_every_stored_total_is_what_its_leaves_add_up_to() -> None:
    call_command("check_totals", stdout=StringIO(), skip_checks=True)


def test_a_second_engine_gives_every_leaf_the_same_points() -> None:
    checked = 0
    declared = {
        code: {
            leaf.code: leaf for leaf in read_set((FIXTURES / "sets" / f"{code}.yaml").read_text()).leaves()
        }
        for code in ("mau-xa-2-cap", "mau-so-nganh")
    }
    targets = {"7.3.1": "0.7", "7.3.2": "0.5", "6.1": "0.7"}
    scores = Score.objects.filter(basis=Score.Basis.DATA).exclude(data=None)
    for row in scores.select_related("criterion__criteria_set"):
        leaf = declared[row.criterion.criteria_set.code][row.criterion.code]
        rule = leaf.rule.as_dict()
        data = row.data
        if rule.get("target") == "assigned":
            data = {**data, "target": targets[leaf.code]}
        expected = leaf_points(
            {
                "max_points": str(leaf.max_points),
                "role": leaf.role.value,
                "not_applicable": leaf.not_applicable.value,
                "rule": rule,
            },
            data,
            3,
        )
        assert (expected == "excluded") == row.excluded
        if not row.excluded:
            assert Fraction(row.points) == expected, (leaf.code, data)
        checked += 1
    assert checked > 1500


def test_published_totals_are_what_a_hand_would_add_up() -> None:
    results = Result.objects.filter(assessment__cohort__criteria_set__code="mau-xa-2-cap")
    for result in results.select_related("assessment"):
        council = Score.objects.filter(assessment=result.assessment, layer=Layer.COUNCIL)
        base, applicable, beside = Fraction(0), Fraction(0), Fraction(0)
        for row in council.select_related("criterion"):
            if row.criterion.role != "base":
                beside += Fraction(row.points)
            elif not row.excluded:
                base += Fraction(row.points)
                applicable += Fraction(row.max_points)
        index = half_up(base * 100 / applicable, 3)
        assert Fraction(result.total) == min(index + beside, Fraction(100))
    assert len(results) == 15


def test_figures_of_a_unit_agree_with_each_other() -> None:
    for draft in Assessment.objects.in_context().filter(cohort__criteria_set__code="mau-xa-2-cap"):
        data = {
            row.criterion.code: row.data
            for row in Score.objects.filter(assessment=draft, layer=Layer.SELF).select_related("criterion")
        }
        if "7.5.2" not in data:
            continue
        number = {
            code: {key: int(value) for key, value in entry.items()}
            for code, entry in data.items()
            if "numerator" in entry
        }
        late = number["3.4.1"]["denominator"] - number["3.4.1"]["numerator"]
        assert number["3.4.2"]["denominator"] == late
        assert number["3.2.3"]["denominator"] == number["7.5.1"]["denominator"]
        assert number["5.1"]["denominator"] == number["5.5"]["denominator"]


def test_last_year_is_published_with_ranks_and_a_tie() -> None:
    period = published()
    publication = period.publication

    assert period.state == Period.State.PUBLISHED
    assert publication.decision_number
    assert publication.decision_date < publication.published_at.date() + timedelta(days=1)
    ties = 0
    for cohort in period.cohorts.all():
        results = list(
            Result.objects.filter(assessment__cohort=cohort).order_by("rank", "assessment__unit__sort_key")
        )
        assert [result.group_size for result in results] == [len(results)] * len(results)
        for result in results:
            better = sum(other.total > result.total for other in results)
            assert result.rank == better + 1
        ties += sum(a.rank == b.rank for a, b in pairwise(results))
    assert ties == 1


def test_everything_happened_in_order_in_office_hours_and_in_the_past() -> None:
    moments = [at.astimezone(VIETNAM) for at in Event.objects.order_by("pk").values_list("at", flat=True)]

    assert moments == sorted(moments)
    assert moments[-1] < NOW
    assert all(at.weekday() < 5 and (7, 30) <= (at.hour, at.minute) < (17, 1) for at in moments)
    for sent in Assessment.objects.exclude(submitted_at=None).select_related("period"):
        assert sent.submitted_at <= sent.period.approval_closes


def test_units_agreed_disputed_and_kept_silent() -> None:
    last = Explanation.objects.filter(assessment__period__state=Period.State.PUBLISHED)
    revised = {
        (row.assessment_id, row.criterion_id): row.points
        for row in Score.objects.filter(layer=Layer.ROUND2, assessment__in=last.values("assessment"))
    }
    before = {
        (row.assessment_id, row.criterion_id): row.points
        for row in Score.objects.filter(layer=Layer.ROUND1, assessment__in=last.values("assessment"))
    }
    disputed = [(row.assessment_id, row.criterion_id) for row in last if row.stance == "disagreed"]

    assert {row.stance for row in last} == {"agreed", "disagreed", "silent"}
    assert sum(revised[leaf] > before[leaf] for leaf in disputed) == 3
    assert sum(revised[leaf] == before[leaf] for leaf in disputed) == 3


def test_evidence_opens_and_hangs_on_leaves() -> None:
    files = Evidence.objects.filter(kind=Evidence.Kind.FILE).select_related("assessment__unit")

    assert {kind for (kind,) in Evidence.objects.values_list("kind")} == {"file", "link", "document"}
    assert Attachment.objects.values("evidence").distinct().count() == Evidence.objects.count()
    assert len(files) > 20
    for item in files[:3]:
        with default_storage.open(item.file.name) as content:
            text = " ".join(PdfReader(content).pages[0].extract_text().split())
        assert item.assessment.unit.place in text


def test_nobody_appraised_the_office_he_works_for() -> None:
    for row in Score.objects.filter(layer=Layer.ROUND1).select_related("assessment", "updated_by"):
        assert row.assessment.unit_id not in row.updated_by.units_as(*Role.values)


def test_the_real_history_is_there_as_it_was_printed() -> None:
    printed = {
        (record.unit.short_name, record.year): (record.declared_total, record.rank, record.group_size)
        for record in RecordedResult.objects.select_related("unit")
    }

    assert printed == {
        ("huyện Triệu Sơn", 2020): (Decimal("86.75"), 9, 27),
        ("huyện Bạch Thông", 2021): (Decimal("81.35"), 1, 8),
        ("huyện Bạch Thông", 2022): (Decimal("88.21"), 1, 8),
        ("xã Liên Sơn", 2023): (Decimal("81"), 14, 20),
    }
    written = (
        Report.objects.filter(result=None, assessment=None)
        .order_by("code")
        .values_list("code", "unit__code", "year")
    )
    assert [*written] == [
        ("bach-thong-2023", "bach-thong", 2022),
        ("lien-son-2024", "lien-son", 2023),
        ("trieu-son-2020-tthc", "trieu-son", 2019),
        ("trieu-son-2021", "trieu-son", 2020),
        ("tuy-phong-2020", "van-phong-tuy-phong", 2020),
    ]
    of_last_year = Report.objects.get(result__isnull=False)
    assert of_last_year.unit.code == "an-phuc"
    [edition] = editions_of(of_last_year, now=NOW)
    assert edition.given.reference == "52/BC-UBND"
    assert [copy.state for copy in edition.copies] == ["queued"] * 2, "its files wait for a worker"
    districts = Unit.objects.filter(level=Unit.Level.DISTRICT)
    assert {str(unit.active_until) for unit in districts} == {"2025-06-30"}


def test_exceptions_shares_second_appraisers_and_the_council_are_there() -> None:
    period = current()
    assert [row.assessment.unit.code for row in Extension.objects.all()] == ["thach-dong"]
    assert [row.officer.username for row in Share.objects.all()] == ["can-bo-cua-lach-2"]
    [mark] = Mark.objects.all()
    assert (mark.assessment, mark.criterion.code) == (sheet("vinh-tuy-dong", period), "7.6")
    session = CouncilSession.objects.get(period=published())
    changed = [row for row in session.decisions.all() if row.before != row.points]
    assert [(row.assessment.unit.code, row.points) for row in changed] == [("loc-khe", Decimal("0.75"))]
    assert session.decisions.count() > len(changed)


def test_nobody_begins_with_last_years_news() -> None:
    waiting = Notice.objects.filter(read_at=None)
    assert not waiting.filter(period=published()).exists()
    assert not waiting.filter(user__username="dieu-phoi", created_at__lt=NOW - timedelta(days=4)).exists()
