"""Real reports as their units issued them: every true figure is in ours, as PDF and as DOCX, and no false one."""

from __future__ import annotations

import re

import pytest

from reports.document import Document, plain_text
from reports.kinds import KINDS
from reports.kinds.area import AreaFacts
from reports.kinds.index import IndexFacts
from tests.reports import stored
from tests.reports.test_formats import in_pdf, in_word, squeezed

TRIEU_SON = KINDS["deduction_review"].build(
    stored.content("trieu-son-2021"), stored.outcome("trieu-son-2020")
)
BACH_THONG = KINDS["index_result"].build(
    stored.content("bach-thong-2023"),
    IndexFacts(stored.outcome("bach-thong-2022"), stored.outcome("bach-thong-2021")),
)
TTHC = KINDS["area_rectification"].build(
    stored.content("trieu-son-2020-tthc"), AreaFacts(2019, "3", "Cải cách thủ tục hành chính")
)

# As the reports print them, in their order; dates that ours writes out are
# written out here, and figures of tables stand in their rows with the share that ours adds.
FIGURES = {
    "trieu-son": """
        14812/UBND-THKH | 23 tháng 9 năm 2021 | 254/BC-SNV | 23 tháng 3 năm 2021 | đạt 86,75/100
        thứ 9/27 huyện | điều hành 17,5 16,5 1 94,29% | pháp luật 12 12 100,00% | thủ tục hành chính 17,5 13,5 4 77,14%
        bộ máy 12 12 100,00% | viên chức 16 12,25 3,75 76,56% | tài chính công 11,5 11 0,5 95,65%
        Hiện đại hóa hành chính 13,5 9,5 4 70,37% | mức độ 3, 4 | đạt 100% | Ngày 06/10/2021 | số 5544/UBND-NV
        số 01/CT-UBND | ngày 08/01/2021 | CCHC năm 2020 | năm 2021 và những năm tiếp theo | Bùi Huy Dũng
    """,
    "bach-thong": """
        501/QĐ-UBND | 29 tháng 3 năm 2023 | thứ 01/08 | đạt 88,21/100 điểm | tăng 6,86 điểm | 81,35 | Trong 07 lĩnh vực
        04 lĩnh vực tăng bậc | 02 lĩnh vực giảm bậc | 01 lĩnh vực giữ nguyên bậc | 02 lĩnh vực giảm điểm
        05 lĩnh vực tăng điểm | đạt 15,38/16,5 điểm | tăng 02 bậc | giảm 0,79 điểm | thứ 03/08 | đạt 16,17/17,5 điểm
        thứ 02/08 | đạt 10,35/10,5 điểm | tăng 1,18 điểm | thứ 04/08 | đạt 9,17/10,5 điểm | đạt 16,71/19,5 điểm | tăng 01 bậc
        tăng 3,65 điểm | đạt 13,06/18,5 điểm | đạt 7,938/8 điểm | tăng 06 bậc | tăng 0,008 điểm | thứ 08/08
        đạt 7,93/8,5 điểm
        thứ 05/08 | đạt 9,231/14,5 điểm | giảm 04 bậc | giảm 5,029 điểm | đạt 14,26/17 điểm | thứ 06/08 | đạt 18,15/19,5 điểm
        giảm 01 bậc | tăng 4,12 điểm | đạt 14,03/18,5 điểm | 93,21% | 99,23% | 93,08% | 02 lĩnh vực | 85,69%
        hết năm 2023 hoàn thành 100% | Hà Kim Oanh
    """,
    "trieu-son-tthc": """
        HUYỆN TRIỆU SƠN | /BC-UBND | Về việc chấn chỉnh các nhiệm vụ liên quan đến công tác cải cách thủ tục hành chính
        Công văn số 10531/UBND-KSTTHCNC | ngày 04 tháng 8 năm 2020
        cải cách thủ tục hành chính năm 2019 tại đơn vị, như sau:
        1. Hạn chế trong công tác cải cách | Trong năm 2019 | 2. Nguyên nhân | 3. Phương hướng khắc phục
        Phấn đấu 100% các TTHC | Chỉ thị số 09/CT-UBND ngày 16/3/2020 | trong lĩnh vực cải cách TTHC năm 2019
        báo cáo UBND tỉnh./. | VP UBND tỉnh (b/c); | Lưu: VT. | TL. CHỦ TỊCH | CHÁNH VĂN PHÒNG | Nguyễn Trung Thành
    """,
}
# Printed wrongly, and what is right instead.
MISPRINTS = ("Nguyễn Trung thành", "công thông tin", "Phân đầu", "đang tải đầy đủ", "quan tâm đầy mạnh")
ERRORS = {"98,67%": "98,57%", "65,93%": "63,66%", "90,96%": "90,88%"}
AREAS_OF_BACH_THONG = 7


def said(document: Document) -> dict[str, str]:
    return {"pdf": in_pdf(document), "docx": in_word(document)}


@pytest.fixture(scope="module")
def printed() -> dict[str, dict[str, str]]:
    return {"trieu-son": said(TRIEU_SON), "bach-thong": said(BACH_THONG), "trieu-son-tthc": said(TTHC)}


@pytest.mark.parametrize("document", [TRIEU_SON, BACH_THONG, TTHC], ids=FIGURES)
def test_both_formats_say_what_the_document_says(document):
    assert set(said(document).values()) == {squeezed(plain_text(document))}


@pytest.mark.parametrize("form", ["pdf", "docx"])
@pytest.mark.parametrize("name", FIGURES)
def test_every_true_figure_is_there(printed, name, form):
    text = printed[name][form]
    for figure in re.split(r"\s*[|\n]\s*", FIGURES[name].strip()):
        assert squeezed(figure) in text, figure


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_what_a_model_reckoned_wrongly_is_right(printed, form):
    text = printed["bach-thong"][form]
    for wrong, right in ERRORS.items():
        assert wrong not in text
        assert right in text
    assert squeezed("Chỉ số CCHC năm 2021 còn") not in text


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_all_seven_areas_that_are_announced_are_listed(printed, form):
    text = printed["bach-thong"][form]
    body, first, second = re.split(squeezed("Phụ lục I+ ?(?=SO|CÁC)"), text, maxsplit=2)
    names = [area.name for area in stored.outcome("bach-thong-2022").areas]
    assert len(names) == AREAS_OF_BACH_THONG
    for name in map(squeezed, names):
        assert f"-{name}:" in body
        assert name in first
        assert name in second


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_a_fall_in_points_that_is_a_rise_in_share_says_so(printed, form):
    words = "điểm tối đa thay đổi từ 17,5 thành 16,5, tỷ lệ đạt tăng từ 92,40% lên 93,21%"
    assert squeezed(words) in printed["bach-thong"][form]


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_where_only_areas_are_known_appendix_two_says_so(printed, form):
    words = squeezed("Không có số liệu chi tiết theo tiêu chí")
    assert printed["bach-thong"][form].count(words) == AREAS_OF_BACH_THONG


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_misprints_are_put_right(printed, form):
    assert not [word for word in MISPRINTS if squeezed(word) in printed["trieu-son-tthc"][form]]
