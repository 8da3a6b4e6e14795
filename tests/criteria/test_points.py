from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.points import (
    NumberError,
    canonical,
    decimal_places,
    format_percent,
    format_points,
    parse_canonical,
    percent,
    read_amount,
    read_points,
    round_half_up,
)
from tests.criteria.strategies import NOT_NUMBERS

typed = st.integers(0, 10**15).map(lambda n: Decimal(n).scaleb(-4))


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", "0"), ("12.50", "12.5"), ("007", "7"), ("99999999999999999999", "99999999999999999999")],
)
def test_canonical_text_is_read(text, value):
    assert parse_canonical(text) == Decimal(value)


@pytest.mark.parametrize(
    "value", [*NOT_NUMBERS, "1" * 5000, "0." + "1" * 21, Decimal("1E+999999"), Decimal("1E-999999")]
)
def test_nothing_else_is_canonical(value):
    with pytest.raises(NumberError):
        parse_canonical(value)


@pytest.mark.parametrize(
    ("value", "text"), [("1E+2", "100"), ("1.500", "1.5"), ("0.00", "0"), ("100", "100"), ("0E+3", "0")]
)
def test_one_spelling_per_number(value, text):
    assert canonical(Decimal(value)) == text


def test_places_that_carry_information():
    assert [decimal_places(Decimal(value)) for value in ("1", "1.50", "1E+2", "0.125")] == [0, 1, 0, 3]


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(3, 48), 3, "0.063"),
        (Fraction(99225, 1000), 2, "99.23"),
        (Fraction(-1, 8), 2, "-0.13"),
        (Fraction(-1, 1000), 2, "0.00"),
        (Decimal("2.675"), 2, "2.68"),
        (Fraction(10**40 + 1, 2), 0, str(5 * 10**39 + 1)),
        (Fraction(1249999, 10**7), 2, "0.12"),
    ],
)
def test_halves_go_up_and_the_quotient_is_divided_once(value, decimals, rounded):
    assert str(round_half_up(value, decimals)) == rounded


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("7.938", "7,938"),
        ("16.50", "16,5"),
        ("12", "12"),
        ("12429", "12.429"),
        ("-1.5", "-1,5"),
        ("0.00", "0"),
        ("1234567.25", "1.234.567,25"),
        ("-0.50", "-0,5"),
    ],
)
def test_points_are_printed_the_vietnamese_way(value, text):
    assert format_points(Decimal(value)) == text


@pytest.mark.parametrize(
    ("points", "maximum", "text"),
    [
        ("7.938", "8", "99,23%"),
        ("10.35", "10.5", "98,57%"),
        ("9.231", "14.5", "63,66%"),
        ("0", "8", "0,00%"),
        ("2", "2", "100,00%"),
        ("1500", "1", "150.000,00%"),
    ],
)
def test_percentages_have_two_decimals_rounded_half_up(points, maximum, text):
    assert format_percent(percent(Decimal(points), Decimal(maximum))) == text


def test_negative_changes_smaller_than_one_keep_their_sign():
    assert format_percent(Fraction(-1, 2)) == "-0,50%"


def test_nothing_applicable_has_no_percentage():
    assert percent(Decimal(0), Decimal("0.000")) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("9,231", "9.231"), ("9.231", "9.231"), (" 12 ", "12"), ("0,50", "0.5"), ("\u00a07", "7")],
)
def test_points_take_comma_or_dot(text, value):
    assert str(read_points(text)) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "-1",
        "−1",
        "1.234,5",
        "1,2,3",
        "1e3",
        "９",
        ",5",
        "5,",
        "+1",
        "NaN",
        "1 000",
        "1" * 16,
        "0,1234567",
    ],
)
def test_what_is_not_points_is_refused(text):
    with pytest.raises(NumberError):
        read_points(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.429", "12429"),
        ("12429", "12429"),
        ("12,5", "12.5"),
        ("1.234.567,25", "1234567.25"),
        ("0", "0"),
        (" 45 ", "45"),
        ("0,5", "0.5"),
        ("999.999.999.999.999", "999999999999999"),
    ],
)
def test_amounts_take_dots_as_thousands_only(text, value):
    assert str(read_amount(text)) == value


@pytest.mark.parametrize(
    "text",
    [
        "12.5",
        "1.5",
        "12.4290",
        "0.500",
        "012.429",
        "1234.567",
        "1.23.456",
        "1,234.5",
        "1.",
        "",
        "-5",
        "1e3",
        "１２",
        "1.234,",
        "1.000.000.000.000.000",
    ],
)
def test_other_amounts_are_refused(text):
    with pytest.raises(NumberError):
        read_amount(text)


@pytest.mark.parametrize("text", ["12.5", "0.500", "1234.567"])
def test_a_decimal_dot_in_an_amount_is_told_to_be_a_comma(text):
    with pytest.raises(NumberError, match="dùng dấu phẩy"):
        read_amount(text)


@given(typed)
def test_an_amount_is_read_back_as_printed(value):
    assert read_amount(format_points(value)) == value


@given(st.integers(0, 999 * 10**4).map(lambda n: Decimal(n).scaleb(-4)))
def test_points_are_read_back_as_printed(value):
    assert read_points(format_points(value)) == value


@given(typed)
def test_canonical_text_is_read_back(value):
    assert parse_canonical(canonical(value)) == value == parse_canonical(value)


@given(st.fractions(), st.integers(0, 6))
def test_rounding_is_the_nearest_and_halves_leave_zero(value, decimals):
    error = abs(Fraction(round_half_up(value, decimals))) - abs(value)
    assert Fraction(-1, 2 * 10**decimals) < error <= Fraction(1, 2 * 10**decimals)


@given(
    st.text(alphabet="0123456789.,-+ e_１٣n", max_size=12),
    st.sampled_from([read_points, read_amount, parse_canonical]),
)
def test_any_text_is_read_as_a_number_or_refused(text, read):
    try:
        value = read(text)
    except NumberError:
        return
    assert value.is_finite()
    assert not value.is_signed()
