"""A set written down reads back equal, and reads well."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from criteria.rules import KINDS, read_rule
from criteria.schema import dump_set, read_set
from criteria.tree import (
    Combine,
    Component,
    CriteriaTree,
    Criterion,
    Decision,
    Example,
    Grade,
    NotApplicable,
    Source,
)
from tests.criteria.small_set import SMALL


def test_a_set_written_down_reads_back_equal() -> None:
    tree = read_set(SMALL)

    assert read_set(dump_set(tree)) == tree
    assert dump_set(read_set(dump_set(tree))) == dump_set(tree)
    assert read_set(dump_set(replace(tree, version=2))) == replace(tree, version=2)


def test_a_set_is_written_for_people() -> None:
    written = dump_set(replace(read_set(SMALL), cap_total=Decimal("100.00")))

    assert "cap_total: 100\n" in written
    assert "tie_breaks: [2]\n" in written
    assert "  - {from: 9, label: Tốt}\n" in written
    assert "            - {from: 0.8, linear: true}\n" in written
    assert "    rule: {kind: direct}\n" in written
    assert "          - {data: {numerator: 9, denominator: 10}, expect: {points: 2.25}}\n" in written
    assert "Sở Nội vụ" in written
    assert written.count("Sở Tư pháp") == 1


WORDS = st.text(
    alphabet=st.sampled_from(list("abc ĐđưỡạẾ0123456789.,:;#-?!&*|>%@'\"{}[]~=<≥→\U0001f600")), min_size=1, max_size=150
).map(lambda text: " ".join(text.split())).filter(lambda text: text != "")  # fmt: skip
LONG_TEXT = st.lists(WORDS | st.just(""), max_size=4).map(lambda lines: "\n".join(lines).strip())
POINTS = st.decimals(min_value="0.01", max_value="99999", places=2).map(abs)
RULES = st.sampled_from(
    [
        {"kind": "direct"},
        {"kind": "direct", "step": "0.25"},
        {"kind": "choice", "options": [{"key": "true", "label": "null", "points": "0.01"}, {"key": "1",
            "label": "2: a, b", "share": "0.5"}]},
        {"kind": "checklist", "items": [{"key": "~", "label": "- a"}], "per_missing": "0.35"},
        {"kind": "checklist", "items": [{"key": "a", "label": "{b}", "points": "0"}]},
        {"kind": "ratio", "numerator": "0.5", "denominator": "yes", "target": "assigned", "allow_over": True},
        {"kind": "ratio", "target": "0.95", "when_zero": "zero", "bands": [{"from": "0.9", "open": True,
            "linear": True}, {"from": "0", "share": "0"}]},
        {"kind": "count", "label": "Số lần", "per_unit": "0.5"},
        {"kind": "deduction", "items": [{"key": "a", "label": "b", "unit": "0.25"}], "cap": "1.5"},
        {"kind": "survey", "weights": {"Hài lòng": "1", "0.5": "0.5", "no": "0"}},
        {"kind": "index", "scale": "100"},
    ]
)  # fmt: skip
EXAMPLE_DATA: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{"points": "1e3"}, {"x": "-1"}, {"x": ["a", "1"]}, {"x": {"y": "0x1", "z": True}}, {"x": None}, {}]
)


@st.composite
def leaves(draw: st.DrawFn, code: str, owner: str) -> Criterion:
    maximum = draw(POINTS)
    return Criterion(
        code=code,
        name=draw(WORDS),
        max_points=maximum,
        rule=read_rule(draw(RULES), max_points=maximum, decimals=2),
        source=draw(st.sampled_from(Source)),
        not_applicable=draw(st.sampled_from(NotApplicable)),
        rule_text=draw(LONG_TEXT),
        guide=draw(LONG_TEXT),
        evidence=draw(LONG_TEXT),
        evidence_required=draw(st.booleans()),
        owner=draw(st.sampled_from([owner, "", "Sở Nội vụ: 2"])),
        components=draw(st.sampled_from([(), (Component(code + ".9", "Phần # 9"),)])),
        # Nothing of this is canonical, so the engine refuses it whatever the rule.
        examples=tuple(Example(data, {"refused": True}) for data in draw(st.lists(EXAMPLE_DATA, max_size=2))),
    )


@st.composite
def trees(draw: st.DrawFn) -> CriteriaTree:
    areas = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        owner = draw(st.sampled_from(["", "Sở Tư pháp"]))
        children = tuple(
            draw(leaves(f"{number}.{position}", owner)) for position in range(1, draw(st.integers(1, 3)) + 1)
        )
        combine = draw(st.sampled_from(Combine))
        maxima = [child.max_points for child in children]
        areas.append(
            Criterion(
                code=str(number),
                name=draw(WORDS),
                max_points=max(maxima) if combine is Combine.BEST else sum(maxima, Decimal(0)),
                combine=combine,
                guide=draw(LONG_TEXT),
                owner=owner,
                children=children,
            )
        )
    return CriteriaTree(
        code="thu-1",
        version=draw(st.integers(1, 99)),
        name=draw(WORDS),
        decision=Decision(
            draw(st.just("") | WORDS.filter(lambda t: len(t) < 60)), draw(st.none() | st.dates()), "UBND"
        ),
        criteria=tuple(areas),
        total=sum((area.max_points for area in areas), Decimal(0)),
        decimals=draw(st.sampled_from([2, 3, 4])),
        cap_total=draw(st.none() | POINTS),
        tie_breaks=draw(st.sampled_from([(), ("1",)])),
        grades=draw(st.sampled_from([(), (Grade(Decimal("90.5"), "Tốt"), Grade(Decimal(0), "Yếu: 0"))])),
        illustration=draw(st.booleans()),
    )


@settings(max_examples=150, deadline=None)
@given(trees())
def test_any_set_written_down_reads_back_equal(tree: CriteriaTree) -> None:
    assert read_set(dump_set(tree)) == tree


def test_every_rule_kind_takes_part_in_the_round_trip() -> None:
    kinds = {"direct", "choice", "checklist", "ratio", "count", "deduction", "survey", "index"}

    assert kinds == set(KINDS)
