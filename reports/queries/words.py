"""A document for Word: by the office's own template, or by the built-in layout."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from reports.document import Document
from reports.docx import render_docx
from reports.models import Rendering, Report, WordTemplate
from reports.queries.reports import Opened
from reports.queries.templates import active_template
from reports.word_templates import Refused, data_of, extras_of, figures_of, fill_apart


@dataclass(frozen=True)
class Filling:
    """The template a document is made by, with what that may print besides the document's own words."""

    template: WordTemplate
    extras: dict[str, Any]

    @property
    def mark(self) -> str:
        """Tells documents of the same words apart."""
        told = json.dumps(self.extras, sort_keys=True)
        return hashlib.sha256(f"{self.template.sha256} {told}".encode()).hexdigest()

    @property
    def columns(self) -> dict[str, Any]:
        """Of the Rendering that is made by it."""
        return {"template": self.template, "template_extras": self.extras}


@dataclass(frozen=True)
class Printed:
    """`notice` says why the office's template wasn't used, though there is one."""

    docx: bytes
    notice: str = ""


def filling_for(report: Report, whole: Opened) -> Filling | None:
    """By the template in use; None where the office has none."""
    template = active_template(report.unit_id, report.kind)
    if template is None:
        return None
    extras = extras_of(
        whole.kind,
        whole.content,
        entries=lambda by: whole.kind.entries(whole.facts, by),
        figures=figures_of(whole.facts),
    )
    return Filling(template, extras)


def filling_of(rendering: Rendering) -> Filling | None:
    """As it was asked for, whatever is in use now."""
    return Filling(rendering.template, rendering.template_extras) if rendering.template else None


def print_word(document: Document, filling: Filling | None) -> Printed:
    """A template that fails gives way to the built-in layout."""
    if filling is None:
        return Printed(render_docx(document))
    try:
        data = data_of(document, filling.extras)
        return Printed(fill_apart(bytes(filling.template.content), document, data))
    except Refused as refused:
        return Printed(render_docx(document), " ".join(map(str, refused.findings)))
