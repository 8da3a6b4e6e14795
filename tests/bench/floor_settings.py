"""The site's own settings with the floor's page added to its addresses."""

from parindex.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.floor"
