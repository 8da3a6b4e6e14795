"""The pages of batches: asking for one, following it, fetching its zip."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from criteria.actions import load_set
from criteria.schema import read_set
from reports import jobs
from reports.kinds import Name
from reports.models import Batch, BatchItem
from reports.queries import words
from tests.assessments.conftest import SMALL, Year, make_year
from tests.reports.conftest import NOW, signed_in
from tests.reports.test_batches import start, work
from tests.reports.test_pages import shown

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(jobs, "render_pdf", lambda document, *, tagged: b"%PDF")
    monkeypatch.setattr(words, "render_docx", lambda document: b"PK")


def asked(year: Year, kind: Name = Name.SCORE_SHEET) -> dict[str, str]:
    return {"kind": kind.value, "cohort": str(year.cohort.pk)}


def test_a_coordinator_goes_from_the_reports_to_the_zip(year, go):
    coordinator = year.coordinator
    assert reverse("batches") in shown(go(coordinator, "reports"))
    form = shown(go(coordinator, "batches"))
    assert "Phiếu chấm điểm – mọi đơn vị" in form
    assert f"{year.cohort.name} – {year.period.name}" in form
    answer = go(coordinator, "batches", asked(year))
    batch = Batch.objects.get()
    assert answer.url == reverse("batch", kwargs={"batch": batch.pk})
    page = shown(signed_in(coordinator).get(answer.url))
    status = reverse("batch_status", kwargs={"batch": batch.pk})
    assert f'hx-get="{status}"' in page
    assert "Đang tạo 0/3" in page
    early = go(coordinator, "batch_zip", batch=batch.pk)
    assert early.url == answer.url
    work(limit=1)
    assert "Đang tạo 1/3" in shown(signed_in(coordinator).get(status))
    work()
    done = shown(signed_in(coordinator).get(status))
    assert "hx-get" not in done
    assert "Tải tất cả (.zip)" in done

    parcel = go(coordinator, "batch_zip", batch=batch.pk)
    assert parcel["Content-Type"] == "application/zip"
    assert parcel["Cache-Control"] == "private, no-store"
    assert parcel["Content-Disposition"].startswith("attachment; filename*=utf-8''Phi%E1%BA%BFu")
    content = b"".join(parcel.streaming_content)
    assert len(content) == int(parcel["Content-Length"])
    assert len(zipfile.ZipFile(io.BytesIO(content)).namelist()) == 7
    listed = shown(go(coordinator, "batches"))
    assert reverse("batch", kwargs={"batch": batch.pk}) in listed


def test_the_form_says_why_nothing_can_be_printed(year, go):
    page = shown(go(year.coordinator, "batches", asked(year, Name.INDEX_RESULT)), 422)
    assert "Kết quả chưa được công bố" in page
    assert "Select" not in page
    page = shown(go(year.coordinator, "batches", {"kind": "minutes", "cohort": "0"}), 422)
    assert 'aria-invalid="true"' in page
    assert not Batch.objects.exists()


def test_the_chosen_cohort_is_chosen_already(year):
    page = signed_in(year.coordinator).get(reverse("batches"), {"nhom": year.cohort.pk})
    assert f'<option value="{year.cohort.pk}" selected>' in page.content.decode()


def test_cohorts_of_other_hosts_and_of_years_to_come_are_not_offered(year, go):
    others = make_year(load_set(read_set(SMALL.replace("code: nho", "code: khac"))))
    assert "Chưa có nhóm đơn vị nào" in shown(go(others.coordinator, "batches"))
    others.open()
    page = shown(go(others.coordinator, "batches"))
    assert f'value="{year.cohort.pk}"' not in page
    assert go(others.coordinator, "batches", asked(year)).status_code == 422
    batch = start(year)
    for name in ("batch", "batch_status", "batch_zip"):
        assert go(others.coordinator, name, batch=batch.pk).status_code == 403
    for name in ("batch_stop", "batch_retry"):
        assert go(others.coordinator, name, {}, batch=batch.pk).status_code == 403
    assert batch.cohort.period.name not in shown(go(others.leader, "batches"))


def test_a_leader_of_the_host_reads_and_fetches(year, go):
    batch = start(year)
    page = shown(go(year.leader, "batches"))
    assert reverse("batch", kwargs={"batch": batch.pk}) in page
    assert "Lượt in mới" not in page
    assert go(year.leader, "batches", asked(year)).status_code == 403
    assert "Dừng" not in shown(go(year.leader, "batch", batch=batch.pk))
    work()
    assert go(year.leader, "batch_zip", batch=batch.pk).status_code == 200


def retried(year: Year, batch: Batch) -> str:
    """The page that the coordinator comes back to."""
    address = reverse("batch_retry", kwargs={"batch": batch.pk})
    return shown(signed_in(year.coordinator).post(address, follow=True))


def test_what_is_stopped_is_listed_with_its_reason_and_can_be_taken_up_again(year, go):
    batch = start(year)
    where = {"batch": batch.pk}
    assert go(year.coordinator, "batch_stop", {}, **where).status_code == 302
    page = shown(go(year.coordinator, "batch", **where))
    assert page.count("Đã dừng theo yêu cầu.") == 3
    assert "hx-get" not in page
    assert "Làm lại 3 đơn vị còn thiếu" in page
    assert go(year.coordinator, "batch_retry", {}, **where).status_code == 302
    assert "Đang tạo 0/3" in shown(go(year.coordinator, "batch", **where))
    assert "đang chạy" in retried(year, batch)


def test_what_cannot_be_made_yet_is_said_again(year):
    batch = start(year, Name.SELF_ASSESSMENT)
    page = retried(year, batch)
    assert "Chưa làm lại được văn bản nào" in page
    assert page.count("Đơn vị chưa gửi phiếu tự chấm điểm.") == 3
    assert "Tải danh sách (.zip)" in page


def test_tasks_that_are_gone_end_the_waiting(year, go):
    batch = start(year)
    batch.items.update(task_id="")
    page = shown(go(year.coordinator, "batch", batch=batch.pk))
    assert "Bị ngắt giữa chừng" in page
    assert "hx-get" not in page


# At any size


def queries_of(year: Year, name: str, **where: int) -> int:
    client = signed_in(year.coordinator)
    with CaptureQueriesContext(connection) as context:
        answer = client.get(reverse(name, kwargs=where))
        if answer.streaming:
            b"".join(answer.streaming_content)
    assert answer.status_code == 200
    return len(context)


def of_a_year(times: int) -> tuple[list[int], int]:
    """Queries of the pages of a batch with as many made, failed and waiting; and of those in the list."""
    year = make_year(load_set(read_set(SMALL.replace("code: nho", f"code: nho-{times}"))), 3 * times)
    year.open()
    batch = start(year)
    work(limit=times)
    failed = list(batch.items.filter(state="queued").order_by("pk").values_list("pk", flat=True)[:times])
    BatchItem.objects.filter(pk__in=failed).update(state="failed", why="Hỏng", finished_at=NOW)
    pages = [queries_of(year, name, batch=batch.pk) for name in ("batch", "batch_status")]
    work()
    pages.append(queries_of(year, "batch_zip", batch=batch.pk))
    for _ in range(times - 1):
        work()
        start(year)
    return pages, queries_of(year, "batches")


def test_the_pages_cost_as_many_queries_for_three_as_for_one():
    small, larger = of_a_year(1), of_a_year(3)
    assert small == larger
    assert max(small[0]) <= 10
