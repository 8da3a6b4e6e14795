"""What is to be looked at in a report, kind by kind: each link leads to something that is really there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from html import unescape
from urllib.parse import unquote

import pytest
from django.urls import reverse

from accounts.models import User
from assessments.actions.cohorts import add_cohort, set_units
from assessments.actions.periods import create_period
from assessments.actions.returning import return_sheet
from assessments.models import Assessment, CouncilMember, CouncilSession, Layer, Publication, Score
from reports.actions.writing import create_report
from reports.kinds import KINDS, Content, Name, Problem, Severity, Where
from reports.kinds.declared import Amount
from reports.kinds.doubts import doubtful
from reports.models import Report
from reports.queries.places import placed
from reports.queries.reports import opened, reports
from reports.queries.subjects import Subject, subject_of
from tests.assessments.conftest import DEADLINE, OPENS, Year
from tests.calendars import overlapping
from tests.reports.conftest import LienSon, signed_in
from tests.reports.indicators.conftest import Office, office  # noqa: F401 — fixture
from tests.reports.kinds.test_annex import corrected  # noqa: F401 — fixture
from tests.reports.kinds.test_declared import begun, sent  # noqa: F401 — fixture
from tests.reports.kinds.test_minutes import session  # noqa: F401 — fixture

pytestmark = pytest.mark.django_db

WRONG = "Chỉ số CCHC năm 2001 đạt 1 điểm"
LINK = re.compile(r'<a href="([^"]+)">([^<]+)</a>\s*</li>')


def broken(report: Report, words: str = WRONG) -> Report:
    """With nobody who signs, no basis, and a wrong figure in every text."""
    kind, content = KINDS[report.kind], dict(report.content)
    facts = opened(report).facts
    entries = {part.by: kind.entries(facts, part.by) for part in kind.parts if part.by}
    content["narrative"] = {
        part.key: {entry.code: words for entry in entries[part.by]} if part.by else words
        for part in kind.parts
    }
    content |= {"request": None, "basis": [], "signature": {**content["signature"], "name": ""}}
    Report.objects.filter(pk=report.pk).update(content=content)
    return reports().get(pk=report.pk)


def emptied(report: Report) -> Report:
    """With no text at all."""
    narrative = {part.key: {} if part.by else "" for part in KINDS[report.kind].parts}
    Report.objects.filter(pk=report.pk).update(content={**report.content, "narrative": narrative})
    return reports().get(pk=report.pk)


def followed(report: Report, person: User) -> set[Where]:
    """The kinds of place that the links of its page lead to, each of which is looked up."""
    client = signed_in(person)
    page = client.get(reverse("report", args=[report.pk])).content.decode()
    page = page.partition('id="to-look-at"')[2].partition("</section>")[0]
    found = placed(opened(report).problems(), report)
    links = [(unescape(address), unescape(text)) for address, text in LINK.findall(page)]
    assert links == [(item.address, item.problem.text) for item in found]
    confirm = client.get(reverse("report_issue", args=[report.pk])).content.decode()
    assert {unescape(address) for address, _ in LINK.findall(confirm)} >= {item.address for item in found}
    for item in found:
        address, _, mark = item.address.partition("#")
        answer = client.get(address)
        assert answer.status_code == 200, item
        assert not mark or f'id="{unquote(mark)}"' in answer.content.decode(), item
        assert mark or item.problem.where is Where.RANKING, item
    return {item.problem.where for item in found}


def about_result(name: Name) -> Callable[[LienSon], Report]:
    def begin(lien_son: LienSon) -> Report:
        about = subject_of(lien_son.record)
        if name is Name.AREA_RECTIFICATION:
            about = Subject(about.unit, about.year, area_code="2", record=lien_son.record)
        made = create_report(kind=name, about=about, by=lien_son.officer, now=lien_son.record.entered_at)
        return reports().get(pk=made.pk)

    return begin


OF_RECORDS = {
    name: about_result(name)
    for name in (
        Name.DEDUCTION_REVIEW, Name.INDEX_RESULT, Name.REMEDIATION_RESULT, Name.AREA_RECTIFICATION,
    )
}  # fmt: skip
ELSEWHERE = {Name.SELF_ASSESSMENT, Name.SCORE_SHEET, Name.RANKING_ANNEX, Name.MINUTES, Name.STAGE_SUMMARY}


def test_no_kind_is_left_out():
    assert set(KINDS) == {*OF_RECORDS, *ELSEWHERE}


@pytest.mark.parametrize("name", OF_RECORDS)
def test_links_of_a_report_about_a_recorded_result(lien_son, name):
    report = broken(OF_RECORDS[name](lien_son))
    problems = opened(report).problems()
    fields = {problem.at for problem in problems if problem.where is Where.FORM}
    assert {"signer", "request-number"} <= fields
    for key, text in _fields(report).items():
        assert key in fields, key
        assert text == WRONG
    assert followed(report, lien_son.officer) == {Where.FORM, Where.RESULT}
    assert Where.FORM in followed(emptied(report), lien_son.officer)


def test_links_to_documents_that_are_younger_than_the_report(lien_son):
    report = OF_RECORDS[Name.REMEDIATION_RESULT](lien_son)
    cited = {
        "kind": "Kế hoạch",
        "number": "1/KH",
        "issued_on": "2024-06-02",
        "issuer": "Huyện",
        "subject": "",
    }
    head = {**report.content["head"], "issued_on": "2024-06-01"}
    content = {**report.content, "head": head, "request": cited, "basis": [cited, cited]}
    Report.objects.filter(pk=report.pk).update(content=content)
    report = reports().get(pk=report.pk)
    fields = {problem.at for problem in opened(report).problems()}
    assert fields >= {"request-issued_on", "basis-0-issued_on", "basis-1-issued_on"}
    assert Where.FORM in followed(report, lien_son.officer)


def _fields(report: Report) -> dict[str, str]:
    content: Content = opened(report).content
    return dict(content.all_texts)


def test_links_of_a_report_about_a_published_result(published, year):
    officer = year.officers[published.assessment.unit_id]
    Score.objects.filter(assessment=published.assessment).update(note="")
    made = create_report(kind=Name.REMEDIATION_RESULT, about=subject_of(published), by=officer, now=year.now)
    report = reports().get(pk=made.pk)
    assert followed(broken(report), officer) == {Where.FORM, Where.RESULT}


@pytest.fixture
def jumped(sent: Year) -> Year:  # noqa: F811
    """Twenty of ten where last year had two; sent back, with one excuse less."""
    officer = sent.officers[sent.units[0].pk]
    act = {"by": sent.coordinator, "now": sent.now}
    earlier = create_period(
        host=sent.host, year=2025, name="2025", calendar=overlapping(OPENS, DEADLINE), **act
    )
    criteria_set = sent.sheet().cohort.criteria_set
    cohort = add_cohort(period=earlier, name="Xã", criteria_set=criteria_set, **act)
    set_units(cohort=cohort, units=[sent.units[0]], **act)
    for sheet, numerator in ((Assessment.objects.get(cohort=cohort), "2"), (sent.sheet(), "20")):
        Score.objects.create(
            assessment=sheet, criterion_id=sent.criterion("2.1"), layer=Layer.SELF, points=1, max_points=6,
            data={"numerator": numerator, "denominator": "10"}, updated_by=officer, updated_at=sent.now,
        )  # fmt: skip
    return_sheet(assessment=sent.sheet(), reason="Thiếu", **act)
    Score.objects.filter(assessment=sent.sheet()).update(evidence_note="")
    return sent


@pytest.mark.parametrize("name", [Name.SELF_ASSESSMENT, Name.SCORE_SHEET])
def test_links_of_a_report_about_a_sheet(jumped, name):
    officer = jumped.officers[jumped.units[0].pk]
    sheet = jumped.sheet()
    made = create_report(kind=Name.SCORE_SHEET, about=subject_of(sheet), by=officer, now=jumped.now)
    Report.objects.filter(pk=made.pk).update(kind=name)
    report = broken(reports().get(pk=made.pk))
    assert followed(report, officer) == {Where.FORM, Where.SHEET}
    problems = opened(report).problems()
    assert {
        "Tiêu chí 2.1: “Số đạt được” (20) lớn hơn “Tổng số” (10).",
        "Tiêu chí 2.1: “Số đạt được” là 20, năm trước là 2, chênh lệch từ 10 lần trở lên.",
    } <= {problem.text for problem in problems}
    if name is Name.SELF_ASSESSMENT:
        assert {problem.at for problem in problems} >= {"organisation", "shortcomings", "proposals", "1.2"}
        followed(emptied(report), officer)


def test_links_of_an_annex_that_was_corrected_since(year, corrected):  # noqa: F811
    first = Publication.objects.select_related("period__host", "period__publication").get(ordinal=1)
    made = create_report(kind=Name.RANKING_ANNEX, about=subject_of(first), by=year.coordinator, now=year.now)
    assert followed(reports().get(pk=made.pk), year.coordinator) == {Where.RANKING}


def test_links_of_minutes(year: Year, session: CouncilSession):  # noqa: F811
    CouncilMember.objects.filter(session=session).update(seat=CouncilMember.Seat.MEMBER)
    held = CouncilSession.objects.select_related("period__host").get(pk=session.pk)
    made = create_report(kind=Name.MINUTES, about=subject_of(held), by=year.coordinator, now=year.now)
    report = reports().get(pk=made.pk)
    narrative = {
        **report.content["narrative"],
        "discussion": f"{year.units[2].short_name} đạt 1 điểm; {WRONG}",
    }
    Report.objects.filter(pk=report.pk).update(content={**report.content, "narrative": narrative})
    report = reports().get(pk=report.pk)
    assert followed(report, year.coordinator) == {Where.FORM, Where.SESSION}
    [ahead] = placed([Problem("Ngày ở sau hôm nay.", Severity.BLOCKS, "issued_on")], report)
    assert ahead.address == f"{reverse('session_edit', args=[held.pk])}#id_held_at"
    told = [problem.text for problem in opened(report).problems() if problem.where is Where.FORM]
    assert len(told) == 2
    assert "đạt 1 điểm”: số liệu đã lưu là" in told[0]


def test_links_of_a_summary_lead_to_the_cells_of_its_figures(office: Office):  # noqa: F811
    """Every doubt that figures can raise, in both groups, and every text against them."""
    whole = office.at("PL01", "1")
    office.indicator("PL01", "4", name="Hồ sơ trực tuyến", position=4, part_of=whole)
    for group, code, year, typed in (
        ("PL01", "1", 2018, "9"),
        ("PL01", "1", 2019, "90"),
        ("PL01", "2", 2018, "12/10"),
        ("PL01", "4", 2019, "91"),
        ("KS", "1", 2020, "5/4"),
    ):
        office.enter(group, code, year, typed)
    about = Subject(office.unit, 2020, first_year=2018)
    made = create_report(kind=Name.STAGE_SUMMARY, about=about, by=office.officer, now=office.now)
    report = broken(reports().get(pk=made.pk), "Năm 2018 có 7 hồ sơ tiếp nhận")
    problems = opened(report).problems()
    cells = {problem.at for problem in problems if problem.where is Where.STATISTICS}
    jumped, above, part, surveyed = (
        office.stored(group, code, year).indicator_id
        for group, code, year in (
            ("PL01", "1", 2019), ("PL01", "2", 2018), ("PL01", "4", 2019), ("KS", "1", 2020),
        )
    )  # fmt: skip
    assert cells == {
        f"o-{jumped}-2018", f"o-{jumped}-2019", f"o-{above}-2018", f"o-{part}-2019", f"o-{surveyed}-2020", "den-2020",
    }  # fmt: skip
    assert followed(report, office.officer) == {Where.FORM, Where.STATISTICS}
    fields = {problem.at for problem in problems if problem.where is Where.FORM}
    assert fields == {*_fields(report), "signer", "request-number"}
    assert Where.FORM in followed(emptied(report), office.officer)


def test_numbers_that_are_seldom_right_are_told(sent):  # noqa: F811
    declared = opened(begun(sent, Name.SCORE_SHEET)).facts
    [row] = [row for row in declared.rows if row.code == "1.1"]

    def told(*amounts: Amount) -> list[str]:
        changed = replace(row, amounts=amounts, is_ratio=True)
        return [problem.text for problem in doubtful(replace(declared, rows=(changed,)))]

    part, whole = Amount("Đúng hạn", Decimal(12)), Amount("Hồ sơ", Decimal(10))
    assert told(part, whole) == ["Tiêu chí 1.1: “Đúng hạn” (12) lớn hơn “Hồ sơ” (10)."]
    assert told(whole, part) == []
    for before, count in ((100, 1), (99, 0), (2, 0), (1, 1), (0, 0)):
        assert len(told(replace(whole, before=Decimal(before)))) == count, before
