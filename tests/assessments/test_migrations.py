"""A site with one deadline and one round becomes one with a calendar, and back, without losing what it has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.dates import VIETNAM
from accounts.models import Unit, User
from assessments.calendar import Phase
from assessments.models import Assessment, Cohort, LayerTotal, Period, Publication
from assessments.workflow import Action, PeriodAction
from tests.factories import ProvinceFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
OLD, NEW = "0002_events_and_seals", "0005_year_complete"
OPENED = datetime(2026, 3, 1, 8, 0, tzinfo=VIETNAM)
DEADLINE = datetime(2026, 3, 31, 17, 0, tzinfo=VIETNAM)
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)


def migrate(name: str) -> Any:
    """The models as they were after that migration."""
    call_command("migrate", "assessments", name, verbosity=0)
    return MigrationExecutor(connection).loader.project_state([("assessments", name)]).apps


@pytest.fixture
def before(transactional_db: None) -> Iterator[Any]:
    """The database as it was before the year had phases."""
    yield migrate(OLD)
    call_command("migrate", verbosity=0)


class Site:
    """Three periods of one host as the old models have them: in preparation, open, and published."""

    def __init__(self, apps: Any) -> None:
        self.model = lambda name: apps.get_model("assessments", name)
        self.person: User = UserFactory()
        self.host: Unit = ProvinceFactory()
        self.criteria = apps.get_model("criteria", "CriteriaSet").objects.create(
            code="bo", version=1, name="Bộ", total=100, decimals=2
        )
        self.area = apps.get_model("criteria", "Criterion").objects.create(
            criteria_set=self.criteria, code="1", name="Lĩnh vực", max_points=100, position=1, source="unit"
        )
        self.period("preparing", "Sắp mở")
        self.open = self.period("open", "Đang mở")
        self.sheets(self.open, "draft", "submitted", "appraised", "final")
        self.published = self.period("published", "Đã công bố")
        self.sheets(self.published, "draft", "final")
        self.publish()

    def period(self, state: str, name: str) -> Any:
        opened = {} if state == "preparing" else {"opened_at": OPENED, "opened_by_id": self.person.pk}
        return self.model("Period").objects.create(
            host_id=self.host.pk, year=2026, name=name, state=state, deadline=DEADLINE, **opened
        )

    def sheets(self, period: Any, *states: str) -> None:
        cohort = self.model("Cohort").objects.create(
            period=period, name="Xã", criteria_set_id=self.criteria.pk
        )
        steps = ["submitted", "appraised", "final"]
        for state in states:
            done: dict[str, Any] = {}
            for place, step in enumerate(steps[: steps.index(state) + 1] if state in steps else []):
                step = "finalised" if step == "final" else step
                done |= {f"{step}_at": OPENED + (place + 1) * DAY, f"{step}_by_id": self.person.pk}
            if done:
                done |= {"submitted_total": Decimal("61.5"), "receipt": f"biên nhận {state}"}
            sheet = self.model("Assessment").objects.create(
                period=period, cohort=cohort, unit_id=UnitFactory(parent=self.host).pk, state=state, **done
            )
            said = {"assessment": sheet, "updated_at": OPENED, "updated_by_id": self.person.pk}
            for layer in {"draft": ["self"], "submitted": ["self", "round1"]}.get(
                state, ["self", "round1", "council"]
            ):
                self.model("Score").objects.create(
                    criterion_id=self.area.pk, layer=layer, points=60, max_points=100, **said
                )
                zero = dict.fromkeys(("bonus", "penalty"), Decimal(0))
                self.model("LayerTotal").objects.create(
                    assessment=sheet, layer=layer, base=60, applicable=100, index=60, total=60,
                    answered=1, leaves=1, **zero,
                )  # fmt: skip
                self.model("AreaTotal").objects.create(
                    assessment=sheet, layer=layer, criterion_id=self.area.pk,
                    points=Decimal("59.25"), applicable=100, answered=1, leaves=1,
                )  # fmt: skip
            self.model("Event").objects.create(
                at=OPENED, by_id=self.person.pk, action="score", period=period, assessment=sheet
            )

    def publish(self) -> None:
        publication = self.model("Publication").objects.create(
            period=self.published,
            decision_number="9/QĐ-UBND",
            decision_date=date(2026, 5, 2),
            decision_issuer="UBND tỉnh",
            published_at=DEADLINE + 30 * DAY,
            published_by_id=self.person.pk,
            arithmetic=1,
            seal="niêm phong",
        )
        for sheet in self.model("Assessment").objects.filter(period=self.published).order_by("pk"):
            ranked = {"total": 60, "index": 60, "bonus": 0, "penalty": 0, "rank": 1}
            self.model("Result").objects.create(
                publication=publication,
                assessment=sheet,
                group_size=1,
                seal=f"niêm phong {sheet.state}",
                **(ranked if sheet.state == "final" else {"reason": "Chưa gửi phiếu"}),
            )


def rows(apps: Any, name: str, *fields: str) -> list[tuple]:
    return list(apps.get_model("assessments", name).objects.order_by("pk").values_list(*fields))


KEPT = {
    "Score": ("assessment", "criterion", "layer", "points", "version"),
    "LayerTotal": ("assessment", "layer", "total"),
    "AreaTotal": ("assessment", "layer", "criterion", "points", "applicable", "answered", "leaves"),
    "Event": ("at", "by", "action", "period", "assessment"),
    "Publication": ("period", "decision_number", "seal", "arithmetic"),
    "Result": ("publication", "assessment", "rank", "total", "reason", "seal"),
    "Assessment": ("period", "cohort", "unit", "submitted_at", "submitted_by", "submitted_total", "receipt"),
}


def contents(apps: Any) -> dict[str, list[tuple]]:
    return {name: rows(apps, name, *fields) for name, fields in KEPT.items()}


def test_there_and_back(before: Any) -> None:
    """One test, because every migration of the whole database takes its time."""
    site = Site(before)
    stood = contents(before)
    states = rows(before, "Assessment", "pk", "state")

    after = migrate(NEW)
    assert contents(after) == stood
    assert rows(after, "Assessment", "pk", "state") == states
    call_command("migrate", verbosity=0)  # on to whatever came since
    calendars_follow_from_the_deadline()
    everybody_goes_on_as_yesterday()
    sheets_have_the_dates_of_the_steps_between()
    areas_are_kept_with_their_total()
    made = in_steps_that_did_not_exist(site)

    old = migrate(OLD)
    sheets = old.get_model("assessments", "Assessment").objects
    assert {state: sheets.get(pk=pk).state for state, pk in made.items()} == {
        "review": "draft",
        "returned": "draft",
        "explaining": "submitted",
    }
    assert sheets.get(pk=made["explaining"]).receipt == "biên nhận"
    assert set(rows(old, "Period", "deadline")) == {(DEADLINE,)}
    assert old.get_model("assessments", "Publication").objects.get().period_id == site.published.pk
    sheets.filter(pk__in=made.values()).delete()
    assert contents(old) == stood
    assert rows(old, "Assessment", "pk", "state") == states


def calendars_follow_from_the_deadline() -> None:
    for period in Period.objects.order_by("pk"):
        calendar = period.calendar
        assert calendar.problems() == []
        assert calendar[Phase.SELF].closes == DEADLINE
        begins = DEADLINE - 30 * DAY if period.state == "preparing" else OPENED - DAY
        assert {window.opens for window in calendar.windows.values()} == {begins}
    published = Period.objects.get(state="published")
    assert published.publication == Publication.objects.get()
    assert (published.publication.ordinal, published.publication.is_correction) == (1, False)


def everybody_goes_on_as_yesterday() -> None:
    """Only scoring had a deadline; the rest gets the usual weeks after it."""
    sheets = {sheet.state: sheet for sheet in Assessment.objects.filter(period__state="open")}
    for state, action in {
        "draft": Action.SCORE,
        "submitted": Action.APPRAISE,
        "appraised": Action.FIX,
    }.items():
        for now in (OPENED, DEADLINE):
            assert sheets[state].why_not(action, now=now) is None, (state, now)
    assert sheets["draft"].why_not(Action.SCORE, now=DEADLINE + TICK)
    assert sheets["submitted"].why_not(Action.APPRAISE, now=DEADLINE + 21 * DAY) is None
    assert sheets["appraised"].why_not(Action.FINALISE, now=DEADLINE + 56 * DAY) is None
    assert Period.objects.get(state="open").why_not(PeriodAction.PUBLISH, now=OPENED) is None


def sheets_have_the_dates_of_the_steps_between() -> None:
    for sheet in Assessment.objects.order_by("pk"):
        assert (sheet.sent_at, sheet.sent_by) == (sheet.submitted_at, sheet.submitted_by)
        assert (sheet.released_at, sheet.released_by) == (sheet.appraised_at, sheet.appraised_by)
        assert sheet.remark == ""


def areas_are_kept_with_their_total() -> None:
    kept = [total.nodes for total in LayerTotal.objects.order_by("pk")]
    assert kept == [{"1": (Decimal("59.25"), Decimal(100), 1, 1)}] * 13


def in_steps_that_did_not_exist(site: Site) -> dict[str, int]:
    """New sheets of the open period by their states."""
    cohort, person = Cohort.objects.get(period=site.open.pk), site.person.pk
    explaining = {
        **{f"{step}_at": OPENED for step in ("sent", "submitted", "released")},
        **{f"{step}_by_id": person for step in ("sent", "submitted", "released")},
        "submitted_total": Decimal(60),
        "receipt": "biên nhận",
    }
    return {
        state: Assessment.objects.create(
            period_id=site.open.pk, cohort=cohort, unit=UnitFactory(parent=site.host), state=state, **facts
        ).pk
        for state, facts in {
            "review": {"sent_at": OPENED, "sent_by_id": person},
            "returned": {"remark": "sửa 1"},
            "explaining": explaining,
        }.items()
    }
