"""What no page of ours sends: refused like any other slip, and never a broken page."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assessments.models import CouncilSession, Period
from tests.assessments.conftest import NOW, Year
from tests.assessments.showing import client_of

pytestmark = pytest.mark.django_db

LONG = "9" * 5000  # Python makes no number of it


@pytest.fixture(autouse=True)
def clock(time_machine: object) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def coordinator(year: Year) -> Client:
    return client_of(year.coordinator)


@pytest.mark.parametrize(
    "typed", ["0001-01-01T00:00", "1999-12-31T23:59", "2200-01-01T00:00", "9999-12-31T23:59"]
)
def test_moments_of_another_age(year: Year, coordinator: Client, typed: str):
    meeting = {"held_at": typed, "place": "Phòng họp", "threshold": "1", "members-0-full_name": "Bình"}
    meeting |= {"members-TOTAL_FORMS": "1", "members-INITIAL_FORMS": "0", "members-0-seat": "chair"}
    answer = coordinator.post(reverse("session_new", args=[year.period.pk]), meeting)
    assert (answer.status_code, CouncilSession.objects.count()) == (422, 0)
    period = {
        "host": year.host.pk,
        "year": "2027",
        "name": "Sau",
        "opens": "2027-03-01T08:00",
        "closes": typed,
    }
    assert coordinator.post(reverse("period_new"), period).status_code == 422
    assert Period.objects.count() == 1


@pytest.mark.parametrize("unit", ["\u00b2", "x", LONG])
def test_units_that_are_no_keys(year: Year, coordinator: Client, unit: str):
    typed = {"name": "Nhóm khác", "criteria_set": year.criteria_set.pk, "units": [unit]}
    answer = coordinator.post(reverse("cohort_new", args=[year.period.pk]), typed)
    assert (answer.status_code, year.period.cohorts.count()) == (422, 1)


def test_numbers_of_thousands_of_digits(year: Year, coordinator: Client):
    year.score("1.1", {"points": "4"})
    officer = client_of(year.officers[year.units[0].pk])
    shared = {f"seen-{year.criterion('1')}": LONG}
    assert officer.post(reverse("sharing", args=[year.sheet().pk]), shared).status_code < 500
    assigned = reverse("assignment", args=[year.cohort.pk, year.criterion("1")])
    assert coordinator.post(assigned, {"stood": LONG}).status_code < 500
    year.submit()
    year.release()
    agreed = officer.post(reverse("agree_rest", args=[year.sheet().pk]), {"leaf": [LONG]})
    assert agreed.status_code == 302
    session = CouncilSession.objects.create(
        period=year.period, held_at=NOW, place="Phòng họp", threshold=1, note=""
    )
    kept = coordinator.post(reverse("keep_rest", args=[session.pk]), {"expected": LONG})
    assert kept.status_code == 302
    assert coordinator.get(reverse("session", args=[session.pk]), {"nhom": LONG}).status_code == 200


def instead_of(old: bytes, new: bytes, book: io.BytesIO) -> bytes:
    """The workbook with other figures than openpyxl would write."""
    changed = io.BytesIO()
    with zipfile.ZipFile(book) as parts, zipfile.ZipFile(changed, "w") as written:
        for name in parts.namelist():
            written.writestr(name, parts.read(name).replace(old, new))
    return changed.getvalue()


@pytest.mark.parametrize("typed", ["9" * 400, "9" * 5000, "1e999", "NaN"])
def test_numbers_in_a_workbook_that_no_float_holds(year: Year, coordinator: Client, typed: str):
    pattern = coordinator.get(reverse("entry_xlsx", args=[year.cohort.pk])).content
    book = openpyxl.load_workbook(io.BytesIO(pattern))
    for page in book.worksheets:
        if page.cell(5, 1).value == "Mã đơn vị":
            page.cell(6, 3).value = 77123456
    changed = io.BytesIO()
    book.save(changed)
    upload = SimpleUploadedFile("a.xlsx", instead_of(b"77123456", typed.encode(), changed))
    answer = coordinator.post(reverse("entry_upload", args=[year.cohort.pk]), {"file": upload})
    assert answer.status_code == 422
