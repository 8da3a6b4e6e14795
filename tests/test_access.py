"""Every address × method × person, against tests/access_table.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from assessments.models import Period
from criteria.models import CriteriaSet
from tests.access_table import ALL, TABLE, Access
from tests.worlds import World, make_world

ADMIN = "admin:"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One for all addresses: whatever a visit changes is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def addresses(patterns: list[Any] | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every named URL pattern; nameless ones go by their route, so that they can't hide."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from addresses(entry.url_patterns, inner)
        else:
            yield f"{space}{entry.name or entry.pattern}", entry


ADDRESSES = dict(addresses())
OURS = sorted(name for name in ADDRESSES if not name.startswith(ADMIN))
# Records copy what was printed elsewhere, and templates are an office's own.
ABOUT_SOMETHING = [
    name
    for name in OURS
    if ADDRESSES[name].pattern.regex.groupindex
    and name not in {"record", "record_edit", "word_template_kind"}
]
OF_ADMIN = sorted(name for name in ADDRESSES if name.startswith(ADMIN))


def outcome(response: HttpResponse) -> str:
    """in: may use it, whatever came of it; out: asked to log in, or refused; none: no such method."""
    if response.status_code in {401, 403, 404}:
        return "out"
    if response.status_code == 405:
        return "none"
    if response.status_code >= 500:
        return f"broken ({response.status_code})"
    location = response.headers.get("Location", "")
    to_log_in = location.split("?")[0] in {resolve_url("login"), reverse("admin:login")}
    return "out" if to_log_in and "next=" in location else "in"


def visit(person: Any, method: str, url: str, data: Any) -> str:
    """What `person` gets to see; whatever it changes is undone."""
    client = Client()
    with transaction.atomic():
        if person is not None:
            client.force_login(person, "accounts.backends.MemberBackend")
        try:
            result = outcome(getattr(client, method)(url, data))
        except Exception as error:
            result = f"broken ({error!r})"
        transaction.set_rollback(True)
    return result


def keywords(pattern: URLPattern, world: World) -> dict[str, Any]:
    found = {}
    for name in pattern.pattern.regex.groupindex:
        value = getattr(world, name)
        found[name] = getattr(value, "pk", value)
    return found


def expected(access: Access, method: str, name: str) -> set[str]:
    """The outcomes that are right for the person called `name`."""
    if method == "get":
        return {"in"} if name in access.get else {"out", "none"}
    if access.post is None:
        return {"in", "none"} if name in access.get else {"out", "none"}
    if not access.post:
        return {"out", "none"}
    return {"in"} if name in access.post else {"out"}


def test_every_address_is_in_the_table_and_the_table_holds_no_other() -> None:
    assert sorted(TABLE) == OURS


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", OURS)
def test_only_those_named_may_use_it(world: World, name: str, method: str) -> None:
    if name not in TABLE:
        pytest.fail(f"{name} has no entry in tests/access_table.py.")
    access = TABLE[name]
    access.given(world)
    url = reverse(name, kwargs=access.where(world) or keywords(ADDRESSES[name], world))
    data = access.data(world) if method == "post" else {}
    got = {person: visit(user, method, url, data) for person, user in world.persons.items()}

    assert set(got) == ALL
    wrong = {person: what for person, what in got.items() if what not in expected(access, method, person)}
    assert not wrong


@pytest.mark.django_db
@pytest.mark.parametrize("name", ABOUT_SOMETHING)
def test_every_page_of_invented_data_says_so(world: World, name: str) -> None:
    access = TABLE[name]
    access.given(world)
    url = reverse(name, kwargs=access.where(world) or keywords(ADDRESSES[name], world))
    with transaction.atomic():
        Period.objects.update(illustration=True)
        CriteriaSet.objects.update(illustration=True)
        for person in sorted(access.get - {"anonymous"}):
            client = Client()
            client.force_login(world.persons[person], "accounts.backends.MemberBackend")
            answer = client.get(url)
            is_page = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
            if is_page and b"<!doctype html>" in b"".join(answer):
                assert "Dữ liệu minh họa" in answer.content.decode(), person
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", OF_ADMIN)
def test_the_admin_site_is_for_administrators(world: World, name: str, method: str) -> None:
    regex = ADDRESSES[name].pattern.regex
    known = {"app_label": "accounts", "content_type_id": 1, "url": "khong-co"}
    kwargs = {key: known.get(key, world.unit.pk) for key in regex.groupindex}
    args = [] if kwargs else [world.unit.pk] * regex.groups
    # The site's last pattern, which catches everything else, has no name.
    url = (
        reverse(name, args=args, kwargs=kwargs)
        if ADDRESSES[name].name
        else f"{reverse('admin:index')}khong-co/"
    )
    got = {
        person: visit(world.persons[person], method, url, {})
        for person in ("anonymous", "officer", "coordinator", "administrator")
    }

    administrator = got.pop("administrator")
    assert not administrator.startswith("broken"), administrator
    # Coming and leaving are open to whoever comes by.
    if name not in {"admin:login", "admin:logout"}:
        assert set(got.values()) <= {"out", "none"}, got
