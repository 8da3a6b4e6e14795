"""What people are told, in words: of what was done, of what opens and of what ends. Never anybody's points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from accounts.dates import VIETNAM, format_moment, format_short_date, format_span
from assessments.calendar import Phase
from assessments.deadlines import ends
from assessments.models import Assessment, Event, Extension, Period, Publication

Deed = Event.Deed


@dataclass(frozen=True, slots=True)
class Telling:
    """A notice before it has a reader. `key` is told once; of `topic`, the beginning of keys, nobody is told
    again before he has read what he was told last."""

    key: str
    title: str
    text: str
    address: str
    topic: str = ""


# Where a sheet's unit works in each phase that is its own.
_PAGE_OF = {Phase.SELF: "sheet", Phase.APPROVAL: "sheet", Phase.EXPLANATION: "explanation"}


def telling_of(event: Event) -> Telling:
    """What is said of an event that concerns others."""
    return _TOLD[Deed(event.action)](event)


def _of_sheet(event: Event, title: str, text: str, page: str = "sheet") -> Telling:
    sheet = event.assessment
    return Telling(
        key=f"{event.action}:{event.pk}",
        title=f"{sheet.unit.short_name}: {title}",
        text=f"{text}\n{sheet.period}.",
        address=reverse(page, args=[sheet.pk]),
    )


def _send(event: Event) -> Telling:
    until = _until(event.assessment, Phase.APPROVAL)
    return _of_sheet(
        event,
        "phiếu chờ lãnh đạo duyệt",
        f"{event.by.full_name} đã trình phiếu chấm điểm. Hãy duyệt và gửi phiếu, hoặc trả lại kèm điều cần sửa. "
        f"Hạn: {until}.",
    )


def _send_back(event: Event) -> Telling:
    return _of_sheet(
        event,
        "lãnh đạo đơn vị trả lại phiếu",
        f"{event.by.full_name} trả lại phiếu chấm điểm. Điều cần sửa: {event.reason}\n"
        f"Hãy sửa rồi trình lại. Hạn: {_until(event.assessment, Phase.APPROVAL)}.",
    )


def _return(event: Event) -> Telling:
    return _of_sheet(
        event,
        "phiếu được trả lại để sửa",
        f"{event.by.full_name} trả lại phiếu đã gửi. Lý do: {event.reason}\n"
        f"Hãy sửa rồi trình lãnh đạo đơn vị duyệt lại. Hạn: {_until(event.assessment, Phase.APPROVAL)}.",
    )


def _extend(event: Event) -> Telling:
    granted = event.after
    leaves = ", ".join(granted["leaves"])
    phase = Phase(granted["phase"])
    return _of_sheet(
        event,
        "được gia hạn",
        f"{Extension.Extends(phase).label}: gia hạn đến {format_moment(datetime.fromisoformat(granted['until']))}"
        f"{f', chỉ với tiêu chí {leaves}' if leaves else ''}.\n"
        f"Lý do: {event.reason}\nVăn bản: {granted['document']}",
        _PAGE_OF.get(phase, "appraisal"),
    )


def _release(event: Event) -> Telling:
    asked = event.after["asked"]
    return _of_sheet(
        event,
        "đã có kết quả thẩm định vòng 1",
        f"Có {asked} tiêu chí được chấm thấp hơn điểm tự chấm. Hãy xem và trả lời từng tiêu chí: đồng ý, hoặc không "
        "đồng ý kèm nội dung giải trình. Không trả lời được coi là đồng ý. "
        f"Hạn: {_until(event.assessment, Phase.EXPLANATION)}."
        if asked
        else "Không có tiêu chí nào cần giải trình.",
        "explanation",
    )


def _explain(event: Event) -> Telling:
    told = _of_sheet(
        event,
        "đã trả lời giải trình",
        "Đơn vị đã trả lời về kết quả thẩm định vòng 1. Tiêu chí đơn vị không đồng ý được xem lại ở vòng 2.",
        "appraisal",
    )
    return _about(told, f"{event.action}:{event.assessment_id}:", event)


def _close_appraisal(event: Event) -> Telling:
    return _of_sheet(
        event,
        "đã kết thúc thẩm định",
        "Thẩm định vòng 2 đã xong; phiếu chuyển Hội đồng thẩm định xem xét.",
        "explanation",
    )


def _assign(event: Event) -> Telling:
    told = Telling(
        key="",
        title="Phân công thẩm định",
        text=f"Bạn được phân công thẩm định tiêu chí {event.criterion.code} {event.criterion.name}, nhóm "
        f"{event.after['cohort']}. Các phân công khác của bạn, nếu có, ở trang Thẩm định.\n{event.period}.",
        address=reverse("appraisals"),
    )
    return _about(told, f"{event.action}:{event.period_id}:", event)


def _about(told: Telling, topic: str, event: Event) -> Telling:
    return Telling(f"{topic}{event.pk}", told.title, told.text, told.address, topic)


def _publish(event: Event) -> Telling:
    return _published(event, f"Đã công bố kết quả năm {event.period.year}")


def _correct(event: Event) -> Telling:
    return _published(event, f"Đính chính kết quả năm {event.period.year}")


def _published(event: Event, title: str) -> Telling:
    # Asked for, because the period at hand may be the one from before.
    publication = Publication.objects.filter(period=event.period_id).order_by("-ordinal")[0]
    return Telling(
        key=f"{event.action}:{event.pk}",
        title=title,
        text=f"{event.period}, {event.period.host}.\nQuyết định số {publication.decision_number} ngày "
        f"{format_short_date(publication.decision_date)} của {publication.decision_issuer}."
        f"{f' Lý do đính chính: {publication.reason}' if publication.reason else ''}",
        address=reverse("ranking", args=[event.period_id]),
    )


_TOLD: Mapping[Event.Deed, Callable[[Event], Telling]] = {
    Deed.SEND: _send,
    Deed.SEND_BACK: _send_back,
    Deed.RETURN: _return,
    Deed.RENEW: _return,
    Deed.EXTEND: _extend,
    Deed.RELEASE: _release,
    Deed.EXPLAIN: _explain,
    Deed.CLOSE_APPRAISAL: _close_appraisal,
    Deed.ASSIGN: _assign,
    Deed.PUBLISH: _publish,
    Deed.CORRECT: _correct,
}


def _until(assessment: Assessment, phase: Phase) -> str:
    rules = [granted.as_rule for granted in assessment.granted]
    return format_moment(max(ends(phase, assessment.period.calendar, rules)))


_PAGE = {Phase.ROUND1: "appraisals", Phase.ROUND2: "appraisals"}
_OPENED = {
    Phase.SELF: "Hãy chấm từng tiêu chí, kèm tài liệu kiểm chứng, rồi trình lãnh đạo đơn vị duyệt.",
    Phase.APPROVAL: "Phiếu được cán bộ đầu mối trình thì lãnh đạo đơn vị duyệt và gửi, hoặc trả lại để sửa.",
    Phase.ROUND1: "Hãy thẩm định các tiêu chí được phân công trên những phiếu đã gửi.",
    Phase.EXPLANATION: "Khi có kết quả thẩm định vòng 1, hãy trả lời các tiêu chí được chấm thấp hơn điểm tự chấm; "
    "không trả lời được coi là đồng ý.",
    Phase.ROUND2: "Hãy thẩm định lại các tiêu chí đơn vị không đồng ý.",
    Phase.COUNCIL: "Hội đồng xem xét và chốt điểm các phiếu đã thẩm định xong.",
    Phase.PUBLISHED: "Được công bố kết quả khi đã chốt điểm.",
}


def phase_opened(period: Period, phase: Phase) -> Telling:
    window = period.calendar[phase]
    page = "period" if phase in {Phase.COUNCIL, Phase.PUBLISHED} else _PAGE.get(phase, "sheets")
    until = f" Hạn: {format_moment(window.closes)}." if window.closes else ""
    return Telling(
        # A phase that is put off opens again.
        key=f"opens:{period.pk}:{phase}:{_stamp(window.opens)}",
        title=f"{phase.label}: bắt đầu",
        text=f"{_OPENED[phase]}{until}\n{period}.",
        address=reverse(page, args=[period.pk] if page == "period" else []),
    )


_ENDING = {
    Phase.SELF: "phiếu chưa được trình lãnh đạo duyệt",
    Phase.APPROVAL: "phiếu chưa được lãnh đạo duyệt và gửi",
    Phase.EXPLANATION: "còn tiêu chí chưa trả lời giải trình",
}


def unit_deadline(
    assessment: Assessment, phase: Phase, deadline: datetime, days: int, now: datetime
) -> Telling:
    return Telling(
        # By the moment, not the phase: of two that end together one is enough.
        key=f"due:{assessment.pk}:{_stamp(deadline)}:{days}",
        title=f"{assessment.unit.short_name}: {_left(deadline - now)}, {_ENDING[phase]}",
        text=f"{_DUE[phase]} Hạn: {format_moment(deadline)}.\n{assessment.period}.",
        address=reverse(_PAGE_OF[phase], args=[assessment.pk]),
    )


_DUE = {
    Phase.SELF: "Hãy chấm xong và trình lãnh đạo đơn vị duyệt trước hạn.",
    Phase.APPROVAL: "Lãnh đạo đơn vị cần duyệt và gửi phiếu trước hạn.",
    Phase.EXPLANATION: "Không trả lời trước hạn được coi là đồng ý với điểm thẩm định.",
}


def appraisal_deadline(period: Period, phase: Phase, deadline: datetime, days: int, now: datetime) -> Telling:
    return Telling(
        key=f"due:{phase}:{period.pk}:{_stamp(deadline)}:{days}",
        title=f"{phase.label}: {_left(deadline - now)}, còn tiêu chí chưa thẩm định",
        text=f"Hãy thẩm định xong các tiêu chí được phân công. Hạn: {format_moment(deadline)}.\n{period}.",
        address=reverse("appraisals"),
    )


def nudge(assessment: Assessment, phase: Phase, deadline: datetime | None, now: datetime) -> Telling:
    """What a coordinator reminds a unit of; once a day."""
    about = "explanation" if phase is Phase.EXPLANATION else "self"
    over = deadline is not None and now > deadline
    until = f" {'Đã hết hạn lúc' if over else 'Hạn:'} {format_moment(deadline)}." if deadline else ""
    return Telling(
        key=f"nudge:{assessment.pk}:{about}:{now.astimezone(VIETNAM).date().isoformat()}",
        title=f"{assessment.unit.short_name}: nhắc việc, {_ENDING[phase]}",
        text=f"{assessment.period.host} nhắc đơn vị hoàn thành.{until}\n{assessment.period}.",
        address=reverse(_PAGE_OF[phase], args=[assessment.pk]),
    )


def _left(span: timedelta) -> str:
    """Whole days where a timer that comes some minutes late would say "6 ngày 23 giờ"."""
    day = timedelta(days=1)
    return f"còn {-(-span // day)} ngày" if span > timedelta(hours=20) else f"còn {format_span(span)}"


def _stamp(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).isoformat(timespec="minutes")
