"""The kinds of report, each a value in one registry; nothing outside a kind's package knows what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.kinds.annex import RANKING_ANNEX
from reports.kinds.area import AREA_RECTIFICATION
from reports.kinds.assessment import SELF_ASSESSMENT
from reports.kinds.content import Content, field_name
from reports.kinds.deduction import DEDUCTION_REVIEW
from reports.kinds.index import INDEX_RESULT
from reports.kinds.kind import (
    CLOSING,
    HEAD,
    SIGNATURE,
    Entry,
    Kind,
    Part,
    Problem,
    Severity,
    Suggestion,
    UnknownCodes,
    Where,
)
from reports.kinds.minutes import MINUTES
from reports.kinds.names import BY_HOST, SUBJECTS, TITLES, About, Name, about
from reports.kinds.remediation import REMEDIATION_RESULT
from reports.kinds.sheet import SCORE_SHEET
from reports.kinds.stage import STAGE_SUMMARY

KINDS: Mapping[str, Kind[Any]] = {
    kind.name: kind
    for kind in (
        SELF_ASSESSMENT,
        SCORE_SHEET,
        DEDUCTION_REVIEW,
        INDEX_RESULT,
        REMEDIATION_RESULT,
        AREA_RECTIFICATION,
        RANKING_ANNEX,
        MINUTES,
        STAGE_SUMMARY,
    )
}

__all__ = [
    "BY_HOST",
    "CLOSING",
    "HEAD",
    "KINDS",
    "SIGNATURE",
    "SUBJECTS",
    "TITLES",
    "About",
    "Content",
    "Entry",
    "Kind",
    "Name",
    "Part",
    "Problem",
    "Severity",
    "Suggestion",
    "UnknownCodes",
    "Where",
    "about",
    "field_name",
]
