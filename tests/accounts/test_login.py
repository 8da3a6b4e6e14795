from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts import actions
from accounts.middleware import client_address
from accounts.models import User
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

LOGIN = "/tai-khoan/dang-nhap/"
CHANGE = "/tai-khoan/doi-mat-khau/"
NEW_PASSWORD = "dồi dào sông núi 27"


def log_in(client: Client, user: User, password: str = PASSWORD, after: str = ""):
    return client.post(LOGIN, {"username": user.username, "password": password, "next": after})


def test_log_in_and_out(client):
    user = UserFactory()
    assert log_in(client, user, after="/sheets/").url == "/sheets/"
    assert client.get("/sheets/").status_code == 200
    assert client.get(LOGIN).url == "/"
    assert client.get("/tai-khoan/dang-xuat/").status_code == 405
    assert client.post("/tai-khoan/dang-xuat/").url == LOGIN
    assert client.get("/sheets/").status_code == 302


def test_a_log_in_is_no_change_of_the_catalogue(client):
    user = UserFactory()
    before = user.history.count()
    log_in(client, user)
    assert user.history.count() == before


@pytest.mark.parametrize("target", ["https://example.com/", "//example.com", "javascript:alert(1)"])
def test_next_never_leads_away(client, target):
    assert log_in(client, UserFactory(), after=target).url == "/"


def test_wrong_password_unknown_name_and_deactivated_read_the_same(client):
    user, gone = UserFactory(), UserFactory(is_active=False)
    pages = [
        log_in(client, user, "sai mật khẩu"),
        log_in(client, gone),
        log_in(client, User(username="khong-co")),
    ]
    for page in pages:
        assert "Tên đăng nhập hoặc mật khẩu không đúng" in page.content.decode()


def test_lock_out_tells_when_it_ends(client):
    user = UserFactory()
    with time_machine.travel(datetime(2026, 3, 2, 2, 0, tzinfo=UTC), tick=False) as clock:
        for _ in range(4):
            assert log_in(client, user, "sai").status_code == 200
        page = log_in(client, user, "sai")
        assert page.status_code == 429
        assert "<strong>từ 09:30</strong> (sau 30 phút nữa)" in page.content.decode()
        assert log_in(client, user).status_code == 429
        clock.shift(timedelta(minutes=31))
        assert log_in(client, user).status_code == 302


def test_unlock_lets_in_at_once(client, administrator):
    user = UserFactory()
    for _ in range(5):
        log_in(client, user, "sai")
    actions.unlock(user=user, by=administrator)
    assert log_in(client, user).status_code == 302
    assert user.history.first().history_user == administrator


def test_a_one_time_password_is_changed_before_any_work(client, administrator):
    user = UserFactory()
    password = actions.reset_password(user=user, by=administrator)
    log_in(client, user, password, after="/sheets/")
    assert client.get("/sheets/").url == CHANGE
    assert "mật khẩu dùng một lần" in client.get(CHANGE).content.decode()

    same = client.post(CHANGE, {"new_password1": password, "new_password2": password})
    assert "phải khác" in same.content.decode()
    weak = client.post(CHANGE, {"new_password1": "1234567890", "new_password2": "1234567890"})
    assert weak.status_code == 200
    short = client.post(CHANGE, {"new_password1": "Ngắn 1!", "new_password2": "Ngắn 1!"})
    assert "cần ít nhất 10 ký tự" in short.content.decode()

    done = client.post(CHANGE, {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD})
    assert client.get(done.url).status_code == 200
    assert client.get("/sheets/").status_code == 200
    assert log_in(Client(), user, NEW_PASSWORD).status_code == 302


def test_a_change_of_ones_own_accord_asks_for_the_old_password_and_ends_other_sessions(client):
    user, elsewhere = UserFactory(), Client()
    log_in(client, user)
    log_in(elsewhere, user)
    fields = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert client.post(CHANGE, {**fields, "old_password": "sai"}).status_code == 200
    assert client.post(CHANGE, {**fields, "old_password": PASSWORD}).status_code == 302
    assert client.get("/sheets/").status_code == 200
    assert elsewhere.get("/sheets/").status_code == 302


@pytest.mark.parametrize("act", [actions.reset_password, actions.deactivate])
def test_reset_and_deactivation_end_every_session(client, administrator, act):
    user = UserFactory()
    log_in(client, user)
    act(user=user, by=administrator)
    assert client.get("/sheets/").status_code == 302
    if act is actions.deactivate:  # and an old session doesn't come back to life
        actions.activate(user=user, by=administrator)
        assert client.get("/sheets/").status_code == 302


def test_a_stale_form_is_explained():
    client = Client(enforce_csrf_checks=True)
    page = client.post(LOGIN, {"username": "x", "password": "y"})
    assert page.status_code == 403
    assert "tải lại trang" in page.content.decode()


def test_behind_a_proxy_a_stranger_does_not_lock_others_out(settings):
    settings.PROXIES = 1
    user = UserFactory()
    stranger, officer = Client(), Client()
    officer.defaults["HTTP_X_FORWARDED_FOR"] = "198.51.100.2"
    for n in range(5):
        # What the client claims itself is of no use to it.
        stranger.defaults["HTTP_X_FORWARDED_FOR"] = f"10.0.0.{n}, 203.0.113.7"
        page = log_in(stranger, user, "sai")
    assert page.status_code == 429
    assert log_in(officer, user).status_code == 302


@pytest.mark.parametrize(
    ("proxies", "header", "expected"),
    [
        (0, "203.0.113.7", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "10.0.0.9, 203.0.113.7", "203.0.113.7"),
        (2, "10.0.0.9, 203.0.113.7, 192.0.2.1", "203.0.113.7"),
        (2, "203.0.113.7", "127.0.0.1"),
        (1, "'; --", "127.0.0.1"),
    ],
)
def test_the_address_is_what_our_own_proxy_saw(settings, rf, proxies, header, expected):
    settings.PROXIES = proxies
    assert client_address(rf.get("/", HTTP_X_FORWARDED_FOR=header)) == expected


def test_no_cache_on_the_way_keeps_a_page_and_log_out_empties_the_browsers_own(client):
    log_in(client, UserFactory())
    assert client.get("/sheets/")["Cache-Control"] == "private, no-cache"
    assert client.post("/tai-khoan/dang-xuat/")["Clear-Site-Data"] == '"cache"'
