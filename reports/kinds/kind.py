"""What every kind of report says of itself: the registry's value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from assessments.outcome import Outcome
from reports.document import Document
from reports.kinds.content import Content
from reports.kinds.names import SUBJECTS, TITLES, About, Name

AREA, CRITERION = "area", "criterion"

Facts = TypeVar("Facts")


class UnknownCodes(ValueError):
    """Texts belong to codes that the facts lack: nothing stored is left out silently."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = tuple(sorted(codes))
        super().__init__(f"Không có mã {', '.join(self.codes)} trong kết quả.")


@dataclass(frozen=True)
class Part:
    """A narrative text, or with `by` one for each AREA or CRITERION. `group` is its heading on the page.

    `is_line`: it is printed within a line, such as the title, and no longer than one.
    """

    key: str
    label: str
    help: str = ""
    by: str = ""
    group: str = ""
    rows: int = 4
    is_line: bool = False


# What people type besides the parts, by its name in the form: above the text and below it.
HEAD = ("superior", "issuer", "number", "symbol", "place", "issued_on", "month", "addressees")
SIGNATURE = ("authority", "signer", "recipients")

CLOSING = Part("closing", "Câu kết", "Để trống để dùng câu kết thông thường.", rows=2)


@dataclass(frozen=True)
class Entry:
    """An area or criterion that a text may be about; one that is not offered keeps what it has."""

    code: str
    label: str
    help: str = ""
    is_offered: bool = True


@dataclass(frozen=True)
class Suggestion:
    """What the figures give to write about in a part."""

    part: str
    text: str


class Severity(StrEnum):
    BLOCKS = "blocks"  # not to be issued like this
    WARNS = "warns"


class Where(StrEnum):
    """The page on which something is to be mended, and what `at` names there."""

    FORM = "form"  # of the report: the key of a part or the name of a field
    RESULT = (
        "result"  # that the report is about: a row by its code; "" is what doesn't add up in a recorded one
    )
    SHEET = "sheet"  # of the unit: a leaf by its code; "" is the whole
    SESSION = "session"  # of the council: a field of its form; "" is what was put before it
    RANKING = "ranking"  # in force now
    STATISTICS = "statistics"  # of the unit, in the `group` of that key: a cell by its name


@dataclass(frozen=True)
class Problem:
    """Something to be looked at before the report is issued, and where it is to be mended."""

    text: str
    severity: Severity
    at: str
    where: Where = Where.FORM
    group: int | None = None


def no_entries(facts: object, by: str) -> tuple[Entry, ...]:
    return ()


def no_suggestions(facts: object) -> tuple[Suggestion, ...]:
    return ()


@dataclass(frozen=True)
class Kind(Generic[Facts]):
    """`facts` are whatever the kind's loader (reports.queries.facts) reads; every figure comes from them.

    `write` makes the document of texts whose codes are known. `entries` are all codes that a part with that
    `by` may have texts for. Of a kind whose facts are a result, `beside` suggests what it tells beside
    that of the year before. `slug` stands in codes, `sign` begins the document's symbol. With `needs_submission` it
    is begun once the sheet that it is about was sent; one that `goes_up` is addressed to who evaluates the unit.
    `fields` are those of HEAD and SIGNATURE that are printed as typed; `cites` says whether the documents that it
    rests on are.
    """

    name: Name
    slug: str
    parts: tuple[Part, ...]
    write: Callable[[Content, Facts], Document]
    checks: Callable[[Facts, Content], tuple[Problem, ...]]
    entries: Callable[[Facts, str], tuple[Entry, ...]] = no_entries
    suggestions: Callable[[Facts], tuple[Suggestion, ...]] = no_suggestions
    beside: Callable[[Outcome, Outcome], tuple[Suggestion, ...]] | None = None
    sign: str = "BC"
    needs_submission: bool = False
    goes_up: bool = False
    fields: tuple[str, ...] = (*HEAD, *SIGNATURE)
    cites: bool = True

    @property
    def title(self) -> str:
        return TITLES[self.name]

    @property
    def about(self) -> About:
        return SUBJECTS[self.name]

    def build(self, content: Content, facts: Facts) -> Document:
        """UnknownCodes where a text belongs to a code the facts lack."""
        if unknown := self.unknown_codes(content, facts):
            raise UnknownCodes(unknown)
        return self.write(content, facts)

    def unknown_codes(self, content: Content, facts: Facts) -> set[str]:
        """Codes with a text that the facts lack, as after a correction of a recorded result."""
        unknown: set[str] = set()
        for part in self.parts:
            if part.by and (written := content.by_code(part.key)):
                unknown |= written.keys() - {entry.code for entry in self.entries(facts, part.by)}
        return unknown
