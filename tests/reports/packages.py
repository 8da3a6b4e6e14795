"""Word files changed part by part, as no Word would ever write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from reports.kinds import KINDS, Name
from reports.word_templates import Finding, Refused, starter
from reports.word_templates.trying import try_out

KIND = KINDS[Name.REMEDIATION_RESULT]
DOCUMENT, TYPES, RELATIONS = "word/document.xml", "[Content_Types].xml", "word/_rels/document.xml.rels"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file.getvalue()


def changed(name: str, change: Callable[[str], str], content: bytes | None = None) -> bytes:
    """The starter, or `content`, with one part changed."""
    found = parts(content or starter(KIND))
    found[name] = change(found[name].decode()).encode()
    return packed(found)


def saying(words: str, *, instead_of: str = "") -> bytes:
    """The starter with a paragraph of these words at its beginning, or in place of a field."""
    if instead_of:
        return changed(DOCUMENT, lambda xml: xml.replace(instead_of, words))
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return with_xml(f"<w:p><w:r><w:t>{escaped}</w:t></w:r></w:p>")


def with_xml(xml: str) -> bytes:
    return changed(DOCUMENT, lambda document: document.replace("<w:body>", f"<w:body>{xml}", 1))


def with_part(name: str, kind: str, content: bytes, relation: str = "") -> bytes:
    """The starter with one part more, and a relation to it."""
    found = parts(starter(KIND))
    found[name] = content
    declared = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'
    found[TYPES] = found[TYPES].replace(b"</Types>", declared.encode())
    if relation:
        target = f'<Relationship Id="rIdX" Type="{OFFICE}/{relation}" Target="{name.removeprefix("word/")}"/>'
        found[RELATIONS] = found[RELATIONS].replace(b"</Relationships>", f"{target}</Relationships>".encode())
    return packed(found)


def with_link(relation: str, target: str, mode: str = ' TargetMode="External"') -> bytes:
    tag = f'<Relationship Id="rIdX" Type="{OFFICE}/{relation}" Target="{target}"{mode}/></Relationships>'
    return changed(RELATIONS, lambda xml: xml.replace("</Relationships>", tag))


def refused(content: bytes) -> tuple[Finding, ...]:
    with pytest.raises(Refused) as error:
        try_out(KIND, content)
    return error.value.findings


def complaint(content: bytes) -> str:
    return " ".join(map(str, refused(content)))
