"""Prints nested plain values as YAML the way a person would lay out a criteria set.

Numbers and codes stay bare, long text becomes a folded block, and small mappings and tuples stay on one line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

LINE = 110


class Bare(str):
    """A number, code or date: printed without quotes although other readers would not call it text."""

    __slots__ = ()


class OneLine(dict[str, Any]):
    """A small mapping printed as {key: value}."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _bare(dumper: _Dumper, value: Bare) -> yaml.ScalarNode:
    tag: str = dumper.resolve(yaml.ScalarNode, str(value), (True, False))  # type: ignore[no-untyped-call]
    return dumper.represent_scalar(tag, str(value))


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else ">" if len(value) > LINE - 20 else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _one_line(dumper: _Dumper, value: OneLine) -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True)


def _one_line_list(dumper: _Dumper, value: tuple[Any, ...]) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)


_Dumper.add_representer(tuple, _one_line_list)
_Dumper.add_representer(Bare, _bare)
_Dumper.add_representer(str, _text)
_Dumper.add_representer(OneLine, _one_line)


def as_yaml(values: Mapping[str, Any]) -> str:
    return yaml.dump(
        values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=LINE
    )
