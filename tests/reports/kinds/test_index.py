"""`index_result`: Bạch Thông 2022 beside 2021, and years that can be compared less well."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from assessments.outcome import Outcome
from reports.document import Heading, Table, grid, plain_text
from reports.kinds import KINDS
from reports.kinds.index import IndexFacts
from tests.reports import stored
from tests.reports.kinds.test_remediation import outcome, row

KIND = KINDS["index_result"]
CONTENT = stored.content("bach-thong-2023")
BARE = replace(CONTENT, texts={}, texts_by_code={})
NOW, LAST = stored.outcome("bach-thong-2022"), stored.outcome("bach-thong-2021")
BACH_THONG = IndexFacts(NOW, LAST)


def said(facts: IndexFacts) -> str:
    return plain_text(KIND.build(BARE, facts))


def last_year(*areas, **changed) -> Outcome:
    return replace(outcome(*areas, **changed), year=2024)


@pytest.fixture(scope="module")
def printed() -> str:
    return plain_text(KIND.build(CONTENT, BACH_THONG))


@pytest.mark.parametrize(
    "words",
    [
        "Theo Quyết định số 501/QĐ-UBND, Ủy ban nhân dân huyện Bạch Thông xếp thứ 01/08 huyện, thành phố; "
        "đạt 88,21/100 điểm; tăng 6,86 điểm, giữ nguyên thứ hạng so với năm 2021 "
        "(năm 2021 xếp thứ 01/08 huyện, thành phố; đạt 81,35/100 điểm).",
        "Trong 07 lĩnh vực theo bộ tiêu chí có 04 lĩnh vực tăng bậc, 02 lĩnh vực giảm bậc, 01 lĩnh vực giữ nguyên "
        "bậc; có 05 lĩnh vực tăng điểm, 02 lĩnh vực giảm điểm so với năm 2021, cụ thể:",
        "Công tác chỉ đạo, điều hành: Xếp thứ 01/08 huyện, thành phố, đạt 15,38/16,5 điểm, tăng 02 bậc, giảm 0,79 "
        "điểm so với năm 2021 (năm 2021 xếp thứ 03/08 huyện, thành phố, đạt 16,17/17,5 điểm); "
        "điểm tối đa thay đổi từ 17,5 thành 16,5, tỷ lệ đạt tăng từ 92,40% lên 93,21%.",
        "tăng 02 bậc, tăng 1,18 điểm so với năm 2021 (năm 2021 xếp thứ 04/08 huyện, thành phố, đạt 9,17/10,5 điểm).",
        "tăng 06 bậc, tăng 0,008 điểm",
        "giảm 04 bậc, giảm 5,029 điểm",
        "giảm 01 bậc, tăng 4,12 điểm",
        "Đạt 10,451/11,5 điểm, giữ nguyên bậc, tăng 3,721 điểm so với năm 2021 (năm 2021 đạt 6,73/9,5 điểm)",
        "(Điểm và điểm tối đa không được công bố, xác định bằng phần còn lại của tổng điểm; thứ hạng "
        "chỉ được công bố là không thay đổi so với năm 2021.)",
        "3. Các lĩnh vực giữ nguyên bậc",
        "Số điểm bị trừ so với điểm tối đa của các lĩnh vực là 11,79 điểm, tại 07 lĩnh vực (chi tiết tại Phụ lục II",
        "Có 05 lĩnh vực đạt tỷ lệ điểm so với điểm tối đa từ mức chung của đơn vị (88,21%) trở lên: "
        "Cải cách tổ chức bộ máy đạt 99,23%; Cải cách thể chế đạt 98,57%; Công tác chỉ đạo, điều hành đạt 93,21%; ",
        "Cải cách tài chính công đạt 90,88%.",
        "Còn 02 lĩnh vực đạt tỷ lệ điểm so với điểm tối đa thấp hơn mức chung: "
        "Cải cách chế độ công vụ đạt 63,66%; Cải cách thủ tục hành chính đạt 85,69%.",
        "1\tCông tác chỉ đạo, điều hành\t16,5\t15,38\t93,21%\t01/08\t17,5\t16,17\t92,40%\t03/08\t-0,79\t+2",
        "6\tCải cách tài chính công\t11,5\t10,451\t90,88%\t…\t9,5\t6,73\t70,84%\t…\t+3,721\t0",
        "\tTổng điểm\t100\t88,21\t88,21%\t01/08\t100\t81,35\t81,35%\t01/08\t+6,86\t0",
        "5\tCải cách chế độ công vụ\t14,5\t9,231\t5,269\tKhông có số liệu chi tiết theo tiêu chí\n",
    ],
)
def test_bach_thong_says(printed, words):
    assert words in printed


def test_a_line_that_is_bold_as_a_whole_titles_the_remedies_of_an_actor():
    headings = [block for block in KIND.build(CONTENT, BACH_THONG).body if isinstance(block, Heading)]
    assert [(block.number, block.text) for block in headings[-4:]] == [
        ("IV.", "GIẢI PHÁP THỜI GIAN TỚI"),
        ("1.", "Đối với các thành viên Ban Chỉ đạo"),
        ("2.", "Đối với các phòng chuyên môn được giao tham mưu các lĩnh vực CCHC của huyện"),
        ("3.", "Đối với các phòng, ban, ngành và UBND các xã, thị trấn"),
    ]


def test_numbering_has_no_gaps_where_nothing_was_written():
    body = KIND.build(BARE, BACH_THONG).body
    assert [block.number for block in body if isinstance(block, Heading)] == [
        "I.", "1.", "2.", "3.", "II.", "III.", "1.", "2.",
    ]  # fmt: skip


def test_without_last_year_it_says_why_and_compares_nothing():
    text = said(IndexFacts(NOW, why_not="xã A hợp nhất từ xã B và xã C từ ngày 01 tháng 7 năm 2022"))
    assert (
        "đạt 88,21/100 điểm; không có số liệu so sánh với năm 2021: xã A hợp nhất từ xã B và xã C "
        "từ ngày 01 tháng 7 năm 2022." in text
    )
    assert "6,86" not in text
    assert "bậc so với" not in text
    assert "1. Kết quả từng lĩnh vực\n- Công tác chỉ đạo, điều hành: Xếp thứ 01/08" in text
    assert "1\tCông tác chỉ đạo, điều hành\t16,5\t15,38\t93,21%\t01/08\n" in text


def test_the_place_of_a_predecessor_is_named():
    text = said(replace(BACH_THONG, predecessor="huyện Cũ"))
    assert "đạt 81,35/100 điểm, là kết quả của huyện Cũ)" in text
    assert "\nSố liệu năm 2021 là của huyện Cũ." in text
    assert text.count("Ghi chú: ") == 1


def test_areas_are_the_same_where_their_names_are():
    now = outcome(row("1", "10", "8", rank=1), row("2", "10", "9", rank=2), group_size=5)
    last = last_year(
        replace(row("1", "10", "7", rank=3), name="Tên 2"),
        replace(row("2", "10", "5"), name="Đã bỏ"),
        group_size=5,
    )
    text = said(IndexFacts(now, last))
    assert "Tên 2: Xếp thứ 02/05 phường, đạt 9/10 điểm, tăng 01 bậc, tăng 2 điểm so với năm 2024" in text
    assert (
        "Tên 1: Xếp thứ 01/05 phường, đạt 8/10 điểm, không có số liệu so sánh vì năm 2024 không có lĩnh vực này."
        in text
    )
    assert "Các lĩnh vực không còn trong bộ tiêu chí\n- Đã bỏ\n" in text
    assert "\tĐã bỏ\t\t\t\t\t10\t5\t50,00%\t…\t…\t…\n" in text


def test_without_ranks_areas_are_grouped_by_points():
    now = outcome(row("1", "10", "8"), row("2", "10", "9"), row("3", "10", "7"))
    last = last_year(row("1", "10", "8"), row("2", "10", "9.5"), row("3", "10", None))
    text = said(IndexFacts(now, last))
    assert (
        "có 01 lĩnh vực giảm điểm, 01 lĩnh vực giữ nguyên điểm, 01 lĩnh vực không so sánh được điểm so với"
        in text
    )
    assert "1. Các lĩnh vực giảm điểm\n- Tên 2: Đạt 9/10 điểm, giảm 0,5 điểm so với năm 2024" in text
    assert "bậc" not in text.split("Phụ lục I")[0]


def test_totals_of_different_scales_print_both_shares():
    now = outcome(row("1", "100", "90"), total=Decimal(90))
    last = last_year(row("1", "80", "76"), total=Decimal(76), max_total=Decimal(80))
    text = said(IndexFacts(now, last))
    assert (
        "tăng 14 điểm so với năm 2024 (năm 2024 đạt 76/80 điểm), tỷ lệ đạt giảm từ 95,00% xuống 90,00%."
        in text
    )


def test_an_unchanged_share_is_said_to_be_unchanged():
    now, last = outcome(row("1", "10", "5")), last_year(row("1", "20", "10"))
    assert "giảm 5 điểm" in said(IndexFacts(now, last))
    assert "điểm tối đa thay đổi từ 20 thành 10, tỷ lệ đạt giữ nguyên 50,00%." in said(IndexFacts(now, last))


def test_nothing_lost_needs_no_second_appendix():
    now = outcome(row("1", "100", "100"), total=Decimal(100))
    document = KIND.build(BARE, IndexFacts(now, last_year(row("1", "100", "90"), total=Decimal(90))))
    assert len(document.appendices) == 1
    text = plain_text(document)
    assert "Chi tiết tại Phụ lục kèm theo Báo cáo này." in text
    assert "Phụ lục II" not in text
    assert "BỊ TRỪ ĐIỂM" not in text
    assert {problem.at for problem in KIND.checks(IndexFacts(now), BARE)} == set()


def test_criteria_and_components_stand_in_appendix_two_with_their_reasons():
    text = said(IndexFacts(stored.outcome("lien-son-2023"), why_not="chưa có"))
    assert "7.1\t" in text
    assert "Chưa nêu rõ nguyên nhân" in text
    assert "Không có số liệu chi tiết" not in text


def test_what_fell_and_what_was_lost_twice_is_suggested():
    parts = [one.text for one in KIND.suggestions(BACH_THONG)]
    assert parts[0] == (
        "Lĩnh vực giảm bậc hoặc giảm điểm: Công tác chỉ đạo, điều hành; Cải cách chế độ công vụ; "
        "Xây dựng và phát triển chính quyền điện tử."
    )
    now = outcome(
        row("1", "10", "8", row("1.1", "5", "4", reason="trễ"), row("1.2", "5", "4", reason="thiếu"))
    )
    last = last_year(row("1", "10", "9", row("1.4", "5", "5"), replace(row("1.5", "5", "4"), name="Tên 1.2")))
    twice = [one.text for one in KIND.suggestions(IndexFacts(now, last)) if one.part == "causes"]
    assert twice == ["Bị trừ điểm hai năm liền: tiêu chí 1.2 (Tên 1.2)."]


def test_an_area_whose_rank_cant_be_compared_is_pointed_at():
    areas = tuple(replace(area, rank_change=None) for area in BACH_THONG.outcome.areas)
    unsaid = replace(BACH_THONG, outcome=replace(BACH_THONG.outcome, areas=areas))
    [problem] = KIND.checks(unsaid, CONTENT)
    assert "Cải cách tài chính công" in problem.text
    assert not KIND.checks(BACH_THONG, CONTENT)


def test_the_false_sentences_of_a_model_would_be_flagged():
    content = replace(
        CONTENT,
        texts={
            **CONTENT.texts,
            "shortcomings": "Kết quả Chỉ số CCHC năm 2021 còn nhiều hạn chế. Cải cách thể chế đạt 98,67% điểm tối đa; "
            "Cải cách tài chính công đạt 90,96%; Cải cách chế độ công vụ đạt 65,93%.",
        },
    )
    told = [problem.text for problem in KIND.checks(BACH_THONG, content) if problem.at == "shortcomings"]
    for right in ("98,57%", "90,88%", "63,66%", "báo cáo này về năm 2022"):
        assert any(right in text for text in told), right


def test_every_table_row_fills_the_width():
    for facts in (
        BACH_THONG,
        IndexFacts(NOW, why_not="chưa có"),
        IndexFacts(stored.outcome("lien-son-2023"), LAST),
    ):
        for appendix in KIND.build(BARE, facts).appendices:
            assert appendix.landscape
            for table in (block for block in appendix.blocks if isinstance(block, Table)):
                assert sum(column.width for column in table.columns) == 100
                grid(table, table.header)
                grid(table, table.rows)
