"""A small running year with one person for every role, on both sides of every fence."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Role, Unit, User
from assessments.actions.appraisal import agree_with_area, judge
from assessments.actions.assignments import Duty, assign
from assessments.actions.cohorts import add_cohort, set_units
from assessments.actions.corrections import prepare_correction
from assessments.actions.council import enter_central, finalise
from assessments.actions.evidence import add_file
from assessments.actions.periods import create_period, open_period
from assessments.actions.publication import publish
from assessments.actions.rounds import close_appraisal, release
from assessments.actions.scoring import save_score, send, submit
from assessments.actions.sessions import convene
from assessments.actions.verdicts import Verdict
from assessments.jobs import start_order
from assessments.minutes import Member, SessionFacts
from assessments.models import (
    Assessment,
    Cohort,
    CorrectedScore,
    CouncilSession,
    Evidence,
    Notice,
    Order,
    Period,
    RecordedResult,
    Result,
    Score,
)
from assessments.queries.rounds import readiness
from assessments.workflow import Action
from criteria.actions import load_set
from criteria.models import CriteriaSet
from criteria.schema import read_set
from reports.actions.batches import start_batch
from reports.actions.indicators import define_group, define_indicator
from reports.actions.issuing import add_signed_copy, issue_report
from reports.actions.rendering import request_rendering, store_rendering
from reports.actions.writing import create_report, write_report
from reports.kinds import Name
from reports.models import (
    Batch,
    Indicator,
    IndicatorGroup,
    Issue,
    Rendering,
    Report,
    SignedCopy,
    WordTemplate,
)
from reports.queries.issuing import draft_of
from reports.queries.reports import reports
from reports.queries.subjects import subject_of
from tests.calendars import overlapping
from tests.factories import DepartmentFactory, ProvinceFactory, UnitFactory, user_with

SET = """\
code: tiep-can
version: 1
name: Bộ tiêu chí để thử quyền
decision: {number: 1/QĐ-UBND, date: 2026-01-05, issuer: UBND tỉnh}
total: 12
decimals: 2
criteria:
  - code: 1
    name: Chỉ đạo
    max_points: 10
    children:
      - {code: 1.1, name: Kế hoạch, max_points: 6, rule: {kind: direct}}
      - {code: 1.2, name: Sáng kiến, max_points: 4, rule: {kind: direct}}
  - code: 2
    name: Điều tra xã hội học
    max_points: 2
    source: survey
    not_applicable: exclude
    rule: {kind: survey, weights: {Hài lòng: 1, Không hài lòng: 0}}
"""

PDF = b"%PDF-1.4\nxref\n0 1\ntrailer<<>>\nstartxref\n9\n%%EOF\n"


@dataclass(frozen=True)
class World:
    """One host with one scored unit, and everybody who could come near it.

    A URL keyword is filled from the attribute of its name: <int:assessment> from `assessment`.
    """

    host: Unit
    unit: Unit
    period: Period
    cohort: Cohort
    criteria_set: CriteriaSet
    assessment: Assessment
    criterion: int
    survey: int
    now: datetime
    # Nobody is "anonymous". The names ending in _elsewhere hold the same role at another host or unit.
    persons: dict[str, User | None] = field(default_factory=dict)

    @property
    def user(self) -> User:
        return self.persons["officer"]


def make_world(now: datetime | None = None) -> World:
    now = now or timezone.now()
    host, other_host = ProvinceFactory(), ProvinceFactory()
    office, other_office = DepartmentFactory(parent=host), DepartmentFactory(parent=other_host)
    unit, other_unit = UnitFactory(parent=host), UnitFactory(parent=host)
    persons: dict[str, User | None] = {"anonymous": None}
    for role, place, elsewhere in [
        (Role.OFFICER, unit, other_unit),
        (Role.UNIT_LEADER, unit, other_unit),
        (Role.APPRAISER, office, other_office),
        (Role.COORDINATOR, host, other_host),
        (Role.LEADER, host, other_host),
    ]:
        persons[role.value] = user_with(role, place)
        persons[f"{role.value}_elsewhere"] = user_with(role, elsewhere)
    persons["administrator"] = user_with(Role.ADMINISTRATOR)

    coordinator = persons["coordinator"]
    criteria_set = load_set(read_set(SET))
    calendar = overlapping(now - timedelta(days=1), now + timedelta(days=30))
    period = create_period(
        host=host, year=now.year, name="Năm nay", calendar=calendar, by=coordinator, now=now
    )
    cohort = add_cohort(period=period, name="Xã", criteria_set=criteria_set, by=coordinator, now=now)
    set_units(cohort=cohort, units=[unit, other_unit], by=coordinator, now=now)
    for area in criteria_set.criteria.filter(parent=None).order_by("position"):
        assign(cohort=cohort, criterion_id=area.pk, duties=[Duty(office)], by=coordinator, now=now)
    period = open_period(period=period, by=coordinator, now=now)
    return World(
        host=host,
        unit=unit,
        period=period,
        cohort=cohort,
        criteria_set=criteria_set,
        assessment=Assessment.objects.in_context().get(period=period, unit=unit),
        criterion=criteria_set.criteria.get(code="1.1").pk,
        survey=criteria_set.criteria.get(code="2").pk,
        now=now,
        persons=persons,
    )


# The year goes on, in the database: each of these ends where the next one begins.
def put_before_leader(world: World) -> None:
    act = {"by": world.persons["officer"], "now": world.now}
    sheet = world.assessment
    for criterion in world.criteria_set.criteria.filter(source="unit").exclude(rule=None):
        data = {"points": str(criterion.max_points)}
        save_score(assessment=sheet, criterion_id=criterion.pk, data=data, note="", seen=0, **act)
    send(assessment=sheet, **act)


def tell_leader(world: World) -> Notice:
    """What the unit's leader is told when the sheet lies before him."""
    put_before_leader(world)
    return Notice.objects.get(user=world.persons["unit_leader"])


def submit_sheet(world: World) -> None:
    put_before_leader(world)
    submit(assessment=world.assessment, by=world.persons["unit_leader"], now=world.now)


def appraise(world: World) -> None:
    submit_sheet(world)
    act = {"assessment": world.assessment, "now": world.now}
    agree_with_area(seen=0, area_code="1", by=world.persons["appraiser"], **act)


def tell(world: World) -> None:
    """The unit knows what round 1 says."""
    appraise(world)
    release(assessment=world.assessment, by=world.persons["coordinator"], now=world.now)


def tell_lower(world: World) -> None:
    """The unit knows that round 1 took points off its first leaf."""
    submit_sheet(world)
    act = {"assessment": world.assessment, "now": world.now}
    appraiser = world.persons["appraiser"]
    verdict = Verdict(Score.Basis.OVERRIDE, points=Decimal(1), reason="Thiếu văn bản")
    judge(
        action=Action.APPRAISE,
        criterion_id=world.criterion,
        verdict=verdict,
        seen=0,
        by=appraiser,
        **act,
    )
    agree_with_area(seen=0, area_code="1", by=appraiser, **act)
    release(assessment=world.assessment, by=world.persons["coordinator"], now=world.now)


def order_release(world: World) -> Order:
    """The coordinator asked to tell every unit of the cohort what round 1 says."""
    appraise(world)
    found = readiness(world.cohort, Action.RELEASE, now=world.now)
    return start_order(
        cohort=world.cohort,
        action=Action.RELEASE,
        seen=found.fingerprint,
        by=world.persons["coordinator"],
        now=world.now,
    )


def close(world: World) -> None:
    """The appraisal is over and the survey is in; what is left is to fix the points."""
    tell(world)
    act = {"assessment": world.assessment, "by": world.persons["coordinator"], "now": world.now}
    verdict = Verdict(Score.Basis.OVERRIDE, points=Decimal(1), reason="Báo cáo điều tra")
    enter_central(criterion_id=world.survey, verdict=verdict, seen=0, **act)
    close_appraisal(**act)


def meet(world: World) -> CouncilSession:
    """The council comes together; its list may be empty."""
    return convene(
        period=world.period,
        facts=SessionFacts(
            held_at=world.now,
            ended_at=None,
            place="Phòng họp",
            threshold=Decimal(1),
            note="",
            members=(Member("chair", "Trần Thị Bình"),),
        ),
        by=world.persons["coordinator"],
        now=world.now,
    )


def make_final(world: World) -> None:
    close(world)
    finalise(assessment=world.assessment, by=world.persons["coordinator"], now=world.now)


def publish_year(world: World) -> Result:
    make_final(world)
    publish(
        period=world.period,
        decision_number="1/QĐ-UBND",
        decision_date=timezone.localdate(world.now),
        decision_issuer="UBND tỉnh",
        by=world.persons["coordinator"],
        now=world.now,
    )
    return Result.objects.get(assessment=world.assessment)


def prepare(world: World) -> CorrectedScore:
    """A leaf of the published result that is to be corrected."""
    result = publish_year(world)
    return prepare_correction(
        assessment=result.assessment,
        criterion_id=world.criterion,
        verdict=Verdict(Score.Basis.DATA, {"points": "2"}, reason="Cộng nhầm"),
        seen=0,
        by=world.persons["coordinator"],
        now=world.now,
    )


def show_file(world: World) -> Evidence:
    """A file that the unit attached to its first leaf."""
    upload = SimpleUploadedFile("ke-hoach.pdf", PDF)
    act = {"by": world.persons["officer"], "now": world.now}
    sheet = world.assessment
    return add_file(assessment=sheet, criterion_id=world.criterion, upload=upload, **act).evidence


def record_result(world: World) -> RecordedResult:
    """What the host published about the unit in an earlier year."""
    return RecordedResult.objects.create(
        unit=world.unit,
        host=world.host,
        year=world.now.year - 1,
        max_total=100,
        entered_at=world.now,
        entered_by=world.persons["coordinator"],
    )


def group_on(world: World) -> IndicatorGroup:
    """Statistics that the unit keeps."""
    known = world.unit.indicator_groups.first()
    act = {"by": world.persons["officer"], "now": world.now}
    said = {"code": "PL01", "position": 1, "name": "Thủ tục hành chính", "title": "", "is_appendix": True}
    return known or define_group(unit=world.unit, group=None, said=said, seen=0, **act)


def indicator_on(world: World) -> Indicator:
    group = group_on(world)
    said = {
        "code": "1", "position": 1, "name": "Hồ sơ", "measure": "", "kind": "number", "part_of": None,
        "numerator_name": "", "denominator_name": "",
    }  # fmt: skip
    act = {"by": world.persons["officer"], "now": world.now}
    return group.indicators.first() or define_indicator(group=group, indicator=None, said=said, seen=0, **act)


def report_on(world: World) -> Report:
    """What the unit writes about that earlier year."""
    return create_report(
        kind=Name.REMEDIATION_RESULT,
        about=subject_of(record_result(world)),
        by=world.persons["officer"],
        now=world.now,
    )


def printed(world: World) -> Rendering:
    """Its document, as a worker would have left it."""
    asked = {"enqueue": lambda pk: "", "by": world.persons["officer"], "now": world.now}
    rendering = request_rendering(report=report_on(world), **asked)
    store_rendering(rendering_id=rendering.pk, pdf=b"%PDF-1.7", docx=b"PK", now=world.now)
    return rendering


def issued(world: World) -> Issue:
    """That report, signed by somebody and issued; nothing works on its files."""
    report = reports().get(pk=report_on(world).pk)
    content = {**report.content, "signature": {**report.content["signature"], "name": "Lê Văn An"}}
    officer, now = world.persons["officer"], world.now
    write_report(report=report, content=content, seen=1, by=officer, now=now)
    report = reports().get(pk=report.pk)
    return issue_report(
        report=report,
        seen=report.version,
        fingerprint=draft_of(report, now=now).fingerprint,
        has_seen_warnings=True,
        enqueue=lambda pk: "",
        by=officer,
        now=now,
    )


def signed(world: World) -> SignedCopy:
    """Its signed paper."""
    upload = SimpleUploadedFile("da-ky.pdf", PDF)
    return add_signed_copy(issue=issued(world), upload=upload, by=world.persons["officer"], now=world.now)


def templated(world: World) -> WordTemplate:
    """A Word template that the unit uploaded for one kind, not in use yet."""
    uploaded = {"uploaded_at": world.now, "uploaded_by": world.persons["officer"], "file_name": "mau.docx"}
    template, _ = WordTemplate.objects.get_or_create(
        unit=world.unit,
        kind=Name.REMEDIATION_RESULT,
        ordinal=1,
        defaults={"content": b"PK", "sha256": "0" * 64, "trial": b"PK", **uploaded},
    )
    return template


def print_in_bulk(world: World) -> Batch:
    """The sheets of the cohort, asked for by its coordinator."""
    asked = {"enqueue": lambda pk: "", "by": world.persons["coordinator"], "now": world.now}
    return start_batch(kind=Name.SCORE_SHEET, cohort=world.cohort, **asked)
