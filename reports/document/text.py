"""Characters that every format can print."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

T = TypeVar("T")

# Invisible characters that XML forbids or that make the printed order differ from the stored one.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def map_text(value: T, convert: Callable[[str], str]) -> T:
    """The same document, block or tuple with every text in it converted."""
    changed: Any = value
    if isinstance(value, str) and not isinstance(value, StrEnum):
        changed = convert(value)
    elif isinstance(value, tuple):
        changed = tuple(map_text(item, convert) for item in value)
    elif is_dataclass(value) and not isinstance(value, type):
        texts = {item.name: map_text(getattr(value, item.name), convert) for item in fields(value)}
        changed = replace(value, **texts)
    return changed


def settle(instance: Any, **changed: object) -> None:
    """Finish a frozen instance: its text composed (NFC) and free of unprintable characters."""
    for item in fields(instance):
        value = changed.get(item.name, getattr(instance, item.name))
        object.__setattr__(instance, item.name, map_text(value, printable))


def printable(text: str) -> str:
    return unicodedata.normalize("NFC", _UNPRINTABLE.sub("", text))
