"""Keeps a site's processes running beside each other and stops them together."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

RESTART_DELAY = 1.0  # seconds between the end of a process and its next start
POLL_INTERVAL = 0.2  # seconds
STOP_TIMEOUT = 10.0  # seconds a process gets to finish what it is doing


@dataclass
class Child:
    name: str
    command: Sequence[str]
    restarts: bool
    process: subprocess.Popen[bytes] | None = None
    start_at: float = 0.0

    def start(self) -> None:
        # A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which stops the children
        # in order. If the supervisor itself is killed, the kernel tells them.
        setpriv = shutil.which("setpriv")
        prefix = [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []
        self.process = subprocess.Popen([*prefix, *self.command], start_new_session=True)  # noqa: S603


@dataclass
class Supervisor:
    """Runs `children`: one that `restarts` is started again when it ends, the end of another ends all."""

    children: list[Child]
    report: Callable[[str], object] = print
    _stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> int:
        """Until a signal or the end of a child that does not restart; returns the exit code to pass on."""
        with self._signals():
            try:
                return self._watch()
            finally:
                self._stop()

    def _watch(self) -> int:
        for child in self.children:
            child.start()
        while not self._stopping.wait(POLL_INTERVAL):
            for child in self.children:
                if child.process is None:
                    if time.monotonic() >= child.start_at:
                        child.start()
                elif (code := child.process.poll()) is not None:
                    if not child.restarts:
                        self.report(f"{child.name} ended (exit code {code}).")
                        return code or 1
                    self.report(f"{child.name} ended (exit code {code}); starting it again.")
                    child.process = None
                    child.start_at = time.monotonic() + RESTART_DELAY
        return 0

    def _stop(self) -> None:
        running = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_TIMEOUT
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def stop(number: int, frame: FrameType | None) -> None:
            self._stopping.set()

        before = {
            number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def python(*arguments: str) -> list[str]:
    """A command line of the interpreter that is running now."""
    return [sys.executable, *arguments]
