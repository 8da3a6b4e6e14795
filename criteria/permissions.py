"""Who may read criteria sets and who keeps them."""

from __future__ import annotations

import rules

from accounts.models import Role, User


@rules.predicate
def keeps_sets(user: User) -> bool:
    """An administrator uploads sets and corrects their words."""
    return user.is_administrator


@rules.predicate
def follows_scoring(user: User) -> bool:
    """A coordinator or leader of any host."""
    return bool(user.units_as(Role.COORDINATOR, Role.LEADER))


reads_sets = keeps_sets | follows_scoring
