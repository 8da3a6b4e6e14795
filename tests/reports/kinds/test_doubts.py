"""Declared numbers are doubted where the rule means a part of a whole, and nowhere else."""

from __future__ import annotations

import pytest

from criteria.actions import load_set
from criteria.models import CriteriaSet
from criteria.schema import read_set
from reports.kinds.doubts import doubtful
from reports.queries.declared import declared_on
from tests.assessments.conftest import SMALL, Year, preparing_year, year  # noqa: F401 — fixtures

SHARE = "{kind: ratio, target: assigned, bands: [{from: 0, linear: true}]}"
PER_MONTH = (
    "{kind: ratio, numerator: Tin bài, denominator: Tháng, allow_over: true, "
    "bands: [{from: 12, points: 6}, {from: 0, points: 0}]}"
)


@pytest.fixture
def small_set(db: None) -> CriteriaSet:
    return load_set(read_set(SMALL.replace(SHARE, PER_MONTH)))


def test_what_may_be_over_what_it_is_divided_by_is_not_doubted(year: Year):  # noqa: F811
    year.score("2.1", {"numerator": "193", "denominator": "12"})
    declared = declared_on(year.sheet())
    [row] = [row for row in declared.rows if row.code == "2.1"]
    assert [amount.value for amount in row.amounts] == [193, 12]
    assert list(doubtful(declared)) == []
