"""A report that goes up is addressed from the start to who evaluates the unit, and says so where it isn't."""

from __future__ import annotations

import pytest

from reports.actions.writing import create_report, write_report
from reports.document import plain_text
from reports.kinds import Name
from reports.models import Report
from reports.queries.reports import opened, reports
from reports.queries.subjects import Subject, subject_of
from tests.reports.conftest import NOW, remediation
from tests.reports.kinds.test_declared import begun, sent  # noqa: F401 — fixture

pytestmark = pytest.mark.django_db

ABOUT_RESULTS = (Name.DEDUCTION_REVIEW, Name.INDEX_RESULT, Name.REMEDIATION_RESULT)


def addressees(report: Report) -> list[str]:
    return report.content["addressees"]


@pytest.mark.parametrize("name", ABOUT_RESULTS)
def test_a_report_about_a_result_is_addressed_to_its_host(published, year, name):
    officer = year.officers[year.units[0].pk]
    report = create_report(kind=name, about=subject_of(published), by=officer, now=NOW)
    assert addressees(report) == [year.period.host.name]


def test_a_report_about_a_recorded_result_is_addressed_to_who_recorded_it(lien_son):
    Report.objects.all().delete()
    report = remediation(lien_son.record, lien_son.officer)
    assert addressees(report) == ["Ủy ban nhân dân huyện Chi Lăng"]
    text = plain_text(opened(reports().get(pk=report.pk)).build())
    assert "Kính gửi: Ủy ban nhân dân huyện Chi Lăng\n" in text
    assert "- Như trên;\n- Lưu: VT." in text


def test_a_self_assessment_is_addressed_and_the_sheet_itself_is_not(sent):  # noqa: F811
    assert addressees(begun(sent, Name.SELF_ASSESSMENT)) == [sent.period.host.name]
    assert addressees(begun(sent, Name.SCORE_SHEET)) == []


def test_what_goes_elsewhere_is_addressed_to_nobody(lien_son):
    stage = create_report(
        kind=Name.STAGE_SUMMARY, about=Subject(lien_son.unit, 2025, 2021), by=lien_son.officer, now=NOW
    )
    assert addressees(stage) == []
    assert "addressees" not in {problem.at for problem in opened(reports().get(pk=stage.pk)).problems()}


def test_that_nobody_is_addressed_is_pointed_out_until_somebody_is(lien_son):
    report = lien_son.report
    assert addressees(report) == []
    assert "addressees" in {problem.at for problem in opened(report).problems()}
    content = {**report.content, "addressees": ["Phòng Nội vụ huyện Chi Lăng"]}
    write_report(report=report, content=content, seen=1, by=lien_son.officer, now=NOW)
    assert "addressees" not in {problem.at for problem in opened(lien_son.report).problems()}
