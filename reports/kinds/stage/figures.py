"""What is wrong among the figures themselves; each is mended in its cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from criteria.points import format_points
from reports.figures import cell_field, until_field
from reports.kinds.checks import jumps
from reports.kinds.kind import Problem, Severity, Where
from reports.kinds.stage.facts import Group, Series, StageFacts
from reports.kinds.wording import listed


@dataclass(frozen=True)
class _Holder:
    """A quantity as one indicator has it in one year."""

    group: Group
    row: Series
    year: int
    name: str
    role: str
    amount: Decimal

    @property
    def place(self) -> str:
        return f"{_label(self.group, self.row)}{self.role}"


def problems(facts: StageFacts, issued_on: date | None) -> Iterator[Problem]:
    for group in facts.groups:
        for row in group.rows:
            yield from _above_denominator(group, row, facts)
            yield from _above_whole(group, row, facts)
            yield from _jumps(group, row, facts)
    yield from _different(facts)
    yield from _unmarked(facts, issued_on)


def quantity(name: str) -> str:
    """The same for names that differ in case and blanks only."""
    return " ".join(name.split()).casefold()


def _above_denominator(group: Group, row: Series, facts: StageFacts) -> Iterator[Problem]:
    for year in facts.years:
        figure = row.figures.get(year.year)
        if figure is None or figure.numerator is None or figure.denominator is None:
            continue
        if figure.numerator > figure.denominator:
            yield _problem(
                group,
                row,
                year.year,
                f"tử số {format_points(figure.numerator)} lớn hơn mẫu số {format_points(figure.denominator)}; "
                f"tỷ lệ {figure.shown}",
            )


def _above_whole(group: Group, row: Series, facts: StageFacts) -> Iterator[Problem]:
    whole = facts.by_key.get(row.part_of or 0)
    if whole is None:
        return
    for year in facts.years:
        part, total = row.amount(year.year), whole.amount(year.year)
        if part is not None and total is not None and part > total:
            yield _problem(
                group,
                row,
                year.year,
                f"phần {format_points(part)} lớn hơn tổng {format_points(total)} của “{whole.code} {whole.name}”",
            )


def _jumps(group: Group, row: Series, facts: StageFacts) -> Iterator[Problem]:
    """Between neighbouring years with figures of the whole year."""
    known = [year.year for year in facts.years if year.until is None and year.year in row.figures]
    for earlier, later in pairwise(known):
        before, after = row.figures[earlier], row.figures[later]
        for name, one, other in (
            ("", before.value, after.value),
            ("tử số ", before.numerator, after.numerator),
            ("mẫu số ", before.denominator, after.denominator),
        ):
            if one is not None and other is not None and jumps(one, other):
                yield _problem(
                    group,
                    row,
                    later,
                    f"{name}{'tăng' if other > one else 'giảm'} từ {format_points(one)} (năm {earlier}) "
                    f"{'lên' if other > one else 'còn'} {format_points(other)}, từ mười lần trở lên",
                )
                break


def _different(facts: StageFacts) -> Iterator[Problem]:
    """One quantity with several values in a year; told where the rarest of them stands."""
    by_quantity: dict[tuple[str, int], list[_Holder]] = {}
    for holder in _holders(facts):
        by_quantity.setdefault((quantity(holder.name), holder.year), []).append(holder)
    for holders in by_quantity.values():
        counts = Counter(holder.amount for holder in holders)
        if len(counts) < 2:
            continue
        rarest = min(holders, key=lambda holder: counts[holder.amount])
        said = listed(
            f"{format_points(amount)} ({', '.join(one.place for one in holders if one.amount == amount)})"
            for amount in counts
        )
        what = f"“{rarest.name}” có số liệu khác nhau: {said}"
        yield _problem(rarest.group, rarest.row, rarest.year, what)


def _holders(facts: StageFacts) -> Iterator[_Holder]:
    for group in facts.groups:
        for row in group.rows:
            for year in facts.years:
                figure = row.figures.get(year.year)
                if figure is None:
                    continue
                for role, name, amount in (
                    ("", row.name, figure.value),
                    (", tử số", row.numerator_name, figure.numerator),
                    (", mẫu số", row.denominator_name, figure.denominator),
                ):
                    if name and amount is not None:
                        yield _Holder(group, row, year.year, name, role, amount)


def _unmarked(facts: StageFacts, issued_on: date | None) -> Iterator[Problem]:
    """A year that was not over when its figures were entered, or when the report is issued."""
    for year in facts.years:
        end = date(year.year, 12, 31)
        known = [day for day in (year.entered_on, issued_on) if day is not None]
        if year.until is None and any(day <= end for day in known):
            group = next(group for group in facts.groups for row in group.rows if year.year in row.figures)
            yield Problem(
                f"Năm {year.year} chưa hết khi nhập số liệu hoặc ban hành báo cáo nhưng chưa ghi “tính đến ngày”.",
                Severity.WARNS,
                until_field(year.year),
                Where.STATISTICS,
                group.pk,
            )


def _problem(group: Group, row: Series, year: int, what: str) -> Problem:
    return Problem(
        f"{_label(group, row)} ({row.name}), năm {year}: {what}.",
        Severity.WARNS,
        cell_field((row.pk, year)),
        Where.STATISTICS,
        group.pk,
    )


def _label(group: Group, row: Series) -> str:
    return f"{group.code} {row.code}"
