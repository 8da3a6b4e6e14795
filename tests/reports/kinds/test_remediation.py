from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest

from assessments.outcome import Loss, Outcome, OutcomeRow
from criteria.tree import Component
from reports.document import Document, Heading, Table, plain_text
from reports.kinds import KINDS, Content
from tests.reports import stored


def build(facts: Outcome, content: Content) -> Document:
    return KINDS["remediation_result"].build(content, facts)


@pytest.fixture(scope="module")
def lien_son():
    return stored.outcome("lien-son-2023")


@pytest.fixture(scope="module")
def content():
    return stored.content("lien-son-2024")


@pytest.fixture(scope="module")
def bare(content):
    """Nothing written by people, nothing cited."""
    return replace(
        content,
        request=None,
        basis=(),
        texts={},
        texts_by_code={},
    )


@pytest.fixture(scope="module")
def printed(lien_son, content):
    return plain_text(build(lien_son, content))


def row(code, maximum, points, *children, own=None, **more):
    return OutcomeRow(
        code=code,
        name=f"Tên {code}",
        depth=code.count("."),
        max_points=None if maximum is None else Decimal(maximum),
        self_points=None if own is None else Decimal(own),
        points=None if points is None else Decimal(points),
        children=children,
        **more,
    )


def outcome(*areas, **changed):
    values = {
        "max_total": Decimal(100),
        "self_total": None,
        "total": Decimal("88.5"),
        "rank": None,
        "group_size": None,
        "grade": "",
        "decision": None,
    }
    return Outcome(
        unit_id=1, year=2025, host_name="tỉnh", group_name="phường", areas=areas, **{**values, **changed}
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "đạt 81/100 điểm, xếp thứ 14/20 xã, thị trấn (đơn vị tự chấm 89 điểm).",
        "Số điểm bị trừ so với điểm tối đa là 19 điểm, tại 10 tiêu chí thuộc 6 lĩnh vực.",
        "\tCộng các lĩnh vực\t100\t90\t81\t19",
        "điểm tự chấm đã công bố là 89 điểm; cộng điểm tự chấm của các lĩnh vực là 90 điểm, chênh lệch 1 điểm",
        "Lĩnh vực 1. Công tác chỉ đạo, điều hành CCHC: điểm tối đa 17 điểm, tự chấm 14 điểm, "
        "Hội đồng thẩm định chấm 10 điểm, bị trừ 7 điểm",
        "bị trừ 2 điểm (số lượng, nội dung báo cáo quý, báo cáo 6 tháng và báo cáo năm chưa đầy đủ; "
        "báo cáo gửi không đúng thời gian quy định).",
        "bị trừ 2 điểm (tại tiêu chí thành phần 1.4.2 - Hình thức tuyên truyền).",
        "bị trừ 3 điểm (chưa thực hiện được).",
        "bị trừ 2 điểm (tại tiêu chí thành phần 3.1.4 - Kết quả rà soát, đánh giá đề xuất phương án",
        "của huyện và 3.1.5 - Kết quả rà soát, thống kê",
        "(1 điểm tại tiêu chí thành phần 5.3.2 - Kết quả đánh giá công chức cơ quan, đơn vị; "
        "1 điểm chưa nêu rõ nguyên nhân)",
        "(1 điểm tại tiêu chí thành phần 7.4.1 - Số lượng tin bài",
        "Hội đồng thẩm định chấm cao hơn điểm tự chấm tại tiêu chí 7.2 "
        "(tự chấm 0 điểm, Hội đồng thẩm định chấm 2 điểm).",
        "Còn 6 điểm bị trừ chưa nêu rõ nguyên nhân: tiêu chí 2.1 (1 điểm); tiêu chí 5.3 (1 trong 2 điểm); "
        "tiêu chí 7.1 (1 điểm); tiêu chí 7.6 (3 điểm).",
        "Đạt điểm tối đa: Lĩnh vực 4. Cải cách tổ chức bộ máy hành chính (5/5 điểm) và Lĩnh vực 8.",
        "7.5\tTriển khai số hóa hồ sơ giải quyết thủ tục hành chính\t2\t\t2\t0\tĐiểm suy ra từ tổng điểm",
        "01 TTHC được thanh toán trực tuyến",
        "của Chỉ số CCHC năm 2023./.",
    ],
)
def test_lien_son_says(printed, sentence):
    assert sentence in printed


def test_a_document_is_cited_in_full_once_and_briefly_afterwards(printed):
    for full, short in (
        (
            "Công văn số 829/UBND-NV ngày 25 tháng 4 năm 2024 của Ủy ban nhân dân huyện Chi Lăng về việc",
            "829/",
        ),
        ("Quyết định số 202/QĐ-UBND của Ủy ban nhân dân huyện Chi Lăng về việc công bố", "202/"),
    ):
        assert printed.count(full) == 1
        assert printed.index(full) < printed.index(short) + len(full)
    assert "Theo Quyết định số 202/QĐ-UBND, Chỉ số CCHC" in printed


def test_the_announcing_decision_is_cited_in_full_where_no_basis_names_it(lien_son, bare):
    text = plain_text(build(lien_son, bare))
    assert "Theo Quyết định số 202/QĐ-UBND của Ủy ban nhân dân huyện Chi Lăng, Chỉ số CCHC" in text


def test_numbering_has_no_gaps_and_no_empty_headings(lien_son, content, bare):
    for chosen, expected in (
        (content, ["I.", "1.", "2.", "3.", "4.", "II.", "III.", *(f"{n}." for n in range(1, 9))]),
        (bare, ["I.", "1.", "2."]),
        (
            replace(bare, texts_by_code={"tasks_by_area": {"7": "Việc", "3": "Việc"}}),
            ["I.", "1.", "2.", "II.", "1.", "2."],
        ),
    ):
        body = build(lien_son, chosen).body
        assert [block.number for block in body if isinstance(block, Heading)] == expected
        assert not any(isinstance(a, Heading) and b == a for a, b in pairwise(body))


def test_the_words_are_always_linh_vuc_tieu_chi_tieu_chi_thanh_phan(printed):
    assert "TIÊU CHÍ 1" not in printed
    assert "chỉ tiêu 5" not in printed.lower()


def test_text_for_an_unknown_code_is_refused(lien_son, content):
    with pytest.raises(ValueError, match=r"9\.9"):
        build(lien_son, replace(content, texts_by_code={"remedies_by_code": {"9.9": "x"}}))
    with pytest.raises(ValueError, match=r"1\.1"):
        build(lien_son, replace(content, texts_by_code={"tasks_by_area": {"1.1": "x"}}))


def test_areas_alone_need_no_appendix(bare):
    document = build(stored.outcome("trieu-son-2020"), bare)
    text = plain_text(document)
    assert not document.appendices
    assert "Phụ lục" not in text
    assert "Điểm tự chấm" not in text
    assert "xếp thứ 9/27 huyện, thị xã, thành phố" in text
    assert "là 13,25 điểm, tại 5 lĩnh vực" in text
    assert "Báo cáo số 254/BC-SNV ngày 23 tháng 3 năm 2021 của Sở Nội vụ tỉnh Thanh Hóa" in text


def test_empty_self_scores_are_explained_under_their_table(lien_son, bare):
    note = "Ghi chú: ô trống ở cột “Điểm tự chấm”: không có số liệu."
    body, appendix = plain_text(build(lien_son, bare)).split("Phụ lục\n")
    assert note in appendix
    assert note not in body
    here = outcome(row("1", "10", "8", row("1.1", "6", "5", own="6"), row("1.2", "4", "3"), own="6"))
    text = plain_text(build(here, bare))
    assert "ô trống ở cột “Điểm tự chấm”: đơn vị không tự chấm hoặc không áp dụng." in text
    full = outcome(row("1", "10", "8", row("1.1", "10", "8", own="9"), own="9"))
    assert "ô trống" not in plain_text(build(full, bare))


def test_a_reason_behind_a_semicolon_goes_on_without_a_capital(bare):
    losses = (Loss((Component("1.1.2", ""),), Decimal(1)),)
    for reason, said in (
        ("Đang hoàn thiện", "1.1.2; đang hoàn thiện"),
        ("UBND xã chưa làm", "1.1.2; UBND xã chưa làm"),
        ("Sở Nội vụ trừ", "1.1.2; Sở Nội vụ trừ"),
    ):
        leaf = row("1.1", "3", "1", losses=losses, reason=reason)
        assert said in plain_text(build(outcome(row("1", "3", "1", leaf)), bare))


def test_a_result_that_no_council_decided_is_told_without_one(bare):
    text = plain_text(build(stored.outcome("trieu-son-2020"), bare))
    assert "Hội đồng" not in text
    assert (
        "Lĩnh vực 1. Công tác chỉ đạo, điều hành: điểm tối đa 17,5 điểm, đạt 16,5 điểm, bị trừ 1 điểm" in text
    )
    assert "Số TT\tLĩnh vực\tĐiểm tối đa\tĐiểm đạt\tĐiểm bị trừ" in text


def test_points_of_whole_areas_that_nobody_explained_are_pointed_out(bare):
    found = KINDS["remediation_result"].checks(stored.outcome("trieu-son-2020"), bare)
    assert (
        "Còn 13,25 điểm bị trừ chưa nêu rõ nguyên nhân: lĩnh vực 1 (1 điểm); lĩnh vực 3 (4 điểm); "
        "lĩnh vực 5 (3,75 điểm); lĩnh vực 6 (0,5 điểm); lĩnh vực 7 (4 điểm)."
    ) in [problem.text for problem in found]


def test_what_the_reader_expects_and_nobody_wrote_is_pointed_out(bare, content, lien_son):
    checks = KINDS["remediation_result"].checks
    parts = {"remedies", "difficulties", "tasks"}
    assert {problem.at for problem in checks(lien_son, bare)} >= parts
    assert not {problem.at for problem in checks(lien_son, content)} & parts
    nothing_lost = outcome(row("1", "100", "100"), total=Decimal(100))
    assert "remedies" not in {problem.at for problem in checks(nothing_lost, bare)}


def test_a_deep_tree_says_which_component_lost_what(bare):
    leaves = (
        row("1.1.1", "8", "7.938", reason="45/50 = 90%"),
        row("1.1.2", "2", "1.5"),
        row("1.1.3", "1", "1"),
    )
    deep = row("1", "11", "10.438", row("1.1", "11", "10.438", *leaves))
    text = plain_text(build(outcome(deep, max_total=Decimal(11), total=Decimal("10.438")), bare))
    assert (
        "Tiêu chí 1.1. Tên 1.1: điểm tối đa 11 điểm, Hội đồng thẩm định chấm 10,438 điểm, bị trừ 0,562 điểm "
        "(0,062 điểm tại tiêu chí thành phần 1.1.1 - Tên 1.1.1: 45/50 = 90%; "
        "0,5 điểm tại tiêu chí thành phần 1.1.2 - Tên 1.1.2: chưa nêu rõ nguyên nhân)."
    ) in text
    assert "Còn 0,5 điểm bị trừ chưa nêu rõ nguyên nhân: tiêu chí thành phần 1.1.2 (0,5 điểm)." in text
    assert "1.1.1\tTên 1.1.1\t8\t7,938\t0,062\t45/50 = 90%" in text


def test_a_parent_that_takes_its_best_child_loses_no_more_than_itself(bare):
    best = row("1.1", "3", "2", row("1.1.1", "3", "0"), row("1.1.2", "3", "2"), reason="chọn mức 2")
    text = plain_text(build(outcome(row("1", "3", "2", best), max_total=Decimal(3), total=Decimal(2)), bare))
    assert "bị trừ 1 điểm (chọn mức 2)" in text
    assert "chưa nêu rõ" not in text


def test_a_named_component_without_a_share_explains_the_loss(bare):
    leaf = row("1.1", "3", "1", losses=(Loss((Component("1.1.2", ""),), None),))
    text = plain_text(build(outcome(row("1", "3", "1", leaf)), bare))
    assert "bị trừ 2 điểm (tại tiêu chí thành phần 1.1.2)" in text


def test_nothing_lost(bare):
    text = plain_text(build(outcome(row("1", "100", "100"), total=Decimal(100)), bare))
    assert "đạt 100/100 điểm. Điểm của từng lĩnh vực" in text
    assert "Năm 2025 không có tiêu chí nào bị trừ điểm." in text


def test_missing_figures_are_never_invented(bare):
    areas = (row("1", "10", None, row("1.1", None, None)), row("2", "5", "4"))
    text = plain_text(build(outcome(*areas, total=None), bare))
    assert "đạt …/100 điểm" in text
    assert "1\tTên 1\t10\t…\t…" in text
    assert "\tCộng các lĩnh vực\t15\t…\t…" in text
    assert "Tại các lĩnh vực có công bố điểm, số điểm bị trừ là 1 điểm" in text


def test_unknown_points_are_not_called_full(bare):
    assert "không có tiêu chí nào" not in plain_text(build(outcome(row("1", "10", None)), bare))


def test_a_recorded_result_that_does_not_add_up_is_not_said_to_be_rebased(bare):
    result = outcome(row("1", "95", "80"), total=Decimal("80"), is_recorded=True)
    assert "quy đổi" not in plain_text(build(result, bare))


def test_bonus_penalty_and_a_smaller_base_are_said(bare):
    result = outcome(
        row("1", "95", "80"),
        total=Decimal("85.711"),
        bonus=Decimal(2),
        penalty=Decimal("-0.5"),
        grade="Khá",
        rank=3,
        group_size=45,
    )
    text = plain_text(build(result, bare))
    assert "đạt 85,711/100 điểm, xếp thứ 3/45 phường, xếp loại Khá. Số điểm bị trừ" in text
    assert "các lĩnh vực đạt 80/95 điểm, được quy đổi về thang 100 điểm." in text
    assert "Tổng điểm đã tính điểm thưởng 2 điểm và điểm trừ 0,5 điểm." in text
    assert "Ghi chú" not in text


def test_bonus_and_penalty_stand_at_the_end_of_the_appendix(bare):
    result = outcome(
        row("1", "20", "16", own="18"),
        extras=(
            row("T", "2", "0.5", row("T.1", "2", "0.5", own="1", reason="sáng kiến cấp xã")),
            row("P", "3", "-1", reason="chậm 2 báo cáo"),
        ),
        bonus=Decimal("0.5"),
        penalty=Decimal(-1),
    )
    document = build(result, bare)
    text = plain_text(document)
    rows = text[text.index("Điểm thưởng, điểm trừ (không nằm trong điểm tối đa)\n") :].splitlines()
    assert rows[1:4] == [
        "T\tTên T\t2\t\t0,5\t\t",
        "T.1\tTên T.1\t2\t1\t0,5\t\tSáng kiến cấp xã",
        "P\tTên P\t3\t\t-1\t\tChậm 2 báo cáo",
    ]
    assert "Điểm của từng tiêu chí được nêu tại Phụ lục" in text
    [table] = document.appendices[0].blocks
    for line in (*table.header, *table.rows):
        assert sum(cell.column_span for cell in line.cells) == len(table.columns)


def test_a_self_total_says_what_it_leaves_out(bare):
    areas = row("1", "10", "8", row("1.1", "6", "5", own="6"), row("1.2", "4", "3"), own="6")
    text = plain_text(build(outcome(areas, self_total=Decimal(6)), bare))
    assert "(đơn vị tự chấm 6 điểm, chưa gồm các tiêu chí đơn vị không tự chấm)" in text
    recorded = plain_text(build(outcome(areas, self_total=Decimal(6), is_recorded=True), bare))
    assert "(đơn vị tự chấm 6 điểm)" in recorded


def test_a_group_stands_in_the_middle_of_its_sentence(bare):
    for name, said in (("Các xã", "1/2 các xã"), ("UBND xã", "1/2 UBND xã"), ("", "1/2 (đơn")):
        result = replace(
            outcome(row("1", "10", "8"), rank=1, group_size=2, self_total=Decimal(1)), group_name=name
        )
        assert said in plain_text(build(result, bare)).replace("  ", " ")


def test_a_recorded_total_that_its_areas_contradict_is_flagged(bare):
    result = outcome(row("1", "100", "80"), total=Decimal(81), is_recorded=True)
    expected = (
        "tổng điểm đã công bố là 81 điểm; cộng điểm của các lĩnh vực, điểm thưởng và điểm trừ là 80 điểm"
    )
    assert expected in plain_text(build(result, bare))


@pytest.mark.parametrize("name", ["lien-son-2023", "trieu-son-2020", "bach-thong-2021", "bach-thong-2022"])
def test_stored_results_agree_with_what_they_declare(name):
    result = stored.outcome(name)
    assert sum(area.max_points for area in result.areas) == result.max_total == 100
    assert sum(area.points for area in result.areas) == result.total
    assert result.lost == result.max_total - result.total
    for area in result.areas:
        if area.children:
            assert sum(child.max_points for child in area.children) == area.max_points
            assert sum(child.points for child in area.children) == area.points


def test_every_table_row_fills_the_width(lien_son, content):
    document = build(lien_son, content)
    for table in (*document.body, *document.appendices[0].blocks):
        if isinstance(table, Table):
            assert sum(column.width for column in table.columns) == 100
            assert all(len(line.cells) == len(table.columns) for line in (*table.header, *table.rows))
