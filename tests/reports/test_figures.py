"""Figures as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.points import NumberError, format_percent
from reports.figures import NO_DATA, Figure, FigureKind, read_figure

NUMBER, RATIO, TEXT = FigureKind


@pytest.mark.parametrize(
    ("kind", "typed", "figure"),
    [
        (NUMBER, "12.429", Figure(Decimal(12429))),
        (NUMBER, " 12429 ", Figure(Decimal(12429))),
        (NUMBER, "12,5", Figure(Decimal("12.5"))),
        (NUMBER, "0", Figure(Decimal(0))),
        (NUMBER, "02", Figure(Decimal(2))),
        (NUMBER, "/", NO_DATA),
        (NUMBER, "", None),
        (NUMBER, " \0 ", None),
        (RATIO, "5650/5658", Figure(numerator=Decimal(5650), denominator=Decimal(5658))),
        (RATIO, "5.650 / 5.658", Figure(numerator=Decimal(5650), denominator=Decimal(5658))),
        (RATIO, "0/0", Figure(numerator=Decimal(0), denominator=Decimal(0))),
        (RATIO, "/", NO_DATA),
        (TEXT, "H:113  X:288", Figure(text="H:113 X:288")),
        (TEXT, "2/13", Figure(text="2/13")),
        (TEXT, "hai\x01 \x0bnhóm\n", Figure(text="hai nhóm")),
        (TEXT, "/", NO_DATA),
    ],
)
def test_what_is_typed_is_read(kind, typed, figure):
    assert read_figure(kind, typed) == figure


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        (NUMBER, "1e999", "Hãy nhập một số"),
        (NUMBER, "１２", "Hãy nhập một số"),
        (NUMBER, "-5", "không được âm"),
        (NUMBER, "1,2,3", "Hãy nhập một số"),
        (NUMBER, "1.2", "dấu phẩy"),
        (NUMBER, "12.42.9", "Hãy nhập một số"),
        (NUMBER, "NaN", "Hãy nhập một số"),
        (NUMBER, "Infinity", "Hãy nhập một số"),
        (NUMBER, "1_000", "Hãy nhập một số"),
        (NUMBER, "5/6", "Chỉ tiêu này là một số"),
        (NUMBER, "100000000000000", "quá lớn"),
        (NUMBER, "1,23456", "4 chữ số"),
        (NUMBER, "9" * 500, "Hãy nhập một số"),
        (RATIO, "5650", "tử số/mẫu số"),
        (RATIO, "1/2/3", "tử số/mẫu số"),
        (RATIO, "/5", "tử số/mẫu số"),
        (RATIO, "5//6", "tử số/mẫu số"),
        (RATIO, "5/0", "Mẫu số bằng 0"),
        (RATIO, "1e3/2", "Hãy nhập một số"),
        (TEXT, "x" * 201, "Quá dài"),
    ],
)
def test_what_is_no_such_figure_is_refused_in_words(kind, typed, words):
    with pytest.raises(NumberError, match=words):
        read_figure(kind, typed)


def test_a_ratio_is_shown_with_its_percentage_rounded_half_up():
    assert read_figure(RATIO, "1468/8955").shown == "1.468/8.955 (16,39%)"
    assert read_figure(RATIO, "1500/9743").shown == "1.500/9.743 (15,40%)"
    assert read_figure(RATIO, "7,938/8").shown == "7,938/8 (99,23%)"
    assert read_figure(RATIO, "0/0").shown == "0/0"
    assert format_percent(read_figure(RATIO, "2717/2700").share) == "100,63%"
    assert NO_DATA.shown == "/"


AMOUNTS = st.decimals(0, 10**13, places=4, allow_nan=False)


@given(AMOUNTS, AMOUNTS.filter(bool))
def test_what_is_spelled_is_read_back(first, second):
    for kind, figure in ((NUMBER, Figure(first)), (RATIO, Figure(numerator=first, denominator=second))):
        assert read_figure(kind, figure.typed) == figure


@given(st.sampled_from(list(FigureKind)), st.text(max_size=40))
def test_anything_typed_is_read_or_refused(kind, typed):
    try:
        figure = read_figure(kind, typed)
    except NumberError:
        return
    assert figure is None or read_figure(kind, figure.typed) == figure
