"""`remediation_result`: what a unit did about the points it lost in last year's result.

Every figure, sum, rank and list comes from the Outcome; people write only the narrative texts of Content.
"""

from reports.remediation.content import Content, UnknownCodes, unknown_codes
from reports.remediation.losses import where_and_why
from reports.remediation.report import build

__all__ = ["Content", "UnknownCodes", "build", "unknown_codes", "where_and_why"]
