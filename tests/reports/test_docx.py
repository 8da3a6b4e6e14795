"""The file for Word: its parts, styles, numbers, tables, sections, and text that wants to break them."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from lxml import etree

from reports.document import (
    MOTTO,
    Align,
    Cell,
    Column,
    Head,
    Heading,
    ListBlock,
    Paragraph,
    Row,
    Run,
    Signature,
    Table,
    plain_text,
)
from reports.docx import render_docx
from reports.narrative import parse
from tests.reports import word
from tests.reports.font import width_of
from tests.reports.specimen import ANNEX, RANKING, SPECIMEN, TWO_YEARS
from tests.reports.test_pdf import paper
from tests.reports.word import opened, value

POINT, MM = 20, 72 * 20 / 25.4

# What a schema would say of the order of children (ECMA-376, part 1, 17); Word refuses a file that breaks it.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs spacing ind jc outlineLvl rPr sectPr",
    "rPr": "rFonts b bCs i iCs color sz szCs lang",
    "tblPr": "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook",
    "tcPr": "tcW gridSpan vMerge tcBorders shd noWrap tcMar vAlign",
    "sectPr": "headerReference footerReference type pgSz pgMar pgNumType titlePg",
    "style": "name basedOn next link uiPriority semiHidden unhideWhenUsed qFormat pPr rPr tblPr",
    "lvl": "start numFmt lvlRestart pStyle suff lvlText lvlJc pPr rPr",
    "abstractNum": "nsid multiLevelType lvl",
    "num": "abstractNumId lvlOverride",
    "numbering": "abstractNum num",
    "settings": "zoom defaultTabStop characterSpacingControl compat decimalSymbol listSeparator",
    "tbl": "tblPr tblGrid tr",
    "tc": "tcPr p",
}


@pytest.fixture(scope="module")
def content():
    return render_docx(SPECIMEN)


@pytest.fixture(scope="module")
def specimen(content):
    return opened(content)


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def twips(element, path: str, attribute: str) -> int:
    found = element.find("/".join(qn(step) for step in path.split("/")))
    return int((None if found is None else found.get(qn(f"w:{attribute}"))) or 0)


def has(element, path: str) -> bool:
    return element.find("/".join(qn(step) for step in path.split("/"))) is not None


def styled(document, style: str) -> list:
    return [p for p in document.element.body.iter(qn("w:p")) if value(p, "w:pPr/w:pStyle") == style]


def said(paragraph) -> str:
    return "".join(node.text or "" for node in paragraph.iter(qn("w:t")))


def twips_of(text: str, size: float, face: str = "Bold") -> float:
    return width_of(text, size, face) * POINT


# The file


@pytest.mark.parametrize("document", [SPECIMEN, ANNEX, paper()], ids=["report", "annex", "empty"])
def test_every_part_is_xml_in_the_order_that_word_wants(document):
    for name, part in parts(render_docx(document)).items():
        for element in etree.fromstring(part).iter():
            tag = etree.QName(element)
            if tag.namespace != qn("w:p")[1:].partition("}")[0] or tag.localname not in ORDER:
                continue
            order = ORDER[tag.localname].split()
            places = [order.index(etree.QName(child).localname) for child in element]
            assert places == sorted(places), (name, tag.localname, etree.tostring(element)[:400])


def test_nothing_of_the_library_s_template_is_left(content):
    assert set(parts(content)) == {
        "[Content_Types].xml",
        "_rels/.rels",
        "docProps/core.xml",
        "word/document.xml",
        "word/_rels/document.xml.rels",
        "word/styles.xml",
        "word/numbering.xml",
        "word/settings.xml",
        "word/header1.xml",
        "word/header2.xml",
    }
    assert not any(b"python-docx" in part or b"Theme" in part for part in parts(content).values())


def test_every_paragraph_has_a_style_that_exists(specimen):
    known = {style.get(qn("w:styleId")) for style in specimen.styles.element}
    used = {value(p, "w:pPr/w:pStyle") for p in specimen.element.body.iter(qn("w:p"))}
    assert used <= known
    assert {"Title", "Subtitle", "BodyText", "Heading1", "Heading2", "Heading3", "ListBullet"} <= used


def test_only_times_new_roman_is_named_for_all_scripts(specimen):
    named = list(specimen.styles.element.iter(qn("w:rFonts")))
    assert len(named) > 20
    for fonts in named:
        assert dict(fonts.attrib) == {
            qn(f"w:{kind}"): "Times New Roman" for kind in ("ascii", "hAnsi", "eastAsia", "cs")
        }
    assert has(specimen.styles.element, "w:docDefaults/w:rPrDefault/w:rPr/w:rFonts")


def test_title_author_and_language_describe_the_file(specimen):
    described = specimen.core_properties
    assert described.title == "BÁO CÁO Kết quả Chỉ số cải cách hành chính năm 2025"
    assert described.author == "Sở Khoa học và Công nghệ"
    assert value(specimen.styles.element, "w:docDefaults/w:rPrDefault/w:rPr/w:lang") == "vi-VN"


def test_bytes_are_the_same_in_every_run(content):
    script = (
        "import sys, django; django.setup()\n"
        "from reports.docx import render_docx; from tests.reports.specimen import SPECIMEN\n"
        "sys.stdout.buffer.write(render_docx(SPECIMEN))"
    )
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            check=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "parindex.settings"},
        )
        assert run.stdout == content


# The decree's table


@pytest.mark.parametrize(
    ("style", "size", "marks", "align"),
    [
        ("Nation", 13, "b", "center"),
        ("Motto", 14, "b", "center"),
        ("Superior", 13, "", "center"),
        ("Issuer", 13, "b", "center"),
        ("Number", 13, "", "center"),
        ("PlaceDate", 14, "i", "center"),
        ("Title", 14, "b", "center"),
        ("Subtitle", 14, "b", "center"),
        ("Addressee", 14, "", "center"),
        ("BodyText", 14, "", "both"),
        ("Heading1", 14, "b", "left"),
        ("Heading2", 14, "b", "left"),
        ("Heading3", 14, "", "left"),
        ("Authority", 14, "b", "center"),
        ("Signer", 14, "b", "center"),
        ("RecipientsTitle", 12, "bi", "left"),
        ("Recipient", 11, "", "left"),
        ("AppendixLabel", 14, "b", "center"),
        ("AppendixTitle", 14, "b", "center"),
        ("Attachment", 14, "i", "center"),
        ("Header", 13, "", "center"),
    ],
)
def test_every_part_looks_as_the_decree_says(specimen, style, size, marks, align):
    found = specimen.styles.element.get_by_id(style)
    assert value(found, "w:rPr/w:sz") == value(found, "w:rPr/w:szCs") == str(2 * size)
    assert "".join(mark for mark in "bi" if has(found, f"w:rPr/w:{mark}")) == marks
    assert value(found, "w:pPr/w:jc") == align
    assert value(found, "w:rPr/w:color") == "000000"


def test_body_text_is_indented_and_spaced_exactly(specimen):
    for style in ("BodyText", "ListBullet", "Heading1", "Heading2", "Heading3"):
        found = specimen.styles.element.get_by_id(style)
        assert 10 * MM <= twips(found, "w:pPr/w:ind", "firstLine") <= 12.71 * MM
        assert twips(found, "w:pPr/w:spacing", "after") >= 6 * POINT
    for spacing in (*specimen.styles.element.iter(qn("w:spacing")), *specimen.element.iter(qn("w:spacing"))):
        if spacing.get(qn("w:line")):
            assert spacing.get(qn("w:lineRule")) == "exact"
    # As in document.css: 18 points for 14, so that both formats break pages alike.
    assert twips(specimen.styles.element.get_by_id("BodyText"), "w:pPr/w:spacing", "line") == 18 * POINT


def test_pages_are_a4_with_the_decree_s_margins(specimen):
    assert [section.orientation for section in specimen.sections] == [0, 0, 1, 0]
    for section in specimen.sections:
        sides = {round(section.page_width.mm), round(section.page_height.mm)}
        assert sides == {210, 297}
        assert (section.page_width > section.page_height) == bool(section.orientation)
        for margin, least, most in (
            (section.top_margin, 20, 25),
            (section.bottom_margin, 20, 25),
            (section.left_margin, 30, 35),
            (section.right_margin, 15, 20),
        ):
            assert Mm(least) <= margin <= Mm(most)


@pytest.mark.parametrize("document", [SPECIMEN, ANNEX], ids=["report", "annex"])
def test_page_numbers_are_fields_that_restart_and_spare_first_pages(document):
    for section in opened(render_docx(document)).sections:
        assert section.different_first_page_header_footer
        assert twips(section._sectPr, "w:pgNumType", "start") == 1
        fields = [f.get(qn("w:instr")) for f in section.header._element.iter(qn("w:fldSimple"))]
        assert fields == [" PAGE "]
        assert "".join(section.first_page_header._element.itertext()) == ""
        assert section.header.paragraphs[0].style.name == "Header"
        assert section.header_distance < section.top_margin


@pytest.mark.parametrize(
    ("head", "superior", "issuer"),
    [
        (
            Head(("Ủy ban nhân dân", "xã Liên Sơn"), "BC-UBND", "Liên Sơn"),
            [],
            ["ỦY BAN NHÂN DÂN", "XÃ LIÊN SƠN"],
        ),
        (
            Head(("Ủy ban nhân dân huyện Bạch Thông",), "BC-UBND", "Bạch Thông"),
            [],
            ["ỦY BAN NHÂN DÂN", "HUYỆN BẠCH THÔNG"],
        ),
        (
            Head(("Sở Nội vụ",), "BC-SNV", "An Hải", superior="Ủy ban nhân dân tỉnh An Hải"),
            ["ỦY BAN NHÂN DÂN", "TỈNH AN HẢI"],
            ["SỞ NỘI VỤ"],
        ),
        (
            Head(
                ("Văn phòng Ủy ban nhân dân tỉnh",), "BC-VP", "An Hải", superior="Ủy ban nhân dân tỉnh An Hải"
            ),
            ["ỦY BAN NHÂN DÂN", "TỈNH AN HẢI"],
            ["VĂN PHÒNG", "ỦY BAN NHÂN DÂN TỈNH"],
        ),
    ],
    ids=["commune", "district", "department", "office"],
)
def test_heads_of_committees_departments_and_offices(head, superior, issuer):
    document = opened(render_docx(paper(head=head)))
    assert [said(p) for p in styled(document, "Superior")] == superior
    assert [said(p) for p in styled(document, "Issuer")] == issuer
    room = twips(document.element.body, "w:tbl/w:tblGrid/w:gridCol", "w")
    assert all(twips_of(line, 13) < room for line in issuer)
    assert all(twips_of(line, 13, "Regular") < room for line in superior)
    # The rules under issuer, motto and subject.
    short, same, _ = (p for p in styled(document, "Rule"))
    cells = [twips(c, "w:tcPr/w:tcW", "w") for c in document.element.body.iter(qn("w:tc"))]
    assert 1 / 3 <= _length(short, cells[0]) / max(twips_of(line, 13) for line in issuer) <= 1 / 2
    assert _length(same, cells[1]) == pytest.approx(twips_of(MOTTO, 14), rel=0.01)


@pytest.mark.parametrize(
    "subject", ["Về việc chấn chỉnh", "Kết quả Chỉ số cải cách hành chính năm 2025", "dài " * 80]
)
def test_the_rule_under_the_subject_is_a_third_to_a_half_of_it(subject):
    rule = styled(opened(render_docx(paper(subject=subject))), "Rule")[-1]
    assert has(rule, "w:pPr/w:pBdr/w:bottom")
    line = min(twips_of(subject, 14), 149 * MM)
    assert 1 / 3 <= _length(rule, round(165 * MM)) / line <= 1 / 2


def _length(rule, available: int) -> int:
    return available - twips(rule, "w:pPr/w:ind", "left") - twips(rule, "w:pPr/w:ind", "right")


@pytest.mark.parametrize(
    "authority",
    [
        ("TM. Ủy ban nhân dân", "Chủ tịch"),
        ("TM. Ủy ban nhân dân", "KT. Chủ tịch", "Phó Chủ tịch"),
        ("TL. Chủ tịch", "Chánh Văn phòng"),
        ("TUQ. Giám đốc", "Trưởng phòng Cải cách hành chính"),
        ("Q. Giám đốc",),
    ],
)
def test_forms_of_signing_stand_in_the_right_half_above_the_name(authority):
    document = opened(render_docx(paper(signature=Signature(authority, "Nguyễn Văn B"))))
    closing = document.tables[-1]
    recipients, signature = closing.rows[0].cells
    assert [p.text for p in signature.paragraphs] == [*(line.upper() for line in authority), "Nguyễn Văn B"]
    assert [p.text for p in recipients.paragraphs] == ["Nơi nhận:", "- Sở Nội vụ;", "- Lưu: VT."]
    assert recipients.width > Mm(70)
    assert signature.width > Mm(80)
    assert twips(document.styles.element.get_by_id("Signer"), "w:pPr/w:spacing", "before") >= 20 * MM


# What stays together


@pytest.mark.parametrize(
    "last",
    [
        Paragraph.of("Hết"),
        ListBlock(((Run("một"),), (Run("hai"),))),
        Table((Column(100),), (), (Row((Cell("a"),)),)),
    ],
)
@pytest.mark.parametrize("end_mark", ["./.", ""])
def test_the_last_words_stay_with_a_closing_that_is_never_split(last, end_mark):
    document = opened(render_docx(paper(Paragraph.of("Đầu"), last, end_mark=end_mark)))
    body = list(document.element.body)
    closing = body.index(document.tables[-1]._tbl)
    assert all(has(row, "w:trPr/w:cantSplit") for row in body[closing].iter(qn("w:tr")))
    before = body[closing - 1]
    assert has(before, "w:pPr/w:keepNext")
    if not said(before):  # the room under a table
        assert all(has(p, "w:pPr/w:keepNext") for p in body[closing - 2].iter(qn("w:p")))


def test_headings_and_appendix_titles_keep_with_what_follows(specimen):
    for style in (
        "Heading1",
        "Heading2",
        "Heading3",
        "AppendixLabel",
        "AppendixTitle",
        "Attachment",
        "Title",
    ):
        assert has(specimen.styles.element.get_by_id(style), "w:pPr/w:keepNext")
    for level in (1, 2, 3):
        heading = specimen.styles.element.get_by_id(f"Heading{level}")
        assert has(heading, "w:pPr/w:keepLines")
        assert value(heading, "w:pPr/w:outlineLvl") == str(level - 1)


def test_headings_are_numbered_by_word_and_never_typed(specimen):
    for level in (1, 2, 3):
        style = specimen.styles.element.get_by_id(f"Heading{level}")
        assert value(style, "w:pPr/w:numPr/w:ilvl") == str(level - 1)
        assert not any(
            said(p)[:3].rstrip(" .)") in ["I", "II", "III", "1", "2", "3", "a", "b", "c"]
            for p in styled(specimen, f"Heading{level}")
        )
    # Only letters that Word would count otherwise name a list of their own in the body.
    own = [said(p) for p in styled(specimen, "Heading3") if has(p, "w:pPr/w:numPr")]
    assert own[:-1] == [f"Điểm thứ {n}" for n in range(5, 9)]


def test_a_page_break_starts_a_page():
    document = opened(render_docx(SPECIMEN))
    breaks = [p for p in document.element.body.iter(qn("w:p")) if has(p, "w:pPr/w:pageBreakBefore")]
    assert len(breaks) == 1
    assert said(breaks[0].getnext()) == "GIẢI PHÁP"


# Tables


def test_all_header_rows_repeat_and_rows_stay_whole(specimen):
    ruled = [
        t for t in specimen.element.body.iter(qn("w:tbl")) if value(t, "w:tblPr/w:tblStyle") == "TableGrid"
    ]
    assert [sum(has(row, "w:trPr/w:tblHeader") for row in table.iter(qn("w:tr"))) for table in ruled] == [
        2,
        2,
        1,
    ]
    for table in ruled:
        rows = list(table.iter(qn("w:tr")))
        assert all(has(row, "w:trPr/w:cantSplit") for row in rows)
        for row in rows:
            if has(row, "w:trPr/w:tblHeader"):
                assert all(has(p, "w:pPr/w:keepNext") for p in row.iter(qn("w:p")))


def test_a_sum_stays_with_the_row_before_it():
    rows = (*(Row((Cell(str(n)),)) for n in range(3)), Row((Cell("Cộng"),), strong=True))
    table = opened(render_docx(paper(Table((Column(100),), (), rows)))).tables[1]._tbl
    kept = [all(has(p, "w:pPr/w:keepNext") for p in row.iter(qn("w:p"))) for row in table.iter(qn("w:tr"))]
    assert kept == [False, False, True, False]


def test_a_row_longer_than_a_page_may_go_on_overleaf():
    table = Table(
        (Column(50), Column(50)), (), (Row((Cell("chữ " * 3000), Cell("x"))), Row((Cell("y"), Cell("z"))))
    )
    long, short = opened(render_docx(paper(table))).tables[1]._tbl.iter(qn("w:tr"))
    assert not has(long, "w:trPr/w:cantSplit")
    assert has(short, "w:trPr/w:cantSplit")


@pytest.mark.parametrize("table", [TWO_YEARS, RANKING])
def test_columns_are_fixed_and_every_row_fills_them(table):
    word_table = opened(render_docx(paper(table))).tables[1]._tbl
    columns = [int(column.get(qn("w:w"))) for column in word_table.iter(qn("w:gridCol"))]
    assert word_table.find(f"{qn('w:tblPr')}/{qn('w:tblLayout')}").get(qn("w:type")) == "fixed"
    assert sum(columns) == twips(word_table, "w:tblPr/w:tblW", "w") == pytest.approx(165 * MM, abs=2)
    assert len(columns) == len(table.columns)
    for row in word_table.iter(qn("w:tr")):
        place = 0
        for cell in row.iter(qn("w:tc")):
            span = int(value(cell, "w:tcPr/w:gridSpan") or 1)
            assert twips(cell, "w:tcPr/w:tcW", "w") == sum(columns[place : place + span])
            place += span
        assert place == len(columns)


def test_a_cell_that_reaches_down_is_merged_and_its_neighbours_keep_their_columns(specimen):
    rows = [[cell.text for cell in row.cells] for row in specimen.tables[1].rows]
    assert rows[0][:3] == [*rows[1][:2], "Năm 2021"] == ["Số TT", "Lĩnh vực", "Năm 2021"]
    assert rows[1][2:5] == ["Điểm tối đa", "Điểm", "Tỷ lệ"]
    assert rows[0][5] == "Năm 2022\n(tính đến 31/3)"
    assert has(specimen.tables[1].rows[0].cells[5]._tc, "w:p/w:r/w:br")
    assert rows[-3][:3] == ["8", "Tác động", "/"]
    assert rows[-2][:2] == ["8", "trong đó: khảo sát"]


def test_decimal_marks_stand_under_each_other():
    figures = ("4", "7,938", "2,5", "100%", "12,25%", "+16,5", "", "/")
    rows = tuple(Row((Cell(text),)) for text in figures)
    table = opened(render_docx(paper(Table((Column(100, Align.NUMERIC),), (), rows)))).tables[1]
    marks = {}
    for text, cell in zip(figures, table._tbl.iter(qn("w:tc")), strict=True):
        left, right = (twips(cell, "w:p/w:pPr/w:ind", side) for side in ("left", "right"))
        assert value(cell, "w:p/w:pPr/w:jc") == "center"
        if text.strip("/"):
            whole, mark, rest = text.replace("%", ",%", "," not in text).partition(",")
            rest = rest if "," not in text else mark + rest
            # Twice the distance of the mark from the middle of the cell.
            marks[text] = left + twips_of(whole, 13, "Regular") - twips_of(rest, 13, "Regular") - right
    assert max(marks.values()) - min(marks.values()) <= POINT


def test_notes_stay_under_their_table(specimen):
    table = specimen.element.body[[*specimen.element.body].index(styled(specimen, "TableNote")[0]) - 1]
    *_, last = table.iter(qn("w:tr"))
    assert all(has(p, "w:pPr/w:keepNext") for p in last.iter(qn("w:p")))
    assert [said(p) for p in styled(specimen, "TableNote")[:2]] == list(TWO_YEARS.notes)


def test_shades_are_light_enough_for_black_figures(specimen):
    fills = {shade.get(qn("w:fill")) for shade in specimen.element.body.iter(qn("w:shd"))}
    assert len(fills) == 4
    for fill in fills:
        channel = int(fill[:2], 16) / 255
        luminance = ((channel + 0.055) / 1.055) ** 2.4
        assert (luminance + 0.05) / 0.05 > 7


# What people type


@pytest.mark.parametrize(
    "typed",
    [
        "<w:p/></w:t><script>alert(1)</script> & &amp; ]]> <!-- -->",
        "{{ nation }} {% load x %} ${x} MERGEFIELD \\* PAGE",
        "👍🏽 🇻🇳 👨‍👩‍👧 ① ﷺ",
        "Tie\u0302\u0301ng Vie\u0323\u0302t",
        "a\x00\x01\x08\x0b\x0c\x1f\x7f\x85b\ud800\ufffe\uffff\u202e\u2066c",
        "tab\there  two  spaces\u00a0\u200b\u2028end",
        "**đậm** rồi **thường",
    ],
)
def test_hostile_text_stays_text(typed):
    document = paper(*parse(typed), Table((Column(100),), (), (Row((Cell(typed),)),)), end_mark="")
    content = render_docx(document)
    for part in parts(content).values():
        etree.fromstring(part)
    shown = "".join(word.lines(content))
    expected = plain_text(document).replace("\n", "").replace("\t", " ")
    assert "".join(shown.split()) == "".join(expected.split())


@pytest.mark.parametrize(
    "typed", ["đ" * 200_000, "chữ nghĩa " * 20_000, "- việc\n" * 5_000, "e\u0302\u0301" * 70_000]
)
def test_very_long_text_is_written_in_reasonable_time(typed):
    started = time.monotonic()
    content = render_docx(paper(*parse(typed)))
    assert time.monotonic() - started < 10
    assert len("".join(word.lines(content))) > 20_000


def test_hostile_heads_and_titles_stay_text():
    head = Head(("<b>UBND</b>", "xã\x00 &"), "BC-<i>", "A\u202eB", number="1</w:t>")
    document = replace(
        SPECIMEN, head=head, subject="a" * 5_000, recipients=tuple(f"nơi {n}" for n in range(60))
    )
    assert "".join("".join(word.lines(render_docx(document))).split()) == "".join(
        plain_text(document).split()
    )


def test_headings_without_a_body_and_empty_tables_leave_a_file_that_opens():
    document = opened(render_docx(paper(Heading(1, "A"), Table((), (), ()), recipients=())))
    assert len(document.tables) == 2
