"""A document as text that keeps all of it, so that it is printed again when nothing else is left of it."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from reports.document.blocks import Heading, ListBlock, PageBreak, Paragraph, Table
from reports.document.paper import Document

FORMAT = 1
BLOCK = "block"  # the key that tells blocks apart
_BLOCKS: Mapping[str, type] = {
    "heading": Heading,
    "paragraph": Paragraph,
    "list": ListBlock,
    "table": Table,
    "page_break": PageBreak,
}
_NAMES = {kind: name for name, kind in _BLOCKS.items()}


class Unreadable(ValueError):
    """Text that `dump` didn't write, or that says more than documents know of."""


def dump(document: Document) -> str:
    """Equal documents give equal text. Values are written out where they are the usual ones, too: what is usual
    may change, what was stored may not.
    """
    whole = {"format": FORMAT, "document": _plain(document)}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load(text: str) -> Document:
    """The document of such a text; what documents learned to say since is as usual in it."""
    try:
        whole = json.loads(text)
        if whole["format"] != FORMAT:
            raise Unreadable(f"format {whole['format']}")
        document: Document = _read(Document, whole["document"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(repr(error)) from error
    return document


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        said = {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
        return {BLOCK: _NAMES[type(value)], **said} if type(value) in _NAMES else said
    return value


def _read(wanted: Any, value: Any) -> Any:
    if get_origin(wanted) is tuple:
        if not isinstance(value, list):
            raise Unreadable(f"no list: {value!r}")
        return tuple(_read(get_args(wanted)[0], item) for item in value)
    if get_origin(wanted) in (Union, types.UnionType):
        return _read_one_of(get_args(wanted), value)
    if is_dataclass(wanted):
        return _read_instance(wanted, value)
    if wanted is date:
        return date.fromisoformat(value)
    if issubclass(wanted, StrEnum):
        return wanted(value)
    if type(value) is not wanted:
        raise Unreadable(f"not {wanted.__name__}: {value!r}")
    return value


def _read_one_of(wanted: tuple[Any, ...], value: Any) -> Any:
    """A block, or what may be missing."""
    if value is None and type(None) in wanted:
        return None
    left = [one for one in wanted if one is not type(None)]
    return _read(left[0] if len(left) == 1 else _BLOCKS[value[BLOCK]], value)


def _read_instance(wanted: Any, value: Any) -> Any:
    hints = _hints(wanted)
    said = {name: item for name, item in value.items() if name != BLOCK}
    if unknown := said.keys() - hints.keys():
        raise Unreadable(f"unknown: {', '.join(sorted(unknown))}")
    return wanted(**{name: _read(hints[name], item) for name, item in said.items()})


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
