"""A report as stored: what it is about, and what people write."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Unit
from assessments.models import Assessment, CouncilSession, Period, Publication, RecordedResult, Result
from criteria.fields import DeclarationField
from reports.kinds import TITLES, About, about

THINGS = ("result", "record", "assessment", "publication", "session")


def _only(*named: str) -> Q:
    """That these columns name something and the others don't."""
    return Q(**{f"{thing}__isnull": thing not in named for thing in THINGS})


def _of(*subjects: About) -> Q:
    return Q(kind__in=[name.value for name in about(*subjects)])


def _about(*subjects: About, what: Q) -> Q:
    return ~_of(*subjects) | what


class Report(models.Model):
    """A document that a unit or a host writes. Every figure comes from what it is about, never from here."""

    code = models.SlugField("mã báo cáo", max_length=80, unique=True)
    kind = models.CharField(
        "loại báo cáo", max_length=24, choices=[(name.value, title) for name, title in TITLES.items()]
    )
    unit = models.ForeignKey(Unit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="reports")
    result = models.ForeignKey(Result, null=True, on_delete=models.PROTECT, related_name="reports")
    record = models.ForeignKey(RecordedResult, null=True, on_delete=models.PROTECT, related_name="reports")
    assessment = models.ForeignKey(Assessment, null=True, on_delete=models.PROTECT, related_name="reports")
    publication = models.ForeignKey(Publication, null=True, on_delete=models.PROTECT, related_name="reports")
    session = models.ForeignKey(CouncilSession, null=True, on_delete=models.PROTECT, related_name="reports")
    year = models.PositiveSmallIntegerField("năm")
    first_year = models.PositiveSmallIntegerField("từ năm", null=True)  # of a stage that ends with `year`
    area_code = models.CharField("lĩnh vực", max_length=30, blank=True)
    content = DeclarationField("nội dung")
    version = models.PositiveIntegerField("phiên bản", default=1)
    updated_at = models.DateTimeField("sửa lúc")
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "báo cáo"
        verbose_name_plural = "báo cáo"
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="report_about_one_result",
                condition=_about(About.RESULT, what=_only("result") | _only("record")),
            ),
            models.CheckConstraint(
                name="report_about_one_assessment",
                condition=_about(About.ASSESSMENT, what=_only("assessment")),
            ),
            models.CheckConstraint(
                name="report_about_one_publication",
                condition=_about(About.PUBLICATION, what=_only("publication")),
            ),
            models.CheckConstraint(
                name="report_about_one_session",
                condition=_about(About.SESSION, what=_only("session")),
            ),
            models.CheckConstraint(
                name="report_about_one_area",
                condition=(_of(About.AREA) & ~Q(area_code="") & (_only() | _only("result") | _only("record")))
                | (~_of(About.AREA) & Q(area_code="")),
            ),
            models.CheckConstraint(
                name="report_about_a_stage",
                condition=(
                    _of(About.STAGE) & _only() & Q(first_year__isnull=False, first_year__lte=F("year"))
                )
                | (~_of(About.STAGE) & Q(first_year=None)),
            ),
            *(
                models.UniqueConstraint(fields=["kind", thing, "area_code"], name=f"report_once_per_{thing}")
                for thing in THINGS
            ),
            models.UniqueConstraint(
                fields=["kind", "unit", "first_year", "year"],
                condition=_of(About.STAGE),
                name="report_once_per_stage",
            ),
            models.UniqueConstraint(
                fields=["kind", "unit", "year", "area_code"],
                condition=_of(About.AREA) & _only(),
                name="report_once_per_area",
            ),
        ]

    def __str__(self) -> str:
        years = f"{self.first_year}-{self.year}" if self.first_year else f"năm {self.year}"
        area = f" (lĩnh vực {self.area_code})" if self.area_code else ""
        return f"{self.get_kind_display()}{area} {years} – {self.unit}"

    @property
    def superseded_by(self) -> Publication | None:
        """The correction in force since it was written: its figures stay those of its own publication."""
        if self.result is None or self.result.publication_id == self.result.assessment.period.publication_id:
            return None
        return self.result.assessment.period.publication

    @property
    def period(self) -> Period | None:
        """The one that it is about, if that was held here."""
        if self.result:
            return self.result.assessment.period
        held = self.assessment or self.publication or self.session
        return held.period if held else None

    @property
    def illustration(self) -> bool:
        """What no period tells is as invented as the unit."""
        return self.period.illustration if self.period else Period.objects.invent(self.unit_id)
