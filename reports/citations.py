"""How a report names the documents it rests on: in full when first mentioned, briefly afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from accounts.dates import format_date


@dataclass(frozen=True)
class Citation:
    kind: str
    number: str
    issued_on: date | None
    issuer: str
    subject: str = ""

    @property
    def full(self) -> str:
        parts = (
            self.short,
            format_date(self.issued_on) if self.issued_on else "",
            f"của {self.issuer}",
            self.subject and f"về việc {self.subject}",
        )
        return " ".join(filter(None, parts))

    @property
    def short(self) -> str:
        return f"{self.kind} số {self.number}"


def in_turn(citations: Iterable[Citation]) -> tuple[str, ...]:
    """One after the other: whatever comes a second time is named briefly."""
    named: set[str] = set()
    words = []
    for citation in citations:
        words.append(citation.short if citation.short in named else citation.full)
        named.add(citation.short)
    return tuple(words)
