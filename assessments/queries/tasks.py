"""What the queue of background tasks knows."""

from __future__ import annotations

from collections.abc import Iterable

from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

_UNDER_WAY = (TaskResultStatus.READY, TaskResultStatus.RUNNING)


def is_under_way(task_id: str) -> bool:
    """Whether a task waits or runs: killed for good, lost by a restore, there is none."""
    return task_id in under_way([task_id])


def under_way(task_ids: Iterable[str]) -> frozenset[str]:
    """Those of several that wait or run."""
    if not (asked := list(filter(None, task_ids))):
        return frozenset()
    found = DBTaskResult.objects.filter(pk__in=asked, status__in=_UNDER_WAY).order_by()
    return frozenset(str(pk) for pk in found.values_list("pk", flat=True))
