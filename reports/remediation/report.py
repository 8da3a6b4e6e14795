"""The report as a whole."""

from __future__ import annotations

from assessments.outcome import Outcome
from reports import narrative
from reports.document import Block, Blocks, Document, Heading, Paragraph, Run
from reports.remediation.content import TOPIC, Content, UnknownCodes, unknown_codes
from reports.remediation.losses import losses_section
from reports.remediation.result import result_section
from reports.remediation.tables import criteria_appendix
from reports.remediation.wording import listed, row_label, sentence


def build(outcome: Outcome, content: Content) -> Document:
    """UnknownCodes where a text belongs to a code the outcome lacks."""
    if unknown := unknown_codes(outcome, content):
        raise UnknownCodes(unknown)
    appendices = criteria_appendix(outcome)
    return Document(
        head=content.head,
        subject=f"Kết quả {TOPIC} của Chỉ số cải cách hành chính năm {outcome.year}",
        addressees=content.addressees,
        body=(
            _opening(outcome, content),
            *_chapter(
                "Tổ chức triển khai và kết quả thực hiện",
                *_section("Tình hình tổ chức triển khai", narrative.parse(content.organisation)),
                *_section(
                    "Kết quả chấm điểm", result_section(outcome, content, has_appendix=bool(appendices))
                ),
                *_section("Các tiêu chí bị trừ điểm", losses_section(outcome)),
                *_section("Kết quả khắc phục", _remedies(outcome, content)),
            ),
            *_chapter("Khó khăn, vướng mắc", *narrative.parse(content.difficulties)),
            *_chapter(f"Nhiệm vụ, giải pháp năm {outcome.year + 1}", *_tasks(outcome, content)),
            *narrative.parse(content.closing or _closing(outcome, content)),
        ),
        signature=content.signature,
        recipients=content.recipients,
        appendices=appendices,
    )


def _chapter(title: str, *blocks: Block) -> Blocks:
    return (Heading(1, title.upper()), *blocks) if blocks else ()


def _section(title: str, blocks: Blocks) -> Blocks:
    return (Heading(2, title), *blocks) if blocks else ()


def _opening(outcome: Outcome, content: Content) -> Paragraph:
    reasons = [f"Thực hiện {content.request.full}"] if content.request else []
    if content.basis:
        reasons.append(f"căn cứ {listed(citation.full for citation in content.basis)}")
    report = (
        f"{content.head.issuer_name} báo cáo kết quả {TOPIC} "
        f"của Chỉ số cải cách hành chính (CCHC) năm {outcome.year} như sau:"
    )
    return Paragraph.of(sentence(", ".join(("; ".join(reasons), report)) if reasons else report))


def _closing(outcome: Outcome, content: Content) -> str:
    return (
        f"Trên đây là báo cáo của {content.head.issuer_name} về kết quả {TOPIC} "
        f"của Chỉ số CCHC năm {outcome.year}."
    )


def _remedies(outcome: Outcome, content: Content) -> Blocks:
    blocks = list(narrative.parse(content.remedies))
    for row in outcome.rows():
        if done := narrative.parse(content.remedies_by_code.get(row.code, "")):
            blocks += (Paragraph((Run(f"{row_label(row)}:", bold=True),), keep_with_next=True), *done)
    return tuple(blocks)


def _tasks(outcome: Outcome, content: Content) -> Blocks:
    blocks = list(narrative.parse(content.tasks))
    for area in outcome.areas:
        blocks += _section(area.name, narrative.parse(content.tasks_by_area.get(area.code, "")))
    return tuple(blocks)
