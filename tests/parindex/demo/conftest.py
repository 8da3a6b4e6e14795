"""The demonstration loaded once for all tests about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings

from parindex.demo import loading

NOW = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)  # 7:30 of a Friday


@pytest.fixture(scope="package")
def loaded(
    django_db_setup: None, django_db_blocker: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The demonstration, loaded once; the directory of its files. Each test's own changes are undone after it.

    Every test that uses it has the mark django_db: without one, pytest-django would make no test database.
    """
    files = tmp_path_factory.mktemp("evidence")
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(MEDIA_ROOT=files):
            loading.load(now=NOW)
        yield files
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def its_files(loaded: Path, settings: object) -> None:
    settings.MEDIA_ROOT = loaded
