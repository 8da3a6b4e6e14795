from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Role, User
from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def urls_of_accounts(settings: object) -> None:
    """These tests need no page of the apps above."""
    settings.ROOT_URLCONF = "tests.accounts.urls"


@pytest.fixture
def administrator(db: None) -> User:
    return UserFactory(
        username="quan-tri", full_name="Đặng Thị Quản", held_roles=[(Role.ADMINISTRATOR, None)]
    )


@pytest.fixture
def browser_of() -> Callable[[User], Client]:
    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def admin_browser(administrator: User, browser_of: Callable[[User], Client]) -> Client:
    return browser_of(administrator)
