from hypothesis import given
from hypothesis import strategies as st

from reports.document import ListBlock, Paragraph, Run, text_of
from reports.narrative import parse


def test_lines_are_paragraphs_and_dashes_are_items():
    assert parse("Một\n\nHai\n- a\n-  b\n\nBa") == (
        Paragraph.of("Một"),
        Paragraph.of("Hai"),
        ListBlock(((Run("a"),), (Run("b"),))),
        Paragraph.of("Ba"),
    )


def test_double_stars_are_bold():
    assert parse("a **b** c") == (Paragraph((Run("a "), Run("b", bold=True), Run(" c"))),)


def test_an_unclosed_mark_is_text():
    assert parse("a **b** **c") == (Paragraph((Run("a "), Run("b", bold=True), Run(" **c"))),)


def test_nothing_typed_is_nothing_printed():
    assert parse(" \n- \n****\n") == ()


def test_markup_of_other_kinds_is_text():
    typed = "<script>alert('x')</script> [a](javascript:b) {{ c }} &amp;"
    assert parse(typed) == (Paragraph.of(typed),)


@given(st.text())
def test_no_word_is_lost(typed):
    printed = "".join(
        text_of(runs)
        for block in parse(typed)
        for runs in (block.items if isinstance(block, ListBlock) else (block.runs,))
    )
    assert _letters(printed) == _letters(typed)


def _letters(text):
    return [char for char in text if char.isalnum()]
