"""The steps between the rounds as actions: who takes them, what they need and what they leave behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Role
from assessments.actions.appraisal import judge
from assessments.actions.extensions import extend
from assessments.actions.rounds import Answered, close_appraisal, release
from assessments.actions.verdicts import ReasonMissing, Verdict
from assessments.calendar import Phase, Window
from assessments.models import Event, Explanation, Layer, LayerTotal, Period, Score
from assessments.queries.explanations import asked_leaves, disputed_leaves
from assessments.queries.recounting import total_differences
from assessments.workflow import Action, Refusal
from tests.assessments.conftest import NOW, Year
from tests.assessments.explaining import CLOSES, fill, lower, say, sent, told
from tests.factories import DepartmentFactory, user_with

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


def revise(year: Year, code: str, verdict: Verdict, *, seen: int = 0, by=None) -> Score:
    return judge(
        action=Action.REVISE,
        assessment=year.sheet(),
        criterion_id=year.criterion(code),
        verdict=verdict,
        seen=seen,
        by=by or year.appraiser,
        now=year.now,
    )


def data(points: str, reason: str = "") -> Verdict:
    return Verdict("data", {"points": points}, reason=reason)


class TestRelease:
    def test_the_sheet_says_since_when_it_is_told_and_the_event_how_much_is_asked(self, year: Year) -> None:
        told(year)
        sheet = year.sheet()
        assert (sheet.state, sheet.released_at, sheet.released_by) == ("explaining", NOW, year.coordinator)
        event = Event.objects.get(action="release")
        assert (event.by, event.assessment, event.after) == (year.coordinator, sheet, {"asked": 3})

    def test_not_while_a_leaf_is_unjudged_and_its_code_is_named(self, year: Year) -> None:
        fill(year)
        year.submit()
        for code in ("1.1", "1.2", "2.1", "2.2.2", "T.1"):
            judge(
                action=Action.APPRAISE,
                assessment=year.sheet(),
                criterion_id=year.criterion(code),
                verdict=Verdict("kept"),
                seen=0,
                by=year.appraiser,
                now=NOW,
            )
        act = {"assessment": year.sheet(), "by": year.coordinator, "now": NOW}
        with pytest.raises(Refusal, match=r"Còn 1 tiêu chí chưa thẩm định: 2\.2\.1\."):
            release(**act)
        assert year.sheet().state == "submitted"
        lower(year, "2.2.1", "1")
        release(**act)
        assert year.sheet().state == "explaining"

    def test_only_the_hosts_coordinator_tells(self, year: Year) -> None:
        sent(year)
        others = [
            year.leader,
            year.appraiser,
            year.officers[year.units[0].pk],
            year.leaders[year.units[0].pk],
        ]
        for person in [*others, user_with(Role.COORDINATOR)]:
            with pytest.raises(PermissionDenied):
                release(assessment=year.sheet(), by=person, now=NOW)

    def test_not_once_the_time_to_explain_is_over(self, year: Year) -> None:
        """More time for its appraisal gives a unit none to explain; silence would be held against it at once."""
        sent(year)
        late = CLOSES + timedelta(hours=1)
        grant = {"assessment": year.sheet(), "until": CLOSES + timedelta(days=9), "now": late}
        grant |= {"reason": "x", "document": "CV 1", "by": year.coordinator}
        extend(phase=Phase.ROUND1, **grant)
        act = {"assessment": year.sheet(), "by": year.coordinator, "now": late}
        with pytest.raises(Refusal, match="Đã hết hạn giải trình lúc"):
            release(**act)
        extend(phase=Phase.EXPLANATION, **grant)
        release(**act)
        assert say(year, "1.1", "Có kế hoạch", now=late).version == 1


class TestExplain:
    @pytest.fixture
    def asked(self, year: Year) -> Year:
        told(year)
        return year

    def test_the_officer_and_the_leader_of_the_unit_and_nobody_else(self, asked: Year) -> None:
        unit = asked.units[0].pk
        say(asked, "1.1", "Có kế hoạch", by=asked.officers[unit])
        say(asked, "1.2", "Có kiểm tra", by=asked.leaders[unit])
        others = [asked.coordinator, asked.leader, asked.appraiser, user_with(Role.ADMINISTRATOR)]
        others += [people[asked.units[1].pk] for people in (asked.officers, asked.leaders)]
        for person in others:
            with pytest.raises(PermissionDenied):
                say(asked, "T.1", "x", by=person)
        by_code = {row.criterion.code: row for row in Explanation.objects.select_related("criterion")}
        assert {code: row.answered_by for code, row in by_code.items()} == {
            "1.1": asked.officers[unit],
            "1.2": asked.leaders[unit],
        }

    @pytest.mark.parametrize("code", ["2.1", "2.2.1", "2.2.2", "1.3", "P"])
    def test_only_leaves_below_the_units_own_points(self, asked: Year, code: str) -> None:
        with pytest.raises(Refusal, match="Chỉ giải trình tiêu chí có điểm thẩm định thấp hơn"):
            say(asked, code, "x")
        assert not Explanation.objects.exists()

    def test_disagreeing_needs_words_and_agreeing_none(self, asked: Year) -> None:
        for text in ("", "  \n "):
            with pytest.raises(Refusal, match="phải ghi nội dung giải trình"):
                say(asked, "1.1", text)
        assert say(asked, "1.1", agrees=True).stance == "agreed"
        assert disputed_leaves(asked.sheet()) == frozenset()

    def test_an_answer_may_be_changed_and_every_version_is_in_the_trail(self, asked: Year) -> None:
        first = say(asked, "1.1", "  Có kế hoạch  ")
        assert (first.stance, first.text, first.version, first.answered_at) == (
            "disagreed",
            "Có kế hoạch",
            1,
            NOW,
        )
        assert say(asked, "1.1", "Có kế hoạch").version == 1, "the same once more is no new answer"
        say(asked, "1.1", agrees=True, seen=1)
        said = Event.objects.filter(action="explain").order_by("pk")
        assert [(event.before, event.after) for event in said] == [
            (None, {"stance": "disagreed", "text": "Có kế hoạch", "version": 1}),
            (
                {"stance": "disagreed", "text": "Có kế hoạch", "version": 1},
                {"stance": "agreed", "text": "", "version": 2},
            ),
        ]

    @pytest.mark.parametrize("seen", [0, 2])
    def test_who_saw_another_version_overwrites_nothing(self, asked: Year, seen: int) -> None:
        say(asked, "1.1", "Có kế hoạch")
        with pytest.raises(Answered) as conflict:
            say(asked, "1.1", "Khác", seen=seen, by=asked.leaders[asked.units[0].pk])
        assert conflict.value.saved.text == "Có kế hoạch"
        assert Explanation.objects.get().text == "Có kế hoạch"

    def test_until_the_last_moment_and_not_before_it_is_asked(self, year: Year) -> None:
        sent(year)
        with pytest.raises(Refusal, match="đang thẩm định vòng 1"):
            say(year, "1.1", "x")
        release(assessment=year.sheet(), by=year.coordinator, now=NOW)
        assert say(year, "1.1", "Có kế hoạch", now=CLOSES).version == 1
        with pytest.raises(Refusal, match="Đã hết hạn giải trình lúc"):
            say(year, "1.2", "Có kiểm tra", now=CLOSES + TICK)

    def test_not_after_the_appraisal_is_closed(self, asked: Year) -> None:
        asked.accept()
        asked.close()
        with pytest.raises(Refusal, match="chờ Hội đồng"):
            say(asked, "1.1", "x", seen=1)


class TestRound2:
    @pytest.fixture
    def disputed(self, year: Year) -> Year:
        told(year)
        say(year, "1.1", "Có kế hoạch")
        say(year, "1.2", agrees=True)
        say(year, "T.1", "Có sáng kiến")
        return year

    def test_only_what_the_unit_disputes(self, disputed: Year) -> None:
        assert disputed_leaves(disputed.sheet()) == {disputed.criterion("1.1"), disputed.criterion("T.1")}
        for code in ("1.2", "2.1"):
            with pytest.raises(Refusal, match="Vòng 2 chỉ xem lại"):
                revise(disputed, code, Verdict("kept"))
        with pytest.raises(PermissionDenied):  # a survey leaf is no appraiser's
            revise(disputed, "1.3", Verdict("kept"))
        assert not Score.objects.filter(layer=Layer.ROUND2).exists()

    def test_it_keeps_raises_or_lowers_with_a_reason(self, disputed: Year) -> None:
        assert revise(disputed, "1.1", Verdict("kept", reason="không có gì mới")).points == 2
        assert revise(disputed, "1.1", data("4"), seen=1).points == 4
        with pytest.raises(ReasonMissing):
            revise(disputed, "1.1", data("1"), seen=2)
        assert revise(disputed, "1.1", data("1", "kế hoạch ban hành trễ"), seen=2).points == 1
        assert disputed.row("1.1", Layer.ROUND1).points == 2
        events = Event.objects.filter(action="revise").order_by("pk")
        assert [event.after["points"] for event in events] == ["2", "4", "1"]
        assert total_differences(disputed.cohort) == []

    def test_whoever_appraises_the_leaf_and_nobody_else(self, disputed: Year) -> None:
        others = [disputed.coordinator, disputed.leader, disputed.officers[disputed.units[0].pk]]
        for person in [*others, user_with(Role.APPRAISER, DepartmentFactory(parent=disputed.host))]:
            with pytest.raises(PermissionDenied):
                revise(disputed, "1.1", Verdict("kept"), by=person)

    def test_round_1_is_over_for_the_sheet(self, disputed: Year) -> None:
        with pytest.raises(Refusal, match="bước giải trình"):
            lower(disputed, "2.2.2", "0")

    def test_every_dispute_is_decided_before_the_council_has_the_sheet(self, disputed: Year) -> None:
        with pytest.raises(
            Refusal, match=r"Còn 2 tiêu chí đơn vị không đồng ý và chưa thẩm định vòng 2: 1\.1, T\.1\."
        ):
            disputed.close()
        revise(disputed, "1.1", data("4"))
        with pytest.raises(Refusal, match=r"Còn 1 tiêu chí đơn vị không đồng ý .*: T\.1\."):
            disputed.close()
        revise(disputed, "T.1", Verdict("kept", reason="không có quyết định công nhận"))
        disputed.close()
        sheet = disputed.sheet()
        assert (sheet.state, sheet.appraised_by) == ("appraised", disputed.coordinator)
        found = {
            (score.criterion.code, score.layer): score.points
            for score in Score.objects.select_related("criterion").order_by("pk")
        }
        # Raised, accepted, kept, and never asked about.
        for code, points in {"1.1": 4, "1.2": "1.5", "T.1": 0, "2.2.1": 3}.items():
            for layer in (Layer.ROUND2, Layer.COUNCIL):
                assert str(found[code, layer]) == str(points), (code, layer)
        totals = LayerTotal.objects.filter(assessment=sheet, layer__in=[Layer.ROUND2, Layer.COUNCIL])
        assert totals.count() == 2
        assert total_differences(disputed.cohort) == []


class TestSilence:
    def at(self, year: Year, moment) -> None:
        year.now = moment
        period = Period.objects.get(pk=year.period.pk)
        windows = dict(period.calendar.windows)
        for phase in (Phase.ROUND2, Phase.COUNCIL):
            windows[phase] = Window(windows[phase].opens, CLOSES + timedelta(days=30))
        period.calendar = type(period.calendar)(windows)
        period.save()

    def test_it_counts_from_the_moment_after_the_deadline(self, year: Year) -> None:
        told(year)
        say(year, "1.1", agrees=True)
        self.at(year, CLOSES)
        with pytest.raises(
            Refusal, match="Còn 2 tiêu chí đơn vị chưa trả lời và vẫn trong thời gian giải trình"
        ):
            year.close()
        assert Explanation.objects.count() == 1
        year.now = CLOSES + TICK
        year.close()
        silent = Explanation.objects.filter(stance="silent").select_related("criterion").order_by("pk")
        assert [(row.criterion.code, row.answered_by, row.answered_at, row.text) for row in silent] == [
            (code, None, CLOSES + TICK, "") for code in ("1.2", "T.1")
        ]
        events = Event.objects.filter(action="silent").select_related("criterion").order_by("pk")
        assert [(event.criterion.code, event.by, event.after["stance"]) for event in events] == [
            (code, year.coordinator, "silent") for code in ("1.2", "T.1")
        ]
        assert year.row("1.2", Layer.COUNCIL).points == year.row("1.2", Layer.ROUND1).points

    def test_a_dispute_still_needs_round_2_then(self, year: Year) -> None:
        told(year)
        say(year, "1.1", "Có kế hoạch")
        self.at(year, CLOSES + TICK)
        with pytest.raises(Refusal, match="chưa thẩm định vòng 2"):
            year.close()
        assert not Explanation.objects.filter(stance="silent").exists(), "nothing of a refused step stays"
        assert not Event.objects.filter(action="silent").exists()

    def test_nothing_asked_nothing_recorded(self, year: Year) -> None:
        year.score("1.1", {"points": "4"})
        year.submit()
        year.release()
        assert asked_leaves(year.sheet()) == frozenset()
        year.close()
        assert not Explanation.objects.exists()
        assert Event.objects.get(action="release").after == {"asked": 0}

    def test_only_the_coordinator_closes(self, year: Year) -> None:
        told(year)
        year.accept()
        for person in (year.leader, year.appraiser, year.officers[year.units[0].pk]):
            with pytest.raises(PermissionDenied):
                close_appraisal(assessment=year.sheet(), by=person, now=NOW)
        year.close()
        with pytest.raises(Refusal, match="chờ Hội đồng"):
            year.close()
