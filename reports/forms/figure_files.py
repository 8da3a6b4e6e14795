"""What the preview of a workbook of statistics showed, signed so that only that can be confirmed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from accounts.models import Unit, User
from assessments.entry_files.uploads import SignedForm
from criteria.points import canonical
from reports.figures import NO_DATA, Entry, Figure
from reports.queries.figure_preview import FiguresPreview


class ConfirmForm(SignedForm):
    """For one user and one unit."""

    def __init__(self, data: Any = None, *, unit: Unit, user: User) -> None:
        super().__init__(data, salt=_salt(unit, user))
        self.entries: list[Entry] = []

    def clean_signed(self) -> str:
        signed = super().clean_signed()
        self.entries = [
            Entry(indicator, year, _figure(said), seen) for indicator, year, said, seen in self.said
        ]
        return signed


def confirmation(preview: FiguresPreview, *, unit: Unit, user: User) -> SignedForm:
    """The form that stores exactly what this preview shows."""
    said = [
        (entry.indicator_id, entry.year, _spelled(entry.figure or NO_DATA), entry.seen)
        for entry in preview.entries
    ]
    return SignedForm.of(said, _salt(unit, user))


def _salt(unit: Unit, user: User) -> str:
    return f"reports.figures.{unit.pk}.{user.pk}"


def _spelled(figure: Figure) -> list[str | None]:
    amounts = (figure.value, figure.numerator, figure.denominator)
    return [*(None if amount is None else canonical(amount) for amount in amounts), figure.text]


def _figure(said: list[str | None]) -> Figure:
    value, numerator, denominator, text = said
    return Figure(_amount(value), _amount(numerator), _amount(denominator), text or "")


def _amount(said: str | None) -> Decimal | None:
    return None if said is None else Decimal(said)
