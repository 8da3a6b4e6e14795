"""All kinds of report: what they are called, what they are about and who speaks in them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Name(StrEnum):
    SELF_ASSESSMENT = "self_assessment"
    SCORE_SHEET = "score_sheet"
    DEDUCTION_REVIEW = "deduction_review"
    INDEX_RESULT = "index_result"
    REMEDIATION_RESULT = "remediation_result"
    AREA_RECTIFICATION = "area_rectification"
    STAGE_SUMMARY = "stage_summary"
    RANKING_ANNEX = "ranking_annex"
    MINUTES = "minutes"


class About(StrEnum):
    RESULT = "result"  # of one unit, published here or recorded from elsewhere
    ASSESSMENT = "assessment"
    PUBLICATION = "publication"
    SESSION = "session"  # of the council
    AREA = "area"  # of one unit in one year, with or without a result
    STAGE = "stage"  # several years of one unit


TITLES: Mapping[Name, str] = {
    Name.SELF_ASSESSMENT: "Kết quả tự đánh giá, chấm điểm",
    Name.SCORE_SHEET: "Phiếu chấm điểm",
    Name.DEDUCTION_REVIEW: "Rà soát các tiêu chí giảm điểm",
    Name.INDEX_RESULT: "Kết quả Chỉ số CCHC",
    Name.REMEDIATION_RESULT: "Kết quả khắc phục các tiêu chí bị trừ điểm",
    Name.AREA_RECTIFICATION: "Chấn chỉnh nhiệm vụ của một lĩnh vực",
    Name.STAGE_SUMMARY: "Tổng kết giai đoạn",
    Name.RANKING_ANNEX: "Phụ lục kết quả, xếp hạng",
    Name.MINUTES: "Biên bản họp Hội đồng thẩm định",
}

SUBJECTS: Mapping[Name, About] = {
    Name.SELF_ASSESSMENT: About.ASSESSMENT,
    Name.SCORE_SHEET: About.ASSESSMENT,
    Name.DEDUCTION_REVIEW: About.RESULT,
    Name.INDEX_RESULT: About.RESULT,
    Name.REMEDIATION_RESULT: About.RESULT,
    Name.AREA_RECTIFICATION: About.AREA,
    Name.STAGE_SUMMARY: About.STAGE,
    Name.RANKING_ANNEX: About.PUBLICATION,
    Name.MINUTES: About.SESSION,
}

# The host speaks in these; in all others a unit reports about itself.
BY_HOST = tuple(name for name, about in SUBJECTS.items() if about in {About.PUBLICATION, About.SESSION})


def about(*wanted: About) -> tuple[Name, ...]:
    """The kinds that are about one of these."""
    return tuple(name for name, subject in SUBJECTS.items() if subject in wanted)
