"""The report as a whole."""

from __future__ import annotations

from criteria.points import format_percent
from reports import narrative
from reports.document import Blocks, Document, Paragraph, Run, Runs
from reports.kinds.content import Content
from reports.kinds.frame import chapter, closing, opening, section, titled
from reports.kinds.index.appendix import areas_appendix
from reports.kinds.index.areas import areas, counts, ranked, share_change
from reports.kinds.index.comparison import IndexFacts
from reports.kinds.results import adjustments, announced
from reports.kinds.shares import high_and_low, overall, said
from reports.kinds.tables import losses_appendix
from reports.kinds.wording import changed, printed, sentence, two_digits


def write(content: Content, facts: IndexFacts) -> Document:
    outcome = facts.outcome
    topic = "kết quả Chỉ số cải cách hành chính"
    loses = outcome.lost > 0
    return Document(
        head=content.head,
        subject=f"{sentence(topic)} năm {outcome.year}",
        addressees=content.addressees,
        body=(
            *opening(content, f"{topic} (CCHC) năm {outcome.year}"),
            *chapter(
                f"Kết quả Chỉ số CCHC năm {outcome.year}",
                *_result(facts, content),
                *areas(facts),
                Paragraph.of(f"Chi tiết tại {'Phụ lục I' if loses else 'Phụ lục'} kèm theo Báo cáo này."),
            ),
            *chapter("Các tiêu chí, tiêu chí thành phần bị trừ điểm", *_losses(facts)),
            *chapter(
                "Đánh giá chung",
                *section("Kết quả", _achievements(facts, content)),
                *section("Hạn chế", _shortcomings(facts, content)),
                *section("Nguyên nhân", narrative.parse(content.text("causes"))),
            ),
            *chapter("Giải pháp thời gian tới", *titled(content.text("remedies"))),
            *closing(content, f"{topic} năm {outcome.year}"),
        ),
        signature=content.signature,
        recipients=content.recipients,
        appendices=(areas_appendix(facts), *((losses_appendix(outcome),) if loses else ())),
    )


def _result(facts: IndexFacts, content: Content) -> Blocks:
    outcome = facts.outcome
    who = f"{announced(outcome, content)}{content.head.full_name} "
    runs: list[Run] = [Run(sentence(who))]
    if rank := ranked(outcome.rank, outcome):
        runs += [Run(rank, bold=True), Run("; ")]
    runs.append(Run(f"đạt {printed(outcome.total)}/{printed(outcome.max_total)} điểm", bold=True))
    runs.append(Run(f", xếp loại {outcome.grade}" if outcome.grade else ""))
    runs += _against_last_year(facts)
    runs.append(Run(". "))
    runs.append(Run(adjustments(outcome)))
    told = counts(facts)
    runs.append(Run(f"{told}, cụ thể:" if told else ""))
    return (Paragraph(_trimmed(runs)),)


def _trimmed(runs: list[Run]) -> Runs:
    kept = [run for run in runs if run.text]
    last = kept.pop()
    return (*kept, Run(last.text.rstrip(), last.bold, last.italic))


def _against_last_year(facts: IndexFacts) -> list[Run]:
    outcome, before = facts.outcome, facts.before
    if before is None:
        return [Run(f"; không có số liệu so sánh với năm {outcome.year - 1}: {facts.why_not}")]
    told = []
    if facts.total is not None:
        told.append(changed(facts.total, "điểm", amount=printed(abs(facts.total))))
    if facts.places is not None:
        risen = changed(facts.places, "bậc", amount=two_digits(abs(facts.places)))
        told.append(risen if facts.places else "giữ nguyên thứ hạng")
    last = ranked(before.rank, before)
    reached = f"đạt {printed(before.total)}/{printed(before.max_total)} điểm"
    figures = f"năm {before.year} {f'{last}; {reached}' if last else reached}"
    of_whom = f", là kết quả của {facts.predecessor}" if facts.predecessor else ""
    return [
        Run(f"; {', '.join(told)} so với năm {before.year} " if told else " "),
        Run(f"({figures}{of_whom})", italic=True),
        Run(share_change(outcome.percent, before.percent) if facts.scales_differ else ""),
    ]


def _losses(facts: IndexFacts) -> Blocks:
    outcome = facts.outcome
    losing = sum(area.lost > 0 for area in outcome.areas)
    if not losing:
        return ()
    return (
        Paragraph.of(
            f"Số điểm bị trừ so với điểm tối đa của các lĩnh vực là {printed(outcome.lost)} điểm, tại "
            f"{two_digits(losing)} lĩnh vực (chi tiết tại Phụ lục II kèm theo Báo cáo này)."
        ),
    )


def _achievements(facts: IndexFacts, content: Content) -> Blocks:
    high, _ = high_and_low(facts.outcome)
    mark = overall(facts.outcome)
    words = (
        (
            Paragraph.of(
                f"Có {two_digits(len(high))} lĩnh vực đạt tỷ lệ điểm so với điểm tối đa từ mức chung của đơn vị "
                f"({format_percent(mark)}) trở lên: {said(high)}."
            ),
        )
        if high and mark is not None
        else ()
    )
    return (*narrative.parse(content.text("achievements")), *words)


def _shortcomings(facts: IndexFacts, content: Content) -> Blocks:
    _, low = high_and_low(facts.outcome)
    words = (
        (
            Paragraph.of(
                f"Còn {two_digits(len(low))} lĩnh vực đạt tỷ lệ điểm so với điểm tối đa thấp hơn mức chung: "
                f"{said(low)}."
            ),
        )
        if low
        else ()
    )
    return (*narrative.parse(content.text("shortcomings")), *words)
