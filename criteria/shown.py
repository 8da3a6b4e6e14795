"""What a page showed of what its form changes: it comes back with the form, so that nobody's change is lost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class Shown:
    """Part of a form. `stands` is what its page shows, spelled out or as a fingerprint; `saved` is what somebody
    stored otherwise meanwhile, by label."""

    stands = ""
    saved: tuple[tuple[str, str], ...] = ()
    data: Any
    is_bound: bool

    @property
    def seen(self) -> str:
        """A page that says nothing has shown nothing."""
        return str(self.data.get("seen", "")) if self.is_bound else self.stands

    def put_beside(self, saved: Iterable[tuple[str, str]], **stands: str) -> None:
        """Name what is stored otherwise, and let the next save replace it knowingly."""
        self.saved = tuple(saved)
        self.data = self.data.copy()
        for name, value in stands.items():
            self.data[name] = value
