"""What people write for a report. Figures are not among the fields: they come from what it is about."""

from reports.forms.batch import BatchForm
from reports.forms.begin import AreaForm, AreaYearForm, BeginForm, StageForm
from reports.forms.citations import CitationForm, CitationFormSet, saved_citations
from reports.forms.compared import Compared, compared
from reports.forms.fields import read_year
from reports.forms.issuing import IssueForm, NumberForm, SignedForm
from reports.forms.report import ReportForm
from reports.forms.template import TemplateForm
from reports.forms.whole import WholeForm

__all__ = [
    "AreaForm",
    "AreaYearForm",
    "BatchForm",
    "BeginForm",
    "CitationForm",
    "CitationFormSet",
    "Compared",
    "IssueForm",
    "NumberForm",
    "ReportForm",
    "SignedForm",
    "StageForm",
    "TemplateForm",
    "WholeForm",
    "compared",
    "read_year",
    "saved_citations",
]
