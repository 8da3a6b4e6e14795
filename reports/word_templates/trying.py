"""An upload tried: read, compared with the fields of its kind, and filled with the made-up document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reports.kinds import Kind
from reports.word_templates.checking import Reading, unused
from reports.word_templates.fields import needed, recommended, spelled
from reports.word_templates.filling import fill, leftovers, parts_of
from reports.word_templates.findings import Finding, Refused
from reports.word_templates.package import inspect
from reports.word_templates.specimen import data_of_specimen, specimen


@dataclass(frozen=True)
class Tried:
    """`remarks` are to be looked at and forbid nothing; `made` is the made-up document by this template."""

    remarks: tuple[Finding, ...]
    made: bytes


def try_out(kind: Kind[Any], template: bytes) -> Tried:
    """Refused with everything that is wrong with the template."""
    inspect(template)
    document, _ = specimen(kind)
    data = data_of_specimen(kind)
    reading = Reading(data)
    for part in parts_of(template):
        reading.read(*part)
    missing = [
        Finding(f"Mẫu thiếu {one.what}: {spelled(one.names)}.")
        for one in unused(needed(document), reading.used)
    ]
    if reading.findings or missing:
        raise Refused([*reading.findings, *missing])
    made = fill(template, document, data)
    if left := list(leftovers(made)):
        raise Refused(left)
    remarks = (
        Finding(f"Mẫu không lấy {one.what} từ phần mềm ({one.names[0][0]}); cần có sẵn chữ trong mẫu.")
        for one in unused(recommended(), reading.used)
    )
    return Tried(() if document.only_appendices else tuple(remarks), made)
