"""A document with every kind of block in every form, as a department and as an annex of a decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from reports.document import (
    Align,
    Appendix,
    Cell,
    Column,
    Document,
    Head,
    Heading,
    ListBlock,
    PageBreak,
    Paragraph,
    Row,
    Run,
    Signature,
    Table,
)

AREAS = (
    "Công tác chỉ đạo, điều hành",
    "Cải cách thể chế",
    "Cải cách thủ tục hành chính",
    "Cải cách tổ chức bộ máy",
    "Cải cách chế độ công vụ",
    "Cải cách tài chính công",
    "Chuyển đổi số",
)

TWO_YEARS = Table(
    columns=(Column(7, Align.CENTER), Column(33), *(Column(10, Align.NUMERIC),) * 6),
    header=(
        Row(
            (
                Cell("Số TT", Align.CENTER, row_span=2),
                Cell("Lĩnh vực", Align.CENTER, row_span=2),
                Cell("Năm 2021", Align.CENTER, column_span=3),
                Cell("Năm 2022\n(tính đến 31/3)", Align.CENTER, column_span=3, italic=True),
            )
        ),
        Row(tuple(Cell(title, Align.CENTER) for title in ("Điểm tối đa", "Điểm", "Tỷ lệ") * 2)),
    ),
    rows=(
        *(
            Row((Cell(str(n)), Cell(name), *map(Cell, ("17,5", "16,17", "92,4%", "16,5", "15,388", "100%"))))
            for n, name in enumerate(AREAS, start=1)
        ),
        Row(
            (Cell("8", row_span=2), Cell("Tác động", bold=True), *map(Cell, ("/", "/", "/", "5", "4", "80%")))
        ),
        Row((Cell("trong đó: khảo sát", italic=True), *map(Cell, ("", "", "", "…", "2,5", "50%")))),
        Row((Cell("Cộng", Align.CENTER, column_span=2), *map(Cell, ("87,5",) * 6)), strong=True),
    ),
    notes=("Ghi chú: dấu “/” là không có số liệu.", "Năm 2022 là số liệu một phần năm."),
)

RANKING = Table(
    columns=(
        Column(5, Align.CENTER),
        Column(17),
        *(Column(8, Align.NUMERIC),) * 7,
        Column(8, Align.NUMERIC),
        Column(8),
        Column(6, Align.CENTER),
    ),
    header=(
        Row(tuple(Cell(t, Align.CENTER) for t in ("Hạng", "Đơn vị", *AREAS, "Tổng điểm", "Tỷ lệ", "Loại"))),
    ),
    rows=(
        *(
            Row(
                (
                    Cell(str(n)),
                    Cell(f"Xã Số {n}"),
                    *(Cell(f"{(n * area) % 17},{area}", shade=(n + area) % 5) for area in range(7)),
                    Cell("88,21", bold=True),
                    Cell("88,21%", Align.RIGHT),
                    Cell("Tốt"),
                )
            )
            for n in range(1, 41)
        ),
        Row((Cell("–"), Cell("Không có kết quả: đơn vị mới thành lập, chưa đủ một năm.", column_span=11))),
    ),
)

SPECIMEN = Document(
    head=Head(
        superior="Ủy ban nhân dân tỉnh An Hải",
        issuer=("Sở Khoa học", "và Công nghệ"),
        symbol="BC-SKHCN",
        place="An Hải",
        number="7",
        issued_on=date(2026, 2, 3),
    ),
    subject="Kết quả Chỉ số cải cách hành chính năm 2025",
    addressees=("Bộ Nội vụ", "Ủy ban nhân dân tỉnh An Hải"),
    body=(
        Paragraph(
            (
                Run("Căn cứ "),
                Run("Quyết định số 501/QĐ-UBND", italic=True),
                Run(", sở "),
                Run("báo cáo", bold=True),
            )
        ),
        Heading(1, "KẾT QUẢ"),
        Heading(2, "Tổng điểm"),
        *(
            block
            for n in range(1, 9)
            for block in (Heading(3, f"Điểm thứ {n}"), Paragraph.of(f"Nội dung {n}."))
        ),
        Heading(2, "So sánh hai năm"),
        Heading(3, "Theo lĩnh vực"),
        Paragraph((Run("Đơn vị tính: điểm", italic=True),), Align.RIGHT, keep_with_next=True),
        TWO_YEARS,
        Paragraph((Run("Giữa", bold=True, italic=True),), Align.CENTER),
        Paragraph.of("Trái."),
        replace(Paragraph.of("Trái, không đều phải."), align=Align.LEFT),
        PageBreak(),
        Heading(1, "GIẢI PHÁP"),
        Heading(2, "Với các phòng"),
        ListBlock(((Run("Một việc;"),), (Run("Hai ", bold=True), Run("việc & <ba> việc.")))),
        Paragraph.of("Trên đây là báo cáo của sở."),
    ),
    signature=Signature(("KT. Giám đốc", "Phó Giám đốc"), "Nguyễn Thị Hải Yên"),
    recipients=("Giám đốc Sở", "Các phòng, đơn vị thuộc Sở", "Lưu: VT, CCHC"),
    appendices=(
        Appendix("Các lĩnh vực", (Heading(1, "ĐIỂM"), Heading(2, "Bảng"), TWO_YEARS, Heading(3, "Nhận xét"))),
        Appendix("Xếp hạng", (Paragraph.of("Dưới đây là bảng."), RANKING), landscape=True),
        Appendix("Nhận xét", (Heading(2, "Chung"), Heading(2, "Riêng"), Paragraph.of("Hết."))),
    ),
)

ANNEX = Document(
    head=Head(
        ("Ủy ban nhân dân", "tỉnh An Hải"), "QĐ-UBND", "An Hải", number="123", issued_on=date(2026, 3, 2)
    ),
    subject="Kết quả, xếp hạng Chỉ số cải cách hành chính năm 2025",
    type_name="Quyết định",
    appendices=(Appendix("Xếp hạng các xã", (RANKING,), landscape=True),),
    only_appendices=True,
)
