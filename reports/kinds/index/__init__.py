"""`index_result`: a unit's result of one year beside that of the year before."""

from __future__ import annotations

from reports.kinds import results
from reports.kinds.checks import unwritten
from reports.kinds.content import Content
from reports.kinds.index.comparison import IndexFacts
from reports.kinds.index.report import write
from reports.kinds.kind import CLOSING, Kind, Part, Problem, Severity, Suggestion
from reports.kinds.names import Name
from reports.kinds.wording import enumerated

JUDGED, REMEDIES = "Đánh giá chung", "Giải pháp thời gian tới"

__all__ = ["INDEX_RESULT", "IndexFacts"]


def _suggestions(facts: IndexFacts) -> tuple[Suggestion, ...]:
    fallen = [
        pair.name
        for pair in facts.compared
        if (pair.places is not None and pair.places < 0) or (pair.points is not None and pair.points < 0)
    ]
    return (
        *(
            (Suggestion("shortcomings", f"Lĩnh vực giảm bậc hoặc giảm điểm: {enumerated(fallen)}."),)
            if fallen
            else ()
        ),
        *results.lowest_areas(facts.outcome, "shortcomings"),
        *(results.losses_of_both_years(facts.outcome, facts.before, part="causes") if facts.before else ()),
        *results.unexplained_losses(facts.outcome, "causes"),
    )


def _checks(facts: IndexFacts, content: Content) -> tuple[Problem, ...]:
    outcome = facts.outcome
    loses = outcome.lost > 0
    compared = (facts.before,) if facts.before else ()
    unranked = [pair.name for pair in facts.compared if pair.places is None]
    return (
        *results.problems(outcome, content, *compared),
        *(
            (
                Problem(
                    f"Không so sánh được thứ hạng của lĩnh vực {enumerated(unranked)}: chưa ghi nhận đủ hai năm.",
                    Severity.WARNS,
                    "shortcomings",
                ),
            )
            if unranked and facts.places is not None
            else ()
        ),
        *(unwritten(content, "causes", "nguyên nhân") if loses else ()),
        *(unwritten(content, "remedies", "giải pháp") if loses else ()),
    )


INDEX_RESULT: Kind[IndexFacts] = Kind(
    name=Name.INDEX_RESULT,
    slug="ket-qua",
    parts=(
        Part("achievements", "Kết quả", group=JUDGED),
        Part("shortcomings", "Hạn chế", group=JUDGED),
        Part("causes", "Nguyên nhân", group=JUDGED),
        Part(
            "remedies",
            "Giải pháp theo đối tượng thực hiện",
            "Ghi đối tượng thực hiện thành một dòng in đậm (giữa hai dấu **): dòng ấy thành một mục có số.",
            group=REMEDIES,
            rows=8,
        ),
        CLOSING,
    ),
    write=write,
    checks=_checks,
    suggestions=_suggestions,
    goes_up=True,
)
