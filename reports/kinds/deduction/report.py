"""The report as a whole."""

from __future__ import annotations

from assessments.outcome import Outcome, OutcomeRow
from criteria.points import format_percent
from reports import narrative
from reports.document import Align, Block, Blocks, Cell, Column, Document, Paragraph, Row, Run, Table
from reports.kinds.content import Content
from reports.kinds.frame import chapter, closing, opening, section
from reports.kinds.results import adjustments, announced, contradictions, rank
from reports.kinds.shares import high_and_low, overall, said
from reports.kinds.tables import footnotes, header, losses_appendix
from reports.kinds.wording import MISSING, is_complete, printed, row_label, sentence, within


def write(content: Content, outcome: Outcome) -> Document:
    following = outcome.year + 1
    topic = (
        "kết quả rà soát các tiêu chí, tiêu chí thành phần giảm điểm và giải pháp nâng vị trí xếp hạng "
        "Chỉ số cải cách hành chính"
    )
    has_details = any(area.children for area in outcome.areas if area.lost > 0)
    return Document(
        head=content.head,
        subject=f"{sentence(topic)} năm {following} và những năm tiếp theo",
        addressees=content.addressees,
        body=(
            *opening(content, f"{topic} (CCHC) năm {following} và những năm tiếp theo"),
            *chapter(
                f"Kết quả Chỉ số CCHC năm {outcome.year}",
                *section("Kết quả đạt được", _result(outcome, content, has_appendix=has_details)),
                *section("Tồn tại, hạn chế", _shortcomings(outcome, content)),
                *section("Nguyên nhân", narrative.parse(content.text("causes"))),
            ),
            *chapter(
                "Giải pháp nâng vị trí xếp hạng",
                *section("Văn bản chỉ đạo đã ban hành", narrative.parse(content.text("issued"))),
                *section("Giải pháp chung", narrative.parse(content.text("remedies"))),
                *section("Giải pháp theo lĩnh vực", _remedies(outcome, content)),
            ),
            *closing(content, f"{topic} năm {following}"),
        ),
        signature=content.signature,
        recipients=content.recipients,
        appendices=(losses_appendix(outcome),) if has_details else (),
    )


def _result(outcome: Outcome, content: Content, *, has_appendix: bool) -> Blocks:
    place = rank(outcome)
    losing = sum(area.lost > 0 for area in outcome.areas)
    of_all = "so với điểm tối đa " if is_complete(outcome) else "tại các lĩnh vực có công bố điểm "
    runs = (
        Run(sentence(f"{announced(outcome, content)}Chỉ số CCHC năm {outcome.year} của ")),
        Run(f"{content.head.full_name} đạt "),
        Run(f"{printed(outcome.total)}/{printed(outcome.max_total)} điểm", bold=True),
        *((Run(", xếp thứ "), Run(place, bold=True), Run(f" {within(outcome.group_name)}")) if place else ()),
        Run(f", xếp loại {outcome.grade}" if outcome.grade else ""),
        Run(". "),
        *(
            (
                Run(f"Số điểm bị trừ {of_all}là "),
                Run(f"{printed(outcome.lost)} điểm", bold=True),
                Run(f", tại {losing} lĩnh vực. "),
            )
            if losing
            else ()
        ),
        Run(adjustments(outcome)),
        Run("Điểm của từng lĩnh vực như sau:"),
    )
    blocks: list[Block] = [Paragraph(runs, keep_with_next=True), _area_table(outcome)]
    if has_appendix:
        blocks.append(Paragraph.of("Các tiêu chí bị trừ điểm được nêu tại Phụ lục kèm theo Báo cáo này."))
    return tuple(blocks)


def _area_table(outcome: Outcome) -> Table:
    total = OutcomeRow(
        code="",
        name="Cộng các lĩnh vực",
        depth=0,
        max_points=outcome.applicable,
        self_points=None,
        points=outcome.base_points,
    )
    return Table(
        columns=(Column(6, Align.CENTER), Column(46), *(Column(12, Align.NUMERIC),) * 4),
        header=(header("Số TT", "Lĩnh vực", "Điểm tối đa", "Điểm đạt", "Điểm bị trừ", "Tỷ lệ đạt"),),
        rows=(*(Row(_cells(area)) for area in outcome.areas), Row(_cells(total), strong=True)),
        notes=footnotes(contradictions(outcome)),
    )


def _cells(row: OutcomeRow) -> tuple[Cell, ...]:
    known = row.max_points is not None and row.points is not None
    share = row.percent
    return (
        Cell(row.code),
        Cell(row.name),
        Cell(printed(row.max_points)),
        Cell(printed(row.points)),
        Cell((printed(row.lost) if row.lost > 0 else "") if known else MISSING),
        Cell(MISSING if share is None else format_percent(share)),
    )


def _shortcomings(outcome: Outcome, content: Content) -> Blocks:
    _, low = high_and_low(outcome)
    mark = overall(outcome)
    lowest = (
        (
            Paragraph.of(
                f"Các lĩnh vực đạt tỷ lệ thấp hơn tỷ lệ chung của đơn vị ({format_percent(mark)} "
                f"điểm tối đa): {said(low)}."
            ),
        )
        if low and mark is not None
        else ()
    )
    return (*lowest, *narrative.parse(content.text("shortcomings")))


def _remedies(outcome: Outcome, content: Content) -> Blocks:
    """By area: what is done, by whom and until when."""
    remedies, assignees, targets = (
        content.by_code(part) for part in ("remedies_by_area", "assignees_by_area", "targets_by_area")
    )
    blocks: list[Block] = []
    for area in outcome.areas:
        words = list(narrative.parse(remedies.get(area.code, "")))
        for label, written in (("Chủ trì", assignees), ("Mục tiêu", targets)):
            if text := " ".join(written.get(area.code, "").split()):
                words.append(Paragraph((Run(f"{label}: ", italic=True), Run(f"{text.rstrip('.')}."))))
        if words:
            lost = f" (bị trừ {printed(area.lost)} điểm)" if area.lost > 0 else ""
            lead = Paragraph((Run(f"{row_label(area)}{lost}:", bold=True),), keep_with_next=True)
            blocks += (lead, *words)
    return tuple(blocks)
