"""What a report said before: which saves are told together, what stood in each, and how it comes back."""

from __future__ import annotations

import json
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Event, RecordedRow
from assessments.workflow import Refusal
from reports.actions.writing import Changed, restore_version, write_report
from reports.models import ReportVersion
from reports.queries.versions import content_at, sittings
from tests.reports.conftest import NOW, as_posted, printed, remediation, signed_in
from tests.reports.test_pages import shown

pytestmark = pytest.mark.django_db


def save(lien_son, minute: float, by=None, **texts):
    return write_report(
        report=lien_son.report,
        content=lien_son.settled(**texts),
        seen=lien_son.report.version,
        by=by or lien_son.officer,
        now=NOW + timedelta(minutes=minute),
    )


def restore(lien_son, version, *, seen=None, by=None):
    return restore_version(
        report=lien_son.report,
        version=version,
        seen=seen or lien_son.report.version,
        by=by or lien_son.officer,
        now=NOW + timedelta(hours=3),
    )


def told(lien_son) -> list[list[int]]:
    """The versions of each sitting, newest first."""
    return [[one.version for one in sitting.saves] for sitting in sittings(lien_son.report)]


# What stood there


def test_every_version_can_be_read_again(lien_son):
    said = [lien_son.report.content]
    for place, text in enumerate(("Một", "Một\nHai", "", "Ba"), start=1):
        save(lien_son, place, tasks=text, difficulties=f"Khó {place}")
        said.append(lien_son.report.content)
    for version, content in enumerate(said, start=1):
        assert content_at(lien_son.report, version) == content
    for missing in (0, 6):
        with pytest.raises(LookupError):
            content_at(lien_son.report, missing)


def test_a_version_from_before_saves_were_small_is_read_too(lien_son):
    before = lien_son.report.content
    save(lien_son, 1, tasks="Mới")
    save(lien_son, 2, tasks="Mới hơn")
    middle = content_at(lien_son.report, 2)
    old = ReportVersion.objects.get(version=2)
    whole = Event(
        at=NOW,
        by=lien_son.officer,
        action="write_report",
        before={"content": before},
        after={"report": "lien-son-2024", "version": 2, "content": middle},
    )
    whole.save(force_insert=True)
    old.event = whole
    old.save()
    assert content_at(lien_son.report, 1) == before
    sitting = sittings(lien_son.report)[0]
    assert sitting.parts == ("Nhiệm vụ, giải pháp chung",)


def test_versions_that_were_saved_before_are_found_by_their_events(lien_son):
    save(lien_son, 1, tasks="Mới")
    linked = list(ReportVersion.objects.order_by("version").values("report", "version", "event"))
    ReportVersion.objects.all().delete()
    import_module("reports.migrations.0006_report_versions").link_saves(apps, None)
    assert list(ReportVersion.objects.order_by("version").values("report", "version", "event")) == linked


# Sittings


def test_what_one_person_saves_in_ten_minutes_is_one_sitting(lien_son):
    for minute in (1, 4, 11, 12, 30):
        save(lien_son, minute, tasks=f"Phút {minute}")
    assert told(lien_son) == [[6], [5], [4, 3, 2], [1]]


def test_somebody_else_a_document_and_a_restoring_end_a_sitting(lien_son):
    save(lien_son, 1, tasks="a")
    save(lien_son, 2, by=lien_son.people["second officer"], tasks="b")
    save(lien_son, 3, tasks="c")
    printed(lien_son.report, lien_son.officer)
    save(lien_son, 4, tasks="d")
    restore(lien_son, 2)
    assert told(lien_son) == [[6], [5], [4], [3], [2], [1]]
    by_version = {sitting.last.version: sitting for sitting in sittings(lien_son.report)}
    assert [version for version, one in by_version.items() if one.is_printed] == [4]
    assert [version for version, one in by_version.items() if one.last.restored] == [6]


def test_a_sitting_names_the_parts_that_were_changed_once_and_in_order(lien_son):
    content = lien_son.settled(tasks="Mới", difficulties="Mới")
    content["recipients"] = ["Lưu: VT"]
    content["narrative"]["remedies_by_code"] = {"1.2": "Đã làm"}
    write_report(report=lien_son.report, content=content, seen=1, by=lien_son.officer, now=NOW)
    save(lien_son, 1, tasks="Mới nữa")
    assert sittings(lien_son.report)[0].parts == (
        "Nơi nhận",
        "Kết quả khắc phục từng tiêu chí bị trừ điểm",
        "Khó khăn, vướng mắc",
        "Nhiệm vụ, giải pháp chung",
    )


# Restoring


def test_restoring_makes_a_new_version_and_loses_none(lien_son):
    first = lien_son.report.content
    save(lien_son, 1, tasks="Mới")
    restored = restore(lien_son, 1)
    assert (restored.version, restored.content) == (3, first)
    assert content_at(lien_son.report, 2)["narrative"]["tasks"] == "Mới"
    assert Event.objects.filter(action="write_report").first().after["restored"] == 1


def test_nothing_is_restored_over_what_nobody_saw(lien_son):
    save(lien_son, 1, tasks="Một")
    save(lien_son, 2, by=lien_son.people["second officer"], tasks="Hai")
    with pytest.raises(Changed):
        restore(lien_son, 1, seen=2)
    assert lien_son.report.content["narrative"]["tasks"] == "Hai"


def test_only_who_writes_the_report_restores(lien_son):
    save(lien_son, 1, tasks="Một")
    for who in ("unit leader", "coordinator", "neighbour", "administrator"):
        with pytest.raises(PermissionDenied):
            restore(lien_son, 1, by=lien_son.people[who])


def test_words_for_a_code_that_is_gone_dont_come_back_unseen(lien_son):
    texts = lien_son.report.content["narrative"]
    assert "7.6" in texts["remedies_by_code"]
    emptied = {code: text for code, text in texts["remedies_by_code"].items() if code != "7.6"}
    save(lien_son, 1, remedies_by_code=emptied)
    RecordedRow.objects.filter(code="7.6").update(code="7.7")
    with pytest.raises(Refusal, match=r"không có mã 7\.6"):
        restore(lien_son, 1)


# Pages


def test_an_officer_finds_reads_and_restores_a_version(lien_son, go):
    pk = lien_son.report.pk
    save(lien_son, 1, tasks="Câu <b>đã</b> viết hôm qua")
    save(lien_son, 30, tasks="Câu mới")
    page = shown(go(lien_son.officer, "report_versions", report=pk))
    assert page.count("Nhiệm vụ, giải pháp chung") == 2
    assert lien_son.officer.full_name in page
    old = shown(go(lien_son.officer, "report_version", report=pk, version=2))
    assert "Câu &lt;b&gt;đã&lt;/b&gt; viết hôm qua" in old
    assert "Câu mới" in old
    answer = signed_in(lien_son.officer).post(
        f"/bao-cao/{pk}/phien-ban/2/khoi-phuc/", {"seen": "3"}, follow=True
    )
    assert "Đã khôi phục nội dung của phiên bản 2 thành phiên bản 4" in shown(answer)
    assert lien_son.report.content["narrative"]["tasks"] == "Câu <b>đã</b> viết hôm qua"
    assert "Khôi phục phiên bản 2" in shown(go(lien_son.officer, "report_versions", report=pk))


@pytest.mark.parametrize("seen", ["", "1", "x", "-1", "9" * 30])
def test_a_page_that_is_too_old_restores_nothing(lien_son, seen):
    save(lien_son, 1, tasks="Mới")
    answer = signed_in(lien_son.officer).post(
        f"/bao-cao/{lien_son.report.pk}/phien-ban/1/khoi-phuc/", {"seen": seen}, follow=True
    )
    assert "Chưa có gì bị ghi đè" in shown(answer)
    assert lien_son.report.version == 2


def test_a_version_that_never_was_has_no_address(lien_son, go):
    where = {"report": lien_son.report.pk, "version": 9}
    assert go(lien_son.officer, "report_version", **where).status_code == 404
    assert go(lien_son.officer, "report_restore", {"seen": "1"}, **where).status_code == 404


def test_the_first_version_and_the_present_one_say_that_nothing_differs(lien_son, go):
    page = shown(go(lien_son.officer, "report_version", report=lien_son.report.pk, version=1))
    assert "Không có gì khác" in page
    assert "Khôi phục phiên bản này" not in page


def test_the_list_takes_as_many_queries_for_three_sittings_as_for_one(lien_son):
    client = signed_in(lien_son.officer)

    def queries(page: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(client.get(f"/bao-cao/{lien_son.report.pk}/phien-ban/{page}"))
        return len(captured)

    one, text = queries(""), queries("1/")
    for minute in (1, 20, 40):
        save(lien_son, minute, tasks=f"Phút {minute}")
    assert len(told(lien_son)) == 4
    assert queries("") == one <= 10
    assert queries("1/") == text <= 14


def test_there_are_pages_of_many_sittings(lien_son, go, monkeypatch):
    monkeypatch.setattr("reports.views.versions.PER_PAGE", 1)
    save(lien_son, 1, tasks="Mới")
    assert "Trang 1/2" in shown(go(lien_son.officer, "report_versions", report=lien_son.report.pk))


# Saved as one types


def sends(lien_son, person=None, **typed):
    client = signed_in(person or lien_son.officer)
    return client.post(
        f"/bao-cao/{lien_son.report.pk}/soan/",
        as_posted(lien_son.report, **typed),
        headers={"HX-Request": "true"},
    )


def test_a_save_by_itself_is_answered_with_its_version(lien_son):
    answer = sends(lien_son, tasks="Đang gõ")
    assert 'data-version="2"' in shown(answer)
    assert "Đã lưu lúc" in shown(answer)
    assert lien_son.report.content["narrative"]["tasks"] == "Đang gõ"


def test_a_save_whose_answer_was_lost_is_sent_again_and_known(lien_son):
    sent = as_posted(lien_son.report, tasks="Đang gõ")
    for _ in range(2):
        answer = signed_in(lien_son.officer).post(
            f"/bao-cao/{lien_son.report.pk}/soan/", sent, headers={"HX-Request": "true"}
        )
        assert 'data-version="2"' in shown(answer)
    assert Event.objects.filter(action="write_report").count() == 1


def test_mistakes_are_told_field_by_field_and_nothing_is_stored(lien_son):
    answer = sends(lien_son, place="", tasks="Đang gõ", **{"basis-1-issuer": "<b>Chính phủ"})
    text = shown(answer, 422)
    for said in ('data-for="id_place"', 'data-for="id_basis-1-number"', 'href="#id_place"', "Địa danh"):
        assert said in text
    assert "<html" not in text
    assert lien_son.report.version == 1


def test_who_saved_first_is_told_and_nothing_is_overwritten(lien_son):
    save(lien_son, 1, by=lien_son.people["second officer"], tasks="Của người kia")
    typed = as_posted(lien_son.report, tasks="Của tôi", version="1")
    answer = signed_in(lien_son.officer).post(
        f"/bao-cao/{lien_son.report.pk}/soan/", typed, headers={"HX-Request": "true"}
    )
    text = shown(answer, 409)
    assert lien_son.people["second officer"].full_name in text
    assert "Đối chiếu hai bản" in text
    assert lien_son.report.content["narrative"]["tasks"] == "Của người kia"


def test_an_hour_of_typing_leaves_little_behind(lien_son):
    words = "Tăng cường đôn đốc các bộ phận nộp báo cáo đúng hạn. " * 40
    for save_ in range(1, 61):
        save(lien_son, save_, tasks=f"{words}\n{'x' * save_}\n{words}")
    kept = sum(len(json.dumps([event.before, event.after])) for event in Event.objects.all()[:60])
    assert kept < 60 * 700


def test_a_period_s_events_show_the_writing_of_reports_when_asked(published, year, go):
    officer = year.officers[year.units[0].pk]
    report = remediation(published, officer)
    content = {**report.content, "recipients": ["Lưu: VT", "Sở Nội vụ"]}
    write_report(report=report, content=content, seen=1, by=officer, now=NOW)
    client = signed_in(year.coordinator)
    url = reverse("period_events", args=[year.period.pk])

    def told(**chosen: str) -> set[str]:
        return {step.event.action for step in client.get(url, chosen).context["steps"]}

    assert "write_report" not in told()
    assert "create_report" in told()
    assert told(action="write_report") == {"write_report"}
