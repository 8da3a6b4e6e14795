"""Results of other hosts: read from files and tables, kept as printed, checked but never corrected."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Role, Unit
from assessments.actions.recorded import UnknownUnit, load_record, save_record
from assessments.differences import differences as contradictions
from assessments.models import Event, RecordedLoss, RecordedResult, RecordedRow
from assessments.outcome import Decision, Loss, Outcome, OutcomeRow
from assessments.pasted import PasteError, read_pasted
from assessments.queries.outcomes import differences, outcome_of_record, recorded_results
from assessments.recorded import Record, check_rows, read_losses, spell_loss, typed_row
from assessments.recorded_files import read_record
from assessments.workflow import Refusal
from criteria.schema import SetErrors
from criteria.tree import Component
from tests.assessments.conftest import NOW
from tests.factories import ProvinceFactory, UnitFactory, user_with
from tests.reports.stored import outcome as outcome_in_file

FILES = Path(__file__).parents[2] / "fixtures" / "results"
NAMES = ("bach-thong-2021", "bach-thong-2022", "lien-son-2023", "trieu-son-2020")


def text_of(name: str) -> str:
    return (FILES / f"{name}.yaml").read_text(encoding="utf-8")


@pytest.fixture
def register(db: None) -> dict[str, Unit]:
    """The units that the four real records name."""
    units: dict[str, Unit] = {}
    for host, unit in (
        ("tỉnh Bắc Kạn", "huyện Bạch Thông"),
        ("tỉnh Thanh Hóa", "huyện Triệu Sơn"),
        ("huyện Chi Lăng", "xã Liên Sơn"),
    ):
        units[host] = ProvinceFactory(short_name=host)
        units[unit] = UnitFactory(short_name=unit, parent=units[host])
    return units


def load(name: str, register: dict[str, Unit]) -> RecordedResult:
    host = register[read_record(text_of(name)).host]
    saved = load_record(text=text_of(name), by=user_with(Role.COORDINATOR, host), now=NOW)
    return recorded_results().get(pk=saved.pk)


def row(
    code: str, most: object = None, own: object = None, points: object = None, **more: object
) -> OutcomeRow:
    figures = (None if value is None else Decimal(str(value)) for value in (most, own, points))
    return OutcomeRow(code, f"Dòng {code}", code.count("."), *figures, **more)


def value(*areas: OutcomeRow, **head: object) -> Record:
    return Record(**{"year": 2023, "areas": areas, "max_total": Decimal(100), **head})


def messages(*areas: OutcomeRow, **head: object) -> list[str]:
    outcome = value(*areas, **head).outcome(unit_id=1, host_name="")
    return [found.message for found in contradictions(outcome)]


# The four real records


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_record_says_what_its_file_says(name: str, register: dict[str, Unit]) -> None:
    record = load(name, register)
    assert outcome_of_record(record) == replace(outcome_in_file(name), unit_id=record.unit_id)


@pytest.mark.parametrize(
    ("name", "total", "rank"),
    [
        ("trieu-son-2020", "86.75", (9, 27)),
        ("bach-thong-2021", "81.35", (1, 8)),
        ("bach-thong-2022", "88.21", (1, 8)),
        ("lien-son-2023", "81", (14, 20)),
    ],
)
def test_totals_and_ranks_are_those_of_the_reports(
    name: str, total: str, rank: tuple[int, int], register: dict[str, Unit]
) -> None:
    outcome = outcome_of_record(load(name, register))
    assert (outcome.total, (outcome.rank, outcome.group_size)) == (Decimal(total), rank)
    assert sum(area.points for area in outcome.areas) == Decimal(total)


def test_the_one_difference_of_lien_son_is_found(register: dict[str, Unit]) -> None:
    record = load("lien-son-2023", register)
    outcome = outcome_of_record(record)
    assert (outcome.self_total, outcome.declared_self_total, outcome.lost) == (90, 89, 19)
    assert [found.message for found in differences(record)] == [
        "Điểm tự chấm công bố 89, cộng các lĩnh vực được 90"
    ]
    assert [(found.code, found.unexplained) for found in outcome.unexplained_rows] == [
        ("2.1", 1),
        ("5.3", 1),
        ("7.1", 1),
        ("7.6", 3),
    ]
    for other in set(NAMES) - {"lien-son-2023"}:
        assert differences(load(other, register)) == ()


def test_loading_again_leaves_what_was_typed_in_since(register: dict[str, Unit]) -> None:
    record = load("lien-son-2023", register)
    RecordedResult.objects.filter(pk=record.pk).update(grade="Khá")
    assert load("lien-son-2023", register).grade == "Khá"
    assert RecordedRow.objects.count() == 44
    assert RecordedLoss.objects.count() == 6


def test_a_unit_that_the_register_lacks_is_named(db: None) -> None:
    with pytest.raises(UnknownUnit, match="huyện Chi Lăng"):
        load_record(text=text_of("lien-son-2023"), by=user_with(Role.COORDINATOR), now=NOW)


# Files


def test_every_mistake_of_a_file_is_told_with_its_line() -> None:
    text = (
        "unit: xã A\nhots: tỉnh B\nyear: 2023\ndeclared: {max: 100, rank: 3, group_size: 2}\nrows:\n"
        "  - {code: 1, name: Một, max: 10,5}\n  - {code: 1, name: Hai, bonus: 1}\n"
        "  - {code: 2, name: Ba, lost_at: [{points: 0, components: []}]}\n"
    )
    with pytest.raises(SetErrors) as raised:
        read_record(text)
    told = [(problem.line, problem.key) for problem in raised.value.problems]
    assert (1, "host") in told
    assert (2, "hots") in told
    assert (4, "declared.rank") in told
    assert {line for line, _ in told} == {1, 2, 4, 6, 7, 8}


def test_a_file_that_is_no_record_is_refused() -> None:
    for text in ("", "- 1", "a: &x 1\nb: *x", "unit: [", "rows: {}\n"):
        with pytest.raises(SetErrors):
            read_record(text)


# Differences


def test_sums_that_do_not_match_are_told_with_both_numbers() -> None:
    children = (row("1.1", 5, 4, 3), row("1.2", 6, 6, 3))
    assert messages(row("1", 10, 10, 6, children=children), total=Decimal(7), self_total=Decimal(10)) == [
        "Tổng điểm tối đa công bố 100, cộng các lĩnh vực được 10",
        "Tổng điểm công bố 7, cộng các lĩnh vực được 6",
        "Lĩnh vực 1: điểm tối đa ghi 10, cộng các dòng bên trong được 11",
    ]


def test_what_is_not_printed_contradicts_nothing() -> None:
    children = (row("1.1", 40, None, 30), row("1.2", 60, 6, None))
    assert messages(row("1", 100, 10, 50, children=children)) == []
    assert messages(row("1"), total=Decimal(7), self_total=Decimal(7)) == []
    assert messages() == []


def test_points_above_the_maximum_losses_above_the_loss_and_ranks_above_the_group() -> None:
    lost = (Loss((Component("1.1.1", ""),), Decimal(2)), Loss((Component("1.1.2", ""),), Decimal("1.5")))
    inner = row("1.1", 100, 101, 97, losses=lost, rank=9)
    assert messages(row("1", 100, 101, 97, children=(inner,)), group_size=8) == [
        "Lĩnh vực 1: điểm tự chấm 101 cao hơn điểm tối đa 100",
        "Tiêu chí 1.1: điểm tự chấm 101 cao hơn điểm tối đa 100",
        "Tiêu chí 1.1: mất 3 điểm nhưng các tiêu chí thành phần nêu tên mất 3,5 điểm",
        "Tiêu chí 1.1: xếp hạng 9 lớn hơn số đơn vị của nhóm 8",
    ]


# Rows as they are typed


def test_depth_follows_the_code_and_a_missing_level_is_skipped() -> None:
    typed = [{"code": code, "name": "Tên"} for code in ("1.1.1", "1", "1.2.", "2.1", "10", "1.2.3.4")]
    checked, areas = check_rows(typed)
    assert [line.errors for line in checked] == [{}] * 6
    assert [area.code for area in areas] == ["1", "2.1", "10"]
    assert [(r.code, r.depth) for r in areas[0].walk()] == [
        ("1", 0),
        ("1.1.1", 1),
        ("1.2", 1),
        ("1.2.3.4", 2),
    ]


@pytest.mark.parametrize(
    ("column", "typed", "said"),
    [
        ("code", "", "Chưa ghi mã"),
        ("code", "1..2", "Mã chỉ gồm"),
        ("name", "", "Chưa ghi tên"),
        ("max", "12.429,5", "Điểm phải là một số"),
        ("self", "-1", "không được âm"),
        ("council", "1,23456", "4 chữ số"),
        ("council", "nan", "Điểm phải là một số"),
        ("rank", "0", "số nguyên từ 1"),
        ("lost_at", "Hình thức = 2", "Ghi mã tiêu chí thành phần"),
        ("lost_at", "1.4.2 Hình thức = 0", "lớn hơn 0"),
    ],
)
def test_a_wrong_cell_is_named(column: str, typed: str, said: str) -> None:
    [line], areas = check_rows([{"code": "1", "name": "Một", column: typed}])
    assert said in line.errors[column]
    assert list(line.errors) == [column]
    assert areas == ()


def test_a_repeated_code_is_refused_and_blank_rows_are_not_rows() -> None:
    checked, areas = check_rows([{"code": "1", "name": "A"}, {"code": " "}, {"code": "1", "name": "B"}])
    assert [list(line.errors) for line in checked] == [[], ["code"]]
    assert areas == ()


def test_numbers_are_read_with_either_mark() -> None:
    typed = {"code": "1", "name": "Một", "max": "9,231", "self": "9.231", "council": " 8 ", "rank": "01"}
    _, [area] = check_rows([typed])
    assert (area.max_points, area.self_points, area.points, area.rank) == (
        Decimal("9.231"),
        Decimal("9.231"),
        8,
        1,
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_table_shows_and_reads_back_every_real_row(name: str) -> None:
    record = read_record(text_of(name)).record
    checked, areas = check_rows([typed_row(line).cells for line in record.rows()])
    assert not any(line.errors for line in checked)
    assert areas == record.areas


CODES = st.from_regex(r"[1-9](\.[1-9]){1,3}", fullmatch=True)
WORDS = st.from_regex(r"([a-zđ,;+] ?){0,20}[a-zđ]", fullmatch=True)
LOSSES = st.builds(
    Loss,
    st.lists(st.builds(Component, CODES, WORDS), min_size=1, max_size=3).map(tuple),
    st.none() | st.decimals("0.0001", "99", places=4),
)


@given(st.lists(LOSSES, max_size=3).map(tuple))
def test_losses_survive_being_spelled_and_read(losses: tuple[Loss, ...]) -> None:
    assert read_losses("; ".join(spell_loss(loss) for loss in losses)) == losses


# Pasting


def test_a_pasted_table_is_read_in_the_order_of_columns() -> None:
    text = 'Mã\tTên\tTối đa\n1\tMột\t10\t\t9,5\t03\n\n1.1\t"Hai\ndòng"\t4\t4\t3\t\t1.1.2 Nhỏ = 1\tchậm\n'
    rows = read_pasted(text, most=10)
    assert rows[0] == {"code": "1", "name": "Một", "max": "10", "self": "", "council": "9,5", "rank": "03"}
    _, [area] = check_rows(rows)
    [child] = area.children
    assert (area.points, area.rank, child.name, child.reason) == (Decimal("9.5"), 3, "Hai dòng", "chậm")
    assert child.losses == (Loss((Component("1.1.2", "Nhỏ"),), Decimal(1)),)


def test_lines_that_are_no_rows_are_named() -> None:
    with pytest.raises(PasteError) as raised:
        read_pasted("1\tMột\nđây là một câu\n" + "\t".join("123456789X"), most=2)
    assert [problem.split(":")[0] for problem in raised.value.problems] == [
        "Dòng 2",
        "Dòng 3",
        "Có 3 dòng; nhiều nhất là 2 dòng",
    ]


# Saving


@pytest.fixture
def unit(db: None) -> Unit:
    return UnitFactory(parent=ProvinceFactory())


def test_saving_again_replaces_every_row_and_leaves_an_event(unit: Unit) -> None:
    by = user_with(Role.COORDINATOR, unit.parent)
    decision = Decision("1/QĐ-UBND", date(2024, 1, 5), "UBND huyện", "Báo cáo")
    first = value(row("1", 10, 9, 8, children=(row("1.1", 10),)), decision=decision, rank=2, group_size=9)
    saved = save_record(unit=unit, host=unit.parent, value=first, by=by, now=NOW)
    second = value(row("2", 20), year=2022)
    again = save_record(unit=unit, host=unit.parent, value=second, replacing=saved, seen=NOW, by=by, now=NOW)
    assert again.pk == saved.pk
    assert RecordedResult.objects.get().year == 2022
    assert [stored.code for stored in RecordedRow.objects.order_by("position")] == ["2"]
    made, changed = Event.objects.filter(action="save_record").order_by("pk")
    assert (made.before, made.by, made.at) == (None, by, NOW)
    assert (changed.before, changed.after["rows"][0]["code"]) == (made.after, "2")


def test_a_unit_has_one_record_of_a_host_and_year(unit: Unit) -> None:
    by = user_with(Role.COORDINATOR, unit.parent)
    save_record(unit=unit, host=unit.parent, value=value(), by=by, now=NOW)
    other = save_record(unit=unit, host=unit.parent, value=value(year=2022), by=by, now=NOW)
    for replacing in (None, other):
        with pytest.raises(Refusal, match="đã được ghi nhận"):
            save_record(
                unit=unit,
                host=unit.parent,
                value=value(),
                replacing=replacing,
                seen=NOW,
                by=by,
                now=NOW,
            )
    assert RecordedResult.objects.get(pk=other.pk).year == 2022


def test_a_page_older_than_the_record_overwrites_nothing(unit: Unit) -> None:
    by = user_with(Role.COORDINATOR, unit.parent)
    saved = save_record(unit=unit, host=unit.parent, value=value(), by=by, now=NOW)
    act = {"unit": unit, "host": unit.parent, "value": value(), "replacing": saved, "by": by}
    hours = [NOW + timedelta(hours=hour) for hour in range(3)]
    for seen, now in pairwise(hours):
        save_record(**act, seen=seen, now=now)
    for seen in (NOW, hours[1], None):
        with pytest.raises(Refusal, match="Chưa có gì bị ghi đè"):
            save_record(**act, seen=seen, now=NOW)


def test_only_coordinators_at_or_above_the_unit_record(unit: Unit) -> None:
    host = unit.parent
    department = UnitFactory(parent=host)
    nested = UnitFactory(parent=unit)
    for place in (unit, nested):
        save_record(unit=place, host=host, value=value(), by=user_with(Role.COORDINATOR, host), now=NOW)
    for person in (
        user_with(Role.ADMINISTRATOR),
        user_with(Role.COORDINATOR, department),
        user_with(Role.COORDINATOR, nested),
        user_with(Role.LEADER, host),
        user_with(Role.OFFICER, unit),
        user_with(Role.COORDINATOR, host, is_active=False),
    ):
        with pytest.raises(PermissionDenied):
            save_record(unit=unit, host=host, value=value(year=2021), by=person, now=NOW)


def test_a_record_is_not_moved_away_from_a_unit_of_others(unit: Unit) -> None:
    own = UnitFactory(parent=ProvinceFactory())
    by = user_with(Role.COORDINATOR, own.parent)
    theirs = save_record(
        unit=unit, host=unit.parent, value=value(), by=user_with(Role.COORDINATOR, unit.parent), now=NOW
    )
    with pytest.raises(PermissionDenied):
        save_record(unit=own, host=own.parent, value=value(), replacing=theirs, by=by, now=NOW)


def test_an_outcome_has_no_self_total_where_an_area_prints_none() -> None:
    outcome: Outcome = value(row("1", 10, 9, 8), row("2", 10, None, 8)).outcome(unit_id=1, host_name="")
    assert outcome.self_total is None


def test_a_row_has_a_rank_or_a_change_of_rank(register: dict[str, Unit]) -> None:
    row = load("lien-son-2023", register).rows.first()
    row.rank, row.rank_change = 3, 1
    with pytest.raises(IntegrityError, match="recorded_row_rank_or_change"), transaction.atomic():
        row.save()
