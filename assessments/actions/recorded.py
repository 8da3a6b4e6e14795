"""Results of other hosts and earlier years, kept as they were printed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.dates import format_moment
from accounts.models import Unit, User
from assessments.actions import writing
from assessments.models import RecordedLoss, RecordedResult, RecordedRow
from assessments.outcome import OutcomeRow
from assessments.permissions import keeps_record, records_for
from assessments.queries.outcomes import record_value
from assessments.recorded import Record, typed_row
from assessments.recorded_files import read_record
from assessments.workflow import Refusal
from criteria.points import canonical

SAVE_RECORD = "save_record"


class UnknownUnit(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(f"Danh mục đơn vị không có (hoặc có nhiều) đơn vị tên “{name}”.")


@transaction.atomic
def save_record(
    *,
    unit: Unit,
    host: Unit,
    value: Record,
    replacing: RecordedResult | None = None,
    seen: datetime | None = None,
    by: User,
    now: datetime,
) -> RecordedResult:
    """Store a result with all its rows and losses, as a new record or in the place of `replacing`.

    `seen` is when the record to be replaced was entered, as the page showed it: Refusal where somebody has changed it
    since, or where this unit, host and year have another record.
    PermissionDenied unless `by` coordinates `unit` or a unit above it, before and after the change.
    """
    if not by.is_active or not records_for.test(by, unit):
        raise PermissionDenied
    saved, before = RecordedResult(), None
    if replacing is not None:
        saved = RecordedResult.objects.select_for_update().get(pk=replacing.pk)
        if not keeps_record.test(by, saved):
            raise PermissionDenied
        if saved.entered_at != seen:
            raise Refusal(
                f"{saved.entered_by.full_name} đã sửa kết quả này lúc {format_moment(saved.entered_at)}. "
                "Chưa có gì bị ghi đè: hãy mở lại trang để xem nội dung mới."
            )
        before = _snapshot(saved, record_value(saved))
        saved.rows.all().delete()
    Unit.objects.hold(unit.pk)
    others = RecordedResult.objects.filter(unit=unit, host=host, year=value.year)
    if others.exclude(pk=saved.pk).exists():
        raise Refusal(f"Kết quả năm {value.year} của {unit} đã được ghi nhận.")
    decision = value.decision
    saved.unit, saved.host, saved.year = unit, host, value.year
    saved.group_name, saved.group_size, saved.rank = value.group_name, value.group_size, value.rank
    saved.max_total, saved.declared_total = value.max_total, value.total
    saved.declared_self_total, saved.grade, saved.note = value.self_total, value.grade, value.note
    saved.decision_number = decision.number if decision else ""
    saved.decision_date = decision.issued_on if decision else None
    saved.decision_issuer = decision.issuer if decision else ""
    saved.decision_kind = decision.kind if decision else "Quyết định"
    saved.entered_at, saved.entered_by = now, by
    saved.save()
    _store_rows(saved, value)
    writing.record(SAVE_RECORD, by=by, now=now, before=before, after=_snapshot(saved, value))
    return saved


@transaction.atomic
def load_record(*, text: str, by: User, now: datetime) -> RecordedResult:
    """Store a result file. One that is recorded already stays as it is, whatever was typed since.

    SetErrors for the file, UnknownUnit where the register does not know its unit or host.
    """
    file = read_record(text)
    host = _named(file.host, Unit.objects.all())
    try:
        unit = _named(file.unit, Unit.objects.filter(parent=host))
    except UnknownUnit:
        unit = _named(file.unit, Unit.objects.all())
    known = RecordedResult.objects.filter(unit=unit, host=host, year=file.record.year).first()
    return known or save_record(unit=unit, host=host, value=file.record, by=by, now=now)


def _named(name: str, units: Any) -> Unit:
    try:
        return units.get(short_name=name)
    except (Unit.DoesNotExist, Unit.MultipleObjectsReturned) as error:
        raise UnknownUnit(name) from error


def _store_rows(saved: RecordedResult, value: Record) -> None:
    rows = list(value.rows())
    stored = [
        RecordedRow(
            result=saved,
            position=position,
            code=row.code,
            name=row.name,
            max_points=row.max_points,
            self_points=row.self_points,
            points=row.points,
            rank=row.rank,
            rank_change=row.rank_change,
            reason=row.reason,
            note=row.note,
        )
        for position, row in enumerate(rows, start=1)
    ]
    RecordedRow.objects.bulk_create(stored)
    by_code = {row.code: row for row in stored}
    below = [(by_code[child.code], by_code[row.code]) for row in rows for child in row.children]
    for child, parent in below:
        child.parent = parent
    RecordedRow.objects.bulk_update([child for child, _ in below], ["parent"])
    RecordedLoss.objects.bulk_create(
        RecordedLoss(
            row=by_code[row.code],
            components=[{"code": part.code, "name": part.name} for part in loss.components],
            points=loss.points,
        )
        for row in rows
        for loss in row.losses
    )


def _snapshot(saved: RecordedResult, value: Record) -> dict[str, Any]:
    """A record as an event keeps it."""

    def spelled(row: OutcomeRow) -> dict[str, str]:
        return {column: text for column, text in typed_row(row).cells.items() if text}

    return {
        "record": saved.pk,
        "unit": saved.unit_id,
        "host": saved.host_id,
        "year": value.year,
        "total": None if value.total is None else canonical(value.total),
        "self_total": None if value.self_total is None else canonical(value.self_total),
        "max_total": canonical(value.max_total),
        "rank": value.rank,
        "group_size": value.group_size,
        "decision": value.decision.number if value.decision else "",
        "rows": [spelled(row) for row in value.rows()],
    }
