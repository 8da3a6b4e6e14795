"""Commands started as processes of their own, on the database of the running test."""

import os
import sys
from urllib.parse import quote

from django.conf import settings
from django.db import connection

MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]


def environment(**more: str) -> dict[str, str]:
    """The environment in which a process sees this test's database and files."""
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "PARINDEX_VAR": str(settings.MEDIA_ROOT.parent),
        **more,
    }


def database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(str(database['NAME']))}"
    who = quote(database["USER"]) + (f":{quote(database['PASSWORD'])}" if database["PASSWORD"] else "")
    if database["HOST"].startswith("/"):
        return f"postgres://{who}@/{database['HOST']}/{database['NAME']}"
    port = f":{database['PORT']}" if database["PORT"] else ""
    return f"postgres://{who}@{database['HOST']}{port}/{database['NAME']}"
