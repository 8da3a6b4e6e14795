import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management.base import CommandError

from criteria.cases import InvalidCase, check_case, example_problem, expectation, read_cases
from criteria.management.commands.check_cases import Command
from criteria.rules import Direct
from criteria.tree import Criterion

CASE = {
    "name": "nhập trực tiếp",
    "criterion": {"code": "1.1", "name": "x", "max_points": "4", "rule": {"kind": "direct"}},
    "decimals": 3,
    "data": {"points": "3.25"},
    "expect": {"points": "3.25"},
}
BAD_RULE = {"criterion": {**CASE["criterion"], "rule": {"kind": "count"}}}


def run(tmp_path, content):
    file = tmp_path / "cases.json"
    file.write_text(content, encoding="utf-8")
    out = StringIO()
    try:
        Command(stdout=out).handle(file=file)
    except CommandError as error:
        return f"{out.getvalue()}{error}", False
    return out.getvalue(), True


def test_agreeing_cases_pass(tmp_path):
    out, passed = run(tmp_path, json.dumps({"cases": [CASE, CASE]}))
    assert passed
    assert out == "2/2 trường hợp khớp\n"


def test_a_mismatch_is_told_with_both_values(tmp_path):
    wrong = {**CASE, "name": "lệch", "expect": {"points": "3"}}
    out, passed = run(tmp_path, json.dumps({"cases": [CASE, wrong]}))
    assert not passed
    assert "SAI lệch: phải là 3 điểm; tính ra 3.25 điểm" in out
    assert out.endswith("1/2 trường hợp khớp")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"cases": []}',
        '{"cases": {}}',
        '{"cases": [1], "cases": [1]}',
        "[" * 100_000,
        "\x00",
    ],
)
def test_a_broken_or_empty_file_fails(tmp_path, content):
    out, passed = run(tmp_path, content)
    assert not passed
    assert "cases.json" in out


def test_a_missing_file_fails(tmp_path):
    with pytest.raises(CommandError):
        Command().handle(file=tmp_path / "none.json")


@pytest.mark.parametrize(
    "change",
    [
        {"expect": {"points": "3"}},
        {"expect": {"points": "3.25", "refused": True}},
        {"expect": {"point": "3.25"}},
        {"expect": {"points": 3.25}},
        {"expect": {"excluded": False}},
        {"expect": {"refused": False}},
        {"expect": {}},
        {"expect": None},
        {"expect": {"refused": True}},
        {"expect": {"excluded": True}},
        {"decimals": 5},
        {"decimals": "3"},
        {"decimals": True},
        {"criterion": None},
        {"criterion": {}},
        {"criterion": {**CASE["criterion"], "max_points": 4}},
        {"criterion": {**CASE["criterion"], "max_points": "4.1234"}},
        {"criterion": {**CASE["criterion"], "roll": "bonus"}},
        {"criterion": {**CASE["criterion"], "role": "bonos"}},
        BAD_RULE,
        {**BAD_RULE, "expect": {"refused": True}},
        {"data": None},
    ],
)
def test_a_case_that_is_wrong_or_malformed_is_a_mismatch(change):
    mismatch = check_case(CASE | change)
    assert mismatch
    assert mismatch.name == "nhập trực tiếp"


@pytest.mark.parametrize("case", [None, [], "x", {}, {"name": "x", "expect": {"points": "1"}}])
def test_what_is_no_case_is_a_mismatch(case):
    assert check_case(case)


@pytest.mark.parametrize("missing", ["criterion", "data", "expect"])
def test_a_case_without_a_part_is_a_mismatch(missing):
    assert check_case({key: value for key, value in CASE.items() if key != missing})


def test_an_invalid_criterion_is_no_refusal():
    mismatch = check_case({**CASE, **BAD_RULE, "expect": {"refused": True}})
    assert mismatch.got.startswith("tiêu chí không hợp lệ: rule")


def test_three_decimals_unless_stated():
    case = {key: value for key, value in CASE.items() if key != "decimals"}
    assert check_case({**case, "data": {"points": "1.234"}, "expect": {"points": "1.2340"}}) is None


def test_json_numbers_are_not_canonical():
    (case,) = read_cases(
        json.dumps({"cases": [{**CASE, "data": {"points": 3.25}, "expect": {"refused": True}}]})
    )
    assert check_case(case) is None


def test_expected_penalties_carry_their_sign():
    assert expectation({"points": "-1.5"}).points == Decimal("-1.5")
    with pytest.raises(InvalidCase):
        expectation({"points": "--1.5"})


def test_examples_of_a_set_use_the_same_words():
    criterion = Criterion(code="1.1", name="x", max_points=Decimal(4), rule=Direct())
    assert example_problem(criterion, {"points": "3"}, {"points": "3"}, 3) is None
    assert "phải là: bị từ chối; tính ra: 3 điểm" in example_problem(
        criterion, {"points": "3"}, {"refused": True}, 3
    )
    assert "expect" in example_problem(criterion, {"points": "3"}, {"diem": "3"}, 3)
