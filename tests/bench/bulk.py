"""(g) The sheets of a whole cohort in bulk, by workers that are processes of their own."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assessments.models import Cohort
from reports import jobs
from reports.kinds import KINDS, Name
from reports.models import Batch
from reports.pdf import render_pdf
from reports.queries.batches import progress_of
from reports.queries.drafts import unwritten_report
from reports.queries.reports import document_of
from tests.bench.province import province
from tests.bench.ratios import Measured, each, seconds
from tests.processes import MANAGE, environment

TICK = os.sysconf("SC_CLK_TCK")
PATIENCE = 1200  # seconds


@dataclass(frozen=True)
class Run:
    documents: int
    took: float  # seconds, from asking to the last document
    processor: float  # seconds of all workers
    asking: float  # seconds that the coordinator waits for his page
    peak: int  # MB of the larger worker

    @property
    def per_second(self) -> float:
        return self.documents / self.took


def measure(units: int = 170, few: int = 16, leaves: int = 64, rounds: int = 3) -> list[Measured]:
    """Two workers against one on `few` units, in turn; then all `units` by two workers."""
    (small, _), (whole, _) = province(few, leaves), province(units, leaves)
    pairs = [tuple(_run(small, workers, warm=small) for workers in (1, 2)) for _ in range(rounds)]
    one, two = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    run = _run(whole, 2, warm=small)
    return [
        Measured(
            f"(g) two workers : one, documents/s, {few} sheets",
            "≥ 1.8",
            each((pair.per_second for pair in two), (pair.per_second for pair in one)),
            [_described("one", one), _described("two", two)],
        ),
        Measured(
            f"(g) {units} sheets in bulk, seconds per sheet",
            "",
            [run.took / run.documents],
            [
                f"two workers: {run.took:.0f} s, {run.per_second:.2f} documents/s (PDF and DOCX), "
                f"{run.processor / run.documents:.2f} s of processor each",
                f"asking for them: {run.asking * 1000:.0f} ms; peak of a worker: {run.peak} MB",
            ],
        ),
    ]


def _described(name: str, runs: list[Run]) -> str:
    return (
        f"{name}: {median(run.per_second for run in runs):.2f} documents/s, "
        f"{median(run.processor / run.documents for run in runs):.2f} s of processor each, "
        f"{max(run.peak for run in runs)} MB"
    )


def _run(cohort: Cohort, count: int, *, warm: Cohort) -> Run:
    with workers(count) as pids:
        _warm(warm, count)
        before = sum(map(_processor, pids))
        asked_at = timezone.now()
        batches: list[Batch] = []
        asking = seconds(lambda: batches.append(_ask(cohort)))
        [batch] = batches
        _wait(batch)
        run = Run(
            documents=batch.items.count(),
            took=(batch.items.latest("finished_at").finished_at - asked_at).total_seconds(),
            processor=sum(map(_processor, pids)) - before,
            asking=asking,
            peak=max(map(_peak, pids)),
        )
    _require_right(batch)
    return run


@contextmanager
def workers(count: int) -> Iterator[list[int]]:
    """As `manage.py serve` starts them; their process ids."""
    command = [*MANAGE, "worker", "--interval", "0.05", "--verbosity", "0", "--id"]
    started = [
        subprocess.Popen([*command, f"worker-{n}"], env=environment(), stderr=subprocess.DEVNULL)
        for n in range(1, count + 1)
    ]
    try:
        yield [process.pid for process in started]
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)


def _warm(cohort: Cohort, count: int) -> None:
    """Until every worker has made a document and so loaded what it needs."""
    DBTaskResult.objects.all().delete()
    while len({name for task in DBTaskResult.objects.successful() for name in task.worker_ids}) < count:
        _wait(_ask(cohort))


def _ask(cohort: Cohort) -> Batch:
    return jobs.start_batch(
        kind=Name.SCORE_SHEET, cohort=cohort, by=cohort.period.opened_by, now=timezone.now()
    )


def _wait(batch: Batch) -> None:
    deadline = time.monotonic() + PATIENCE
    while progress_of(batch).waiting:
        assert time.monotonic() < deadline, "the workers never end"
        time.sleep(0.5)  # looking costs the workers processor time


def _require_right(batch: Batch) -> None:
    """Every document is there, made once, and is what this process would have made of the same sheet."""
    items = list(batch.items.select_related("assessment").order_by("pk"))
    assert {item.state for item in items} == {"done"}, "a document is missing"
    tasks = DBTaskResult.objects.filter(pk__in=[item.task_id for item in items])
    assert {(task.status, len(task.worker_ids)) for task in tasks} == {("SUCCESSFUL", 1)}
    sheet = items[0].assessment
    pdf = render_pdf(document_of(unwritten_report(KINDS[Name.SCORE_SHEET], sheet)), tagged=True)
    assert items[0].sha256 == hashlib.sha256(pdf).hexdigest(), "the worker prints something else"


def _processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024
