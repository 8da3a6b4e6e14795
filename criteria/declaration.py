"""Reads declared values strictly, key by key, and collects all that is wrong instead of the first thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from criteria.points import ZERO, NumberError, canonical, decimal_places, format_points, parse_canonical

Member = TypeVar("Member", bound=StrEnum)
_MISSING = object()


@dataclass(frozen=True)
class KeyProblem:
    """`key` is the path inside the declared mapping, such as bands[1].from; "" means the whole of it."""

    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.key}: {self.message}" if self.key else self.message


class Declaration:
    """One declared mapping. After a problem a harmless value is returned, so that reading goes on."""

    def __init__(self, raw: object, problems: list[KeyProblem], path: str = "") -> None:
        self.problems = problems
        self._path = path
        self._raw: Mapping[object, object] = raw if isinstance(raw, Mapping) else {}
        self._read: set[object] = set()
        if not isinstance(raw, Mapping):
            self.report("", "phải là một nhóm khóa và giá trị")

    def report(self, key: str, message: str) -> None:
        self.problems.append(KeyProblem(self._join(key), message))

    def __contains__(self, key: str) -> bool:
        return key in self._raw

    def close(self) -> None:
        """Whatever nobody asked for is an error: a misspelt key must never be skipped in silence."""
        for key in self._raw:
            if key not in self._read:
                self.report(str(key)[:60], "khóa này không dùng được ở đây")

    def value(self, key: str) -> object:
        """The value as it stands; None, after a report, when it is missing."""
        value = self._take(key)
        return None if value is _MISSING else value

    def text(self, key: str, default: str | None = None) -> str:
        value = self._take(key, default)
        if isinstance(value, str) and (value.strip() or value == default):
            return value
        if value is not _MISSING:
            self.report(key, "phải là chữ, không để trống")
        return ""

    def number(
        self,
        key: str,
        *,
        positive: bool = False,
        at_most: Decimal | None = None,
        decimals: int | None = None,
    ) -> Decimal:
        value = self._take(key)
        if value is _MISSING:
            return ZERO
        try:
            number = parse_canonical(value)
        except NumberError as error:
            self.report(key, f"{error}; viết số dạng 0.25")
            return ZERO
        if positive and not number:
            self.report(key, "phải lớn hơn 0")
        if at_most is not None and number > at_most:
            self.report(key, f"{format_points(number)} lớn hơn mức tối đa {format_points(at_most)}")
        if decimals is not None and decimal_places(number) > decimals:
            self.report(key, f"{canonical(number)} có quá {decimals} chữ số thập phân")
        return number

    def positive(self, key: str) -> Decimal | None:
        """An optional number above 0."""
        return self.number(key, positive=True) if key in self else None

    def says(self, key: str, word: str) -> bool:
        """Whether the value is this very word; then it counts as read."""
        said = self._raw.get(key) == word
        if said:
            self._read.add(key)
        return said

    def flag(self, key: str) -> bool:
        value = self._take(key, False)
        if not isinstance(value, bool):
            self.report(key, "chỉ nhận true hoặc false")
        return value is True

    def member(self, key: str, members: type[Member], default: Member | None = None) -> Member:
        value = self._take(key, default)
        if isinstance(value, str) and value in list(members):
            return members(value)
        if value is not _MISSING:
            self.report(key, "phải là một trong: " + ", ".join(members))
        return next(iter(members))

    def numbers(self, key: str, *, at_most: Decimal) -> dict[str, Decimal]:
        """A mapping of names to numbers, in the declared order."""
        value = self._take(key)
        if value is _MISSING:
            return {}
        if not isinstance(value, Mapping) or not value:
            self.report(key, "phải là một nhóm tên và số, có ít nhất một dòng")
            return {}
        inner = Declaration(value, self.problems, self._join(key))
        names = [name for name in value if isinstance(name, str) and name.strip()]
        numbers = {name: inner.number(name, at_most=at_most) for name in names}
        inner.close()
        return numbers

    def rows(self, key: str) -> list[Declaration]:
        value = self._take(key)
        if value is _MISSING:
            return []
        if not isinstance(value, Sequence) or isinstance(value, str) or not value:
            self.report(key, "phải là một danh sách có ít nhất một dòng")
            return []
        return [
            Declaration(row, self.problems, f"{self._join(key)}[{index}]") for index, row in enumerate(value)
        ]

    def _join(self, key: str) -> str:
        return ".".join(part for part in (self._path, key) if part)

    def _take(self, key: str, default: object = None) -> object:
        self._read.add(key)
        value = self._raw.get(key, _MISSING)
        if value is _MISSING and default is not None:
            return default
        if value is _MISSING:
            self.report(key, "còn thiếu")
        return value
