"""What people write for a report, as plain values that a form fills and the database keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from reports.citations import Citation
from reports.document import Head, Signature
from reports.remediation import Content

NARRATIVES = ("organisation", "remedies", "difficulties", "tasks", "closing")
NARRATIVES_BY_CODE = ("remedies_by_code", "tasks_by_area")
COMMITTEE = "Ủy ban nhân dân"


def read_content(stored: Mapping[str, Any]) -> Content:
    """The Content of stored values; KeyError or TypeError where they are not such values."""
    head = stored["head"]
    narrative = stored.get("narrative", {})
    return Content(
        head=Head(
            issuer=tuple(head["issuer"]),
            symbol=head["symbol"],
            place=head["place"],
            superior=head.get("superior", ""),
            number=head.get("number", ""),
            issued_on=_date(head.get("issued_on")),
        ),
        signature=Signature(tuple(stored["signature"]["authority"]), stored["signature"]["name"]),
        recipients=tuple(stored["recipients"]),
        addressees=tuple(stored.get("addressees", ())),
        request=_citation(stored["request"]) if stored.get("request") else None,
        basis=tuple(_citation(citation) for citation in stored.get("basis", ())),
        **{name: narrative.get(name, "") for name in NARRATIVES},
        **{name: dict(narrative.get(name, {})) for name in NARRATIVES_BY_CODE},
    )


def _citation(stored: Mapping[str, Any]) -> Citation:
    return Citation(
        kind=stored["kind"],
        number=stored["number"],
        issued_on=_date(stored.get("issued_on")),
        issuer=stored["issuer"],
        subject=stored.get("subject", ""),
    )


def _date(stored: str | None) -> date | None:
    return date.fromisoformat(stored) if stored else None


def usual_content(*, name: str, place: str, superior: str) -> dict[str, Any]:
    """What a first draft starts with; `superior` is printed above departments and offices only."""
    of_committee = name.startswith(COMMITTEE)
    if of_committee:
        issuer, symbol = [COMMITTEE, name.removeprefix(COMMITTEE).strip()], "UBND"
    else:
        issuer, symbol = [name], "".join(word[0] for word in name.split() if word[0].isalpha()).upper()
    return {
        "head": {
            "superior": "" if of_committee else superior,
            "issuer": issuer,
            "symbol": f"BC-{symbol}",
            "place": place,
        },
        "signature": {
            "authority": [f"TM. {COMMITTEE}", "Chủ tịch"] if of_committee else ["Giám đốc"],
            "name": "",
        },
        "recipients": ["Lưu: VT"],
    }
