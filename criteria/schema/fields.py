"""Typed access to the keys of one YAML mapping; what is wrong is noted, never raised, so that all is told."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from criteria.points import parse_canonical
from criteria.schema.nodes import Mapping, Node, Scalar, Sequence
from criteria.schema.problems import Problem

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
_EMPTY = ("", "~", "null")

# Stands for a number that could not be read: sums with it are unknown too and are not compared.
UNKNOWN = Decimal("NaN")

Choice = TypeVar("Choice", bound=StrEnum)


def differ(first: Decimal, second: Decimal) -> bool:
    """Both are known and they are not equal."""
    return not (first.is_nan() or second.is_nan()) and first != second


def rises(first: Decimal, second: Decimal) -> bool:
    """Both are known and the second is not below the first."""
    return not (first.is_nan() or second.is_nan()) and second >= first


class Fields:
    """`code` names the criterion in the problems; `prefix` the keys above, as in "decision."."""

    def __init__(self, mapping: Mapping, problems: list[Problem], code: str = "", prefix: str = "") -> None:
        self.mapping = mapping
        self.problems = problems
        self.code = code
        self.prefix = prefix

    def problem(self, key: str, message: str, line: int | None = None) -> None:
        where = line or self.mapping.key_lines.get(key, self.mapping.line)
        self.problems.append(Problem(where, self.code, self.prefix + key[:60], message))

    def __contains__(self, key: str) -> bool:
        return key in self.mapping.values

    def refuse_unknown(self, known: Collection[str]) -> None:
        for key in self.mapping.values:
            if key not in known:
                near = difflib.get_close_matches(key[:40], known, n=1)
                hint = f"; có phải là “{near[0]}”?" if near else f"; các khóa được dùng: {', '.join(known)}"
                self.problem(key, "không có khóa này" + hint)

    def node(self, key: str, *, required: bool = False) -> Node | None:
        """None when the key is absent or holds nothing."""
        node = self.mapping.values.get(key)
        if node is None:
            if required:
                self.problem(key, "thiếu khóa bắt buộc này")
            return None
        if isinstance(node, Scalar) and (not node.text.strip() or (node.plain and node.text in _EMPTY)):
            if required:
                self.problem(key, "chưa có nội dung", node.line)
            return None
        return node

    def text(self, key: str, *, required: bool = False, longest: int = 5000) -> str:
        node = self.node(key, required=required)
        if node is None:
            return ""
        if not isinstance(node, Scalar):
            self.problem(key, "phải là chữ, không phải danh sách hay nhóm khóa", node.line)
            return ""
        text = "\n".join(line.rstrip() for line in node.text.strip().splitlines())
        if len(text) > longest:
            self.problem(key, f"quá dài: tối đa {longest} ký tự", node.line)
            return ""
        return text

    def line_of_text(self, key: str, *, required: bool = False, longest: int = 5000) -> str:
        """Text that is printed on one line: every run of spaces and line breaks becomes one space."""
        return " ".join(self.text(key, required=required, longest=longest).split())

    def number(self, key: str, *, decimals: int, required: bool = False) -> Decimal | None:
        """A canonical number of points; None when absent or wrong."""
        text = self.line_of_text(key, required=required)
        if not text:
            return None
        try:
            value = parse_canonical(text)
        except ValueError:
            self.problem(key, "phải là số không âm, phần thập phân dùng dấu chấm, ví dụ 0.75")
            return None
        if len(text.partition(".")[2]) > decimals:
            self.problem(key, f"có quá {decimals} chữ số thập phân")
            return None
        if value >= 10**8:
            self.problem(key, "số quá lớn")
            return None
        return value

    def positive(self, key: str, *, decimals: int, absent: Decimal | None = None) -> Decimal:
        """Points above 0; UNKNOWN after a problem. Without an `absent` value a missing key is one."""
        value = self.number(key, decimals=decimals, required=absent is None)
        if value is None:
            return absent if absent is not None and self.node(key) is None else UNKNOWN
        if not value:
            self.problem(key, "phải lớn hơn 0")
            return UNKNOWN
        return value

    def whole_number(self, key: str) -> int | None:
        text = self.line_of_text(key)
        if not text:
            return None
        if not _WHOLE_NUMBER.fullmatch(text):
            self.problem(key, "phải là số nguyên không âm")
            return None
        return int(text)

    def flag(self, key: str) -> bool:
        node = self.node(key)
        if node is None:
            return False
        if isinstance(node, Scalar) and node.plain and node.text in ("true", "false"):
            return node.text == "true"
        self.problem(key, "phải là true hoặc false", node.line)
        return False

    def day(self, key: str) -> date | None:
        text = self.line_of_text(key)
        if not text:
            return None
        try:
            if _ISO_DATE.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        self.problem(key, "phải là ngày viết theo năm-tháng-ngày, ví dụ 2025-12-31")
        return None

    def choice(self, key: str, default: Choice) -> Choice:
        text = self.line_of_text(key)
        if not text:
            return default
        choices = type(default)
        if text in [choice.value for choice in choices]:
            return choices(text)
        self.problem(key, f"phải là một trong: {', '.join(choices)}")
        return default

    def mapping_under(self, key: str, *, required: bool = False) -> Fields | None:
        node = self.node(key, required=required)
        if isinstance(node, Mapping):
            return Fields(node, self.problems, self.code, f"{self.prefix}{key}.")
        if node is not None:
            self.problem(key, "phải là nhóm gồm nhiều dòng “khóa: giá trị”", node.line)
        return None

    def list_under(self, key: str, *, required: bool = False) -> list[Node]:
        node = self.node(key, required=required)
        if isinstance(node, Sequence):
            if required and not node.items:
                self.problem(key, "danh sách chưa có mục nào", node.line)
            return node.items
        if node is not None:
            self.problem(key, "phải là danh sách, mỗi mục bắt đầu bằng dấu gạch ngang", node.line)
        return []

    def mappings_under(self, key: str, *, required: bool = False) -> list[Fields]:
        found = []
        for position, node in enumerate(self.list_under(key, required=required)):
            if isinstance(node, Mapping):
                found.append(Fields(node, self.problems, self.code, f"{self.prefix}{key}[{position}]."))
            else:
                self.problem(f"{key}[{position}]", "phải là nhóm gồm nhiều “khóa: giá trị”", node.line)
        return found
