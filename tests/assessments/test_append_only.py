"""Events are append-only in the database itself, whichever way round is tried."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction

from assessments.append_only import EVENTS
from assessments.models import CorrectedScore, Event
from tests.assessments.conftest import Year
from tests.assessments.corrected import announce, prepare, publish_correction

RESTORED = pytest.mark.django_db(transaction=True)


def refused(sql: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(sql)


def every_way_round() -> list[str]:
    ways = [
        f"UPDATE {EVENTS} SET reason = 'khác'",
        f"UPDATE {EVENTS} SET id = id + 1000",
        f"DELETE FROM {EVENTS}",
    ]
    if connection.vendor == "sqlite":
        columns = "id, at, by_id, action, reason"
        ways += [
            f"INSERT OR REPLACE INTO {EVENTS} ({columns}) SELECT id, at, by_id, 'khác', reason FROM {EVENTS}",
            f"REPLACE INTO {EVENTS} ({columns}) SELECT id, at, by_id, 'khác', reason FROM {EVENTS}",
            f"UPDATE OR REPLACE {EVENTS} SET reason = 'khác'",
            f"INSERT INTO {EVENTS} ({columns}) SELECT id, at, by_id, 'khác', reason FROM {EVENTS} WHERE true "
            "ON CONFLICT (id) DO UPDATE SET action = 'khác'",
        ]
    else:
        ways += [
            # Without what points at it PostgreSQL refuses for the sake of the foreign key.
            f"TRUNCATE {EVENTS}, reports_reportversion",
            f"TRUNCATE {EVENTS} CASCADE",
            f"WITH gone AS (DELETE FROM {EVENTS} RETURNING id) SELECT * FROM gone",
            f"INSERT INTO {EVENTS} (id, at, by_id, action, reason) "
            f"SELECT id, at, by_id, 'khác', reason FROM {EVENTS} "
            "ON CONFLICT (id) DO UPDATE SET action = 'khác'",
        ]
    return ways


def test_no_sql_changes_or_removes_an_event(year: Year):
    before = list(Event.objects.order_by("pk").values())
    assert before
    connection.check_constraints()  # PostgreSQL truncates no table that still waits for its foreign keys
    for sql in every_way_round():
        refused(sql)
    assert list(Event.objects.order_by("pk").values()) == before


def test_nor_does_the_orm(year: Year):
    event = Event.objects.latest("pk")
    event.reason = "khác"
    for attempt in (event.save, event.delete, Event.objects.all().delete):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            attempt()


def test_events_are_still_added(year: Year):
    count = Event.objects.count()
    year.score("1.1", {"points": "3"})
    assert Event.objects.count() == count + 1


@pytest.fixture
def corrected(year: Year) -> Year:
    year.play()
    announce(year)
    prepare(year, "1.1", {"points": "1"})
    publish_correction(year)
    prepare(year, "1.2", {"points": "1"})
    return year


PUBLISHED = {
    "assessments_publication": ("decision_number = 'x'", "period_id, ordinal"),
    "assessments_result": ("rank = 2", "publication_id, assessment_id"),
    "assessments_arearesult": ("rank = 2", "result_id, criterion_id"),
    "assessments_correctedscore": ("note = 'x'", "publication_id, assessment_id, criterion_id"),
}


@pytest.mark.parametrize("table", PUBLISHED)
def test_no_sql_changes_or_removes_what_was_published(corrected: Year, table: str):
    change, key = PUBLISHED[table]
    where = "publication_id IS NOT NULL" if table.endswith("correctedscore") else "1 = 1"
    connection.check_constraints()
    ways = [f"UPDATE {table} SET {change} WHERE {where}", f"DELETE FROM {table} WHERE {where}"]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            columns = [c.name for c in connection.introspection.get_table_description(cursor, table)]
        listed = ", ".join(f'"{name}"' for name in columns if name != "id")
        same = f"SELECT {{}} FROM {table} WHERE {where}"
        ways += [
            f"REPLACE INTO {table} (id, {listed}) {same.format('id, ' + listed)}",
            # Another row with the same key, before which the old one would go.
            f"REPLACE INTO {table} ({listed}) {same.format(listed)}",
        ]
        assert set(key.split(", ")) < set(columns)
    else:
        ways += [f"TRUNCATE {table} CASCADE"]
    for sql in ways:
        refused(sql)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite replaces what an update collides with")
def test_nothing_that_is_only_prepared_takes_the_place_of_what_was_published(corrected: Year):
    published = CorrectedScore.objects.get(publication__isnull=False)
    prepared = CorrectedScore.objects.get(publication=None)
    same = f"publication_id = {published.publication_id}, criterion_id = {published.criterion_id}"
    for collision in (f"id = {published.pk}", same):
        refused(f"UPDATE OR REPLACE assessments_correctedscore SET {collision} WHERE id = {prepared.pk}")


def test_what_is_only_prepared_may_be_changed_and_withdrawn(corrected: Year):
    prepare(corrected, "1.2", {"points": "2"}, seen=1)
    assert CorrectedScore.objects.get(publication=None).points == 2
    CorrectedScore.objects.filter(publication=None).delete()
    assert CorrectedScore.objects.count() == 1


@RESTORED
def test_the_triggers_survive_a_migration_that_rebuilds_the_table(transactional_db: None):
    """SQLite makes a new table for most changes and forgets the triggers of the old one."""
    old = Event._meta.get_field("action")
    wider = models.CharField(max_length=41)
    wider.set_attributes_from_name("action")
    wider.model = Event
    with connection.schema_editor() as editor:
        editor.alter_field(Event, old, wider)
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [EVENTS]
            )
        else:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [EVENTS]
            )
        names = {name for (name,) in cursor.fetchall()}
    with connection.schema_editor() as editor:
        editor.alter_field(Event, wider, old)
    call_command("migrate", verbosity=0)
    assert len(names) == (3 if connection.vendor == "sqlite" else 2)
