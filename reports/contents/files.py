"""Reports from YAML files: every mistake of a file is told at once, by its line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from criteria.schema import Problem, SetErrors
from criteria.schema.fields import Fields
from criteria.schema.nodes import Mapping, Scalar, read_nodes
from reports.contents import decree, limits
from reports.contents.stored import ContentRefused, settle
from reports.kinds import KINDS, About, Name, Part

FILE_KEYS = (
    "kind", "result", "head", "addressees", "request", "basis", "signature", "recipients", "narrative",
)  # fmt: skip
HEAD_KEYS = ("superior", "issuer", "symbol", "number", "place", "issued_on", "month")
CITATION_KEYS = ("kind", "number", "issued_on", "issuer", "subject")
SIGNATURE_KEYS = ("authority", "name")


@dataclass(frozen=True)
class ReportFile:
    """`result` names the result's own file, where the kind is about one; `content` is settled."""

    kind: Name
    result: str
    content: dict[str, Any]


def read_report_file(text: str) -> ReportFile:
    """The file's report, or SetErrors with every problem in it."""
    root, problems = read_nodes(text)
    if not isinstance(root, Mapping):
        problems.append(Problem(root.line if root else None, "", "", "tệp không chứa báo cáo nào"))
        raise SetErrors(problems)
    fields = Fields(root, problems)
    fields.refuse_unknown(FILE_KEYS)
    name = fields.line_of_text("kind", required=True)
    kind = KINDS.get(Name(name)) if name in {*Name} else None
    if name and kind is None:
        fields.problem("kind", f"phải là một trong: {', '.join(KINDS)}")
    about_result = kind is not None and kind.about is About.RESULT
    result = fields.line_of_text("result", required=about_result, longest=80)
    content = _content(fields, kind.parts if kind else None)
    if problems or kind is None:
        raise SetErrors(problems)
    try:
        return ReportFile(kind.name, result, settle(content, kind.parts))
    except ContentRefused as error:
        raise SetErrors([Problem(None, "", "", str(error))]) from error


def _content(fields: Fields, parts: tuple[Part, ...] | None) -> dict[str, Any]:
    content: dict[str, Any] = {
        "addressees": _lines(fields, "addressees"),
        "recipients": _lines(fields, "recipients", required=True),
        "request": _citation(fields.mapping_under("request")),
        "basis": [_citation(citation) for citation in fields.mappings_under("basis")],
    }
    if head := fields.mapping_under("head", required=True):
        head.refuse_unknown(HEAD_KEYS)
        number = head.line_of_text("number", longest=limits.LINE)
        if number and (complaint := decree.number_complaint(number)):
            head.problem("number", complaint)
        content["head"] = {
            "superior": head.line_of_text("superior", longest=limits.LINE),
            "issuer": _lines(head, "issuer", required=True),
            "symbol": head.line_of_text("symbol", required=True, longest=limits.LINE),
            "number": number,
            "place": head.line_of_text("place", required=True, longest=limits.LINE),
            "issued_on": _day(head, "issued_on"),
            "month": head.line_of_text("month"),
        }
    if signature := fields.mapping_under("signature", required=True):
        signature.refuse_unknown(SIGNATURE_KEYS)
        content["signature"] = {
            "authority": _lines(signature, "authority", required=True),
            "name": signature.line_of_text("name", longest=limits.LINE),
        }
    narrative = fields.mapping_under("narrative")
    if narrative and parts is not None:
        narrative.refuse_unknown([part.key for part in parts])
        content["narrative"] = {
            part.key: _texts(narrative.mapping_under(part.key))
            if part.by
            else narrative.text(part.key, longest=limits.TEXT)
            for part in parts
        }
    return content


def _texts(fields: Fields | None) -> dict[str, str]:
    return {code: fields.text(code, longest=limits.TEXT) for code in fields.mapping.values} if fields else {}


def _citation(fields: Fields | None) -> dict[str, str] | None:
    if fields is None:
        return None
    fields.refuse_unknown(CITATION_KEYS)
    return {
        "kind": fields.line_of_text("kind", required=True, longest=60),
        "number": fields.line_of_text("number", required=True, longest=60),
        "issued_on": _day(fields, "issued_on"),
        "issuer": fields.line_of_text("issuer", required=True, longest=limits.LINE),
        "subject": fields.line_of_text("subject", longest=limits.SUBJECT),
    }


def _day(fields: Fields, key: str) -> str:
    day = fields.day(key)
    return day.isoformat() if day else ""


def _lines(fields: Fields, key: str, *, required: bool = False) -> list[str]:
    lines = []
    for node in fields.list_under(key, required=required):
        if isinstance(node, Scalar):
            lines.append(node.text)
        else:
            fields.problem(key, "mỗi mục phải là một dòng chữ", node.line)
    return lines
