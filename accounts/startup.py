from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts.models import User


def refuse_demo_accounts() -> None:
    """Keep production from starting while anybody could log in with a password that load_demo prints."""
    if not settings.PRODUCTION:
        return
    names = User.objects.filter(is_demo=True, is_active=True).order_by("username")[:5]
    if names:
        raise ImproperlyConfigured(
            "Demonstration accounts are active (" + ", ".join(user.username for user in names) + "): "
            "deactivate them, or start on a database without the demo, before running in production."
        )
