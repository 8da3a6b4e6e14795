"""Who issues and who signs: the first page and the end of documents of every sort of unit, in both formats."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest

from reports.contents import read_content, settle, usual_content
from reports.document import MOTTO, NATION, Document, Head, Paragraph, Signature
from reports.docx import render_docx
from reports.pdf import render_pdf
from tests.reports import word
from tests.reports.font import width_of
from tests.reports.margins import MM, assert_within_margins
from tests.reports.specimen import SPECIMEN
from tests.reports.test_docx import said, styled
from tests.reports.test_layout import faces
from tests.reports.test_pdf import lines, page_words, paper, read

LINE = re.compile(
    r'<line xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</line>', re.DOTALL
)
TAGS = re.compile(r"<[^>]+>")
MIDDLE = 30 + 165 / 2
LONG = "Ban Quản lý Khu kinh tế và các khu công nghiệp, khu công nghệ cao tỉnh Bà Rịa - Vũng Tàu"

# Name, superior as the unit's own row has it, who heads what is no committee, and the left of the first page.
ISSUERS = {
    "commune": ("Ủy ban nhân dân xã Liên Sơn", "Ủy ban nhân dân huyện", "", ["ỦY BAN NHÂN DÂN", "XÃ LIÊN SƠN"]),
    "district": (
        "Ủy ban nhân dân huyện Triệu Sơn", "Ủy ban nhân dân tỉnh", "", ["ỦY BAN NHÂN DÂN", "HUYỆN TRIỆU SƠN"],
    ),
    "province": ("Ủy ban nhân dân tỉnh An Hải", "", "", ["ỦY BAN NHÂN DÂN", "TỈNH AN HẢI"]),
    "department": (
        "Sở Nội vụ", "Ủy ban nhân dân tỉnh An Hải", "Giám đốc", ["ỦY BAN NHÂN DÂN", "TỈNH AN HẢI", "SỞ NỘI VỤ"],
    ),
    "office": (
        "Văn phòng Ủy ban nhân dân tỉnh", "Ủy ban nhân dân tỉnh An Hải", "Chánh Văn phòng",
        ["ỦY BAN NHÂN DÂN", "TỈNH AN HẢI", "VĂN PHÒNG", "ỦY BAN NHÂN DÂN TỈNH"],
    ),
    "long commune": (
        "Ủy ban nhân dân xã Nguyễn Nghiêm Thượng Khánh Trường Hòa Thuận", "Ủy ban nhân dân tỉnh", "", None,
    ),
    "long department": (LONG, "Ủy ban nhân dân tỉnh Bà Rịa - Vũng Tàu", "Trưởng ban", None),
}  # fmt: skip


def issued_by(name: str) -> Document:
    full, superior, *_ = ISSUERS[name]
    usual = settle(usual_content(name=full, place="An Hải", superior=superior), ())
    content = read_content(usual)
    head = replace(content.head, number="12")
    return paper(Paragraph.of("Chữ."), head=head, signature=content.signature)


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float
    text: str

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def boxes(pdf: bytes, folder: Path, page: int = 1) -> list[Box]:
    """Printed lines in mm; those of two columns apart."""
    file = folder / "x.pdf"
    file.write_bytes(pdf)
    asked = ["pdftotext", "-bbox-layout", "-f", str(page), "-l", str(page), file, "-"]
    shown = subprocess.run(asked, capture_output=True, check=True, text=True).stdout
    return [
        Box(*(float(edge) / MM for edge in edges), " ".join(TAGS.sub(" ", text).split()))
        for *edges, text in LINE.findall(shown)
    ]


@pytest.mark.parametrize("name", ISSUERS)
def test_the_left_side_of_the_head_names_who_issues_beside_the_nation(name, tmp_path):
    *_, post, left = ISSUERS[name]
    document = issued_by(name)
    assert document.signature.authority[-1] == (post or "Chủ tịch")
    assert bool(document.head.superior) == (name in ("department", "office", "long department"))
    pdf = render_pdf(document)
    assert_within_margins(pdf, tmp_path)
    printed = boxes(pdf, tmp_path)
    [nation] = [box for box in printed if box.text == NATION]
    number = next(box for box in printed if box.text.startswith("Số:"))
    issuer = [box for box in printed if box.right < nation.left and box.bottom < number.top]
    assert [box.text for box in issuer] == [*document.head.superior_lines, *document.head.issuer_lines]
    assert left in (None, [box.text for box in issuer])
    for box in issuer:
        assert box.middle == pytest.approx(number.middle, abs=1)
        assert box.left >= 29.9
    words = [line.text for line in faces(read(pdf).pages[0]) if line.face == "Bold"]
    assert set(document.head.issuer_lines) <= set(words)
    assert not set(document.head.superior_lines) & set(words)


@pytest.mark.parametrize("name", ISSUERS)
def test_the_head_of_the_docx_says_the_same_and_its_lines_fit(name):
    document = issued_by(name)
    opened = word.opened(render_docx(document))
    assert [said(p) for p in styled(opened, "Superior")] == list(document.head.superior_lines)
    assert [said(p) for p in styled(opened, "Issuer")] == list(document.head.issuer_lines)
    room = opened.tables[0].columns[0].width.pt
    for line in document.head.superior_lines:
        assert width_of(line, 13, "Regular") < room
    for line in document.head.issuer_lines:
        assert width_of(line, 13) < room


@pytest.mark.parametrize(
    "authority",
    [
        ("TM. Ủy ban nhân dân", "Chủ tịch"),
        ("TM. Ủy ban nhân dân", "KT. Chủ tịch", "Phó Chủ tịch"),
        ("TL. Chủ tịch", "Chánh Văn phòng"),
        ("Q. Giám đốc",),
        ("TUQ. Giám đốc", "Trưởng phòng Tổ chức bộ máy và Cải cách hành chính"),
    ],
    ids=lambda lines: lines[0].split(".")[0] + lines[-1][:2],
)
def test_forms_of_signing_stand_above_a_name_with_room_to_sign(authority, tmp_path):
    document = paper(Paragraph.of("Chữ."), signature=Signature(authority, "Nguyễn Văn B"))
    printed = boxes(render_pdf(document), tmp_path)
    [name] = [box for box in printed if box.text == "Nguyễn Văn B"]
    [recipients] = [box for box in printed if box.text == "Nơi nhận:"]
    above = [box for box in printed if recipients.top - 1 < box.top < name.top and box.left > MIDDLE - 10]
    assert " ".join(box.text for box in above) == " ".join(line.upper() for line in authority)
    assert above[0].top == pytest.approx(recipients.top, abs=1.5)
    assert 20 < name.top - above[-1].bottom < 30
    for box in (*above, name):
        assert box.middle == pytest.approx(name.middle, abs=1)
        assert recipients.right < box.left


def test_what_the_decree_centres_is_centred(tmp_path):
    pdf = render_pdf(SPECIMEN)
    first = {box.text: box for box in boxes(pdf, tmp_path)}
    for text in ("BÁO CÁO", SPECIMEN.subject, "Kính gửi:", "- Bộ Nội vụ;"):
        assert first[text].middle == pytest.approx(MIDDLE, abs=1), text
    assert first[MOTTO].middle == pytest.approx(first[NATION].middle, abs=1)
    appendix = next(n for n, text in enumerate(page_words(read(pdf)), 1) if text.startswith("Phụ lục I "))
    shown = boxes(pdf, tmp_path, appendix)
    assert [box.middle for box in shown[:3]] == [pytest.approx(MIDDLE, abs=1)] * 3
    by_text = {line.text: line for line in faces(read(pdf).pages[appendix - 1])}
    [attached] = [
        line for text, line in by_text.items() if text.startswith("(Kèm theo Báo cáo số 07/BC-SKHCN")
    ]
    assert (attached.size, attached.face) == (14, "Italic")


def test_one_addressee_stands_on_the_line_that_calls_on_it(tmp_path):
    printed = boxes(render_pdf(paper(Paragraph.of("Chữ."), addressees=("Sở Nội vụ",))), tmp_path)
    [addressee] = [box for box in printed if box.text == "Kính gửi: Sở Nội vụ"]
    assert addressee.middle == pytest.approx(MIDDLE, abs=1)
    assert "- Như trên;" in {box.text for box in printed}


def test_the_body_is_justified_and_spaced_as_the_decree_says(tmp_path):
    text = "Chữ nghĩa của một đoạn văn khá dài để xuống dòng mấy lần trên trang giấy này. " * 5
    pdf = render_pdf(paper(Paragraph.of(text), Paragraph.of(text)))
    rows = lines(read(pdf).pages[0])
    first, last = (next(n for n, row in enumerate(rows) if row[2].startswith(t)) for t in ("Chữ", "Nơi nhận"))
    heights = [y for y, _, _ in rows[first:last]]
    steps = {round((upper - lower) * MM) for upper, lower in pairwise(heights)}
    assert steps == {18, 24}  # single spacing to one and a half; 6 points more between paragraphs
    full = [box for box in boxes(pdf, tmp_path) if box.right - box.left > 140]
    assert len(full) >= 6
    assert all(box.right == pytest.approx(195, abs=1) for box in full)


def test_page_numbers_are_upright_and_as_large_as_the_decree_says():
    reader = read(render_pdf(SPECIMEN))
    numbers = [
        line for page in reader.pages for line in faces(page) if line.text.isdecimal() and line.size == 13
        and page.extract_text().strip().endswith(line.text) and line.x > 90
    ]  # fmt: skip
    assert numbers
    assert {line.face for line in numbers} == {""}


def test_a_long_place_or_symbol_stays_on_its_side(tmp_path):
    head = replace(
        SPECIMEN.head, symbol="BC-BQLKKTKCNCNC", number="12345", place="Thành phố Bà Rịa - Vũng Tàu"
    )
    assert isinstance(head, Head)
    pdf = render_pdf(paper(Paragraph.of("Chữ."), head=head))
    assert_within_margins(pdf, tmp_path)
    printed = boxes(pdf, tmp_path)
    number = next(box for box in printed if box.text.startswith("Số:"))
    date = next(box for box in printed if box.text.startswith("Thành phố"))
    assert number.right < date.left
