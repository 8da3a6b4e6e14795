"""From a node to the plain values a rule is read from, and from a key path back to its line."""

from __future__ import annotations

import re
from typing import Any

from criteria.schema.nodes import Mapping, Node, Sequence

_STEP = re.compile(r"[^.\[\]]+")
_WORDS = {"true": True, "false": False, "": None, "~": None, "null": None}


def plain_values(node: Node) -> Any:
    """Mappings, lists and exact texts; only a bare true or false is a boolean and a bare nothing is None."""
    if isinstance(node, Mapping):
        return {key: plain_values(value) for key, value in node.values.items()}
    if isinstance(node, Sequence):
        return [plain_values(item) for item in node.items]
    return _WORDS.get(node.text, node.text) if node.plain else node.text


def line_at(node: Node, path: str) -> int:
    """The line of a path such as bands[1].from, or of the deepest part of it that exists."""
    line = node.line
    for step in _STEP.findall(path):
        if isinstance(node, Mapping) and step in node.values:
            line, node = node.key_lines[step], node.values[step]
        elif isinstance(node, Sequence) and step.isdecimal() and int(step) < len(node.items):
            node = node.items[int(step)]
            line = node.line
        else:
            break
    return line
