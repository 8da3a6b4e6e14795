"""In every kind: a document is named in full where it is first mentioned, and briefly from then on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assessments.outcome import Decision
from reports.citations import Citation, in_turn
from reports.document import plain_text
from reports.kinds import KINDS, Name
from reports.kinds.annex.facts import Correction
from reports.kinds.index import IndexFacts
from tests.reports import stored
from tests.reports.kinds.test_long import CONTENT, annex, declared

RESULT = stored.outcome("lien-son-2023")
DECISION = RESULT.decision
assert DECISION is not None
ASKED = Citation("Công văn", "829/UBND-NV", date(2024, 4, 25), "Ủy ban nhân dân huyện", "báo cáo")
ANNOUNCED = Citation("Quyết định", DECISION.number, DECISION.issued_on, DECISION.issuer, "công bố Chỉ số")
PLAN = Citation("Kế hoạch", "12/KH-UBND", date(2024, 1, 2), "Ủy ban nhân dân xã", "cải cách hành chính")

ABOUT = {
    Name.REMEDIATION_RESULT: RESULT,
    Name.DEDUCTION_REVIEW: RESULT,
    Name.INDEX_RESULT: IndexFacts(RESULT, replace(RESULT, year=2022)),
    Name.SELF_ASSESSMENT: declared(),
}


def printed(name: Name, **cited: object) -> str:
    return plain_text(KINDS[name].build(replace(CONTENT, **cited), ABOUT[name]))


@pytest.mark.parametrize("name", ABOUT)
def test_an_office_that_lists_them_has_each_on_a_line_in_italics(name):
    content = replace(CONTENT, request=ASKED, basis=(ANNOUNCED, PLAN), lists_basis=True)
    *lines, opening = KINDS[name].build(content, ABOUT[name]).body[:4]
    assert [run.italic for line in lines for run in line.runs] == [True] * 3
    assert [line.runs[0].text for line in lines] == [
        f"Thực hiện {ASKED.full};",
        f"Căn cứ {ANNOUNCED.full};",
        f"Căn cứ {PLAN.full}.",
    ]
    assert not opening.runs[0].italic
    assert opening.runs[0].text.startswith(f"{CONTENT.head.issuer_name} báo cáo ")
    bare = replace(CONTENT, request=None, basis=(), lists_basis=True)
    assert not KINDS[name].build(bare, ABOUT[name]).body[0].runs[0].italic


@pytest.mark.parametrize("name", ABOUT)
def test_each_is_named_in_full_once_and_before_anything_else_names_it(name):
    text = printed(name, request=ASKED, basis=(ANNOUNCED, PLAN))
    for citation in (ASKED, ANNOUNCED, PLAN):
        assert text.count(citation.full) == 1
        assert text.index(citation.full) == text.index(citation.short)


@pytest.mark.parametrize("name", ABOUT)
def test_what_asked_for_the_report_is_not_told_in_full_again_among_its_bases(name):
    text = printed(name, request=ASKED, basis=(PLAN, ASKED))
    assert text.count(ASKED.full) == 1
    assert text.count(ASKED.short) == 2


@pytest.mark.parametrize("name", sorted(ABOUT.keys() - {Name.SELF_ASSESSMENT}))
@pytest.mark.parametrize("cited", [{"basis": (ANNOUNCED,)}, {"request": ANNOUNCED}], ids=["basis", "request"])
def test_the_announcing_decision_is_named_briefly_after_the_opening(name, cited):
    text = printed(name, **cited)
    assert text.count(ANNOUNCED.full) == 1
    assert f"heo {ANNOUNCED.short}, " in text


@pytest.mark.parametrize("name", sorted(ABOUT.keys() - {Name.SELF_ASSESSMENT}))
def test_the_announcing_decision_is_named_in_full_where_the_opening_is_silent(name):
    text = printed(name)
    assert text.count(f"heo {replace(ANNOUNCED, subject='').full}, ") == 1
    assert text.count(ANNOUNCED.short) == 1


def test_a_sheet_names_the_decision_on_its_criteria_in_full():
    facts = replace(declared(), set_decision=Decision("5/QĐ-UBND", date(2026, 1, 5), "UBND tỉnh A"))
    text = plain_text(KINDS[Name.SCORE_SHEET].build(CONTENT, facts))
    assert "ban hành kèm theo Quyết định số 5/QĐ-UBND ngày 05 tháng 01 năm 2026 của UBND tỉnh A)." in text


def test_a_correction_names_what_it_corrects_in_full():
    corrects = Decision("7/QĐ-UBND", date(2026, 3, 2), "UBND tỉnh A")
    facts = replace(annex(), correction=Correction(corrects, "cộng nhầm", (), ()))
    text = plain_text(KINDS[Name.RANKING_ANNEX].build(CONTENT, facts))
    assert text.count("Quyết định số 7/QĐ-UBND ngày 02 tháng 3 năm 2026 của UBND tỉnh A") == 1


def test_the_same_document_is_told_by_its_kind_and_number():
    other = replace(ASKED, kind="Kế hoạch")
    again = replace(ASKED, subject="", issuer="")
    assert in_turn((ASKED, other, again)) == (ASKED.full, other.full, ASKED.short)


@pytest.mark.parametrize("name", ABOUT)
def test_a_document_that_is_younger_than_the_report_is_told_of_in_its_field(name):
    def later(issued_on: date | None, **cited: object) -> list[str]:
        content = replace(CONTENT, head=replace(CONTENT.head, issued_on=issued_on), **cited)
        found = KINDS[name].checks(ABOUT[name], content)
        return [problem.at for problem in found if "sau ngày báo cáo" in problem.text]

    undated = replace(PLAN, issued_on=None)
    assert later(date(2024, 1, 2), request=ASKED, basis=(undated, PLAN, ASKED)) == [
        "request-issued_on", "basis-2-issued_on",
    ]  # fmt: skip
    assert later(ASKED.issued_on, request=ASKED, basis=(PLAN,)) == []
    assert later(None, request=ASKED) == []
