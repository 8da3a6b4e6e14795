"""Templates are read and filled in a process of their own, which knows nothing and may not grow or go on forever.

Whatever an uploaded file makes Word's or Jinja's libraries do ends with that process. It is handed no settings
and no way to the database, and only its bytes and sentences come back.
"""

from __future__ import annotations

import json
import pickle
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports.document import Document
from reports.kinds import KINDS
from reports.word_templates.data import Plain
from reports.word_templates.filling import fill
from reports.word_templates.findings import Finding, Refused
from reports.word_templates.trying import Tried, try_out

MEMORY = 1 << 30
TRYING, FILLING = 15, 60  # seconds of work
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class _Task:
    """The template is tried out for a kind, or filled for a document."""

    template: bytes
    seconds: int
    kind: str = ""
    document: Document | None = None
    data: Mapping[str, Plain] | None = None


def try_apart(kind: str, template: bytes) -> Tried:
    answer, made = _run(_Task(template, TRYING, kind))
    return Tried(tuple(Finding(**remark) for remark in answer["remarks"]), made)


def fill_apart(template: bytes, document: Document, data: Mapping[str, Plain]) -> bytes:
    return _run(_Task(template, FILLING, document=document, data=data))[1]


def _run(task: _Task) -> tuple[dict[str, Any], bytes]:
    """Refused with what the process found, or because it had to be ended."""
    try:
        ended = subprocess.run(  # noqa: S603 — our own module
            [sys.executable, "-m", __package__],
            input=pickle.dumps(task),
            capture_output=True,
            cwd=_ROOT,
            env={"PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"},
            timeout=3 * task.seconds,  # it may have to wait for a processor
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise _endless() from error
    head, _, made = ended.stdout.partition(b"\n")
    if ended.returncode or not head:
        raise _endless()
    answer: dict[str, Any] = json.loads(head)
    if answer["findings"]:
        raise Refused([Finding(**finding) for finding in answer["findings"]])
    return answer, made


def _endless() -> Refused:
    return Refused([Finding("Mẫu làm việc quá lâu hoặc quá lớn nên bị dừng. Hãy tạo lại từ mẫu khởi đầu.")])


def answer_one() -> None:
    """In the process apart."""
    task: _Task = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 — written by _run
    resource.setrlimit(resource.RLIMIT_CPU, (task.seconds, task.seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    remarks: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = ()
    made = b""
    try:
        if task.document is None or task.data is None:
            tried = try_out(KINDS[task.kind], task.template)
            remarks, made = tried.remarks, tried.made
        else:
            made = fill(task.template, task.document, task.data)
    except Refused as refused:
        findings = refused.findings
    answer = {
        key: [one.as_plain() for one in found]
        for key, found in (("findings", findings), ("remarks", remarks))
    }
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + made)
