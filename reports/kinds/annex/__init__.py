"""`ranking_annex`: the results and ranks that a decision announced, to go with it."""

from __future__ import annotations

from dataclasses import replace

from reports.document import Document
from reports.kinds.annex.corrected import correction_appendix
from reports.kinds.annex.facts import AnnexFacts
from reports.kinds.annex.tables import heat_appendix, ranking_appendix
from reports.kinds.content import Content
from reports.kinds.kind import Kind, Problem, Severity, Where
from reports.kinds.names import Name

__all__ = ["RANKING_ANNEX", "AnnexFacts"]


def _write(content: Content, facts: AnnexFacts) -> Document:
    """Number, day and issuer are those of the decision as it was published, whatever anybody typed."""
    number, _, symbol = facts.decision.number.partition("/")
    head = replace(
        content.head,
        issuer=(facts.decision.issuer,),
        number=number,
        symbol=symbol,
        issued_on=facts.decision.issued_on,
    )
    return Document(
        head=head,
        type_name=facts.decision.kind,
        subject=f"Kết quả, xếp hạng Chỉ số cải cách hành chính năm {facts.year}",
        appendices=(
            *(ranking_appendix(facts, cohort) for cohort in facts.cohorts),
            heat_appendix(facts),
            *((correction_appendix(facts.correction),) if facts.correction else ()),
        ),
        only_appendices=True,
    )


def _checks(facts: AnnexFacts, content: Content) -> tuple[Problem, ...]:
    if not facts.superseded_by:
        return ()
    text = f"Kết quả này đã được đính chính theo {facts.superseded_by}."
    return (Problem(text, Severity.WARNS, "", Where.RANKING),)


RANKING_ANNEX: Kind[AnnexFacts] = Kind(
    name=Name.RANKING_ANNEX,
    slug="phu-luc-xep-hang",
    parts=(),
    write=_write,
    checks=_checks,
    sign="PL",
    fields=(),
    cites=False,
)
