"""Exact numbers: reading, rounding and printing points, amounts and percentages without any float.

Quotients travel as Fractions and are divided once, in `round_half_up`. Decimal arithmetic is used only for
sums of points, which are far below the 28 digits a Decimal context keeps.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

ZERO = Decimal(0)

# Wide enough for any budget in đồng, narrow enough that no input costs time or memory.
MAX_DIGITS = 20
_CANONICAL = re.compile(rf"[0-9]{{1,{MAX_DIGITS}}}(?:\.[0-9]{{1,{MAX_DIGITS}}})?")

# What a person may type is narrower still: 15 digits before the decimal mark and 6 after it.
_POINTS = re.compile(r"[0-9]{1,15}(?:[.,][0-9]{1,6})?")
_AMOUNT = re.compile(r"(?:[0-9]{1,15}|[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,4})(?:,[0-9]{1,6})?")


class NumberError(ValueError):
    """A text that is not the number asked for; the message tells the person what to type instead."""


def parse_canonical(value: object) -> Decimal:
    """A canonical string (digits, then optionally a dot and digits) or a non-negative finite Decimal."""
    if isinstance(value, Decimal):
        # The exponent is looked at before the digits are spelled out: 1E+999999 would be a megabyte.
        if not value.is_finite() or abs(value.adjusted()) > MAX_DIGITS:
            raise NumberError("không phải số hợp lệ hoặc quá dài")
        value = f"{value:f}"
    if not isinstance(value, str):
        raise NumberError("không phải số hợp lệ")
    if not _CANONICAL.fullmatch(value):
        raise NumberError("không được âm" if value.startswith("-") else "không phải số hợp lệ")
    return Decimal(value)


def canonical(value: Decimal) -> str:
    """The shortest plain spelling: no exponent, no trailing zeros."""
    text = f"{value or ZERO:f}"  # never -0
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimal_places(value: Decimal) -> int:
    """Places that carry information: 2 for 1.250."""
    return len(canonical(value).partition(".")[2])


def round_half_up(value: Fraction | Decimal | int, decimals: int) -> Decimal:
    """The nearest decimal, halves away from zero; the only place where a quotient is divided."""
    exact = Fraction(value)
    scaled = (2 * abs(exact.numerator) * 10**decimals + exact.denominator) // (2 * exact.denominator)
    return Decimal(f"{scaled if exact >= 0 else -scaled}E-{decimals}")


def percent(points: Decimal, maximum: Decimal) -> Fraction | None:
    """Exact percentage of the maximum; None where nothing is applicable."""
    return Fraction(points) / Fraction(maximum) * 100 if maximum else None


def format_points(value: Decimal | int) -> str:
    """12429.50 as 12.429,5."""
    return _vietnamese(canonical(Decimal(value)))


def format_percent(value: Fraction | Decimal) -> str:
    """An exact percentage, as `percent` gives it, with two decimals: 99,23%."""
    return _vietnamese(f"{round_half_up(value, 2):f}") + "%"


def _vietnamese(plain: str) -> str:
    sign = "-" if plain.startswith("-") else ""
    whole, mark, decimals = plain.removeprefix("-").partition(".")
    return sign + f"{int(whole):,}".replace(",", ".") + mark.replace(".", ",") + decimals


def read_points(text: str) -> Decimal:
    """Points as typed; comma and dot are both the decimal mark."""
    typed = _typed(text)
    if not _POINTS.fullmatch(typed):
        raise NumberError("Điểm phải là một số, ví dụ 9,25; không dùng dấu phân cách hàng nghìn.")
    return Decimal(canonical(Decimal(typed.replace(",", "."))))


def read_amount(text: str) -> Decimal:
    """A declared amount or count as typed; the comma is decimal, dots only separate thousands."""
    typed = _typed(text)
    if not _AMOUNT.fullmatch(typed):
        if _POINTS.fullmatch(typed):
            raise NumberError(f"Phần thập phân dùng dấu phẩy, ví dụ {typed.replace('.', ',')}.")
        raise NumberError("Hãy nhập một số, ví dụ 12.429 hoặc 12,5: dùng dấu phẩy cho phần thập phân.")
    return Decimal(canonical(Decimal(typed.replace(".", "").replace(",", "."))))


def _typed(text: str) -> str:
    typed = text.strip()
    if not typed:
        raise NumberError("Chưa nhập số.")
    if typed[0] in "-−–":
        raise NumberError("Số không được âm.")
    return typed
