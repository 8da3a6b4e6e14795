"""What people fill in, and how declared data read back in words."""

from decimal import Decimal

import pytest

from criteria.inputs import InputKind, described, inputs, shown
from criteria.rules import read_rule


def rule(**declared):
    return read_rule(declared, max_points=Decimal(3), decimals=3)


CHOICE = rule(
    kind="choice",
    options=[{"key": "a", "label": "Đúng hạn", "points": "3"}, {"key": "b", "label": "Chậm", "points": "0"}],
)
TICKS = rule(
    kind="checklist",
    per_missing="1",
    items=[{"key": "a", "label": "Kế hoạch"}, {"key": "b", "label": "Báo cáo"}],
)
RATIO = rule(kind="ratio", numerator="Đúng hạn", denominator="Tổng số")
POSTS = rule(
    kind="ratio", allow_over=True, bands=[{"from": "12", "points": "3"}, {"from": "0", "points": "0"}]
)
DEDUCTION = rule(kind="deduction", items=[{"key": "thieu", "label": "Báo cáo thiếu", "unit": "0.5"}])
SURVEY = rule(kind="survey", weights={"Tốt": "1", "Kém": "0"})


@pytest.mark.parametrize(
    ("declared", "data", "words"),
    [
        (rule(kind="direct"), {"points": "2.5"}, ""),
        (CHOICE, {"option": "b"}, "Chậm"),
        (TICKS, {"items": ["a"]}, "đạt: Kế hoạch; chưa đạt: Báo cáo"),
        (TICKS, {"items": []}, "chưa đạt: Kế hoạch, Báo cáo"),
        (RATIO, {"numerator": "12411", "denominator": "12429"}, "12.411/12.429 = 99,86%"),
        (RATIO, {"numerator": "0", "denominator": "0"}, "0/0"),
        (POSTS, {"numerator": "182", "denominator": "12"}, "182/12 = 15,17"),
        (rule(kind="count", per_unit="1", label="Sáng kiến"), {"count": "2"}, "Sáng kiến: 2"),
        (DEDUCTION, {"counts": {"thieu": "1"}}, "Báo cáo thiếu: 1"),
        (SURVEY, {"counts": {"Tốt": "1500", "Kém": "3"}}, "Số phiếu “Tốt”: 1.500; Số phiếu “Kém”: 3"),
        (rule(kind="index", scale="100"), {"value": "87.35"}, "Chỉ số đạt được (thang 100): 87,35"),
        (RATIO, {"not_applicable": True}, "Không áp dụng"),
        (RATIO, None, ""),
    ],
)
def test_declared_data_in_words(declared, data, words):
    assert described(declared, data) == words


def test_every_input_shows_what_was_declared():
    [field] = inputs(TICKS)
    assert (field.kind, shown(field, {"items": ["b"]}), shown(field, None)) == (InputKind.TICKS, ["b"], [])
    numerator, denominator = inputs(RATIO)
    data = {"numerator": "1234.5", "denominator": "9743"}
    assert [shown(numerator, data), shown(denominator, data)] == ["1.234,5", "9.743"]
    assert shown(denominator, {"numerator": "1"}) == ""


def test_answers_of_a_survey_keep_the_order_of_the_set():
    assert [field.path for field in inputs(SURVEY)] == [("counts", "Tốt"), ("counts", "Kém")]
