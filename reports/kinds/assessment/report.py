"""The report as a whole."""

from __future__ import annotations

from criteria.points import ZERO
from criteria.tree import Role
from reports import narrative
from reports.document import Appendix, Block, Blocks, Document, ListBlock, Paragraph, Run
from reports.kinds.content import Content
from reports.kinds.declared import UNSAID, Declared, DeclaredRow, area_table, tree_table
from reports.kinds.frame import chapter, closing, opening
from reports.kinds.wording import listed, printed, two_digits

TOPIC = "kết quả tự đánh giá, chấm điểm"


def write(content: Content, declared: Declared) -> Document:
    index = f"Chỉ số cải cách hành chính năm {declared.year}"
    return Document(
        head=content.head,
        subject=f"K{TOPIC[1:]} {index}",
        addressees=content.addressees,
        body=(
            *opening(content, f"{TOPIC} Chỉ số cải cách hành chính (CCHC) năm {declared.year}"),
            *chapter("Tổ chức tự đánh giá, chấm điểm", *narrative.parse(content.text("organisation"))),
            *chapter("Kết quả tự đánh giá, chấm điểm", *_result(declared, content)),
            *chapter("Tài liệu kiểm chứng", *_evidence(declared)),
            *chapter("Tồn tại, hạn chế và nguyên nhân", *narrative.parse(content.text("shortcomings"))),
            *chapter("Kiến nghị, đề xuất", *narrative.parse(content.text("proposals"))),
            *closing(content, f"{TOPIC} Chỉ số CCHC năm {declared.year}"),
        ),
        signature=content.signature,
        recipients=content.recipients,
        appendices=(
            Appendix(
                f"Bảng tự đánh giá, chấm điểm {index}",
                (tree_table(declared, has_evidence=True),),
                landscape=True,
            ),
        ),
    )


def _result(declared: Declared, content: Content) -> Blocks:
    base = sum((area.points for area in declared.areas if area.role is Role.BASE), ZERO)
    extras = [
        f"{name} {printed(abs(value))} điểm"
        for name, value in (("điểm thưởng", declared.bonus), ("điểm trừ", declared.penalty))
        if value
    ]
    counted = f", gồm {printed(base)} điểm của các lĩnh vực, {' và '.join(extras)}" if extras else ""
    others = [
        f"{printed(value)} điểm {words}"
        for value, words in (
            (declared.central, "do điều tra xã hội học và cơ quan thẩm định chấm"),
            (declared.not_applicable, "thuộc tiêu chí không áp dụng"),
        )
        if value
    ]
    whole = f" Trong tổng số {printed(declared.max_total)} điểm, {' và '.join(others)}." if others else ""
    lead = Paragraph(
        (
            Run(f"{content.head.full_name} tự chấm đạt "),
            Run(f"{printed(declared.total)} điểm", bold=True),
            Run(f"{counted}; điểm tối đa của phần đơn vị tự chấm là {printed(declared.applicable)} điểm."),
            Run(f"{whole} Điểm tự chấm của từng lĩnh vực như sau:"),
        ),
        keep_with_next=True,
    )
    return (
        lead,
        area_table(declared),
        Paragraph.of(_counted(declared)),
        Paragraph.of("Số liệu, điểm tự chấm và tài liệu kiểm chứng của từng tiêu chí tại Phụ lục kèm theo."),
    )


def _counted(declared: Declared) -> str:
    """How many leaves there are of each sort; of one sort they are told at once."""
    counts = [(words, count) for words, count in declared.counts() if count]
    what = "tiêu chí, tiêu chí thành phần đơn vị tự chấm thuộc các lĩnh vực"
    if len(counts) == 1:
        [(words, count)] = counts
        return f"{two_digits(count)} {what} {words}."
    leaves = sum(count for _, count in counts)
    told = listed(f"{two_digits(count)} {words}" for words, count in counts)
    return f"Trong {two_digits(leaves)} {what}: {told}."


def _evidence(declared: Declared) -> Blocks:
    """What claims points without showing anything, and why."""
    bare, others = declared.unshown, declared.unshown_others
    blocks: list[Block] = []
    if bare:
        lead = f"{two_digits(len(bare))} tiêu chí chưa có tài liệu kiểm chứng và lý do:"
        blocks += [
            Paragraph((Run(lead),), keep_with_next=True),
            ListBlock(tuple((Run(_why(row)),) for row in bare)),
        ]
    if others:
        text = f"{two_digits(others)} tiêu chí không bắt buộc kèm tài liệu chưa có tài liệu kiểm chứng."
        blocks.append(Paragraph.of(text))
    if not blocks:
        blocks.append(
            Paragraph.of("Tất cả các tiêu chí tự chấm có điểm đều có tài liệu kiểm chứng kèm theo.")
        )
    return tuple(blocks)


def _why(row: DeclaredRow) -> str:
    reason = " ".join(row.evidence_note.split()).rstrip(" .;") or UNSAID
    return f"Tiêu chí {row.code}. {row.name}: {reason}."
