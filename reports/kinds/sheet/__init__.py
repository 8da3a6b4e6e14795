"""`score_sheet`: the sheet of a unit on paper, as far as it is filled in."""

from __future__ import annotations

from accounts.dates import format_moment
from reports.citations import Citation
from reports.document import Blocks, Document, Paragraph, Run
from reports.kinds.checks import unsigned
from reports.kinds.content import Content
from reports.kinds.declared import Declared, tree_table
from reports.kinds.doubts import doubtful
from reports.kinds.kind import HEAD, SIGNATURE, Kind, Problem, Severity
from reports.kinds.names import Name
from reports.kinds.wording import printed


def _write(content: Content, declared: Declared) -> Document:
    return Document(
        head=content.head,
        subject=f"Chỉ số cải cách hành chính năm {declared.year}",
        type_name="Phiếu tự chấm điểm",
        body=(*_lead(declared), tree_table(declared, has_evidence=False)),
        signature=content.signature,
        recipients=content.recipients,
        end_mark="",
    )


def _lead(declared: Declared) -> Blocks:
    decision = declared.set_decision
    cited = decision and Citation(decision.kind, decision.number, decision.issued_on, decision.issuer).full
    by = f" (ban hành kèm theo {cited})" if cited else ""
    if declared.submitted_at:
        state = (
            f"Đã gửi lúc {format_moment(declared.submitted_at)}; mã SHA-256 của phiếu: {declared.receipt}."
        )
    else:
        state = f"{declared.state}: phiếu chưa gửi, số liệu còn có thể thay đổi."
    return (
        Paragraph((Run("Đơn vị: "), Run(declared.unit, bold=True), Run(f", nhóm {declared.cohort}."))),
        Paragraph.of(f"Bộ tiêu chí: {declared.set_name}{by}."),
        Paragraph.of(f"Tình trạng: {state}"),
        Paragraph(
            (
                Run("Tổng điểm tự chấm: "),
                Run(f"{printed(declared.total)} điểm", bold=True),
                Run(f"; điểm tối đa của phần đơn vị tự chấm: {printed(declared.applicable)} điểm."),
            ),
            keep_with_next=True,
        ),
    )


def _checks(declared: Declared, content: Content) -> tuple[Problem, ...]:
    return (*unsigned(content, Severity.WARNS), *doubtful(declared))


SCORE_SHEET: Kind[Declared] = Kind(
    name=Name.SCORE_SHEET,
    slug="phieu-diem",
    parts=(),
    write=_write,
    checks=_checks,
    sign="PĐ",
    fields=tuple(name for name in (*HEAD, *SIGNATURE) if name != "addressees"),
    cites=False,
)
