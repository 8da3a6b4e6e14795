"""The pages of statistics: who reaches them, what is kept when something is wrong, and what they cost."""

from __future__ import annotations

import html
import json
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from assessments.models import Assessment, Event, Period
from criteria.actions import load_set
from criteria.schema import read_set
from reports import jobs
from reports.actions.indicators import MOST_INDICATORS, MOST_YEARS, add_year
from reports.figures import Figure, FigureKind
from reports.models import Indicator, IndicatorGroup, IndicatorValue, IndicatorYear, Report
from reports.queries import lists
from reports.queries.reports import reports
from tests.assessments.conftest import SMALL, make_year
from tests.factories import UnitFactory, user_with
from tests.reports.conftest import signed_in
from tests.reports.indicators.conftest import NOW, Office

pytestmark = pytest.mark.django_db

WRITERS = ("officer", "colleague")
READERS = ("unit leader", "coordinator", "leader", "province")
OTHERS = ("neighbour", "appraiser", "other host", "administrator")


def shown(answer: HttpResponse, status: int = 200) -> str:
    assert answer.status_code == status, answer.status_code
    return " ".join(html.unescape(answer.content.decode()).split())


def grid(office: Office, who: User | None = None, group: str = "PL01") -> str:
    return shown(signed_in(who or office.officer).get(at(office, "indicator_group", group)))


def at(office: Office, name: str, group: str = "PL01") -> str:
    return reverse(name, kwargs={"group": office.groups[group].pk})


def cell(office: Office, code: str, year: int, group: str = "PL01") -> str:
    return f"o-{office.at(group, code).pk}-{year}"


def sent(page: str, **changed: str) -> dict[str, str]:
    """What a browser sends when this page is saved, but for `changed`."""
    fields = re.findall(r'<input type="(?:text|hidden)"[^>]*name="([^"]+)" value="([^"]*?)"(?= |>)', page)
    found = dict(fields)
    seen = re.search(r'name="seen" value="(\{.*?\})">', page)
    found["seen"] = seen[1] if seen else "{}"
    return {**found, **changed}


def save(
    office: Office, page: str, who: User | None = None, *, follow: bool = False, **changed: str
) -> HttpResponse:
    client = signed_in(who or office.officer)
    return client.post(at(office, "indicator_figures"), sent(page, **changed), follow=follow)


# Who


@pytest.mark.parametrize("who", WRITERS + READERS)
def test_the_unit_and_those_above_it_read_and_only_its_officers_type(office: Office, who: str):
    office.enter("PL01", "1", 2018, "12429")
    person = office.people[who]
    client = signed_in(person)
    units = client.get(reverse("indicator_units"))
    assert units.url == reverse("indicators", kwargs={"unit": office.unit.pk})
    assert at(office, "indicator_group") in shown(client.get(units.url))
    page = grid(office, person)
    assert "12.429" in page
    writes = who in WRITERS
    assert ('<input type="text"' in page) == writes
    assert ("Thêm chỉ tiêu" in page) == writes
    assert ("Thêm năm" in shown(client.get(units.url))) == writes
    answer = client.post(at(office, "indicator_figures"), {cell(office, "1", 2019): "5"})
    assert answer.status_code == (302 if writes else 403)
    assert IndicatorValue.objects.filter(year=2019).exists() == writes


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_gets_near_them(office: Office, who: str):
    client = signed_in(office.people[who])
    for name, kwargs in (
        ("indicators", {"unit": office.unit.pk}),
        ("indicator_xlsx", {"unit": office.unit.pk}),
        ("indicator_group", {"group": office.groups["PL01"].pk}),
        ("indicator_edit", {"indicator": office.at("PL01", "1").pk}),
    ):
        assert client.get(reverse(name, kwargs=kwargs)).status_code == 403
    assert office.unit.short_name not in shown(
        client.get(reverse("indicator_units")), 200 if who != "neighbour" else 302
    )


def test_a_coordinator_finds_every_unit_below_that_has_statistics(office: Office):
    neighbour = Office(office.people["neighbour"].held[0].unit, office.people["neighbour"], office.colleague)
    neighbour.group("A")
    page = shown(signed_in(office.people["coordinator"]).get(reverse("indicator_units")))
    for unit in (office.unit, neighbour.unit):
        assert reverse("indicators", kwargs={"unit": unit.pk}) in page


# Typing


def test_what_is_typed_in_cells_is_stored_and_shown_again(office: Office):
    page = grid(office)
    page = shown(save(
        office, page, follow=True,
        **{
            cell(office, "1", 2018): "12.429", cell(office, "2", 2018): "5650/5658",
            cell(office, "3", 2018): "<b>02</b> nhóm", cell(office, "1", 2019): "/", "den-2020": "31/3/2020",
        },
    ))  # fmt: skip
    for words in (
        "Đã lưu 5 ô.",
        'value="12.429"',
        'value="5.650/5.658"',
        'value="<b>02</b> nhóm"',
        'value="31/3/2020"',
    ):
        assert words in page
    assert "&lt;b&gt;02" in signed_in(office.officer).get(at(office, "indicator_group")).content.decode()
    assert office.stored("PL01", "2", 2018).figure.denominator == 5658
    assert IndicatorYear.objects.get(unit=office.unit, year=2020).until == date(2020, 3, 31)


def test_a_page_saved_as_it_is_changes_nothing(office: Office):
    office.enter("PL01", "2", 2018, "5650/5658")
    office.mark(2020, date(2020, 3, 31))
    events = Event.objects.count()
    assert "Không có ô nào thay đổi" in shown(save(office, grid(office), follow=True))
    assert Event.objects.count() == events


HOSTILE = {
    "1": [
        "1e999",
        "１２",
        "-5",
        "1,2,3",
        "1.2",
        "NaN",
        "Infinity",
        "0x10",
        "1_000",
        "5/6",
        "9" * 5000,
        "12 ô",
    ],
    "2": ["5650", "1/2/3", "1/0", "/5", "1,2.3/4", "1e3/5"],
    "3": ["x" * 201],
}


@pytest.mark.parametrize(("code", "typed"), [(code, one) for code, all_ in HOSTILE.items() for one in all_])
def test_what_is_no_figure_is_told_in_its_cell_and_nothing_typed_is_lost(
    office: Office, code: str, typed: str
):
    wrong, right = cell(office, code, 2018), cell(office, "1", 2019)
    answer = save(office, grid(office), **{wrong: typed, right: "77", "den-2019": "khi khác"})
    page = shown(answer, 422)
    assert f'href="#id_{wrong}"' in page
    assert f'id="id_{wrong}_error"' in page
    assert f'value="{typed}"' in page
    assert 'value="77"' in page
    assert 'value="khi khác"' in page
    assert "Hãy ghi ngày như 31/3/2020" in page
    assert not IndicatorValue.objects.exists()
    # Mended, the page that came back stores everything.
    assert save(office, page, **{wrong: "/", "den-2019": ""}).status_code == 302
    assert office.stored("PL01", "1", 2019).figure == Figure(77)


def test_a_day_of_another_year_is_told_at_its_year(office: Office):
    page = shown(save(office, grid(office), **{"den-2020": "31/3/2021"}), 422)
    assert "Ngày phải nằm trong năm 2020." in page


def test_two_people_at_once_see_both_values_and_choose(office: Office):
    office.enter("PL01", "1", 2018, "5")
    office.enter("PL01", "1", 2019, "8")
    mine = theirs = grid(office)
    name, other, third = cell(office, "1", 2018), cell(office, "1", 2019), cell(office, "2", 2018)
    assert save(office, theirs, office.colleague, **{name: "6", other: "9"}).status_code == 302

    page = shown(save(office, mine, **{name: "7", third: "1/2"}), 409)
    assert 'value="7"' in page
    assert 'value="1/2"' in page
    assert f"Đã lưu: 6 ({office.colleague.full_name} lưu lúc" in page
    assert office.stored("PL01", "1", 2018).figure == Figure(6)
    assert not IndicatorValue.objects.filter(indicator=office.at("PL01", "2")).exists()
    # What I never touched shows what the colleague stored, and stays his.
    assert 'value="9"' in page
    assert save(office, page).status_code == 302
    assert [office.stored("PL01", "1", year).figure for year in (2018, 2019)] == [Figure(7), Figure(9)]
    assert office.stored("PL01", "2", 2018).figure.denominator == 2


def test_a_mark_that_somebody_else_set_meanwhile_is_not_overwritten(office: Office):
    page = grid(office)
    office.mark(2020, date(2020, 3, 31))
    again = shown(save(office, page, **{"den-2020": "30/6/2020"}), 409)
    assert "Đã lưu: 31/3/2020" in again
    assert save(office, again).status_code == 302
    assert IndicatorYear.objects.get(unit=office.unit, year=2020).until == date(2020, 6, 30)


@pytest.mark.parametrize(
    "seen",
    [
        "",
        "[]",
        "null",
        '{"a": 1}',
        "{" * 10_000,
        '{"o-1-2018": ["x", 1]}',
        '{"o-1-2018": [1e999, ""]}',
        '"x"',
    ],
)
def test_a_page_that_says_nothing_of_what_it_saw_overwrites_nothing(office: Office, seen: str):
    office.enter("PL01", "1", 2018, "5")
    name = cell(office, "1", 2018)
    answer = signed_in(office.officer).post(at(office, "indicator_figures"), {name: "6", "seen": seen})
    assert answer.status_code == 409
    assert office.stored("PL01", "1", 2018).figure == Figure(5)


def test_cells_of_other_groups_and_unknown_names_are_passed_over(office: Office):
    office.enter("KS", "1", 2018, "1/2")
    name = cell(office, "1", 2018, "KS")
    answer = signed_in(office.officer).post(
        at(office, "indicator_figures"), {name: "2/2", "o-9999-2018": "1", "o-x": "1", "den-1999": "x"}
    )
    assert answer.status_code == 302
    assert office.stored("KS", "1", 2018).figure.numerator == 1


def test_the_draft_in_the_browser_learns_that_its_save_arrived(office: Office):
    save(office, grid(office), **{cell(office, "1", 2018): "5"})
    page = grid(office)
    assert 'data-version="1"' in page
    assert f'data-saved-by="{office.officer.pk}"' in page
    assert IndicatorGroup.objects.get(unit=office.unit, code="KS").entries == 0


# Defining


def definition(**changed: object) -> dict[str, object]:
    return {
        "code": "9", "position": 9, "name": "Mới", "kind": "number", "seen": 0, "measure": "", "part_of": "",
        "numerator_name": "", "denominator_name": "", **changed,
    }  # fmt: skip


def test_an_officer_adds_a_group_an_indicator_and_a_year(office: Office):
    client = signed_in(office.officer)
    new = reverse("indicator_group_new", kwargs={"unit": office.unit.pk})
    assert 'value="3"' in shown(client.get(new))
    answer = client.post(new, {"code": "PL07", "position": 3, "name": "Hiện đại hóa", "title": "", "seen": 0})
    group = IndicatorGroup.objects.get(code="PL07")
    assert answer.url == reverse("indicator_group", kwargs={"group": group.pk})
    assert not group.is_appendix
    assert "Nhóm chưa có chỉ tiêu" in shown(client.get(answer.url))
    where = reverse("indicator_new", kwargs={"group": group.pk})
    assert f"{office.at('PL01', '1')}" in shown(client.get(where))  # a whole in another group
    assert client.post(where, definition(part_of=office.at("PL01", "1").pk)).url == answer.url
    assert Indicator.objects.get(group=group).part_of == office.at("PL01", "1")
    year = reverse("indicator_year_new", kwargs={"unit": office.unit.pk})
    assert client.post(year, {"year": "2021"}).status_code == 302
    assert "2021" in shown(client.get(answer.url))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"code": "1"}, "Nhóm đã có chỉ tiêu mang mã 1"),
        ({"code": "a b"}, "chữ không dấu"),
        ({"name": ""}, "id_name_error"),
        ({"kind": "khác"}, "id_kind_error"),
        ({"numerator_name": "x"}, "tử số/mẫu số mới có tên"),
        ({"part_of": "99999"}, "id_part_of_error"),
        ({"seen": "x"}, "seen"),
    ],
)
def test_a_wrong_definition_comes_back_with_what_was_typed(office: Office, changed: dict, words: str):
    where = reverse("indicator_new", kwargs={"group": office.groups["PL01"].pk})
    page = shown(signed_in(office.officer).post(where, definition(measure="hồ sơ", **changed)), 422)
    assert words in page
    assert 'value="hồ sơ"' in page
    assert not Indicator.objects.filter(measure="hồ sơ").exists()


def test_a_definition_that_a_colleague_changed_meanwhile_is_shown_before_it_is_replaced(office: Office):
    indicator = office.at("PL01", "1")
    where = reverse("indicator_edit", kwargs={"indicator": indicator.pk})
    mine = definition(code="1", name="Tên tôi đặt", seen=1)
    signed_in(office.colleague).post(where, definition(code="1", name="Tên người kia đặt", seen=1))
    page = shown(signed_in(office.officer).post(where, mine), 409)
    assert "Chỉ tiêu: Tên người kia đặt" in page
    assert 'value="Tên tôi đặt"' in page
    assert signed_in(office.officer).post(where, {**mine, "seen": 2}).status_code == 302
    assert office.at("PL01", "1").name == "Tên tôi đặt"


def test_an_indicator_without_figures_is_removed_and_one_with_figures_is_not(office: Office):
    office.enter("PL01", "1", 2018, "5")
    client = signed_in(office.officer)
    for code, is_left in (("1", True), ("2", False)):
        where = {"indicator": office.at("PL01", code).pk}
        client.post(reverse("indicator_remove", kwargs=where), {"seen": 1})
        assert Indicator.objects.filter(pk=where["indicator"]).exists() == is_left
    edit = reverse("indicator_edit", kwargs={"indicator": office.at("PL01", "1").pk})
    assert "hãy xóa trống các ô" in shown(client.get(edit))


@pytest.mark.parametrize("seen", ["1", "", "x", "9" * 5000])
def test_an_indicator_that_a_colleague_changed_meanwhile_is_not_removed(office: Office, seen: str):
    indicator = office.at("PL01", "2")
    edit = reverse("indicator_edit", kwargs={"indicator": indicator.pk})
    signed_in(office.colleague).post(edit, definition(code="2", name="Tên người kia đặt", seen=1))
    where = reverse("indicator_remove", kwargs={"indicator": indicator.pk})
    client = signed_in(office.officer)
    told = shown(client.post(where, {"seen": seen}, follow=True))
    assert "đã lưu mục này lúc" in told
    assert "Tên người kia đặt" in told
    client.post(where, {"seen": 2})
    assert not Indicator.objects.filter(pk=indicator.pk).exists()


@pytest.mark.parametrize("year", ["", "x", "1900", "20200", "２０２１x"])
def test_a_year_that_is_none_is_refused_at_its_field(office: Office, year: str):
    where = reverse("indicator_year_new", kwargs={"unit": office.unit.pk})
    assert "id_year_error" in shown(signed_in(office.officer).post(where, {"year": year}), 422)
    assert office.unit.indicator_years.count() == 3


# Begin a report about them


def begin(office: Office, **said: object) -> HttpResponse:
    return signed_in(office.officer).post(reverse("report_begin_stage"), said)


def test_an_officer_begins_a_summary_of_a_stage_and_is_led_to_what_is_wrong_in_it(office: Office):
    office.enter("PL01", "2", 2018, "2717/2700")
    client = signed_in(office.officer)
    where = reverse("report_begin_stage")
    assert where in shown(client.get(reverse("report_start")))
    answer = begin(office, unit=office.unit.code, first_year="2016", year="2020")
    report = Report.objects.get()
    assert answer.url == reverse("report_edit", kwargs={"report": report.pk})
    assert (report.first_year, report.year, report.kind) == (2016, 2020, "stage_summary")
    assert begin(office, unit=office.unit.code, first_year="2016", year="2020").url == answer.url
    assert Report.objects.count() == 1
    assert "Kết quả theo lĩnh vực" in shown(client.get(answer.url))

    page = shown(client.get(reverse("report", kwargs={"report": report.pk})))
    link = f"{at(office, 'indicator_group')}#id_{cell(office, '2', 2018)}"
    assert f'<a href="{link}">PL01 2 (' in page
    assert "2.717/2.700 (100,63%)" in page
    assert f'id="id_{cell(office, "2", 2018)}"' in grid(office)
    # The officer of 2020 entered figures of 2020 in April.
    office.enter("PL01", "1", 2020, "5")
    page = shown(client.get(reverse("report", kwargs={"report": report.pk})))
    assert f"{at(office, 'indicator_group')}#id_den-2020" in page
    assert 'id="id_den-2020"' in grid(office)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"first_year": "2020", "year": "2016"}, "Năm cuối không được trước năm đầu."),
        ({"first_year": "2000", "year": "2020"}, "Tối đa 20 năm."),
        ({"first_year": "x", "year": "2020"}, "id_first_year_error"),
        ({"first_year": "2016"}, "id_year_error"),
        ({"unit": "0", "first_year": "2016", "year": "2020"}, "id_unit_error"),
    ],
)
def test_a_stage_that_is_none_is_refused_with_what_was_typed(office: Office, said: dict, words: str):
    page = shown(begin(office, **{"unit": office.unit.code, **said}), 422)
    assert words in page
    assert 'value="2020"' in page or 'value="2016"' in page
    assert not Report.objects.exists()


def test_nobody_begins_one_for_another_unit(office: Office):
    person = signed_in(office.people["neighbour"])
    where = reverse("report_begin_stage")
    said = {"unit": office.unit.code, "first_year": "2016", "year": "2020"}
    assert person.post(where, said).status_code == 422
    assert signed_in(office.people["coordinator"]).post(where, said).status_code == 403
    assert not Report.objects.exists()


def test_the_list_says_that_figures_were_changed_after_the_files_were_made(office: Office):
    begin(office, unit=office.unit.code, first_year="2018", year="2019")
    office.enter("PL01", "1", 2018, "5")

    def state() -> str:
        [found] = [lists.listed(one) for one in lists.visible_reports(office.officer)]
        return found.state

    assert state() == "none"
    made = jobs.start_rendering(
        report=reports().get(), by=office.officer, now=office.now + timedelta(minutes=1)
    )
    jobs.render.call(made.pk)
    assert state() == "done"
    office.now += timedelta(hours=1)
    office.enter("PL01", "1", 2020, "5")  # of a year that it isn't about
    assert state() == "done"
    office.enter("PL01", "1", 2018, "6", seen=1)
    assert state() == "outdated"


def test_the_largest_page_can_be_sent(settings):
    cells = MOST_INDICATORS * MOST_YEARS
    assert cells + MOST_YEARS + 10 < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS


# What they cost


def queries(office: Office, name: str, **where: int) -> int:
    client = signed_in(office.officer)
    client.get(reverse("report_start"))
    with CaptureQueriesContext(connection) as captured:
        shown(client.get(reverse(name, kwargs=where)))
    return len(captured)


def test_pages_take_as_many_queries_for_many_rows_as_for_one(office: Office):
    group, unit = {"group": office.groups["KS"].pk}, {"unit": office.unit.pk}
    office.enter("KS", "1", 2018, "1/2")
    begin(office, unit=office.unit.code, first_year="2018", year="2020")
    report = {"report": Report.objects.get().pk}
    pages = [
        ("indicator_group", group), ("indicators", unit), ("indicator_new", group), ("report", report),
        ("report_edit", report),
    ]  # fmt: skip
    one = [queries(office, name, **where) for name, where in pages]
    for code in ("2", "3"):
        office.indicator("KS", code, FigureKind.NUMBER, part_of=office.at("KS", "1"), position=int(code))
        office.enter("KS", code, 2018, code)
        office.enter("KS", code, 2019, code)
    for code in ("X", "Y"):
        office.group(code)
        office.indicator(code, "1")
        office.enter(code, "1", 2018, "7")
    assert [queries(office, name, **where) for name, where in pages] == one


def test_saving_takes_as_many_queries_for_three_cells_as_for_one(office: Office):
    def saved(*codes: str, year: int) -> int:
        page = grid(office)
        changed = {cell(office, code, year): "1/2" if code == "2" else "12" for code in codes}
        client = signed_in(office.officer)
        client.get(reverse("report_start"))
        with CaptureQueriesContext(connection) as captured:
            assert client.post(at(office, "indicator_figures"), sent(page, **changed)).status_code == 302
        return len(captured)

    one = saved("1", year=2018)
    assert saved("1", "2", "3", year=2019) == one


def test_the_list_of_units_takes_as_many_queries_for_three_as_for_two(office: Office):
    client = signed_in(office.people["province"])

    def count() -> int:
        client.get(reverse("report_start"))
        with CaptureQueriesContext(connection) as captured:
            shown(client.get(reverse("indicator_units")))
        return len(captured)

    def another() -> None:
        unit = UnitFactory(parent=office.unit.parent)
        add_year(unit=unit, year=2018, by=(officer := user_with("officer", unit)), now=NOW)
        Office(unit, officer, officer).group("A")

    another()
    two = count()
    another()
    assert count() == two


def test_what_the_form_carries_of_an_untouched_page_is_small(office: Office):
    office.enter("PL01", "1", 2018, "5")
    seen = json.loads(sent(grid(office))["seen"])
    assert seen == {
        cell(office, "1", 2018): [1, "5"],
        **{f"den-{year}": [1, ""] for year in (2018, 2019, 2020)},
    }


def test_figures_are_as_invented_as_their_unit_whoever_looks(office: Office):
    User.objects.update(is_demo=True)
    begin(office, unit=office.unit.code, first_year="2018", year="2019")
    unit, report = {"unit": office.unit.pk}, {"report": Report.objects.get().pk}
    pages = [
        reverse("indicators", kwargs=unit), reverse("indicator_upload", kwargs=unit),
        reverse("indicator_group_new", kwargs=unit), at(office, "indicator_group"), reverse("report", kwargs=report),
    ]  # fmt: skip

    def told() -> set[bool]:
        return {"Dữ liệu minh họa" in shown(signed_in(office.officer).get(page)) for page in pages}

    assert told() == {False}
    year = make_year(load_set(read_set(SMALL)))
    Period.objects.update(illustration=True)
    assert told() == {False}
    Assessment.objects.filter(pk=year.sheet().pk).update(unit=office.unit)
    assert told() == {True}
