from accounts.admin.people import UserAdmin
from accounts.admin.units import UnitAdmin

__all__ = ["UnitAdmin", "UserAdmin"]
