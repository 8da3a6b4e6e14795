"""The areas one by one: those that rose, those that fell and the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from assessments.outcome import Outcome, OutcomeRow
from criteria.points import format_percent
from reports.document import Block, Blocks, Heading, ListBlock, Run, Runs
from reports.kinds.index.comparison import IndexFacts, Pair
from reports.kinds.wording import changed, printed, sentence, two_digits, within

Change = Callable[[Pair], object]
BY_RANK = ("tăng bậc", "giảm bậc", "giữ nguyên bậc", "không so sánh được thứ hạng")
BY_POINTS = ("tăng điểm", "giảm điểm", "giữ nguyên điểm", "không so sánh được điểm")


def counts(facts: IndexFacts) -> str:
    """ "Trong 07 lĩnh vực có 04 lĩnh vực tăng bậc, …; có 05 lĩnh vực tăng điểm, … so với năm 2021"."""
    told = [
        ", ".join(f"{two_digits(len(pairs))} lĩnh vực {words}" for words, pairs in groups if pairs)
        for groups in (_by_rank(facts), _by_points(facts))
        if _is_known(groups)
    ]
    if not told or facts.before is None:
        return ""
    of_all = f"Trong {two_digits(len(facts.compared))} lĩnh vực theo bộ tiêu chí"
    return f"{of_all} có {'; có '.join(told)} so với năm {facts.before.year}"


def areas(facts: IndexFacts) -> Blocks:
    groups = _by_rank(facts)
    if not _is_known(groups):
        groups = _by_points(facts)
    if not _is_known(groups):
        return (Heading(2, "Kết quả từng lĩnh vực"), _listed(facts, facts.compared))
    blocks: list[Block] = []
    for words, pairs in groups:
        if pairs:
            blocks += (Heading(2, f"Các lĩnh vực {words}"), _listed(facts, pairs))
    if gone := [pair.name for pair in facts.pairs if pair.now is None]:
        names = tuple((Run(name),) for name in gone)
        blocks += (Heading(2, "Các lĩnh vực không còn trong bộ tiêu chí"), ListBlock(names))
    return tuple(blocks)


Groups = tuple[tuple[str, tuple[Pair, ...]], ...]


def _by_rank(facts: IndexFacts) -> Groups:
    return _grouped(facts.compared, BY_RANK, lambda pair: pair.places)


def _by_points(facts: IndexFacts) -> Groups:
    return _grouped(facts.compared, BY_POINTS, lambda pair: pair.points)


def _grouped(pairs: Sequence[Pair], words: tuple[str, ...], change: Callable[[Pair], object]) -> Groups:
    tests: tuple[Callable[..., bool], ...] = (
        lambda value: value is not None and value > 0,
        lambda value: value is not None and value < 0,
        lambda value: value is not None and value == 0,
        lambda value: value is None,
    )
    return tuple(
        (word, tuple(pair for pair in pairs if holds(change(pair))))
        for word, holds in zip(words, tests, strict=True)
    )


def _is_known(groups: Groups) -> bool:
    """Whether a single area can be compared."""
    return any(pairs for _, pairs in groups[:-1])


def _listed(facts: IndexFacts, pairs: Iterable[Pair]) -> ListBlock:
    return ListBlock(tuple(_item(facts, pair) for pair in pairs))


def _item(facts: IndexFacts, pair: Pair) -> Runs:
    assert pair.now is not None
    parts = [figures(facts.outcome, pair.now)]
    if facts.before is not None:
        parts += _changes(pair, facts.before.year)
    runs = [Run(f"{pair.name}: ", bold=True), Run(sentence(", ".join(parts)))]
    if facts.before is not None and pair.last is not None:
        runs.append(Run(f" (năm {facts.before.year} {figures(facts.before, pair.last)})", italic=True))
        runs.append(Run(_shares(pair)))
    notes = [f"{row.note.rstrip('.')}" for row in (pair.now, pair.last) if row is not None and row.note]
    runs.append(Run(". "))
    runs += [Run(f"({note}.) ", italic=True) for note in notes[:1]]
    *before, final = runs
    return (*before, Run(final.text.rstrip(), final.bold, final.italic))


def figures(outcome: Outcome, row: OutcomeRow) -> str:
    """ "xếp thứ 01/08 huyện, thành phố, đạt 15,38/16,5 điểm"."""
    reached = f"đạt {printed(row.points)}/{printed(row.max_points)} điểm"
    place = ranked(row.rank, outcome)
    return f"{place}, {reached}" if place else reached


def ranked(rank: int | None, outcome: Outcome) -> str:
    if rank is None:
        return ""
    return f"xếp thứ {place(rank, outcome)} {within(outcome.group_name)}".rstrip()


def place(rank: int, outcome: Outcome) -> str:
    size = f"/{two_digits(outcome.group_size)}" if outcome.group_size else ""
    return f"{two_digits(rank)}{size}"


def _changes(pair: Pair, last_year: int) -> list[str]:
    if pair.last is None:
        return [f"không có số liệu so sánh vì năm {last_year} không có lĩnh vực này"]
    told = []
    if pair.places is not None:
        told.append(changed(pair.places, "bậc", amount=two_digits(abs(pair.places))))
    if pair.points is not None:
        told.append(changed(pair.points, "điểm", amount=printed(abs(pair.points))))
    if not told:
        return ["không có số liệu so sánh"]
    told[-1] += f" so với năm {last_year}"
    return told


def _shares(pair: Pair) -> str:
    """What a change of points means where the maximum changed too."""
    if not pair.maxima_differ:
        return ""
    assert pair.now is not None
    assert pair.last is not None
    words = f"; điểm tối đa thay đổi từ {printed(pair.last.max_points)} thành {printed(pair.now.max_points)}"
    return words + share_change(pair.now.percent, pair.last.percent)


def share_change(now: Fraction | None, last: Fraction | None) -> str:
    if now is None or last is None:
        return ""
    shown, before = format_percent(now), format_percent(last)
    if now == last:
        return f", tỷ lệ đạt giữ nguyên {shown}"
    return f", tỷ lệ đạt {'tăng' if now > last else 'giảm'} từ {before} {'lên' if now > last else 'xuống'} {shown}"
