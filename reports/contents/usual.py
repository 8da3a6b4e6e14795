"""What a first draft starts with."""

from __future__ import annotations

from typing import Any

from reports.contents.decree import COMMITTEE

LONGEST_SYMBOL = 12
_HEADS = {"Phòng": "Trưởng phòng", "Văn phòng": "Chánh Văn phòng", "Ban": "Trưởng ban"}


def usual_content(*, name: str, place: str, superior: str, sign: str = "BC") -> dict[str, Any]:
    """For the unit of that full name; `superior` is printed above departments and offices only.

    `sign` abbreviates the type of the document.
    """
    of_committee = name.startswith(COMMITTEE)
    initials = "".join(word[0] for word in name.split() if word[0].isalpha()).upper()[:LONGEST_SYMBOL]
    return {
        "head": {
            "superior": "" if of_committee else superior,
            "issuer": [COMMITTEE, name.removeprefix(COMMITTEE)] if of_committee else [name],
            "symbol": f"{sign}-UBND" if of_committee else f"{sign}-{initials}",
            "place": place,
        },
        "signature": {
            "authority": [f"TM. {COMMITTEE}", "Chủ tịch"] if of_committee else [_head_of(name)],
            "name": "",
        },
        "recipients": ["Lưu: VT"],
    }


def _head_of(name: str) -> str:
    return next((head for kind, head in _HEADS.items() if name.startswith(f"{kind} ")), "Giám đốc")
