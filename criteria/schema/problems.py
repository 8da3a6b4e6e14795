"""What is wrong with a criteria set, told to the official who wrote it: line, criterion, key, message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """`line` counts from 1 and is None when it belongs to no line; `code` is the criterion's, if any."""

    line: int | None
    code: str
    key: str
    message: str

    def __str__(self) -> str:
        where = [
            f"dòng {self.line}" if self.line else "",
            f"tiêu chí {self.code}" if self.code else "",
            self.key,
        ]
        return ", ".join(part for part in where if part) + (": " if any(where) else "") + self.message


class SetErrors(ValueError):
    """Every problem of one file at once, in the order of its lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        unique = dict.fromkeys(problems)
        self.problems = tuple(sorted(unique, key=lambda problem: (problem.line is None, problem.line or 0)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
