"""What holds for every test: no undefined template variables, no order that nobody asked for, no traces."""

from __future__ import annotations

import logging
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Model, QuerySet
from django.template.base import VariableDoesNotExist

from assessments.append_only import unprotect
from assessments.models import Assessment, Cohort, Period
from criteria.models import CriteriaSet

# Printed at the top of every run; set it to see the same order again.
SEED = os.environ.setdefault("PARINDEX_TEST_SEED", str(random.randrange(1_000_000)))
# A browser is driven through an event loop, which Django would refuse to query beside.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_report_header() -> str:
    return f"database: {connection.vendor}, PARINDEX_TEST_SEED={SEED}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that needs no database is run once, on SQLite, and so is a journey on the second size of screen."""
    if connection.vendor == "sqlite":
        return
    chosen = [item for item in items if needs_database(item) and not is_on_phone(item)]
    config.hook.pytest_deselected(items=list(set(items) - set(chosen)))
    items[:] = chosen


def is_on_phone(item: pytest.Item) -> bool:
    return item.path.parent.name == "journeys" and "[phone" in item.name


def needs_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db", "live_server", "django_db_setup"}
    return bool(item.get_closest_marker("django_db") or fixtures & set(getattr(item, "fixturenames", ())))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A file, because threads that share an in-memory SQLite fail with "database table is locked"."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """Argon2 is slow on purpose; tests that are about passwords name their hasher themselves."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def no_traces(settings: object, tmp_path: Path) -> None:
    """Uploaded files go to the test's own directory; what a process remembers is forgotten.

    Failed log-ins counted by axes live in the database and are rolled back with it.
    """
    settings.MEDIA_ROOT = tmp_path / "evidence"
    cache.clear()


class UndefinedVariables(logging.Handler):
    """Collects what templates of ours looked up in vain; string_if_invalid would miss conditions and loops."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info and record.exc_info[1]
        if not isinstance(error, VariableDoesNotExist):
            return
        name, template = record.args  # type: ignore[misc]
        if self.is_ours(str(template)):
            self.found.append(f"{template}: {name}")

    @staticmethod
    def is_ours(template: str) -> bool:
        # Django's own admin pages rely on undefined variables, also where we replace one of them.
        return (
            not template.startswith("admin/") and (django_settings.BASE_DIR / "templates" / template).exists()
        )


@pytest.fixture(autouse=True)
def undefined_template_variables() -> Iterator[list[str]]:
    """Fail the test in which a template reads a variable that nobody gave it."""
    logger = logging.getLogger("django.template")
    handler = UndefinedVariables()
    level, propagate = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    yield handler.found
    logger.removeHandler(handler)
    logger.setLevel(level)
    logger.propagate = propagate
    assert not handler.found, "Undefined in templates: " + "; ".join(sorted(set(handler.found)))


@pytest.fixture(autouse=True)
def shuffled_querysets(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand out rows of unordered querysets in any order, as a database may."""
    chance = random.Random(f"{SEED} {request.node.nodeid}")
    fetch_all = QuerySet._fetch_all

    def fetch_and_shuffle(self: QuerySet) -> None:
        is_fresh = self._result_cache is None
        fetch_all(self)
        if is_fresh and not self.ordered:
            chance.shuffle(self._result_cache)

    monkeypatch.setattr(QuerySet, "_fetch_all", fetch_and_shuffle)


@pytest.fixture(autouse=True)
def sheets_come_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse to read one column of what the gate reads in a query of its own: it should have come with the rest."""

    def refresh(self: Model, using: str | None = None, fields: list[str] | None = None, **more: Any) -> None:
        left_out = self.get_deferred_fields() & set(fields or ())
        assert not left_out, f"{type(self).__name__}: {left_out} not among what is read for the gate"
        refresh_from_db(self, using, fields, **more)

    refresh_from_db = Model.refresh_from_db
    for model in (Assessment, Period, Cohort, CriteriaSet):
        monkeypatch.setattr(model, "refresh_from_db", refresh)


@pytest.fixture(autouse=True)
def emptied_events(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests with transactions of their own are flushed afterwards, which the database refuses for events."""
    marker = request.node.get_closest_marker("django_db")
    transactional = marker is not None and marker.kwargs.get("transaction", False)
    if not transactional and not {"transactional_db", "live_server"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    unprotect(connection.alias)  # the flush ends with post_migrate, which puts them back
