import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from criteria.cases import check_case, read_cases
from criteria.rules import read_rule
from criteria.scoring import LeafScore, Refused, check_override, leaf_problems, score
from criteria.tree import Criterion, NotApplicable, Role
from tests.criteria import independent
from tests.criteria.strategies import NOT_NUMBERS, leaves

HUGE = pytest.param(10**5000, id="5001 digits")  # too long for str() itself
CASES = read_cases((Path(__file__).parent / "cases" / "scoring.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_case(case):
    assert check_case(case) is None


def leaf(rule, max_points="2", decimals=3, **fields):
    top = Decimal(max_points)
    return Criterion(
        code="3.2.1",
        name="x",
        max_points=top,
        rule=read_rule(rule, max_points=top, decimals=decimals),
        **fields,
    )


def typed(raw, decimals):
    return leaf(
        raw["rule"],
        raw["max_points"],
        decimals,
        role=Role(raw["role"]),
        not_applicable=NotApplicable(raw["not_applicable"]),
    )


@settings(
    max_examples=5000, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(leaves())
def test_the_engine_agrees_with_an_independent_one(example):
    raw, decimals, data = example
    criterion = typed(raw, decimals)
    assert not list(leaf_problems(criterion))
    try:
        expected = independent.leaf_points(raw, data, decimals)
    except independent.Refusal:
        with pytest.raises(Refused) as refusal:
            score(criterion, data, decimals)
        assert str(refusal.value).startswith("Tiêu chí 3.2.1: ")
        return
    result = score(criterion, data, decimals)
    if expected == "excluded":
        assert result == LeafScore(Decimal(0), excluded=True)
    else:
        assert Fraction(result.points) == expected
        assert not result.excluded
        assert abs(result.points) <= criterion.max_points
        assert str(result.points)[0] != "-" or result.points < 0
    canonical = json.loads(json.dumps(criterion.rule.as_dict()))
    assert read_rule(canonical, max_points=criterion.max_points, decimals=decimals) == criterion.rule


@pytest.mark.parametrize(
    "value", [*NOT_NUMBERS, Decimal("1E+999999"), "9" * 5000], ids=lambda value: repr(value)[:20]
)
@pytest.mark.parametrize(
    ("rule", "data"),
    [
        ({"kind": "direct"}, {"points": "?"}),
        ({"kind": "ratio"}, {"numerator": "?", "denominator": "5"}),
        ({"kind": "ratio"}, {"numerator": "0", "denominator": "?"}),
        ({"kind": "ratio", "target": "assigned"}, {"numerator": "1", "denominator": "5", "target": "?"}),
        ({"kind": "count", "per_unit": "1"}, {"count": "?"}),
        ({"kind": "index", "scale": "100"}, {"value": "?"}),
        ({"kind": "survey", "weights": {"A": "1"}}, {"counts": {"A": "?"}}),
        ({"kind": "deduction", "items": [{"key": "a", "unit": "1"}]}, {"counts": {"a": "?"}}),
    ],
)
def test_what_is_not_a_canonical_number_is_refused(rule, data, value):
    def put(part):
        if isinstance(part, dict):
            return {key: put(inner) for key, inner in part.items()}
        return value if part == "?" else part

    with pytest.raises(Refused, match=r"3\.2\.1"):
        score(leaf(rule), put(data), 3)


@pytest.mark.parametrize("data", [None, [], "points", 3, True, HUGE, object()])
def test_data_that_are_no_mapping_are_refused(data):
    with pytest.raises(Refused):
        score(leaf({"kind": "direct"}), data, 3)


@pytest.mark.parametrize("value", [None, HUGE, [], ["a"], {"a"}, {"a": "1"}, True, "", "A", b"a"])
@pytest.mark.parametrize("kind", ["choice", "checklist"])
def test_unknown_options_and_items_of_any_type_are_refused(kind, value):
    lines = [{"key": "a", "points": "1"}]
    rule, data = {
        "choice": ({"kind": "choice", "options": lines}, {"option": value}),
        "checklist": ({"kind": "checklist", "items": lines}, {"items": [value]}),
    }[kind]
    with pytest.raises(Refused):
        score(leaf(rule), data, 3)


@pytest.mark.parametrize("items", ["a", {"a"}, {"a": True}, None, 1])
def test_items_are_a_list(items):
    with pytest.raises(Refused):
        score(leaf({"kind": "checklist", "items": [{"key": "a", "points": "1"}]}), {"items": items}, 3)


def test_a_refusal_names_criterion_key_and_reason():
    rule = {"kind": "deduction", "items": [{"key": "cham", "label": "Báo cáo chậm", "unit": "0.1"}]}
    with pytest.raises(Refused) as refusal:
        score(leaf(rule), {"counts": {"cham": "1.5"}}, 3)
    assert (refusal.value.code, refusal.value.key) == ("3.2.1", "counts.cham")
    assert str(refusal.value) == "Tiêu chí 3.2.1: “Báo cáo chậm” phải là số nguyên"


def test_a_whole_number_with_zeros_behind_the_mark_is_a_count():
    assert score(leaf({"kind": "count", "per_unit": "0.5"}), {"count": "3.0"}, 3).points == Decimal("1.5")


def test_amounts_may_have_decimals():
    assert score(leaf({"kind": "ratio"}), {"numerator": "12.5", "denominator": "25"}, 3).points == 1


def test_decimals_are_taken_as_they_are():
    assert score(leaf({"kind": "direct"}), {"points": Decimal("1.2500")}, 2).points == Decimal("1.25")


def test_huge_amounts_stay_exact():
    almost = {"numerator": "33333333333333333333", "denominator": "99999999999999999999"}
    bands = [{"from": "0.33333333333333333334", "points": "2"}, {"from": "0", "points": "0"}]
    assert score(leaf({"kind": "ratio", "bands": bands}), almost, 3).points == 0
    assert score(leaf({"kind": "ratio"}), almost, 3).points == Decimal("0.667")


def test_a_band_looks_at_the_ratio_itself_and_not_at_the_target():
    rule = {
        "kind": "ratio",
        "target": "0.5",
        "bands": [
            {"from": "0.8", "points": "2"},
            {"from": "0.2", "linear": True},
            {"from": "0", "points": "0"},
        ],
    }
    ratios = [("80", "2"), ("79", "2"), ("40", "1.6"), ("20", "0.8"), ("19", "0")]
    for numerator, points in ratios:
        assert score(leaf(rule), {"numerator": numerator, "denominator": "100"}, 3).points == Decimal(points)


@pytest.mark.parametrize("mode", ["none", "exclude"])
def test_when_zero_excludes_whatever_the_leaf_allows(mode):
    criterion = leaf({"kind": "ratio", "when_zero": "not_applicable"}, not_applicable=NotApplicable(mode))
    assert score(criterion, {"numerator": "0", "denominator": "0.0"}, 3).excluded


@pytest.mark.parametrize("when_zero", ["full", "not_applicable", "zero", "error"])
@pytest.mark.parametrize("allow_over", [True, False])
def test_something_over_nothing_is_always_refused(when_zero, allow_over):
    criterion = leaf({"kind": "ratio", "when_zero": when_zero, "allow_over": allow_over})
    with pytest.raises(Refused, match="phải bằng 0 khi" if allow_over else "không được lớn hơn"):
        score(criterion, {"numerator": "0.1", "denominator": "0"}, 3)


@pytest.mark.parametrize("target", ["0", "0.000"])
def test_an_assigned_target_is_above_zero(target):
    with pytest.raises(Refused):
        score(
            leaf({"kind": "ratio", "target": "assigned"}),
            {"numerator": "1", "denominator": "2", "target": target},
            3,
        )


@pytest.mark.parametrize(
    "data",
    [
        {"not_applicable": False},
        {"not_applicable": 1},
        {"not_applicable": "true"},
        {"not_applicable": True, "points": "1"},
    ],
)
def test_not_applicable_stands_alone_and_is_true(data):
    with pytest.raises(Refused):
        score(leaf({"kind": "direct"}, not_applicable=NotApplicable.FULL), data, 3)


def test_a_penalty_of_nothing_is_plain_zero():
    points = score(leaf({"kind": "direct"}, role=Role.PENALTY), {"points": "0"}, 3).points
    assert not points.is_signed()


def test_a_criterion_without_rule_is_refused():
    with pytest.raises(Refused):
        score(Criterion(code="1", name="x", max_points=Decimal(1)), {"points": "1"}, 3)


@pytest.mark.parametrize(
    ("role", "expected"), [(Role.BASE, "1.25"), (Role.BONUS, "1.25"), (Role.PENALTY, "-1.25")]
)
def test_an_override_is_typed_without_sign(role, expected):
    assert check_override(leaf({"kind": "direct", "step": "1"}, role=role), "1.250", 2) == Decimal(expected)


@pytest.mark.parametrize("points", ["2.001", "1.2345", "-1", 1, 1.5, None, "", Decimal("NaN"), Decimal("-1")])
def test_other_overrides_are_refused(points):
    with pytest.raises(Refused):
        check_override(leaf({"kind": "count", "per_unit": "1"}), points, 3)


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "ratio"},
        {"kind": "deduction", "items": [{"key": "a", "unit": "1"}]},
        {"kind": "survey", "weights": {"A": "1"}},
        {"kind": "index", "scale": "1"},
        {"kind": "checklist", "items": [{"key": "a"}], "per_missing": "1"},
    ],
)
def test_rules_a_penalty_may_not_have(rule):
    assert list(leaf_problems(leaf(rule, role=Role.PENALTY)))


def test_a_penalty_has_no_not_applicable():
    criterion = leaf({"kind": "direct"}, role=Role.PENALTY, not_applicable=NotApplicable.EXCLUDE)
    assert [problem.key for problem in leaf_problems(criterion)] == ["not_applicable"]


def test_full_and_excluded_do_not_go_together():
    criterion = leaf({"kind": "ratio", "when_zero": "not_applicable"}, not_applicable=NotApplicable.FULL)
    assert [problem.key for problem in leaf_problems(criterion)] == ["rule.when_zero"]
