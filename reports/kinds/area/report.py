"""The report as a whole."""

from __future__ import annotations

from assessments.outcome import Outcome, OutcomeRow
from criteria.points import format_percent
from reports import narrative
from reports.document import Block, Blocks, Document, Paragraph, Run
from reports.kinds.area.facts import AreaFacts
from reports.kinds.content import Content
from reports.kinds.frame import closing, opening, section
from reports.kinds.reasons import where_and_why
from reports.kinds.results import announced
from reports.kinds.tables import losses_table
from reports.kinds.wording import printed, row_label, sentence, within


def write(content: Content, facts: AreaFacts) -> Document:
    return Document(
        head=content.head,
        subject=f"Về việc chấn chỉnh các nhiệm vụ liên quan đến {facts.task}",
        addressees=content.addressees,
        body=(
            *opening(content, f"kết quả khắc phục {facts.topic} tại đơn vị"),
            *section(
                f"Hạn chế trong {facts.task}",
                (*_result(facts, content), *narrative.parse(content.text("shortcomings"))),
            ),
            *section("Nguyên nhân", narrative.parse(content.text("causes"))),
            *section("Phương hướng khắc phục", _directions(facts, content)),
            *closing(content, f"phương hướng khắc phục {facts.topic}"),
        ),
        signature=content.signature,
        recipients=content.recipients,
    )


def _result(facts: AreaFacts, content: Content) -> Blocks:
    """Nothing where no result is stored: no figure is made up."""
    outcome, area = facts.outcome, facts.area
    if outcome is None or area is None:
        return ()
    table = losses_table((area,)) if any(row.lost > 0 for row in area.children) else None
    lead = Paragraph(
        (
            Run(sentence(f"{announced(outcome, content)}năm {facts.year} ")),
            Run(f"{content.head.full_name} đạt "),
            Run(f"{printed(area.points)}/{printed(area.max_points)} điểm", bold=True),
            Run(f" ở lĩnh vực {within(area.name)}{_share_and_place(area, outcome)}"),
            *(
                (Run(", bị trừ "), Run(f"{printed(area.lost)} điểm", bold=True), Run(_where(area, table)))
                if area.lost > 0
                else ()
            ),
            Run(", cụ thể như sau:" if table else "."),
        ),
        keep_with_next=bool(table),
    )
    blocks: list[Block] = [lead]
    if table:
        blocks.append(table)
    return tuple(blocks)


def _share_and_place(area: OutcomeRow, outcome: Outcome) -> str:
    share = "" if area.percent is None else f" ({format_percent(area.percent)} điểm tối đa)"
    if area.rank is None:
        return share
    size = f"/{outcome.group_size}" if outcome.group_size else ""
    return f"{share}, xếp thứ {area.rank}{size} {within(outcome.group_name)}".rstrip()


def _where(area: OutcomeRow, table: Block | None) -> str:
    """Of an area that is not itemised: where its points went, as far as anybody said so."""
    if table:
        return ""
    told = where_and_why(area) if area.losses or area.reason else "không có số liệu chi tiết theo tiêu chí"
    return f" ({within(told)})"


def _directions(facts: AreaFacts, content: Content) -> Blocks:
    blocks = list(narrative.parse(content.text("directions")))
    written = content.by_code("directions_by_code")
    for row in facts.area.walk() if facts.area else ():
        if words := narrative.parse(written.get(row.code, "")):
            blocks += (Paragraph((Run(f"{row_label(row)}:", bold=True),), keep_with_next=True), *words)
    return tuple(blocks)
