"""An empty database of the bench's own: a file in a temporary directory, or the PostgreSQL that DATABASE_URL names."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch_database() -> Iterator[str]:
    """Set Django up on it, with every table, and give the database's name. Comes before any import of a model."""
    with tempfile.TemporaryDirectory(prefix="parindex-bench-") as home:
        var = Path(home) / "var"
        var.mkdir()
        os.environ |= {"PARINDEX_VAR": str(var), "DJANGO_SETTINGS_MODULE": "parindex.settings"}
        if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
            os.environ["DATABASE_URL"] = f"sqlite:///{home}/bench.sqlite3"
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        if connection.introspection.table_names():
            raise SystemExit(
                "bench: DATABASE_URL names a database with tables in it; the bench wants an empty one."
            )
        call_command("migrate", verbosity=0)
        try:
            yield connection.vendor
        finally:
            connection.close()
