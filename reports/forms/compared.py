"""What a report said and what it says now, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reports.contents import citation_text
from reports.forms.report import ReportForm
from reports.kinds import Kind


@dataclass(frozen=True)
class Compared:
    label: str
    then: str
    now: str


def compared(
    kind: Kind[Any], facts: Any, *, then: Mapping[str, Any], now: Mapping[str, Any]
) -> list[Compared]:
    """In the order of the page; empty on both sides where nothing was ever written."""
    old, new = (_texts(kind, facts, content) for content in (then, now))
    cited = [
        Compared(
            "Văn bản yêu cầu báo cáo", citation_text(then.get("request")), citation_text(now.get("request"))
        ),
        Compared("Căn cứ", _cited(then), _cited(now)),
    ]
    names = dict.fromkeys([*old, *new])
    texts = [
        Compared((old.get(name) or new[name])[0], old.get(name, ("", ""))[1], new.get(name, ("", ""))[1])
        for name in names
    ]
    return [*cited, *texts]


def _texts(kind: Kind[Any], facts: Any, content: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """By the name of its field: its label, of an area's or criterion's with that of its part, and what it says."""
    form = ReportForm(kind=kind, facts=facts, content=content, version=0)
    return {
        field.name: (form.label_of(field.name), form.plain(field.name)) for field in form.visible_fields()
    }


def _cited(content: Mapping[str, Any]) -> str:
    return "\n".join(map(citation_text, content.get("basis", ())))
