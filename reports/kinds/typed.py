"""How figures are typed in Vietnamese sentences, and which of them differ from the stored ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from criteria.points import decimal_places, format_percent, round_half_up
from reports.kinds.wording import printed

_NUMBER = r"(?<![\d.,/])(\d{1,7}(?:[.,]\d{1,6})?)"
_OVER = r"\s*(?:/|trên(?: tổng số| tổng)?)\s*(\d{1,7}(?:[.,]\d{1,6})?)(?![.,]?\d)"
_UNIT = r"\s*(?:điểm|đ(?!\w))"
_OF_MAXIMUM = re.compile(
    rf"{_NUMBER}{_OVER}{_UNIT}|đạt(?: được)? {_NUMBER}{_OVER}(?= ?(?:[,:()]|$|xếp|đứng|tương))", re.IGNORECASE
)
_POINTS = re.compile(
    rf"(?:đạt|được|chấm)(?: được| tổng điểm| tổng số| tổng| là)*:? {_NUMBER}{_UNIT}"
    rf"|(?:điểm đạt|số điểm)(?: được| là)*:? {_NUMBER}(?=\s*(?:[,:()]|$|điểm))",
    re.IGNORECASE,
)
_SELF = re.compile(
    rf"tự (?:chấm|đánh giá)(?: điểm)?(?: đạt| được| tổng điểm| tổng số| tổng| là)*:? {_NUMBER}(?:{_OVER})?"
    rf"(?:{_UNIT}|(?=\s*(?:[,:()]|$)))",
    re.IGNORECASE,
)
# Behind words that can only mean points, a figure needs no other word.
IS_POINTS = (
    rf"(?: năm \d{{4}})?(?:\s*(?:là|:)| đạt)(?: được| là)*:? {_NUMBER}(?:{_OVER})?(?:{_UNIT})?"
    r"(?=\s*(?:[,:()]|\Z|xếp|đứng|và|toàn))"
)
_IS_POINTS = re.compile(rf"\A{IS_POINTS}", re.IGNORECASE)
LOST = "bị trừ(?: mất)?|bị mất|bị hụt|mất|hụt"
_LOST = re.compile(rf"(?:{LOST})(?: tổng cộng| tổng số| là)* {_NUMBER}{_UNIT}", re.IGNORECASE)
_LOST_IN_FULL = re.compile(
    rf"\A:?(?: (?:đã|còn|có|chỉ|tổng|số điểm))* (?:{LOST})(?: tổng cộng| tổng số| là)*"
    rf" {_NUMBER}{_UNIT}[ ,;)“”\"']*(?:\Z|và(?!\w)|trong đó|cụ thể|gồm|xếp)",
    re.IGNORECASE,
)
_GRADES = ("xuất sắc", "rất tốt", "tốt", "khá", "trung bình khá", "trung bình", "yếu", "kém")
_GRADE_WORDS = rf"xếp loại:? [“\"']?({'|'.join(sorted(_GRADES, key=len, reverse=True))})(?!\w)"
_GRADE = re.compile(rf"(?:\A(?: đã| được)*|[,;(]|(?<!\w)và(?: được)?|điểm) ?{_GRADE_WORDS}", re.IGNORECASE)
_SHARE = re.compile(rf"{_NUMBER}\s*(?:%|phần trăm)", re.IGNORECASE)
_ORDINALS = {"nhất": 1, "nhì": 2, "hai": 2, "ba": 3, "tư": 4, "năm": 5}
_RANK = re.compile(
    r"(?:(?:xếp|đứng|vị trí|vị)(?: ở)?(?: vị trí| vị)? (?:thứ|hạng)(?: thứ| hạng)?|hạng(?: thứ)?)"
    rf" (\d{{1,4}}|(?:{'|'.join(_ORDINALS)})(?!\w))(?:\s*(?:/|trên(?: tổng số)?|trong(?: tổng số)?)\s*(\d{{1,4}}))?",
    re.IGNORECASE,
)
LEVELS = "tỉnh|thành phố|huyện|quận|thị xã|thị trấn|xã|phường|đặc khu|sở|phòng|văn phòng|ban"
ANY_UNIT = "đơn vị|địa phương|cơ quan"
UNITS = rf"(?:{LEVELS}|ngành|{ANY_UNIT})(?!\w)"
# Those among whom a rank counts: "8/27 huyện, thị xã, thành phố trong tỉnh".
_MORE = r"(?:[,:;()]|\Z|(?:và|về|trong|trên|của|thuộc|toàn|xếp|đứng|đạt|với|năm|cấp)(?!\w))"
_PLACE = rf"(?:(?:{LEVELS})(?: (?!(?:về|ở|tại|trong|với|năm|và|xếp|đứng|đạt)(?!\w))\w+){{0,3}}|cả nước)"
AMONG = (
    rf"(?>(?: (?:các|số|khối|nhóm))* {UNITS}(?:(?:, ?| và |/| - )(?:các )?{UNITS}(?= ?{_MORE}))*)?+"
    rf"(?> cấp \w+)?(?>(?: (?:trong|trên|của|thuộc|toàn|cả|địa bàn))+ {_PLACE})?"
)
# What whoever writes got in all, in a clause that goes no further.
GOT = (
    r"(?=(?: (?:ta|mình|nhà|đã|cũng|vẫn|chỉ|mới|được|năm \d{4}))*"
    rf" (?:(?:đạt|được chấm|được thẩm định|tự chấm|tự đánh giá|{LOST})"
    r"(?: điểm)?(?: đạt| được| tổng điểm| tổng cộng| tổng số điểm| tổng số| tổng| số điểm| là)*+:?"
    r" \d{1,7}(?:[.,]\d{1,6})?(?:\s*/\s*\d{1,7}(?:[.,]\d{1,6})?)?\s*(?:điểm|đ(?!\w))"
    r"|(?:xếp|đứng)(?: ở)?(?: vị trí)? (?:thứ|hạng)(?: thứ)?"
    rf" \w{{1,4}}(?:\s*(?:/|trên(?: tổng số)?|trong(?: tổng số)?)\s*\d{{1,4}})?{AMONG}"
    rf"|{_GRADE_WORDS}[”\"']?)(?: năm \d{{4}})?"
    r"\s*(?:\Z|[,:()]|xếp|đứng|và (?:xếp|đứng|đạt)|với (?:(?:tổng|số|điểm|là) ?)*\d|toàn))"
)
_AROUND = " ,;()"
_END = 3  # characters that may stand between a figure and the end of what was said of it


@dataclass(frozen=True)
class Figures:
    points: Decimal | None
    maximum: Decimal | None
    share: Fraction | None
    rank: int | None
    size: int | None
    lost: Decimal | None = None
    self_points: Decimal | None = None
    in_points: bool = False  # the words that mean it can only mean points
    of_all: bool = False
    grade: str = ""


def same_points(text: str, figures: Figures) -> str:
    """What a text says of points, if that is stored."""
    found = _OF_MAXIMUM.search(text) or _POINTS.search(text)
    stated = [_decimal(group) for group in found.groups() if group] if found else []
    return found[0] if found and stated == [figures.points, figures.maximum][: len(stated)] else ""


def wrong(
    text: str, figures: Figures, *, at_end: bool = False, in_full: bool = False
) -> Iterator[tuple[str, str]]:
    """Figures of a text that differ from the stored ones, with these; `at_end` only the last one. `in_full`: what is
    said to be lost is no part of it."""
    whole = _LOST_IN_FULL.match(text) if in_full else None
    if whole and figures.lost is not None and _decimal(whole[1]) < figures.lost:
        yield whole[0].strip(_AROUND), f"bị trừ {printed(figures.lost)} điểm"
    for found, right in _compared(text, figures):
        if right and (not at_end or len(text) - found.end() <= _END):
            yield found[0].strip(_AROUND), right


def _compared(text: str, figures: Figures) -> Iterator[tuple[re.Match[str], str]]:
    """Every figure that is typed; with what is stored if that is another one."""
    for found in _SELF.finditer(text):  # of a lower maximum where others score a part
        text = _without(found, text)
        points, maximum, of = _stated(found, figures)
        differs = points != figures.self_points or (of is not None and maximum > of)
        right = f"tự chấm {_over(figures.self_points, of)}"
        yield found, right if figures.self_points is not None and differs else ""
    if stated := _IS_POINTS.match(text) if figures.in_points else None:
        text = _without(stated, text)
        points, maximum, of = _stated(stated, figures)
        differs = points != figures.points or (of is not None and maximum != of)
        yield stated, _over(figures.points, of) if figures.points is not None and differs else ""
    for found in _OF_MAXIMUM.finditer(text):
        points, maximum = (_decimal(group) for group in found.groups() if group)
        text = _without(found, text)
        known = None not in (figures.points, figures.maximum)
        differs = known and (points, maximum) != (figures.points, figures.maximum)
        yield found, _over(figures.points, figures.maximum) if differs else ""
    for found in _POINTS.finditer(text):
        differs = figures.points is not None and _decimal(found[1] or found[2]) != figures.points
        yield found, f"{printed(figures.points)} điểm" if differs else ""
    for found in _LOST.finditer(text):  # less may be what one of several criteria lost
        lost = figures.lost
        differs = lost is not None and _decimal(found[1]) > lost
        yield found, f"bị trừ {printed(lost)} điểm" if differs else ""
    for found in _SHARE.finditer(text):
        typed = _decimal(found[1])
        share = figures.share
        differs = share is not None and round_half_up(share, decimal_places(typed)) != typed
        yield found, format_percent(share) if share is not None and differs else ""
    for found in _RANK.finditer(text):
        rank = _ORDINALS.get(found[1].lower()) or int(found[1])
        sized = found[2] and figures.size is not None and int(found[2]) != figures.size
        differs = figures.rank is not None and (rank != figures.rank or bool(sized))
        size = f"/{figures.size}" if figures.size else ""
        yield found, f"xếp thứ {figures.rank}{size}" if differs else ""
    for found in _GRADE.finditer(text):
        is_known = figures.grade.lower() in _GRADES
        differs = is_known and found[1].lower() != figures.grade.lower()
        yield found, f"xếp loại {figures.grade}" if differs else ""


def _stated(found: re.Match[str], figures: Figures) -> tuple[Decimal, Decimal, Decimal | None]:
    """Points and maximum that are typed, and the stored maximum if one is typed."""
    return _decimal(found[1]), _decimal(found[2] or "0"), figures.maximum if found[2] else None


def _over(points: Decimal | None, maximum: Decimal | None) -> str:
    return f"{printed(points)} điểm" if maximum is None else f"{printed(points)}/{printed(maximum)} điểm"


def _without(found: re.Match[str], text: str) -> str:
    """What was said there is not said again."""
    return f"{text[: found.start()]}{' ' * len(found[0])}{text[found.end() :]}"


def _decimal(typed: str) -> Decimal:
    return Decimal(typed.replace(",", "."))
