"""What clerks type as on other papers is printed once, and what was tidied stays as it is."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.schema import SetErrors
from reports.contents import read_content, read_report_file, settle, tidy
from reports.document import plain_text
from reports.forms import CitationForm
from reports.kinds import KINDS
from tests.reports import stored
from tests.reports.conftest import as_posted, form_of, text_of
from tests.reports.test_forms import query
from tests.reports.test_forms import stored as saved

SUBJECT = "báo cáo kết quả"
TIDIED = (
    tidy.entry, tidy.addressee, tidy.symbol, tidy.place, tidy.cited_kind, tidy.cited_number, tidy.cited_issuer,
    tidy.cited_subject, tidy.closing,
)  # fmt: skip
TYPED = st.lists(
    st.sampled_from(
        [
            "- ", "-", "–", "• ", "+ ", ";", ".", ",", "...", "…", " ", "\n", "/", "./.", "Kính gửi: ", "về việc ", "V/v ",
            "v / v", "số ", "Số: ", "của ", "829/UBND", "BC-UBND", "Ủy ban", "xã Liên Sơn", "Lưu: VT", "so\u0302\u0301 ",
        ]
    )
    | st.text(max_size=4),
    max_size=9,
).map("".join)  # fmt: skip


@pytest.mark.parametrize("clean", TIDIED, ids=lambda clean: clean.__name__)
@given(typed=TYPED)
def test_what_was_tidied_stays_as_it_is(clean, typed):
    assert clean(clean(typed)) == clean(typed)


@given(entries=st.lists(TYPED, max_size=5), is_addressed=st.booleans())
def test_recipients_that_were_put_in_order_stay_so(entries, is_addressed):
    ordered = partial(tidy.recipients, is_addressed=is_addressed)
    assert ordered(ordered(entries)) == ordered(entries)


@pytest.mark.parametrize(
    ("clean", "typed", "kept"),
    [
        (tidy.entry, "- Như trên;", "Như trên"),
        (tidy.entry, "–Lưu: VT.", "Lưu: VT"),
        (tidy.entry, "Các sở, ban, ngành...;", "Các sở, ban, ngành..."),
        (tidy.entry, "VP UBND tỉnh (b/c)", "VP UBND tỉnh (b/c)"),
        (tidy.entry, "Sở GD-ĐT", "Sở GD-ĐT"),
        (tidy.addressee, "Kính gửi: - Ủy ban nhân dân tỉnh;", "Ủy ban nhân dân tỉnh"),
        (tidy.symbol, "/BC-UBND", "BC-UBND"),
        (tidy.place, "xã Liên Sơn,", "xã Liên Sơn"),
        (tidy.place, "TP. Hồ Chí Minh", "TP. Hồ Chí Minh"),
        (tidy.cited_kind, "Công văn số", "Công văn"),
        (tidy.cited_number, "số 829/UBND-NV", "829/UBND-NV"),
        (tidy.cited_number, "Số: 829/UBND-NV.", "829/UBND-NV"),
        (tidy.cited_issuer, "của Ủy ban nhân dân huyện", "Ủy ban nhân dân huyện"),
        (tidy.cited_subject, "về việc báo cáo", "báo cáo"),
        (tidy.cited_subject, "V/v báo cáo.", "báo cáo"),
        (tidy.cited_subject, "việc về đích", "việc về đích"),
        (tidy.cited_number, "sốt 12", "sốt 12"),
        (tidy.closing, "Trên đây là báo cáo của xã./.", "Trên đây là báo cáo của xã."),
        (tidy.closing, "Trên đây là báo cáo của xã.", "Trên đây là báo cáo của xã."),
        (tidy.closing, "Đạt 5/10", "Đạt 5/10"),
    ],
)
def test_only_what_is_printed_anyway_is_taken_away(clean, typed, kept):
    assert clean(typed) == kept


def test_the_archive_comes_last_and_nobody_is_told_twice():
    entries = ["Lưu: VT", "Như trên", "Ông Lưu Văn A", "Lưu Văn B"]
    assert tidy.recipients(entries, is_addressed=True) == ["Ông Lưu Văn A", "Lưu Văn B", "Lưu: VT"]
    assert "Như trên" in tidy.recipients(entries, is_addressed=False)


AS_TYPED = {
    "closing": "Trên đây là báo cáo của xã./.",
    "recipients": "- Như trên;\r\n- Lưu: VT.\r\n- Sở Nội vụ;",
    "addressees": "- Ủy ban nhân dân huyện Chi Lăng;\r\n- Phòng Nội vụ huyện.",
    "symbol": "/BC-UBND",
    "place": "xã Liên Sơn,",
    "request-number": "số 829/UBND-NV",
    "request-subject": "về việc báo cáo",
    "basis-0-subject": "V/v công bố.",
}


@pytest.mark.django_db
def test_a_page_typed_like_other_papers_is_printed_without_repetition(lien_son):
    report = lien_son.report
    content = saved(report, as_posted(report, **AS_TYPED))
    document = KINDS[report.kind].build(read_content(content), stored.outcome("lien-son-2023"))
    text = plain_text(document)
    for line in (
        "của xã./.",
        "Kính gửi:\n- Ủy ban nhân dân huyện Chi Lăng;\n- Phòng Nội vụ huyện.\n",
        "- Như trên;\n- Sở Nội vụ;\n- Lưu: VT.",
        "Số: 44/BC-UBND\n",
        "xã Liên Sơn, ngày 04",
        "Công văn số 829/UBND-NV ngày 25 tháng 4 năm 2024 của Ủy ban nhân dân huyện Chi Lăng về việc báo cáo; căn cứ",
        "về việc công bố, Ủy ban",
    ):
        assert line in text


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["44/BC-UBND", "0", "số 44", "44a"])
def test_a_number_is_typed_as_the_clerk_gives_it(lien_son, typed):
    report = lien_son.report
    form = form_of(report, query(as_posted(report, number=typed)))
    assert not form.is_valid()
    assert "số nguyên từ 1 đến 99999; ký hiệu đã có trong báo cáo" in str(form.errors["number"])
    with pytest.raises(SetErrors, match=r"head\.number: .*số nguyên từ 1 đến 99999"):
        read_report_file(text_of("reports", "lien-son-2024").replace('number: "44"', f'number: "{typed}"'))


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "kept"), [("044", "44"), (" 7 ", "7"), ("", "")])
def test_a_number_needs_no_zero_before_it_nor_to_be_there(lien_son, typed, kept):
    report = lien_son.report
    assert saved(report, as_posted(report, number=typed))["head"]["number"] == kept


@pytest.mark.parametrize(("name", "typed"), [("number", "số"), ("issuer", ";"), ("kind", ".")])
def test_what_is_nothing_but_marks_is_missed(name, typed):
    cited = {"kind": "Công văn", "number": "1/UBND", "issuer": "UBND tỉnh", name: typed}
    form = CitationForm(query(cited))
    assert not form.is_valid()
    assert name in form.errors


def test_files_are_tidied_like_what_is_typed():
    file = text_of("reports", "lien-son-2024").replace("number: 829/", "number: số 829/")
    assert read_report_file(file).content["request"]["number"] == "829/UBND-NV"


@pytest.mark.parametrize(
    "name",
    [
        "an-phuc",
        "bach-thong-2023",
        "lien-son-2024",
        "trieu-son-2020-tthc",
        "trieu-son-2021",
        "tuy-phong-2020",
    ],
)
def test_reports_as_their_units_issued_them_have_nothing_to_tidy(name):
    file = read_report_file(text_of("reports", name))
    settled = read_content(settle(file.content, KINDS[file.kind].parts))
    written = {part: text for part, text in settled.texts.items() if text}
    by_code = {part: texts for part, texts in settled.texts_by_code.items() if texts}
    assert replace(settled, texts=written, texts_by_code=by_code) == stored.content(name)
