"""What one save changed in stored content, small enough to be kept of every save and complete enough to undo it.

Of narrative texts only the lines that differ are kept, by the names of their fields under "texts"; everything
else is kept whole under "content".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from typing import Any

from reports.kinds import field_name

Kept = dict[str, Any]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Kept, Kept]:
    """What only `before` has, and what only `after` has in its place."""
    old: Kept = {"content": {}, "texts": {}}
    new: Kept = {"content": {}, "texts": {}}
    for key in sorted((before.keys() | after.keys()) - {"narrative"}):
        if before.get(key) != after.get(key):
            old["content"] |= {key: before[key]} if key in before else {}
            new["content"] |= {key: after[key]} if key in after else {}
    was, now = dict(_texts(before)), dict(_texts(after))
    for name in sorted(was.keys() | now.keys()):
        if was.get(name, "") != now.get(name, ""):
            old["texts"][name], new["texts"][name] = _lines_that_differ(was.get(name, ""), now.get(name, ""))
    return old, new


def undone(content: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """`content` as it was before a save that left these differences. The oldest saves kept everything whole."""
    old, new = before.get("content", {}), after.get("content", {})
    found = {key: value for key, value in content.items() if key not in new} | dict(old)
    found["narrative"] = {
        key: value if isinstance(value, str) else dict(value)
        for key, value in found.get("narrative", {}).items()
    }
    for name, then in before.get("texts", {}).items():
        _put_back(found["narrative"], name, then, len(after["texts"][name]["lines"]))
    return found


def touched(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The keys of the content and the names of the texts that a save changed, in no order."""
    old, new = before.get("content", {}), after.get("content", {})
    if "narrative" in new:  # kept whole
        whole = differences(old, new)
        return touched(*whole)
    return [*{**old, **new}, *after.get("texts", {})]


def _texts(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for part, written in content.get("narrative", {}).items():
        if isinstance(written, str):
            yield part, written
        else:
            yield from ((field_name(part, code), text) for code, text in written.items())


def _lines_that_differ(was: str, now: str) -> tuple[Kept, Kept]:
    old, new = was.split("\n"), now.split("\n")
    start = _alike(old, new)
    end = _alike(reversed(old[start:]), reversed(new[start:]))
    return (
        {"line": start, "lines": old[start : len(old) - end]},
        {"line": start, "lines": new[start : len(new) - end]},
    )


def _alike(one: Iterable[str], other: Iterable[str]) -> int:
    """How many lines are the same before the first that differs."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _put_back(narrative: dict[str, Any], name: str, then: Mapping[str, Any], length: int) -> None:
    if name in narrative:
        part, code = name, ""
        present = narrative[name]
    else:
        part = next(key for key in narrative if name.startswith(field_name(key, "")))
        code = name.removeprefix(field_name(part, ""))
        present = narrative[part].get(code, "")
    lines = present.split("\n")
    start = then["line"]
    text = "\n".join([*lines[:start], *then["lines"], *lines[start + length :]])
    if not code:
        narrative[part] = text
    elif text:
        narrative[part][code] = text
    else:
        narrative[part].pop(code, None)
