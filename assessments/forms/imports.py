"""What the preview of a workbook showed, signed so that only that can be confirmed."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from accounts.models import User
from assessments.entry_files.uploads import SignedForm
from assessments.models import Cohort
from assessments.queries.entry.preview import EnteredResult, EnteredTarget, EntryPreview
from assessments.queries.targets import TargetChange
from criteria.points import canonical


class ConfirmForm(SignedForm):
    """For one user and one cohort."""

    def __init__(self, data: Any = None, *, cohort: Cohort, user: User) -> None:
        super().__init__(data, salt=_salt(cohort, user))
        self.results: list[EnteredResult] = []
        self.targets: list[EnteredTarget] = []

    def clean_signed(self) -> str:
        signed = super().clean_signed()
        said = self.said
        self.results = [EnteredResult(**row | {"points": _decimal(row["points"])}) for row in said["results"]]
        self.targets = [
            EnteredTarget(
                TargetChange(**row | {"value": _decimal(row["value"]), "seen": _decimal(row["seen"])}), place
            )
            for row, place in said["targets"]
        ]
        return signed


def confirmation(preview: EntryPreview, *, cohort: Cohort, user: User) -> SignedForm:
    """The form that stores exactly what this preview shows."""
    said = {
        "results": [_spelled(asdict(result)) for result in preview.results],
        "targets": [(_spelled(asdict(entry.change)), entry.place) for entry in preview.targets],
    }
    return SignedForm.of(said, _salt(cohort, user))


def _salt(cohort: Cohort, user: User) -> str:
    return f"assessments.entry.{cohort.pk}.{cohort.criteria_set_id}.{user.pk}"


def _spelled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: canonical(value) if isinstance(value, Decimal) else value for name, value in row.items()}


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
