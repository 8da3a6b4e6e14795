"""Define the statistics of a unit: its groups of indicators and the years they are kept for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.dates import format_moment
from accounts.models import Unit, User
from assessments.actions.writing import record
from assessments.workflow import Refusal
from reports.figures import FigureKind
from reports.models import Indicator, IndicatorGroup, IndicatorValue, IndicatorYear
from reports.models.indicators import FIRST_YEAR, LAST_YEAR, Kept
from reports.permissions import keeps_indicators

# A group is one page of cells and one sheet of a workbook.
MOST_GROUPS, MOST_INDICATORS, MOST_YEARS = 20, 60, 15

Defined = TypeVar("Defined", bound=Kept)


class Redefined(Refusal):
    """Somebody saved it since this page was loaded. `saved` is what stands in the database now."""

    def __init__(self, saved: Kept) -> None:
        self.saved = saved
        super().__init__(
            f"{saved.updated_by.full_name} đã lưu mục này lúc {format_moment(saved.updated_at)}, sau khi bạn "
            "mở trang. Chưa có gì bị ghi đè; lưu lần nữa thì nội dung đang nhập thay cho nội dung đã lưu."
        )


@transaction.atomic
def define_group(
    *, unit: Unit, group: IndicatorGroup | None, said: Mapping[str, Any], seen: int, by: User, now: datetime
) -> IndicatorGroup:
    """A new group of the unit, or what is said of `group`."""
    open_unit(unit, by)
    others = IndicatorGroup.objects.filter(unit=unit).order_by("pk")
    if group is None and others.count() >= MOST_GROUPS:
        raise Refusal(f"Mỗi đơn vị có tối đa {MOST_GROUPS} nhóm chỉ tiêu.")
    if others.filter(code__iexact=said["code"]).exclude(pk=group and group.pk).exists():
        raise Refusal(f"Đơn vị đã có nhóm mang mã {said['code']}.")
    if group is None:
        kept, before = IndicatorGroup(unit=unit, version=0), None
    else:
        kept = others.get(pk=group.pk)
        before = _said(kept, said)
    return _define(kept, said, before=before, seen=seen, what=f"nhóm {said['code']}", by=by, now=now)


@transaction.atomic
def define_indicator(
    *,
    group: IndicatorGroup,
    indicator: Indicator | None,
    said: Mapping[str, Any],
    seen: int,
    by: User,
    now: datetime,
) -> Indicator:
    """A new indicator of the group, or what is said of `indicator`. Its kind stays while it has figures."""
    open_unit(group.unit, by)
    others = Indicator.objects.filter(group=group).order_by("pk")
    if indicator is None and others.count() >= MOST_INDICATORS:
        raise Refusal(f"Mỗi nhóm có tối đa {MOST_INDICATORS} chỉ tiêu; hãy chia thành nhiều nhóm.")
    if others.filter(code=said["code"]).exclude(pk=indicator and indicator.pk).exists():
        raise Refusal(f"Nhóm đã có chỉ tiêu mang mã {said['code']}.")
    if indicator is None:
        kept, before = Indicator(group=group, version=0), None
    else:
        kept = others.get(pk=indicator.pk)
        before = _said(kept, said)
    _refuse_whole(kept, said)
    if indicator is not None and kept.kind != said["kind"]:
        if kept.values.filter(state=IndicatorValue.State.GIVEN).exists():
            raise Refusal(
                "Chỉ tiêu đã có số liệu nên không đổi được kiểu số liệu; hãy xóa trống số liệu trước."
            )
        kept.values.update(kind=said["kind"])
    what = f"chỉ tiêu {group.code} {said['code']}"
    return _define(kept, said, before=before, seen=seen, what=what, by=by, now=now)


@transaction.atomic
def remove_indicator(*, indicator: Indicator, seen: int, by: User, now: datetime) -> None:
    """One that was defined by mistake: without figures, and nothing is a part of it.

    `seen` is the version on the page: Redefined where somebody said something else of it since.
    """
    open_unit(indicator.group.unit, by)
    kept = Indicator.objects.select_related("updated_by").get(pk=indicator.pk)
    if kept.version != seen:
        raise Redefined(kept)
    if indicator.values.exclude(state=IndicatorValue.State.EMPTY).exists():
        raise Refusal("Chỉ tiêu đã có số liệu; hãy xóa trống các ô của chỉ tiêu trước.")
    if indicator.parts.exists():
        raise Refusal("Có chỉ tiêu khác là một phần của chỉ tiêu này.")
    before = {"unit": indicator.group.unit.code, "name": f"{indicator.group.code} {indicator}"}
    indicator.values.all().delete()
    Indicator.objects.filter(pk=indicator.pk).delete()
    record("define_indicators", by=by, now=now, before=before)


@transaction.atomic
def add_year(*, unit: Unit, year: int, by: User, now: datetime) -> IndicatorYear:
    """A column of figures; one that exists stays as it is."""
    open_unit(unit, by)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refusal(f"Năm phải từ {FIRST_YEAR} đến {LAST_YEAR}.")
    known = IndicatorYear.objects.filter(unit=unit)
    if not known.filter(year=year).exists() and known.count() >= MOST_YEARS:
        raise Refusal(f"Mỗi đơn vị có tối đa {MOST_YEARS} năm thống kê.")
    kept, created = IndicatorYear.objects.get_or_create(
        unit=unit, year=year, defaults={"updated_at": now, "updated_by": by}
    )
    if created:
        record("define_indicators", by=by, now=now, after={"unit": unit.code, "year": year})
    return kept


def open_unit(unit: Unit, by: User) -> None:
    """One writer at a time, and the gate."""
    Unit.objects.hold(unit.pk)
    if not keeps_indicators.test(by, unit):
        raise PermissionDenied


def _define(
    kept: Defined,
    said: Mapping[str, Any],
    *,
    before: dict[str, Any] | None,
    seen: int,
    what: str,
    by: User,
    now: datetime,
) -> Defined:
    after = {name: str(value) for name, value in said.items()}
    if before == after:
        return kept
    if kept.version != seen:
        raise Redefined(kept)
    for name, value in said.items():
        setattr(kept, name, value)
    kept.version += 1
    kept.updated_at, kept.updated_by = now, by
    kept.save()
    record("define_indicators", by=by, now=now, before=before, after={**after, "title": what})
    return kept


def _said(kept: Kept, said: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(getattr(kept, name)) for name in said}


def _refuse_whole(indicator: Indicator, said: Mapping[str, Any]) -> None:
    """A whole is of the same unit, has an amount, and is no part of its own part."""
    whole: Indicator | None = said["part_of"]
    while whole is not None:
        if whole.pk == indicator.pk:
            raise Refusal("Chỉ tiêu không thể là một phần của chính nó hoặc của phần thuộc nó.")
        if whole.group.unit_id != indicator.group.unit_id or whole.kind == FigureKind.TEXT:
            raise Refusal("Chỉ tiêu chung phải là chỉ tiêu bằng số của cùng đơn vị.")
        whole = whole.part_of
