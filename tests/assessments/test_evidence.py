"""What becomes of a file, and who may show it where and when."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from assessments.actions.evidence import add_file, add_link, attach, detach
from assessments.actions.receiving import Unusable
from assessments.models import Attachment, Event, Evidence
from assessments.queries.evidence import attachable, attached_to, evidence_items, natural
from assessments.workflow import Refusal
from tests.assessments import files
from tests.assessments.conftest import DEADLINE, NOW, Year, later, make_year
from tests.assessments.showing import (
    add,
    link,
    officer,
    upload,
)
from tests.factories import user_with

pytestmark = pytest.mark.django_db


def stored_files(settings: Any) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_file_is_kept_under_its_hash_and_named_by_its_person(year: Year, settings: Any) -> None:
    added = add(year, upload=upload(name="..\\a/Kế hoạch 2026.docx"))
    evidence = added.evidence
    assert added.created
    assert (evidence.title, evidence.media_type) == ("Kế hoạch 2026", "application/pdf")
    assert (evidence.size, evidence.added_by, evidence.added_at) == (len(files.PDF), officer(year), NOW)
    assert evidence.sha256 == hashlib.sha256(files.PDF).hexdigest()
    assert evidence.file.read() == files.PDF
    [stored] = stored_files(settings)
    assert stored.name == evidence.sha256
    [attachment] = attached_to(year.sheet(), year.criterion("1.1"))
    assert attachment.evidence == evidence
    attached, kept = Event.objects.filter(assessment=year.sheet()).order_by("-pk")[:2]
    assert (kept.action, kept.after["sha256"], kept.by) == ("add_evidence", evidence.sha256, officer(year))
    assert (attached.action, attached.criterion_id) == ("attach_evidence", year.criterion("1.1"))


def test_a_title_is_one_clean_line(year: Year) -> None:
    added = add(year, title=" Bie\u0302n ba\u0309n \u202e\n số 3.PDF ", upload=upload(files.png()))
    assert added.evidence.title == "Biên bản số 3"
    assert add(year, upload=upload(files.jpg(), name=".pdf")).evidence.title == "Tài liệu"


def test_the_same_content_is_kept_once_and_serves_two_leaves(year: Year, settings: Any) -> None:
    first = add(year, "1.1", title="Lần đầu")
    second = add(year, "1.2", title="Lần sau")
    assert not second.created
    assert second.evidence == first.evidence
    assert second.evidence.title == "Lần đầu"
    assert len(stored_files(settings)) == 1
    assert Attachment.objects.filter(evidence=first.evidence).count() == 2
    add(year, "1.2")
    assert Attachment.objects.count() == 2
    # Another unit's sheet has its own.
    assert add(year, "1.1", place=1).created


def test_detaching_keeps_the_evidence_and_its_other_leaves(year: Year, settings: Any) -> None:
    evidence = add(year, "1.1").evidence
    attach(evidence=evidence, criterion_id=year.criterion("1.2"), by=officer(year), now=NOW)
    for _ in range(2):
        detach(evidence=evidence, criterion_id=year.criterion("1.1"), by=officer(year), now=NOW)
    assert not attached_to(year.sheet(), year.criterion("1.1"))
    assert list(attachable(year.sheet(), year.criterion("1.1"))) == [evidence]
    assert not attachable(year.sheet(), year.criterion("1.2"))
    detach(evidence=evidence, criterion_id=year.criterion("1.2"), by=officer(year), now=NOW)
    [item] = evidence_items(year.sheet())
    assert (item.evidence, item.criteria) == (evidence, ())
    assert len(stored_files(settings)) == 1
    assert Event.objects.filter(action="detach_evidence").count() == 2


def test_a_file_may_wait_without_a_leaf(year: Year) -> None:
    evidence = add(year, None).evidence
    assert not evidence.attachments.exists()


def test_what_is_too_large_leaves_nothing_behind(year: Year, settings: Any) -> None:
    settings.EVIDENCE_MAX_BYTES = len(files.PDF)
    assert add(year).created
    for size in (1, 5_000_000):
        with pytest.raises(Unusable, match="lớn hơn") as refused:
            add(year, upload=upload(files.PDF + bytes(size)))
        assert refused.value.field == "file"
    assert len(stored_files(settings)) == 1


def test_the_size_is_counted_and_not_believed(year: Year, settings: Any) -> None:
    settings.EVIDENCE_MAX_BYTES = 1000
    liar = upload(files.PDF + bytes(2000))
    liar.size = 10
    with pytest.raises(Unusable):
        add(year, upload=liar)


def test_the_limit_is_20_mb(settings: Any) -> None:
    assert settings.EVIDENCE_MAX_BYTES == 20 * 1024 * 1024


def test_what_is_not_taken_leaves_nothing_behind(year: Year, settings: Any) -> None:
    with pytest.raises(Unusable, match="không thuộc loại") as refused:
        add(year, upload=upload(b"MZ" + bytes(100), name="hop-le.pdf"))
    assert refused.value.field == "file"
    assert not stored_files(settings)
    assert not Evidence.objects.exists()


def test_a_process_that_dies_halfway_leaves_at_most_a_file(
    year: Year, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("assessments.actions.evidence.record", die)
    with pytest.raises(KeyboardInterrupt):
        add(year)
    assert not Evidence.objects.exists()
    assert [path.name for path in stored_files(settings)] == [hashlib.sha256(files.PDF).hexdigest()]
    monkeypatch.undo()
    assert add(year).evidence.file.read() == files.PDF


def broken_off() -> Iterator[bytes]:
    yield files.PDF
    raise ConnectionResetError


def test_a_line_that_drops_leaves_nothing(year: Year, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    dropped = upload()
    monkeypatch.setattr(dropped, "chunks", broken_off)
    with pytest.raises(ConnectionResetError):
        add(year, upload=dropped)
    assert not stored_files(settings)


@pytest.mark.parametrize("role", ["unit_leader", "coordinator", "leader", "administrator", "officer"])
def test_only_officers_of_the_unit_add(year: Year, role: str, settings: Any) -> None:
    unit = {
        "unit_leader": year.units[0],
        "coordinator": year.host,
        "leader": year.host,
        "officer": year.units[1],
    }
    person = user_with(role, unit.get(role))
    evidence = add(year).evidence
    leaf = year.criterion("1.2")
    with pytest.raises(PermissionDenied):
        add(year, upload=upload(files.png()), by=person)
    with pytest.raises(PermissionDenied):
        link(year, "https://chinhphu.vn", by=person)
    with pytest.raises(PermissionDenied):
        attach(evidence=evidence, criterion_id=leaf, by=person, now=NOW)
    with pytest.raises(PermissionDenied):
        detach(evidence=evidence, criterion_id=year.criterion("1.1"), by=person, now=NOW)
    assert len(stored_files(settings)) == 1
    assert Attachment.objects.count() == 1


def test_nothing_changes_after_submission_or_the_deadline(year: Year) -> None:
    evidence = add(year).evidence
    late = later(days=40)
    assert late > DEADLINE
    with pytest.raises(Refusal, match="hết hạn"):
        add(year, upload=upload(files.png()), now=late)
    with pytest.raises(Refusal, match="hết hạn"):
        detach(evidence=evidence, criterion_id=year.criterion("1.1"), by=officer(year), now=late)
    year.submit()
    with pytest.raises(Refusal, match="đã gửi"):
        add(year, upload=upload(files.png()))
    with pytest.raises(Refusal, match="đã gửi"):
        attach(evidence=evidence, criterion_id=year.criterion("1.2"), by=officer(year), now=NOW)


def test_nothing_is_added_before_the_period_opens(preparing_year: Year) -> None:
    with pytest.raises(Refusal, match="chưa mở"):
        add(preparing_year, None)


@pytest.mark.parametrize("code", ["1", "1.3", "P"])
def test_evidence_hangs_on_leaves_that_the_unit_scores(year: Year, code: str) -> None:
    evidence = add(year, None).evidence
    with pytest.raises(Refusal):
        attach(evidence=evidence, criterion_id=year.criterion(code), by=officer(year), now=NOW)


def test_a_leaf_of_another_set_takes_nothing(year: Year) -> None:
    with pytest.raises(Refusal):
        add_link(
            assessment=year.sheet(),
            criterion_id=10**9,
            url="https://a.vn",
            title="A",
            by=officer(year),
            now=NOW,
        )
    assert not Evidence.objects.exists()


def test_codes_sort_as_people_count() -> None:
    codes = ["2.10", "T.1", "2.9", "1", "10.1", "2", "1.1.2"]
    assert sorted(codes, key=natural) == ["1", "1.1.2", "2", "2.9", "2.10", "10.1", "T.1"]


@pytest.mark.django_db(transaction=True)
def test_the_same_file_sent_twice_at_once_is_kept_once(small_set: Any) -> None:
    year = make_year(small_set, size=1)
    year.open()
    sheet, person, leaf = year.sheet(), officer(year), year.criterion("1.1")
    start, results = threading.Barrier(4), []

    def send() -> None:
        try:
            start.wait()
            results.append(add_file(assessment=sheet, criterion_id=leaf, upload=upload(), by=person, now=NOW))
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(added.created for added in results) == [False, False, False, True]
    assert Evidence.objects.get().attachments.count() == 1
