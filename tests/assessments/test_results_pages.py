"""The pages of results: who sees which, what stands on them, and recording a result in the browser's way."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Lineage, Role, User
from assessments.actions.publication import publish
from assessments.forms.records import MAX_ROWS
from assessments.models import RecordedResult, RecordedRow, Result
from assessments.recorded import COLUMNS
from criteria.models import CriteriaSet
from tests.assessments.conftest import NOW, Year, make_year
from tests.factories import ProvinceFactory, UnitFactory, user_with

pytestmark = pytest.mark.django_db

HEAD = {
    "year": "2023",
    "group_name": "xã, thị trấn",
    "max_total": "100",
    "declared_self_total": "89",
    "declared_total": "81,5",
    "rank": "14",
    "group_size": "20",
    "grade": "",
    "decision_kind": "Quyết định",
    "decision_number": "202/QĐ-UBND",
    "decision_date": "2024-03-01",
    "decision_issuer": "UBND huyện",
    "note": "",
}


def page(user: User, name: str, **kwargs: object) -> str:
    answer = get(user, name, **kwargs)
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def get(user: User, name: str, **kwargs: object):
    client = Client()
    client.force_login(user)
    return client.get(reverse(name, kwargs=kwargs))


def make_public(year: Year) -> None:
    publish(
        period=year.period,
        decision_number="123/QĐ-UBND",
        decision_date=date(2026, 3, 2),
        decision_issuer="Chủ tịch UBND tỉnh",
        by=year.coordinator,
        now=NOW,
    )


@pytest.fixture
def published(year: Year) -> Year:
    year.play(0)
    year.play(1, points="3", faults="1")
    make_public(year)
    return year


def result_of(year: Year, place: int) -> Result:
    return Result.objects.get(assessment__unit=year.units[place])


# Rankings


def test_everybody_signed_in_sees_a_published_ranking(published: Year) -> None:
    stranger = user_with(Role.OFFICER)
    assert published.period.name in page(stranger, "results")
    text = page(stranger, "ranking", period=published.period.pk)
    for said in ("123/QĐ-UBND", "10,206", "51,03%", "Chưa gửi phiếu tự chấm điểm", "8,529"):
        assert said in text
    assert text.index(published.units[0].short_name) < text.index(published.units[1].short_name)
    assert "Không áp dụng" not in text
    # Nothing leads him to the leaves of other units.
    assert reverse("result", kwargs={"result": result_of(published, 0).pk}) not in text


def test_ties_are_named(year: Year) -> None:
    for place in range(3):
        year.play(place, points="3" if place == 2 else "4")
    make_public(year)
    text = page(year.leader, "ranking", period=year.period.pk)
    assert text.count("đồng hạng") == 2
    assert reverse("result", kwargs={"result": result_of(year, 2).pk}) in text


def test_nobody_sees_a_ranking_before_its_publication(year: Year) -> None:
    year.play(0)
    for person in (year.coordinator, year.leader, year.officers[year.units[0].pk]):
        assert get(person, "ranking", period=year.period.pk).status_code == 403
        assert get(person, "ranking_xlsx", period=year.period.pk).status_code == 403
        assert year.period.name not in page(person, "results")


def test_without_signing_in_there_is_nothing_to_see(published: Year) -> None:
    answer = Client().get(reverse("ranking", kwargs={"period": published.period.pk}))
    assert answer.status_code == 302


# One unit's result


def test_the_leaves_of_a_result_are_for_the_unit_and_the_host(published: Year) -> None:
    pk = result_of(published, 0).pk
    unit = published.units[0]
    for person in (
        published.officers[unit.pk],
        user_with(Role.UNIT_LEADER, unit),
        published.coordinator,
        published.leader,
        published.appraiser,
    ):
        text = page(person, "result", result=pk)
        for said in ("10,206/20", "1/2", "Không áp dụng", "“Hài lòng”: 9", "Đơn vị không tự chấm"):
            assert said in text
        # An appraiser knows the year he appraised, not the unit's others.
        history = reverse("unit_history", kwargs={"unit": unit.pk})
        assert (f'href="{history}"' in text) == (person != published.appraiser)
    for person in (
        published.officers[published.units[1].pk],
        user_with(Role.COORDINATOR),
        user_with(Role.LEADER),
        user_with(Role.ADMINISTRATOR),
    ):
        assert get(person, "result", result=pk).status_code == 403


def test_a_unit_without_a_result_reads_why(published: Year) -> None:
    officer = published.officers[published.units[2].pk]
    assert "Chưa gửi phiếu tự chấm điểm" in page(officer, "result", result=result_of(published, 2).pk)


def test_the_list_shows_a_person_his_own_results_and_records(published: Year) -> None:
    record(published)
    officer = published.officers[published.units[0].pk]
    text = page(officer, "results")
    assert "Kết quả của đơn vị" in text
    assert reverse("record", kwargs={"record": RecordedResult.objects.get().pk}) in text
    other = published.officers[published.units[1].pk]
    assert "do cơ quan khác công bố" not in page(other, "results")
    assert "do cơ quan khác công bố" in page(published.leader, "results")


def test_history_stands_side_by_side_and_says_where_nothing_compares(published: Year) -> None:
    record(published)
    unit = published.units[0]
    old = UnitFactory(parent=published.host, short_name="xã Cũ")
    Lineage.objects.create(successor=unit, predecessor=old, kind=Lineage.Kind.MERGED, on=date(2022, 7, 1))
    text = page(published.officers[unit.pk], "unit_history", unit=unit.pk)
    for said in (
        "Năm 2026",
        "Năm 2023",
        "10,206/20",
        "81,5/100",
        "không có số liệu so sánh",
        "Không có số liệu so sánh với các năm trước",
        "xã Cũ",
    ):
        assert said in text
    assert get(published.officers[published.units[1].pk], "unit_history", unit=unit.pk).status_code == 403
    assert get(user_with(Role.ADMINISTRATOR), "unit_history", unit=unit.pk).status_code == 403
    empty = page(published.coordinator, "unit_history", unit=old.pk)
    assert "Chưa có kết quả năm nào" in empty


# Recording


def rows(*lines: dict[str, str]) -> dict[str, list[str]]:
    return {f"row-{column}": [line.get(column, "") for line in lines] for column in COLUMNS}


AREA = {"code": "1", "name": "Chỉ đạo", "max": "100", "self": "90", "council": "81,5", "rank": "3"}
LEAF = {"code": "1.1", "name": "Kế hoạch", "max": "100", "council": "81,5", "lost_at": "1.1.2 Nhỏ = 18,5"}


def send(
    user: User, name: str = "record_new", then: str = "save", lines: tuple = (AREA, LEAF), **data: object
):
    client = Client()
    client.force_login(user)
    kwargs = {"record": data.pop("record")} if "record" in data else {}
    return client.post(
        reverse(name, kwargs=kwargs), {**HEAD, "seen": "", "pasted": "", "then": then, **rows(*lines), **data}
    )


def record(of: Year, /, **data: object):
    fields = {"unit": of.units[0].pk, "host": of.host.pk, **data}
    return send(of.coordinator, **fields)


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_a_coordinator_records_a_result(year: Year) -> None:
    answer = record(year, host=ProvinceFactory().pk)
    saved = RecordedResult.objects.get()
    assert answer.status_code == 302
    assert answer.url == reverse("record", kwargs={"record": saved.pk})
    assert RecordedRow.objects.get(code="1.1").parent.code == "1"
    text = page(year.coordinator, "record", record=saved.pk)
    for said in ("81,5/100", "14/20", "18,5 điểm tại 1.1.2 Nhỏ", "1 chỗ chưa khớp", "công bố 89", "được 90"):
        assert said in text
    assert page(year.coordinator, "records").count(year.units[0].short_name) >= 1


def test_nothing_is_saved_while_something_is_wrong(year: Year) -> None:
    answer = record(year, lines=({**AREA, "max": "12.345,6"}, {**LEAF, "code": "1"}), rank="21", year="23")
    text = text_of(answer)
    assert answer.status_code == 422
    for said in ("Dòng 1, Điểm tối đa", "Mã 1 đã có", "bốn chữ số", "12.345,6"):
        assert said in text
    assert "Thứ hạng phải nằm trong số đơn vị" in text_of(record(year, rank="21"))
    assert not RecordedResult.objects.exists()


def test_checking_shows_differences_without_saving(year: Year) -> None:
    text = text_of(record(year, then="check"))
    assert "Điểm tự chấm công bố 89, cộng các lĩnh vực được 90." in text
    assert "Các số đã khớp" in text_of(record(year, then="check", declared_self_total="90"))
    assert not RecordedResult.objects.exists()


def test_more_rows_keep_what_was_typed_in(year: Year) -> None:
    answer = record(year, then="add", year="")
    text = text_of(answer)
    assert answer.status_code == 200
    assert text.count('name="row-code"') == 7
    assert 'value="202/QĐ-UBND"' in text
    assert "errorlist" not in text


def test_a_pasted_table_becomes_the_table_and_is_not_saved_yet(year: Year) -> None:
    text = text_of(record(year, pasted="1\tMột\t60\t\t50\r\n2\tHai\t40\t\t3a1,5\r\n"))
    assert "Đã đọc 2 dòng" in text
    assert 'value="60"' in text
    assert "Dòng 2, Hội đồng: Điểm phải là một số" in text
    assert "Chỉ đạo" not in text
    assert "Dòng 1: chỉ có một cột" in text_of(record(year, pasted="một câu"))
    assert not RecordedResult.objects.exists()


def test_a_whole_set_fits_into_one_page(year: Year) -> None:
    assert MAX_ROWS >= 100
    lines = tuple({"code": str(n), "name": "Tên"} for n in range(1, MAX_ROWS + 1))
    assert record(year, lines=lines).status_code == 302
    assert RecordedRow.objects.count() == MAX_ROWS


def test_the_same_result_is_not_recorded_twice_but_corrected(year: Year) -> None:
    record(year)
    assert "đã được ghi nhận" in text_of(record(year))
    saved = RecordedResult.objects.get()
    text = page(year.coordinator, "record_edit", record=saved.pk)
    assert "1.1.2 Nhỏ = 18,5" in text
    fields = {"unit": year.units[0].pk, "host": year.host.pk, "record": saved.pk}
    seen = saved.entered_at.isoformat()
    corrected = {**AREA, "self": "89"}
    assert send(year.coordinator, "record_edit", lines=(corrected,), seen=seen, **fields).status_code == 302
    assert "chưa khớp" not in page(year.coordinator, "record", record=saved.pk)
    # A page opened before that changes nothing.
    for late in (seen, "", "x"):
        assert "Chưa có gì bị ghi đè" in text_of(send(year.coordinator, "record_edit", seen=late, **fields))
    assert RecordedRow.objects.count() == 1


def test_recording_is_for_coordinators_and_their_units(year: Year) -> None:
    record(year)
    saved = RecordedResult.objects.get()
    officer = year.officers[year.units[0].pk]
    assert get(officer, "record", record=saved.pk).status_code == 200
    assert get(year.leader, "record", record=saved.pk).status_code == 200
    for person in (officer, year.leader, year.appraiser, user_with(Role.ADMINISTRATOR)):
        for name in ("records", "record_new"):
            assert get(person, name).status_code == 403
        assert get(person, "record_edit", record=saved.pk).status_code == 403
        assert send(person).status_code == 403
    stranger = user_with(Role.COORDINATOR)
    assert get(stranger, "record", record=saved.pk).status_code == 403
    assert get(stranger, "record_edit", record=saved.pk).status_code == 403
    elsewhere = text_of(send(stranger, unit=year.units[0].pk, host=year.host.pk, year="2022"))
    assert "Hãy chọn" in elsewhere or "không hợp lệ" in elsewhere or "invalid" in elsewhere
    assert RecordedResult.objects.count() == 1
    assert get(user_with(Role.ADMINISTRATOR), "record", record=saved.pk).status_code == 403


# Queries


def count(user: User, name: str, **kwargs: object) -> int:
    page(user, name, **kwargs)
    with CaptureQueriesContext(connection) as queries:
        page(user, name, **kwargs)
    return len(queries)


def test_queries_do_not_grow_with_units(small_set: CriteriaSet) -> None:
    small, large = make_year(small_set, size=1), make_year(small_set, size=3)
    for year in (small, large):
        year.open()
        for place in range(len(year.units)):
            year.play(place)
        make_public(year)
    for name in ("ranking", "ranking_xlsx"):
        few, many = (count_of(year, name, period=year.period.pk) for year in (small, large))
        assert few == many
    few, many = (count(year.appraiser, "ranking", period=year.period.pk) for year in (small, large))
    assert few == many
    for year in (small, large):
        for place, unit in enumerate(year.units):
            record(year, unit=unit.pk, year=str(2020 + place))
    assert count(small.coordinator, "records") == count(large.coordinator, "records")
    # Every host sees the rankings of all.
    assert count(small.leader, "results") == count(large.leader, "results")


def count_of(year: Year, name: str, **kwargs: object) -> int:
    get(year.coordinator, name, **kwargs)
    with CaptureQueriesContext(connection) as queries:
        get(year.coordinator, name, **kwargs)
    return len(queries)


def test_a_moment_that_is_none_is_a_bad_request(year: Year) -> None:
    assert record(year, seen="2024-13-45T25:61:00").status_code == 400
