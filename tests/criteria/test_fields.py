"""PointsField: what SQL may do with points is exact on both databases, and the rest is refused, not wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from django import forms
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import (
    Avg,
    Case,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    StdDev,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, Rank
from django.test.utils import isolate_apps

from assessments.models import LayerTotal, Score
from criteria.actions import load_set
from criteria.fields import PointsField, PointsFormField
from criteria.models import Criterion
from criteria.schema import read_set
from criteria.tally import NodeTally
from tests.criteria.small_set import SMALL
from tests.worlds import make_world

D = Decimal


def points(text: str) -> Value:
    return Value(D(text), output_field=PointsField())


with isolate_apps("criteria"):

    class Reading(models.Model):
        """Points in every position that a column can take."""

        name = models.CharField(max_length=20, unique=True)
        group = models.CharField(max_length=5, default="a")
        number = models.IntegerField(default=3)
        amount = models.DecimalField(max_digits=8, decimal_places=2, default=D("1.5"))
        got = PointsField(null=True, blank=True)
        most = PointsField(db_default=D("2.5"))
        lost = models.GeneratedField(
            expression=F("most") - F("got"), output_field=PointsField(), db_persist=True
        )

        class Meta:
            app_label = "criteria"
            constraints = [
                models.CheckConstraint(
                    name="reading_within_most",
                    condition=Q(got=None) | Q(got__lte=F("most")),
                    violation_error_message="Điểm vượt điểm tối đa.",
                ),
                models.CheckConstraint(name="reading_at_most_100", condition=Q(most__lte=D(100))),
            ]

        def __str__(self) -> str:
            return self.name


@pytest.fixture(scope="module")
def reading_table(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Outside any transaction: SQLite can't change its schema in one."""
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Reading)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Reading)


@pytest.fixture
def readings(reading_table: None, db: None) -> models.QuerySet[Reading]:
    Reading.objects.bulk_create(
        [
            Reading(name="one", group="a", got=D("0.1"), most=D("0.3")),
            Reading(name="two", group="a", got=D("0.2"), most=D("7.938")),
            Reading(name="three", group="b", got=D("2.0001"), most=D("100")),
            Reading(name="none", group="b", got=None, most=D("4")),
        ]
    )
    return Reading.objects.order_by("name")


def names(found: models.QuerySet[Reading]) -> set[str]:
    return {reading.name for reading in found}


class TestWorks:
    @pytest.mark.parametrize("text", ["0", "7.938", "0.0001", "100", "99999999.9999", "1E+2"])
    def test_a_value_comes_back_as_it_went(self, db: None, text: str) -> None:
        criterion = load_set(read_set(SMALL)).criteria.get(code="1.1")
        Criterion.objects.filter(pk=criterion.pk).update(max_points=D(text))
        criterion.refresh_from_db()

        assert criterion.max_points == D(text)
        assert str(criterion.max_points) == f"{D(text):f}"

    def test_it_is_stored_as_whole_ten_thousandths(self, readings: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT got FROM {Reading._meta.db_table} WHERE name = 'three'")
            assert cursor.fetchone() == (20001,)

    def test_sums_are_exact(self, readings: Any) -> None:
        Reading.objects.bulk_create(
            [Reading(name=f"n{n}", group="s", got=D("0.10"), most=D(1)) for n in range(1000)]
        )

        assert Reading.objects.filter(group="s").aggregate(s=Sum("got"))["s"] == 100

    def test_aggregates(self, readings: Any) -> None:
        got = readings.aggregate(
            total=Sum("got"),
            of_a=Sum("got", filter=Q(group="a")),
            of_none=Sum("got", filter=Q(group="zzz")),
            some=Coalesce(Sum("got", filter=Q(group="zzz")), points("1.5")),
            largest=Max("got"),
            least=Min("got"),
            left=Sum("most") - Sum("got"),
            each=Sum(F("most") - F("got")),
        )

        assert got == {
            "total": D("2.3001"),
            "of_a": D("0.3"),
            "of_none": None,
            "some": D("1.5"),
            "largest": D("2.0001"),
            "least": D("0.1"),
            "left": D("109.9379"),
            "each": D("105.9379"),
        }

    def test_grouping_and_having(self, readings: Any) -> None:
        sums = Reading.objects.values("group").annotate(s=Sum("got")).filter(s__gt=D("0.3")).order_by("group")

        assert list(sums) == [{"group": "b", "s": D("2.0001")}]

    def test_fields_add_and_subtract(self, readings: Any) -> None:
        row = readings.annotate(
            both=F("got") + F("most"), left=F("most") - F("got"), more=F("got") + points("0.05")
        ).get(name="two")

        assert (row.both, row.left, row.more) == (D("8.138"), D("7.738"), D("0.25"))

    def test_windows_rank_and_sum(self, readings: Any) -> None:
        Reading.objects.create(name="tie", got=D("0.2"), most=D(1))
        ranked = Reading.objects.exclude(got=None).annotate(
            place=Window(Rank(), order_by=F("got").desc()),
            running=Window(Sum("got"), partition_by="group"),
        )

        assert {row.name: row.place for row in ranked.order_by("name")} == {
            "three": 1,
            "two": 2,
            "tie": 2,
            "one": 4,
        }
        assert {row.group: row.running for row in ranked.order_by("name")} == {
            "a": D("0.5"),
            "b": D("2.0001"),
        }

    def test_case_and_coalesce(self, readings: Any) -> None:
        shown = readings.annotate(
            shown=Case(When(got=None, then=points("9.25")), default=F("got")),
            known=Coalesce("got", points("0")),
        )

        assert [(row.shown, row.known) for row in shown] == [
            (D("9.25"), D("0")),
            (D("0.1"), D("0.1")),
            (D("2.0001"), D("2.0001")),
            (D("0.2"), D("0.2")),
        ]

    def test_subqueries(self, readings: Any) -> None:
        best = (
            Reading.objects.filter(group=OuterRef("group")).exclude(got=None).order_by("-got").values("got")
        )
        row = readings.annotate(best=Subquery(best[:1])).get(name="one")

        assert row.best == D("0.2")
        assert names(readings.filter(got=Subquery(best[:1]))) == {"two", "three"}
        assert names(readings.filter(got__in=Reading.objects.filter(group="b").values("got"))) == {"three"}
        assert readings.filter(Exists(Reading.objects.filter(got__gt=OuterRef("got")))).count() == 2

    def test_union_keeps_points(self, readings: Any) -> None:
        one = Reading.objects.filter(name="one").values_list("got", flat=True)
        three = Reading.objects.filter(name="three").values_list("most", flat=True)

        assert sorted(one.union(three)) == [D("0.1"), D("100")]

    def test_ordering_is_by_number(self, readings: Any) -> None:
        by_most = Reading.objects.order_by("-most").values_list("most", flat=True)

        assert list(by_most) == [D("100"), D("7.938"), D("4"), D("0.3")]

    @pytest.mark.parametrize(
        ("condition", "found"),
        [
            (Q(got=D("0.1")), {"one"}),
            (Q(got="0.2"), {"two"}),
            (Q(got__lt=D("0.2")), {"one"}),
            (Q(got__lte=D("0.2")), {"one", "two"}),
            (Q(got__gt=D("0.2")), {"three"}),
            (Q(most__gte=4), {"two", "three", "none"}),
            (Q(got__in=[D("0.1"), D("2.0001")]), {"one", "three"}),
            (Q(got__range=(D("0.15"), D("3"))), {"two", "three"}),
            (Q(got__isnull=True), {"none"}),
            (Q(got=None), {"none"}),
            (Q(got__lt=F("most")), {"one", "two", "three"}),
            (Q(most__gt=F("got") + F("got") + points("3")), {"two", "three"}),
            (Q(most__in=[F("got"), points("4")]), {"none"}),
            (Q(got__range=(points("0.15"), F("most"))), {"two", "three"}),
        ],
    )
    def test_comparisons(self, readings: Any, condition: Q, found: set[str]) -> None:
        assert names(readings.filter(condition)) == found

    def test_updates(self, readings: Any) -> None:
        Reading.objects.filter(name="three").update(got=D("3.75"))
        Reading.objects.filter(name="one").update(got=F("got") + points("0.05"))
        Reading.objects.filter(name="two").update(got=F("most") - F("got"))
        Reading.objects.filter(name="none").update(got=5 - 4)

        assert dict(readings.values_list("name", "got")) == {
            "three": D("3.75"),
            "one": D("0.15"),
            "two": D("7.738"),
            "none": D(1),
        }

    def test_bulk_update(self, readings: Any) -> None:
        rows = list(readings.exclude(got=None))
        for row in rows:
            row.got = D("0.0123")
        rows[0].got = F("got") - points("0.01")
        Reading.objects.bulk_update(rows, ["got"])

        assert [row.got for row in readings.exclude(got=None)] == [D("0.09"), D("0.0123"), D("0.0123")]

    def test_upsert(self, readings: Any) -> None:
        Reading.objects.bulk_create(
            [Reading(name="one", got=D("0.25"), most=D("6")), Reading(name="new", got=D("1"), most=D("6"))],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["got", "most"],
        )

        assert dict(readings.filter(most=D(6)).values_list("name", "got")) == {"one": D("0.25"), "new": D(1)}

    def test_check_constraints_hold_in_the_database(self, readings: Any) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Reading.objects.create(name="x", got=D("1.0001"), most=D(1))
        with pytest.raises(IntegrityError), transaction.atomic():
            Reading.objects.filter(name="three").update(most=D("100.0001"))

    def test_check_constraints_say_so_before_the_database_does(self, readings: Any) -> None:
        with pytest.raises(ValidationError, match="Điểm vượt điểm tối đa"):
            Reading(name="x", got=D("1.0001"), most=D(1)).validate_constraints()
        Reading(name="x", got=D("1"), most=D(1)).validate_constraints()

    def test_generated_columns(self, readings: Any) -> None:
        assert dict(readings.values_list("name", "lost")) == {
            "one": D("0.2"),
            "two": D("7.738"),
            "three": D("97.9999"),
            "none": None,
        }
        assert names(readings.filter(lost__gt=D("7.7"))) == {"two", "three"}
        assert readings.aggregate(s=Sum("lost"))["s"] == D("105.9379")

    def test_database_defaults(self, readings: Any) -> None:
        row = Reading.objects.create(name="x")
        row.refresh_from_db()

        assert row.most == D("2.5")

    def test_dump_and_load(self, readings: Any) -> None:
        dumped = serializers.serialize("json", readings)
        fields = {entry["fields"]["name"]: entry["fields"] for entry in json.loads(dumped)}

        assert fields["three"]["got"] == "2.0001"
        assert fields["none"]["got"] in (None, "")
        assert Reading._meta.get_field("got").to_python("2.0001") == D("2.0001")


class TestRefused:
    @pytest.mark.parametrize(
        "value",
        [
            D("0.00001"),
            D("1.00000000000000000000000000000000001"),
            "1.23456",
            D("NaN"),
            D("Infinity"),
            D("1E+14"),
            D("1E+999999"),
        ],
    )
    def test_what_a_ten_thousandth_cannot_hold(self, readings: Any, value: Any) -> None:
        with pytest.raises(ValueError, match="decimal places"):
            Reading.objects.filter(name="one").update(got=value)
        with pytest.raises(ValueError, match="decimal places"):
            list(Reading.objects.filter(got__gt=value))

    @pytest.mark.parametrize("value", [1.5, float("nan")])
    def test_floats(self, readings: Any, value: float) -> None:
        with pytest.raises(TypeError, match="not exact"):
            Reading.objects.create(name="x", got=value)
        with pytest.raises(TypeError, match="not exact"):
            list(Reading.objects.filter(got=value))
        with pytest.raises(TypeError, match="not exact"):
            list(Reading.objects.annotate(x=Value(value, output_field=PointsField())))

    @pytest.mark.parametrize(
        "expression",
        [
            lambda: F("got") * 2,
            lambda: 2 * F("got"),
            lambda: -F("got"),
            lambda: F("got") / 2,
            lambda: F("got") % 2,
            lambda: F("got") ** 2,
            lambda: F("got") * F("most"),
            lambda: F("got") + 1,
            lambda: F("got") - D("0.5"),
            lambda: F("got") + F("number"),
            lambda: F("got") - F("amount"),
            lambda: Sum("got") / 2,
            lambda: Coalesce(F("got"), Value(0)),
            lambda: Coalesce(F("got"), Value(D("0.5"))),
            lambda: Case(When(name="one", then=F("got")), default=Value(0)),
            lambda: Case(When(name="one", then=F("got")), default=F("number")),
        ],
    )
    def test_other_arithmetic(self, readings: Any, expression: Any) -> None:
        with pytest.raises(FieldError):
            list(Reading.objects.annotate(x=expression()))

    @pytest.mark.parametrize("aggregate", [Avg, StdDev])
    @pytest.mark.parametrize("whole", [True, False])
    def test_averages_even_when_they_come_out_whole(self, readings: Any, aggregate: Any, whole: bool) -> None:
        Reading.objects.all().delete()
        for name, got in [("x", "2"), ("y", "2" if whole else "2.0001")]:
            Reading.objects.create(name=name, got=D(got), most=D(9))

        with pytest.raises(TypeError, match="not in points"):
            Reading.objects.aggregate(x=aggregate("got"))

    @pytest.mark.parametrize(
        "expression",
        [
            lambda: Value(5),
            lambda: Value(D("0.5")),
            lambda: F("number"),
            lambda: F("amount"),
            lambda: F("number") + 1,
            lambda: F("got") * 2,
            lambda: Subquery(Reading.objects.order_by("name").values("number")[:1]),
            lambda: Case(When(name="one", then=Value(1)), default=Value(2)),
        ],
    )
    def test_updates_and_comparisons_with_what_is_no_points(self, readings: Any, expression: Any) -> None:
        with pytest.raises(FieldError):
            Reading.objects.filter(name="one").update(got=expression())
        for lookup in ("exact", "lt", "lte", "gt", "gte"):
            with pytest.raises(FieldError):
                list(readings.filter(**{f"got__{lookup}": expression()}))
        with pytest.raises(FieldError):
            list(readings.filter(got__in=[expression()]))
        with pytest.raises(FieldError):
            list(readings.filter(got__range=(expression(), D(5))))

    def test_a_query_of_something_else(self, readings: Any) -> None:
        with pytest.raises(FieldError):
            list(readings.filter(got__in=Reading.objects.values("number")))
        with pytest.raises(FieldError):
            list(readings.filter(got__in=Reading.objects.all()))

    @pytest.mark.parametrize("lookup", ["contains", "icontains", "startswith", "endswith", "regex", "iexact"])
    def test_searching_digits(self, readings: Any, lookup: str) -> None:
        with pytest.raises(FieldError, match="Unsupported lookup"):
            list(readings.filter(**{f"got__{lookup}": "1"}))

    @pytest.mark.parametrize("value", ["abc", True, 1.5, D("1.23456"), D("123456789"), D("NaN")])
    def test_validation(self, value: Any) -> None:
        with pytest.raises(ValidationError):
            PointsField().clean(value, None)

    def test_a_column_that_holds_no_whole_number(self) -> None:
        for value in (1.5, 2.0, D("1.5"), "1"):
            with pytest.raises(TypeError, match="not in points"):
                PointsField().from_db_value(value, None, connection)


def test_a_migration_knows_the_field_again() -> None:
    field = PointsField("điểm", null=True, db_default=D("2.5"))
    _, path, args, kwargs = field.deconstruct()

    assert path == "criteria.fields.PointsField"
    assert kwargs == {"verbose_name": "điểm", "null": True, "db_default": D("2.5")}
    assert field.clone().deconstruct()[1:] == (path, args, kwargs)


def test_the_autodetector_sees_no_change_where_there_is_none() -> None:
    def state(most: PointsField) -> ProjectState:
        found = ProjectState()
        found.add_model(
            ModelState("criteria", "Thing", [("id", models.BigAutoField(primary_key=True)), ("most", most)])
        )
        return found

    def changes(old: PointsField, new: PointsField) -> dict[str, Any]:
        return MigrationAutodetector(state(old), state(new))._detect_changes()

    assert changes(PointsField(), PointsField()) == {}
    assert changes(PointsField(), PointsField(null=True))
    assert changes(PointsField(), models.DecimalField(max_digits=8, decimal_places=4))


class ReadingForm(forms.ModelForm):
    class Meta:
        model = Reading
        fields = ["got"]


class TestForms:
    @pytest.mark.parametrize("typed", ["9,231", "9.231", " 9,2310 "])
    def test_both_marks_are_read_and_shown_back_one_way(self, typed: str) -> None:
        form = forms.Form()
        form.fields["got"] = PointsFormField()

        assert form.fields["got"].clean(typed.strip()) == D("9.231")
        assert 'value="9,231"' in str(ReadingForm(initial={"got": D("9.2310")})["got"])
        assert not PointsFormField().has_changed(D("9.231"), typed.strip())

    @pytest.mark.parametrize("typed", ["9,23111", "123456789", "1.234,5", "abc", "-1", "1e3"])
    def test_wrong_points_are_told_and_kept_on_the_form(self, typed: str) -> None:
        form = ReadingForm({"got": typed})

        assert "got" in form.errors
        assert f'value="{typed}"' in str(form["got"])

    def test_empty_is_none(self) -> None:
        form = ReadingForm({"got": ""})

        assert form.is_valid()
        assert form.cleaned_data["got"] is None


@pytest.mark.django_db
class TestExistingModels:
    def test_history_keeps_points(self) -> None:
        criterion = load_set(read_set(SMALL)).criteria.get(code="1.1")
        criterion.guide = "Mới"
        criterion.save()

        assert criterion.history.get().max_points == D("2.5")
        assert criterion.history.get().instance.max_points == D("2.5")

    def test_dumpdata_and_loaddata(self, tmp_path: Any) -> None:
        criteria_set = load_set(read_set(SMALL))
        file = tmp_path / "sets.json"
        call_command("dumpdata", "criteria", output=str(file), verbosity=0)
        criteria_set.delete()
        call_command("loaddata", str(file), verbosity=0)

        assert Criterion.objects.get(code="1.1").max_points == D("2.5")
        assert Criterion.objects.filter(role="base", parent=None).aggregate(s=Sum("max_points"))["s"] == D(10)

    def test_scores_and_stored_totals(self) -> None:
        world = make_world()
        common = {"updated_at": world.now, "updated_by": world.user}
        Score.objects.create(
            assessment=world.assessment,
            criterion_id=world.criterion,
            layer="self",
            points=D("5.25"),
            max_points=D(6),
            **common,
        )
        total = LayerTotal.objects.get(assessment=world.assessment, layer="self")

        assert Score.objects.aggregate(lost=Sum(F("max_points") - F("points")))["lost"] == D("0.75")
        assert LayerTotal.objects.filter(total__gte=0, pk=total.pk).exists()
        with pytest.raises(IntegrityError), transaction.atomic():
            Score.objects.update(points=F("max_points") + points("0.0001"))
        with pytest.raises(FieldError):
            LayerTotal.objects.filter(total__gt=F("answered")).exists()


@pytest.mark.django_db
class TestNodes:
    """Totals of criteria by code, in the one row of their sheet's layer."""

    KEPT: ClassVar = {
        "1": NodeTally(D("9.231"), D("14.5"), 3, 4),
        "10": NodeTally(D("-0.0001"), D(0), 0, 1),
    }

    @pytest.fixture
    def total(self) -> LayerTotal:
        return LayerTotal.objects.get(assessment=make_world().assessment, layer="self")

    def test_they_come_back_as_they_were_stored_in_ten_thousandths(self, total: LayerTotal) -> None:
        total.nodes = self.KEPT
        total.save()
        with connection.cursor() as cursor:
            cursor.execute("SELECT nodes FROM assessments_layertotal WHERE id = %s", [total.pk])
            [stored] = cursor.fetchone()
        assert json.loads(stored) == {"1": [92310, 145000, 3, 4], "10": [-1, 0, 0, 1]}
        read = LayerTotal.objects.get(pk=total.pk).nodes
        assert read == self.KEPT
        assert (read["1"].lost, str(read["1"].points)) == (D("5.269"), "9.231")

    @pytest.mark.parametrize(
        ("points", "refused"), [(9.231, TypeError), (D("9.23101"), ValueError), (D("NaN"), ValueError)]
    )
    def test_what_is_not_exact_is_refused(
        self, total: LayerTotal, points: Any, refused: type[Exception]
    ) -> None:
        total.nodes = {"1": NodeTally(points, D(10), 1, 1)}
        with pytest.raises(refused):
            total.save()
