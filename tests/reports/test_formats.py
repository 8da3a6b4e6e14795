"""PDF and DOCX say the same, word for word and in the same order."""

import re
import unicodedata

import pytest

from reports.document import Cell, Column, Document, Heading, Paragraph, Row, Table, plain_text
from reports.docx import render_docx
from reports.pdf import render_pdf
from reports.queries.reports import document_of, opened
from tests.reports import word
from tests.reports.specimen import ANNEX, SPECIMEN
from tests.reports.test_pdf import paper, read


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b]", "", unicodedata.normalize("NFC", text))


def in_word(document: Document) -> str:
    return squeezed("".join(word.lines(render_docx(document))))


def in_pdf(document: Document) -> str:
    """Without page numbers and the table heads that pages repeat."""
    heads = {
        squeezed("".join(cell.text for row in table.header for cell in row.cells))
        for blocks in (document.body, *(appendix.blocks for appendix in document.appendices))
        for table in blocks
        if isinstance(table, Table)
    }
    text = ""
    number = 0
    for page in read(render_pdf(document)).pages:
        shown = squeezed(page.extract_text())
        number = 1 if shown.startswith("Phụlục") else number + 1
        if number > 1:
            assert shown.endswith(str(number))
            shown = shown.removesuffix(str(number))
        for head in heads:
            if head in text:  # else the table begins with this page
                shown = shown.removeprefix(head)
        text += shown
    return text


@pytest.mark.parametrize("document", [SPECIMEN, ANNEX], ids=["report", "annex"])
def test_every_kind_of_block_says_the_same_in_both(document):
    said = squeezed(plain_text(document))
    assert in_word(document) == said
    assert in_pdf(document) == said


def test_a_stored_report_says_the_same_in_both(lien_son):
    document = document_of(lien_son.report)
    said = squeezed(plain_text(document))
    assert len(said) > 10_000
    assert in_word(document) == said
    assert in_pdf(document) == said


@pytest.mark.parametrize("mark", ["", "./.", "."])
def test_a_report_ends_with_the_mark_of_the_settings_in_both(lien_son, settings, mark):
    unmarked = opened(lien_son.report).saying(lien_son.settled(closing="Trên đây là báo cáo, hết"))
    settings.DOCUMENT_END_MARK = mark
    document = unmarked.build()
    for said in (squeezed(plain_text(document)), in_word(document), in_pdf(document)):
        assert f"báocáo,hết{mark}Nơinhận:" in said


def test_what_it_rests_on_is_listed_where_the_settings_say_so_in_both(lien_son, settings):
    settings.DOCUMENT_LISTS_BASIS = True
    document = document_of(lien_son.report)
    for said in (squeezed(plain_text(document)), in_word(document), in_pdf(document)):
        assert "năm2024;CăncứQuyếtđịnhsố202/QĐ-UBND" in said
        assert "báocáokếtquảkhắcphụccáctiêuchí" in said


def test_clauses_beyond_the_alphabet_are_numbered_alike():
    headings = (Heading(1, "A"), Heading(2, "B"), *[Heading(3, "x")] * 30, Heading(2, "C"), Heading(3, "y"))
    document = paper(*headings, Paragraph.of("Hết"))
    assert in_word(document) == in_pdf(document) == squeezed(plain_text(document))


def test_cells_must_fill_the_columns():
    for cells in ((Cell("a"),), (Cell("a"), Cell("b"), Cell("c")), (Cell("a"), Cell("b", column_span=2))):
        table = Table((Column(50), Column(50)), (), (Row(cells),))
        for render in (render_docx, render_pdf):
            with pytest.raises(ValueError, match="don't fill 2 columns"):
                render(paper(table))
