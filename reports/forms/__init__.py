"""What people write for a report. Figures are not among the fields: they come from what it is about."""

from reports.forms.citations import CitationForm, CitationFormSet, saved_citations
from reports.forms.fields import read_year
from reports.forms.issuing import IssueForm, NumberForm, SignedForm
from reports.forms.report import ReportForm

__all__ = [
    "CitationForm",
    "CitationFormSet",
    "IssueForm",
    "NumberForm",
    "ReportForm",
    "SignedForm",
    "read_year",
    "saved_citations",
]
