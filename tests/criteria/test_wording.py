"""Rules in words, and two versions side by side."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from criteria.comparison import compare
from criteria.rules import read_rule
from criteria.schema import read_set
from criteria.tree import Criterion, Role
from criteria.wording import rule_in_words
from tests.criteria.small_set import SMALL

SETS = Path(__file__).resolve().parents[2] / "fixtures" / "sets"
RULES: list[tuple[str, dict[str, Any], str]] = [
    ("4", {"kind": "direct"}, "Chấm từ 0 đến 4 điểm."),
    ("4", {"kind": "direct", "step": "0.25"}, "Chấm từ 0 đến 4 điểm, theo bước 0,25 điểm."),
    (
        "1.5",
        {
            "kind": "choice",
            "options": [
                {"key": "a", "label": "Đúng", "share": "0.75"},
                {"key": "b", "label": "Sai", "points": "0"},
            ],
        },
        "Chọn một mức: Đúng: 75% điểm tối đa; Sai: 0 điểm.",
    ),
    (
        "1",
        {
            "kind": "checklist",
            "items": [{"key": "a", "label": "A", "points": "0.5"}, {"key": "b", "points": "1"}],
        },
        "Cộng điểm các yêu cầu đã đạt, tối đa 1 điểm: A: 0,5 điểm; b: 1 điểm.",
    ),
    (
        "1",
        {"kind": "checklist", "per_missing": "0.35", "items": [{"key": "a", "label": "A"}]},
        "Đạt đủ các yêu cầu được 1 điểm: A. Mỗi yêu cầu không đạt trừ 0,35 điểm, thấp nhất 0 điểm.",
    ),
    ("2", {"kind": "ratio"}, "Tỷ lệ = Số đạt được ÷ Tổng số. Điểm = tỷ lệ × 2 điểm."),
    (
        "3",
        {
            "kind": "ratio",
            "numerator": "Xong",
            "denominator": "Phải làm",
            "target": "0.95",
            "when_zero": "not_applicable",
            "bands": [{"from": "0.8", "linear": True}, {"from": "0", "points": "0"}],
        },
        "Tỷ lệ = Xong ÷ Phải làm. Từ 80%: tỷ lệ ÷ 95% × 3 điểm, tối đa 3 điểm; dưới 80%: 0 điểm. "
        "Phải làm bằng 0: không áp dụng, loại khỏi tổng điểm tối đa.",
    ),
    (
        "1",
        {
            "kind": "ratio",
            "bands": [
                {"from": "0.3", "open": True, "points": "1"},
                {"from": "0.2", "points": "0.5"},
                {"from": "0", "points": "0"},
            ],
        },
        "Tỷ lệ = Số đạt được ÷ Tổng số. Trên 30%: 1 điểm; từ 20% đến 30%: 0,5 điểm; dưới 20%: 0 điểm.",
    ),
    (
        "1",
        {
            "kind": "ratio",
            "allow_over": True,
            "bands": [
                {"from": "12", "points": "1"},
                {"from": "6", "share": "0.5"},
                {"from": "0", "points": "0"},
            ],
        },
        "Tỷ lệ = Số đạt được ÷ Tổng số. Từ 12: 1 điểm; từ 6 đến dưới 12: 50% điểm tối đa; dưới 6: 0 điểm.",
    ),
    (
        "1",
        {"kind": "ratio", "target": "assigned"},
        "Tỷ lệ = Số đạt được ÷ Tổng số. Điểm = tỷ lệ ÷ chỉ tiêu được giao × 1 điểm, tối đa 1 điểm.",
    ),
    (
        "2",
        {"kind": "count", "label": "Số sáng kiến", "per_unit": "0.5"},
        "Số sáng kiến × 0,5 điểm, tối đa 2 điểm.",
    ),
    (
        "1",
        {"kind": "count", "bands": [{"from": "1200", "points": "1"}, {"from": "0", "points": "0"}]},
        "Số lượng: từ 1.200: 1 điểm; dưới 1.200: 0 điểm.",
    ),
    ("1", {"kind": "count", "bands": [{"from": "0", "points": "1"}]}, "Số lượng: mọi trường hợp: 1 điểm."),
    (
        "3",
        {"kind": "deduction", "cap": "1.5", "items": [{"key": "a", "label": "Khiển trách", "unit": "0.5"}]},
        "3 điểm trừ dần theo mỗi lần, tổng số điểm trừ không quá 1,5 điểm: Khiển trách: 0,5 điểm.",
    ),
    (
        "1.5",
        {"kind": "survey", "weights": {"A": "1", "B": "0.6"}},
        "Trung bình của các phiếu theo hệ số × 1,5 điểm. Hệ số: A: 1; B: 0,6.",
    ),
    ("2", {"kind": "index", "scale": "100"}, "Chỉ số đạt được ÷ 100 × 2 điểm, tối đa 2 điểm."),
]


@pytest.mark.parametrize(("maximum", "declared", "words"), RULES)
def test_a_rule_in_words(maximum: str, declared: dict[str, Any], words: str) -> None:
    rule = read_rule(declared, max_points=Decimal(maximum), decimals=3)
    criterion = Criterion("1", "Tiêu chí", Decimal(maximum), rule=rule)

    assert rule_in_words(criterion) == words
    assert rule_in_words(replace(criterion, role=Role.PENALTY)) == f"{words} Kết quả là điểm trừ."
    assert rule_in_words(replace(criterion, rule=None)) == ""


@pytest.mark.parametrize("path", sorted(SETS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_rule_of_the_real_sets_has_words(path: Path) -> None:
    for leaf in read_set(path.read_text(encoding="utf-8")).leaves():
        assert rule_in_words(leaf).endswith(".")


OLD = read_set(SMALL)


def test_the_same_set_differs_in_nothing() -> None:
    assert compare(OLD, replace(OLD, version=2)).is_empty


def test_what_is_new_gone_rescored_reworded() -> None:
    text = (
        SMALL.replace("{from: 0.8, linear: true}", "{from: 0.9, linear: true}")
        .replace("name: Thể chế", "name: Thể chế, pháp luật")
        .replace(
            "- {code: 3.1, name: Nộp chậm, max_points: 2,", "- {code: 3.4, name: Nộp chậm, max_points: 2,"
        )
        .replace("name: Cấp tỉnh, max_points: 2,", "name: Cấp tỉnh (sửa), max_points: 1.5,")
        .replace("{from: 9, label: Tốt}", "{from: 9, label: Xuất sắc}")
        .replace("12/QĐ-UBND", "15/QĐ-UBND")
    )
    found = compare(OLD, read_set(text))

    assert [node.code for node in found.added] == ["3.4"]
    assert [node.code for node in found.gone] == ["3.1"]
    assert [change.new.code for change in found.rescored] == ["1.1", "1.2.1"]
    assert [change.new.code for change in found.reworded] == ["2"]
    assert [(d.label, d.old, d.new) for d in found.facts] == [
        ("quyết định", "12/QĐ-UBND 03/02/2025 UBND tỉnh", "15/QĐ-UBND 03/02/2025 UBND tỉnh"),
        ("xếp loại", "từ 9: Tốt; từ 5: Khá", "từ 9: Xuất sắc; từ 5: Khá"),
    ]
    [bands] = found.rescored[0].differences
    assert bands.label == "cách chấm"
    assert "Từ 80%" in bands.old
    assert "Từ 90%" in bands.new
    # Its words changed too: nothing of a rescored criterion is left out.
    assert [d.label for d in found.rescored[1].differences] == ["điểm tối đa", "tên"]


def test_a_leaf_that_becomes_a_group_is_rescored() -> None:
    text = SMALL.replace(
        "{code: 3.1, name: Nộp chậm, max_points: 2, rule: {kind: count, per_unit: 0.5}}",
        "{code: 3.1, name: Nộp chậm, max_points: 2, "
        "children: [{code: 3.1.1, name: A, max_points: 2, rule: {kind: direct}}]}",
    )
    found = compare(OLD, read_set(text))

    assert [change.new.code for change in found.rescored] == ["3.1"]
    assert [node.code for node in found.added] == ["3.1.1"]


def test_other_keys_under_the_same_labels_are_told() -> None:
    def with_key(key: str) -> str:
        option = f"{{kind: choice, options: [{{key: {key}, label: Đạt, points: 1}}]}}"
        return SMALL.replace(
            "{code: 1.3, name: Thưởng thêm, max_points: 1, role: bonus, rule: {kind: count, per_unit: 1}}",
            f"{{code: 1.3, name: Thưởng thêm, max_points: 1, role: bonus, rule: {option}}}",
        )

    [change] = compare(read_set(with_key("a")), read_set(with_key("b"))).rescored

    assert change.new.code == "1.3"
    assert change.differences[0].new == "đã đổi mã"
