"""Take an office's Word templates in, and put them into use."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import Unit, User
from assessments.actions import writing
from assessments.workflow import Refusal
from reports.kinds import Kind
from reports.models import WordTemplate
from reports.permissions import writes_for, writes_template
from reports.word_templates import Finding, Refused, try_apart


class TemplateRefused(Refusal):
    """The file can't be a template; `findings` say all that is wrong with it."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(" ".join(map(str, findings)))


def add_template(
    *, unit: Unit, kind: Kind[Any], file_name: str, content: bytes, by: User, now: datetime
) -> WordTemplate:
    """The next version, tried out and not yet in use. TemplateRefused where it fails: then nothing is stored.

    It is tried before the transaction begins, which would keep others waiting.
    """
    if not writes_for(by, kind.name, unit.pk):
        raise PermissionDenied
    try:
        tried = try_apart(kind.name, content)
    except Refused as refused:
        raise TemplateRefused(refused.findings) from refused
    upload = {
        "file_name": file_name.replace("\0", "")[-200:],
        "content": content,
        "sha256": hashlib.sha256(content).hexdigest(),
        "trial": tried.made,
        "remarks": [str(remark) for remark in tried.remarks],
        "uploaded_at": now,
        "uploaded_by": by,
    }
    with transaction.atomic():
        template = _stored(unit, kind, upload)
        _record("add_template", template, by=by, now=now, sha256=template.sha256)
    return template


def _stored(unit: Unit, kind: Kind[Any], upload: dict[str, Any]) -> WordTemplate:
    Unit.objects.hold(unit.pk)  # two who upload at once get numbers one after the other
    earlier = WordTemplate.objects.filter(unit=unit, kind=kind.name).defer("content", "trial")
    if same := earlier.filter(sha256=upload["sha256"]).first():
        raise Refusal(f"Tệp này đã được tải lên: phiên bản {same.ordinal}.")
    last = earlier.first()
    ordinal = last.ordinal + 1 if last else 1
    return WordTemplate.objects.create(unit=unit, kind=kind.name, ordinal=ordinal, **upload)


@transaction.atomic
def activate_template(*, template: WordTemplate, by: User, now: datetime) -> None:
    """Word files of that kind asked for from now on are made by it."""
    locked = _locked(template, by)
    if locked.is_active:
        return
    others = WordTemplate.objects.filter(unit=locked.unit_id, kind=locked.kind, is_active=True)
    replaced = others.values_list("ordinal", flat=True).first()
    others.update(is_active=False)
    WordTemplate.objects.filter(pk=locked.pk).update(is_active=True)
    _record("activate_template", locked, by=by, now=now, replaced=replaced)


@transaction.atomic
def deactivate_template(*, template: WordTemplate, by: User, now: datetime) -> None:
    """Back to the built-in layout."""
    locked = _locked(template, by)
    if locked.is_active:
        WordTemplate.objects.filter(pk=locked.pk).update(is_active=False)
        _record("deactivate_template", locked, by=by, now=now)


def _locked(template: WordTemplate, by: User) -> WordTemplate:
    """Read afresh, with all of its unit's waiting for this transaction."""
    if not writes_template.test(by, template):
        raise PermissionDenied
    Unit.objects.hold(template.unit_id)
    return WordTemplate.objects.defer("content", "trial").get(pk=template.pk)


def _record(action: str, template: WordTemplate, *, by: User, now: datetime, **more: object) -> None:
    of = {"unit": template.unit_id, "kind": template.kind, "template": template.pk}
    writing.record(action, by=by, now=now, after={**of, "ordinal": template.ordinal, **more})
