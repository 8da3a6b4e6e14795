"""The statistics of units as pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import Role, Unit, User
from accounts.queries import unit_ids_below
from reports.figures import FigureKind, cell_field
from reports.models import Indicator, IndicatorGroup, IndicatorValue, IndicatorYear

ABOVE = "parent__parent__parent"


def units() -> QuerySet[Unit]:
    """With what permissions read."""
    return Unit.objects.select_related(ABOVE)


def groups() -> QuerySet[IndicatorGroup]:
    return IndicatorGroup.objects.select_related(f"unit__{ABOVE}", "updated_by")


def indicators() -> QuerySet[Indicator]:
    return Indicator.objects.select_related(f"group__unit__{ABOVE}", "updated_by")


def counting_units(user: User) -> QuerySet[Unit]:
    """Those this person enters statistics for, and those whose statistics he may read."""
    own = user.units_as(Role.OFFICER)
    read = user.units_as(Role.UNIT_LEADER) | own
    above = user.units_as(Role.COORDINATOR, Role.LEADER)
    read |= unit_ids_below(above) if above else set()
    return (
        Unit.objects.filter(Q(pk__in=own) | Q(pk__in=read, indicator_groups__isnull=False))
        .annotate(group_count=Count("indicator_groups", distinct=True))
        .order_by("sort_key", "code")
    )


def groups_of(unit: Unit) -> QuerySet[IndicatorGroup]:
    given = Q(indicators__values__state=IndicatorValue.State.GIVEN)
    return (
        unit.indicator_groups.annotate(
            indicator_count=Count("indicators", distinct=True),
            figure_count=Count("indicators__values", filter=given, distinct=True),
        )
        .select_related("unit")
        .order_by("position", "code")
    )


def possible_wholes(unit: Unit, indicator: Indicator | None) -> QuerySet[Indicator]:
    """What an indicator of the unit can be a part of."""
    found = Indicator.objects.filter(group__unit=unit).exclude(kind=FigureKind.TEXT)
    if indicator is not None:
        found = found.exclude(pk=indicator.pk)
    return found.select_related("group").order_by("group__position", "group__code", "position", "code")


@dataclass(frozen=True)
class GridCell:
    """Where a figure is entered; `value` is what stands there."""

    indicator: Indicator
    year: int
    value: IndicatorValue | None

    @property
    def name(self) -> str:
        return cell_field((self.indicator.pk, self.year))

    @property
    def typed(self) -> str:
        figure = self.value.figure if self.value else None
        return "" if figure is None else figure.typed

    @property
    def version(self) -> int:
        return self.value.version if self.value else 0


@dataclass(frozen=True)
class Grid:
    """The figures of a group: its indicators by the unit's years."""

    group: IndicatorGroup
    years: tuple[IndicatorYear, ...]
    rows: tuple[tuple[Indicator, tuple[GridCell, ...]], ...]

    @property
    def cells(self) -> Iterable[GridCell]:
        return (cell for _, cells in self.rows for cell in cells)


def grid_of(group: IndicatorGroup) -> Grid:
    [grid] = _grids([group], group.unit)
    return grid


def grids_of(unit: Unit) -> list[Grid]:
    return _grids(list(unit.indicator_groups.order_by("position", "code")), unit)


def _grids(groups: list[IndicatorGroup], unit: Unit) -> list[Grid]:
    years = tuple(unit.indicator_years.select_related("updated_by").order_by("year"))
    rows = Indicator.objects.filter(group__in=groups).select_related("part_of").order_by("position", "code")
    values: Mapping[tuple[int, int], IndicatorValue] = {
        (value.indicator_id, value.year): value
        for value in IndicatorValue.objects.filter(indicator__group__in=groups)
        .select_related("updated_by")
        .order_by("pk")
    }
    by_group: dict[int, list[Indicator]] = {}
    for indicator in rows:
        by_group.setdefault(indicator.group_id, []).append(indicator)
    return [
        Grid(
            group,
            years,
            tuple(
                (
                    indicator,
                    tuple(
                        GridCell(indicator, year.year, values.get((indicator.pk, year.year)))
                        for year in years
                    ),
                )
                for indicator in by_group.get(group.pk, [])
            ),
        )
        for group in groups
    ]
