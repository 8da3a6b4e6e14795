"""Criteria sets as YAML that an official can read: `read_set` checks it all, `dump_set` writes it back."""

from criteria.schema.problems import Problem, SetErrors
from criteria.schema.reading import read_set
from criteria.schema.writing import dump_set

__all__ = ["Problem", "SetErrors", "dump_set", "read_set"]
