from reports.document import Align, Cell, Column, Document, Head, Paragraph, Row, Run, Signature, Table
from reports.html import render_page, render_sheet
from reports.narrative import parse

HEAD = Head(issuer=("Ủy ban nhân dân", "xã A"), symbol="BC-UBND", place="A")


def sheet(*blocks):
    return render_sheet(
        Document(HEAD, "Kết quả", blocks, Signature(("Chủ tịch",)), ("Lưu: VT",), end_mark="")
    )


def test_runs_touch_each_other():
    markup = sheet(Paragraph((Run("a", bold=True), Run("b"), Run("c", bold=True, italic=True))))
    assert "<strong>a</strong>b<strong><em>c</em></strong>" in markup


def test_typed_markup_stays_text():
    markup = sheet(*parse("<script>alert(1)</script> **<img src=x onerror=y>** {{ nation }} {% load x %}"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <strong>&lt;img src=x onerror=y&gt;</strong>" in markup
    assert "{{ nation }} {% load x %}" in markup
    assert "<script" not in markup
    assert "<img" not in markup


def test_no_inline_style_that_a_strict_policy_would_refuse():
    assert "style=" not in render_page(Document(HEAD, "x", (), Signature(()), ()))


def test_decimals_are_filled_up_invisibly_and_not_in_the_text():
    rows = tuple(Row((Cell(text),)) for text in ("4", "7,938", "2,5", ""))
    markup = sheet(Table((Column(100, Align.NUMERIC),), (), rows))
    assert 'data-after=",938">4</td>' in markup
    assert 'data-after="38">2,5</td>' in markup
    assert '<td class="align-numeric">7,938</td>' in markup


def test_a_spanning_cell_leaves_the_others_in_their_columns():
    columns = (Column(40), Column(30, Align.NUMERIC), Column(30, Align.NUMERIC))
    rows = (Row((Cell("a, b", column_span=2), Cell("1,25"))), Row((Cell("c"), Cell("2"), Cell("3"))))
    markup = sheet(Table(columns, (), rows))
    assert '<td class="align-left" colspan="2">a, b</td><td class="align-numeric">1,25</td>' in markup
    assert '<td class="align-numeric">2</td><td class="align-numeric" data-after=",25">3</td>' in markup


def test_only_endless_words_get_places_to_break():
    assert "\u200b" not in sheet(Paragraph.of("https://dichvucong.gov.vn/" + "a" * 150))
    assert "\u200b" in sheet(Paragraph.of("a" * 200))


def test_a_paragraph_ends_with_its_last_word():
    """With a line end after it some last lines were broken after their first word."""
    assert ">Hết</p>" in sheet(Paragraph.of("Hết"))
    assert "Hết</strong></p>" in sheet(Paragraph((Run("Hết", bold=True),)))
