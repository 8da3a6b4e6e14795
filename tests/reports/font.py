"""The true widths of what is printed, in points: Liberation Serif has the metrics of Times New Roman."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

FOLDER = Path("/usr/share/fonts/truetype/liberation2")


@cache
def _font(face: str) -> TTFont:
    return TTFont(FOLDER / f"LiberationSerif-{face}.ttf")


def width_of(text: str, size: float, face: str = "Bold") -> float:
    font = _font(face)
    letters, widths = font.getBestCmap(), font["hmtx"]
    return sum(widths[letters[ord(letter)]][0] for letter in text) / font["head"].unitsPerEm * size
