"""A made-up document of every kind, with all that a template could be asked for: what an upload is tried on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from reports.citations import Citation
from reports.document import (
    Align,
    Appendix,
    Blocks,
    Cell,
    Column,
    Document,
    Head,
    Heading,
    ListBlock,
    Paragraph,
    Row,
    Run,
    Signature,
    Table,
)
from reports.kinds import Content, Entry, Kind, Name
from reports.word_templates.data import Plain, data_of, extras_of
from reports.word_templates.figures import OFFERED

_AREAS = ("1. Công tác chỉ đạo, điều hành", "2. Cải cách thể chế")
_TABLE = Table(
    columns=(Column(8, Align.CENTER), Column(44), *(Column(16, Align.NUMERIC),) * 3),
    header=(
        Row(tuple(Cell(t, Align.CENTER) for t in ("Số TT", "Lĩnh vực", "Điểm tối đa", "Điểm đạt", "Tỷ lệ"))),
    ),
    rows=(
        Row(tuple(map(Cell, ("1", "Công tác chỉ đạo, điều hành", "17,5", "14,25", "81,43%")))),
        Row(tuple(map(Cell, ("2", "Cải cách thể chế", "11", "9,125", "82,95%")))),
        Row((Cell("Cộng", column_span=2), *map(Cell, ("28,5", "23,375", "82,02%"))), strong=True),
    ),
    notes=("Ghi chú: số liệu minh họa, không phải của đơn vị nào.",),
)


def specimen(kind: Kind[Any]) -> tuple[Document, Content]:
    content = _content(kind)
    common: dict[str, Any] = {
        "head": content.head,
        "subject": f"{kind.title} năm 2025 (bản thử)",
        "appendices": (
            Appendix("Bảng điểm theo lĩnh vực", (Paragraph.of("Số liệu minh họa."), _TABLE), landscape=True),
            Appendix("Nhận xét", (Heading(1, "CHUNG"), Paragraph.of("Hết phụ lục."))),
        ),
    }
    if kind.name == Name.RANKING_ANNEX:
        return Document(**common, type_name="Quyết định", only_appendices=True), content
    common |= {
        "body": _body(kind, content),
        "signature": content.signature,
        "recipients": content.recipients,
        "addressees": content.addressees,
    }
    if kind.name == Name.MINUTES:
        common |= {
            "type_name": "Biên bản",
            "addressees": (),
            "co_signature": Signature(("Thư ký",), "Phạm Thị Mẫu"),
            "has_date_line": False,
        }
    elif kind.name == Name.SCORE_SHEET:
        common |= {"type_name": "Phiếu tự chấm điểm", "addressees": (), "end_mark": ""}
    return Document(**common), content


def data_of_specimen(kind: Kind[Any]) -> dict[str, Plain]:
    """It also tells what can be asked of each field and of the entries of a list."""
    document, content = specimen(kind)
    figures = {name: sample for name, (_, sample) in OFFERED.get(kind.about, {}).items()}
    return data_of(document, extras_of(kind, content, entries=_entries, figures=figures))


def _content(kind: Kind[Any]) -> Content:
    return Content(
        head=Head(
            superior="Ủy ban nhân dân tỉnh An Hải",
            issuer=("Sở Khoa học", "và Công nghệ"),
            symbol=f"{kind.sign}-SKHCN",
            place="An Hải",
            number="7",
            issued_on=date(2026, 2, 3),
        ),
        signature=Signature(("KT. Giám đốc", "Phó Giám đốc"), "Nguyễn Văn Mẫu"),
        recipients=("Giám đốc Sở", "Các phòng, đơn vị thuộc Sở", "Lưu: VT, CCHC"),
        addressees=("Ủy ban nhân dân tỉnh An Hải",),
        request=Citation("Công văn", "15/SNV-CCHC", date(2026, 1, 12), "Sở Nội vụ", "báo cáo kết quả"),
        basis=(Citation("Quyết định", "123/QĐ-UBND", date(2026, 1, 5), "Ủy ban nhân dân tỉnh An Hải"),),
        texts={part.key: f"{part.label}: lời văn minh họa." for part in kind.parts if not part.by},
        texts_by_code={
            part.key: {entry.code: f"{part.label}: lời văn minh họa." for entry in _entries(part.by)}
            for part in kind.parts
            if part.by
        },
    )


def _entries(by: str) -> Iterable[Entry]:
    return tuple(Entry(label.partition(".")[0], label) for label in _AREAS)


def _body(kind: Kind[Any], content: Content) -> Blocks:
    return (
        Paragraph.of(f"Thực hiện {content.request.full if content.request else ''}, đơn vị báo cáo như sau:"),
        Heading(1, "KẾT QUẢ"),
        Heading(2, "Điểm của từng lĩnh vực"),
        Paragraph((Run("Tổng điểm đạt "), Run("78,25/100 điểm", bold=True), Run(", xếp thứ 3/15."))),
        _TABLE,
        Heading(2, "Việc đã làm"),
        ListBlock(((Run("Việc thứ nhất;"),), (Run("Việc thứ hai."),))),
        Heading(1, "PHẦN LỜI"),
        *(
            block
            for part in kind.parts
            for block in (Heading(2, part.label), Paragraph.of("Lời văn minh họa."))
        ),
        Paragraph.of("Trên đây là nội dung của bản thử."),
    )
