"""The indicators of a unit over the years of a stage."""

from __future__ import annotations

from datetime import date

from accounts.dates import VIETNAM
from accounts.models import Unit
from reports.figures import Figure
from reports.kinds.stage import Group, Series, StageFacts, Year
from reports.models import Indicator, IndicatorValue


def stage_of(unit: Unit, first_year: int, last_year: int) -> StageFacts:
    """Of years that nothing was entered for there is no column."""
    indicators = list(
        Indicator.objects.filter(group__unit=unit)
        .select_related("group")
        .order_by("group__position", "group__code", "position", "code")
    )
    values = (
        IndicatorValue.objects.filter(indicator__group__unit=unit, year__gte=first_year, year__lte=last_year)
        .exclude(state=IndicatorValue.State.EMPTY)
        .order_by("year", "indicator")
    )
    figures: dict[int, dict[int, Figure]] = {}
    entered: dict[int, date] = {}
    for value in values:
        figures.setdefault(value.indicator_id, {})[value.year] = value.figure
        day = value.updated_at.astimezone(VIETNAM).date()
        entered[value.year] = max(entered.get(value.year, day), day)
    until = dict(unit.indicator_years.order_by("year").values_list("year", "until"))
    return StageFacts(
        first_year,
        last_year,
        years=tuple(Year(year, until.get(year), entered[year]) for year in sorted(entered)),
        groups=tuple(
            Group(
                pk=group.pk,
                code=group.code,
                name=group.name,
                title=group.title,
                is_appendix=group.is_appendix,
                rows=tuple(
                    _series(indicator, figures.get(indicator.pk, {}))
                    for indicator in indicators
                    if indicator.group_id == group.pk
                ),
            )
            for group in unit.indicator_groups.order_by("position", "code")
        ),
    )


def _series(indicator: Indicator, figures: dict[int, Figure]) -> Series:
    return Series(
        pk=indicator.pk,
        code=indicator.code,
        name=indicator.name,
        figures=figures,
        part_of=indicator.part_of_id,
        measure=indicator.measure,
        numerator_name=indicator.numerator_name,
        denominator_name=indicator.denominator_name,
    )
