"""The bench at its smallest: it still runs, and what it compares is equal. Nothing is timed here."""

from __future__ import annotations

import pytest

from reports.kinds import KINDS
from tests.bench import bulk, closing, page, papers, printing, province, ranking, saving
from tests.bench.ratios import Measured, in_turn, p95, table


def test_saving_is_compared_with_a_floor_that_answers_alike(transactional_db: None) -> None:
    figure = saving.measure(people=2, times=2, rounds=1)
    assert len(figure.ratios) == 1
    assert "0 errors in 4" in figure.facts[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "measure",
    [
        lambda: page.measure(rounds=1),
        lambda: ranking.measure(units=3, rounds=1),
        lambda: printing.measure(rounds=1),
    ],
    ids=["page", "ranking", "document"],
)
def test_the_other_parts_compare_like_with_like(measure) -> None:
    assert len(measure().ratios) == 1


@pytest.mark.django_db
def test_every_kind_is_compared_with_the_same_words() -> None:
    short = ("minutes", "area_rectification")
    assert len(printing.measure_kinds(units=2, rounds=1, only=short)) == 2


@pytest.mark.django_db
def test_there_is_a_paper_of_every_kind() -> None:
    assert {report.kind for report in papers.stored_reports(units=2)} == set(KINDS)


def test_documents_in_bulk_are_made_by_one_worker_and_by_two(transactional_db: None) -> None:
    scaled, whole = bulk.measure(units=3, few=2, leaves=8, rounds=1)
    assert len(scaled.ratios) == len(whole.ratios) == 1


@pytest.mark.django_db
def test_pages_of_a_province_cost_as_many_queries_whatever_its_size() -> None:
    small, larger = (province.measure(units=units, leaves=16, rounds=1) for units in (3, 6))
    assert [figure.facts[0].split(",")[0] for figure in small] == [
        figure.facts[0].split(",")[0] for figure in larger
    ]


@pytest.mark.django_db
def test_the_steps_of_a_province_are_compared_with_storing_what_they_store() -> None:
    figures = closing.measure(units=3, leaves=16, rounds=1)
    assert [len(figure.ratios) for figure in figures] == [1] * 5


def test_rounds_alternate_and_the_table_shows_the_spread() -> None:
    calls = []
    ours, floor = in_turn(lambda: calls.append("A"), lambda: calls.append("B"), rounds=2)
    assert calls == ["A", "B"] * 3
    assert (len(ours), len(floor)) == (2, 2)
    assert p95(range(1, 101)) == 95
    shown = table([Measured("a thing", "≤ 2", [1.5, 1.25, 4.0], ["said so"])])
    assert "1.50" in shown
    assert "1.25–4.00" in shown
    assert "said so" in shown
