"""A document written out as text comes back whole, whatever stands in it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    Unreadable,
    dump,
    load,
    plain_text,
)
from reports.html import render_page
from tests.reports.specimen import ANNEX, SPECIMEN

TEXT = st.text(max_size=12)  # with all that is unprintable


def several(what, most=3):
    return st.lists(what, max_size=most).map(tuple)


RUNS = several(st.builds(Run, TEXT, st.booleans(), st.booleans()))
CELLS = st.builds(
    Cell, TEXT, st.none() | st.sampled_from(Align), st.booleans(), st.booleans(), st.integers(1, 4),
    st.integers(1, 4), st.integers(0, 4),
)  # fmt: skip
ROWS = several(st.builds(Row, several(CELLS), st.booleans()))
BLOCKS = several(
    st.builds(Heading, st.integers(1, 3), TEXT)
    | st.builds(Paragraph, RUNS, st.sampled_from(Align), st.booleans())
    | st.builds(ListBlock, several(RUNS))
    | st.builds(Table, several(st.builds(Column, st.integers(1, 100), st.sampled_from(Align))), ROWS, ROWS, several(TEXT))
    | st.builds(PageBreak)
)  # fmt: skip
SIGNATURES = st.builds(Signature, several(TEXT), TEXT)
DOCUMENTS = st.builds(
    Document,
    head=st.builds(Head, several(TEXT), TEXT, TEXT, TEXT, TEXT, st.none() | st.dates()),
    subject=TEXT,
    body=BLOCKS,
    signature=SIGNATURES,
    recipients=several(TEXT),
    addressees=several(TEXT),
    appendices=several(st.builds(Appendix, TEXT, BLOCKS, st.booleans())),
    type_name=TEXT,
    end_mark=TEXT,
    only_appendices=st.booleans(),
    co_signature=st.none() | SIGNATURES,
    has_date_line=st.booleans(),
)


@settings(max_examples=150)
@given(document=DOCUMENTS)
def test_every_document_comes_back_as_it_was(document):
    text = dump(document)
    again = load(text)
    assert again == document
    assert plain_text(again) == plain_text(
        document
    )  # with the numbers of headings, which equality leaves out
    assert dump(again) == text
    assert text.encode()  # nothing that no encoding takes


@pytest.mark.parametrize("document", [SPECIMEN, ANNEX], ids=["report", "annex"])
def test_what_comes_back_is_printed_alike(document):
    assert render_page(load(dump(document))) == render_page(document)


def changed(**values):
    whole = json.loads(dump(SPECIMEN))
    whole["document"] |= values
    return json.dumps(whole)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format": 2, "document": {}}',
        '{"format": 1, "document": {}}',
        changed(watermark="Dự thảo"),
        changed(subject=1),
        changed(only_appendices=0),
        changed(body="Nội dung"),
        changed(body=[{"block": "picture"}]),
        changed(body=[{"text": "không rõ loại"}]),
        changed(head=None),
    ],
)
def test_text_that_says_something_else_is_refused(text):
    with pytest.raises(Unreadable):
        load(text)


def test_what_documents_learned_to_say_since_is_as_usual():
    whole = json.loads(dump(SPECIMEN))
    del whole["document"]["end_mark"], whole["document"]["co_signature"]
    assert load(json.dumps(whole)) == SPECIMEN
