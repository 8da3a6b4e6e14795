"""Loading adds once, all or nothing, and never touches what was typed since."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.models import Role, Unit, User
from accounts.startup import refuse_demo_accounts
from assessments.actions.scoring import save_score
from assessments.models import Assessment, Score
from parindex.demo import loading
from parindex.demo.register import logins, password
from parindex.demo.workdays import Workdays
from tests.parindex.demo.conftest import NOW

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("load_demo", *arguments, stdout=out, skip_checks=True)
    return out.getvalue()


def rows() -> dict[str, list[tuple]]:
    """Every row of every table of ours."""
    return {
        model._meta.label: sorted(model._default_manager.values_list(), key=repr)
        for app in ("accounts", "criteria", "assessments", "reports")
        for model in apps.get_app_config(app).get_models()
    }


def test_a_second_run_changes_nothing_that_was_typed_in_since() -> None:
    draft = Assessment.objects.get(period__year=2026, unit__code="an-phuc")
    row = Score.objects.filter(assessment=draft, criterion__code="1.1.2").get()
    save_score(
        assessment=draft,
        criterion_id=row.criterion_id,
        data={"numerator": "19", "denominator": "20"},
        note="Sửa sau khi nạp",
        evidence_note="Có bảng thống kê",
        seen=row.version,
        by=User.objects.get(username="can-bo-an-phuc"),
        now=NOW,
    )
    Unit.objects.filter(code="yen-van").update(code="yen-van-moi", short_name="xã Yên Vân mới")
    User.objects.filter(username="quan-tri").update(username="quan-tri-moi", is_active=False)
    before = rows()

    assert "nothing changed" in run()

    assert rows() == before


def test_a_run_that_is_cut_off_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.update(is_demo=False)  # as if nothing had been loaded
    before = rows()

    def stop(days: Workdays) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(loading, "add_history", stop)
    with pytest.raises(KeyboardInterrupt):
        loading.load(now=NOW)

    assert rows() == before


def test_one_login_per_role_is_printed_and_works(rf: object) -> None:
    printed = run("--logins")

    assert password() in printed
    shown = User.objects.filter(username__in=[login.username for login in logins()])
    assert {role for user in shown for role, _ in user.roles} == set(Role.values)
    for user in shown:
        assert user.username in printed
        assert user.is_demo
        assert user.check_password(password())
    assert authenticate(rf.post("/"), username="dieu-phoi", password=password())


def test_production_refuses_the_demonstration_and_its_people() -> None:
    with override_settings(PRODUCTION=True):
        with pytest.raises(CommandError, match="production"):
            run()
        with pytest.raises(ImproperlyConfigured, match="Demonstration accounts"):
            refuse_demo_accounts()


@pytest.mark.parametrize(
    "now",
    [datetime(2026, 11, 21, 23, tzinfo=UTC), datetime(2027, 1, 1, 3, tzinfo=UTC)],
    ids=["a Sunday", "New Year"],
)
def test_days_are_reckoned_from_any_day(now: datetime) -> None:
    days = Workdays(now)

    assert days.at(-1, 449) < now < days.at(1, 0)
    assert [days.day(n).weekday() < 5 for n in (-3, -2, -1, 1, 2, 3)] == [True] * 6
    assert days.day(-3) < days.day(-2) < days.day(-1)
