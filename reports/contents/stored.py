"""Stored values and the Content that a document is built from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from reports.citations import Citation
from reports.contents import limits, tidy
from reports.document import Head, Signature
from reports.kinds import CLOSING, Content, Part


class ContentRefused(ValueError):
    """Values that no document can be made of; the message says why."""


def read_content(stored: Mapping[str, Any]) -> Content:
    """The Content of stored values; KeyError or TypeError where they are not such values."""
    head = stored["head"]
    narrative = stored.get("narrative", {})
    by_code = {key: dict(value) for key, value in narrative.items() if not isinstance(value, str)}
    return Content(
        head=Head(
            issuer=tuple(head["issuer"]),
            symbol=head["symbol"],
            place=head["place"],
            superior=head.get("superior", ""),
            number=head.get("number", ""),
            issued_on=_date(head.get("issued_on")),
            month=head.get("month", ""),
        ),
        signature=Signature(tuple(stored["signature"]["authority"]), stored["signature"]["name"]),
        recipients=tuple(stored["recipients"]),
        addressees=tuple(stored.get("addressees", ())),
        request=_citation(stored["request"]) if stored.get("request") else None,
        basis=tuple(_citation(citation) for citation in stored.get("basis", ())),
        texts={key: text for key, text in narrative.items() if isinstance(text, str)},
        texts_by_code=by_code,
    )


def settle(values: Mapping[str, Any], parts: Iterable[Part]) -> dict[str, Any]:
    """The one spelling in which content is stored, so that an unchanged save changes nothing.

    The key of every part is there and no other, line ends are plain, empty entries, NUL (which no
    database takes) and what the document prints of itself are gone.
    ContentRefused for what is too long or can't be read.
    """
    try:
        settled = _settled(values, tuple(parts))
        read_content(settled)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        if isinstance(error, ContentRefused):
            raise
        raise ContentRefused(f"Nội dung báo cáo không đúng mẫu: {error!r}") from error
    return settled


def _settled(values: Mapping[str, Any], parts: tuple[Part, ...]) -> dict[str, Any]:
    head, signature = values["head"], values["signature"]
    narrative = values.get("narrative") or {}
    if unknown := narrative.keys() - {part.key for part in parts}:
        raise KeyError(*sorted(unknown))
    texts = {
        part.key: (_line if part.is_line else _text)(narrative.get(part.key, ""))
        for part in parts
        if not part.by
    }
    if CLOSING.key in texts:
        texts[CLOSING.key] = tidy.closing(texts[CLOSING.key])
    by_code = {
        part.key: {
            code: _text(text) for code, text in (narrative.get(part.key) or {}).items() if text.strip()
        }
        for part in parts
        if part.by
    }
    all_texts = [*texts.values(), *(text for written in by_code.values() for text in written.values())]
    if complaint := limits.too_long_together(all_texts):
        raise ContentRefused(complaint)
    basis = values.get("basis") or ()
    if len(basis) > limits.CITATIONS:
        raise ContentRefused(f"Quá nhiều căn cứ: tối đa {limits.CITATIONS}.")
    addressees = _lines(values.get("addressees") or (), cleaned=tidy.addressee)
    recipients = _lines(values["recipients"], cleaned=tidy.entry)
    return {
        "head": {
            "superior": _line(head.get("superior", "")),
            "issuer": _lines(head["issuer"], limits.HEAD_ENTRIES),
            "symbol": tidy.symbol(_line(head["symbol"])),
            "number": _line(head.get("number", "")),
            "place": tidy.place(_line(head["place"])),
            "issued_on": _line(head.get("issued_on") or ""),
            **_month(head),
        },
        "addressees": addressees,
        "request": _settled_citation(values["request"]) if values.get("request") else None,
        "basis": [_settled_citation(citation) for citation in basis],
        "signature": {
            "authority": _lines(signature["authority"], limits.HEAD_ENTRIES),
            "name": _line(signature["name"]),
        },
        "recipients": tidy.recipients(recipients, is_addressed=bool(addressees)),
        "narrative": {**texts, **by_code},
    }


def _settled_citation(values: Mapping[str, Any]) -> dict[str, str]:
    return {
        "kind": tidy.cited_kind(_line(values["kind"])),
        "number": tidy.cited_number(_line(values["number"])),
        "issued_on": _line(values.get("issued_on") or ""),
        "issuer": tidy.cited_issuer(_line(values["issuer"])),
        "subject": tidy.cited_subject(_line(values.get("subject", ""), limits.SUBJECT)),
    }


def _text(text: str) -> str:
    settled = "\n".join(line.rstrip() for line in text.replace("\0", "").strip().splitlines())
    if complaint := limits.too_long(settled):
        raise ContentRefused(complaint)
    return settled


def _line(text: str, longest: int = limits.LINE) -> str:
    settled = " ".join(text.replace("\0", "").split())
    if complaint := limits.too_long(settled, longest=longest):
        raise ContentRefused(complaint)
    return settled


def _month(head: Mapping[str, Any]) -> dict[str, str]:
    """Only where it is said: contents of before there was a month are spelled as they were."""
    if not (month := _line(head.get("month") or "")):
        return {}
    try:
        date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise ContentRefused("Tháng phải ghi như 2024-05.") from error
    return {"month": month}


def _lines(
    entries: Iterable[str], most: int = limits.ENTRIES, *, cleaned: Callable[[str], str] = str
) -> list[str]:
    if isinstance(entries, str):
        raise TypeError("a list of lines, not one text")
    settled = [line for line in (cleaned(_line(entry)) for entry in entries) if line]
    if len(settled) > most:
        raise ContentRefused(f"Quá nhiều dòng: tối đa {most}.")
    return settled


def citation_text(stored: Mapping[str, Any] | None) -> str:
    """A stored citation as documents print it; empty where there is none."""
    return _citation(stored).full if stored else ""


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
