"""Criteria sets as YAML that an official can read: `read_set` checks it all, `dump_set` writes it back."""

from criteria.schema.files import MAX_BYTES, decoded, lines_of
from criteria.schema.problems import Problem, SetErrors
from criteria.schema.reading import read_set
from criteria.schema.writing import dump_set, fingerprint

__all__ = ["MAX_BYTES", "Problem", "SetErrors", "decoded", "dump_set", "fingerprint", "lines_of", "read_set"]
