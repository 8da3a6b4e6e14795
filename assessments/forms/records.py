"""A recorded result as it is typed: its head, and its rows as one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict

from accounts.models import Role, Unit, User
from accounts.queries import unit_ids_below
from assessments.models import RecordedResult
from assessments.outcome import Decision, OutcomeRow
from assessments.pasted import PasteError, read_pasted
from assessments.recorded import COLUMNS, Record, check_rows, typed_row

# Django counts every input of a request; the head of the page needs some of them.
MAX_ROWS = (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS - 50) // len(COLUMNS)
SPARE_ROWS = 5
LONG = frozenset({"name", "lost_at", "reason", "note"})
FIGURES = frozenset({"max", "self", "council", "rank"})


class RecordForm(forms.ModelForm):
    """The head. What it validates is handed to the action; the form itself never saves."""

    decision_date = forms.DateField(
        label="Ngày ban hành",
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    rank = forms.IntegerField(label="Xếp hạng được công bố", required=False, min_value=1, max_value=9999)
    group_size = forms.IntegerField(label="Số đơn vị trong nhóm", required=False, min_value=1, max_value=9999)

    class Meta:
        model = RecordedResult
        fields = [
            "unit",
            "host",
            "year",
            "group_name",
            "max_total",
            "declared_self_total",
            "declared_total",
            "rank",
            "group_size",
            "grade",
            "decision_kind",
            "decision_number",
            "decision_date",
            "decision_issuer",
            "note",
        ]
        help_texts = {
            "group_name": "Ví dụ: xã, thị trấn; huyện, thị xã, thành phố.",
            "declared_self_total": "Ghi đúng như văn bản in, kể cả khi khác tổng các lĩnh vực.",
            "declared_total": "Ghi đúng như văn bản in, kể cả khi khác tổng các lĩnh vực.",
            "host": "Cơ quan đã đánh giá, công bố kết quả này; có thể là cơ quan khác.",
        }
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        coordinated = user.units_as(Role.COORDINATOR)
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=unit_ids_below(coordinated))
        if not self.instance.pk:
            self.fields["host"].initial = min(coordinated, default=None)

    def clean_year(self) -> int:
        year = self.cleaned_data["year"]
        if not 2000 <= year <= 2999:
            raise forms.ValidationError("Hãy ghi đủ bốn chữ số của năm đánh giá, ví dụ 2023.")
        return year

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("decision_number") and (
            cleaned.get("decision_date") or cleaned.get("decision_issuer")
        ):
            self.add_error("decision_number", "Hãy ghi số, ký hiệu của văn bản công bố.")
        return cleaned

    def record(self, areas: tuple[OutcomeRow, ...]) -> Record:
        """The value of a valid form together with the rows."""
        data = self.cleaned_data
        decision = Decision(
            data["decision_number"], data["decision_date"], data["decision_issuer"], data["decision_kind"]
        )
        return Record(
            year=data["year"],
            areas=areas,
            max_total=data["max_total"],
            self_total=data["declared_self_total"],
            total=data["declared_total"],
            rank=data["rank"],
            group_name=data["group_name"],
            group_size=data["group_size"],
            grade=data["grade"],
            decision=decision if decision.number else None,
            note=data["note"],
        )


@dataclass(frozen=True)
class Cell:
    column: str
    label: str
    value: str
    error: str

    @property
    def is_long(self) -> bool:
        return self.column in LONG

    @property
    def is_figure(self) -> bool:
        return self.column in FIGURES


class RowsTable:
    """The rows as typed, with their errors. `areas` is empty as long as a row is wrong."""

    columns = COLUMNS

    def __init__(
        self, typed: Iterable[Mapping[str, str]], *, spare: int = 0, problems: Iterable[str] = ()
    ) -> None:
        checked, self.areas = check_rows(typed)
        self.problems = list(problems)
        self.lines = [
            [
                Cell(column, label, row.cells[column], row.errors.get(column, ""))
                for column, label in COLUMNS.items()
            ]
            for row in checked
        ]
        self.errors = [
            f"Dòng {number}, {cell.label}: {cell.error}"
            for number, line in enumerate(self.lines, start=1)
            for cell in line
            if cell.error
        ]
        blank = [Cell(column, label, "", "") for column, label in COLUMNS.items()]
        room = max(0, MAX_ROWS - len(self.lines))
        self.lines += [blank] * min(room, spare if self.lines else spare + SPARE_ROWS)

    @property
    def is_valid(self) -> bool:
        return not self.errors and not self.problems

    @classmethod
    def of(cls, rows: Iterable[OutcomeRow]) -> RowsTable:
        return cls([typed_row(row).cells for row in rows])

    @classmethod
    def posted(cls, data: QueryDict, *, spare: int = 0) -> RowsTable:
        """The table of a page: every column is a list with one value per row."""
        columns = [data.getlist(f"row-{column}") for column in COLUMNS]
        if len({len(values) for values in columns}) != 1:
            return cls([], problems=["Bảng gửi lên thiếu cột; hãy tải lại trang."])
        rows = [dict(zip(COLUMNS, values, strict=True)) for values in zip(*columns, strict=True)]
        return cls(rows, spare=spare)

    @classmethod
    def pasted(cls, text: str) -> RowsTable:
        """PasteError where the text is no table; mistakes inside cells are shown in the table."""
        return cls(read_pasted(text, most=MAX_ROWS))


__all__ = ["PasteError", "RecordForm", "RowsTable"]
