"""The files of the demonstration. Every scalar stays text: 1.10 is a criterion's code, not a number."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml
from django.conf import settings

FIXTURES = settings.BASE_DIR / "fixtures"


def read(name: str, folder: str = "demo") -> Any:
    return yaml.load(text(name, folder), Loader=yaml.BaseLoader)  # noqa: S506 — plain text only


@cache
def text(name: str, folder: str) -> str:
    return (FIXTURES / folder / f"{name}.yaml").read_text(encoding="utf-8")


def data(declared: dict[str, Any]) -> dict[str, Any]:
    """Declared data of a leaf, in which only "true" is not text."""
    return {key: True if value == "true" else value for key, value in declared.items()}
