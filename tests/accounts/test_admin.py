import re
from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import actions
from accounts.models import Membership, Role, Unit, User
from accounts.one_time import ALPHABET
from tests.assessments.test_concurrency import while_holding
from tests.factories import PASSWORD, ProvinceFactory, UnitFactory, UserFactory, user_with

pytestmark = pytest.mark.django_db

UNITS = "/quan-tri/accounts/unit/"
USERS = "/quan-tri/accounts/user/"
ONE_TIME = re.compile(rf'<code class="one-time">([{ALPHABET}-]{{14}})</code>')


def inline(*rows: dict[str, object], initial: int = 0) -> dict[str, object]:
    fields = {"memberships-TOTAL_FORMS": len(rows), "memberships-INITIAL_FORMS": initial}
    return fields | {f"memberships-{i}-{name}": v for i, row in enumerate(rows) for name, v in row.items()}


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
@pytest.mark.parametrize("path", ["/quan-tri/", UNITS, f"{USERS}export/", f"{UNITS}import/"])
def test_only_administrators_come_in(client, role, path):
    client.force_login(user_with(role))
    assert client.get(path, follow=True).status_code == 403


def test_strangers_meet_our_log_in_page_and_one_time_passwords_are_changed_first(client):
    assert client.get(USERS).url == f"/tai-khoan/dang-nhap/?next={USERS}"
    client.force_login(user_with(Role.ADMINISTRATOR, must_change_password=True))
    assert client.get(USERS).url == "/tai-khoan/doi-mat-khau/"


def test_log_in_log_out_and_password_are_the_sites_own(admin_browser):
    assert admin_browser.get("/quan-tri/login/").url == "/quan-tri/"
    assert admin_browser.get("/quan-tri/password_change/").url == "/tai-khoan/doi-mat-khau/"
    assert admin_browser.post("/quan-tri/logout/").status_code == 302
    assert admin_browser.get("/quan-tri/").status_code == 302


@pytest.mark.parametrize("path", [UNITS, USERS])
def test_the_number_of_queries_does_not_grow_with_the_rows(admin_browser, path):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert admin_browser.get(path).status_code == 200
        return len(captured)

    province = ProvinceFactory()
    user_with(Role.OFFICER, UnitFactory(parent=province))
    queries()
    with_one = queries()
    for _ in range(2):
        user_with(Role.OFFICER, UnitFactory(parent=province))
    assert queries() == with_one


def test_units_are_found_without_accents(admin_browser):
    UnitFactory(short_name="xã Đồng Lâm")
    UnitFactory(short_name="xã Ế Ninh")
    page = admin_browser.get(UNITS, {"q": "e NINH"})
    assert [unit.short_name for unit in page.context["cl"].result_list] == ["xã Ế Ninh"]
    assert [
        unit.short_name for unit in admin_browser.get(UNITS, {"hoat-dong": "khong"}).context["cl"].result_list
    ] == []


def test_people_are_found_without_accents(admin_browser):
    UserFactory(full_name="Nguyễn Văn Ế")
    page = admin_browser.get(USERS, {"q": "van e"})
    assert [user.full_name for user in page.context["cl"].result_list] == ["Nguyễn Văn Ế"]


def test_a_unit_is_kept_with_its_lineage_and_history(admin_browser, administrator):
    unit, old = UnitFactory(), UnitFactory(short_name="huyện Cũ")
    code = unit.code
    page = admin_browser.post(
        f"{UNITS}{unit.pk}/change/",
        {
            # What was published and sealed names the unit by it.
            "code": "khac",
            "name": "Ủy ban nhân dân xã Mới",
            "short_name": "xã Mới",
            "place": "Mới",
            "level": "commune",
            "active_from": "01/07/2025",
            "origins-TOTAL_FORMS": 1,
            "origins-INITIAL_FORMS": 0,
            "origins-0-kind": "split",
            "origins-0-predecessor": old.pk,
            "origins-0-on": "01/07/2025",
        },
    )
    assert page.status_code == 302
    unit.refresh_from_db()
    assert (unit.code, unit.short_name) == (code, "xã Mới")
    assert unit.origins.get().predecessor == old
    assert unit.history.first().history_user == administrator
    history = admin_browser.get(f"{UNITS}{unit.pk}/history/").content.decode()
    assert "xã Mới" in history
    assert "style=" not in history
    assert "Đặng Thị Quản" in history


def test_a_new_person_gets_a_one_time_password_shown_once(admin_browser, client):
    unit = UnitFactory()
    page = admin_browser.post(
        f"{USERS}add/",
        {"username": "can-bo", "full_name": "Lê Thị Mới", **inline({"role": "officer", "unit": unit.pk})},
    )
    (password,) = ONE_TIME.findall(page.content.decode())
    assert "no-store" in page["Cache-Control"]
    user = User.objects.get(username="can-bo")
    assert user.check_password(password)
    assert user.must_change_password
    assert user.holds(Role.OFFICER, unit.pk)
    for path in [USERS, f"{USERS}{user.pk}/change/", f"{USERS}{user.pk}/history/"]:
        shown = admin_browser.get(path).content.decode()
        assert password not in shown
        assert user.password not in shown


def test_reset_asks_first(admin_browser):
    user = UserFactory()
    fields = {"action": "reset_passwords", "_selected_action": [user.pk]}
    assert "Đặt lại mật khẩu của những người sau?" in admin_browser.post(USERS, fields).content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    page = admin_browser.post(USERS, {**fields, "confirmed": "1"})
    (password,) = ONE_TIME.findall(page.content.decode())
    user.refresh_from_db()
    assert user.check_password(password)


def test_deactivation_keeps_the_person_and_spares_oneself(admin_browser, administrator):
    user = UserFactory()
    fields = {"action": "deactivate", "_selected_action": [user.pk, administrator.pk], "confirmed": "1"}
    page = admin_browser.post(USERS, fields, follow=True)
    assert "Không thể tự ngừng tài khoản" in page.content.decode()
    assert set(User.objects.filter(is_active=True)) == {administrator}
    assert admin_browser.post(f"{USERS}{user.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in page.content.decode()

    page = admin_browser.post(USERS, {**fields, "action": "activate", "_selected_action": [user.pk]})
    assert ONE_TIME.search(page.content.decode())


@pytest.mark.django_db(transaction=True)
def test_saving_a_person_leaves_alone_what_another_administrator_did_meanwhile(admin_browser, administrator):
    user = UserFactory(full_name="Lê Cũ")
    page = while_holding(
        lambda: actions.deactivate(user=User.objects.get(pk=user.pk), by=administrator),
        lambda: admin_browser.post(
            f"{USERS}{user.pk}/change/", {"username": user.username, "full_name": "Lê Mới", **inline()}
        ),
    )
    assert page.status_code == 302, page
    user.refresh_from_db()
    assert (user.full_name, user.is_active, user.has_usable_password()) == ("Lê Mới", False, False)
    assert user.search.endswith("le moi")
    newest = user.history.first()
    assert (newest.full_name, newest.is_active, newest.history_user) == ("Lê Mới", False, administrator)


def test_saving_a_unit_leaves_alone_what_changed_since_it_was_read(admin_browser, monkeypatch):
    unit = UnitFactory()
    check = Unit.clean

    def closed_meanwhile(self: Unit) -> None:
        check(self)
        Unit.objects.filter(pk=self.pk).update(active_until=date(2025, 6, 30))

    monkeypatch.setattr(Unit, "clean", closed_meanwhile)
    fields = {name: getattr(unit, name) for name in ("name", "place", "level")}
    no_origins = {"origins-TOTAL_FORMS": 0, "origins-INITIAL_FORMS": 0}
    page = admin_browser.post(f"{UNITS}{unit.pk}/change/", {**fields, **no_origins, "short_name": "xã Mới"})
    assert page.status_code == 302
    unit.refresh_from_db()
    assert (unit.short_name, unit.active_until) == ("xã Mới", date(2025, 6, 30))
    assert unit.history.first().active_until == date(2025, 6, 30)


def test_unlock(admin_browser, client):
    user = UserFactory()
    for _ in range(5):
        client.post("/tai-khoan/dang-nhap/", {"username": user.username, "password": "sai"})
    assert "đang bị khóa đăng nhập" in admin_browser.get(USERS).content.decode()
    admin_browser.post(USERS, {"action": "unlock", "_selected_action": [user.pk]})
    assert "đang bị khóa đăng nhập" not in admin_browser.get(USERS).content.decode()


def test_an_administrator_keeps_his_own_role(admin_browser, administrator):
    held = administrator.memberships.get()
    row = {"id": held.pk, "user": administrator.pk, "role": "administrator", "DELETE": "on"}
    fields = {"username": administrator.username, "full_name": "Đặng Thị Quản"}
    page = admin_browser.post(f"{USERS}{administrator.pk}/change/", {**fields, **inline(row, initial=1)})
    assert page.status_code == 200
    assert "tự bỏ vai trò Quản trị hệ thống" in page.content.decode()
    row.pop("DELETE")
    page = admin_browser.post(f"{USERS}{administrator.pk}/change/", {**fields, **inline(row, initial=1)})
    assert page.status_code == 302
    assert LogEntry.objects.get().user == administrator


def test_roles_change_as_the_page_says_and_one_given_since_stays(admin_browser, administrator):
    here, there = UnitFactory(), UnitFactory()
    user = UserFactory(held_roles=[(Role.OFFICER, here), (Role.LEADER, here), (Role.APPRAISER, here)])
    kept, moved, dropped = user.memberships.order_by("pk")
    user.memberships.create(role=Role.COORDINATOR, unit=there)
    rows = [
        {"id": row.pk, "user": user.pk, "role": row.role, "unit": here.pk} for row in (kept, moved, dropped)
    ]
    rows[1] |= {"unit": there.pk}
    rows[2] |= {"DELETE": "on"}
    fields = {"username": user.username, "full_name": user.full_name}
    new = {"user": user.pk, "role": "unit_leader", "unit": there.pk}
    page = admin_browser.post(f"{USERS}{user.pk}/change/", {**fields, **inline(*rows, new, initial=3)})
    assert page.status_code == 302
    assert User.objects.get(pk=user.pk).roles == {
        (Role.OFFICER, here.pk),
        (Role.LEADER, there.pk),
        (Role.COORDINATOR, there.pk),
        (Role.UNIT_LEADER, there.pk),
    }
    assert user.memberships.get(role=Role.OFFICER) == kept
    changes = Membership.history.filter(user_id=user.pk, history_user=administrator)
    assert set(changes.order_by().values_list("history_type", "role")) == {
        ("-", "leader"), ("-", "appraiser"), ("+", "leader"), ("+", "unit_leader"),
    }  # fmt: skip
    entry = LogEntry.objects.get().get_change_message()
    assert [entry.count(str(role.label)) for role in (Role.OFFICER, Role.LEADER, Role.APPRAISER)] == [0, 1, 1]


def test_a_role_needs_its_unit(admin_browser):
    user = UserFactory()
    page = admin_browser.post(
        f"{USERS}{user.pk}/change/",
        {"username": user.username, "full_name": user.full_name, **inline({"role": "officer", "unit": ""})},
    )
    assert "mọi vai trò khác phải có đơn vị" in page.content.decode()


@pytest.mark.parametrize("path", ["", "accounts/unit/add/", "accounts/user/add/", "accounts/user/import/"])
def test_pages_carry_no_inline_script_or_style(admin_browser, path):
    page = admin_browser.get(f"/quan-tri/{path}")
    assert "unsafe" not in page["Content-Security-Policy"]
    inline_code = r"\sstyle=|\son\w+=|<style|<script(?![^>]*src=)(?![^>]*json)"
    assert not re.search(inline_code, page.content.decode())
