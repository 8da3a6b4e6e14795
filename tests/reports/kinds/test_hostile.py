"""Text that wants to break out, in every field of every kind: it is printed as it was typed, or it is refused."""

from __future__ import annotations

import io
import re
import time
import zipfile

import pytest
from lxml import etree

from reports.contents import ContentRefused, read_content, settle, usual_content
from reports.contents.limits import ALL_TEXTS, LINE, TEXT
from reports.document import Document, plain_text
from reports.docx import render_docx
from reports.kinds import KINDS, Kind, Name
from reports.pdf import NothingFetched, render_pdf
from tests.reports import word
from tests.reports.kinds.every import FACTS
from tests.reports.margins import assert_within_margins, text_of
from tests.reports.test_formats import squeezed
from tests.reports.test_pdf import read

TAGS = '<script>alert(1)</script> <img src="http://example.org/a.png" onerror=x> <base href=file:///etc/>'
STYLES = "<link rel=stylesheet href=file:///etc/passwd> <style>@import url(http://example.org/x.css)</style>"
TEMPLATES = (
    "{{ nation }} {% load x %} {{ head.issuer_name|safe }} ${x} %(x)s </w:t><w:p/> ]]> <!-- & &amp; -->"
)
ADDRESSES = "http://example.org/?q=1&r=2 file:///etc/shadow \\\\server\\share javascript:alert(1)"
ENDLESS = f"{'đ' * 3_000} https://example.org/{'a' * 2_000} {'W' * 700}"
SIGNS = "👍🏽 🇻🇳 👨‍👩‍👧 ① ﷺ 中文 עברית"
COMPOSED = f"Tie\u0302\u0301ng Vie\u0323\u0302t e{chr(0x301) * 300}"
CONTROLS = "a\x00\x01\x08\x0b\x0c\x1f\x7f\x85b\u202e\u2066c\u2028d\ufeff"
MARKS = "**đậm** rồi **thường\n- việc <b>\n- **<i>đậm</i>**"
HOSTILE = "\n".join((TAGS, STYLES, TEMPLATES, ADDRESSES, ENDLESS, SIGNS, COMPOSED, CONTROLS, MARKS))
SENTENCES = (TAGS, STYLES, TEMPLATES, ADDRESSES)
HEADING = f"<b>{{{{ x }}}}</b> & {'đ' * 200}"


def hostile(name: Name) -> Document:
    """With such text in every line of its head and end and in each of its parts."""
    kind, facts = KINDS[name], FACTS[name]()
    usual = usual_content(name="Ủy ban nhân dân xã A", place="A", superior="")
    values = {
        "head": {
            "superior": HEADING, "issuer": [HEADING, "xã \x00A"], "symbol": "BC-<i>", "place": HEADING,
            "number": "1</w:t>",
        },
        "addressees": [HEADING, TAGS],
        "request": {"kind": "<b>", "number": "1/x", "issuer": HEADING, "subject": STYLES},
        "signature": {"authority": [f"TM. {HEADING}", "<i>Chủ tịch"], "name": HEADING},
        "recipients": [TAGS, HEADING, *usual["recipients"]],
        "narrative": {part.key: _texts(kind, facts, part) for part in kind.parts},
    }  # fmt: skip
    return kind.build(read_content(settle(values, kind.parts)), facts)


def _texts(kind: Kind, facts: object, part) -> object:
    if part.is_line:
        return HOSTILE[:LINE]
    if not part.by:
        return HOSTILE
    return {entry.code: TEMPLATES for entry in kind.entries(facts, part.by)}


def test_every_kind_is_tried():
    assert set(KINDS) == set(FACTS)


@pytest.mark.parametrize("name", FACTS)
def test_it_stays_text_in_the_pdf_within_the_margins_and_fetches_nothing(name, tmp_path, monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr(NothingFetched, "fetch", lambda self, url, headers=None: asked.append(url))
    document = hostile(name)
    began = time.process_time()
    pdf = render_pdf(document)
    assert time.process_time() - began < 30
    assert asked == []
    assert_within_margins(pdf, tmp_path)
    assert not any("/Annots" in page for page in read(pdf).pages)
    text = squeezed(text_of(pdf, tmp_path))
    said = squeezed(plain_text(document))
    for sentence in SENTENCES:
        assert (squeezed(sentence) in said) or not KINDS[name].parts
        assert text.count(squeezed(sentence)[:40]) == said.count(squeezed(sentence)[:40])


@pytest.mark.parametrize("name", FACTS)
def test_it_stays_text_in_the_docx(name):
    document = hostile(name)
    content = render_docx(document)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = {part: packed.read(part) for part in packed.namelist()}
    for part, written in parts.items():
        etree.fromstring(written)
        assert b"TargetMode" not in written, part
    assert not [part for part in parts if re.search(r"media|embeddings|externalLinks", part)]
    assert squeezed("".join(word.lines(content))) == squeezed(plain_text(document))


@pytest.mark.parametrize("name", [name for name in FACTS if KINDS[name].parts])
def test_more_than_a_report_may_say_is_refused(name):
    kind = KINDS[name]
    usual = usual_content(name="Ủy ban nhân dân xã A", place="A", superior="")
    part = kind.parts[0].key
    for texts in ({part: "đ" * 200_000}, {part: "x\n" * 3_000}):
        with pytest.raises(ContentRefused, match="Quá"):
            settle({**usual, "narrative": texts}, kind.parts)
    plain = [one.key for one in kind.parts if not one.by and not one.is_line]
    if len(plain) * TEXT > ALL_TEXTS:
        with pytest.raises(ContentRefused, match="cộng lại"):
            settle({**usual, "narrative": dict.fromkeys(plain, "đ" * TEXT)}, kind.parts)
    with pytest.raises(ContentRefused, match="Quá dài"):
        settle({**usual, "recipients": ["đ" * (LINE + 1)]}, kind.parts)


def test_as_much_as_a_report_may_say_is_printed_in_bounded_time(tmp_path):
    """200 kB of words, tags and lists at once."""
    kind = KINDS[Name.DEDUCTION_REVIEW]
    usual = usual_content(name="Ủy ban nhân dân xã A", place="A", superior="")
    text = (f"- **{TAGS}** {ADDRESSES}\n{'chữ nghĩa ' * 60}\n" * 60)[:TEXT]
    texts = dict.fromkeys(("shortcomings", "causes", "issued", "remedies"), text)
    content = read_content(settle({**usual, "narrative": texts}, kind.parts))
    document = kind.build(content, FACTS[kind.name]())
    assert sum(map(len, content.texts.values())) > ALL_TEXTS * 0.9
    began = time.process_time()
    pages = assert_within_margins(render_pdf(document), tmp_path)
    render_docx(document)
    assert time.process_time() - began < 60
    assert pages > 50
