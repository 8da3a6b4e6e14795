"""`deduction_review`: what it says of Triệu Sơn 2020, and of results that are less or more complete."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from reports.document import Heading, Table, plain_text
from reports.kinds import KINDS, Severity, Where
from tests.reports import stored
from tests.reports.kinds.test_remediation import outcome, row

KIND = KINDS["deduction_review"]
CONTENT = stored.content("trieu-son-2021")
TRIEU_SON = stored.outcome("trieu-son-2020")
BARE = replace(CONTENT, request=None, texts={}, texts_by_code={})


@pytest.fixture(scope="module")
def printed() -> str:
    return plain_text(KIND.build(CONTENT, TRIEU_SON))


@pytest.mark.parametrize(
    "said",
    [
        "Theo Báo cáo số 254/BC-SNV ngày 23 tháng 3 năm 2021 của Sở Nội vụ tỉnh Thanh Hóa, Chỉ số CCHC năm 2020",
        "đạt 86,75/100 điểm, xếp thứ 9/27 huyện, thị xã, thành phố.",
        "Số điểm bị trừ so với điểm tối đa là 13,25 điểm, tại 5 lĩnh vực.",
        "1\tCông tác chỉ đạo, điều hành\t17,5\t16,5\t1\t94,29%",
        "2\tXây dựng và tổ chức thực hiện văn bản quy phạm pháp luật\t12\t12\t\t100,00%",
        "3\tCải cách thủ tục hành chính\t17,5\t13,5\t4\t77,14%",
        "công chức, viên chức\t16\t12,25\t3,75\t76,56%",
        "6\tCải cách tài chính công\t11,5\t11\t0,5\t95,65%",
        "7\tHiện đại hóa hành chính\t13,5\t9,5\t4\t70,37%",
        "thấp hơn tỷ lệ chung của đơn vị (86,75% điểm tối đa): Hiện đại hóa hành chính đạt 70,37%; ",
        "Lĩnh vực 3. Cải cách thủ tục hành chính (bị trừ 4 điểm):",
        "Chỉ số cải cách hành chính năm 2021./.",
    ],
)
def test_trieu_son_says(printed, said):
    assert said in printed


def test_areas_with_full_marks_say_nothing_of_losses(printed):
    assert "100,00%\n" in printed
    assert "\t0\t100,00%" not in printed


def test_a_remedy_says_who_does_it_and_until_when():
    content = replace(
        BARE,
        texts_by_code={
            "remedies_by_area": {"3": "Rà soát hồ sơ"},
            "assignees_by_area": {"3": "Văn phòng.", "7": "Phòng Văn hóa"},
            "targets_by_area": {"3": "đạt 17,5 điểm\nnăm 2021"},
        },
    )
    text = plain_text(KIND.build(content, TRIEU_SON))
    assert (
        "hành chính (bị trừ 4 điểm):\nRà soát hồ sơ\nChủ trì: Văn phòng.\nMục tiêu: đạt 17,5 điểm năm 2021.\n"
        in text
    )
    assert "Lĩnh vực 7. Hiện đại hóa hành chính (bị trừ 4 điểm):\nChủ trì: Phòng Văn hóa.\n" in text


def test_numbering_has_no_gaps_where_nothing_was_written():
    body = KIND.build(BARE, TRIEU_SON).body
    assert [block.number for block in body if isinstance(block, Heading)] == ["I.", "1.", "2."]


def test_criteria_stand_in_an_appendix_where_the_result_has_them():
    document = KIND.build(BARE, stored.outcome("lien-son-2023"))
    [appendix] = document.appendices
    assert appendix.landscape
    text = plain_text(document)
    assert "Các tiêu chí bị trừ điểm được nêu tại Phụ lục kèm theo Báo cáo này." in text
    assert "\n5.3\t" in text
    assert "1 điểm chưa nêu rõ nguyên nhân" in text
    assert "\n1.1\t" not in text, "it lost nothing"
    assert "Đạt điểm tối đa: Lĩnh vực 4." in text
    assert not KIND.build(BARE, TRIEU_SON).appendices


def test_a_parent_that_takes_its_best_child_is_not_taken_apart():
    best = row("1.1", "3", "2", row("1.1.1", "3", "0"), row("1.1.2", "3", "2"), reason="chọn mức 2")
    document = KIND.build(BARE, outcome(row("1", "3", "2", best), max_total=Decimal(3), total=Decimal(2)))
    text = plain_text(document)
    assert "1.1\tTên 1.1\t3\t2\t1\tChọn mức 2" in text
    assert "1.1.1" not in text


def test_missing_figures_are_never_invented():
    text = plain_text(KIND.build(BARE, outcome(row("1", "10", None), row("2", "5", "4"), total=None)))
    assert "đạt …/100 điểm" in text
    assert "1\tTên 1\t10\t…\t…\t…" in text
    assert "Số điểm bị trừ tại các lĩnh vực có công bố điểm là 1 điểm" in text


def test_a_total_that_its_areas_contradict_is_flagged():
    result = outcome(row("1", "100", "80"), total=Decimal(81), is_recorded=True)
    assert "Ghi chú: tổng điểm đã công bố là 81 điểm" in plain_text(KIND.build(BARE, result))
    [found] = [problem for problem in KIND.checks(result, BARE) if "cộng các lĩnh vực" in problem.text]
    assert found.text == "Tổng điểm công bố 81, cộng các lĩnh vực được 80."
    assert (found.at, found.where) == ("", Where.RESULT)


def test_what_is_missing_is_asked_for_where_it_belongs():
    unsigned = replace(BARE, signature=replace(BARE.signature, name=""))
    found = {problem.at: problem.severity for problem in KIND.checks(TRIEU_SON, unsigned)}
    assert found == {
        "signer": Severity.BLOCKS,
        "request-number": Severity.WARNS,
        "causes": Severity.WARNS,
        "remedies": Severity.WARNS,
    }
    assert KIND.checks(TRIEU_SON, CONTENT) == ()
    full = outcome(row("1", "100", "100"), total=Decimal(100))
    assert {problem.at for problem in KIND.checks(full, unsigned)} == {"signer", "request-number"}


def test_the_lowest_areas_and_unexplained_points_are_suggested():
    [lowest] = KIND.suggestions(TRIEU_SON)
    assert lowest.part == "shortcomings"
    assert "Hiện đại hóa hành chính đạt 70,37%" in lowest.text
    parts = {one.part: one.text for one in KIND.suggestions(stored.outcome("lien-son-2023"))}
    assert "tiêu chí 7.6 (3 điểm)" in parts["causes"]


def test_what_was_lost_in_both_years_is_suggested_where_causes_are_given():
    now, before = stored.outcome("lien-son-2023"), stored.outcome("lien-son-2023")
    [twice] = KIND.beside(now, replace(before, year=2022))
    assert twice.part == "causes"
    assert twice.text.startswith("Bị trừ điểm hai năm liền: tiêu chí 1.2 (")
    assert KIND.beside(now, replace(before, areas=())) == ()


def test_remedies_are_offered_for_areas_that_lost_points():
    entries = KIND.entries(TRIEU_SON, "area")
    assert [entry.code for entry in entries if entry.is_offered] == ["1", "3", "5", "6", "7"]
    assert entries[2].help == "Bị trừ 4 điểm."


def test_every_table_row_fills_the_width():
    for facts in (TRIEU_SON, stored.outcome("lien-son-2023")):
        document = KIND.build(BARE, facts)
        blocks = (*document.body, *(block for appendix in document.appendices for block in appendix.blocks))
        for table in (block for block in blocks if isinstance(block, Table)):
            assert sum(column.width for column in table.columns) == 100
            assert all(len(line.cells) == len(table.columns) for line in (*table.header, *table.rows))
