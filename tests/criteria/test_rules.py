import json
from decimal import Decimal

import pytest

from criteria.rules import InvalidRule, Survey, read_rule

TOP = Decimal(2)
ZERO_BAND = {"from": "0", "points": "0"}


def banded(*bands, kind="ratio"):
    return {"kind": kind, "bands": [*bands, ZERO_BAND]}


def problems(raw, max_points=TOP, decimals=3):
    with pytest.raises(InvalidRule) as error:
        read_rule(raw, max_points=max_points, decimals=decimals)
    return {problem.key for problem in error.value.problems}


def option(key="a", **award):
    return {"key": key, "label": "Có", **award}


@pytest.mark.parametrize(
    ("raw", "keys"),
    [
        (None, {"", "kind"}),
        ([], {"", "kind"}),
        ({}, {"kind"}),
        ({"kind": "formula"}, {"kind"}),
        ({"kind": True}, {"kind"}),
        ({"kind": "direct", "formula": "a+b"}, {"formula"}),
        ({"kind": "direct", 7: "x"}, {"7"}),
        ({"kind": "direct", "step": "0"}, {"step"}),
        ({"kind": "direct", "step": 0.5}, {"step"}),
        ({"kind": "direct", "step": 1}, {"step"}),
        ({"kind": "direct", "step": "1e-1"}, {"step"}),
        ({"kind": "direct", "step": None}, {"step"}),
        ({"kind": "choice"}, {"options"}),
        ({"kind": "choice", "options": []}, {"options"}),
        ({"kind": "choice", "options": "ab"}, {"options"}),
        ({"kind": "choice", "options": ["a"]}, {"options[0]", "options[0].key"}),
        ({"kind": "choice", "options": [option()]}, {"options[0]"}),
        ({"kind": "choice", "options": [option(points="1", share="1")]}, {"options[0]"}),
        ({"kind": "choice", "options": [option(points="2.5")]}, {"options[0].points"}),
        ({"kind": "choice", "options": [option(points="1.0005")]}, {"options[0].points"}),
        ({"kind": "choice", "options": [option(share="1.1")]}, {"options[0].share"}),
        ({"kind": "choice", "options": [option(linear=True)]}, {"options[0]", "options[0].linear"}),
        ({"kind": "choice", "options": [option(points="1"), option(points="0")]}, {"options"}),
        ({"kind": "choice", "options": [{"key": " ", "points": "1"}]}, {"options[0].key"}),
        ({"kind": "checklist", "items": [option()]}, {"items"}),
        ({"kind": "checklist", "items": [option(points="1"), option("b")]}, {"items"}),
        ({"kind": "checklist", "items": [option(points="1")], "per_missing": "1"}, {"per_missing"}),
        (
            {"kind": "checklist", "items": [option(), option("b", points="1")], "per_missing": "1"},
            {"per_missing"},
        ),
        ({"kind": "checklist", "items": [option(), option()], "per_missing": "1"}, {"items"}),
        ({"kind": "checklist", "items": [option(share="1")], "per_missing": "1"}, {"items[0].share"}),
        ({"kind": "checklist", "items": [option(points="3")]}, {"items[0].points"}),
        ({"kind": "ratio", "bands": []}, {"bands"}),
        ({"kind": "ratio", "bands": [{"from": "0.5", "points": "1"}]}, {"bands[0].from"}),
        ({"kind": "ratio", "bands": [{"from": "0", "open": True, "points": "1"}]}, {"bands[0].from"}),
        (banded({"from": "0.5", "points": "1"}, {"from": "0.5", "share": "1"}), {"bands[1].from"}),
        (banded({"from": "0.5", "open": True, "share": "1"}, {"from": "0.5", "share": "0"}), {"bands[1].from"}),
        (banded({"from": "0.5", "linear": True}, {"from": "0.8", "points": "1"}), {"bands[1].from"}),
        ({"kind": "ratio", "bands": [{"from": "0", "linear": False}]}, {"bands[0].linear"}),
        ({"kind": "ratio", "bands": [{"from": "0", "linear": "true"}]}, {"bands[0].linear"}),
        ({"kind": "ratio", "bands": [{"from": "0", "linear": True, "points": "1"}]}, {"bands[0]"}),
        ({"kind": "ratio", "bands": [{"points": "1"}]}, {"bands[0].from"}),
        ({"kind": "ratio", "bands": [{"from": "0", "open": "no", "points": "1"}]}, {"bands[0].open"}),
        ({"kind": "ratio", "target": "0"}, {"target"}),
        ({"kind": "ratio", "target": "given"}, {"target"}),
        ({"kind": "ratio", "when_zero": "skip"}, {"when_zero"}),
        ({"kind": "ratio", "when_zero": True}, {"when_zero"}),
        ({"kind": "ratio", "allow_over": "true"}, {"allow_over"}),
        ({"kind": "ratio", "numerator": ["a"]}, {"numerator"}),
        ({"kind": "count"}, {""}),
        ({"kind": "count", "per_unit": "1", "bands": [ZERO_BAND]}, {""}),
        ({"kind": "count", "per_unit": "0"}, {"per_unit"}),
        (banded({"from": "2", "linear": True}, kind="count"), {"bands[0]", "bands[0].linear"}),
        ({"kind": "deduction", "items": [option()]}, {"items[0].unit"}),
        ({"kind": "deduction", "items": [option(unit="-1")]}, {"items[0].unit"}),
        ({"kind": "deduction", "items": [option(unit="1"), option(unit="2")]}, {"items"}),
        ({"kind": "deduction", "items": [option(unit="1")], "cap": "x"}, {"cap"}),
        ({"kind": "survey"}, {"weights"}),
        ({"kind": "survey", "weights": {}}, {"weights"}),
        ({"kind": "survey", "weights": ["A"]}, {"weights"}),
        ({"kind": "survey", "weights": {"A": "1.2", "B": 0.5}}, {"weights.A", "weights.B"}),
        ({"kind": "survey", "weights": {"A": "1", 5: "0"}}, {"weights.5"}),
        ({"kind": "index"}, {"scale"}),
        ({"kind": "index", "scale": "0"}, {"scale"}),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_refused_at_its_keys(raw, keys):
    assert problems(raw) == keys


def test_every_problem_is_told_at_once():
    raw = {
        "kind": "ratio",
        "bands": [{"from": "0.5", "points": "9"}, {"from": "0.7", "share": "2"}, {"from": "0.1"}],
        "target": "0",
        "odd": "1",
    }
    assert problems(raw) == {
        "bands[0].points", "bands[1].share", "bands[1].from", "bands[2]", "bands[2].from", "target", "odd",
    }  # fmt: skip


def test_points_may_not_be_finer_than_the_set():
    raw = {"kind": "choice", "options": [option(points="0.125"), option("b", points="0.250")]}
    assert problems(raw, decimals=2) == {"options[0].points"}


def test_shares_and_units_are_rounded_with_the_leaf_and_may_be_finer():
    read_rule({"kind": "count", "per_unit": "0.0625"}, max_points=TOP, decimals=2)
    read_rule({"kind": "choice", "options": [option(share="0.3333")]}, max_points=TOP, decimals=2)


def test_an_item_may_take_the_whole_maximum():
    read_rule({"kind": "deduction", "items": [option(unit="2")]}, max_points=TOP, decimals=3)


def test_answers_keep_their_order():
    rule = read_rule(
        {"kind": "survey", "weights": {"D": "0", "A": "1", "B": "0.60"}}, max_points=TOP, decimals=3
    )
    assert isinstance(rule, Survey)
    assert list(rule.as_dict()["weights"].items()) == [("D", "0"), ("A", "1"), ("B", "0.6")]


def test_the_canonical_form_leaves_defaults_out_and_is_plain_json():
    raw = {
        "kind": "ratio",
        "target": "1.00",
        "when_zero": "error",
        "allow_over": False,
        "bands": [
            {"from": "0.90", "open": True, "linear": True},
            {"from": "0", "open": False, "points": "0.0"},
        ],
    }
    canonical = read_rule(raw, max_points=TOP, decimals=3).as_dict()
    assert json.loads(json.dumps(canonical)) == {
        "kind": "ratio",
        "bands": [{"from": "0.9", "open": True, "linear": True}, {"from": "0", "points": "0"}],
    }
    assert (
        type(
            read_rule({"kind": "ratio", "target": "assigned"}, max_points=TOP, decimals=3).as_dict()["target"]
        )
        is str
    )
