"""Templates of offices: what is refused and in which words, and that what passes says all that it has to."""

from __future__ import annotations

import io
import os
import re
import subprocess
import time
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from reports.document import plain_text
from reports.docx import render_docx
from reports.kinds import KINDS, Content, Name
from reports.word_templates import Refused, apart, fields_of, figures_of, starter, try_apart
from reports.word_templates.data import data_of, extras_of
from reports.word_templates.filling import fill
from reports.word_templates.specimen import data_of_specimen, specimen
from reports.word_templates.trying import try_out
from tests.reports import stored, word
from tests.reports.font import width_of
from tests.reports.kinds import test_long, test_stage
from tests.reports.kinds.every import FACTS
from tests.reports.packages import (
    DOCUMENT,
    KIND,
    changed,
    complaint,
    packed,
    parts,
    refused,
    saying,
    with_xml,
)
from tests.reports.specimen import SPECIMEN
from tests.reports.test_pdf import MM

EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


# What passes


@EVERY_KIND
def test_the_starter_of_every_kind_says_what_the_built_in_layout_says(kind):
    document, _ = specimen(kind)
    tried = try_out(kind, starter(kind))
    assert tried.remarks == ()
    assert word.lines(tried.made) == word.lines(render_docx(document))


@EVERY_KIND
def test_every_field_that_the_page_lists_can_be_written(kind):
    tags = [field.tag for field in fields_of(kind) if not field.tag.startswith("{{p")]
    assert len(tags) > 15
    lines = [line for tag in tags for line in tag.split(" … ")]
    found = parts(starter(kind))
    said = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    found[DOCUMENT] = found[DOCUMENT].replace(b"<w:body>", f"<w:body>{said}".encode(), 1)
    words = " ".join(word.lines(try_out(kind, packed(found)).made))
    for field in fields_of(kind):
        if field.tag.startswith("{{ "):
            assert field.sample.rstrip("…").split("\n")[0] in words, field


@EVERY_KIND
def test_what_the_page_calls_needed_is_missed_in_words(kind):
    needed = [field for field in fields_of(kind) if field.needed]
    assert needed
    empty = changed(DOCUMENT, lambda xml: re.sub(r"\{\{[^}]*\}\}|\{%[^}]*\}", "", xml), starter(kind))
    with pytest.raises(Refused) as error:
        try_out(kind, empty)
    said = [finding.text for finding in error.value.findings]
    assert len(said) == len(needed)
    for field in needed:
        name = re.search(r"\{\{p? (\w+) \}\}|in (\w+)", field.tag)
        assert any(name.group(1) or name.group(2) in text for text in said), field


def test_word_breaks_fields_over_runs():
    split = "{{ date</w:t></w:r><w:proofErr/><w:r><w:rPr><w:b/></w:rPr><w:t>_line }}"
    assert "An Hải, ngày 03 tháng 02 năm 2026" in word.lines(
        try_out(KIND, saying(split, instead_of="{{ date_line }}")).made
    )


def test_conditions_loops_and_rows_of_tables_work():
    rows = (
        "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w='3000'/><w:gridCol w:w='3000'/></w:tblGrid>"
        "<w:tr><w:tc><w:p><w:r><w:t>{%tr for hang in tables[0].rows %}</w:t></w:r></w:p></w:tc></w:tr>"
        "<w:tr><w:tc><w:p><w:r><w:t>{{ loop.index }}</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>{{ hang|last }}</w:t></w:r></w:p></w:tc></w:tr>"
        "<w:tr><w:tc><w:p><w:r><w:t>{%tr endfor %}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        "<w:p><w:r><w:t>{% if figures.rank and place != '' %}Thứ {{ figures.rank }}{% else %}Chưa{% endif %}"
        "</w:t></w:r></w:p>"
    )
    lines = word.lines(try_out(KIND, with_xml(rows)).made)
    assert lines[:7] == ["1", "81,43%", "2", "82,95%", "3", "82,02%", "Thứ 3"]


def test_the_offices_own_styles_and_paper_stay_its_own():
    template = docx.Document(io.BytesIO(starter(KIND)))
    template.styles["Body Text"].font.size = Mm(7)
    for style in template.styles:
        if style.name == "Ô bảng":
            style.element.getparent().remove(style.element)
    template.sections[0].right_margin = Mm(40)
    file = io.BytesIO()
    template.save(file)
    made = word.opened(try_out(KIND, file.getvalue()).made)
    assert made.styles["Body Text"].font.size == pytest.approx(Mm(7), rel=0.1)
    assert "Ô bảng" in [style.name for style in made.styles]
    ruled = [table for table in made.tables if table.style.name == "Table Grid"]
    widths = [sum(int(c.get(qn("w:w"))) for c in table._tbl.tblGrid.gridCol_lst) for table in ruled]
    main, landscape = made.sections[0], made.sections[1]
    assert widths[0] == round((main.page_width - main.left_margin - main.right_margin) / 635)
    assert widths[1] > widths[0]
    assert landscape.page_width > landscape.page_height
    assert landscape.right_margin == main.right_margin == pytest.approx(Mm(40), rel=0.001)


def test_a_plain_word_document_gets_the_styles_and_lists_it_lacks():
    plain = docx.Document()
    for line in (
        "{{ number_line }}", "{{ date_line }}", "{{ title }}", "{%p for x in addressee_lines %}", "{{ x }}",
        "{%p endfor %}", "{{p body }}", "{{ authority|join(' ') }}", "{{ signer }}", "{{ recipients|join('; ') }}",
    ):  # fmt: skip
        plain.add_paragraph(line)
    [lists] = [id for id, one in plain.part.rels.items() if one.reltype.endswith("/numbering")]
    del plain.part.rels[lists]
    file = io.BytesIO()
    plain.save(file)
    tried = try_out(KIND, file.getvalue())
    said = word.lines(tried.made)
    for line in ("I. KẾT QUẢ", "1. Điểm của từng lĩnh vực", "II. PHẦN LỜI", "- Việc thứ nhất;", "I. CHUNG"):
        assert line in said
    assert [remark.text for remark in tried.remarks] == [
        "Mẫu không lấy tên cơ quan ban hành từ phần mềm (issuer_lines); cần có sẵn chữ trong mẫu.",
        "Mẫu không lấy cơ quan chủ quản từ phần mềm (superior_lines); cần có sẵn chữ trong mẫu.",
    ]


def test_appendices_stand_where_the_template_wants_them():
    here = "<w:p><w:r><w:t>{{p appendices }}</w:t></w:r></w:p><w:p><w:r><w:t>Trang sau</w:t></w:r></w:p>"
    lines = word.lines(try_out(KIND, with_xml(here)).made)
    assert lines[0] == "Phụ lục I"
    assert lines.index("Trang sau") < lines.index("I. KẾT QUẢ")


def test_equal_reports_give_equal_bytes():
    assert try_out(KIND, starter(KIND)).made == try_out(KIND, starter(KIND)).made


WRITTEN = {
    Name.REMEDIATION_RESULT: "lien-son-2024",
    Name.DEDUCTION_REVIEW: "trieu-son-2021",
    Name.INDEX_RESULT: "bach-thong-2023",
    Name.AREA_RECTIFICATION: "trieu-son-2020-tthc",
}


def real(name: Name) -> tuple[Content, object]:
    """With the texts of a true report where there is one about a result, else with a hundred rows."""
    if name in WRITTEN:
        return stored.content(WRITTEN[name]), FACTS[name]()
    if name is Name.STAGE_SUMMARY:
        rows = (test_stage.ratio(n, "5650/5658", "950/6184", "/", name=f"Chỉ tiêu {n}") for n in range(1, 60))
        return test_stage.WRITTEN_FOR_PL, test_stage.facts(*rows)
    return test_long.CONTENT, {**FACTS, **test_long.FACTS}[name]()


@EVERY_KIND
def test_no_word_and_no_figure_of_a_real_report_is_lost(kind):
    content, facts = real(kind.name)
    document = kind.build(content, facts)
    extras = extras_of(kind, content, entries=lambda by: kind.entries(facts, by), figures=figures_of(facts))
    data = data_of(document, extras)
    assert len(plain_text(document)) > 1_500
    assert word.lines(fill(starter(kind), document, data)) == word.lines(render_docx(document))


def test_every_kind_of_block_comes_through():
    data = data_of(SPECIMEN, {})
    assert word.lines(fill(starter(KIND), SPECIMEN, data)) == word.lines(render_docx(SPECIMEN))


@EVERY_KIND
def test_the_rules_are_as_long_as_the_decree_wants_under_what_is_filled_in(kind):
    content, facts = real(kind.name)
    document = kind.build(content, facts)
    if document.only_appendices:
        return
    made, own = (fill(starter(kind), document, data_of(document, {})), render_docx(document))
    assert [rule.attrib for rule in rules(made)] == [rule.attrib for rule in rules(own)]


@pytest.mark.parametrize(
    "issuer",
    [
        ("UBND", "xã A"),
        ("Ủy ban nhân dân", "huyện Bạch Thông"),
        ("Sở Khoa học", "và Công nghệ"),
        ("Ban Quản lý Khu kinh tế",),
    ],
)
@pytest.mark.parametrize("subject", ["Kết quả Chỉ số cải cách hành chính năm 2025", "Kết quả năm 2025"])
def test_the_rules_are_a_third_to_a_half_of_the_lines_above_them(issuer, subject):
    document = replace(SPECIMEN, head=replace(SPECIMEN.head, issuer=issuer), subject=subject)
    under_issuer, _, under_subject = rules(fill(starter(KIND), document, data_of(document, {})))
    longest = max(width_of(line, 13) for line in document.head.issuer_lines)
    left = 0.39 * 165 * MM
    for rule, line, available in (
        (under_issuer, longest, left),
        (under_subject, width_of(subject, 14), 165 * MM),
    ):
        sides = sum(int(rule.get(qn(f"w:{side}"))) for side in ("left", "right")) / 20
        assert 1 / 3 <= (available - sides) / line <= 1 / 2


def rules(made: bytes) -> list:
    """The indents of those that the head has."""
    body = docx.Document(io.BytesIO(made)).element.body
    ruled = (p for p in body.iter(qn("w:p")) if p.find(f"{qn('w:pPr')}/{qn('w:pBdr')}") is not None)
    return [p.find(f"{qn('w:pPr')}/{qn('w:ind')}") for p in ruled]


def test_what_people_wrote_is_text_and_never_a_field():
    document, _ = specimen(KIND)
    hostile = "\x07\x0b{{ ''.__class__ }} {% for x in y %} {_{ & <w:p/> ]]>"
    document = replace(document, recipients=(hostile, "Lưu: VT"))
    made = fill(starter(KIND), document, data_of(document, {}))
    assert hostile[2:] in " ".join(word.lines(made))


# What is asked for and isn't there


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{{ sginer }}", "Không có trường “sginer”. Có phải là “signer”?"),
        ("{{ figures.totl }}", "Không có trường “figures.totl”. Có phải là “total”?"),
        ("{{ parts.causes_ }}", "Không có trường “parts.causes_”."),
        ("{{ signer.name }}", "Không có trường “signer.name”."),
        ("{% for x in recipients %}{{ y }}{% endfor %}", "Không có trường “y”."),
        ("{% for x in signer %}{{ x }}{% endfor %}", "Lệnh for chỉ lặp trên một danh sách."),
        ("{% for signer in recipients %}{% endfor %}", "Tên “signer” đã là tên một trường"),
        ("{% if signer %}", "Thiếu lệnh đóng"),
        ("{% endif %}", "Không có lệnh “endif”"),
        ("{% fi signer %}", "Không có lệnh “fi”"),
        ("{{ signer", "Dấu {{ và }} không đi đôi"),
        ("{{ signer signer }}", "Viết sai trong dấu"),
        ("{{ signer|upcase }}", "Không có bộ lọc “upcase”."),
        ("{{r signer }}", "Không dùng {{r …}} ở đây"),
        ("{{p signer }}", "Không dùng {{p …}} ở đây"),
        ("{{ body|upper }}", "Trường “body” phải đứng một mình"),
        ("{{ 1 + 1 }}", "Không làm phép tính trong mẫu"),
    ],
)
def test_mistakes_are_told_with_their_place(words, said):
    findings = [finding for finding in refused(saying(words)) if said in finding.text]
    assert findings, complaint(saying(words))
    assert findings[0].where == "thân văn bản"
    assert words[:20] in findings[0].excerpt


def test_a_mistake_in_a_header_says_so():
    found = parts(starter(KIND))
    name = next(name for name in found if name.startswith("word/header") and b"instr" in found[name])
    wrong = changed(
        name, lambda xml: xml.replace("</w:hdr>", "<w:p><w:r><w:t>{{ isuer }}</w:t></w:r></w:p></w:hdr>")
    )
    [finding] = refused(wrong)
    assert (finding.where, finding.excerpt) == ("đầu trang", "{{ isuer }}")
    assert "issuer" in finding.text


def test_all_mistakes_are_told_at_once():
    wrong = saying("{{ mot }}")
    found = refused(changed(DOCUMENT, lambda xml: xml.replace("{{ signer }}", "{{ hai }}"), wrong))
    assert [f.text[:22] for f in found] == [
        "Không có trường “mot”.",
        "Không có trường “hai”.",
        "Mẫu thiếu họ tên người",
    ]


@pytest.mark.parametrize(
    "xml",
    [
        "<w:p><w:r><w:t>{{p body }}</w:t></w:r></w:p>",
        "<w:p><w:r><w:t>Nội dung: {{ body }}</w:t></w:r></w:p>",
    ],
)
def test_the_body_stands_once_and_alone(xml):
    assert "Nội dung báo cáo" in complaint(with_xml(xml))


def test_a_field_that_is_there_but_never_shows_is_missed():
    never = "{% if not place %}{{ signer }}{% endif %}"
    assert "không hiện họ tên người ký" in complaint(saying(never, instead_of="{{ signer }}"))


# Nothing gets out


@pytest.mark.parametrize(
    "words",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ signer['__class__'] }}",
        "{{ recipients.append('x') }}",
        "{{ parts.items() }}",
        "{{ lipsum.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ self.__init__ }}",
        "{{ range(10) }}",
        "{{ namespace(a=1) }}",
        "{{ signer|attr('__class__') }}",
        "{{ signer|safe }}",
        "{{ signer|format(1) }}",
        "{{ recipients|map('upper')|list }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 2 ** 1000000000 }}",
        "{% for x in range(10**9) %}{{ x }}{% endfor %}",
        "{% for x in recipients recursive %}{{ loop(recipients) }}{% endfor %}",
        "{% set x = signer %}",
        "{% macro m() %}{% endmacro %}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% extends 'x' %}",
        "{% autoescape false %}{{ signer }}{% endautoescape %}",
        "{% filter upper %}x{% endfilter %}",
        "{% with %}{% endwith %}",
    ],
)
def test_nothing_but_fields_conditions_and_loops_can_be_written(words):
    assert any(finding.excerpt.startswith(words[:30]) for finding in refused(saying(words)))


@pytest.mark.parametrize(
    "words",
    [
        "{{ ''.__class__ }}",
        "{{ signer.upper }}",
        "{{ parts.keys }}",
        "{{ x }}",
        "{{ range(3) }}",
        "{{ signer|safe }}",
    ],
)
def test_what_got_past_the_check_would_still_reach_nothing(words):
    """As a template would that an older version of the software let in."""
    document, _ = specimen(KIND)
    with pytest.raises(Refused):
        fill(saying(words), document, data_of_specimen(KIND))


def test_work_without_end_is_ended(monkeypatch):
    monkeypatch.setattr(apart, "TRYING", 3)
    loops = "".join(f"{{% for x{n} in tables[0].rows %}}" for n in range(24))
    began = time.monotonic()
    with pytest.raises(Refused, match="quá lâu hoặc quá lớn"):
        try_apart(KIND.name, saying(f"{loops}x{'{% endfor %}' * 24}"))
    assert time.monotonic() - began < 30


def test_the_process_apart_knows_no_settings_and_comes_back_with_the_same(monkeypatch):
    seen = {}
    run = subprocess.run

    def watched(*args, **kwargs):
        seen.update(kwargs)
        return run(*args, **kwargs)

    monkeypatch.setenv("PARINDEX_SECRET_KEY", "bí mật")
    monkeypatch.setattr(subprocess, "run", watched)
    assert try_apart(KIND.name, starter(KIND)).made == try_out(KIND, starter(KIND)).made
    assert set(seen["env"]) == {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LC_ALL"}
    with pytest.raises(Refused, match="sginer"):
        try_apart(KIND.name, saying("{{ sginer }}"))
    assert os.environ["PARINDEX_SECRET_KEY"] == "bí mật"
