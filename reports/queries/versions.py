"""What a report said before, by what each save changed in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from assessments.models import Event
from reports.contents.changes import touched, undone
from reports.kinds import KINDS, field_name
from reports.models import Report, ReportVersion

# Whoever goes on writing saves every few seconds: that is told as one sitting.
SITTING = timedelta(minutes=10)
_LABELS = {
    "head": "Phần đầu văn bản",
    "addressees": "Kính gửi",
    "request": "Văn bản yêu cầu",
    "basis": "Căn cứ",
    "signature": "Người ký",
    "recipients": "Nơi nhận",
}


@dataclass(frozen=True)
class Save:
    version: int
    at: datetime
    by: User
    touched: tuple[str, ...]  # keys of the content, names of texts
    restored: int | None  # the version whose words these are


@dataclass(frozen=True)
class Sitting:
    """Saves of one person that followed each other closely, the latest first; `parts` are what they changed."""

    saves: tuple[Save, ...]
    parts: tuple[str, ...]
    is_first: bool
    is_printed: bool

    @property
    def last(self) -> Save:
        return self.saves[0]

    @property
    def first(self) -> Save:
        return self.saves[-1]


def sittings(report: Report) -> list[Sitting]:
    """Newest first. A version of which there is a document, or that was restored, ends a sitting."""
    printed = set(report.renderings.order_by().values_list("report_version", flat=True))
    saves = [_save(version) for version in _versions(report).order_by("version")]
    groups: list[list[Save]] = []
    for save in saves:
        if not groups or _begins(save, groups[-1], printed):
            groups.append([])
        groups[-1].append(save)
    return [
        Sitting(
            tuple(reversed(group)),
            tuple(_parts(report, (name for save in group for name in save.touched))),
            is_first=group[0].version == 1,
            is_printed=group[-1].version in printed,
        )
        for group in reversed(groups)
    ]


def _begins(save: Save, sitting: list[Save], printed: set[int]) -> bool:
    first, before = sitting[0], sitting[-1]
    return (
        before.version == 1
        or save.by != before.by
        or save.at - first.at > SITTING
        or before.version in printed
        or save.restored is not None
        or before.restored is not None
    )


def content_at(report: Report, version: int) -> dict[str, Any]:
    """What stood in that version; LookupError if there is none."""
    known = list(_versions(report).filter(version__gte=version).order_by("-version"))
    if not known or known[-1].version != version:
        raise LookupError(version)
    content: dict[str, Any] = report.content
    for later in known[:-1]:
        content = undone(content, later.event.before or {}, later.event.after or {})
    return content


def save_of(report: Report, version: int) -> Save | None:
    found = _versions(report).filter(version=version).first()
    return found and _save(found)


def _versions(report: Report) -> Any:
    return ReportVersion.objects.filter(report=report).select_related("event__by")


def _save(version: ReportVersion) -> Save:
    event: Event = version.event
    before, after = event.before or {}, event.after or {}
    return Save(
        version.version,
        event.at,
        event.by,
        tuple(touched(before, after)) if event.before else (),
        after.get("restored"),
    )


def _parts(report: Report, names: Iterable[str]) -> Iterator[str]:
    """In the order of the page, each once."""
    changed = set(names)
    for key, label in _LABELS.items():
        if key in changed:
            yield label
    for part in KINDS[report.kind].parts:
        prefix = field_name(part.key, "")
        if part.key in changed or any(name.startswith(prefix) for name in changed):
            yield part.label
