"""Word templates of offices: what they can ask for, whether they can be trusted, and documents made by them."""

from reports.word_templates.apart import fill_apart, try_apart
from reports.word_templates.data import data_of, extras_of
from reports.word_templates.fields import Field, fields_of
from reports.word_templates.figures import figures_of
from reports.word_templates.findings import Finding, Refused
from reports.word_templates.package import MOST_BYTES
from reports.word_templates.starter import starter
from reports.word_templates.trying import Tried

__all__ = [
    "MOST_BYTES",
    "Field",
    "Finding",
    "Refused",
    "Tried",
    "data_of",
    "extras_of",
    "fields_of",
    "figures_of",
    "fill_apart",
    "starter",
    "try_apart",
]
