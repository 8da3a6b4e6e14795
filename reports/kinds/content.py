"""What people write for a report, stored beside what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reports.citations import Citation
from reports.document import Head, Signature


@dataclass(frozen=True)
class Content:
    """Narrative texts use the marks of `reports.narrative`; their keys are those of the kind's parts."""

    head: Head
    signature: Signature
    recipients: tuple[str, ...]
    addressees: tuple[str, ...] = ()
    request: Citation | None = None  # the document that asked for the report
    basis: tuple[Citation, ...] = ()  # among them the decision that announced the result, if it has a subject
    lists_basis: bool = False  # each document on a line of its own, instead of within the opening sentence
    texts: Mapping[str, str] = field(default_factory=dict)
    texts_by_code: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def cited(self) -> tuple[Citation, ...]:
        """In the order of the opening."""
        return (*((self.request,) if self.request else ()), *self.basis)

    def text(self, part: str) -> str:
        return self.texts.get(part, "")

    def by_code(self, part: str) -> Mapping[str, str]:
        return self.texts_by_code.get(part, {})

    @property
    def all_texts(self) -> Mapping[str, str]:
        """Every narrative text by the name of its field."""
        return {
            **self.texts,
            **{
                field_name(part, code): text
                for part, texts in self.texts_by_code.items()
                for code, text in texts.items()
            },
        }


def field_name(part: str, code: str) -> str:
    """Where the text of one area or criterion stands on the page, and what a problem with it points to."""
    return f"{part}-{code}"
