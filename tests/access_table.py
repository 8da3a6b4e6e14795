"""Who may use which address. tests/test_access.py holds the site to this table and misses no address.

Complete it when an address is added: name the persons (tests/worlds.py) that may GET and that may POST.
Nobody else may; an address that nobody may POST has an empty set there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.worlds import World

ANONYMOUS = frozenset({"anonymous"})
UNIT = frozenset({"officer", "unit_leader"})
HOST = frozenset({"coordinator", "leader"})
COORDINATOR = frozenset({"coordinator"})
ADMINISTRATOR = frozenset({"administrator"})
ELSEWHERE = frozenset(
    f"{role}_elsewhere" for role in ("officer", "unit_leader", "appraiser", "coordinator", "leader")
)
SIGNED_IN = UNIT | HOST | ADMINISTRATOR | ELSEWHERE | {"appraiser"}
ALL = SIGNED_IN | ANONYMOUS
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Access:
    get: frozenset[str]
    # None: the view makes no difference between the methods, so nobody may POST who may not GET.
    post: frozenset[str] | None = None
    # What to send, where an empty form would be refused before it matters who sends it.
    data: Callable[[World], Mapping[str, Any]] = field(default=lambda world: {})
    # Values of the URL's keywords, where the world's attribute of that name isn't meant.
    where: Callable[[World], Mapping[str, Any]] = field(default=lambda world: {})
    # Brings the database, not the world's objects, into the state in which this address is of use.
    given: Callable[[World], object] = field(default=lambda world: None)


TABLE: dict[str, Access] = {
    "home": Access(get=SIGNED_IN),
    # accounts
    "login": Access(get=ALL, post=ALL),
    "logout": Access(get=NOBODY, post=ALL),
    "password_change": Access(get=SIGNED_IN, post=SIGNED_IN),
    "password_change_done": Access(get=SIGNED_IN, post=NOBODY),
    # assessments
    "sheets": Access(get=SIGNED_IN),
    "sheet": Access(get=UNIT | HOST),
    "leaf": Access(
        get=UNIT | HOST,
        post=frozenset({"officer"}),
        data=lambda world: {"points": "5", "note": "", "evidence_note": "", "seen": "0"},
    ),
    "submit": Access(get=UNIT, post=UNIT),
}
