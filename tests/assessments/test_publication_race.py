"""A publication that begins while somebody writes: both get through, one after the other."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from assessments.actions.periods import lock_period
from assessments.actions.writing import open_sheet, record
from assessments.models import Assessment
from assessments.workflow import Action, PeriodAction
from criteria.actions import load_set
from criteria.schema import read_set
from tests.assessments.conftest import SMALL, make_year

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_writer_and_the_coordinator_never_wait_for_each_other(transactional_db: None) -> None:
    """The writer's event names the period, whose row the coordinator holds while he waits for the sheet."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite knows no row locks: one writes at a time")
    year = make_year(load_set(read_set(SMALL)), size=1)
    year.open()
    sheet, officer = year.sheet(), year.officers[year.units[0].pk]
    sheet_held, period_held = threading.Event(), threading.Event()
    failures: list[Exception] = []

    def write() -> None:
        with transaction.atomic():
            locked = open_sheet(Action.SCORE, assessment=sheet, by=officer, now=year.now)
            sheet_held.set()
            period_held.wait(5)
            time.sleep(0.3)
            record(Action.SCORE, by=officer, now=year.now, assessment=locked)

    def coordinate() -> None:
        sheet_held.wait(5)
        with transaction.atomic():
            lock_period(PeriodAction.EDIT, year.period, by=year.coordinator, now=year.now)
            period_held.set()
            list(Assessment.objects.select_for_update().filter(period=year.period).values_list("pk"))

    def run(work: object) -> None:
        try:
            work()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in (write, coordinate)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
