import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts import actions
from accounts.models import Role, User
from accounts.one_time import ALPHABET, one_time_password
from tests.assessments.test_concurrency import while_holding
from tests.factories import UnitFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_one_time_passwords_are_long_readable_and_different():
    passwords = {one_time_password() for _ in range(200)}
    assert len(passwords) == 200
    assert all(len(p.replace("-", "")) == 12 and set(p) <= {*ALPHABET, "-"} for p in passwords)
    assert not set(ALPHABET) & set("01oilOI")


def test_each_action_leaves_who_did_what(administrator):
    user = UserFactory()
    actions.reset_password(user=user, by=administrator)
    actions.deactivate(user=user, by=administrator)
    password = actions.activate(user=user, by=administrator)
    actions.unlock(user=user, by=administrator)
    actions.change_password(user=user, password="dồi dào sông núi 27")
    rows = [(row.history_change_reason, row.history_user) for row in user.history.all()[:5]]
    assert rows == [
        ("Tự đổi mật khẩu", user),
        ("Mở khóa đăng nhập", administrator),
        ("Cho hoạt động lại", administrator),
        ("Ngừng hoạt động", administrator),
        ("Đặt lại mật khẩu", administrator),
    ]
    assert password not in str(list(user.history.values()))
    assert not any(field.name == "password" for field in user.history.model._meta.get_fields())


def test_nobody_gets_a_password_while_deactivated(administrator):
    user = UserFactory(is_active=False)
    with pytest.raises(ValidationError):
        actions.reset_password(user=user, by=administrator)
    with pytest.raises(ValidationError):
        actions.deactivate(user=user, by=administrator)


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.ADMINISTRATOR])
def test_nobody_but_an_administrator_acts_on_accounts(role):
    person = UserFactory(held_roles=[(role, UnitFactory())])
    user, gone = UserFactory(), UserFactory(is_active=False)
    for act in (
        lambda: actions.reset_password(user=user, by=person),
        lambda: actions.unlock(user=user, by=person),
        lambda: actions.activate(user=gone, by=person),
        lambda: actions.set_roles(user=user, roles=[(Role.ADMINISTRATOR, None)], by=person),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_an_administrator_always_remains(administrator):
    other = UserFactory(held_roles=[(Role.ADMINISTRATOR, None)])
    with pytest.raises(ValidationError):
        actions.deactivate(user=administrator, by=administrator)
    with pytest.raises(ValidationError):
        actions.set_roles(user=administrator, roles=[], by=administrator)
    actions.deactivate(user=other, by=administrator)
    # Somebody who has lost the role in the meantime, with the page still open.
    with pytest.raises(ValidationError):
        actions.deactivate(user=administrator, by=other)


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_remove_each_other_at_once_one_remains(transactional_db):
    first, second = (UserFactory(held_roles=[(Role.ADMINISTRATOR, None)]) for _ in range(2))
    late = while_holding(
        lambda: actions.deactivate(user=second, by=first),
        lambda: actions.deactivate(user=User.objects.get(pk=first.pk), by=second),
    )
    assert isinstance(late, ValidationError), late
    assert User.objects.get(is_active=True) == first


def test_unlocking_lets_nobody_in_who_was_deactivated_meanwhile(administrator):
    user = UserFactory()
    seen = User.objects.get(pk=user.pk)
    actions.deactivate(user=user, by=administrator)
    actions.unlock(user=seen, by=administrator)
    assert not User.objects.get(pk=user.pk).is_active


@pytest.mark.parametrize("act", [actions.reset_password, actions.deactivate])
def test_nobody_changes_a_password_that_was_taken_from_him_meanwhile(administrator, act):
    user = UserFactory()
    seen = User.objects.get(pk=user.pk)
    act(user=user, by=administrator)
    with pytest.raises(PermissionDenied):
        actions.change_password(user=seen, password="dồi dào sông núi 27")
    assert User.objects.get(pk=user.pk).password == user.password


def test_set_roles_changes_only_what_differs(administrator):
    here, there = UnitFactory(), UnitFactory()
    user = UserFactory(held_roles=[(Role.OFFICER, here), (Role.LEADER, here)])
    kept = user.memberships.get(role=Role.OFFICER)
    actions.set_roles(
        user=user, roles=[(Role.OFFICER, here.pk), (Role.APPRAISER, there.pk)], by=administrator
    )
    assert user.roles == {(Role.OFFICER, here.pk), (Role.APPRAISER, there.pk)}
    assert user.memberships.get(role=Role.OFFICER) == kept
    assert kept.history.model.objects.filter(history_user=administrator, user_id=user.pk).count() == 2
