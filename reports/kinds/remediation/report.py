"""The report as a whole."""

from __future__ import annotations

from assessments.outcome import Outcome
from reports import narrative
from reports.document import Blocks, Document, Paragraph, Run
from reports.kinds.content import Content
from reports.kinds.frame import chapter, closing, opening, section
from reports.kinds.remediation.losses import losses_section
from reports.kinds.remediation.result import result_section
from reports.kinds.remediation.tables import criteria_appendix
from reports.kinds.wording import row_label

TOPIC = "kết quả khắc phục các tiêu chí bị trừ điểm, chưa đạt điểm tối đa"


def write(content: Content, outcome: Outcome) -> Document:
    appendices = criteria_appendix(outcome)
    result = result_section(outcome, content, has_appendix=bool(appendices))
    return Document(
        head=content.head,
        subject=f"K{TOPIC[1:]} của Chỉ số cải cách hành chính năm {outcome.year}",
        addressees=content.addressees,
        body=(
            *opening(content, f"{TOPIC} của Chỉ số cải cách hành chính (CCHC) năm {outcome.year}"),
            *chapter(
                "Tổ chức triển khai và kết quả thực hiện",
                *section("Tình hình tổ chức triển khai", narrative.parse(content.text("organisation"))),
                *section("Kết quả chấm điểm", result),
                *section("Các tiêu chí bị trừ điểm", losses_section(outcome)),
                *section("Kết quả khắc phục", _remedies(outcome, content)),
            ),
            *chapter("Khó khăn, vướng mắc", *narrative.parse(content.text("difficulties"))),
            *chapter(f"Nhiệm vụ, giải pháp năm {outcome.year + 1}", *_tasks(outcome, content)),
            *closing(content, f"{TOPIC} của Chỉ số CCHC năm {outcome.year}"),
        ),
        signature=content.signature,
        recipients=content.recipients,
        appendices=appendices,
    )


def _remedies(outcome: Outcome, content: Content) -> Blocks:
    blocks = list(narrative.parse(content.text("remedies")))
    written = content.by_code("remedies_by_code")
    for row in outcome.rows():
        if done := narrative.parse(written.get(row.code, "")):
            blocks += (Paragraph((Run(f"{row_label(row)}:", bold=True),), keep_with_next=True), *done)
    return tuple(blocks)


def _tasks(outcome: Outcome, content: Content) -> Blocks:
    blocks = list(narrative.parse(content.text("tasks")))
    written = content.by_code("tasks_by_area")
    for area in outcome.areas:
        blocks += section(area.name, narrative.parse(written.get(area.code, "")))
    return tuple(blocks)
