"""The report as a whole."""

from __future__ import annotations

from reports import narrative
from reports.document import Blocks, Document, Paragraph
from reports.document.numbering import roman
from reports.kinds.content import Content
from reports.kinds.frame import chapter, closing, lettered, opening, section, titled
from reports.kinds.stage.facts import Group, StageFacts
from reports.kinds.stage.tables import appendix, tables_in_text
from reports.kinds.wording import sentence


def write(content: Content, facts: StageFacts) -> Document:
    topic = f"tổng kết công tác cải cách hành chính giai đoạn {facts.stage}{_outlook(content)}"
    return Document(
        head=content.head,
        subject=sentence(topic),
        addressees=content.addressees,
        body=(
            *opening(content, topic),
            *chapter(
                "Tình hình triển khai",
                *section("Công tác chỉ đạo, điều hành", _text(content, "direction")),
                *section("Kiểm tra việc thực hiện", _text(content, "inspection")),
                *section("Thông tin, tuyên truyền", _text(content, "information")),
                *section("Đánh giá chung về công tác triển khai", _progress(content)),
            ),
            *chapter(
                f"Kết quả thực hiện các nội dung cải cách hành chính {facts.told}",
                *(block for group in facts.groups for block in _area(group, facts, content)),
            ),
            *chapter(
                f"Đánh giá chung về cải cách hành chính giai đoạn {facts.stage}",
                *section("Kết quả đạt được", _text(content, "results")),
                *section("Tồn tại, hạn chế", _text(content, "shortcomings")),
                *section("Nguyên nhân", _text(content, "causes")),
            ),
            *chapter("Phương hướng, nhiệm vụ", *_text(content, "tasks")),
            *chapter("Kiến nghị, đề xuất", *_text(content, "proposals")),
            *closing(content, f"kết quả {topic}"),
        ),
        signature=content.signature,
        recipients=content.recipients,
        appendices=tuple(appendix(group, facts) for group in facts.appendices) if facts.years else (),
    )


def _outlook(content: Content) -> str:
    """The stage that follows, where the report is about that as well."""
    following = " ".join(content.text("next_stage").split())
    return f" và phương hướng, nhiệm vụ giai đoạn {following}" if following else ""


def _text(content: Content, part: str) -> Blocks:
    return narrative.parse(content.text(part))


def _progress(content: Content) -> Blocks:
    return lettered(
        ("Mặt tích cực", _text(content, "progress")),
        ("Tồn tại, hạn chế và nguyên nhân", _text(content, "obstacles")),
    )


def _area(group: Group, facts: StageFacts, content: Content) -> Blocks:
    """What people write of it, then its table or where that stands."""
    figures: Blocks = ()
    if facts.years and group in facts.appendices:
        several = len(facts.appendices) > 1
        place = f" {roman(facts.appendices.index(group) + 1)}" if several else ""
        figures = (Paragraph.of(f"Số liệu theo từng năm được nêu tại Phụ lục{place} kèm theo Báo cáo này."),)
    elif not group.is_appendix:
        figures = tables_in_text(group, facts)
    return section(group.name, (*titled(content.by_code("areas").get(group.code, ""), level=3), *figures))
