"""What is only ever added to, by order of the database itself: no row is changed or taken away.

The triggers are put back after every migration, because SQLite drops those of a table that it rebuilds.
"""

from __future__ import annotations

from django.apps import AppConfig
from django.db import connections

EVENTS = "assessments_event"
REFUSAL = "append-only: rows are never changed or removed"

_SQLITE = {
    "update": "BEFORE UPDATE ON {table}",
    "delete": "BEFORE DELETE ON {table}",
    # INSERT OR REPLACE deletes without asking the other trigger.
    "replace": "BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)",
}
_POSTGRESQL = {
    "change": "BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW",
    "truncate": "BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
}
# restrict_violation reaches Python as IntegrityError, as a constraint would.
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$
"""


def protect(using: str, table: str = EVENTS) -> None:
    """Install the triggers of a table; harmless where they are there already."""
    unprotect(using, table)
    with connections[using].cursor() as cursor:
        if cursor.db.vendor == "sqlite":
            for name, when in _SQLITE.items():
                cursor.execute(
                    f"CREATE TRIGGER {table}_{name} {when.format(table=table)} "
                    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
                )
        else:
            cursor.execute(_FUNCTION)
            for name, when in _POSTGRESQL.items():
                cursor.execute(
                    f"CREATE TRIGGER {table}_{name} {when.format(table=table)} EXECUTE FUNCTION refuse_change()"
                )


def unprotect(using: str, table: str = EVENTS) -> None:
    """Take the triggers away: for tests that empty the database, and to put them back anew."""
    with connections[using].cursor() as cursor:
        if cursor.db.vendor == "sqlite":
            for name in _SQLITE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}")
        else:
            for name in _POSTGRESQL:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}")


def protect_after_migration(sender: AppConfig, using: str, **kwargs: object) -> None:
    if EVENTS in connections[using].introspection.table_names():
        protect(using)
