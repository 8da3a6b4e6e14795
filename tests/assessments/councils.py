"""What tests of the council share: sheets that disagree, and sessions that decide on them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from assessments.actions.appraisal import judge
from assessments.actions.rounds import explain
from assessments.actions.sessions import convene, decide
from assessments.actions.verdicts import Verdict
from assessments.minutes import Member, SessionFacts
from assessments.models import CouncilSession, Layer, Score
from assessments.workflow import Action
from tests.assessments.conftest import NOW, Year

CHAIR = Member("chair", "Trần Thị Bình", "Phó Chủ tịch Ủy ban nhân dân tỉnh")
SECRETARY = Member("secretary", "Lê Văn Cường", "Sở Nội vụ")
ABSENT = Member("member", "Phạm Thị Dung", "Sở Tài chính", True)
KEEP = Verdict(Score.Basis.KEPT)


def facts(**given: Any) -> SessionFacts:
    values: dict[str, Any] = {
        "held_at": NOW,
        "ended_at": NOW + timedelta(hours=3),
        "place": "Phòng họp số 1",
        "threshold": Decimal("0.5"),
        "note": "",
        "members": (CHAIR, SECRETARY, ABSENT),
    }
    return SessionFacts(**values | given)


def meet(year: Year, **given: Any) -> CouncilSession:
    return convene(period=year.period, facts=facts(**given), by=year.coordinator, now=NOW)


def points(value: str, reason: str = "Theo hồ sơ") -> Verdict:
    return Verdict(Score.Basis.DATA, {"points": value}, reason=reason)


def appraise(
    year: Year, place: int = 0, *, own: str = "4", round1: str = "2", text: str = "", round2: str = ""
) -> None:
    """A sheet up to the council: 1.1 scored `own`, appraised `round1`, explained with `text` (none: agreed) and,
    where disputed, appraised `round2` again (none: kept)."""
    year.score("1.1", {"points": own}, place)
    year.score("1.2", {"points": "3"}, place)
    year.submit(place)
    judge_leaf(year, Action.APPRAISE, Layer.ROUND1, points(round1, "Thiếu kế hoạch"), place)
    year.release(place)
    if text:
        sheet = year.sheet(place)
        explain(
            assessment=sheet,
            criterion_id=year.criterion("1.1", place),
            agrees=False,
            text=text,
            seen=0,
            by=year.officers[sheet.unit_id],
            now=NOW,
        )
        verdict = points(round2, "Xem lại hồ sơ") if round2 else KEEP
        judge_leaf(year, Action.REVISE, Layer.ROUND2, verdict, place)
    year.accept(place)
    year.close(place)


def judge_leaf(year: Year, action: Action, layer: str, verdict: Verdict, place: int) -> None:
    saved = year.row("1.1", layer, place)
    judge(
        action=action,
        assessment=year.sheet(place),
        criterion_id=year.criterion("1.1", place),
        verdict=verdict,
        seen=saved.version if saved else year.sheet(place).version_floor,
        by=year.appraiser,
        now=NOW,
    )


def rule(
    year: Year,
    session: CouncilSession,
    verdict: Verdict,
    place: int = 0,
    code: str = "1.1",
    seen: int | None = None,
) -> Score:
    """What the session decides, by somebody who sees what stands now."""
    saved = year.row(code, Layer.COUNCIL, place)
    return decide(
        session=session,
        assessment=year.sheet(place),
        criterion_id=year.criterion(code, place),
        verdict=verdict,
        seen=saved.version if saved and seen is None else seen or 0,
        by=year.coordinator,
        now=NOW,
    )
