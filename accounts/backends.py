from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from accounts.models import Membership, User


class MemberBackend(ModelBackend):
    """Django's own; but whom a request comes from is read together with his roles, since every page asks for them."""

    def get_user(self, user_id: int) -> User | None:
        held = list(Membership.objects.filter(user=user_id).select_related("user").order_by())
        if not held:
            return super().get_user(user_id)
        user = held[0].user
        user.roles = frozenset((one.role, one.unit_id) for one in held)
        return user if self.user_can_authenticate(user) else None
