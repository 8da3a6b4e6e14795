"""Figures that people typed into narrative texts, held against the stored ones of the same area or criterion.

The engine prints every figure by itself; one that is typed as well may contradict it. Only what stands near a
name that the facts know is looked at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import partial

from assessments.outcome import Outcome, OutcomeRow
from reports.kinds.content import Content
from reports.kinds.kind import Problem, Severity
from reports.kinds.mentions import (
    SHORTEST,
    Mention,
    as_words,
    by_year,
    clauses_with_figures,
    hidden,
    mentions,
    name_pattern,
    spelled,
)
from reports.kinds.typed import ANY_UNIT, GOT, IS_POINTS, LEVELS, UNITS, Figures, same_points, wrong

WHOLE = r"chỉ số (?:cchc|cải cách hành chính)|par index|tổng điểm"
# What is still to come may be of a later year.
_AHEAD = re.compile(
    r"(?<!\w)(?:nâng cao|phấn đấu|nhiệm vụ|giải pháp|kế hoạch|mục tiêu|chỉ tiêu|phương hướng|cải thiện|duy trì"
    r"|tiếp tục|hướng tới|khắc phục|chấn chỉnh|tăng cường|đẩy mạnh|chuẩn bị|triển khai|thời gian tới|năm tới"
    r"|tiếp theo|sẽ|cần|nhằm|để)(?!\w)"
)
_AIM = re.compile(r"phấn đấu[^,]*\Z", re.IGNORECASE)
_PART = re.compile(r"lĩnh vực|tiêu chí", re.IGNORECASE)
# A day, or when something was done; no year of the index.
_WHEN = re.compile(
    r"[,:(]|(?:tháng(?: \d{1,2})?|quý \w{1,3}|hết|đến|đầu|cuối|từ|sang|trong|ngay|vào) năm \d{4}$"
)
_YEAR = re.compile(rf"(?:{WHOLE}|lĩnh vực)[^.;\n]{{0,30}}?năm\s+(\d{{4}})", re.IGNORECASE)
# Whose figures these are: those of the year with which a clause begins or that stands right behind the name.
_OF_YEAR = re.compile(r"\A[-–+ ]*(?:(?:trong|kết quả) )?năm (\d{4})")
_YEAR_BEHIND = re.compile(r"\A,? (?:của (?:\w+ ){1,4})?năm (\d{4})")
_YEAR_BEFORE = re.compile(r"(?:[,(]|và) *(?:(?:trong|còn|riêng) )?năm (\d{4})[^;()\d]*\Z")
_WHAT_FOLLOWS_IS_AHEAD = re.compile(r"phấn đấu|mục tiêu|kế hoạch", re.IGNORECASE)
# Where the subject of a clause stands.
_SUBJECT = (
    r"\A[-–+ ]*(?:(?:(?:trong |kết quả )?năm \d{4}(?: của)?|(?:nhìn )?chung|theo đó|như vậy|cụ thể"
    r"|tuy nhiên|do đó|vì vậy|qua đó|(?:theo|căn cứ) (?:quyết định|thông báo|báo cáo)[^;]{1,200}?(?=,)"
    r"|kết quả(?: chung| chấm điểm| đánh giá| thẩm định)?(?: của)?)[,: ]*){0,3}"
)
_LEVEL = re.compile(rf"^({LEVELS})(?!\w) *")
_COMMITTEE_WORDS = r"(?:(?:ủy|uỷ) ban nhân dân(?: \(ubnd\))?|ubnd)"
_COMMITTEE = re.compile(rf"^{_COMMITTEE_WORDS} ")
# Figures of others or of parts, up to where something else is said.
_VERB = r"(?:đạt|xếp|đứng|là|được|có|bị|mất)(?!\w)"
_SUBJECTS = rf"(?:[^,;()\d]|, ?(?={UNITS}))"
_REST = r"(?:[^,;()]|,(?=\d))*"
_OTHERS = re.compile(
    rf"(?:(?:(?<!loại )(?<!đạt )(?:bình quân|trung bình)|mặt bằng|tối thiểu){_SUBJECTS}*"
    r"|(?<!được )(?<!do )(?<!trong )"
    r"(?:các|mỗi|một số|những|nhiều|trong đó(?: có)?|(?<![/\d])(?<!số )(?<!năm )\d{1,4})"
    rf" (?:{UNITS}|(?:tiêu chí|lĩnh vực|nội dung)(?!\w)){_SUBJECTS}{{0,40}}?(?<!\w){_VERB}){_REST}",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:\A|[;(]|,(?!\d)|(?<!\w)(?:và|còn|hơn|sau|trước)(?!\w))\s*(?:(?:của|trong đó|trong khi|còn|như|có)[ :]*){0,2}"
    rf"(?:{_COMMITTEE_WORDS} )?(?:{LEVELS}) (?P<name>(?P<first>\w+)[^,;()\d]{{0,40}}?)"
    rf"(?<!\w){_VERB}(?:[^,;()]|,(?=\d| ?(?:xếp|đứng|đạt) ))*",
    re.IGNORECASE,
)
_COMPARES = re.compile(r"so với|hơn năm", re.IGNORECASE)
_JUDGES = re.compile(r"(?<!tự )(?:chấm|đánh giá|thẩm định|công bố|ghi nhận|xác định)", re.IGNORECASE)
_INDEX = r"(?:chỉ số )?(?:cchc|cải cách hành chính)"
_IN_ALL = rf"(?<!thang )(?<!bình )(?<!trừ )(?:tổng (?:số )?điểm(?: {_INDEX})?|điểm {_INDEX})"
# Of the whole only where no area was spoken of before.
_LOST_IN_ALL = rf"{_SUBJECT}(?:tổng )?(?:số )?điểm(?= bị trừ)"
# A name that a clause or one of its parts begins with: what it lost is all that it lost.
_BEGINS = re.compile(
    r"(?:\A[-–+ ]*|[,(] ?|và )(?:(?:tại|về|riêng|đối với|nhìn chung|năm \d{4})[,:]? ?)*"
    r"(?:(?:lĩnh vực|nội dung)[ :]*)?[“\"']?\Z",
    re.IGNORECASE,
)
_CRITERION = re.compile(r"tiêu chí", re.IGNORECASE)
# Between a figure and the name behind it: "đạt 13,5 điểm ở lĩnh vực …".
_JOINED = re.compile(
    r"(?:\s(?:ở|tại|của|đối với|về|trong|cho)|(?<=điểm)\s(?:lĩnh vực|tiêu chí))"
    r"(?:\s(?:các|lĩnh vực|tiêu chí|nội dung|công tác))*\s[“\"']?$",
    re.IGNORECASE,
)

_Known = list[tuple[str, re.Pattern[str], Mapping[int, Figures]]]
"""`Said.spelled`, the compiled pattern, and the figures by year, the report's own first."""


@dataclass(frozen=True)
class Said:
    """What is stored of something with a name, or of what its `words` (a pattern) mean."""

    name: str
    year: int
    points: Decimal | None = None
    maximum: Decimal | None = None
    share: Fraction | None = None
    rank: int | None = None
    size: int | None = None
    self_points: Decimal | None = None
    lost: Decimal | None = None
    words: str = ""
    in_points: bool = False
    grade: str = ""

    @property
    def pattern(self) -> str:
        return self.words or name_pattern(self.name)

    @property
    def spelled(self) -> str:
        """What a text must hold for its pattern to find anything; empty where it is found by `words`."""
        return "" if self.words else spelled(self.name)

    @property
    def figures(self) -> Figures:
        lost = self.lost
        if lost is None and self.points is not None and self.maximum is not None:
            lost = self.maximum - self.points
        return Figures(
            self.points, self.maximum, self.share, self.rank, self.size, lost, self.self_points,
            self.in_points, not self.name, self.grade,
        )  # fmt: skip


def contradicted(content: Content, *outcomes: Outcome) -> Iterator[Problem]:
    """Of the report's own year first, then of the years it is compared with."""
    return contradicted_by(content, (said for outcome in outcomes for said in _said_by(outcome)))


def contradicted_by(content: Content, stored: Iterable[Said]) -> Iterator[Problem]:
    known = _known(one for said in stored for one in _worded(said, content))
    own = _LEVEL.sub("", _own(content))
    for at, text in content.all_texts.items():
        words = spelled(text)
        named = [(pattern, figures) for name, pattern, figures in known if name in words]
        for clause in clauses_with_figures(text):
            for said, right in _claims(clause, named, own):
                yield Problem(f"“{said}”: số liệu đã lưu là {right}.", Severity.WARNS, at)


def _worded(said: Said, content: Content) -> Iterator[Said]:
    """What is said of the whole is said of who writes, too, and of his points; but for shares, which may be of
    anything."""
    if said.words == WHOLE:
        writers, of_points = _writers(content), replace(said, share=None, in_points=True)
        yield replace(of_points, words=rf"{_IN_ALL}(?: của (?:{writers}))?(?={IS_POINTS})")
        yield replace(said, share=None, words=_LOST_IN_ALL)
        yield replace(said, share=None, words=rf"{_SUBJECT}(?:{writers}){GOT}")
    yield said


def _own(content: Content) -> str:
    """Who writes, without the committee."""
    return _COMMITTEE.sub("", content.head.issuer_name.lower())


def _writers(content: Content) -> str:
    """By name, or as a unit of whose level there is no other in the report."""
    own = _own(content)
    level = _LEVEL.match(own)
    names = "|".join(filter(None, (name_pattern(own), level[1] if level else LEVELS, ANY_UNIT)))
    return rf"(?:{_COMMITTEE_WORDS} )?(?:{names})"


def wrong_year(content: Content, year: int) -> Iterator[Problem]:
    """The index or the area of another year, unless it is compared with or is to come."""
    for at, text in content.all_texts.items():
        for clause in clauses_with_figures(text):
            is_ahead = bool(_AHEAD.search(clause.lower()))
            for found in _YEAR.finditer(clause):
                compares = bool(_COMPARES.search(clause[: found.end()]))
                is_later = int(found[1]) > year and not is_ahead and not _WHEN.search(found[0].lower())
                if not compares and (int(found[1]) < year or is_later):
                    words = f"“{found[0]}”: báo cáo này về năm {year}."
                    yield Problem(words, Severity.WARNS, at)


def _said_by(outcome: Outcome) -> Iterator[Said]:
    """The whole, every row by its name if that is the only one, and by its code."""
    declared = outcome.declared_self_total
    short = outcome.lost if outcome.total is None else max(outcome.lost, outcome.max_total - outcome.total)
    yield Said(
        "", outcome.year, outcome.total, outcome.max_total, outcome.percent, outcome.rank, outcome.group_size,
        outcome.self_total if declared is None else declared, short, WHOLE, grade=outcome.grade,
    )  # fmt: skip
    rows = list(outcome.rows())
    names, codes = (
        Counter(name_pattern(row.name) for row in rows if row.depth),
        Counter(row.code for row in rows),
    )
    for row in rows:
        said = _of_row(row, outcome)
        if row.depth == 0 or names[said.pattern] == 1:
            yield said
        if codes[row.code] == 1:
            yield replace(said, words=rf"{row.kind.lower()} (?:số )?{re.escape(row.code.lower())}(?!\.\d)")


def _of_row(row: OutcomeRow, outcome: Outcome) -> Said:
    return Said(
        row.name, outcome.year, row.points, row.max_points, row.percent, row.rank, outcome.group_size,
        row.self_points,
    )  # fmt: skip


def _known(stored: Iterable[Said]) -> _Known:
    by_name: dict[tuple[str, str], dict[int, Figures]] = {}
    for said in stored:
        if len(said.pattern) >= SHORTEST:
            by_name.setdefault((said.spelled, said.pattern), {}).setdefault(said.year, said.figures)
    return [(name, as_words(pattern), figures) for (name, pattern), figures in by_name.items()]


def _claims(
    clause: str, known: Iterable[tuple[re.Pattern[str], Mapping[int, Figures]]], own: str
) -> Iterator[tuple[str, str]]:
    """What is said wrongly of something known, and what is stored of it."""
    of_part = False
    for place, found in enumerate(mentions(clause, known)):
        own_figures = found.about[_own_year(found)]
        of_part = of_part or not own_figures.of_all
        if _AIM.search(found.before):
            continue  # to come
        if own_figures.in_points and (of_part or _PART.search(found.lead)):
            continue  # all the points of what was named before
        year = _year(found, place)
        in_full = bool(
            not own_figures.of_all and _BEGINS.search(found.before) and not _CRITERION.search(found.lead)
        )
        after = _without_others(_WHAT_FOLLOWS_IS_AHEAD.split(found.after, 1)[0], own)
        for of, text in by_year(after, year).items():
            if figures := found.about.get(of):
                for said, stored in wrong(text, figures, in_full=in_full):
                    yield f"{found.name} … {said}", stored
            elif of == year and own_figures.of_all and (said := same_points(text, own_figures)):
                yield f"{found.name} … {said}", f"của năm {_own_year(found)}"
        if (figures := found.about.get(year)) and (joined := _JOINED.search(found.before)):
            before = _without_others(found.before[: joined.start()].rpartition(", ")[2], own)
            for said, stored in wrong(before, figures, at_end=True):
                yield f"{said} … {found.name}", stored


def _year(found: Mention[Mapping[int, Figures]], place: int) -> int:
    """Of which its figures are, as far as nothing behind them says so: the report's own if no other is named."""
    near, after = (found.lead + found.name).lower(), found.after.lower()
    if place and (named := _YEAR_BEFORE.search(found.before.lower())):
        return int(named[1])
    if named := _YEAR_BEHIND.match(after):
        return int(named[1])
    for year in found.about:
        if f"năm {year}" in near:
            return year
    named = _OF_YEAR.match(near)
    return int(named[1]) if named else _own_year(found)


def _own_year(found: Mention[Mapping[int, Figures]]) -> int:
    return next(iter(found.about))


def _without_others(text: str, own: str) -> str:
    """Without figures of other units, of means and of parts."""
    return _OTHERS.sub(lambda found: hidden(found[0]), _NAMED.sub(partial(_hidden_if_other, own), text))


def _hidden_if_other(own: str, found: re.Match[str]) -> str:
    first, name = found["first"], found["name"]
    is_named = first[0].isupper() and not first.isupper()
    is_other = is_named and not (own and name.lower().startswith(own)) and not _JUDGES.search(name)
    return hidden(found[0]) if is_other else found[0]
