"""Central entry by workbook, stored: all or nothing, nobody overwritten, as pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Role
from assessments.actions.imports import Imported, import_entries
from assessments.actions.publication import publish
from assessments.actions.targets import assign_targets
from assessments.models import AssignedTarget, Event, Layer, Score
from assessments.queries.entry.preview import EntryPreview
from assessments.queries.recounting import total_differences
from assessments.queries.targets import TargetChange
from assessments.workflow import Refusal
from criteria.actions import load_set
from criteria.schema import read_set
from tests.assessments.conftest import NOW, Year, make_year
from tests.assessments.showing import text
from tests.assessments.workbooks import EVERY_KIND, filled, pattern, previewed
from tests.factories import user_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine: object) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def year(db: None) -> Year:
    year = make_year(load_set(read_set(EVERY_KIND)))
    year.open()
    return year


def store(year: Year, preview: EntryPreview, **given: Any) -> Imported:
    assert not preview.faults
    act = {"cohort": year.cohort, "by": year.coordinator, "now": NOW} | given
    return import_entries(results=preview.results, targets=preview.targets, **act)


SOME = [
    ("Chỉ tiêu giao", "2.4 | target", 0, 80),
    ("Chỉ tiêu giao", "1.2 | target", 1, 70),
    ("Tỷ lệ", "2.4 | numerator", 0, 40),
    ("Tỷ lệ", "2.4 | denominator", 0, 100),
    ("Chỉ số", "2.8 | value", 2, 50),
]


def test_results_and_targets_are_stored_with_totals_and_events(year: Year) -> None:
    assert store(year, previewed(year, *SOME)) == Imported(results=2, targets=2)
    assert year.row("2.4", Layer.COUNCIL).points == 2
    assert year.row("2.8", Layer.COUNCIL, 2).points == Decimal("0.5")
    assert AssignedTarget.objects.get(assessment=year.sheet(1)).value == Decimal("0.7")
    assert total_differences(year.cohort) == []
    events = Event.objects.filter(period=year.period, by=year.coordinator)
    assert events.filter(action="enter_central").count() == 2
    assert events.filter(action="assign_target").count() == 2
    assert previewed(year).changes == []


def test_a_later_entry_is_not_overwritten_and_its_cell_is_named(year: Year) -> None:
    preview = previewed(year, *SOME)
    year.enter("2.8", {"value": "60"}, 2)
    with pytest.raises(Refusal, match=r"Chỉ số!C8 .*đã nhập kết quả khác"):
        store(year, preview)
    assert not AssignedTarget.objects.exists()
    assert year.row("2.4", Layer.COUNCIL) is None
    assert year.row("2.8", Layer.COUNCIL, 2).points == Decimal("0.6")


def test_a_later_target_is_not_overwritten_and_its_cell_is_named(year: Year) -> None:
    preview = previewed(year, *SOME)
    change = TargetChange(year.sheet(1).pk, year.criterion("1.2"), Decimal("0.9"), None)
    assign_targets(cohort=year.cohort, changes=[change], by=year.coordinator, now=NOW)
    with pytest.raises(Refusal, match=r"Chỉ tiêu giao!C7 .*chỉ tiêu khác"):
        store(year, preview)
    assert AssignedTarget.objects.count() == 1
    assert not Score.objects.filter(layer=Layer.COUNCIL).exists()


def test_the_same_entered_meanwhile_is_no_conflict(year: Year) -> None:
    preview = previewed(year, *SOME)
    year.enter("2.8", {"value": "50"}, 2)
    assert store(year, preview) == Imported(results=1, targets=2)


def test_what_was_cleared_is_entered_again(year: Year) -> None:
    year.enter("2.8", {"value": "60"})
    year.enter("2.8", None)
    assert store(year, previewed(year, ("Chỉ số", "2.8 | value", 0, 50))).results == 1


def test_the_gate_holds(year: Year) -> None:
    preview = previewed(year, *SOME)
    for person in (year.leader, year.appraiser, user_with(Role.COORDINATOR)):
        with pytest.raises(PermissionDenied):
            store(year, preview, by=person)
    year.coordinator.memberships.create(role=Role.OFFICER, unit=year.units[2])
    with pytest.raises(PermissionDenied):
        store(year, preview, by=type(year.coordinator).objects.get(pk=year.coordinator.pk))
    assert not AssignedTarget.objects.exists()


def test_what_became_final_since_is_refused_whole(year: Year) -> None:
    rest = [("Chỉ số", "2.8 | value", place, 50) for place in range(2)]
    preview = previewed(year, *rest)
    change = TargetChange(year.sheet(0).pk, year.criterion("2.4"), Decimal("0.8"), None)
    assign_targets(cohort=year.cohort, changes=[change], by=year.coordinator, now=NOW)
    for code, data in {
        "2.1": {"points": "1"},
        "2.2": {"option": "b"},
        "2.3": {"items": []},
        "2.4": {"numerator": "1", "denominator": "2"},
        "2.5": {"count": "0"},
        "2.6": {"counts": {"l1": "0", "l2": "0"}},
        "2.7": {"not_applicable": True},
        "2.8": {"value": "1"},
        "P": {"count": "0"},
    }.items():
        year.enter(code, data)
    year.score("1.1", {"points": "4"})
    year.submit()
    year.appraise()
    year.finalise()
    with pytest.raises(Refusal):
        store(year, preview)
    assert year.row("2.8", Layer.COUNCIL, 1) is None


def url(year: Year, name: str) -> str:
    return reverse(name, args=[year.cohort.pk])


def upload(content: bytes) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("nhap.xlsx", content)}


def test_download_upload_look_and_confirm(year: Year, as_: Callable) -> None:
    browser = as_(year.coordinator)
    for page in ("central", "targets"):
        assert url(year, "entry_upload") in text(browser.get(url(year, page)))
    answer = browser.get(url(year, "entry_xlsx"))
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert "không có gì khác" not in text(browser.get(url(year, "entry_upload")))
    unchanged = browser.post(url(year, "entry_upload"), upload(pattern(year)))
    assert "Tệp không có gì khác" in text(unchanged)

    answer = browser.post(url(year, "entry_upload"), upload(filled(year, *SOME)))
    page = text(answer)
    assert answer.status_code == 200
    assert "Ghi 4 thay đổi" in page
    assert "chưa nhập" in page
    assert not Score.objects.filter(layer=Layer.COUNCIL).exists()
    signed = answer.context["confirm"].initial["signed"]
    done = browser.post(url(year, "entry_apply"), {"signed": signed}, follow=True)
    assert "Đã ghi 2 kết quả và 2 chỉ tiêu" in text(done)
    assert year.row("2.8", Layer.COUNCIL, 2).points == Decimal("0.5")


def test_mistakes_are_listed_and_nothing_can_be_confirmed(year: Year, as_: Callable) -> None:
    wrong = filled(year, ("Điểm", "2.1 | points", 0, 9), ("Điểm", "2.1 | points", 1, 3))
    answer = as_(year.coordinator).post(url(year, "entry_upload"), upload(wrong))
    page = text(answer)
    assert answer.status_code == 422
    assert "Điểm!C6" in page
    assert "lớn hơn điểm tối đa" in page
    assert 'name="signed"' not in page


@pytest.mark.parametrize("content", [b"", b"MZ", b"PK\x03\x04" + b"0" * 100], ids=["empty", "exe", "cut"])
def test_a_wrong_file_is_told_beside_the_field(year: Year, as_: Callable, content: bytes) -> None:
    answer = as_(year.coordinator).post(url(year, "entry_upload"), upload(content))
    assert answer.status_code == 422
    assert "errorlist" in text(answer)


def test_what_was_signed_is_for_one_person_one_cohort_and_some_hours(
    year: Year, as_: Callable, time_machine: Any
) -> None:
    signed = (
        as_(year.coordinator)
        .post(url(year, "entry_upload"), upload(filled(year, *SOME)))
        .context["confirm"]
        .initial["signed"]
    )
    apply = url(year, "entry_apply")
    another = user_with(Role.COORDINATOR, year.host)
    for who, sent in ((another, signed), (year.coordinator, signed[:-2]), (year.coordinator, "")):
        answer = as_(who).post(apply, {"signed": sent}, follow=True)
        assert "message-error" in text(answer)
    time_machine.move_to(NOW + timedelta(hours=5))
    assert "quá hạn" in text(as_(year.coordinator).post(apply, {"signed": signed}, follow=True))
    assert not AssignedTarget.objects.exists()


def test_conflicts_are_told_on_the_page(year: Year, as_: Callable) -> None:
    browser = as_(year.coordinator)
    answer = browser.post(url(year, "entry_upload"), upload(filled(year, *SOME)))
    year.enter("2.8", {"value": "60"}, 2)
    signed = answer.context["confirm"].initial["signed"]
    page = text(browser.post(url(year, "entry_apply"), {"signed": signed}, follow=True))
    assert "Chỉ số!C8" in page
    assert "tải tệp lên lại" in page


def test_a_published_period_takes_no_file(small_set: Any, as_: Callable) -> None:
    small = make_year(small_set)
    small.open()
    small.play()
    publish(
        period=small.period,
        decision_number="1/QĐ-UBND",
        decision_date=NOW.date(),
        decision_issuer="UBND tỉnh",
        by=small.coordinator,
        now=NOW,
    )
    browser = as_(small.coordinator)
    page = text(browser.get(url(small, "entry_upload")))
    assert "Kết quả đã công bố" in page
    assert 'type="file"' not in page
    assert "Xem trước" not in text(browser.post(url(small, "entry_upload"), upload(b"x")))
