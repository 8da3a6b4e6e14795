"""The printed page, read back: words, figures, places and fonts."""

import io
import os
import re
import subprocess
import sys
import time
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from reports.document import (
    Appendix,
    Cell,
    Column,
    Document,
    Head,
    Heading,
    Paragraph,
    Row,
    Signature,
    Table,
    plain_text,
)
from reports.kinds import KINDS
from reports.narrative import parse
from reports.pdf import NothingFetched, render_pdf
from tests.reports import stored

MM = 72 / 25.4

# code: maximum, self, council, lost — as the decision and the report of Liên Sơn print them.
FIGURES = """
1 17 14 10 7 | 1.1 4 - 4 0 | 1.2 2 2 0 2 | 1.3 2 - 2 0 | 1.4 3 - 1 2 | 1.5 3 - 0 3 | 1.6 3 - 3 0
2 9 8 8 1 | 2.1 2 - 1 1 | 2.2 2,5 - 2,5 0 | 2.3 3,5 - 3,5 0 | 2.4 1 - 1 0
3 18 16 16 2 | 3.1 5 - 3 2 | 3.2 2 - 2 0 | 3.3 3 - 3 0 | 3.4 3,5 - 3,5 0 | 3.5 2 - 2 0 | 3.6 1,5 - 1,5 0
3.7 1 - 1 0 | 4 5 5 5 0 | 4.1 2 - 2 0 | 4.2 1 - 1 0 | 4.3 2 - 2 0
5 19 18 17 2 | 5.1 1 - 1 0 | 5.2 4 - 4 0 | 5.3 3 - 1 2 | 5.4 6 - 6 0 | 5.5 5 - 5 0
6 10 10 9 1 | 6.1 1 - 1 0 | 6.2 2 - 2 0 | 6.3 4 - 3 1 | 6.4 2 - 2 0 | 6.5 1 - 1 0
7 13 10 7 6 | 7.1 1 - 0 1 | 7.2 2 0 2 0 | 7.3 2 - 2 0 | 7.4 3 - 1 2 | 7.5 2 - 2 0 | 7.6 3 - 0 3
8 9 9 9 0
"""


@dataclass(frozen=True)
class Piece:
    text: str
    x: float  # mm from the left edge
    y: float  # mm from the bottom edge
    size: float


def read(pdf):
    return PdfReader(io.BytesIO(pdf))


def words(text):
    return " ".join(unicodedata.normalize("NFC", text).split())


def page_words(reader):
    return [words(page.extract_text()) for page in reader.pages]


def pieces(page):
    found = []

    def visit(text, matrix, text_matrix, font, size):
        if text.strip():
            a, b, c, d, e, f = matrix
            x, y = text_matrix[4], text_matrix[5]
            found.append(
                Piece(
                    text.strip(),
                    (a * x + c * y + e) / MM,
                    (b * x + d * y + f) / MM,
                    abs(size * text_matrix[3] * d),
                )
            )

    page.extract_text(visitor_text=visit)
    return found


def lines(page):
    """Baselines from top to bottom with the leftmost x and the whole text."""
    rows = {}
    for piece in pieces(page):
        rows.setdefault(round(piece.y, 1), []).append(piece)
    return [
        (y, min(p.x for p in row), words(" ".join(p.text for p in row)))
        for y, row in sorted(rows.items())[::-1]
    ]


@pytest.fixture(scope="module")
def document():
    kind = KINDS["remediation_result"]
    return kind.build(stored.content("lien-son-2024"), stored.outcome("lien-son-2023"))


@pytest.fixture(scope="module")
def pdf(document):
    return render_pdf(document)


@pytest.fixture(scope="module")
def reader(pdf):
    return read(pdf)


def paper(*body, **changed):
    values = {
        "head": Head(issuer=("Ủy ban nhân dân", "xã A"), symbol="BC-UBND", place="A"),
        "subject": "Kết quả",
        "signature": Signature(("TM. Ủy ban nhân dân", "Chủ tịch"), "Nguyễn Văn B"),
        "recipients": ("Sở Nội vụ", "Lưu: VT"),
    }
    return Document(body=body, **{**values, **changed})


def test_every_figure_stands_beside_its_code(reader, document):
    text = " ".join(page_words(reader))
    names = {line.cells[0].text: line.cells[1].text for line in document.appendices[0].blocks[0].rows}
    printed = [row.split() for row in FIGURES.replace("|", "\n").strip().splitlines()]
    assert [code for code, *_ in printed] == list(names)
    for code, *figures in printed:
        line = " ".join([code, names[code], *(figure for figure in figures if figure != "-")])
        assert re.search(rf"(?<![\d.]){re.escape(words(line))}(?![\d,])", text), line


def test_the_pdf_says_what_the_document_says(reader, document):
    text = "".join(page_words(reader)).replace(" ", "")
    for line in plain_text(document).splitlines():
        for cell in line.split("\t"):
            sentence = words(cell).replace(" ", "")
            if len(sentence) < 60:  # longer ones may run over a page
                assert sentence in text


def test_pages_are_a4_and_the_appendix_is_landscape(reader):
    sizes = [(round(p.mediabox.width / MM), round(p.mediabox.height / MM)) for p in reader.pages]
    first_wide = sizes.index((297, 210))
    assert set(sizes[:first_wide]) == {(210, 297)}
    assert set(sizes[first_wide:]) == {(297, 210)}


def test_text_keeps_to_the_margins(reader):
    for page in reader.pages:
        height = float(page.mediabox.height) / MM
        body = [p for p in pieces(page) if p.y < height - 20]
        assert min(p.x for p in body) >= 29.9
        assert max(p.x for p in body) <= float(page.mediabox.width) / MM - 15
        assert min(p.y for p in body) >= 20


def test_page_numbers_stand_in_the_top_margin_and_restart_in_the_appendix(reader):
    labels = []
    for page in reader.pages:
        height, width = (float(side) / MM for side in (page.mediabox.height, page.mediabox.width))
        margin = [p for p in pieces(page) if p.y > height - 20]
        labels.append("".join(p.text for p in margin))
        for piece in margin:
            middle = 30 + (width - 45) / 2
            assert abs(piece.x - middle) < 5
    appendix = next(i for i, text in enumerate(page_words(reader)) if text.startswith("Phụ lục"))
    assert labels[:appendix] == ["", *(str(n) for n in range(2, appendix + 1))]
    assert labels[appendix:] == ["", *(str(n) for n in range(2, len(labels) - appendix + 1))]


def test_every_appendix_restarts_the_page_number():
    long = (Paragraph.of("chữ " * 1500),)
    reader = read(
        render_pdf(paper(appendices=(Appendix("một", long), Appendix("hai", long, landscape=True)) * 2))
    )
    starts = [i for i, text in enumerate(page_words(reader)) if "Phụ lục" in text]
    assert len(starts) == 4
    for start in starts:
        assert page_words(reader)[start + 1].endswith("chữ 2")


def test_page_labels_are_the_numbers_that_are_printed():
    long = (Paragraph.of("chữ " * 1500),)
    appendices = (Appendix("một", long), Appendix("hai", long, landscape=True))
    labels = read(render_pdf(paper(*long, appendices=appendices))).page_labels
    first, second = (labels.index(f"Phụ lục {number} - 1") for number in ("I", "II"))
    assert labels == [
        *(str(page) for page in range(1, first + 1)),
        *(f"Phụ lục I - {page}" for page in range(1, second - first + 1)),
        *(f"Phụ lục II - {page}" for page in range(1, len(labels) - second + 1)),
    ]
    assert min(first, second - first, len(labels) - second) > 1


def test_pages_of_an_annex_are_labelled_from_the_first():
    alone = paper(appendices=(Appendix("một", (Paragraph.of("chữ"),)),), only_appendices=True)
    assert read(render_pdf(alone)).page_labels == ["Phụ lục - 1"]


def test_only_embedded_liberation_serif_is_used(reader):
    fonts = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            fonts[descendant["/BaseFont"]] = descendant["/FontDescriptor"].get_object()
    assert fonts
    for name, descriptor in fonts.items():
        assert "Liberation-Serif" in name
        assert {"/FontFile2", "/FontFile3"} & descriptor.keys()


def test_all_vietnamese_letters_survive():
    marks = "\u0300\u0301\u0303\u0309\u0323"
    letters = "".join(
        unicodedata.normalize("NFC", letter + mark) for letter in "aăâeêioôơuưy" for mark in ("", *marks)
    )
    alphabet = letters + letters.upper() + "đĐ"
    reader = read(render_pdf(paper(Paragraph.of(alphabet))))
    assert alphabet in "".join(page_words(reader)).replace(" ", "")


@pytest.mark.parametrize("filler", range(30, 42))
def test_a_heading_is_never_the_last_line_of_a_page(filler):
    body = [Paragraph.of("Dòng.") for _ in range(filler)]
    body += [Heading(1, "CHƯƠNG"), Heading(2, "Mục"), Heading(3, "Điểm"), Paragraph.of("Nội dung. " * 60)]
    reader = read(render_pdf(paper(*body)))
    for page in reader.pages:
        last = lines(page)[-1][2]
        assert not last.endswith(("CHƯƠNG", "Mục", "Điểm"))


@pytest.mark.parametrize("filler", range(20, 34))
def test_signature_and_recipients_share_a_page_with_the_last_words(filler):
    body = [Paragraph.of("Dòng.") for _ in range(filler)] + [Paragraph.of("Trên đây là báo cáo")]
    texts = page_words(read(render_pdf(paper(*body))))
    together = [text for text in texts if "Nơi nhận" in text]
    assert len(together) == 1
    for part in ("Trên đây là báo cáo./.", "Lưu: VT.", "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Nguyễn Văn B"):
        assert part in together[0]


def test_table_headers_repeat_and_rows_stay_whole():
    header = (Row((Cell("Mã"), Cell("Tên đầu bảng")), strong=True),)
    rows = tuple(Row((Cell(str(n)), Cell("một dòng dài " * 20))) for n in range(60))
    texts = page_words(read(render_pdf(paper(Table((Column(10), Column(90)), header, rows)))))
    tables = [text for text in texts if "một dòng dài" in text]
    assert len(tables) > 3
    for text in tables:
        assert text.count("Tên đầu bảng") == 1
        assert text.count("một dòng dài") % 20 == 0


def test_an_area_is_never_parted_from_its_first_criterion():
    for filler in range(38, 46):
        rows = (
            *(Row((Cell(f"dòng {n}"),)) for n in range(filler)),
            Row((Cell("Lĩnh vực"),), strong=True),
            *(Row((Cell(f"tiêu chí {n}"),)) for n in range(5)),
        )
        reader = read(render_pdf(paper(Table((Column(100),), (), rows))))
        assert not any(lines(page)[-1][2].endswith("Lĩnh vực") for page in reader.pages)


def test_a_sum_never_stands_alone_overleaf():
    for filler in range(38, 46):
        rows = (*(Row((Cell(f"dòng {n}"),)) for n in range(filler)), Row((Cell("Cộng"),), strong=True))
        reader = read(render_pdf(paper(Table((Column(100),), (), rows))))
        [page] = [page for page in map(lines, reader.pages) if any(line[2].endswith("Cộng") for line in page)]
        texts = [line[2] for line in page]
        assert any(text.endswith(f"dòng {filler - 1}") for text in texts), filler


def test_sizes_and_places_of_the_head(reader):
    first = {piece.text: piece for piece in pieces(reader.pages[0])}
    sizes = {text: round(piece.size) for text, piece in first.items()}
    assert sizes["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"] == 13
    assert sizes["Độc lập - Tự do - Hạnh phúc"] == 14
    assert sizes["XÃ LIÊN SƠN"] == 13
    assert sizes["Số: 44/BC-UBND"] == 13
    assert sizes["Liên Sơn, ngày 04 tháng 5 năm 2024"] == 14
    assert first["XÃ LIÊN SƠN"].x < 95 < first["Độc lập - Tự do - Hạnh phúc"].x
    assert first["Số: 44/BC-UBND"].y == pytest.approx(first["Liên Sơn, ngày 04 tháng 5 năm 2024"].y, abs=0.5)


def test_metadata_names_title_author_and_language(reader, document):
    assert reader.metadata.title == document.title
    assert reader.metadata.author == "Ủy ban nhân dân xã Liên Sơn"
    assert reader.trailer["/Root"]["/Lang"] == "vi"


def test_bytes_are_the_same_in_every_run(pdf):
    script = (
        "import sys, hashlib, django; django.setup()\n"
        "from reports.pdf import render_pdf; from reports.kinds import KINDS; from tests.reports import stored\n"
        "facts, content = stored.outcome('lien-son-2023'), stored.content('lien-son-2024')\n"
        "document = KINDS['remediation_result'].build(content, facts)\n"
        "sys.stdout.buffer.write(render_pdf(document))"
    )
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            check=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "parindex.settings"},
        )
        assert run.stdout == pdf


def test_tagging_makes_it_pdf_ua(document, pdf):
    tagged = render_pdf(document, tagged=True)
    assert read(tagged).trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in read(tagged).xmp_metadata.stream.get_data()
    assert "/MarkInfo" not in read(pdf).trailer["/Root"]


def test_an_archive_gets_pdf_a_3_with_the_same_words(document, settings):
    for_screens = render_pdf(document, tagged=True)
    settings.DOCUMENT_PDF_VARIANT = "pdf/a-3a"
    archived = render_pdf(document, tagged=True)
    assert archived == render_pdf(document, tagged=True)
    root, said = read(archived).trailer["/Root"], read(archived).xmp_metadata.stream.get_data()
    assert b"pdfaid:part" in said
    assert re.search(rb"pdfaid:part(?:>|=\")3", said)
    assert re.search(rb"pdfaid:conformance(?:>|=\")A", said)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert "/ID" in read(archived).trailer
    assert page_words(read(archived)) == page_words(read(for_screens))


@pytest.mark.parametrize(("asked", "made"), [("", "pdf/ua-1"), ("ua", "pdf/ua-1"), ("A-3", "pdf/a-3a")])
def test_the_variant_comes_from_the_environment(asked, made, tmp_path):
    given = {"PARINDEX_PDF": asked} if asked else {}
    assert setting("DOCUMENT_PDF_VARIANT", tmp_path, **given).stdout == made


def test_an_unknown_variant_refuses_to_start(tmp_path):
    assert (
        "PARINDEX_PDF: one of ua, a-3"
        in setting("DOCUMENT_PDF_VARIANT", tmp_path, PARINDEX_PDF="a-1b").stderr
    )


@pytest.mark.parametrize(
    ("given", "mark"),
    [({}, "./."), ({"PARINDEX_END_MARK": ""}, ""), ({"PARINDEX_END_MARK": " .\\. "}, ".\\.")],
    ids=["usual", "none", "another"],
)
def test_the_end_mark_comes_from_the_environment(given, mark, tmp_path):
    assert setting("DOCUMENT_END_MARK", tmp_path, **given).stdout == mark


def setting(name: str, home: Path, **given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"from parindex.settings import {name}; print({name}, end='')"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PARINDEX_VAR": str(home), **given},
        check=False,
    )


def test_no_address_is_ever_fetched(monkeypatch):
    asked = []
    monkeypatch.setattr(NothingFetched, "fetch", lambda self, url, headers=None: asked.append(url))
    typed = (
        '<img src="http://example.org/a.png"> <link rel=stylesheet href=file:///etc/passwd> @import url(x)'
    )
    text = "".join(page_words(read(render_pdf(paper(*parse(typed)))))).replace(" ", "")
    assert not asked
    assert "file:///etc/passwd" in text


def test_an_address_would_be_refused():
    with pytest.raises(ValueError, match="fetch nothing"):
        NothingFetched().fetch("file:///etc/passwd")


@pytest.mark.parametrize(
    "typed",
    [
        "đ" * 200_000,
        "chữ nghĩa " * 20_000,
        "👍🏽" * 2_000,
        "e\u0302\u0301" * 5_000,
        "a\u0300" * 5_000,
        "**" * 50_000,
    ],
)
def test_hostile_text_is_printed_in_reasonable_time(typed):
    started = time.monotonic()
    assert render_pdf(paper(*parse(typed))).startswith(b"%PDF")
    assert time.monotonic() - started < 60


def test_a_cell_longer_than_a_page_goes_on_overleaf():
    table = Table((Column(50), Column(50)), (), (Row((Cell("chữ " * 3000 + "cuối"), Cell("x"))),))
    assert "cuối" in " ".join(page_words(read(render_pdf(paper(table)))))


def test_a_blank_number_and_date_leave_room_to_write(document):
    blank = replace(document, head=replace(document.head, number="", issued_on=None))
    text = page_words(read(render_pdf(blank)))[0]
    assert "Số: /BC-UBND" in text
    assert "Liên Sơn, ngày tháng năm" in text
