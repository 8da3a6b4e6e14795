"""What a first draft starts with."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from reports.contents.decree import COMMITTEE

LONGEST_SYMBOL = 12
_HEADS = {
    "Phòng": "Trưởng phòng",
    "Văn phòng": "Chánh Văn phòng",
    "Thanh tra": "Chánh Thanh tra",
    "Ban": "Trưởng ban",
}
_LEVEL = r" (?:tỉnh|thành phố|thị xã|huyện|quận|xã|phường|thị trấn|đặc khu)"


def usual_content(
    *, name: str, place: str, superior: str, sign: str = "BC", addressee: str = ""
) -> dict[str, Any]:
    """For the unit of that full name; `superior` is printed above departments and offices only.

    `sign` abbreviates the type of the document; `addressee` is to whom it goes up.
    """
    of_committee = name.startswith(COMMITTEE)
    own = _without_place_of(superior, name)
    return {
        "head": {
            "superior": "" if of_committee else superior,
            "issuer": [COMMITTEE, name.removeprefix(COMMITTEE)] if of_committee else [own],
            "symbol": f"{sign}-UBND" if of_committee else f"{sign}-{_initials(own, place)}",
            "place": place,
        },
        "signature": {
            "authority": [f"TM. {COMMITTEE}", "Chủ tịch"] if of_committee else [_head_of(name)],
            "name": "",
        },
        "addressees": [addressee] if addressee else [],
        "recipients": ["Lưu: VT"],
    }


def _without_place_of(superior: str, name: str) -> str:
    """The line above says it already."""
    of = re.search(rf"{_LEVEL} .+", superior, re.IGNORECASE)
    return re.sub(rf"{re.escape(of[0])}$", "", name, flags=re.IGNORECASE) if of else name


def _initials(name: str, place: str) -> str:
    if name.startswith("Văn phòng"):
        return "VP"
    placeless = re.sub(rf"{_LEVEL}(?: {re.escape(place)})?$", "", name, flags=re.IGNORECASE)
    words = (word for word in re.findall(r"\w+", placeless) if word.casefold() != "và")
    initials = "".join(unicodedata.normalize("NFD", word)[0] for word in words if word[0].isalpha())
    return initials.upper()[:LONGEST_SYMBOL]


def _head_of(name: str) -> str:
    return next((head for kind, head in _HEADS.items() if name.startswith(f"{kind} ")), "Giám đốc")
