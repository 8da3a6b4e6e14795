from datetime import date

import pytest

from accounts.dates import format_date, format_short_date


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (date(2024, 5, 4), "ngày 04 tháng 5 năm 2024", "04/5/2024"),
        (date(2024, 2, 5), "ngày 05 tháng 02 năm 2024", "05/02/2024"),
        (date(2024, 1, 10), "ngày 10 tháng 01 năm 2024", "10/01/2024"),
        (date(2024, 3, 9), "ngày 09 tháng 3 năm 2024", "09/3/2024"),
        (date(2023, 12, 31), "ngày 31 tháng 12 năm 2023", "31/12/2023"),
    ],
)
def test_only_low_days_and_the_first_two_months_take_a_zero(day, long, short):
    assert format_date(day) == long
    assert format_short_date(day) == short
