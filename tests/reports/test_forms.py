"""The form of a report: what is stored survives it, what is too long or half filled is told."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from reports.actions.writing import write_report
from reports.contents import limits, read_content, settle, usual_content
from reports.document import plain_text
from reports.forms import CitationForm, CitationFormSet, ReportForm
from reports.kinds import KINDS
from reports.models import Report
from tests.reports.conftest import NOW, as_posted, form_of
from tests.reports.kinds.every import FACTS

pytestmark = pytest.mark.django_db


def query(data: dict[str, str]) -> QueryDict:
    filled = QueryDict(mutable=True)
    filled.update(data)
    return filled


def stored(report: Report, data: dict[str, str]) -> dict:
    form, asked_by = form_of(report, query(data)), CitationForm(query(data), prefix="request")
    basis = CitationFormSet(query(data), prefix="basis")
    assert form.is_valid(), form.errors
    assert asked_by.is_valid(), asked_by.errors
    assert basis.is_valid(), basis.errors
    cited = filter(None, (one.stored() for one in basis))
    return settle(form.stored(request=asked_by.stored(), basis=cited), form.kind.parts)


def test_an_unchanged_save_changes_nothing(lien_son):
    report = lien_son.report
    assert stored(report, as_posted(report)) == report.content


def test_texts_survive_where_nothing_was_lost_and_where_the_code_is_gone(lien_son):
    report = lien_son.report
    texts = {"1": "Cả lĩnh vực", "1.1": "Không mất điểm", "7.6": "- a\n- **b**", "cũ 9.9": "Mã không còn"}
    report.content["narrative"]["remedies_by_code"] = texts
    report.content["narrative"]["tasks_by_area"]["99"] = "Lĩnh vực không còn"
    assert stored(report, as_posted(report)) == report.content


@pytest.mark.parametrize(
    "typed",
    ["Một\n\n\nHai", "- a\n  - b", "<b>&amp;</b> {{ x }} ‘’ \u200b", "\u2028x", "tổ hợp: e\u0302\u0301"],
)
def test_any_text_comes_back_as_it_was_stored(lien_son, typed):
    report = write_report(
        report=lien_son.report,
        content=lien_son.settled(organisation=typed),
        seen=1,
        by=lien_son.officer,
        now=NOW,
    )
    assert stored(report, as_posted(report)) == report.content


def test_no_field_asks_for_a_figure(lien_son):
    names = set(form_of(lien_son.report).fields)
    assert not names & {"total", "rank", "points", "max_total"}
    assert "remedies_by_code-1.2" in names
    assert "remedies_by_code-1.1" not in names
    assert "remedies_by_code-1" not in names
    assert {f"tasks_by_area-{code}" for code in range(1, 9)} <= names


def test_the_loss_stands_beside_its_remedy_as_text(lien_son):
    lien_son.record.rows.filter(code="1.2").update(reason="<script>alert(1)</script> trễ")
    help_text = form_of(lien_son.report).fields["remedies_by_code-1.2"].help_text
    assert help_text == "Bị trừ 2 điểm – &lt;script&gt;alert(1)&lt;/script&gt; trễ."


def test_nothing_is_cut_off_by_the_browser(lien_son):
    assert "maxlength" not in str(form_of(lien_son.report))


@pytest.mark.parametrize(
    ("name", "typed", "complaint"),
    [
        ("organisation", "a" * (limits.TEXT + 1), "50.001 ký tự, tối đa 50.000"),
        ("remedies_by_code-1.2", "- a\n" * (limits.TEXT_LINES + 1), "2.001, tối đa 2.000"),
        ("recipients", "nơi\n" * (limits.ENTRIES + 1), "61, tối đa 60"),
        ("recipients", "x" * (limits.LINE + 1), "301 ký tự"),
        ("signer", "x" * (limits.LINE + 1), "301 ký tự"),
        ("issuer", " \n ", "bắt buộc"),
        ("place", "", "bắt buộc"),
        ("issued_on", "31/02/2024", "ngày"),
        ("organisation", "a\0b", ""),
    ],
)
def test_what_cant_be_printed_is_told_at_its_field(lien_son, name, typed, complaint):
    report = lien_son.report
    form = form_of(report, query(as_posted(report, **{name: typed})))
    assert not form.is_valid()
    assert complaint in str(form.errors[name])


def test_all_texts_together_are_bounded(lien_son):
    report = lien_son.report
    long = dict.fromkeys(("organisation", "remedies", "difficulties"), "- a\n" * limits.TEXT_LINES)
    form = form_of(report, query(as_posted(report, **long)))
    assert not form.is_valid()
    assert "dòng, tối đa 5.000" in str(form.non_field_errors())


def test_days_are_read_as_browsers_and_people_write_them(lien_son):
    report = lien_son.report
    for typed in ("2024-05-06", "06/05/2024"):
        assert stored(report, as_posted(report, issued_on=typed))["head"]["issued_on"] == "2024-05-06"


# Citations


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [("5/2024", "2024-05", "5/2024"), (" 05-2024 ", "2024-05", "5/2024"), ("", None, None)],
)
def test_a_month_is_printed_until_there_is_a_day(lien_son, typed, kept, shown):
    report = lien_son.report
    posted = as_posted(report) | {"issued_on": "", "month": typed}
    content = stored(report, posted)
    assert content["head"].get("month") == kept
    head = read_content(content).head
    assert " ".join(head.date.split()) == ("ngày tháng 5 năm 2024" if kept else "ngày tháng năm")
    report.content = content
    assert form_of(report)["month"].value() == shown
    assert stored(report, as_posted(report)) == content
    assert read_content({**content, "head": {**content["head"], "issued_on": "2024-06-01"}}).head.date == (
        "ngày 01 tháng 6 năm 2024"
    )


@pytest.mark.parametrize("typed", ["13/2024", "2024", "5/24", "tháng 5", "0/2024"])
def test_what_is_no_month_is_told_at_its_field(lien_son, typed):
    form = form_of(lien_son.report, query(as_posted(lien_son.report) | {"month": typed}))
    assert "ví dụ 5/2024" in str(form.errors["month"])


def test_an_emptied_citation_is_gone_and_a_new_one_is_added(lien_son):
    report = lien_son.report
    emptied = {f"request-{name}": "" for name in ("number", "issued_on", "issuer", "subject")}
    added = {"basis-1-kind": "Nghị quyết", "basis-1-number": "76/NQ-CP", "basis-1-issuer": "Chính phủ"}
    content = stored(report, as_posted(report, **emptied, **added))
    assert content["request"] is None
    assert [cited["number"] for cited in content["basis"]] == ["202/QĐ-UBND", "76/NQ-CP"]


def test_half_a_citation_is_told():
    form = CitationForm({"kind": "Công văn", "subject": "báo cáo"})
    assert not form.is_valid()
    assert set(form.errors) == {"number", "issuer"}


def test_more_citations_than_a_page_holds_are_refused(lien_son):
    report = lien_son.report
    data = as_posted(report, **{"basis-TOTAL_FORMS": "1000"})
    assert not CitationFormSet(query(data), prefix="basis").is_valid()


# Two tabs


def test_what_somebody_else_saved_stands_beside_what_was_typed_in(lien_son):
    report = lien_son.report
    form = form_of(report, query(as_posted(report, difficulties="Của tôi")))
    assert form.is_valid()
    other = lien_son.settled(difficulties="Của người khác", tasks="Việc khác")
    form.show_saved(other, 7)
    assert form.saved == {"difficulties": "Của người khác", "tasks": "Việc khác"}
    assert form["difficulties"].value() == "Của tôi"
    assert form["version"].value() == 7


@pytest.mark.parametrize(
    ("field", "typed", "complaint"),
    [
        ("superior", "Ủy ban nhân dân huyện Chi Lăng", "Ủy ban nhân dân không ghi cơ quan chủ quản."),
        ("signer", "ThS. Nguyễn Văn B", "Không ghi học hàm, học vị trước họ tên."),
        ("authority", "TM. Ủy ban nhân dân\nKT. Chủ tịch", "phải có dòng ghi chức vụ của người ký"),
    ],
)
def test_what_the_decree_forbids_in_head_and_signature_is_told_at_its_field(
    lien_son, field, typed, complaint
):
    form = form_of(lien_son.report, query(as_posted(lien_son.report, **{field: typed})))
    assert list(form.errors) == [field]
    assert complaint in str(form.errors[field])


# Each field by what is printed when it alone was changed.
TYPED = {
    "superior": "Cơ quan X", "issuer": ["Cơ quan X"], "number": "98765", "symbol": "XX-XX", "place": "Nơi X",
    "issued_on": "2031-05-17", "month": "2031-05", "addressees": ["Nơi X"], "authority": ["Chức X"], "signer": "Ông X",
    "recipients": ["Nơi X"],
}  # fmt: skip


@pytest.mark.parametrize("name", FACTS)
def test_the_fields_of_a_kind_are_those_that_it_prints(name):
    kind, facts = KINDS[name], FACTS[name]()
    usual = usual_content(name="Ủy ban nhân dân xã A", place="A", superior="")
    plain = plain_text(kind.build(read_content(settle(usual, kind.parts)), facts))

    def changes(**values: object) -> bool:
        content = {**usual, **values}
        return plain_text(kind.build(read_content(settle(content, kind.parts)), facts)) != plain

    def with_field(field: str) -> bool:
        typed = TYPED[field]
        if field in usual["head"] or field in ("superior", "number", "issued_on", "month"):
            return changes(head={**usual["head"], field: typed})
        if field in ("authority", "signer"):
            key = "name" if field == "signer" else field
            return changes(signature={**usual["signature"], key: typed})
        return changes(**{field: typed})

    assert {field for field in TYPED if with_field(field)} == set(kind.fields)
    cited = {"kind": "Công văn", "number": "1/X", "issuer": "X"}
    assert changes(request=cited) == changes(basis=[cited]) == kind.cites
    form = ReportForm(kind=kind, facts=facts, content=usual, version=1)
    assert set(form.fields) >= set(kind.fields)
    assert not set(form.fields) & (set(TYPED) - set(kind.fields))


def test_what_has_no_field_stays_as_it_was():
    kind = KINDS["minutes"]
    content = settle(usual_content(name="Sở Nội vụ", place="An Hải", superior="UBND tỉnh"), kind.parts)
    typed = query(
        {"version": "1", "superior": "UBND", "issuer": "Sở Y", "symbol": "BB", "recipients": "Lưu: VT"}
    )
    form = ReportForm(typed, kind=kind, facts=FACTS["minutes"](), content=content, version=1)
    assert form.is_valid(), form.errors
    after = settle(form.stored(request=None, basis=[]), kind.parts)
    assert after["signature"] == content["signature"]
    assert after["head"] == {**content["head"], "superior": "UBND", "issuer": ["Sở Y"], "symbol": "BB"}
