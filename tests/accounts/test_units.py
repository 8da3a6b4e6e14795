from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accounts.models import Lineage, Membership, Role, Unit, User
from tests.factories import ProvinceFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_units_are_listed_in_vietnamese_order():
    names = [
        "phường 2", "phường 10", "xã An Phú", "xã Ân Thi", "xã Ba Vì", "xã Dân Tiến", "xã Đồng Lâm", "xã Ế Ninh",
        "xã Lùng", "xã Lũng", "xã Lúng", "xã Ô Loan", "xã Ơ Đu", "xã Ứng Hòa", "xã Yên Bình",
    ]  # fmt: skip
    for name in reversed(names):
        UnitFactory(short_name=name)
    assert [unit.short_name for unit in Unit.objects.all()] == names


@pytest.mark.parametrize("text", ["đồng lâm", "DONG LAM", "lam dong", "Ủy ban  ĐỒNG", "dl-01"])
def test_search_folds_case_and_accents(text):
    found = UnitFactory(code="DL-01", short_name="xã Đồng Lâm", name="Ủy ban nhân dân xã Đồng Lâm")
    UnitFactory(short_name="xã Ế Ninh", name="Ủy ban nhân dân xã Ế Ninh")
    assert list(Unit.objects.search(text)) == [found]


def test_search_column_follows_a_partial_update():
    unit = UnitFactory(short_name="xã Cũ", name="Ủy ban nhân dân xã Cũ")
    unit.name = "Ủy ban nhân dân xã Mới"
    unit.save(update_fields=["name"])
    assert Unit.objects.search("moi").exists()
    user = UserFactory(full_name="Lê An")
    user.username = "le-an"
    user.save(update_fields=["username"])
    assert User.objects.get(search="le-an le an") == user


def test_search_column_stays_where_no_name_was_updated():
    unit = UnitFactory(short_name="xã Cũ", name="Ủy ban nhân dân xã Cũ")
    renamed = Unit.objects.get(pk=unit.pk)
    renamed.short_name = "xã Mới"
    renamed.save()
    unit.active_until = date(2025, 6, 30)
    unit.save(update_fields=["active_until"])
    assert Unit.objects.search("moi").exists()


def test_people_are_listed_by_given_name():
    for name in ["Trần Văn Yên", "Lê Thị Đào", "Nguyễn An", "Phạm Văn Dũng", "Bùi Thị Ánh"]:
        UserFactory(full_name=name)
    assert [user.full_name for user in User.objects.all()] == [
        "Nguyễn An", "Bùi Thị Ánh", "Phạm Văn Dũng", "Lê Thị Đào", "Trần Văn Yên",
    ]  # fmt: skip


def test_active_on_a_day():
    old = UnitFactory(active_until=date(2025, 6, 30))
    new = UnitFactory(active_from=date(2025, 7, 1))
    assert list(Unit.objects.active(date(2025, 6, 30))) == [old]
    assert list(Unit.objects.active(date(2025, 7, 1))) == [new]


@pytest.mark.parametrize("level", Unit.Level.values)
def test_a_host_and_its_parts_appraise_for_it_and_nobody_else(level):
    host = ProvinceFactory(parent=ProvinceFactory())
    unit, elsewhere = (
        UnitFactory(level=level, parent=host),
        UnitFactory(level=level, parent=ProvinceFactory()),
    )
    below, alone = UnitFactory(level=level, parent=unit), UnitFactory(level=level)
    offices = set(Unit.objects.offices_of(host.pk))
    assert offices == ({host, unit} if level in {"department", "office"} else {host})
    everybody = (host, host.parent, unit, elsewhere, below, alone)
    assert {one for one in everybody if host.pk in one.appraised_hosts} == offices


def test_a_unit_is_never_above_itself():
    top = ProvinceFactory()
    middle = UnitFactory(parent=top)
    low = UnitFactory(parent=middle)
    for parent in (top, middle, low):
        top.parent = parent
        with pytest.raises(ValidationError):
            top.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.filter(pk=top.pk).update(parent=top)


@pytest.mark.parametrize(
    "make",
    [
        lambda user, unit: Membership(user=user, role=Role.OFFICER),
        lambda user, unit: Membership(user=user, role=Role.ADMINISTRATOR, unit=unit),
        lambda user, unit: Membership(user=user, role=Role.LEADER, unit=unit),
        lambda user, unit: Unit(
            code="x", level="commune", active_from=date(2025, 7, 1), active_until=date(2025, 6, 30)
        ),
        lambda user, unit: Lineage(
            successor=unit, predecessor=unit, kind=Lineage.Kind.SPLIT, on=date(2025, 7, 1)
        ),
    ],
)
def test_the_database_refuses(make):
    unit = UnitFactory()
    user = UserFactory(held_roles=[(Role.LEADER, unit)])
    with pytest.raises(IntegrityError), transaction.atomic():
        make(user, unit).save()


def test_a_unit_with_people_stays():
    unit = UnitFactory()
    UserFactory(held_roles=[(Role.OFFICER, unit)])
    with pytest.raises(ProtectedError):
        unit.delete()
