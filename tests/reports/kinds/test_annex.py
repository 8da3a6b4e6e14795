"""`ranking_annex`: the ranking of the small year as the decision announced it, and its correction."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from assessments.models import Publication
from reports.actions.writing import create_report
from reports.document import Document, Table, plain_text
from reports.kinds import KINDS, Name
from reports.kinds.wording import sentence
from reports.models import Report
from reports.permissions import sees_report
from reports.queries.annex import annex_of
from reports.queries.lists import visible_reports
from reports.queries.reports import document_of, opened, reports
from reports.queries.subjects import subject_of
from tests.assessments.conftest import NOW, Year, make_year
from tests.assessments.corrected import announce, prepare, publish_correction
from tests.factories import user_with
from tests.reports.conftest import as_posted, signed_in
from tests.reports.test_formats import in_pdf, in_word, squeezed

pytestmark = pytest.mark.django_db

LONG = "xã Nguyễn Nghiêm Thượng Khánh Trường Hòa Thuận Phước Lộc"


def play(year: Year) -> Publication:
    """Two tie; the third was never sent; the first has a long name."""
    year.units[0].short_name = LONG
    year.units[0].save()
    year.play(0, "4")
    year.play(1, "4")
    return announce(year)


def begun(publication: Publication, year: Year) -> Report:
    made = create_report(kind=Name.RANKING_ANNEX, about=subject_of(publication), by=year.coordinator, now=NOW)
    return reports().get(pk=made.pk)


def document(publication: Publication, year: Year) -> Document:
    return document_of(begun(publication, year))


def test_the_annex_says_ranks_ties_and_who_has_no_result(year):
    made = document(play(year), year)
    assert made.only_appendices
    text = plain_text(made)
    second, third = (sentence(unit.short_name) for unit in year.units[1:])
    for said in (
        "Phụ lục I\nKẾT QUẢ, XẾP HẠNG CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM 2026 – XÃ\n"
        "(Kèm theo Quyết định số 123/QĐ-UBND ngày 02 tháng 3 năm 2026 của Chủ tịch UBND tỉnh)",
        "Các lĩnh vực: (1) Chỉ đạo, điều hành; (2) Dịch vụ công.",
        "1 (10)\t2 (10)\n",
        f"1*\t{sentence(LONG)}\t6,25\t2\t0,5\t10,206\t51,03%\tKhá",
        f"1*\t{second}\t6,25\t2\t0,5\t10,206\t51,03%\tKhá",
        f"–\t{third}\tKhông có kết quả: Chưa gửi phiếu tự chấm điểm",
        "* Các đơn vị đồng hạng.",
        "Điểm của đơn vị có tiêu chí không áp dụng được quy đổi về thang 20 điểm.",
        "Phụ lục II\nTỶ LỆ ĐẠT ĐIỂM TỐI ĐA THEO LĨNH VỰC",
        f"1*\t{sentence(LONG)}\t89,29%\t20,00%\t51,03%",
        "Ô càng đậm, tỷ lệ càng thấp: từ 95% trở lên; từ 85 đến dưới 95%; từ 70 đến dưới 85%; dưới 70%.",
    ):
        assert said in text, said
    assert text.index(third) > text.index(second)


def test_the_darkest_cells_are_the_lowest_shares(year):
    heat = document(play(year), year).appendices[1].blocks[-1]
    assert [cell.shade for cell in heat.rows[0].cells] == [0, 0, 2, 4, 0]


def test_a_cohort_of_several_stands_in_its_own_appendix_and_heat_table(year):
    play(year)
    facts = annex_of(Publication.objects.select_related("period__host", "period__publication").get())
    twice = KINDS[Name.RANKING_ANNEX]
    towns = replace(facts.cohorts[0], name="Phường")
    content = opened(begun(Publication.objects.get(), year)).content
    text = plain_text(twice.build(content, replace(facts, cohorts=(facts.cohorts[0], towns))))
    assert "Phụ lục II\nKẾT QUẢ, XẾP HẠNG CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM 2026 – PHƯỜNG" in text
    assert "I. XÃ\nCác lĩnh vực" in text
    assert "II. PHƯỜNG\nCác lĩnh vực" in text


@pytest.fixture
def corrected(year: Year) -> Publication:
    play(year)
    prepare(year, "1.1", {"points": "2"}, place=1)
    return publish_correction(year)


def test_a_correction_is_named_with_what_it_changed(year, corrected):
    text = plain_text(document(corrected, year))
    second = sentence(year.units[1].short_name)
    for said in (
        "Quyết định số 200/QĐ-UBND",
        "Kết quả này thay thế kết quả công bố tại Quyết định số 123/QĐ-UBND (đính chính tại Phụ lục III).",
        "Phụ lục III\nNỘI DUNG ĐÍNH CHÍNH",
        "Đính chính kết quả công bố tại Quyết định số 123/QĐ-UBND ngày 02 tháng 3 năm 2026 của Chủ tịch UBND tỉnh. "
        "Lý do: Cộng thiếu điểm.",
        f"{second}\t1.1\tKế hoạch\t4\t2\tCộng nhầm",
        f"{second}\t10,206\t7,853\t1\t2",
    ):
        assert said in text, said
    assert "1*" not in text


def test_what_was_corrected_stays_as_it_was_announced_and_is_flagged(year, corrected):
    first = Publication.objects.select_related("period__host", "period__publication").get(ordinal=1)
    report = begun(first, year)
    assert "10,206" in plain_text(document_of(report))
    assert "Kết quả này đã được đính chính theo Quyết định số 200/QĐ-UBND." in {
        problem.text for problem in opened(report).problems()
    }


def test_the_host_writes_it_and_the_units_do_not_read_it(year):
    publication = play(year)
    report = begun(publication, year)
    others = (year.leader, year.appraiser, user_with(Role.OFFICER, year.host), *year.officers.values())
    for person in others:
        with pytest.raises(PermissionDenied):
            create_report(kind=Name.RANKING_ANNEX, about=subject_of(publication), by=person, now=NOW)
        assert sees_report.test(person, report) == (person == year.leader)
        assert visible_reports(person).exists() == (person == year.leader)


def test_its_page_can_be_saved_though_there_is_nothing_to_write(year):
    report = begun(play(year), year)
    client = signed_in(year.coordinator)
    page = f"/bao-cao/{report.pk}/"
    assert client.post(f"{page}soan/", as_posted(report, signer="Trần Thị Bình")).status_code == 302
    assert "KẾT QUẢ, XẾP HẠNG" in client.get(page).content.decode()


def test_both_formats_say_the_same(year, corrected):
    made = document(corrected, year)
    said = squeezed(plain_text(made))
    assert in_word(made) == said
    assert in_pdf(made) == said
    for table in (block for one in made.appendices for block in one.blocks if isinstance(block, Table)):
        assert sum(column.width for column in table.columns) == 100


@pytest.mark.parametrize("size", [1, 3])
def test_any_number_of_units_takes_as_many_queries(small_set, size):
    year = make_year(small_set, size)
    year.open()
    for place in range(size):
        year.play(place, "4")
    announce(year)
    prepare(year, "1.1", {"points": "2"})
    report = begun(publish_correction(year), year)
    with CaptureQueriesContext(connection) as captured:
        facts = annex_of(report.publication)
    assert len(facts.cohorts[0].lines) == size
    assert len(captured) == 7
    assert facts.correction.leaves[0].after == Decimal(2)
