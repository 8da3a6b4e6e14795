"""`self_assessment`: what a unit gave itself, sent to the host before the appraisal."""

from __future__ import annotations

from reports.kinds.assessment.report import write
from reports.kinds.checks import head_and_signature, unwritten
from reports.kinds.claims import contradicted_by, wrong_year
from reports.kinds.content import Content
from reports.kinds.declared import Declared
from reports.kinds.doubts import doubtful, said_on
from reports.kinds.kind import CLOSING, Kind, Part, Problem, Severity, Suggestion, Where
from reports.kinds.names import Name
from reports.kinds.wording import listed, two_digits

WORK, OPINION = "Tổ chức thực hiện", "Đánh giá và kiến nghị"


def _suggestions(declared: Declared) -> tuple[Suggestion, ...]:
    lost = [row.code for row in declared.own_leaves if row.points is not None and row.points < row.max_points]
    text = f"Tiêu chí tự chấm dưới điểm tối đa: {listed(lost)}." if lost else ""
    return (Suggestion("shortcomings", text),) if text else ()


def _checks(declared: Declared, content: Content) -> tuple[Problem, ...]:
    unanswered, unexcused = declared.unanswered, [row for row in declared.unshown if not row.evidence_note]
    found = []
    if declared.submitted_at is None:
        text = "Phiếu đã được trả lại và chưa gửi lại: số liệu còn có thể thay đổi."
        found.append(Problem(text, Severity.BLOCKS, "", Where.SHEET))
    if unanswered:
        codes = listed(row.code for row in unanswered)
        text = f"{two_digits(len(unanswered))} tiêu chí chưa tự chấm: {codes}."
        found.append(Problem(text, Severity.WARNS, unanswered[0].code, Where.SHEET))
    if unexcused:
        codes = listed(row.code for row in unexcused)
        text = f"Chưa nêu lý do thiếu tài liệu kiểm chứng của tiêu chí {codes}."
        found.append(Problem(text, Severity.WARNS, unexcused[0].code, Where.SHEET))
    return (
        *head_and_signature(content),
        *found,
        *doubtful(declared),
        *contradicted_by(content, said_on(declared)),
        *wrong_year(content, declared.year),
        *unwritten(content, "organisation", "tình hình tổ chức tự đánh giá"),
    )


SELF_ASSESSMENT: Kind[Declared] = Kind(
    name=Name.SELF_ASSESSMENT,
    slug="tu-danh-gia",
    parts=(
        Part("organisation", "Tình hình tổ chức tự đánh giá", group=WORK),
        Part("shortcomings", "Tồn tại, hạn chế và nguyên nhân", group=OPINION),
        Part("proposals", "Kiến nghị, đề xuất", group=OPINION),
        CLOSING,
    ),
    write=write,
    checks=_checks,
    suggestions=_suggestions,
    needs_submission=True,
    goes_up=True,
)
