from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from assessments.ranking import Standing, area_ranks, grade_label, ranked_count, total_ranks
from criteria.tree import Grade

GRADES = (Grade(Decimal(90), "Xuất sắc"), Grade(Decimal(80), "Tốt"), Grade(Decimal(65), "Khá"))


def standing(total, **percents):
    return Standing(None if total is None else Decimal(total), percents)


def test_equal_totals_share_the_better_rank_and_the_next_is_skipped():
    cohort = {"a": standing("80"), "b": standing("90.5"), "c": standing("80.000"), "d": standing("70")}
    assert total_ranks(cohort) == {"b": 1, "a": 2, "c": 2, "d": 4}


def test_totals_are_compared_beyond_what_is_printed():
    assert total_ranks({"a": standing("88.2149"), "b": standing("88.2150")}) == {"b": 1, "a": 2}


def test_tie_breaks_compare_areas_in_order():
    cohort = {
        "a": standing("80", x=Fraction(50), y=Fraction(200, 3)),
        "b": standing("80", x=Fraction(50), y=Fraction(200, 3) + Fraction(1, 10**9)),
        "c": standing("80", x=Fraction(51), y=Fraction(0)),
        "d": standing("80", x=Fraction(50), y=Fraction(200, 3)),
    }
    assert total_ranks(cohort, ["x", "y"]) == {"c": 1, "b": 2, "a": 3, "d": 3}
    assert set(total_ranks(cohort, ["z"]).values()) == {1}


def test_an_area_with_nothing_applicable_breaks_no_tie_in_its_favour():
    cohort = {"a": standing("80", x=None), "b": standing("80", x=Fraction(0))}
    assert total_ranks(cohort, ["x"]) == {"b": 1, "a": 2}


def test_units_without_a_total_come_last_without_rank_and_do_not_count():
    ranks = total_ranks({"a": standing(None), "b": standing("0"), "c": standing("10")})
    assert list(ranks.items()) == [("c", 1), ("b", 2), ("a", None)]
    assert ranked_count(ranks) == 2


def test_areas_rank_by_exact_percentage():
    percents = {"a": Fraction(1, 3) * 100, "b": Fraction("33.33"), "c": None, "d": Fraction(100, 3)}
    assert area_ranks(percents) == {"a": 1, "d": 1, "b": 3, "c": None}


def test_nobody_to_rank():
    assert total_ranks({}) == {}


def test_grades_hold_from_their_exact_threshold():
    totals = ["100", "90", "89.9999", "80", "65", "64.999", "0"]
    assert [grade_label(GRADES, Decimal(total)) for total in totals] == [
        "Xuất sắc", "Xuất sắc", "Tốt", "Tốt", "Khá", "", "",
    ]  # fmt: skip
    assert grade_label(reversed(GRADES), Decimal(95)) == "Xuất sắc"
    assert grade_label((), Decimal(95)) == ""


@given(st.dictionaries(st.integers(), st.none() | st.integers(0, 8).map(Fraction), max_size=12))
def test_a_rank_is_one_more_than_the_number_of_better_ones(percents):
    ranks = area_ranks(percents)
    assert ranks.keys() == percents.keys()
    present = [value for value in percents.values() if value is not None]
    for unit, value in percents.items():
        expected = None if value is None else 1 + sum(other > value for other in present)
        assert ranks[unit] == expected
    listed = list(ranks.values())
    assert listed == sorted(listed, key=lambda rank: (rank is None, rank))
