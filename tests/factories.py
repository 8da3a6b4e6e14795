"""Test objects with sensible defaults; a test states only what it is about."""

import factory
from factory.django import DjangoModelFactory

from accounts.models import Role, Unit, User

PASSWORD = "mat-khau-de-thu-nghiem"


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = Unit

    code = factory.Sequence(lambda n: f"DV{n:04}")
    place = factory.Sequence(lambda n: f"Đồng Lâm {n}")
    short_name = factory.LazyAttribute(lambda unit: f"xã {unit.place}")
    name = factory.LazyAttribute(lambda unit: f"Ủy ban nhân dân {unit.short_name}")
    level = Unit.Level.COMMUNE


class ProvinceFactory(UnitFactory):
    place = factory.Sequence(lambda n: f"An Bình {n}")
    short_name = factory.LazyAttribute(lambda unit: f"tỉnh {unit.place}")
    level = Unit.Level.PROVINCE


class DepartmentFactory(UnitFactory):
    short_name = factory.Sequence(lambda n: f"Sở Nội vụ {n}")
    name = factory.LazyAttribute(lambda unit: unit.short_name)
    level = Unit.Level.DEPARTMENT


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"nguoi-dung-{n}")
    full_name = factory.Sequence(lambda n: f"Nguyễn Văn {n}")
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def held_roles(
        user: User, create: bool, extracted: list[tuple[str, Unit | None]] | None, **_: object
    ) -> None:
        """`held_roles=[(role, unit), …]` gives the user these memberships."""
        for role, unit in extracted or []:
            user.memberships.create(role=role, unit=unit)


def user_with(role: str, unit: Unit | None = None, **fields: object) -> User:
    """A user who holds one role; every role but the administrator's needs the unit it is held in."""
    if unit is None and role != Role.ADMINISTRATOR:
        unit = UnitFactory()
    return UserFactory(held_roles=[(role, unit)], **fields)
