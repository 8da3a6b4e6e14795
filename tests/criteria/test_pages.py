"""The pages of criteria sets: who reads them, what an upload tells, what a confirmation does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role, User
from criteria import queries
from criteria.actions import correct_wording, load_set
from criteria.models import CriteriaSet, Criterion
from criteria.queries import stored_tree, words_fingerprint
from criteria.schema import read_set
from tests.criteria.small_set import SMALL
from tests.factories import user_with
from tests.worlds import make_world

pytestmark = pytest.mark.django_db
SETS = Path(__file__).resolve().parents[2] / "fixtures" / "sets"
TREE = read_set(SMALL)
UPLOAD = "/bo-tieu-chi/nap-tep/"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, "accounts.backends.MemberBackend")
    return client


@pytest.fixture
def administrator(db: None) -> User:
    return user_with(Role.ADMINISTRATOR)


@pytest.fixture
def browser(administrator: User) -> Client:
    return client_of(administrator)


@pytest.fixture
def upload(browser: Client) -> Callable[[str | bytes], HttpResponse]:
    def send(content: str | bytes) -> HttpResponse:
        data = content if isinstance(content, bytes) else content.encode()
        return browser.post(UPLOAD, {"file": SimpleUploadedFile("bo-tieu-chi.yaml", data)})

    return send


def hidden(page: HttpResponse) -> dict[str, str]:
    """What the confirmation on a preview sends, with line breaks as browsers send them."""
    form = page.context["form"]
    return {name: str(form[name].value()).replace("\n", "\r\n") for name in form.fields}


def text_of(page: HttpResponse) -> str:
    """The page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


class TestReading:
    @pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR, Role.LEADER])
    def test_the_list_and_a_set_without_the_administrators_tools(self, role: str) -> None:
        stored = load_set(TREE)
        browser = client_of(user_with(role))
        listed, page = browser.get("/bo-tieu-chi/"), browser.get(f"/bo-tieu-chi/{stored.pk}/")
        keeps = role == Role.ADMINISTRATOR

        assert "Bộ tiêu chí nhỏ" in text_of(listed)
        assert "Chưa dùng" in text_of(listed)
        assert ("Nạp tệp bộ tiêu chí" in text_of(listed)) == keeps
        assert ("Đính chính" in text_of(page)) == ("Tạo phiên bản mới" in text_of(page)) == keeps

    @pytest.mark.parametrize("role", [Role.OFFICER, Role.UNIT_LEADER, Role.APPRAISER])
    def test_others_may_not(self, role: str) -> None:
        stored = load_set(TREE)
        browser = client_of(user_with(role))
        criterion = stored.criteria.get(code="1.1")

        for url in (
            "/bo-tieu-chi/",
            f"/bo-tieu-chi/{stored.pk}/",
            f"/bo-tieu-chi/{stored.pk}/tep/",
            UPLOAD,
            f"/bo-tieu-chi/tieu-chi/{criterion.pk}/",
        ):
            assert browser.get(url).status_code == 403
            assert browser.post(url).status_code == 403

    @pytest.mark.parametrize("role", [Role.COORDINATOR, Role.LEADER])
    def test_readers_may_not_write(self, role: str) -> None:
        stored = load_set(TREE)
        browser = client_of(user_with(role))
        criterion = stored.criteria.get(code="1.1")

        for url in (UPLOAD, f"/bo-tieu-chi/tieu-chi/{criterion.pk}/"):
            assert browser.get(url).status_code == 403
            assert browser.post(url, {"text_again": SMALL, "seen": ""}).status_code == 403

    def test_a_page_says_everything_about_a_set(self, browser: Client) -> None:
        stored = load_set(TREE)
        shown = text_of(browser.get(f"/bo-tieu-chi/{stored.pk}/"))

        for words in (
            "12/QĐ-UBND ngày 03/02/2025, UBND tỉnh",
            "10 điểm, 2 lĩnh vực; Điểm trừ (tối đa 2 điểm)",
            "đơn vị tự chấm: 3 tiêu chí",
            "điều tra xã hội học: 1 tiêu chí, 4 điểm",
            "Tốt: từ 9; Khá: từ 5",
            "Cơ quan thẩm định: Sở Nội vụ",
            "Cơ quan thẩm định: Sở Tư pháp",
            "Tỷ lệ = Đã xong ÷ Phải làm. Từ 80%: tỷ lệ × 2,5 điểm; dưới 80%: 0 điểm.",
            "Lấy tiêu chí con cao nhất",
            "Điểm thưởng, ngoài điểm của lĩnh vực",
            "Không áp dụng: loại khỏi tổng điểm tối đa",
            "2.1 Phần một",
        ):
            assert words in shown

    @pytest.mark.parametrize("path", sorted(SETS.glob("*.yaml")), ids=lambda path: path.stem)
    def test_every_real_set_has_its_page(self, browser: Client, path: Path) -> None:
        stored = load_set(read_set(path.read_text(encoding="utf-8")))
        page = browser.get(f"/bo-tieu-chi/{stored.pk}/")

        assert page.status_code == 200
        for criterion in stored.criteria.all():
            assert f'id="tieu-chi-{criterion.pk}"' in page.content.decode()

    def test_a_set_in_use_says_so(self, browser: Client) -> None:
        world = make_world()

        assert "Đã dùng" in text_of(browser.get("/bo-tieu-chi/"))
        assert "Đã dùng, không thay được" in text_of(browser.get(f"/bo-tieu-chi/{world.criteria_set.pk}/"))

    def test_an_empty_list_says_what_to_do(self, browser: Client) -> None:
        assert "Hãy nạp tệp" in text_of(browser.get("/bo-tieu-chi/"))
        assert "Quản trị hệ thống nạp" in text_of(client_of(user_with(Role.LEADER)).get("/bo-tieu-chi/"))

    def test_the_list_asks_the_same_for_one_set_and_for_three(
        self, browser: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for version in (1, 2, 3):
            load_set(replace(TREE, version=version))
            if version != 2:
                with django_assert_num_queries(5):  # session, user with roles, their units, sets, bell
                    browser.get("/bo-tieu-chi/")

    @pytest.mark.parametrize("code", ["trieu-son-2020", "mau-xa-2-cap"])
    def test_a_set_asks_the_same_for_7_leaves_and_for_69(
        self, browser: Client, code: str, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        stored = load_set(read_set((SETS / f"{code}.yaml").read_text(encoding="utf-8")))
        queries._stored_tree.cache_clear()
        # Session, user with roles, their units, set, tree (2), corrections, versions, bell.
        with django_assert_num_queries(9):
            browser.get(f"/bo-tieu-chi/{stored.pk}/")
        with django_assert_num_queries(7):
            browser.get(f"/bo-tieu-chi/{stored.pk}/")


class TestDownload:
    def test_the_file_reads_back_as_the_set(self, browser: Client) -> None:
        stored = load_set(TREE)
        answer = browser.get(f"/bo-tieu-chi/{stored.pk}/tep/")

        assert answer["Content-Disposition"] == 'attachment; filename="nho-v1.yaml"'
        assert read_set(answer.content.decode()) == TREE

    def test_a_new_version_gets_the_next_free_number(self, browser: Client) -> None:
        stored = load_set(TREE)
        load_set(replace(TREE, version=4))
        answer = browser.get(f"/bo-tieu-chi/{stored.pk}/tep/?phien-ban-moi")

        assert answer["Content-Disposition"] == 'attachment; filename="nho-v5.yaml"'
        assert read_set(answer.content.decode()) == replace(TREE, version=5)


Upload = Callable[[str | bytes], HttpResponse]


class TestUpload:
    def test_every_mistake_is_shown_with_its_line_and_nothing_is_stored(self, upload: Upload) -> None:
        page = upload(
            SMALL.replace("version: 1", "version: x")
            .replace("max_points: 2.5", "max_points: 2")
            .replace("evidence_required: true", "evidense: true")
        )
        shown = text_of(page)

        assert page.status_code == 422
        assert "Tệp có 4 lỗi nên chưa nạp gì" in shown
        for line, code, key, message, source in [
            ("2", "", "version", "Phải là số nguyên", "version: x"),
            ("14", "1", "max_points", "Điểm tối đa 6 nhưng", "max_points: 6"),
            ("27", "1.1", "evidense", "Không có khóa này", "evidense: true"),
        ]:
            assert re.search(rf"{line} {code} ?{key} {message}[^<]*? {source}", shown), (line, shown)
        assert not CriteriaSet.objects.exists()

    def test_a_clean_file_is_summed_up_and_stored_only_when_confirmed(
        self, upload: Upload, browser: Client
    ) -> None:
        page = upload(SMALL)
        shown = text_of(page)

        assert page.status_code == 200
        for words in (
            "Mã bộ tiêu chí nho",
            "Phiên bản 1",
            "Tiêu chí chấm điểm 7",
            "Tổng điểm 10",
            "Chưa có phiên bản nào",
        ):
            assert words in shown
        assert not CriteriaSet.objects.exists()

        done = browser.post(UPLOAD, hidden(page))
        stored = CriteriaSet.objects.get()
        assert done.headers["Location"] == reverse("criteria_set", args=[stored.pk])
        assert stored_tree(stored).tree == TREE

    def test_a_second_click_is_no_second_set_and_no_error(self, upload: Upload, browser: Client) -> None:
        sent = hidden(upload(SMALL))
        first, second = browser.post(UPLOAD, sent), browser.post(UPLOAD, sent)

        assert first.headers["Location"] == second.headers["Location"]
        assert CriteriaSet.objects.count() == 1

    def test_a_new_version_is_compared_with_the_one_before(self, upload: Upload, browser: Client) -> None:
        load_set(TREE)
        text = (
            SMALL.replace("version: 1", "version: 2")
            .replace("from: 0.8", "from: 0.9")
            .replace("name: Thể chế", "name: Thể chế, pháp luật")
            .replace("code: 3.1,", "code: 3.4,")
        )
        page = upload(text)
        shown = text_of(page)

        for words in (
            "So với phiên bản 1",
            "Tiêu chí mới (1) 3.4 Nộp chậm (2 điểm)",
            "Tiêu chí không còn (1) 3.1 Nộp chậm (2 điểm)",
            "Thay đổi cách chấm hoặc điểm tối đa (1) 1.1 Kế hoạch Cách chấm:",
            "Chỉ thay đổi câu chữ (1) 2 Thể chế, pháp luật Tên: Thể chế → Thể chế, pháp luật",
        ):
            assert words in shown
        browser.post(UPLOAD, hidden(page))
        assert CriteriaSet.objects.count() == 2

    def test_the_same_file_again_has_nothing_to_store(self, upload: Upload) -> None:
        load_set(TREE)
        shown = text_of(upload(SMALL))

        assert "Nội dung này đã được nạp" in shown
        assert "Lưu bộ tiêu chí" not in shown

    def test_an_unused_version_is_replaced_after_saying_so(self, upload: Upload, browser: Client) -> None:
        stored = load_set(TREE)
        page = upload(SMALL.replace("name: Kế hoạch", "name: Kế hoạch năm"))

        assert "sẽ được thay bằng tệp này" in text_of(page)
        assert "So với nội dung đang lưu" in text_of(page)
        browser.post(UPLOAD, hidden(page))
        stored.refresh_from_db()
        assert stored_tree(stored).tree.by_code["1.1"].name == "Kế hoạch năm"

    def test_a_frozen_version_asks_for_a_new_one(self, upload: Upload, browser: Client) -> None:
        world = make_world()
        answer = browser.get(f"/bo-tieu-chi/{world.criteria_set.pk}/tep/").content.decode()
        changed = answer.replace("Sáng kiến", "Sáng kiến mới")
        page = upload(changed)
        forced = browser.post(UPLOAD, {"text_again": changed, "seen": world.criteria_set.fingerprint})

        for shown in (page, forced):
            assert "tăng số ở dòng version" in text_of(shown)
            assert "Lưu bộ tiêu chí" not in text_of(shown)
        assert forced.status_code == 409
        assert world.criteria_set.criteria.get(code="1.2").name == "Sáng kiến"

    def test_a_version_stored_since_the_preview_is_looked_at_again(
        self, upload: Upload, browser: Client
    ) -> None:
        page = upload(SMALL)
        load_set(read_set(SMALL.replace("name: Kế hoạch", "name: Của người khác")))
        again = browser.post(UPLOAD, hidden(page))

        assert again.status_code == 409
        assert "đã thay đổi sau lúc xem trước" in text_of(again)
        assert Criterion.objects.get(code="1.1").name == "Của người khác"
        browser.post(UPLOAD, hidden(again))
        assert Criterion.objects.get(code="1.1").name == "Kế hoạch"

    def test_a_confirmation_is_checked_like_a_file(self, browser: Client) -> None:
        page = browser.post(UPLOAD, {"text_again": SMALL.replace("total: 10", "total: 11"), "seen": ""})

        assert page.status_code == 422
        assert "khác tổng 11" in text_of(page)
        assert not CriteriaSet.objects.exists()


LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
)
HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "rỗng|trống|không có nội dung"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "UTF-8"),
    "UTF-16": (SMALL.encode("utf-16"), "UTF-8"),
    "zeroes": (b"\x00" * 1000, "không đọc được"),
    "ten megabytes": (b"a: " + b"x" * 10_000_000, "1 MB"),
    "billion laughs": (LAUGHS.encode(), "dẫn chiếu"),
    "code to run": (b"a: !!python/object/apply:os.system [ls]", "nhãn kiểu"),
    "deep": (b"[" * 100_000, "lồng quá sâu"),
    "many mistakes": (SMALL.encode() + b"".join(b"k%d: 1\n" % n for n in range(5000)), "Còn 4800 lỗi"),
    "markup": (b"<script>alert(1)</script>: 1", "không có khóa"),
    "one long line": (b"x: " + b"\xe1\xba\xad" * 300_000, "không có khóa"),
    "an escaped zero": (SMALL.replace("name: Kế hoạch", 'name: "a\\0"').encode(), "không đọc được"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_words(name: str, upload: Upload) -> None:
    content, message = HOSTILE[name]
    page = upload(content)

    assert page.status_code == 422
    assert re.search(message, text_of(page), re.IGNORECASE), text_of(page)
    assert b"<script>alert" not in page.content
    assert len(page.content) < 300_000
    assert not CriteriaSet.objects.exists()


def test_no_file_at_all(browser: Client) -> None:
    page = browser.post(UPLOAD)

    assert page.status_code == 422
    assert "errorlist" in page.content.decode()


class TestWording:
    def send(self, browser: Client, criterion: Criterion, **changed: str) -> HttpResponse:
        words = {word: getattr(criterion, word) for word in ("name", "rule_text", "guide", "evidence")}
        typed = {**words, "reason": "Sửa lỗi", "seen": words_fingerprint(criterion), **changed}
        return browser.post(f"/bo-tieu-chi/tieu-chi/{criterion.pk}/", typed)

    def test_a_correction_is_stored_and_shown_with_before_and_after(self, browser: Client) -> None:
        world = make_world()
        criterion = world.criteria_set.criteria.get(code="1.1")
        done = self.send(browser, criterion, name="Kế hoạch CCHC", guide="Dòng một\r\nDòng hai")

        assert done.headers["Location"] == reverse("criteria_set", args=[world.criteria_set.pk])
        for url in (done.headers["Location"], f"/bo-tieu-chi/tieu-chi/{criterion.pk}/"):
            shown = text_of(browser.get(url))
            assert "Tên tiêu chí: Kế hoạch → Kế hoạch CCHC" in shown
            assert "Lý do: Sửa lỗi" in shown
        criterion.refresh_from_db()
        assert criterion.guide == "Dòng một\nDòng hai"

    @pytest.mark.parametrize(
        "changed", [{"reason": ""}, {"name": "", "guide": "Khác"}, {"reason": "x" * 101, "name": "Khác"}, {}]
    )
    def test_what_is_refused_keeps_what_was_typed_in(self, browser: Client, changed: dict[str, str]) -> None:
        criterion = load_set(TREE).criteria.get(code="1.1")
        page = self.send(browser, criterion, **changed)

        assert page.status_code == 422
        assert "errorlist" in page.content.decode()
        assert changed.get("guide", "") in page.content.decode()
        assert not Criterion.history.exists()

    def test_the_later_of_two_tabs_is_told_and_overwrites_nothing(self, browser: Client) -> None:
        criterion = load_set(TREE).criteria.get(code="1.1")
        self.send(browser, criterion, guide="Của người kia\nHai dòng")
        late = self.send(browser, criterion, name="Tên tôi sửa", reason="Lý do tôi ghi")

        assert late.status_code == 409
        shown = text_of(late)
        assert "đã thay đổi sau khi mở trang này; hãy xem lại rồi lưu" in shown
        assert "Hướng dẫn: Của người kia Hai dòng" in shown
        assert "Tên tôi sửa" in late.content.decode()
        assert 'value="Lý do tôi ghi"' in late.content.decode()
        criterion.refresh_from_db()
        assert (criterion.name, criterion.guide) == ("Kế hoạch", "Của người kia\nHai dòng")

        again = {
            "name": "Tên tôi sửa",
            "guide": "Của người kia\r\nHai dòng",
            "seen": late.context["form"].seen,
        }
        assert self.send(browser, criterion, **again).status_code == 302
        criterion.refresh_from_db()
        assert (criterion.name, criterion.guide) == ("Tên tôi sửa", "Của người kia\nHai dòng")

    @pytest.mark.parametrize("seen", ["", "x", "\0", "9" * 5000])
    def test_a_page_that_says_nothing_of_what_it_showed_overwrites_nothing(
        self, browser: Client, seen: str
    ) -> None:
        criterion = load_set(TREE).criteria.get(code="1.1")
        late = self.send(browser, criterion, name="Khác", seen=seen)

        assert late.status_code == 409
        assert Criterion.objects.get(pk=criterion.pk).name == "Kế hoạch"
        again = self.send(browser, criterion, name="Khác", seen=late.context["form"].seen)
        assert again.status_code == 302

    def test_a_criterion_that_others_left_alone_is_corrected_beside_theirs(self, browser: Client) -> None:
        one, other = load_set(TREE).criteria.filter(code__in=["1.1", "1.2"]).order_by("code")
        self.send(browser, one, name="Một")
        assert self.send(browser, other, name="Hai").status_code == 302

    def test_points_and_rules_cannot_be_sent(self, browser: Client) -> None:
        criterion = load_set(TREE).criteria.get(code="1.1")
        self.send(browser, criterion, name="Khác", max_points="9", code="9", rule="{}", role="bonus")
        after = stored_tree(CriteriaSet.objects.get()).tree

        assert after.by_code["1.1"] == replace(TREE.by_code["1.1"], name="Khác")

    def test_the_list_of_corrections_costs_no_query_per_line(
        self, browser: Client, administrator: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        stored = load_set(TREE)
        for n, code in enumerate(["1.1", "1.1", "2"], start=1):
            criterion = stored.criteria.get(code=code)
            words: dict[str, Any] = {"name": f"Tên {n}", "rule_text": "", "guide": "", "evidence": ""}
            correct_wording(criterion=criterion, reason="Sửa", by=administrator, **words)
            if n != 2:
                browser.get(f"/bo-tieu-chi/{stored.pk}/")
                with django_assert_num_queries(7):
                    browser.get(f"/bo-tieu-chi/{stored.pk}/")


class TestAdminSite:
    def test_sets_and_criteria_are_listed_searched_and_read(
        self, browser: Client, administrator: User
    ) -> None:
        criterion = load_set(TREE).criteria.get(code="1.1")
        words = {"name": "Kế hoạch năm", "rule_text": "", "guide": "", "evidence": ""}
        correct_wording(criterion=criterion, reason="Sửa lỗi", by=administrator, **words)
        url = reverse("admin:criteria_criterion_changelist")

        assert "Bộ tiêu chí nhỏ" in text_of(browser.get(reverse("admin:criteria_criteriaset_changelist")))
        assert "Kế hoạch năm" in text_of(browser.get(url, {"q": "hoạch"}))
        assert "Kế hoạch năm" not in text_of(browser.get(url, {"q": "zzz"}))
        assert browser.get(reverse("admin:criteria_criterion_change", args=[criterion.pk])).status_code == 200
        history = text_of(browser.get(reverse("admin:criteria_criterion_history", args=[criterion.pk])))
        assert "Sửa lỗi" in history

    @pytest.mark.parametrize("model", ["criteriaset", "criterion"])
    def test_nothing_is_changed_there(self, browser: Client, model: str) -> None:
        stored = load_set(TREE)
        pk = stored.pk if model == "criteriaset" else stored.criteria.get(code="1.1").pk

        for url in (
            reverse(f"admin:criteria_{model}_add"),
            reverse(f"admin:criteria_{model}_change", args=[pk]),
            reverse(f"admin:criteria_{model}_delete", args=[pk]),
        ):
            assert browser.post(url, {"name": "Khác"}).status_code == 403
