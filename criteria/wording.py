"""Typed rules and their settings in words, as a decision would put them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from criteria.points import format_points
from criteria.rules import (
    Award,
    Band,
    Checklist,
    Choice,
    Count,
    Deduction,
    Direct,
    Index,
    Ratio,
    Survey,
    Target,
    WhenZero,
)
from criteria.tree import Combine, Criterion, NotApplicable, Role, Source

NAMES = {
    Role.BASE: "điểm cơ bản",
    Role.BONUS: "điểm thưởng",
    Role.PENALTY: "điểm trừ",
    Source.UNIT: "đơn vị tự chấm",
    Source.SURVEY: "điều tra xã hội học",
    Source.EXTERNAL: "nguồn ngoài, nhập tập trung",
    NotApplicable.NONE: "không cho phép",
    NotApplicable.FULL: "được điểm tối đa",
    NotApplicable.EXCLUDE: "loại khỏi tổng điểm tối đa",
    Combine.SUM: "cộng các tiêu chí con",
    Combine.BEST: "lấy tiêu chí con cao nhất",
}
_WHEN_ZERO = {
    WhenZero.FULL: "được điểm tối đa",
    WhenZero.NOT_APPLICABLE: "không áp dụng, loại khỏi tổng điểm tối đa",
    WhenZero.ZERO: "0 điểm",
}


def rule_in_words(criterion: Criterion) -> str:
    """How a leaf is scored, as sentences; "" for a criterion that has children instead of a rule."""
    if criterion.rule is None:
        return ""
    sentences = list(_sentences(criterion, _points(criterion.max_points)))
    if criterion.role is Role.PENALTY:
        sentences.append("Kết quả là điểm trừ")
    return ". ".join(sentences) + "."


def _sentences(criterion: Criterion, maximum: str) -> Iterator[str]:
    match criterion.rule:
        case Direct(step=step):
            yield f"Chấm từ 0 đến {maximum}" + (f", theo bước {_points(step)}" if step else "")
        case Choice(options=options):
            yield "Chọn một mức: " + _listed(f"{option.label}: {_award(option)}" for option in options)
        case Checklist(items=items, per_missing=None):
            lines = _listed(f"{item.label}: {_points(item.points or Decimal(0))}" for item in items)
            yield f"Cộng điểm các yêu cầu đã đạt, tối đa {maximum}: {lines}"
        case Checklist(items=items, per_missing=cost):
            yield f"Đạt đủ các yêu cầu được {maximum}: {_listed(item.label for item in items)}"
            yield f"Mỗi yêu cầu không đạt trừ {_points(cost or Decimal(0))}, thấp nhất 0 điểm"
        case Ratio() as ratio:
            yield from _ratio(ratio, maximum)
        case Count(label=label, per_unit=Decimal() as worth):
            yield f"{label or 'Số lượng'} × {_points(worth)}, tối đa {maximum}"
        case Count(label=label, bands=bands):
            yield f"{label or 'Số lượng'}: {_bands(bands, format_points, '')}"
        case Deduction(items=faults, cap=cap):
            lines = _listed(f"{fault.label}: {_points(fault.unit)}" for fault in faults)
            least = f"tổng số điểm trừ không quá {_points(cap)}" if cap else "thấp nhất 0 điểm"
            yield f"{maximum} trừ dần theo mỗi lần, {least}: {lines}"
        case Survey(weights=weights):
            lines = _listed(f"{answer}: {format_points(weight)}" for answer, weight in weights)
            yield f"Trung bình của các phiếu theo hệ số × {maximum}. Hệ số: {lines}"
        case Index(scale=scale):
            yield f"Chỉ số đạt được ÷ {format_points(scale)} × {maximum}, tối đa {maximum}"


def _ratio(ratio: Ratio, maximum: str) -> Iterator[str]:
    part, whole = ratio.numerator or "Số đạt được", ratio.denominator or "Tổng số"
    yield f"Tỷ lệ = {part} ÷ {whole}"
    linear = _linear(ratio, maximum)
    if ratio.bands:
        # Twelve posts in twelve months is 1 and not 100%: ratios that may pass 1 are read as numbers.
        spelled = format_points if any(band.start > 1 for band in ratio.bands) else _percent
        lines = _bands(ratio.bands, spelled, linear)
        yield lines[:1].upper() + lines[1:]
    else:
        yield f"Điểm = {linear}"
    if ratio.when_zero in _WHEN_ZERO:
        yield f"{whole} bằng 0: {_WHEN_ZERO[ratio.when_zero]}"


def _linear(ratio: Ratio, maximum: str) -> str:
    if ratio.target is Target.ASSIGNED:
        return f"tỷ lệ ÷ chỉ tiêu được giao × {maximum}, tối đa {maximum}"
    if ratio.target != 1:
        return f"tỷ lệ ÷ {_percent(ratio.target)} × {maximum}, tối đa {maximum}"
    return f"tỷ lệ × {maximum}" + (f", tối đa {maximum}" if ratio.allow_over else "")


def _bands(bands: tuple[Band, ...], spelled: Callable[[Decimal], str], linear: str) -> str:
    """ "từ 30%: 1 điểm; từ 20% đến dưới 30%: 0,5 điểm; dưới 20%: 0 điểm"."""
    lines = []
    for above, band in zip((None, *bands), bands, strict=False):
        below = above and f"{'đến' if above.open else 'dưới'} {spelled(above.start)}"
        start = f"{'trên' if band.open else 'từ'} {spelled(band.start)}"
        if band is bands[-1]:
            reach = below or "mọi trường hợp"
        elif above and below:
            reach = f"{start} {below if above.open else 'đến ' + below}"
        else:
            reach = start
        lines.append(f"{reach}: {linear if band.linear else _award(band)}")
    return "; ".join(lines)


def _award(award: Award) -> str:
    if award.points is not None:
        return _points(award.points)
    return f"{_percent(award.share or Decimal(0))} điểm tối đa"


def _points(value: Decimal) -> str:
    return f"{format_points(value)} điểm"


def _percent(share: Decimal) -> str:
    return f"{format_points(share * 100)}%"


def _listed(lines: Iterator[str]) -> str:
    return "; ".join(lines)
