"""The only readers: named querysets and frozen dataclasses; prefetching lives here."""
