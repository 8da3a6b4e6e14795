"""What is only ever added to, by order of the database itself: no row is changed or taken away.

Events, whatever a publication made public, and what the apps above add with `keep`. The triggers are put back
after every migration, because SQLite drops those of a table that it rebuilds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.apps import AppConfig
from django.db import connections

EVENTS = "assessments_event"
REFUSAL = "append-only: rows are never changed or removed"


@dataclass(frozen=True)
class Protection:
    """`once` are columns that a second row can't share.

    Rows count as added when every condition of `settled` holds, if not at once; each begins with its column.
    """

    once: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()

    @property
    def columns(self) -> set[str]:
        return {*self.once, *(condition.split()[0] for condition in self.settled)}


TABLES: dict[str, Protection] = {
    EVENTS: Protection(),
    "assessments_publication": Protection(once=("period_id", "ordinal")),
    "assessments_result": Protection(once=("publication_id", "assessment_id")),
    "assessments_arearesult": Protection(once=("result_id", "criterion_id")),
    # What is being prepared may be changed and withdrawn.
    "assessments_correctedscore": Protection(
        once=("publication_id", "assessment_id", "criterion_id"), settled=("publication_id IS NOT NULL",)
    ),
}


def keep(tables: Mapping[str, Protection]) -> None:
    """Protect tables of another app as well; to be called when it is ready."""
    TABLES.update(tables)


# restrict_violation reaches Python as IntegrityError, as a constraint would.
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$
"""


def _sqlite(table: str) -> dict[str, str]:
    rule = TABLES[table]
    only = f" WHEN {_settled(rule, 'OLD.')}" if rule.settled else ""
    same = " OR ".join(["id = NEW.id", *([_same(rule.once)] if rule.once else [])])
    settled = f"{_settled(rule)} AND " if rule.settled else ""
    kept = f"SELECT 1 FROM {table} WHERE {settled}({same})"  # noqa: S608
    # UPDATE OR REPLACE of a row that may be changed deletes the one it collides with, likewise without asking.
    changed = f"{only} OR EXISTS ({kept} AND id <> OLD.id)" if only else ""
    return {
        "update": f"BEFORE UPDATE ON {table}{changed}",
        "delete": f"BEFORE DELETE ON {table}{only}",
        # INSERT OR REPLACE deletes without asking the other trigger.
        "replace": f"BEFORE INSERT ON {table} WHEN EXISTS ({kept})",
    }


def _same(columns: tuple[str, ...]) -> str:
    return "(" + " AND ".join(f"{column} = NEW.{column}" for column in columns) + ")"


def _settled(rule: Protection, row: str = "") -> str:
    return " AND ".join(f"{row}{condition}" for condition in rule.settled)


def _postgresql(table: str) -> dict[str, str]:
    rule = TABLES[table]
    only = f" WHEN ({_settled(rule, 'OLD.')})" if rule.settled else ""
    return {
        "change": f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW{only}",
        "truncate": f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
    }


def protect(using: str) -> None:
    """Install the triggers of every such table; harmless where they are there already."""
    unprotect(using)
    with connections[using].cursor() as cursor:
        if cursor.db.vendor != "sqlite":
            cursor.execute(_FUNCTION)
        for table in _complete(using):
            if cursor.db.vendor == "sqlite":
                for name, when in _sqlite(table).items():
                    cursor.execute(
                        f"CREATE TRIGGER {table}_{name} {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
                    )
            else:
                for name, when in _postgresql(table).items():
                    cursor.execute(f"CREATE TRIGGER {table}_{name} {when} EXECUTE FUNCTION refuse_change()")


def unprotect(using: str) -> None:
    """Take the triggers away: for tests that empty the database, and to put them back anew."""
    with connections[using].cursor() as cursor:
        for table in _present(using):
            if cursor.db.vendor == "sqlite":
                for name in _sqlite(table):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}")
            else:
                for name in _postgresql(table):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}")


def _present(using: str) -> list[str]:
    """Those that migrations have made so far."""
    names = set(connections[using].introspection.table_names())
    return [table for table in TABLES if table in names]


def _complete(using: str) -> list[str]:
    """Those whose columns are all there: after a migration back to an older version some are not."""
    connection = connections[using]
    with connection.cursor() as cursor:
        return [
            table
            for table in _present(using)
            if {column.name for column in connection.introspection.get_table_description(cursor, table)}
            >= TABLES[table].columns
        ]


def protect_after_migration(sender: AppConfig, using: str, **kwargs: object) -> None:
    protect(using)
