"""The decree's table of places, sizes and styles, measured on printed pages."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace

import pytest

from reports.document import MOTTO, Cell, Column, Head, Heading, Paragraph, Row, Signature, Table
from reports.pdf import render_pdf
from tests.reports.font import width_of
from tests.reports.margins import assert_within_margins
from tests.reports.specimen import ANNEX, SPECIMEN
from tests.reports.test_pdf import MM, lines, page_words, paper, read, words


@dataclass(frozen=True)
class Line:
    text: str
    x: float  # mm from the left edge
    size: float
    face: str


@pytest.fixture(scope="module")
def pdf():
    return render_pdf(SPECIMEN)


@pytest.fixture(scope="module")
def printed(pdf):
    return {line.text: line for page in read(pdf).pages for line in faces(page)}


def faces(page) -> list[Line]:
    found = []

    def visit(text, matrix, text_matrix, font, size):
        if text.strip():
            face = font["/BaseFont"].rpartition("Liberation-Serif")[2].strip("-")
            x = (matrix[0] * text_matrix[4] + matrix[4]) / MM
            found.append(Line(words(text), x, round(abs(size * text_matrix[3] * matrix[3]), 1), face))

    page.extract_text(visitor_text=visit)
    return found


def rules(page) -> list[float]:
    """Lengths of drawn lines in mm, in reading order."""
    found, start = [], None

    def visit(operator, operands, matrix, text_matrix):
        nonlocal start
        if operator == b"m":
            start = operands
        elif operator == b"l" and start:
            found.append(abs(float(operands[0] - start[0])) * matrix[0] / MM)
            start = None

    page.extract_text(visitor_operand_before=visit)
    return found


@pytest.mark.parametrize(
    ("text", "size", "face"),
    [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 13, "Bold"),
        (MOTTO, 14, "Bold"),
        ("ỦY BAN NHÂN DÂN", 13, ""),
        ("TỈNH AN HẢI", 13, ""),
        ("SỞ KHOA HỌC", 13, "Bold"),
        ("Số: 07/BC-SKHCN", 13, ""),
        ("An Hải, ngày 03 tháng 02 năm 2026", 14, "Italic"),
        ("BÁO CÁO", 14, "Bold"),
        ("Kết quả Chỉ số cải cách hành chính năm 2025", 14, "Bold"),
        ("Kính gửi:", 14, ""),
        ("- Bộ Nội vụ;", 14, ""),
        ("I. KẾT QUẢ", 14, "Bold"),
        ("1. Tổng điểm", 14, "Bold"),
        ("a) Điểm thứ 1", 14, ""),
        ("đ) Điểm thứ 5", 14, ""),
        ("Nội dung 1.", 14, ""),
        ("KT. GIÁM ĐỐC", 14, "Bold"),
        ("PHÓ GIÁM ĐỐC", 14, "Bold"),
        ("Nguyễn Thị Hải Yên", 14, "Bold"),
        ("Nơi nhận:", 12, "Bold-Italic"),
        ("- Như trên;", 11, ""),
        ("- Lưu: VT, CCHC.", 11, ""),
        ("Phụ lục I", 14, "Bold"),
        ("CÁC LĨNH VỰC", 14, "Bold"),
    ],
)
def test_every_part_has_its_size_and_style(printed, text, size, face):
    assert (printed[text].size, printed[text].face) == (size, face)


def test_a_line_break_in_a_cell_is_printed(tmp_path, pdf):
    file = tmp_path / "x.pdf"
    file.write_bytes(pdf)
    asked = ["pdftotext", "-layout", "-f", "2", "-l", "2", file, "-"]
    shown = subprocess.run(asked, capture_output=True, check=True, text=True).stdout.splitlines()
    year, part = (
        next(n for n, line in enumerate(shown) if text in line) for text in ("Năm 2022", "(tính đến")
    )
    assert part > year


def test_parts_stand_where_the_decree_puts_them(printed):
    middle = 30 + 165 / 2
    assert printed["SỞ KHOA HỌC"].x < printed["Số: 07/BC-SKHCN"].x + 20 < 95
    assert printed[MOTTO].x > 95
    assert printed["KT. GIÁM ĐỐC"].x > middle
    assert printed["Nguyễn Thị Hải Yên"].x > middle
    assert printed["Nơi nhận:"].x == pytest.approx(30, abs=0.5)
    for indented in ("I. KẾT QUẢ", "1. Tổng điểm", "a) Điểm thứ 1", "Nội dung 1."):
        assert 40 <= printed[indented].x <= 42.8


def test_rules_under_issuer_motto_and_subject_have_their_lengths(pdf):
    issuer, motto, subject = rules(read(pdf).pages[0])
    assert motto == pytest.approx(width_of(MOTTO, 14) / MM, abs=0.5)
    assert 1 / 3 <= issuer / (width_of("VÀ CÔNG NGHỆ", 13) / MM) <= 1 / 2
    assert 1 / 3 <= subject / (width_of(SPECIMEN.subject, 14) / MM) <= 1 / 2


@pytest.mark.parametrize("document", [SPECIMEN, ANNEX], ids=["report", "annex"])
def test_no_word_reaches_into_the_margins(document, tmp_path):
    assert assert_within_margins(render_pdf(document), tmp_path) >= 3


def test_an_annex_begins_with_its_label_and_names_the_decision():
    first, *others = page_words(read(render_pdf(ANNEX)))
    assert first.startswith(
        "Phụ lục XẾP HẠNG CÁC XÃ (Kèm theo Quyết định số 123/QĐ-UBND ngày 02 tháng 3 năm 2026 "
        "của Ủy ban nhân dân tỉnh An Hải) Hạng"
    )
    assert [text.split()[-1] for text in others] == ["2", "3"]
    assert "CỘNG HÒA" not in first


def test_appendices_beside_each_other_of_one_kind_count_their_own_pages():
    long = (Paragraph.of("chữ " * 1500),)
    appendices = tuple(replace(SPECIMEN.appendices[0], blocks=long) for _ in range(3))
    texts = page_words(read(render_pdf(paper(appendices=appendices))))
    assert [text.split()[-1] for text in texts[1:]] == ["chữ", "2", "3"] * 3


@pytest.mark.parametrize(
    ("head", "left"),
    [
        (Head(("Ủy ban nhân dân", "xã A"), "BC-UBND", "A"), ["ỦY BAN NHÂN DÂN", "XÃ A"]),
        (Head(("Ủy ban nhân dân huyện Bạch Thông",), "x", "A"), ["ỦY BAN NHÂN DÂN", "HUYỆN BẠCH THÔNG"]),
        (
            Head(("Phòng Văn hóa và Thông tin",), "x", "A", superior="Ủy ban nhân dân huyện Bạch Thông"),
            ["ỦY BAN NHÂN DÂN", "HUYỆN BẠCH THÔNG", "PHÒNG VĂN HÓA", "VÀ THÔNG TIN"],
        ),
    ],
    ids=["commune", "district", "department"],
)
def test_heads_break_where_they_make_sense(head, left):
    first = [line.text for line in faces(read(render_pdf(paper(head=head))).pages[0])]
    assert first[: len(left)] == left


@pytest.mark.parametrize(
    "authority", [("TL. Chủ tịch", "Chánh Văn phòng"), ("Q. Giám đốc",), ("TUQ. Giám đốc", "Trưởng phòng")]
)
def test_forms_of_signing_are_printed_in_bold_capitals(authority):
    page = read(render_pdf(paper(signature=Signature(authority, "Nguyễn Văn B")))).pages[0]
    bold = [line.text for line in faces(page) if line.face == "Bold" and line.x > 95]
    assert bold[-len(authority) - 1 :] == [*(line.upper() for line in authority), "Nguyễn Văn B"]


@pytest.mark.parametrize("filler", range(30, 44))
def test_notes_never_leave_their_table(filler):
    table = Table(
        (Column(100),), (), tuple(Row((Cell(f"hàng {n}"),)) for n in range(filler)), ("Ghi chú: a.",)
    )
    for page in read(render_pdf(paper(table))).pages:
        texts = [text for _, _, text in lines(page)]
        if "Ghi chú: a." in texts:
            assert texts[texts.index("Ghi chú: a.") - 1] == f"hàng {filler - 1}"


@pytest.mark.parametrize("filler", range(28, 40))
def test_a_heading_never_parts_from_a_table(filler):
    header = (Row((Cell("Đầu bảng"),), strong=True),)
    table = Table((Column(100),), header, tuple(Row((Cell(f"hàng {n}"),)) for n in range(30)))
    body = [*[Paragraph.of("Dòng.")] * filler, Heading(1, "CHƯƠNG"), Heading(2, "Mục"), table]
    for page in read(render_pdf(paper(*body))).pages:
        assert not lines(page)[-1][2].endswith(("CHƯƠNG", "Mục", "Đầu bảng"))


def test_a_sum_does_not_hold_on_to_what_follows_its_table():
    """Neither Word nor LibreOffice pulls the last rows to the next page for a heading that moves there."""
    rows = (*(Row((Cell(f"hàng {n}"),)) for n in range(4)), Row((Cell("Cộng"),), strong=True))
    after = (Table((Column(100),), (), rows), Heading(1, "CHƯƠNG"), Paragraph.of("Chữ " * 200))
    firsts = [
        lines(read(render_pdf(paper(*[Paragraph.of("Dòng.")] * filler, *after))).pages[0])
        for filler in range(16, 21)
    ]
    assert "Cộng" in {first[-1][2] for first in firsts}


def test_a_name_that_is_not_known_yet_leaves_its_line():
    """As in DOCX, where the empty paragraph has its height; so both break pages alike."""

    def height(name: str) -> float:
        body = [Paragraph.of("Dòng.")] * 3
        below = paper(
            *body, signature=Signature(("Chủ tịch",), name), co_signature=Signature(("Thư ký",), "")
        )
        return next(y for y, _, text in lines(read(render_pdf(below)).pages[0]) if text == "Nơi nhận:")

    assert height("") == pytest.approx(height("Nguyễn Văn B"), abs=0.1)


def test_what_stays_with_the_next_paragraph_is_not_split():
    """As in Word: the last paragraph goes to the signature's page as a whole."""
    for filler in range(22, 32):
        body = [*[Paragraph.of("Dòng.")] * filler, Paragraph.of("chữ " * 80 + "hết")]
        pages = [page for page in page_words(read(render_pdf(paper(*body)))) if "chữ" in page]
        assert len(pages) == 1
