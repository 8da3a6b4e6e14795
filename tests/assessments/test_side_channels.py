"""Before publication nothing that a unit can ask for depends on other units' points: not a page, a list, a
count, an order, an export or an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from assessments.actions.appraisal import judge
from assessments.actions.verdicts import Verdict
from assessments.models import Layer, Score
from assessments.workflow import Action
from tests.access_table import TABLE
from tests.assessments.conftest import Year
from tests.test_access import ADDRESSES

pytestmark = pytest.mark.django_db
# What differs between two looks at the same page, besides the clock, which stands still here.
PASSING = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": "[^"]+"|nonce="[^"]+"')
# Whatever else a page can be asked for.
CHOICES = ("", "?xem=chua-cham", "?tinh-trang=final", "?sap-xep=diem", "?trang=2")


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def keywords(name: str, year: Year, place: int) -> dict[str, object] | None:
    """Keys of a unit's own things, or of another unit's; None where the year holds nothing of the kind yet."""
    sheet = year.sheet(place)
    known = {
        "assessment": sheet.pk,
        "criterion": year.criterion("1.1"),
        "period": year.period.pk,
        "cohort": year.cohort.pk,
        "unit": sheet.unit_id,
        "area": "1",
    }
    asked = ADDRESSES[name].pattern.regex.groupindex
    return {key: known[key] for key in asked} if asked.keys() <= known.keys() else None


def seen_by(person: User, year: Year) -> dict[str, tuple[int, bytes]]:
    """Every address of the year, asked for himself and for another unit, read and written to."""
    with time_machine.travel(year.now, tick=False):
        return dict(_answers(person, year))


def _answers(person: User, year: Year) -> Iterator[tuple[str, tuple[int, bytes]]]:
    client = Client()
    client.force_login(person, "accounts.backends.MemberBackend")
    for name in TABLE:
        if not ADDRESSES[name].callback.__module__.startswith(("assessments.", "reports.", "parindex.")):
            continue
        for place in (0, 1):
            if (found := keywords(name, year, place)) is None:
                continue
            url = reverse(name, kwargs=found)
            for choice in CHOICES:
                answer = client.get(url + choice)
                content = b"".join(answer) if answer.streaming else answer.content
                yield f"GET {url}{choice}", (answer.status_code, PASSING.sub(b"", content))
                if answer.status_code != 200:
                    break
            if place == 1:
                with undone():
                    answer = client.post(url, {"points": "1", "version": "0", "reason": "thử"})
                yield f"POST {url}", (answer.status_code, PASSING.sub(b"", answer.content))


def others(year: Year, points: str, *, lowered: str | None, final: bool) -> None:
    """The other two units go their way, with more or fewer points."""
    for place in (1, 2):
        year.score("1.1", {"points": points}, place)
        year.score("1.2", {"not_applicable": True}, place)
        year.score("2.2.2", {"points": "1"}, place)
        year.submit(place)
        if lowered is not None:
            judge(
                action=Action.APPRAISE,
                assessment=year.sheet(place),
                criterion_id=year.criterion("1.1", place),
                verdict=Verdict(Score.Basis.DATA, {"points": lowered}, reason="thiếu tài liệu"),
                seen=0,
                by=year.appraiser,
                now=year.now,
            )
        if final:
            year.appraise(place)
            year.enter("1.3", {"counts": {"Hài lòng": points, "Không hài lòng": "1"}}, place)
            year.enter("P", {"count": "0"}, place)
            year.finalise(place)


@pytest.mark.parametrize("role", ["officer", "leader"])
@pytest.mark.parametrize("stage", ["draft", "sent", "told", "final"])
@pytest.mark.parametrize("final", [False, True])
def test_a_unit_learns_nothing_of_the_points_of_others(year: Year, stage: str, role: str, final: bool):
    year.score("1.1", {"points": "3"}, note="đang làm")
    if stage != "draft":
        year.submit()
    if stage in {"told", "final"}:
        year.release()
    if stage == "final":
        year.accept()
        year.close()
        year.enter("1.3", {"counts": {"Hài lòng": "9", "Không hài lòng": "3"}})
        year.enter("P", {"count": "0"})
        year.finalise()
    person = (year.officers if role == "officer" else year.leaders)[year.sheet().unit_id]

    with undone():
        others(year, "4", lowered=None, final=final)
        high = seen_by(person, year)
    with undone():
        others(year, "2", lowered="0.5" if final else None, final=final)
        low = seen_by(person, year)

    assert [address for address in high if high[address] != low[address]] == []
    assert {status for status, _ in high.values()} >= {200, 403}


def test_the_comparison_would_notice(year: Year):
    """The coordinator's board does show the points, and differs."""
    with undone():
        others(year, "4", lowered=None, final=True)
        high = seen_by(year.coordinator, year)
    with undone():
        others(year, "2", lowered=None, final=True)
        low = seen_by(year.coordinator, year)

    assert any(high[address] != low[address] for address in high)
    assert Score.objects.filter(layer=Layer.COUNCIL).count() == 0
