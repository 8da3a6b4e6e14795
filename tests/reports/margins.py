"""The decree's margins, measured by the boxes of printed words."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

MM = 72 / 25.4
LEFT, RIGHT, TOP, BOTTOM = 30, 15, 20, 20
LATE = 0.7  # mm by which justified lines end late: places of letters are rounded in the file

_WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">')
_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)


def text_of(pdf: bytes, folder: Path) -> str:
    """As poppler reads it, also where letters without a glyph stand between the others."""
    file = folder / "x.pdf"
    file.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-raw", file, "-"], capture_output=True, check=True, text=True).stdout


def assert_within_margins(pdf: bytes, folder: Path) -> int:
    """No word but the page number reaches into a margin; how many pages there are."""
    file = folder / "x.pdf"
    file.write_bytes(pdf)
    asked = ["pdftotext", "-bbox", file, "-"]
    listed = subprocess.run(asked, capture_output=True, check=True, text=True).stdout
    pages = _PAGE.findall(listed)
    for width, height, content in pages:
        boxes = [tuple(float(edge) / MM for edge in found) for found in _WORD.findall(content)]
        body = [box for box in boxes if box[1] > TOP - 4]
        assert len(boxes) - len(body) <= 1  # the page number
        assert min(x for x, *_ in body) >= LEFT - 0.1
        assert max(x for _, _, x, _ in body) <= float(width) / MM - RIGHT + LATE
        assert min(y for _, y, _, _ in body) >= TOP - 0.5
        assert max(y for *_, y in body) <= float(height) / MM - BOTTOM + 0.5
    return len(pages)
