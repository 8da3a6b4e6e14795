"""`stage_summary`: what a unit did over several years, by area, with its statistics of each year.

Figures come from the unit's own indicators; people write the narrative texts.
"""

from __future__ import annotations

from collections.abc import Iterator

from criteria.points import format_percent
from reports.kinds.checks import head_and_signature, unwritten
from reports.kinds.content import Content
from reports.kinds.kind import AREA, CLOSING, Entry, Kind, Part, Problem, Severity, Suggestion
from reports.kinds.names import Name
from reports.kinds.stage import claims, figures
from reports.kinds.stage.facts import Group, Series, StageFacts, Year
from reports.kinds.stage.report import write

__all__ = ["STAGE_SUMMARY", "Group", "Series", "StageFacts", "Year"]

DEPLOYED, AREAS, JUDGED = "Tình hình triển khai", "Kết quả theo lĩnh vực", "Đánh giá chung và kiến nghị"
MOST_SUGGESTIONS = 12


def _entries(facts: StageFacts, by: str) -> tuple[Entry, ...]:
    if by != AREA:
        return ()
    return tuple(
        Entry(group.code, group.name, f"Bảng số liệu: {len(group.rows)} chỉ tiêu." if group.rows else "")
        for group in facts.groups
    )


def _suggestions(facts: StageFacts) -> tuple[Suggestion, ...]:
    """How the ratios moved over the full years of the stage."""
    return tuple(Suggestion("areas", text) for text in list(_moved(facts))[:MOST_SUGGESTIONS])


def _moved(facts: StageFacts) -> Iterator[str]:
    full = [year.year for year in facts.years if year.until is None]
    for group in facts.groups:
        for row in group.rows:
            shares = [
                (year, share)
                for year in full
                if year in row.figures and (share := row.figures[year].share) is not None
            ]
            if len(shares) > 1 and shares[0][1] != shares[-1][1]:
                (first, low), (last, high) = shares[0], shares[-1]
                yield (
                    f"{group.code} {row.code}, {row.name}: {format_percent(low)} năm {first}, "
                    f"{format_percent(high)} năm {last}."
                )


def _checks(facts: StageFacts, content: Content) -> tuple[Problem, ...]:
    found = [
        *head_and_signature(content),
        *unwritten(content, "results", "kết quả đạt được của giai đoạn"),
        *unwritten(content, "proposals", "kiến nghị, đề xuất"),
        *figures.problems(facts, content.head.issued_on),
        *claims.contradicted(content, facts),
        *claims.wrong_stage(content, facts),
    ]
    if content.text("next_stage").split() and claims.next_stage(content) is None:
        words = "Giai đoạn tiếp theo phải ghi như “2021-2030”."
        found.append(Problem(words, Severity.WARNS, "next_stage"))
    return tuple(found)


STAGE_SUMMARY: Kind[StageFacts] = Kind(
    name=Name.STAGE_SUMMARY,
    slug="tong-ket",
    parts=(
        Part(
            "next_stage",
            "Giai đoạn tiếp theo",
            "In vào tên báo cáo, ví dụ 2021-2030; để trống nếu báo cáo chỉ tổng kết.",
            group=DEPLOYED,
            rows=1,
            is_line=True,
        ),
        Part("direction", "Công tác chỉ đạo, điều hành", group=DEPLOYED, rows=6),
        Part("inspection", "Kiểm tra việc thực hiện", group=DEPLOYED),
        Part("information", "Thông tin, tuyên truyền", group=DEPLOYED),
        Part("progress", "Công tác triển khai: mặt tích cực", group=DEPLOYED),
        Part("obstacles", "Công tác triển khai: tồn tại, hạn chế và nguyên nhân", group=DEPLOYED),
        Part(
            "areas",
            "Kết quả theo lĩnh vực",
            "Bảng số liệu theo năm được in kèm, không cần viết lại số liệu.",
            by=AREA,
            group=AREAS,
            rows=6,
        ),
        Part("results", "Kết quả đạt được của giai đoạn", group=JUDGED),
        Part("shortcomings", "Tồn tại, hạn chế của giai đoạn", group=JUDGED),
        Part("causes", "Nguyên nhân", group=JUDGED),
        Part("tasks", "Phương hướng, nhiệm vụ", group=JUDGED),
        Part("proposals", "Kiến nghị, đề xuất", group=JUDGED),
        CLOSING,
    ),
    write=write,
    checks=_checks,
    entries=_entries,
    suggestions=_suggestions,
)
