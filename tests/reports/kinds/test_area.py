"""`area_rectification`: one area with the figures of its result, or none where no result is stored."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from reports.document import Table, plain_text
from reports.kinds import KINDS, Severity, Where
from reports.kinds.area import AreaFacts
from reports.kinds.kind import CRITERION
from tests.reports import stored
from tests.reports.kinds.test_remediation import outcome, row

KIND = KINDS["area_rectification"]
CONTENT = stored.content("trieu-son-2020-tthc")
BARE = replace(CONTENT, request=None, texts={}, texts_by_code={})
WITHOUT = AreaFacts(2019, "3", "Cải cách thủ tục hành chính")
TRIEU_SON = AreaFacts(2020, "3", "Cải cách thủ tục hành chính", stored.outcome("trieu-son-2020"))
LIEN_SON = AreaFacts(2023, "2", "Xây dựng và tổ chức thực hiện VBQPPL", stored.outcome("lien-son-2023"))


def printed(facts: AreaFacts, content=BARE) -> str:
    return plain_text(KIND.build(content, facts))


def told(facts: AreaFacts, content=BARE) -> list[str]:
    return [problem.text for problem in KIND.checks(facts, content)]


def test_without_a_result_no_figure_is_made_up():
    words = printed(WITHOUT).replace("năm 2019", "").replace("tháng 8 năm 2020", "")
    assert not re.search(r"\d(?!\. )", words)
    assert "điểm số" not in words
    assert KIND.suggestions(WITHOUT) == ()
    assert KIND.entries(WITHOUT, CRITERION) == ()


def test_an_area_without_criteria_says_so():
    assert (
        "Theo Báo cáo số 254/BC-SNV ngày 23 tháng 3 năm 2021 của Sở Nội vụ tỉnh Thanh Hóa, năm 2020 "
        "Ủy ban nhân dân huyện Triệu Sơn đạt 13,5/17,5 điểm ở lĩnh vực cải cách thủ tục hành chính "
        "(77,14% điểm tối đa), bị trừ 4 điểm (không có số liệu chi tiết theo tiêu chí)."
    ) in printed(TRIEU_SON)


def test_criteria_that_lost_points_stand_in_a_table_with_the_reasons():
    facts = replace(LIEN_SON, code="1", name="Công tác chỉ đạo, điều hành CCHC")
    document = KIND.build(BARE, facts)
    [table] = [block for block in document.body if isinstance(block, Table)]
    assert [[cell.text for cell in line.cells][::2] for line in table.rows] == [
        ["1", "17", "7"], ["1.2", "2", "2"], ["1.4", "3", "2"], ["1.5", "3", "3"],
    ]  # fmt: skip
    assert "1.4.2 - Hình thức tuyên truyền" in plain_text(document)
    assert "liên quan đến công tác chỉ đạo, điều hành CCHC" in plain_text(document)


def test_directions_stand_under_the_criteria_of_this_area_only():
    codes = {entry.code for entry in KIND.entries(LIEN_SON, CRITERION)}
    assert codes == {"2", "2.1", "2.2", "2.3", "2.4"}
    assert [entry.code for entry in KIND.entries(LIEN_SON, CRITERION) if entry.is_offered] == ["2.1"]
    written = replace(BARE, texts_by_code={"directions_by_code": {"2.1": "Rà soát văn bản."}})
    assert "Tiêu chí 2.1. " in printed(LIEN_SON, written)
    assert "Rà soát văn bản." in printed(LIEN_SON, written)
    elsewhere = replace(BARE, texts_by_code={"directions_by_code": {"1.5": "x"}})
    assert KIND.unknown_codes(elsewhere, LIEN_SON) == {"1.5"}


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("Công tác chỉ đạo, điều hành", "công tác chỉ đạo, điều hành"),
        ("Cải cách thể chế", "công tác cải cách thể chế"),
        ("Tác động của CCHC", "lĩnh vực tác động của CCHC"),
    ],
)
def test_every_area_has_its_wording(name, task):
    assert replace(WITHOUT, name=name).task == task


def test_full_marks_lose_nothing():
    full = replace(LIEN_SON, code="4", name="Cải cách tổ chức bộ máy")
    assert "đạt 5/5 điểm ở lĩnh vực cải cách tổ chức bộ máy" in printed(full)
    assert "(100,00% điểm tối đa)." in printed(full)
    assert "bị trừ" not in printed(full)
    assert "Lĩnh vực không bị trừ điểm." in told(full)


def test_a_rank_of_the_area_is_printed():
    one = replace(row("1", "10", "8"), rank=3, name="Cải cách thể chế")
    facts = AreaFacts(2023, "1", one.name, replace(outcome(one), group_size=8, group_name="huyện"))
    assert "(80,00% điểm tối đa), xếp thứ 3/8 huyện, bị trừ 2 điểm" in printed(facts)


def test_what_is_missing_or_unexplained_is_told():
    unsigned = replace(BARE, signature=replace(BARE.signature, name=""))
    found = {(problem.at, problem.where): problem.severity for problem in KIND.checks(LIEN_SON, unsigned)}
    assert found == {
        ("signer", Where.FORM): Severity.BLOCKS,
        ("request-number", Where.FORM): Severity.WARNS,
        ("2.1", Where.RESULT): Severity.WARNS,
        ("shortcomings", Where.FORM): Severity.WARNS,
        ("causes", Where.FORM): Severity.WARNS,
        ("directions", Where.FORM): Severity.WARNS,
    }
    assert told(WITHOUT, CONTENT) == []


def test_what_contradicts_the_result_is_told():
    typed = "Cải cách thủ tục hành chính đạt 14/17,5 điểm; hạn chế của lĩnh vực năm 2019 còn nhiều."
    found = told(TRIEU_SON, replace(CONTENT, texts={**CONTENT.texts, "causes": typed, "closing": ""}))
    assert found == [
        "“Cải cách thủ tục hành chính … 14/17,5 điểm”: số liệu đã lưu là 13,5/17,5 điểm.",
        "“lĩnh vực năm 2019”: báo cáo này về năm 2020.",
    ]


def test_a_result_that_came_later_or_lost_the_area_is_told():
    assert any(
        "Nay đã có kết quả năm 2019" in text for text in told(replace(WITHOUT, is_published_since=True))
    )
    [gone] = [p for p in KIND.checks(replace(TRIEU_SON, code="9"), CONTENT) if p.severity is Severity.BLOCKS]
    assert gone.text == "Kết quả không còn lĩnh vực 9."
    assert "điểm tối đa" not in printed(replace(TRIEU_SON, code="9"))
