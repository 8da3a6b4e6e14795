"""One leaf of a sheet as a form: what people type becomes declared data in canonical form."""

from __future__ import annotations

from typing import Any

from django import forms

from criteria import tree
from criteria.fields import AmountFormField, PointsFormField
from criteria.inputs import Input, InputKind, described, inputs
from criteria.points import canonical, format_points
from criteria.rules import Direct
from criteria.scoring import NOT_APPLICABLE, Refused

NOTE_LENGTH = 4000


def _form_field(field: Input) -> forms.Field:
    match field.kind:
        case InputKind.POINTS:
            return PointsFormField(label=field.label, required=False)
        case InputKind.CHOICE:
            choices = [(line.key, line.label) for line in field.lines]
            return forms.ChoiceField(label=field.label, required=False, choices=[("", ""), *choices])
        case InputKind.TICKS:
            choices = [(line.key, line.label) for line in field.lines]
            return forms.MultipleChoiceField(label=field.label, required=False, choices=choices)
        case _:
            return AmountFormField(label=field.label, required=False)


class LeafForm(forms.Form):
    """`declared()` gives the data of the rule, or None where nothing is filled in.

    A tick list left empty means "none of these" only when `answered` is posted with it: an untouched list is
    not an answer.
    """

    version = forms.IntegerField(required=False, min_value=0)
    overwrite = forms.IntegerField(required=False, min_value=0)
    not_applicable = forms.BooleanField(required=False, label="Không áp dụng")
    answered = forms.BooleanField(required=False, label="Không đạt yêu cầu nào")
    note = forms.CharField(required=False, max_length=NOTE_LENGTH, label="Ghi chú")
    evidence_note = forms.CharField(
        required=False, max_length=NOTE_LENGTH, label="Giải trình khi chưa có tài liệu"
    )

    def __init__(self, data: Any = None, *, criterion: tree.Criterion, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.criterion = criterion
        assert criterion.rule is not None
        self.inputs = inputs(criterion.rule)
        for field in self.inputs:
            self.fields[field.name] = _form_field(field)

    @property
    def seen(self) -> int:
        """The version the person decided on: the one on his page, or the one he chose to overwrite."""
        return self.cleaned_data.get("overwrite") or self.cleaned_data.get("version") or 0

    def declared(self) -> dict[str, Any] | None:
        """Canonical data of the rule from a valid form."""
        if self.cleaned_data["not_applicable"]:
            return {NOT_APPLICABLE: True}
        data: dict[str, Any] = {}
        for field in self.inputs:
            value = self.cleaned_data[field.name]
            if field.kind is InputKind.TICKS:
                if not value and not self.cleaned_data["answered"]:
                    continue
            elif value in (None, ""):
                continue
            else:
                value = value if isinstance(value, str) else canonical(value)
            place = data
            for step in field.path[:-1]:
                place = place.setdefault(step, {})
            place[field.path[-1]] = value
        return data or None

    @property
    def tried(self) -> str:
        """The basis a form of several buttons was sent with."""
        return str(self.cleaned_data.get("basis", ""))

    def in_words(self) -> str:
        """What a valid form says, for somebody who has to choose between it and another value."""
        remark = self.cleaned_data.get("reason") or self.cleaned_data["note"]
        return f"{self.said()} – {remark}" if remark else self.said()

    def said(self) -> str:
        data = self.declared()
        if not data:
            return "chưa chấm"
        if isinstance(self.criterion.rule, Direct) and "points" in data:
            return f"{format_points(self.cleaned_data['points'])} điểm"
        return described(self.criterion.rule, data)

    def refuse(self, refused: Refused) -> None:
        """Put the engine's refusal next to the field it speaks of; what is merely missing is asked for."""
        name = refused.key.replace("counts.", "counts-", 1)
        if name not in self.fields:
            self.add_error(None, sentence(refused.reason))
        elif self.cleaned_data[name] is None:
            self.add_error(name, "Hãy nhập số vào ô này.")
        else:
            self.add_error(name, sentence(refused.reason))


def sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:] + ("" if reason.endswith(".") else ".")
