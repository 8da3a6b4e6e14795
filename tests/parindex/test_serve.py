import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django_tasks_db.models import DBTaskResult

from parindex.orphans import MAX_ATTEMPTS, return_orphans
from tests.parindex.tasks import stand_still_once
from tests.processes import MANAGE, environment


def wait_for(condition: Callable[[], object], seconds: float = 60) -> object:
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
    return value


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def served(transactional_db: None, tmp_path: Path) -> Iterator[tuple[subprocess.Popen, int]]:
    """`manage.py serve` on the test's database, and its port."""
    port = free_port()
    site = subprocess.Popen(
        [*MANAGE, "serve", "--port", str(port)],
        env=environment(),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield site, port
    if site.poll() is None:
        site.kill()
    site.wait()
    site.stdout.close()


def test_a_killed_worker_is_replaced_and_its_task_done_once(
    served: tuple[subprocess.Popen, int], tmp_path: Path
) -> None:
    site, port = served
    attempts, done = tmp_path / "attempts", tmp_path / "done"
    enqueued = stand_still_once.enqueue(str(tmp_path))

    first = int(wait_for(lambda: attempts.exists() and attempts.read_text().strip()))
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: DBTaskResult.objects.get(pk=enqueued.id).status == "SUCCESSFUL")

    task = DBTaskResult.objects.get(pk=enqueued.id)
    assert task.worker_ids == ["worker-1", "worker-1"]
    assert len(attempts.read_text().splitlines()) == 2
    assert len(done.read_text().splitlines()) == 1

    second = int(done.read_text())
    assert urllib.request.urlopen(f"http://127.0.0.1:{port}/static/app.css").status == 200
    site.terminate()
    assert site.wait(15) == 0
    wait_for(lambda: not is_alive(second))
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port))


@pytest.mark.django_db
def test_orphans_of_other_workers_are_left_alone() -> None:
    mine, other = (stand_still_once.enqueue("/nowhere").id for _ in range(2))
    DBTaskResult.objects.get(pk=mine).claim("worker-1")
    DBTaskResult.objects.get(pk=other).claim("worker-2")

    assert return_orphans("worker-1") == 1

    assert DBTaskResult.objects.get(pk=mine).status == "READY"
    assert DBTaskResult.objects.get(pk=other).status == "RUNNING"


@pytest.mark.django_db
def test_a_task_that_keeps_killing_workers_is_given_up() -> None:
    task = DBTaskResult.objects.get(pk=stand_still_once.enqueue("/nowhere").id)
    for _ in range(MAX_ATTEMPTS - 1):
        task.claim("worker-1")
        assert return_orphans("worker-1") == 1
        task.refresh_from_db()
    task.claim("worker-1")

    assert return_orphans("worker-1") == 0

    task.refresh_from_db()
    assert task.status == "FAILED"


def test_a_port_in_use_is_said_so(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        site = subprocess.run(
            [*MANAGE, "serve", "--port", str(port)],
            env={**os.environ, "PARINDEX_VAR": str(tmp_path)},
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
    assert site.returncode == 1
    assert f"make run PORT={port + 1}" in site.stderr
