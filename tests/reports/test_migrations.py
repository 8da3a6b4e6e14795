"""Going back to an older version loses nothing that people made."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db.migrations.exceptions import IrreversibleError

from tests.worlds import World, group_on, issued, make_world, templated

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "make"),
    [("0005_issuing", issued), ("0007_word_templates", templated), ("0009_indicators", group_on)],
)
def test_a_migration_is_not_taken_back_over_what_people_made(name, make):
    world: World = make_world()
    migration = import_module(f"reports.migrations.{name}")
    last = migration.Migration.operations[-1]
    last.reverse_code(apps, None)
    make(world)
    with pytest.raises(IrreversibleError):
        last.reverse_code(apps, None)
