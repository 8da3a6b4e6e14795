"""Reports about one area: chosen on their own page, read from what is stored."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.actions.recorded import load_record
from assessments.workflow import Refusal
from criteria.actions import load_set
from criteria.schema import read_set
from reports.actions.writing import create_report, load_report
from reports.contents import read_report_file
from reports.document import plain_text
from reports.kinds import KINDS, Name
from reports.kinds.area import AreaFacts
from reports.models import Report
from reports.queries.facts import facts_of
from reports.queries.reports import document_of, opened, reports
from reports.queries.subjects import Subject
from reports.queries.usual import usual_areas
from tests.assessments.conftest import SMALL, make_year
from tests.factories import UnitFactory, user_with
from tests.reports import stored
from tests.reports.conftest import NOW, signed_in, text_of
from tests.reports.test_pages import shown

pytestmark = pytest.mark.django_db
PAGE = "report_begin_area"


def begin(lien_son, **typed: str):
    return signed_in(lien_son.officer).post(reverse(PAGE), {"unit": lien_son.unit.code, **typed})


def test_the_areas_of_a_stored_result_are_offered_and_begun_with_its_figures(lien_son):
    client = signed_in(lien_son.officer)
    assert reverse(PAGE) in shown(client.get(reverse("report_start")))
    page = shown(client.get(reverse(PAGE), {"unit": lien_son.unit.code, "year": "2023"}))
    key = f"record-{lien_son.record.pk}-7"
    assert f'value="{key}"' in page
    assert "Kết quả do huyện Chi Lăng đánh giá" in page
    answer = begin(lien_son, year="2023", area=key)
    report = reports().get(kind=Name.AREA_RECTIFICATION)
    assert answer.url == reverse("report_edit", args=[report.pk])
    assert (report.record, report.area_code, report.year) == (lien_son.record, "7", 2023)
    assert "đạt 7/13 điểm ở lĩnh vực" in plain_text(document_of(report))
    assert begin(lien_son, year="2023", area=key).url == answer.url
    assert "(lĩnh vực 7) năm 2023" in str(report)
    edit = shown(client.get(answer.url))
    assert 'id="id_directions_by_code-7.6"' in edit
    assert 'id="id_directions_by_code-1.2"' not in edit


def test_without_a_result_the_areas_of_the_nearest_one_are_offered(lien_son):
    page = shown(signed_in(lien_son.officer).get(reverse(PAGE), {"unit": lien_son.unit.code, "year": "2019"}))
    assert "không có số liệu nào" in page
    names = [f"{row.code}. {row.name}" for row in lien_son.record.rows.filter(parent=None)]
    assert len(names) == 8
    assert all(name in page for name in names)
    assert begin(lien_son, year="2019", area="3").status_code == 302
    report = reports().get(kind=Name.AREA_RECTIFICATION)
    assert facts_of(report) == AreaFacts(2019, "3", "Cải cách thủ tục hành chính")
    lien_son.record.year = 2019
    lien_son.record.save()
    assert facts_of(report).is_published_since
    assert any("Nay đã có kết quả" in problem.text for problem in opened(report).problems())


def test_of_several_results_the_nearest_names_the_areas_and_of_two_the_later(lien_son):
    text = text_of("results", "lien-son-2023")
    for year in (2019, 2021):
        old = text.replace('year: "2023"', f'year: "{year}"').replace("Cải cách thủ tục", f"Thủ tục {year}")
        assert f"Thủ tục {year}" in old
        load_record(text=old, by=lien_son.people["coordinator"], now=NOW)
    named = {year: usual_areas(lien_son.unit, year)["3"] for year in (2018, 2020, 2022, 2024)}
    assert named == {
        2018: "Thủ tục 2019 hành chính",
        2020: "Thủ tục 2021 hành chính",
        2022: "Cải cách thủ tục hành chính",
        2024: "Cải cách thủ tục hành chính",
    }


def test_without_any_result_the_set_names_the_areas_without_bonus_and_penalty(lien_son):
    assert usual_areas(lien_son.neighbour, 2019) == {}
    page = {"unit": lien_son.neighbour.code, "year": "2019"}
    client = signed_in(lien_son.people["neighbour"])
    assert "Chưa có kết quả hay bộ tiêu chí nào nêu tên lĩnh vực" in shown(client.get(reverse(PAGE), page))
    scored_by = load_set(read_set(SMALL))
    year = make_year(scored_by)
    load_set(read_set(SMALL.replace("code: nho", "code: khac").replace("Chỉ đạo,", "Khác,")))
    own = {"1": "Chỉ đạo, điều hành", "2": "Dịch vụ công"}
    assert usual_areas(year.units[0], 2019) == own
    assert usual_areas(lien_son.neighbour, 2019) == {**own, "1": "Khác, điều hành"}


@pytest.mark.parametrize(
    "typed",
    [
        {"year": "2019", "area": "99"},
        {"year": "2019", "area": "record-1-3"},
        {"year": "2023", "area": "3"},
        {"year": "2027", "area": "3"},
        {"year": "1999", "area": "3"},
        {"year": "x"},
        {"year": "2019", "area": "3", "unit": "khác"},
    ],
)
def test_nothing_else_is_begun(lien_son, typed):
    shown(begin(lien_son, **typed), 422)
    assert not Report.objects.filter(kind=Name.AREA_RECTIFICATION).exists()


def test_only_the_officer_begins_it_and_only_areas_there_are(lien_son):
    for name, person in lien_son.people.items():
        own = name in ("officer", "second officer", "neighbour")
        assert signed_in(person).get(reverse(PAGE)).status_code == (200 if own else 403), name
    about = Subject(lien_son.unit, 2023, area_code="9", record=lien_son.record)
    act = {"kind": Name.AREA_RECTIFICATION, "by": lien_son.officer, "now": NOW}
    with pytest.raises(Refusal, match=r"Không có lĩnh vực 9\."):
        create_report(about=about, **act)
    with pytest.raises(Refusal, match=r"Không có lĩnh vực 9\."):
        create_report(about=replace(about, record=None), **act)


def test_the_file_of_trieu_son_is_read_and_printed(lien_son):
    officer = user_with(Role.OFFICER, lien_son.unit)
    text = text_of("reports", "trieu-son-2020-tthc")
    assert read_report_file(text).result == ""
    about = Subject(lien_son.unit, 2019, area_code="3")
    load_report(text=text, code="trieu-son-2020-tthc", about=about, by=officer, now=NOW)
    expected = KINDS[Name.AREA_RECTIFICATION].build(
        stored.content("trieu-son-2020-tthc"), AreaFacts(2019, "3", "Cải cách thủ tục hành chính")
    )
    assert plain_text(document_of(reports().get(code="trieu-son-2020-tthc"))) == plain_text(expected)


def test_units_whose_codes_differ_by_a_dot_both_begin_theirs(db):
    load_set(read_set(SMALL))
    for code in ("H01.021", "H01.02.1"):
        unit = UnitFactory(code=code)
        about, by = Subject(unit, 2019, area_code="2"), user_with(Role.OFFICER, unit)
        made = create_report(kind=Name.AREA_RECTIFICATION, about=about, by=by, now=NOW)
        assert made.unit == unit
