"""`remediation_result`: what a unit did about the points it lost in last year's result.

Every figure, sum, rank and list comes from the Outcome; people write only the narrative texts of Content.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from assessments.outcome import ZERO, Loss, Outcome, OutcomeRow
from criteria.points import format_points
from reports import narrative
from reports.citations import Citation
from reports.document import (
    Align,
    Appendix,
    Block,
    Blocks,
    Cell,
    Column,
    Document,
    Head,
    Heading,
    ListBlock,
    Paragraph,
    Row,
    Run,
    Runs,
    Signature,
    Table,
)

MISSING = "…"
PARTIAL = "Tại các lĩnh vực có công bố điểm, số điểm bị trừ là "
TOPIC = "khắc phục các tiêu chí bị trừ điểm, chưa đạt điểm tối đa"
UNEXPLAINED = "chưa nêu rõ nguyên nhân"
EXTRAS = "Điểm thưởng, điểm trừ (không nằm trong điểm tối đa)"


class UnknownCodes(ValueError):
    """Texts belong to codes that the outcome lacks: nothing stored is left out silently."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = tuple(sorted(codes))
        super().__init__(f"Không có mã {', '.join(self.codes)} trong kết quả.")


@dataclass(frozen=True)
class Content:
    """Stored beside the result. Narrative texts use the marks of `reports.narrative`."""

    head: Head
    signature: Signature
    recipients: tuple[str, ...]
    addressees: tuple[str, ...] = ()
    request: Citation | None = None  # the document that asked for the report
    basis: tuple[Citation, ...] = ()  # among them the decision that announced the result, if it has a subject
    organisation: str = ""
    remedies: str = ""
    remedies_by_code: Mapping[str, str] = field(default_factory=dict)  # of an area, criterion or component
    difficulties: str = ""
    tasks: str = ""
    tasks_by_area: Mapping[str, str] = field(default_factory=dict)
    closing: str = ""


def build(outcome: Outcome, content: Content) -> Document:
    """UnknownCodes where a text belongs to a code the outcome lacks."""
    if unknown := unknown_codes(outcome, content):
        raise UnknownCodes(unknown)
    appendix = _appendix(outcome)
    return Document(
        head=content.head,
        subject=f"Kết quả {TOPIC} của Chỉ số cải cách hành chính năm {outcome.year}",
        addressees=content.addressees,
        body=(
            _opening(outcome, content),
            *_chapter(
                "Tổ chức triển khai và kết quả thực hiện",
                *_section("Tình hình tổ chức triển khai", narrative.parse(content.organisation)),
                *_section("Kết quả chấm điểm", _result(outcome, content, has_appendix=bool(appendix))),
                *_section("Các tiêu chí bị trừ điểm", _losses(outcome)),
                *_section("Kết quả khắc phục", _remedies(outcome, content)),
            ),
            *_chapter("Khó khăn, vướng mắc", *narrative.parse(content.difficulties)),
            *_chapter(f"Nhiệm vụ, giải pháp năm {outcome.year + 1}", *_tasks(outcome, content)),
            *narrative.parse(content.closing or _closing(outcome, content)),
        ),
        signature=content.signature,
        recipients=content.recipients,
        appendices=appendix,
    )


def unknown_codes(outcome: Outcome, content: Content) -> set[str]:
    """Codes with a text that the outcome lacks, as after a correction of a recorded result."""
    remedied = content.remedies_by_code.keys() - {row.code for row in outcome.rows()}
    return remedied | (content.tasks_by_area.keys() - {area.code for area in outcome.areas})


def _chapter(title: str, *blocks: Block) -> Blocks:
    return (Heading(1, title.upper()), *blocks) if blocks else ()


def _section(title: str, blocks: Blocks) -> Blocks:
    return (Heading(2, title), *blocks) if blocks else ()


def _opening(outcome: Outcome, content: Content) -> Paragraph:
    reasons = [f"Thực hiện {content.request.full}"] if content.request else []
    if content.basis:
        reasons.append(f"căn cứ {_listed(citation.full for citation in content.basis)}")
    report = (
        f"{content.head.issuer_name} báo cáo kết quả {TOPIC} "
        f"của Chỉ số cải cách hành chính (CCHC) năm {outcome.year} như sau:"
    )
    return Paragraph.of(_sentence(", ".join(("; ".join(reasons), report)) if reasons else report))


def _closing(outcome: Outcome, content: Content) -> str:
    return (
        f"Trên đây là báo cáo của {content.head.issuer_name} về kết quả {TOPIC} "
        f"của Chỉ số CCHC năm {outcome.year}."
    )


# What the result says


def _result(outcome: Outcome, content: Content, *, has_appendix: bool) -> Blocks:
    losing = [row for area in outcome.areas for row in (area.children or (area,)) if row.lost > 0]
    rank = _rank(outcome)
    runs = (
        Run(_sentence(f"{_announced(outcome, content)}Chỉ số CCHC năm {outcome.year} của ")),
        Run(f"{content.head.issuer_name} đạt "),
        Run(f"{_points(outcome.total)}/{_points(outcome.max_total)} điểm", bold=True),
        *((Run(", xếp thứ "), Run(rank, bold=True), Run(f" {_within(outcome.group_name)}")) if rank else ()),
        Run(f", xếp loại {outcome.grade}" if outcome.grade else ""),
        Run(_self_total(outcome)),
        Run(". "),
        *(
            (
                Run("Số điểm bị trừ so với điểm tối đa là " if _is_complete(outcome) else PARTIAL),
                Run(f"{_points(outcome.lost)} điểm", bold=True),
                Run(f", tại {_spread(losing, outcome)}. "),
            )
            if losing
            else ()
        ),
        Run(_adjustments(outcome)),
        Run("Điểm của từng lĩnh vực như sau:"),
    )
    blocks: list[Block] = [Paragraph(runs, keep_with_next=True), _area_table(outcome)]
    blocks += (Paragraph.of(f"Ghi chú: {remark}", italic=True) for remark in _contradictions(outcome))
    if has_appendix:
        blocks.append(Paragraph.of("Điểm của từng tiêu chí được nêu tại Phụ lục kèm theo Báo cáo này."))
    return tuple(blocks)


def _announced(outcome: Outcome, content: Content) -> str:
    if not (decision := outcome.decision):
        return ""
    citation = Citation(decision.kind, decision.number, decision.issued_on, decision.issuer)
    known = any(cited.short == citation.short for cited in content.basis)
    return f"theo {citation.short if known else citation.full}, "


def _rank(outcome: Outcome) -> str:
    if outcome.rank is None:
        return ""
    return f"{outcome.rank}/{outcome.group_size}" if outcome.group_size else str(outcome.rank)


def _self_total(outcome: Outcome) -> str:
    total = outcome.self_total if outcome.declared_self_total is None else outcome.declared_self_total
    if total is None:
        return ""
    # Recorded sources leave self-points out for other reasons.
    central = not outcome.is_recorded and any(
        row.self_points is None and row.max_points for row in outcome.rows() if not row.children
    )
    note = ", chưa gồm các tiêu chí đơn vị không tự chấm" if central else ""
    return f" (đơn vị tự chấm {_points(total)} điểm{note})"


def _spread(losing: list[OutcomeRow], outcome: Outcome) -> str:
    areas = f"{sum(area.lost > 0 for area in outcome.areas)} lĩnh vực"
    criteria = sum(row.depth > 0 for row in losing)
    return f"{criteria} tiêu chí thuộc {areas}" if criteria else areas


def _adjustments(outcome: Outcome) -> str:
    text = ""
    maximum, points = _sum(outcome, "max_points"), _sum(outcome, "points")
    if maximum is not None and points is not None and maximum != outcome.max_total:
        text += (
            f"Không tính các tiêu chí không áp dụng, các lĩnh vực đạt {_points(points)}/{_points(maximum)} điểm, "
            f"được quy đổi về thang {_points(outcome.max_total)} điểm. "
        )
    extras = [
        f"{name} {_points(abs(value))} điểm"
        for name, value in (("điểm thưởng", outcome.bonus), ("điểm trừ", outcome.penalty))
        if value
    ]
    return text + (f"Tổng điểm đã tính {' và '.join(extras)}. " if extras else "")


def _contradictions(outcome: Outcome) -> Iterable[str]:
    """Printed totals that their own parts contradict; totals computed here cannot."""
    self_sum, declared = _sum(outcome, "self_points"), outcome.declared_self_total
    if self_sum is not None and declared is not None and self_sum != declared:
        yield _difference("điểm tự chấm", self_sum, declared, "cộng điểm tự chấm của các lĩnh vực")
    points, maximum = _sum(outcome, "points"), _sum(outcome, "max_points")
    if outcome.is_recorded and outcome.total is not None and points is not None:
        total = points + outcome.bonus + outcome.penalty
        if maximum == outcome.max_total and total != outcome.total:
            how = "cộng điểm của các lĩnh vực, điểm thưởng và điểm trừ"
            yield _difference("tổng điểm", total, outcome.total, how)


def _difference(what: str, added: Decimal, declared: Decimal, how: str) -> str:
    return (
        f"{what} đã công bố là {_points(declared)} điểm; {how} là {_points(added)} điểm, "
        f"chênh lệch {_points(abs(added - declared))} điểm, cần đối chiếu lại."
    )


def _area_table(outcome: Outcome) -> Table:
    has_self = _has_self_points(outcome)
    total = OutcomeRow(
        code="",
        name="Cộng các lĩnh vực",
        depth=0,
        max_points=_sum(outcome, "max_points"),
        self_points=_sum(outcome, "self_points"),
        points=_sum(outcome, "points"),
    )
    return Table(
        columns=(
            Column(6, Align.CENTER),
            Column(42 if has_self else 55),
            *_score_columns(13, has_self=has_self),
        ),
        header=(_header("Số TT", "Lĩnh vực", *_score_titles(has_self=has_self)),),
        rows=(
            *(Row(_score_cells(area, has_self=has_self)) for area in outcome.areas),
            Row(_score_cells(total, has_self=has_self), strong=True),
        ),
    )


def _appendix(outcome: Outcome) -> tuple[Appendix, ...]:
    if not outcome.extras and not any(area.children for area in outcome.areas):
        return ()
    has_self = _has_self_points(outcome)
    columns = (
        Column(5),
        Column(36 if has_self else 40),
        *_score_columns(8, has_self=has_self),
        Column(27 if has_self else 31),
    )
    table = Table(
        columns=columns,
        header=(
            _header(
                "Mã số",
                "Lĩnh vực, tiêu chí, tiêu chí thành phần",
                *_score_titles(has_self=has_self),
                "Nơi bị trừ điểm và nguyên nhân",
            ),
        ),
        rows=(
            *(
                Row((*_score_cells(row, has_self=has_self), Cell(_remark(row))), strong=row.depth == 0)
                for row in outcome.rows()
            ),
            *((Row((Cell(EXTRAS, column_span=len(columns)),), strong=True),) if outcome.extras else ()),
            *(
                Row((*_extra_cells(row, has_self=has_self), Cell(_sentence(row.reason))))
                for extra in outcome.extras
                for row in extra.walk()
            ),
        ),
    )
    title = f"Điểm của từng tiêu chí thuộc Chỉ số cải cách hành chính năm {outcome.year}"
    return (Appendix(title, (table,), landscape=True),)


def _header(*titles: str) -> Row:
    return Row(tuple(Cell(title, Align.CENTER) for title in titles), strong=True)


def _score_titles(*, has_self: bool) -> tuple[str, ...]:
    return ("Điểm tối đa", *(("Điểm tự chấm",) if has_self else ()), "Hội đồng chấm", "Điểm bị trừ")


def _score_columns(width: int, *, has_self: bool) -> tuple[Column, ...]:
    return (Column(width, Align.NUMERIC),) * (4 if has_self else 3)


def _score_cells(row: OutcomeRow, *, has_self: bool) -> tuple[Cell, ...]:
    known = row.max_points is not None and row.points is not None
    return (
        Cell(row.code),
        Cell(row.name),
        Cell(_points(row.max_points)),
        # A self-score that was never printed is no gap: most sources give it for areas only.
        *((Cell("" if row.self_points is None else _points(row.self_points)),) if has_self else ()),
        Cell(_points(row.points)),
        Cell(_points(row.lost) if known else MISSING),
    )


def _extra_cells(row: OutcomeRow, *, has_self: bool) -> tuple[Cell, ...]:
    """Nothing is lost where a bonus was not earned or a penalty was given: the last figure stays empty."""
    return (*_score_cells(row, has_self=has_self)[:-1], Cell(""))


def _remark(row: OutcomeRow) -> str:
    reason = where_and_why(row) if row.losing_rows == (row,) else ""
    return _sentence(". ".join(filter(None, (reason, row.note))))


# Where the points went


def _losses(outcome: Outcome) -> Blocks:
    losing = [area for area in outcome.areas if area.lost > 0]
    if not losing:
        if not _is_complete(outcome):
            return ()
        return (Paragraph.of(f"Năm {outcome.year} không có tiêu chí nào bị trừ điểm."),)
    blocks: list[Block] = []
    for area in losing:
        criteria = tuple(row for row in area.children if row.lost > 0)
        if not criteria:
            blocks.append(Paragraph((Run(f"{_label(area)}: ", bold=True), *_account(area))))
            continue
        lead = (Run(f"{_label(area)}: ", bold=True), Run(f"{_scores(area)}, gồm:"))
        blocks.append(Paragraph(lead, keep_with_next=True))
        blocks.append(ListBlock(tuple((Run(f"{_label(row)}: "), *_account(row)) for row in criteria)))
    full = [area for area in outcome.areas if area.points and area.points == area.max_points]
    if full:
        names = _listed(
            f"{_label(area)} ({_points(area.points)}/{_points(area.max_points)} điểm)" for area in full
        )
        blocks.append(Paragraph.of(f"Đạt điểm tối đa: {names}."))
    blocks += map(Paragraph.of, (*_raised(outcome), *_unexplained(outcome)))
    return tuple(blocks)


def _raised(outcome: Outcome) -> Iterable[str]:
    raised = [
        f"{_short_label(row)} (tự chấm {_points(row.self_points)} điểm, "
        f"Hội đồng thẩm định chấm {_points(row.points)} điểm)"
        for row in outcome.rows()
        if not row.children
        and row.points is not None
        and row.self_points is not None
        and row.points > row.self_points
    ]
    if raised:
        yield f"Hội đồng thẩm định chấm cao hơn điểm tự chấm tại {_listed(raised)}."


def _unexplained(outcome: Outcome) -> Iterable[str]:
    rows = outcome.unexplained_rows
    if rows:
        places = "; ".join(
            f"{_short_label(row)} ({_points(row.unexplained)}"
            + ("" if row.unexplained == row.lost else f" trong {_points(row.lost)}")
            + " điểm)"
            for row in rows
        )
        total = sum((row.unexplained for row in rows), ZERO)
        yield f"Còn {_points(total)} điểm bị trừ {UNEXPLAINED}: {places}."


def _account(row: OutcomeRow) -> Runs:
    """ "điểm tối đa 3 điểm, …, bị trừ 2 điểm (tại tiêu chí thành phần 1.4.2 - …)."."""
    return (Run(f"{_scores(row)} "), Run(f"({where_and_why(row)})", italic=True), Run("."))


def _scores(row: OutcomeRow) -> str:
    figures = (
        ("điểm tối đa", row.max_points),
        ("tự chấm", row.self_points),
        ("Hội đồng thẩm định chấm", row.points),
        ("bị trừ", row.lost),
    )
    return ", ".join(f"{name} {_points(value)} điểm" for name, value in figures if value is not None)


def where_and_why(row: OutcomeRow) -> str:
    """Where a row's points went and the reasons given, as far as anybody gave one."""
    below = row.losing_rows
    if below != (row,):
        return "; ".join(
            f"{_points(lower.lost)} điểm tại {_short_label(lower)} - {lower.name}: {where_and_why(lower)}"
            for lower in below
        )
    parts = [_place(loss, row) for loss in row.losses]
    if row.reason:
        parts.append(row.reason.rstrip(" .;"))
    if row.unexplained > 0:
        parts.append(f"{_points(row.unexplained)} điểm {UNEXPLAINED}" if parts else UNEXPLAINED)
    return "; ".join(parts)


def _place(loss: Loss, row: OutcomeRow) -> str:
    named = _listed(f"{part.code} - {part.name}" if part.name else part.code for part in loss.components)
    share = "" if loss.points in (None, row.lost) else f"{_points(loss.points)} điểm "
    return f"{share}tại tiêu chí thành phần {named}"


# What was done, what comes next


def _remedies(outcome: Outcome, content: Content) -> Blocks:
    blocks = list(narrative.parse(content.remedies))
    for row in outcome.rows():
        if done := narrative.parse(content.remedies_by_code.get(row.code, "")):
            blocks += (Paragraph((Run(f"{_label(row)}:", bold=True),), keep_with_next=True), *done)
    return tuple(blocks)


def _tasks(outcome: Outcome, content: Content) -> Blocks:
    blocks = list(narrative.parse(content.tasks))
    for area in outcome.areas:
        blocks += _section(area.name, narrative.parse(content.tasks_by_area.get(area.code, "")))
    return tuple(blocks)


# Words


def _label(row: OutcomeRow) -> str:
    return f"{_kind(row)} {row.code}. {row.name}"


def _short_label(row: OutcomeRow) -> str:
    return f"{_kind(row).lower()} {row.code}"


def _kind(row: OutcomeRow) -> str:
    return ("Lĩnh vực", "Tiêu chí", "Tiêu chí thành phần")[min(row.depth, 2)]


def _points(value: Decimal | None) -> str:
    return MISSING if value is None else format_points(value)


def _sum(outcome: Outcome, figure: str) -> Decimal | None:
    """None where an area prints no such figure: a sum of the rest would mislead."""
    values = [getattr(area, figure) for area in outcome.areas]
    return None if not values or None in values else sum(values, ZERO)


def _is_complete(outcome: Outcome) -> bool:
    return None not in (_sum(outcome, "max_points"), _sum(outcome, "points"))


def _has_self_points(outcome: Outcome) -> bool:
    return any(row.self_points is not None for row in outcome.rows())


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} và {last}" if first else last


def _within(text: str) -> str:
    """In the middle of a sentence; "UBND …" stays as it is."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
