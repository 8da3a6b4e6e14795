"""What people write for this report, stored beside the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from assessments.outcome import Outcome
from reports.citations import Citation
from reports.document import Head, Signature

TOPIC = "khắc phục các tiêu chí bị trừ điểm, chưa đạt điểm tối đa"


class UnknownCodes(ValueError):
    """Texts belong to codes that the outcome lacks: nothing stored is left out silently."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = tuple(sorted(codes))
        super().__init__(f"Không có mã {', '.join(self.codes)} trong kết quả.")


@dataclass(frozen=True)
class Content:
    """Stored beside the result. Narrative texts use the marks of `reports.narrative`."""

    head: Head
    signature: Signature
    recipients: tuple[str, ...]
    addressees: tuple[str, ...] = ()
    request: Citation | None = None  # the document that asked for the report
    basis: tuple[Citation, ...] = ()  # among them the decision that announced the result, if it has a subject
    organisation: str = ""
    remedies: str = ""
    remedies_by_code: Mapping[str, str] = field(default_factory=dict)  # of an area, criterion or component
    difficulties: str = ""
    tasks: str = ""
    tasks_by_area: Mapping[str, str] = field(default_factory=dict)
    closing: str = ""


def unknown_codes(outcome: Outcome, content: Content) -> set[str]:
    """Codes with a text that the outcome lacks, as after a correction of a recorded result."""
    remedied = content.remedies_by_code.keys() - {row.code for row in outcome.rows()}
    return remedied | (content.tasks_by_area.keys() - {area.code for area in outcome.areas})
