"""What is asked of every kind before it is issued."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from accounts.dates import format_date
from reports.kinds.content import Content
from reports.kinds.kind import Problem, Severity

JUMP = 10


def jumps(before: Decimal, now: Decimal) -> bool:
    """Whether an amount is ten times that of another year or a tenth of it; nothing jumps from or to zero."""
    return 0 not in (before, now) and max(before, now) >= JUMP * min(before, now)


def head_and_signature(content: Content) -> Iterator[Problem]:
    yield from unsigned(content)
    if not content.request and not content.basis:
        yield Problem("Chưa nêu văn bản yêu cầu hoặc căn cứ nào.", Severity.WARNS, "request-number")
    if issued_on := content.head.issued_on:
        yield from cited_after(content, issued_on, "ngày báo cáo")


def cited_after(content: Content, day: date, what: str) -> Iterator[Problem]:
    """Documents that are younger than the report which rests on them, of which the day is `what` is known."""
    cited = [("request", content.request), *((f"basis-{at}", one) for at, one in enumerate(content.basis))]
    for form, one in cited:
        if one and one.issued_on and one.issued_on > day:
            text = f"{one.short} ghi {format_date(one.issued_on)}, sau {what} ({format_date(day)})."
            yield Problem(text, Severity.WARNS, f"{form}-issued_on")


def unaddressed(content: Content) -> Iterator[Problem]:
    """Of a report that goes up."""
    if not content.addressees:
        yield Problem("Chưa ghi nơi nhận báo cáo ở mục Kính gửi.", Severity.WARNS, "addressees")


def unsigned(content: Content, severity: Severity = Severity.BLOCKS) -> Iterator[Problem]:
    if not content.signature.name:
        yield Problem("Chưa ghi họ tên người ký.", severity, "signer")


def unwritten(content: Content, part: str, what: str, *others: str) -> Iterator[Problem]:
    """That a text is missing which the reader expects; `others` are parts that say it by code."""
    if not content.text(part) and not any(content.by_code(other) for other in others):
        yield Problem(f"Chưa viết {what}.", Severity.WARNS, part)
