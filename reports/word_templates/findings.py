"""What is wrong with a template, in words for the person who made it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Finding:
    """`where` is the part of the template, `excerpt` the words around the place."""

    text: str
    where: str = ""
    excerpt: str = ""

    def as_plain(self) -> dict[str, str]:
        return asdict(self)

    def __str__(self) -> str:
        place = ": ".join(filter(None, (self.where, f"“{self.excerpt}”" if self.excerpt else "")))
        return f"{self.text} ({place})" if place else self.text


class Refused(Exception):
    """A template that can't be used. `findings` say why, all of them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(map(str, self.findings)))
