"""Who may use which address. tests/test_access.py holds the site to this table and misses no address.

Complete it when an address is added: name the persons (tests/worlds.py) that may GET and that may POST.
Nobody else may; an address that nobody may POST has an empty set there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assessments.models import Assessment
from tests.worlds import (
    World,
    appraise,
    close,
    group_on,
    indicator_on,
    issued,
    make_final,
    meet,
    order_release,
    prepare,
    print_in_bulk,
    printed,
    publish_year,
    put_before_leader,
    record_result,
    report_on,
    show_file,
    signed,
    submit_sheet,
    tell,
    tell_leader,
    tell_lower,
    templated,
)

ANONYMOUS = frozenset({"anonymous"})
OFFICER = frozenset({"officer"})
OFFICERS = OFFICER | {"officer_elsewhere"}
LEADER = frozenset({"unit_leader"})
UNIT = OFFICER | LEADER
APPRAISER = frozenset({"appraiser"})
HOST = frozenset({"coordinator", "leader"})
COORDINATOR = frozenset({"coordinator"})
COORDINATORS = COORDINATOR | {"coordinator_elsewhere"}
HOSTS = HOST | {"coordinator_elsewhere", "leader_elsewhere"}
FOLLOWERS = frozenset(
    f"{role}{where}" for role in ("appraiser", "coordinator", "leader") for where in ("", "_elsewhere")
)
ADMINISTRATOR = frozenset({"administrator"})
ELSEWHERE = frozenset(
    f"{role}_elsewhere" for role in ("officer", "unit_leader", "appraiser", "coordinator", "leader")
)
SIGNED_IN = UNIT | APPRAISER | HOST | ADMINISTRATOR | ELSEWHERE
ALL = SIGNED_IN | ANONYMOUS
READS_SETS = HOSTS | ADMINISTRATOR
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Access:
    get: frozenset[str]
    # None: the view makes no difference between the methods, so nobody may POST who may not GET.
    post: frozenset[str] | None = None
    # What to send, where an empty form would be refused before it matters who sends it.
    data: Callable[[World], Mapping[str, Any]] = field(default=lambda world: {})
    # Values of the URL's keywords, where the world's attribute of that name isn't meant.
    where: Callable[[World], Mapping[str, Any]] = field(default=lambda world: {})
    # Brings the database, not the world's objects, into the state in which this address is of use.
    given: Callable[[World], object] = field(default=lambda world: None)


def _printed(world: World) -> dict[str, int]:
    rendering = printed(world)
    return {"report": rendering.report_id, "rendering": rendering.pk}


def _issued(world: World) -> dict[str, int]:
    issue = issued(world)
    return {"report": issue.report_id, "ordinal": issue.ordinal}


def _signed(world: World) -> dict[str, int]:
    copy = signed(world)
    return {"report": copy.issue.report_id, "ordinal": copy.issue.ordinal, "signed": copy.ordinal}


def _made_of_issue(world: World) -> dict[str, int]:
    issue = issued(world)
    return {"report": issue.report_id, "rendering": issue.renderings.get().pk}


def _templated(world: World) -> dict[str, int]:
    return {"template": templated(world).pk}


def _first_version(world: World) -> dict[str, int]:
    return {"report": report_on(world).pk, "version": 1}


def _in_bulk(world: World) -> dict[str, int]:
    return {"batch": print_in_bulk(world).pk}


def _survey_of_cohort(world: World) -> dict[str, int]:
    return {"cohort": world.cohort.pk, "criterion": world.survey}


def _final(world: World) -> dict[str, str]:
    return {"reason": "Nhập nhầm 1.1", "seen": Assessment.objects.get(pk=world.assessment.pk).finality}


def _before_council(world: World) -> dict[str, int]:
    return {"session": meet(world).pk, "assessment": world.assessment.pk, "criterion": world.criterion}


TABLE: dict[str, Access] = {
    "home": Access(get=SIGNED_IN),
    # accounts
    "login": Access(get=ALL, post=ALL),
    "logout": Access(get=NOBODY, post=ALL),
    "password_change": Access(get=SIGNED_IN, post=SIGNED_IN),
    "password_change_done": Access(get=SIGNED_IN, post=NOBODY),
    # the unit at its sheet
    "sheets": Access(get=SIGNED_IN),
    "sheet": Access(get=UNIT | HOST),
    "leaf": Access(get=UNIT | HOST, post=OFFICER, data=lambda world: {"points": "5", "version": "0"}),
    "leaf_history": Access(get=UNIT | HOST, post=NOBODY),
    "period_events": Access(get=COORDINATOR, post=NOBODY),
    "send": Access(get=UNIT, post=OFFICER, data=lambda world: {"unanswered": "2", "confirm": "on"}),
    "submit": Access(get=LEADER, post=LEADER, given=put_before_leader),
    "send_back": Access(
        get=LEADER, post=LEADER, data=lambda world: {"remark": "Sửa 1.1"}, given=put_before_leader
    ),
    "sharing": Access(get=UNIT, post=UNIT),
    "explanation": Access(get=UNIT | HOST | APPRAISER, given=tell_lower),
    "explain": Access(
        get=UNIT | HOST | APPRAISER,
        post=UNIT,
        data=lambda world: {"stance": "disagreed", "text": "Có văn bản", "version": "0"},
        given=tell_lower,
    ),
    "agree_rest": Access(
        get=UNIT, post=UNIT, data=lambda world: {"leaf": str(world.criterion)}, given=tell_lower
    ),
    "receipt": Access(get=UNIT | HOST | APPRAISER, given=submit_sheet),
    "evidence_panel": Access(
        get=UNIT | HOST,
        post=OFFICER,
        data=lambda world: {"way": "link", "title": "Trang tin", "url": "https://example.vn/"},
    ),
    "evidence_detach": Access(get=NOBODY, post=OFFICER),
    "evidence_attached": Access(get=UNIT | HOST, post=NOBODY),
    "evidence_list": Access(get=UNIT | HOST | APPRAISER, post=NOBODY, given=submit_sheet),
    "evidence_zip": Access(get=UNIT | HOST, post=NOBODY),
    "evidence_file": Access(
        get=UNIT | HOST,
        post=NOBODY,
        where=lambda world: {"assessment": world.assessment.pk, "evidence": show_file(world).pk},
    ),
    # appraisers and the council
    "appraisals": Access(get=SIGNED_IN),
    "appraisal": Access(get=HOST | APPRAISER, given=submit_sheet),
    "judge": Access(
        get=HOST | APPRAISER,
        post=APPRAISER,
        data=lambda world: {"layer": "round1", "basis": "override", "override": "1", "reason": "Thiếu"},
        given=submit_sheet,
    ),
    "agree_area": Access(
        get=NOBODY,
        post=APPRAISER,
        where=lambda world: {"assessment": world.assessment.pk, "area": "1"},
        given=submit_sheet,
    ),
    "return_sheet": Access(
        get=COORDINATOR, data=lambda world: {"reason": "thiếu tài liệu"}, given=submit_sheet
    ),
    "release": Access(get=COORDINATOR, post=COORDINATOR, given=appraise),
    "close_appraisal": Access(get=COORDINATOR, post=COORDINATOR, given=tell),
    "finalise": Access(get=COORDINATOR, post=COORDINATOR, given=close),
    "reopen": Access(get=COORDINATOR, data=_final, given=make_final),
    "cohort_appraisal": Access(get=HOST | APPRAISER),
    "criterion_appraisal": Access(get=HOST | APPRAISER),
    "judge_unit": Access(
        get=HOST | APPRAISER,
        post=APPRAISER,
        data=lambda world: {"layer": "round1", "basis": "override", "override": "1", "reason": "Thiếu"},
        given=submit_sheet,
    ),
    "assignments": Access(get=COORDINATOR),
    "assignment": Access(
        get=COORDINATOR,
        post=COORDINATOR,
        data=lambda world: {"office1": world.persons["appraiser"].held[0].unit_id},
    ),
    "assignments_propose": Access(get=COORDINATOR, post=COORDINATOR),
    # the coordinator's year
    "release_all": Access(get=COORDINATOR, post=COORDINATOR, given=appraise),
    "close_all": Access(get=COORDINATOR, post=COORDINATOR, given=tell),
    "order_progress": Access(
        get=COORDINATOR,
        post=NOBODY,
        where=lambda world: {"cohort": world.cohort.pk, "order": order_release(world).pk},
    ),
    "disputes": Access(get=HOST, post=NOBODY, given=tell_lower),
    "extend": Access(get=COORDINATOR, post=COORDINATOR),
    "extensions": Access(get=HOST, post=NOBODY),
    "periods": Access(get=FOLLOWERS),
    "period": Access(get=HOST | APPRAISER),
    "period_new": Access(get=COORDINATORS, post=COORDINATORS),
    "period_edit": Access(get=COORDINATOR, post=COORDINATOR),
    "period_calendar": Access(get=COORDINATOR, post=COORDINATOR),
    "period_open": Access(get=COORDINATOR, post=COORDINATOR),
    "cohort_new": Access(get=COORDINATOR, post=COORDINATOR),
    "cohort_edit": Access(get=COORDINATOR, post=COORDINATOR),
    "cohort_remove": Access(get=COORDINATOR, post=COORDINATOR),
    "cohort_move": Access(get=COORDINATOR, post=COORDINATOR),
    "targets": Access(get=COORDINATOR, post=COORDINATOR),
    "targets_fill": Access(get=COORDINATOR, post=COORDINATOR),
    "central": Access(get=COORDINATOR),
    "central_leaf": Access(get=COORDINATOR, where=_survey_of_cohort),
    "central_row": Access(
        get=COORDINATOR,
        post=COORDINATOR,
        where=lambda world: {"assessment": world.assessment.pk, "criterion": world.survey},
    ),
    "central_skip": Access(get=COORDINATOR, post=COORDINATOR, where=_survey_of_cohort),
    "publish": Access(get=COORDINATOR, post=COORDINATOR),
    "entry_upload": Access(get=COORDINATOR, post=COORDINATOR),
    "entry_xlsx": Access(get=COORDINATOR),
    "entry_apply": Access(get=NOBODY, post=COORDINATOR),
    # the council
    "sessions": Access(get=HOST),
    "session_new": Access(get=COORDINATOR, post=COORDINATOR),
    "session": Access(get=HOST, where=lambda world: {"session": meet(world).pk}),
    "session_edit": Access(
        get=COORDINATOR, post=COORDINATOR, where=lambda world: {"session": meet(world).pk}
    ),
    "session_add": Access(get=HOST, where=lambda world: {"session": meet(world).pk}),
    "keep_rest": Access(get=COORDINATOR, post=COORDINATOR, where=lambda world: {"session": meet(world).pk}),
    "decide": Access(
        get=HOST,
        post=COORDINATOR,
        data=lambda world: {"layer": "council", "basis": "kept", "version": "1"},
        where=_before_council,
        given=close,
    ),
    "finalise_cohort": Access(get=COORDINATOR, post=COORDINATOR, given=close),
    "period_remind": Access(get=COORDINATOR, post=COORDINATOR),
    # what people are told
    "notices": Access(get=SIGNED_IN, post=NOBODY),
    "notices_read": Access(get=NOBODY, post=SIGNED_IN),
    "notice": Access(get=LEADER, post=NOBODY, where=lambda world: {"notice": tell_leader(world).pk}),
    "notice_read": Access(get=NOBODY, post=LEADER, where=lambda world: {"notice": tell_leader(world).pk}),
    # what was published
    "results": Access(get=SIGNED_IN),
    "ranking": Access(get=SIGNED_IN, given=publish_year),
    "ranking_xlsx": Access(get=SIGNED_IN, given=publish_year),
    "publication": Access(
        get=SIGNED_IN, where=lambda world: {"publication": publish_year(world).publication_id}
    ),
    "publication_xlsx": Access(
        get=SIGNED_IN, where=lambda world: {"publication": publish_year(world).publication_id}
    ),
    "corrections": Access(get=COORDINATOR, post=COORDINATOR, given=prepare),
    "correction_unit": Access(get=COORDINATOR, given=publish_year),
    "correction_leaf": Access(
        get=COORDINATOR,
        post=COORDINATOR,
        data=lambda world: {"points": "3", "reason": "Cộng nhầm"},
        given=publish_year,
    ),
    "correction_withdraw": Access(
        get=NOBODY, post=COORDINATOR, given=prepare, data=lambda world: {"version": "1"}
    ),
    "result": Access(get=UNIT | HOST | APPRAISER, where=lambda world: {"result": publish_year(world).pk}),
    "unit_history": Access(get=UNIT | HOST),
    "records": Access(get=COORDINATORS),
    "record": Access(get=UNIT | HOST, where=lambda world: {"record": record_result(world).pk}),
    "record_new": Access(get=COORDINATORS, post=COORDINATORS),
    "record_edit": Access(
        get=COORDINATOR, post=COORDINATOR, where=lambda world: {"record": record_result(world).pk}
    ),
    # reports
    "reports": Access(get=SIGNED_IN, post=NOBODY),
    "report_start": Access(get=OFFICERS | COORDINATORS, post=NOBODY),
    "report_new": Access(
        get=NOBODY,
        post=OFFICER,
        where=lambda world: {
            "kind": "remediation_result",
            "source": "record",
            "pk": record_result(world).pk,
        },
    ),
    "report_begin_area": Access(get=OFFICERS, post=OFFICERS),
    "report_begin_stage": Access(get=OFFICERS, post=OFFICERS),
    "report": Access(get=UNIT | HOST, post=NOBODY, where=lambda world: {"report": report_on(world).pk}),
    "report_edit": Access(get=OFFICER, post=OFFICER, where=lambda world: {"report": report_on(world).pk}),
    "report_preview": Access(get=NOBODY, post=OFFICER, where=lambda world: {"report": report_on(world).pk}),
    "report_versions": Access(get=OFFICER, post=NOBODY, where=lambda world: {"report": report_on(world).pk}),
    "report_version": Access(get=OFFICER, post=NOBODY, where=_first_version),
    "report_restore": Access(get=NOBODY, post=OFFICER, where=_first_version),
    "report_render": Access(
        get=NOBODY, post=UNIT | HOST, where=lambda world: {"report": report_on(world).pk}
    ),
    "report_status": Access(get=UNIT | HOST, post=NOBODY, where=_printed),
    "report_pdf": Access(get=UNIT | HOST, post=NOBODY, where=_printed),
    "report_docx": Access(get=UNIT | HOST, post=NOBODY, where=_printed),
    "report_issue": Access(get=OFFICER, post=OFFICER, where=lambda world: {"report": report_on(world).pk}),
    "issue": Access(get=UNIT | HOST, post=NOBODY, where=_issued),
    "issue_number": Access(get=NOBODY, post=OFFICER, where=_issued),
    "issue_sign": Access(get=NOBODY, post=OFFICER, where=_issued),
    "issue_signed": Access(get=UNIT | HOST, post=NOBODY, where=_signed),
    "issue_again": Access(get=NOBODY, post=UNIT | HOST, where=_made_of_issue),
    "word_templates": Access(get=OFFICERS | COORDINATORS, post=NOBODY),
    "word_template_starter": Access(
        get=OFFICERS | COORDINATORS, post=NOBODY, where=lambda world: {"kind": "remediation_result"}
    ),
    "word_template_kind": Access(
        get=OFFICER,
        post=OFFICER,
        where=lambda world: {"unit": world.unit.pk, "kind": "remediation_result"},
    ),
    "word_template_file": Access(get=OFFICER, post=NOBODY, where=_templated),
    "word_template_trial": Access(get=OFFICER, post=NOBODY, where=_templated),
    "word_template_activate": Access(get=NOBODY, post=OFFICER, where=_templated),
    "word_template_deactivate": Access(get=NOBODY, post=OFFICER, where=_templated),
    "batches": Access(get=HOSTS, post=COORDINATORS),
    "batch": Access(get=HOST, post=NOBODY, where=_in_bulk),
    "batch_status": Access(get=HOST, post=NOBODY, where=_in_bulk),
    "batch_zip": Access(get=HOST, post=NOBODY, where=_in_bulk),
    "batch_stop": Access(get=NOBODY, post=COORDINATOR, where=_in_bulk),
    "batch_retry": Access(get=NOBODY, post=COORDINATOR, where=_in_bulk),
    # their statistics
    "indicator_units": Access(get=SIGNED_IN, post=NOBODY),
    "indicators": Access(get=UNIT | HOST, post=NOBODY),
    "indicator_year_new": Access(get=NOBODY, post=OFFICER),
    "indicator_group_new": Access(get=OFFICER, post=OFFICER),
    "indicator_xlsx": Access(get=UNIT | HOST, post=NOBODY),
    "indicator_upload": Access(get=OFFICER, post=OFFICER),
    "indicator_apply": Access(get=NOBODY, post=OFFICER),
    "indicator_group": Access(
        get=UNIT | HOST, post=NOBODY, where=lambda world: {"group": group_on(world).pk}
    ),
    "indicator_figures": Access(get=NOBODY, post=OFFICER, where=lambda world: {"group": group_on(world).pk}),
    "indicator_group_edit": Access(
        get=OFFICER, post=OFFICER, where=lambda world: {"group": group_on(world).pk}
    ),
    "indicator_new": Access(get=OFFICER, post=OFFICER, where=lambda world: {"group": group_on(world).pk}),
    "indicator_edit": Access(
        get=OFFICER, post=OFFICER, where=lambda world: {"indicator": indicator_on(world).pk}
    ),
    "indicator_remove": Access(
        get=NOBODY, post=OFFICER, where=lambda world: {"indicator": indicator_on(world).pk}
    ),
    # criteria
    "criteria_sets": Access(get=READS_SETS),
    "criteria_set": Access(get=READS_SETS),
    "criteria_set_download": Access(get=READS_SETS),
    "criteria_set_upload": Access(get=ADMINISTRATOR),
    "criterion_edit": Access(get=ADMINISTRATOR),
}
