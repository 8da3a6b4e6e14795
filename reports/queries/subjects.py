"""What a report can be about: a row of one of several tables, or a unit's area or stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import QuerySet

from accounts.dates import format_moment
from accounts.models import Role, Unit
from assessments.models import Assessment, CouncilSession, Publication, RecordedResult, Result
from assessments.queries.outcomes import (
    in_force,
    outcome_of_record,
    outcome_of_result,
    published_results,
    recorded_results,
)
from assessments.workflow import PeriodState
from reports.kinds import BY_HOST, About, Kind
from reports.queries.usual import usual_areas

Thing: TypeAlias = Result | RecordedResult | Assessment | Publication | CouncilSession


@dataclass(frozen=True)
class Subject:
    """As the row of its report says it."""

    unit: Unit
    year: int
    first_year: int | None = None
    area_code: str = ""
    result: Result | None = None
    record: RecordedResult | None = None
    assessment: Assessment | None = None
    publication: Publication | None = None
    session: CouncilSession | None = None

    @property
    def things(self) -> dict[str, Thing]:
        """By the column that names it; none for a stage."""
        return {name: thing for name in SOURCES if (thing := getattr(self, name)) is not None}

    @property
    def key(self) -> dict[str, Any]:
        """The columns that tell reports of one kind apart."""
        alone = {"unit": self.unit, "year": self.year, "first_year": self.first_year}
        return {"area_code": self.area_code, **(self.things or alone)}

    @property
    def host(self) -> Unit | None:
        """Who evaluates the unit, where that is known."""
        if self.record is not None:
            return self.record.host
        sheet = self.result.assessment if self.result is not None else self.assessment
        return sheet.period.host if sheet is not None else None

    def why_not(self, kind: Kind[Any]) -> str:
        """Why nothing of that kind can be reported on it; empty where something can."""
        if self.result is not None and self.result.total is None:
            return f"Đơn vị không có kết quả để báo cáo: {self.result.reason}."
        if kind.needs_submission and self.assessment is not None and self.assessment.submitted_at is None:
            return "Đơn vị chưa gửi phiếu tự chấm điểm."
        return self._unknown_area

    @property
    def _unknown_area(self) -> str:
        if not self.area_code:
            return ""
        known: Iterable[str]
        if self.result is not None:
            known = [area.code for area in outcome_of_result(self.result).areas]
        elif self.record is not None:
            known = [area.code for area in outcome_of_record(self.record).areas]
        else:
            known = usual_areas(self.unit, self.year)
        return "" if self.area_code in known else f"Không có lĩnh vực {self.area_code}."

    @property
    def token(self) -> str:
        """What a code ends in, so that codes of different things never meet: codes of units may but for a dot."""
        things = [f"{SOURCES[name].letters}{thing.pk}" for name, thing in self.things.items()]
        parts = things or [f"dv{self.unit.pk}"]
        area = self.area_code.replace(".", "-")  # which slugs drop: 1.1 is not 11
        return "-".join(filter(None, [*parts, str(self.first_year or ""), area]))


@dataclass(frozen=True)
class Source:
    """A table of things that reports are about; its key in SOURCES is the column of Report that names one."""

    about: About
    letters: str
    unit: str  # where the unit that writes stands, seen from the thing
    things: Callable[[], QuerySet[Any]]
    subject: Callable[[Any], Subject]
    label: Callable[[Any], str]


SOURCES: Mapping[str, Source] = {
    "result": Source(
        About.RESULT,
        "kq",
        "assessment__unit",
        lambda: in_force(published_results()),
        lambda result: Subject(result.assessment.unit, result.assessment.period.year, result=result),
        lambda result: f"Kết quả theo {result.publication}",
    ),
    "record": Source(
        About.RESULT,
        "gn",
        "unit",
        recorded_results,
        lambda record: Subject(record.unit, record.year, record=record),
        lambda record: f"Kết quả do {record.host} đánh giá",
    ),
    "assessment": Source(
        About.ASSESSMENT,
        "ph",
        "unit",
        lambda: Assessment.objects.in_context().exclude(period__state=PeriodState.PREPARING),
        lambda sheet: Subject(sheet.unit, sheet.period.year, assessment=sheet),
        lambda sheet: f"Phiếu chấm điểm, {sheet.period}",
    ),
    "publication": Source(
        About.PUBLICATION,
        "cb",
        "period__host",
        lambda: Publication.objects.select_related("period__host"),
        lambda published: Subject(published.period.host, published.period.year, publication=published),
        str,
    ),
    "session": Source(
        About.SESSION,
        "hd",
        "period__host",
        lambda: CouncilSession.objects.select_related("period__host"),
        lambda session: Subject(session.period.host, session.period.year, session=session),
        lambda session: f"Phiên họp lúc {format_moment(session.held_at)}",
    ),
}
_COLUMNS: Mapping[type, str] = {
    Result: "result",
    RecordedResult: "record",
    Assessment: "assessment",
    Publication: "publication",
    CouncilSession: "session",
}


def subject_of(thing: Thing) -> Subject:
    return SOURCES[_COLUMNS[type(thing)]].subject(thing)


def sources_of(kind: Kind[Any]) -> tuple[str, ...]:
    return tuple(name for name, source in SOURCES.items() if source.about is kind.about)


def subject_at(kind: Kind[Any], source: str, pk: int) -> Subject | None:
    """What a new report of that kind is to be about; None where there is no such thing."""
    if source not in sources_of(kind):
        return None
    thing = SOURCES[source].things().filter(pk=pk).first()
    return subject_of(thing) if thing else None


def writer_of(kind: str) -> Role:
    """Reports are written by the officers of the unit they speak for, those of a host by its coordinators."""
    return Role.COORDINATOR if kind in BY_HOST else Role.OFFICER
