import gettext
import re

import pytest
from django.conf import settings as django_settings

from accounts.models import Role
from tests.factories import UserFactory, user_with

pytestmark = pytest.mark.django_db

EVERYBODY = ["Kết quả", "Báo cáo"]


@pytest.mark.parametrize(
    ("role", "home", "labels"),
    [
        (Role.OFFICER, "/sheets/", ["Phiếu chấm điểm", *EVERYBODY]),
        (Role.UNIT_LEADER, "/sheets/", ["Phiếu chấm điểm", *EVERYBODY]),
        (Role.APPRAISER, "/appraisals/", ["Thẩm định", *EVERYBODY]),
        (Role.COORDINATOR, "/periods/", ["Kỳ đánh giá", *EVERYBODY, "Bộ tiêu chí"]),
        (Role.LEADER, "/results/", ["Kỳ đánh giá", *EVERYBODY, "Bộ tiêu chí"]),
        (Role.ADMINISTRATOR, "/quan-tri/", [*EVERYBODY, "Bộ tiêu chí", "Quản trị"]),
    ],
)
def test_each_role_lands_on_its_work_and_sees_its_pages(client, role, home, labels):
    client.force_login(user_with(role))
    assert client.get("/").url == home
    page = client.get("/results/")
    assert [item.label for item in page.context["nav"]] == labels
    assert [item.label for item in page.context["nav"] if item.current] == ["Kết quả"]


def test_demo_people_are_told_that_the_figures_are_invented(client):
    client.force_login(UserFactory(is_demo=True))
    assert "Dữ liệu minh họa" in client.get("/results/").content.decode()
    client.force_login(UserFactory())
    assert "Dữ liệu minh họa" not in client.get("/results/").content.decode()


def test_error_pages_are_plain_and_ours(client):
    client.force_login(UserFactory())
    assert "Không tìm thấy trang" in client.get("/khong-co/").content.decode()
    assert "Không có quyền truy cập" in client.get("/quan-tri/", follow=True).content.decode()


@pytest.mark.parametrize("status", [400, 500])
def test_error_pages_that_get_no_context(status):
    from django.template.loader import get_template

    assert "Về trang chủ" in get_template(f"{status}.html").render()


def test_the_compiled_translation_is_that_of_the_source():
    folder = django_settings.BASE_DIR / "parindex/locale/vi/LC_MESSAGES"
    with (folder / "django.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', (folder / "django.po").read_text(), re.MULTILINE)
    assert len(pairs) > 40
    assert [text for text, vietnamese in pairs if catalogue.gettext(text) != vietnamese] == []


def test_administrators_find_the_upload_of_sets_and_their_mistakes_in_vietnamese(client):
    client.force_login(user_with(Role.ADMINISTRATOR))
    assert "/criteria_set_upload/" in client.get("/quan-tri/criteria/criteriaset/").content.decode()
    blank = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    page = client.post("/quan-tri/accounts/user/add/", blank).content.decode()
    assert "Hãy sửa các mục còn lỗi dưới đây." in page
