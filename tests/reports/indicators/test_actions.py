"""Defining indicators and entering their figures: who, what is refused, and that no edit is lost."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from assessments.models import Event
from assessments.workflow import Refusal
from reports.actions import indicators
from reports.actions.figures import Conflicts, enter_figures
from reports.actions.indicators import Redefined, add_year, define_group, define_indicator, remove_indicator
from reports.figures import NO_DATA, Entry, Figure, FigureKind, Mark
from reports.models import Indicator, IndicatorGroup, IndicatorValue, IndicatorYear
from tests.reports.indicators.conftest import NOW, Office, defined

pytestmark = pytest.mark.django_db

STRANGERS = (
    "unit leader", "coordinator", "leader", "province", "neighbour", "appraiser", "other host", "administrator",
)  # fmt: skip


def redefine(office: Office, seen: int = 1, by=None, **said: object) -> Indicator:
    indicator = office.at("PL01", "1")
    return define_indicator(
        group=indicator.group,
        indicator=indicator,
        said=defined("PL01", "1", FigureKind.NUMBER, **{"name": "Hồ sơ tiếp nhận", **said}),
        seen=seen,
        by=by or office.officer,
        now=NOW,
    )


def test_figures_are_kept_exactly_with_an_event(office: Office):
    assert office.enter("PL01", "1", 2018, "12.429,5") == 1
    office.enter("PL01", "2", 2018, "5.650/5.658")
    office.enter("PL01", "3", 2018, "02 nhóm")
    office.enter("PL01", "1", 2019, "/")
    assert office.stored("PL01", "1", 2018).figure == Figure(Decimal("12429.5"))
    assert office.stored("PL01", "2", 2018).figure == Figure(
        numerator=Decimal(5650), denominator=Decimal(5658)
    )
    assert office.stored("PL01", "3", 2018).figure == Figure(text="02 nhóm")
    assert office.stored("PL01", "1", 2019).figure == NO_DATA
    event = Event.objects.filter(action=Event.Deed.ENTER_FIGURES).order_by("pk").first()
    assert event.by == office.officer
    assert event.after == {"unit": office.unit.code, "figures": {"PL01 1, 2018": "12.429,5"}}
    assert event.before["figures"] == {"PL01 1, 2018": ""}


def test_saving_the_same_again_changes_nothing(office: Office):
    office.enter("PL01", "1", 2018, "5")
    count = Event.objects.count()
    assert office.enter("PL01", "1", 2018, "05", seen=0) == 0
    assert Event.objects.count() == count
    assert office.stored("PL01", "1", 2018).version == 1


def test_the_later_writer_is_told_and_nothing_of_his_is_stored(office: Office):
    office.enter("PL01", "1", 2018, "5")
    office.enter("PL01", "1", 2018, "6", seen=1, by=office.colleague)
    one, two = office.at("PL01", "1"), office.at("PL01", "2")
    entries = [
        Entry(two.pk, 2018, Figure(numerator=Decimal(1), denominator=Decimal(2)), 0),
        Entry(one.pk, 2018, Figure(Decimal(7)), 1),
    ]
    with pytest.raises(Conflicts) as told:
        enter_figures(unit=office.unit, entries=entries, by=office.officer, now=NOW)
    assert told.value.cells[one.pk, 2018].figure == Figure(Decimal(6))
    assert told.value.cells[one.pk, 2018].updated_by == office.colleague
    assert not IndicatorValue.objects.filter(indicator=two).exists()
    assert office.stored("PL01", "1", 2018).figure == Figure(Decimal(6))


def test_emptying_a_cell_goes_on_counting_its_versions(office: Office):
    office.enter("PL01", "1", 2018, "5")
    office.enter("PL01", "1", 2018, "", seen=1)
    assert office.stored("PL01", "1", 2018).figure is None
    office.enter("PL01", "1", 2018, "8", seen=2, by=office.colleague)
    with pytest.raises(Conflicts):
        office.enter("PL01", "1", 2018, "9", seen=1)


def test_a_year_is_marked_as_a_part_of_one(office: Office):
    assert office.mark(2020, date(2020, 3, 31)) == 1
    year = IndicatorYear.objects.get(unit=office.unit, year=2020)
    assert (year.until, year.version) == (date(2020, 3, 31), 2)
    with pytest.raises(Conflicts) as told:
        office.mark(2020, None, seen=1)
    assert told.value.years == {2020: year}
    with pytest.raises(Refusal, match="phải nằm trong năm 2020"):
        office.mark(2020, date(2021, 3, 31), seen=2)


@pytest.mark.parametrize("who", STRANGERS)
def test_only_officers_of_the_unit_write(office: Office, who: str):
    person, indicator = office.people[who], office.at("PL01", "1")
    events = Event.objects.count()
    for write in (
        lambda: office.enter("PL01", "1", 2018, "5", by=person),
        lambda: redefine(office, by=person, name="Khác"),
        lambda: remove_indicator(indicator=indicator, seen=1, by=person, now=NOW),
        lambda: add_year(unit=office.unit, year=2017, by=person, now=NOW),
        lambda: define_group(unit=office.unit, group=None, said={"code": "X"}, seen=0, by=person, now=NOW),
    ):
        with pytest.raises(PermissionDenied):
            write()
    assert Event.objects.count() == events


def test_who_is_deactivated_writes_nothing(office: Office):
    office.officer.is_active = False
    with pytest.raises(PermissionDenied):
        office.enter("PL01", "1", 2018, "5")


def test_figures_are_of_the_units_own_indicators_years_and_kinds(office: Office):
    other = Office(office.people["neighbour"].held[0].unit, office.people["neighbour"], office.colleague)
    other.group("PL01")
    other.indicator("PL01", "1")
    own, strange = office.at("PL01", "1"), other.at("PL01", "1")
    number, ratio = Figure(Decimal(1)), Figure(numerator=Decimal(1), denominator=Decimal(2))
    for entry, words in [
        (Entry(strange.pk, 2018, number, 0), "tải lại trang"),
        (Entry(own.pk, 2017, number, 0), "tải lại trang"),
        (Entry(own.pk, 2018, ratio, 0), "đổi kiểu số liệu"),
        (Entry(own.pk, 2018, Figure(text="x"), 0), "đổi kiểu số liệu"),
    ]:
        with pytest.raises(Refusal, match=words):
            enter_figures(unit=office.unit, entries=[entry], by=office.officer, now=NOW)
    assert not IndicatorValue.objects.exists()
    assert (
        enter_figures(unit=office.unit, entries=[], marks=[Mark(1999, None, 0)], by=office.officer, now=NOW)
        == 0
    )


def test_a_definition_that_somebody_saved_since_is_not_overwritten(office: Office):
    changed = redefine(office, by=office.colleague, measure="hồ sơ")
    assert (changed.version, changed.measure) == (2, "hồ sơ")
    with pytest.raises(Redefined) as told:
        redefine(office, measure="bộ")
    assert told.value.saved.measure == "hồ sơ"
    assert redefine(office, seen=1, measure="hồ sơ").version == 2  # the same again is no conflict
    event = Event.objects.filter(action=Event.Deed.DEFINE_INDICATORS).order_by("pk").last()
    assert (event.before["measure"], event.after["measure"]) == ("", "hồ sơ")


def test_a_code_stands_once(office: Office):
    with pytest.raises(Refusal, match="đã có chỉ tiêu mang mã 1"):
        office.indicator("PL01", "1")
    with pytest.raises(Refusal, match="đã có nhóm mang mã PL01"):
        office.group("PL01")
    assert IndicatorGroup.objects.filter(unit=office.unit).count() == 2


def test_a_kind_stays_while_there_are_figures(office: Office):
    office.enter("PL01", "3", 2018, "chữ")
    three = office.at("PL01", "3")

    def become_number() -> Indicator:
        said = defined("PL01", "3", FigureKind.NUMBER)
        return define_indicator(
            group=three.group, indicator=three, said=said, seen=1, by=office.officer, now=NOW
        )

    with pytest.raises(Refusal, match="không đổi được kiểu"):
        become_number()
    office.enter("PL01", "3", 2018, "/", seen=1)
    assert become_number().kind == "number"
    office.enter("PL01", "3", 2018, "12", seen=2)
    assert office.stored("PL01", "3", 2018).figure == Figure(Decimal(12))


def test_a_whole_is_no_part_of_its_own_part(office: Office):
    one = office.at("PL01", "1")
    part = office.indicator("PL01", "1.1", part_of=one)
    for whole, words in [
        (one, "phần của chính nó"),
        (part, "phần của chính nó"),
        (office.at("PL01", "3"), "phải là chỉ tiêu bằng số"),
    ]:
        with pytest.raises(Refusal, match=words):
            redefine(office, part_of=whole)
    other = Office(office.people["neighbour"].held[0].unit, office.people["neighbour"], office.colleague)
    other.group("PL01")
    with pytest.raises(Refusal, match="cùng đơn vị"):
        other.indicator("PL01", "1", part_of=one)


def test_only_what_has_no_figures_and_no_parts_is_removed(office: Office):
    one = office.at("PL01", "1")
    part = office.indicator("PL01", "1.1", part_of=one)
    office.enter("PL01", "1.1", 2018, "/")

    def remove(indicator: Indicator) -> None:
        kept = office.at("PL01", indicator.code)
        remove_indicator(indicator=kept, seen=kept.version, by=office.officer, now=NOW)

    with pytest.raises(Refusal, match="đã có số liệu"):
        remove(part)
    with pytest.raises(Refusal, match="là một phần"):
        remove(one)
    office.enter("PL01", "1.1", 2018, "", seen=1)
    remove(part)
    remove(one)
    assert not Indicator.objects.filter(pk__in=[one.pk, part.pk]).exists()
    assert Event.objects.order_by("pk").last().before["name"] == "PL01 1 Hồ sơ tiếp nhận"


def test_there_is_an_end_to_groups_indicators_and_years(office: Office, monkeypatch: pytest.MonkeyPatch):
    for name in ("MOST_GROUPS", "MOST_INDICATORS", "MOST_YEARS"):
        monkeypatch.setattr(indicators, name, 3)
    office.group("PL03")
    for refused in (
        lambda: office.group("PL04"),
        lambda: office.indicator("PL01", "4"),
        lambda: add_year(unit=office.unit, year=2017, by=office.officer, now=NOW),
    ):
        with pytest.raises(Refusal, match="tối đa 3"):
            refused()
    assert add_year(unit=office.unit, year=2018, by=office.officer, now=NOW).version == 1
    with pytest.raises(Refusal, match="từ 1990 đến 2100"):
        add_year(unit=office.unit, year=20200, by=office.officer, now=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "number", "state": "given"},
        {"kind": "number", "state": "given", "value": 1, "text": "x"},
        {"kind": "number", "state": "missing", "value": 1},
        {"kind": "number", "state": "given", "value": Decimal(-1)},
        {"kind": "ratio", "state": "given", "numerator": 1},
        {"kind": "ratio", "state": "given", "numerator": 1, "denominator": 0},
        {"kind": "ratio", "state": "given", "value": 1},
        {"kind": "text", "state": "given"},
        {"kind": "khác", "state": "given", "value": 1},
        {"kind": "number", "state": "khac"},
    ],
)
def test_the_database_takes_no_contradictory_figure(office: Office, wrong: dict):
    one = office.at("PL01", "1")
    with pytest.raises(IntegrityError), transaction.atomic():
        IndicatorValue.objects.create(
            indicator=one, year=2018, updated_at=NOW, updated_by=office.officer, **wrong
        )
