"""Points in the database: exact on every engine, because they are stored as whole ten-thousandths."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import FieldError, ValidationError
from django.core.validators import DecimalValidator
from django.db import models
from django.db.models import Avg, StdDev, Variance
from django.db.models.expressions import Combinable, register_combinable_fields
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    LessThan,
    LessThanOrEqual,
    Range,
)

from criteria.points import NumberError, decimal_places, format_points, read_amount, read_points
from criteria.tally import NodeTally

PLACES = 4
MAX_DIGITS = 12
_SCALE = Decimal(10) ** PLACES
_NOT_IN_POINTS = (Avg, StdDev, Variance)
_LARGEST = 14  # digits before the decimal mark that a bigint of ten-thousandths has room for
_LOOKUPS = frozenset({"exact", "lt", "lte", "gt", "gte", "in", "range", "isnull"})


class NumberFormField(forms.Field):
    """A number as people type it, read exactly by `read` and shown back the Vietnamese way."""

    widget = forms.TextInput
    read: Callable[[str], Decimal]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        return format_points(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        try:
            return type(self).read(value)
        except NumberError as error:
            raise ValidationError(str(error), code="invalid") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class PointsFormField(NumberFormField):
    """ "9,231" and "9.231" are the same points."""

    read = staticmethod(read_points)


class AmountFormField(NumberFormField):
    """Declared amounts and counts: "12.429" is twelve thousand, "12,5" twelve and a half."""

    read = staticmethod(read_amount)


class PointsField(models.Field):
    """A Decimal with at most four places. SQL may add, subtract, sum, rank and compare it, nothing else.

    It is not an integer field on purpose: F() arithmetic and Avg would silently see ten-thousandths.
    """

    description = "Points, exact to a ten-thousandth"
    empty_strings_allowed = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.validators = [*self.validators, DecimalValidator(MAX_DIGITS, PLACES)]

    def db_type(self, connection: Any) -> str:
        return "bigint"

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        if isinstance(value, bool | float):
            raise ValidationError("Điểm phải là số thập phân chính xác.", code="invalid")
        if isinstance(value, int):
            return Decimal(value)
        try:
            return Decimal(str(value))
        except ArithmeticError as error:
            raise ValidationError("Điểm không hợp lệ.", code="invalid") from error

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None or hasattr(value, "resolve_expression"):
            return value
        if isinstance(value, float):
            raise TypeError(f"{self.name or 'points'}: a float is not exact; pass a Decimal.")
        points = self.to_python(value)
        assert points is not None
        # Looked at digit by digit: a product would be rounded to the 28 digits of Decimal's context.
        if not points.is_finite() or points.adjusted() >= _LARGEST or decimal_places(points) > PLACES:
            raise ValueError(
                f"{self.name or 'points'}: {value} is no number of at most {PLACES} decimal places."
            )
        return int(points.scaleb(PLACES))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        if value is None:
            return None
        if isinstance(value, Decimal) and value == int(value):
            value = int(value)  # PostgreSQL's SUM over bigint is numeric
        if not isinstance(value, int) or isinstance(expression, _NOT_IN_POINTS):
            raise TypeError(f"{expression}: not in points.")
        return Decimal(value) / _SCALE  # exact, and without trailing zeros

    def get_lookup(self, lookup_name: str) -> Any:
        # The others (contains, startswith, regex…) would search the digits of the scaled integer.
        return super().get_lookup(lookup_name) if lookup_name in _LOOKUPS else None

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        if hasattr(value, "resolve_expression"):
            _require_points(value)
        return "%s"

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else format(value, "f")

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": PointsFormField, **kwargs})


def _require_points(expression: Any) -> None:
    output = getattr(expression, "output_field", None)
    if not isinstance(output, PointsField):
        raise FieldError(f"{expression} is not in points; write Value(d, PointsField()) for a constant.")


for _operator in (Combinable.ADD, Combinable.SUB):
    register_combinable_fields(PointsField, _operator, PointsField, PointsField)


def _in_points(lookup: type[models.Lookup]) -> type[models.Lookup]:
    class PointsLookup(lookup):  # type: ignore[valid-type, misc]
        def process_rhs(self, compiler: Any, connection: Any) -> Any:
            # Here and not earlier: what a subquery compares with outside of it is known by now.
            several = isinstance(self.rhs, list | tuple | set | frozenset)
            for value in self.rhs if several else [self.rhs]:
                if hasattr(value, "resolve_expression"):
                    _require_points(value)
            return super().process_rhs(compiler, connection)

    PointsLookup.__name__ = f"Points{lookup.__name__}"
    return PointsLookup


for _lookup in (Exact, LessThan, LessThanOrEqual, GreaterThan, GreaterThanOrEqual, In, Range):
    PointsField.register_lookup(_in_points(_lookup))


class NodesField(models.JSONField):
    """What criteria come to, by code; points and maxima as a PointsField stores them."""

    _points = PointsField()

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> dict[str, NodeTally]:
        read = self._points.from_db_value
        return {
            code: NodeTally(read(points, expression, connection), read(most, expression, connection), *leaves)
            for code, (points, most, *leaves) in super().from_db_value(value, expression, connection).items()
        }

    def get_prep_value(self, value: Any) -> Any:
        stored = self._points.get_prep_value
        return {
            code: [stored(points), stored(most), *leaves] for code, (points, most, *leaves) in value.items()
        }


class DeclarationField(models.TextField):
    """JSON that keeps the order of its keys, which PostgreSQL's own type does not: answers stay in order."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj))
