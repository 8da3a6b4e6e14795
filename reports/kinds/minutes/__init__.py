"""`minutes`: how a session of the council went, laid out as the decree wants minutes to be."""

from __future__ import annotations

from collections.abc import Iterator

from assessments.minutes import Minutes
from reports.kinds.claims import Said, contradicted_by, wrong_year
from reports.kinds.content import Content
from reports.kinds.kind import CLOSING, Kind, Part, Problem, Severity, Suggestion, Where
from reports.kinds.minutes.record import write
from reports.kinds.names import Name
from reports.kinds.wording import enumerated, two_digits

COURSE = "Nội dung cuộc họp"
MEMBERS = "members-0-full_name"


def _suggestions(minutes: Minutes) -> tuple[Suggestion, ...]:
    changed = [
        f"{row.unit}, tiêu chí {row.code}" for row in minutes.rows if row.decided and not row.decided.is_kept
    ]
    if not changed:
        return ()
    return (Suggestion("conclusion", f"Hội đồng thay đổi điểm của: {enumerated(changed)}."),)


def _checks(minutes: Minutes, content: Content) -> tuple[Problem, ...]:
    """Members, time and chair are mended in the session itself."""
    undecided = len(minutes.undecided)
    found = (
        (minutes.chair is None, "Phiên họp chưa ghi người chủ trì.", Severity.BLOCKS, MEMBERS),
        (minutes.secretary is None, "Phiên họp chưa ghi thư ký.", Severity.BLOCKS, MEMBERS),
        (minutes.facts.ended_at is None, "Phiên họp chưa ghi giờ kết thúc.", Severity.WARNS, "ended_at"),
        (
            bool(undecided),
            f"{two_digits(undecided)} tiêu chí đưa ra Hội đồng chưa có kết luận.",
            Severity.WARNS,
            "",
        ),
    )
    return (
        *(Problem(text, severity, at, Where.SESSION) for holds, text, severity, at in found if holds),
        *contradicted_by(content, _said(minutes)),
        *wrong_year(content, minutes.year),
    )


def _said(minutes: Minutes) -> Iterator[Said]:
    """What the council gave each unit."""
    return (Said(unit.unit, minutes.year, points=unit.council) for unit in minutes.totals)


MINUTES: Kind[Minutes] = Kind(
    name=Name.MINUTES,
    slug="bien-ban",
    parts=(
        Part("opening", "Khai mạc", "Lý do họp, báo cáo kết quả thẩm định.", group=COURSE),
        Part("discussion", "Ý kiến thảo luận", group=COURSE),
        Part("conclusion", "Kết luận của người chủ trì", group=COURSE),
        CLOSING,
    ),
    write=write,
    checks=_checks,
    suggestions=_suggestions,
    sign="BB",
    fields=("superior", "issuer", "number", "symbol", "recipients"),
    cites=False,
)
