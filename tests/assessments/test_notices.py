"""Who is told what of what was done, once, and nothing he may not know."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from assessments.actions import scoring
from assessments.actions.appraisal import judge
from assessments.actions.assignments import Duty, assign
from assessments.actions.extensions import extend
from assessments.actions.notices import mark_all_read, mark_read, notify
from assessments.actions.publication import publish
from assessments.actions.returning import return_sheet
from assessments.actions.rounds import agree_with_rest, explain
from assessments.actions.scoring import send_back
from assessments.actions.verdicts import Verdict
from assessments.calendar import Phase
from assessments.models import Event, Notice, Score
from assessments.queries.notices import notices_of, unread_count
from assessments.workflow import Action, Refusal
from criteria.models import CriteriaSet
from tests.assessments.conftest import DEADLINE, NOW, Year, make_year
from tests.factories import user_with

pytestmark = pytest.mark.django_db


def told(kind: str) -> set[User]:
    return {notice.user for notice in Notice.objects.filter(key__startswith=f"{kind}:")}


def text_of(kind: str) -> str:
    """The one text that everybody was told."""
    [(title, text)] = set(
        Notice.objects.filter(key__startswith=f"{kind}:").order_by("pk").values_list("title", "text")
    )
    return f"{title}\n{text}"


@pytest.fixture
def officer(year: Year) -> User:
    return year.officers[year.units[0].pk]


@pytest.fixture
def leader(year: Year) -> User:
    return year.leaders[year.units[0].pk]


@pytest.fixture(autouse=True)
def settled(year: Year) -> None:
    """What the period's making told is not what these tests are about."""
    Notice.objects.all().delete()


def dispute(year: Year, *codes: str) -> None:
    """The unit's first sheet, appraised lower at these leaves and told so."""
    for code in codes:
        year.score(code, {"points": "2"})
    year.submit()
    for code in codes:
        judge(
            action=Action.APPRAISE,
            assessment=year.sheet(),
            criterion_id=year.criterion(code),
            verdict=Verdict(Score.Basis.OVERRIDE, points=Decimal(1), reason="Thiếu tài liệu"),
            seen=0,
            by=year.appraiser,
            now=NOW,
        )
    year.release()


def answer(year: Year, code: str, *, agrees: bool = False, text: str = "Có đủ", seen: int = 0) -> None:
    explain(
        assessment=year.sheet(),
        criterion_id=year.criterion(code),
        agrees=agrees,
        text=text,
        seen=seen,
        by=year.officers[year.units[0].pk],
        now=NOW,
    )


class TestTheUnit:
    def test_its_leader_hears_of_a_sheet_put_before_him(self, year: Year, leader: User):
        year.send()
        assert told("send") == {leader}
        assert "Hạn: 17:00 ngày 31 tháng 3 năm 2026" in text_of("send")

    def test_its_officers_hear_what_the_leader_wants_mended(self, year: Year, officer: User, leader: User):
        year.send()
        send_back(assessment=year.sheet(), remark="Bổ sung 1.1", by=leader, now=NOW)
        assert told("send_back") == {officer}
        assert "Điều cần sửa: Bổ sung 1.1" in text_of("send_back")

    def test_it_hears_why_the_coordinator_returned_it(self, year: Year, officer: User, leader: User):
        year.submit()
        return_sheet(assessment=year.sheet(), reason="Nhầm năm", by=year.coordinator, now=NOW)
        assert told("return") == {officer, leader}
        assert "Lý do: Nhầm năm" in text_of("return")

    def test_it_hears_of_an_extension_with_reason_and_document(self, year: Year, officer: User, leader: User):
        extend(
            assessment=year.sheet(),
            phase=Phase.SELF,
            until=DEADLINE + timedelta(days=2),
            leaves=[year.criterion("1.1")],
            reason="Mưa lũ",
            document="15/UBND-NC",
            by=year.coordinator,
            now=NOW,
        )
        assert told("extend") == {officer, leader}
        said = text_of("extend")
        for part in ("17:00 ngày 02 tháng 4 năm 2026", "chỉ với tiêu chí 1.1", "Mưa lũ", "15/UBND-NC"):
            assert part in said

    def test_it_hears_of_round_1_with_how_many_leaves_to_answer(
        self, year: Year, officer: User, leader: User
    ):
        dispute(year, "1.1", "1.2")
        assert told("release") == {officer, leader}
        assert "Có 2 tiêu chí" in text_of("release")
        assert "30 tháng 5 năm 2026" in text_of("release")

    def test_it_hears_that_nothing_needs_an_answer(self, year: Year):
        year.submit()
        year.release()
        assert "Không có tiêu chí nào cần giải trình" in text_of("release")

    def test_it_hears_when_the_appraisal_is_over(self, year: Year, officer: User, leader: User):
        year.submit()
        year.appraise()
        assert told("close_appraisal") == {officer, leader}


class TestAppraisers:
    def test_those_of_the_leaf_and_the_coordinator_hear_of_an_answer(self, year: Year):
        dispute(year, "1.1")
        other = user_with(Role.APPRAISER, year.host)
        duty = Duty(year.host, other)
        assign(
            cohort=year.cohort, criterion_id=year.criterion("2"), duties=[duty], by=year.coordinator, now=NOW
        )
        answer(year, "1.1")
        assert told("explain") == {year.appraiser, year.coordinator}

    def test_of_more_answers_nobody_is_told_before_he_has_read_of_the_first(self, year: Year):
        dispute(year, "1.1", "1.2")
        answer(year, "1.1")
        answer(year, "1.2")
        assert Notice.objects.filter(key__startswith="explain:").count() == 2
        mark_all_read(by=year.appraiser, now=NOW)
        answer(year, "1.2", text="Có đủ, kèm quyết định", seen=1)
        kept = Notice.objects.filter(key__startswith="explain:")
        assert (kept.filter(user=year.appraiser).count(), kept.filter(user=year.coordinator).count()) == (
            2,
            1,
        )

    def test_of_many_answers_at_once_each_is_told_once(self, year: Year):
        dispute(year, "1.1", "2.2.2")
        other = user_with(Role.APPRAISER, year.host)
        duty = Duty(year.host, other)
        assign(
            cohort=year.cohort, criterion_id=year.criterion("2"), duties=[duty], by=year.coordinator, now=NOW
        )
        leaves = [year.criterion("1.1"), year.criterion("2.2.2")]
        officer = year.officers[year.units[0].pk]
        agree_with_rest(seen=0, assessment=year.sheet(), leaves=leaves, by=officer, now=NOW)
        assert told("explain") == {year.appraiser, other, year.coordinator}
        assert Notice.objects.filter(key__startswith="explain:").count() == 3

    def test_one_of_the_unit_itself_hears_nothing_as_an_appraiser(self, year: Year):
        year.appraiser.memberships.create(role=Role.APPRAISER, unit=year.units[0])
        dispute_by = user_with(Role.APPRAISER, year.appraiser.held[0].unit)
        year.score("1.1", {"points": "2"})
        year.submit()
        extend(
            assessment=year.sheet(),
            phase=Phase.ROUND1,
            until=DEADLINE + timedelta(days=99),
            reason="Hồ sơ nhiều",
            document="1",
            by=year.coordinator,
            now=NOW,
        )
        assert told("extend") == {dispute_by}

    def test_telling_three_takes_as_many_queries_as_telling_one(self, year: Year):
        dispute(year, "1.1")
        answer(year, "1.1")
        appraisers, counts = {year.appraiser}, []
        for more in (0, 2):
            appraisers |= {user_with(Role.APPRAISER, year.appraiser.held[0].unit) for _ in range(more)}
            Notice.objects.all().delete()
            event = Event.objects.get(action="explain")
            with CaptureQueriesContext(connection) as queries:
                notify(event)
            assert told("explain") == {*appraisers, year.coordinator}
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_an_assignment_tells_whom_it_names_or_the_whole_office(self, year: Year):
        office = year.appraiser.held[0].unit
        colleague, stand_in = user_with(Role.APPRAISER, office), user_with(Role.APPRAISER, year.host)
        act = {"cohort": year.cohort, "by": year.coordinator, "now": NOW}
        assign(criterion_id=year.criterion("1.1"), duties=[Duty(office, colleague, stand_in)], **act)
        assert told("assign") == {colleague, stand_in}
        Notice.objects.all().delete()
        # The one who keeps his duty is not told again.
        second = user_with(Role.APPRAISER, office)
        both = [Duty(office, colleague, stand_in), Duty(office, second)]
        assign(criterion_id=year.criterion("1.1"), duties=both, **act)
        assert told("assign") == {second}
        Notice.objects.all().delete()
        assign(criterion_id=year.criterion("1.2"), duties=[Duty(office)], **act)
        assert told("assign") == {year.appraiser, colleague, second}
        Notice.objects.all().delete()
        assign(criterion_id=year.criterion("1.2"), duties=[], **act)
        assert told("assign") == set()


def test_everybody_concerned_hears_of_a_publication(year: Year):
    for place in range(3):
        year.play(place)
    stranger, gone = user_with(Role.OFFICER), user_with(Role.OFFICER, year.units[0], is_active=False)
    publish(
        period=year.period,
        decision_number="12/QĐ-UBND",
        decision_date=date(2026, 3, 1),
        decision_issuer="Chủ tịch UBND",
        by=year.coordinator,
        now=NOW,
    )
    everybody = {*year.officers.values(), *year.leaders.values(), year.appraiser, year.leader}
    assert told("publish") == everybody
    assert not {stranger, gone, year.coordinator} & told("publish")
    assert "Quyết định số 12/QĐ-UBND ngày 01/3/2026 của Chủ tịch UBND" in text_of("publish")


def test_an_action_that_fails_tells_nobody(year: Year, monkeypatch: pytest.MonkeyPatch):
    def tell_and_fail(event: Event) -> None:
        notify(event)
        assert Notice.objects.exists()
        raise Refusal("Không xong")

    monkeypatch.setattr(scoring, "notify", tell_and_fail)
    with pytest.raises(Refusal):
        year.send()
    assert not Notice.objects.exists()


def test_what_was_told_is_not_told_again(year: Year, leader: User):
    year.send()
    notify(Event.objects.get(action="send"))
    assert leader.notices.count() == 1


def test_nobody_is_told_of_what_he_did_himself(year: Year, officer: User):
    officer.memberships.create(role=Role.UNIT_LEADER, unit=year.units[0])
    year.send()
    assert officer not in told("send")


def test_reading_is_ones_own(year: Year, leader: User, officer: User):
    year.send()
    [notice] = leader.notices.all()
    mark_read(notice=notice, by=officer, now=NOW)
    assert unread_count(leader) == 1
    mark_read(notice=notice, by=leader, now=NOW)
    assert (unread_count(leader), list(notices_of(leader))) == (0, [notice])


FIGURE = re.compile(r"[0-9]+,[0-9]|[0-9] điểm")


def test_before_publication_notices_say_nothing_of_points(small_set: CriteriaSet):
    """The whole year of a unit, beside others with more and fewer points: not a word of its notices differs."""
    said = []
    for points in ("4", "1"):
        year = make_year(small_set)
        year.open()
        for place in (1, 2):
            year.play(place, points)
        dispute(year, "1.1")
        answer(year, "1.1", agrees=True, text="")
        year.close()
        people = [year.officers[year.units[0].pk], year.leaders[year.units[0].pk]]
        notices = Notice.objects.filter(user__in=people).order_by("pk").values_list("title", "text")
        names = re.compile(
            "|".join(re.escape(name) for name in (year.units[0].short_name, *map(str, people)))
        )
        said.append([names.sub("…", f"{title} {text}") for title, text in notices])
    assert said[0] == said[1]
    assert len(said[0]) == 5  # put before the leader; round 1 and its end to both
    for notice in Notice.objects.all():
        assert not FIGURE.search(f"{notice.title} {notice.text}"), notice.text
