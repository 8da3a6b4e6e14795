"""The minutes as a whole."""

from __future__ import annotations

from dataclasses import replace

from accounts.dates import VIETNAM, format_moment
from assessments.minutes import Member, Minutes
from reports import narrative
from reports.document import Block, Blocks, Document, ListBlock, Paragraph, Run, Signature
from reports.kinds.content import Content
from reports.kinds.frame import chapter
from reports.kinds.minutes.tables import agenda_appendix, totals_appendix
from reports.kinds.wording import MISSING, listed, two_digits

APPROVED = "Biên bản đã được đọc lại cho các thành viên dự họp cùng nghe và thống nhất thông qua."
UNKNOWN = "…………"


def write(content: Content, minutes: Minutes) -> Document:
    facts = minutes.facts
    tables = (
        *((agenda_appendix(minutes),) if minutes.rows else ()),
        *((totals_appendix(minutes),) if minutes.totals else ()),
    )
    held_on = facts.held_at.astimezone(VIETNAM).date()
    return Document(
        head=replace(content.head, issued_on=held_on),
        type_name="Biên bản",
        subject=f"Họp Hội đồng thẩm định Chỉ số cải cách hành chính năm {minutes.year}",
        body=(
            _told("Thời gian bắt đầu", format_moment(facts.held_at)),
            _told("Địa điểm", facts.place),
            *_attendance(minutes),
            _told("Chủ trì", _named(minutes.chair)),
            _told("Thư ký (người ghi biên bản)", _named(minutes.secretary)),
            Paragraph((Run("Nội dung:", bold=True),), keep_with_next=True),
            *chapter("Khai mạc", *narrative.parse(content.text("opening"))),
            *chapter("Các tiêu chí đưa ra Hội đồng", *_agenda(minutes)),
            *chapter("Ý kiến thảo luận", *narrative.parse(content.text("discussion"))),
            *chapter("Nội dung khác", *narrative.parse(facts.note)),
            *chapter("Kết luận", *narrative.parse(content.text("conclusion"))),
            *narrative.parse(content.text("closing") or APPROVED),
            Paragraph.of(
                f"Cuộc họp kết thúc vào {format_moment(facts.ended_at) if facts.ended_at else UNKNOWN}."
            ),
        ),
        signature=Signature(("Chủ trì",), minutes.chair.full_name if minutes.chair else ""),
        co_signature=Signature(("Thư ký",), minutes.secretary.full_name if minutes.secretary else ""),
        recipients=content.recipients,
        appendices=tables,
        has_date_line=False,
    )


def _told(what: str, words: str) -> Paragraph:
    return Paragraph((Run(f"{what}: ", bold=True), Run(f"{words}.")))


def _named(member: Member | None) -> str:
    return MISSING if member is None else ", ".join(filter(None, (member.full_name, member.position)))


def _attendance(minutes: Minutes) -> Blocks:
    present, absent = minutes.present, minutes.absent
    blocks: list[Block] = [
        Paragraph(
            (Run("Thành phần tham dự: ", bold=True), Run(f"{two_digits(len(present))} thành viên có mặt.")),
            keep_with_next=bool(present),
        ),
    ]
    if present:
        blocks.append(_people(present))
    if absent:
        count = f"{two_digits(len(absent))} thành viên."
        blocks += [
            Paragraph((Run("Vắng mặt: ", bold=True), Run(count)), keep_with_next=True),
            _people(absent),
        ]
    return tuple(blocks)


def _people(members: tuple[Member, ...]) -> ListBlock:
    *others, last = (f"{_named(member)} – {member.seat_label}" for member in members)
    return ListBlock(tuple((Run(line),) for line in (*(f"{other};" for other in others), f"{last}.")))


def _agenda(minutes: Minutes) -> Blocks:
    """How many leaves were put before the session and what became of them."""
    if not minutes.rows:
        totals = " Điểm của các đơn vị tại Phụ lục kèm theo." if minutes.totals else ""
        return (Paragraph.of(f"Không có tiêu chí nào phải đưa ra Hội đồng.{totals}"),)
    units = len({(row.cohort, row.unit_code) for row in minutes.rows})
    counts = (
        (minutes.kept, "giữ nguyên điểm thẩm định"),
        (minutes.decided - minutes.kept, "thay đổi điểm"),
        (len(minutes.undecided), "chưa kết luận"),
    )
    became = listed(f"{two_digits(count)} tiêu chí {words}" for count, words in counts if count)
    text = (
        f"Hội đồng xem xét {two_digits(len(minutes.rows))} tiêu chí của {two_digits(units)} đơn vị: {became}. "
        "Diễn biến và kết luận về từng tiêu chí tại Phụ lục I; điểm của các đơn vị tại Phụ lục II."
    )
    return (Paragraph.of(text),)
