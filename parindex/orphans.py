"""Background tasks whose worker died under them."""

from django.db import transaction
from django_tasks_db.models import DBTaskResult

MAX_ATTEMPTS = 3


class WorkerDied(Exception):
    """A task took its worker down every time it was tried."""


def return_orphans(worker_id: str) -> int:
    """Put back into the queue what `worker_id` was running when it died; returns how many tasks.

    The queue knows neither lease nor retry: without this a killed worker's task stays "running" for ever.
    To be called only while no worker of that id is alive. A task that has already killed its worker
    MAX_ATTEMPTS times is marked failed, so that it can't keep the others waiting.
    """
    returned = 0
    with transaction.atomic():
        for task in DBTaskResult.objects.running().select_for_update():
            if task.worker_ids[-1:] != [worker_id]:
                continue
            if len(task.worker_ids) >= MAX_ATTEMPTS:
                task.set_failed(WorkerDied(f"{len(task.worker_ids)} workers died while running this task."))
                continue
            DBTaskResult.objects.filter(pk=task.pk).update(status="READY", started_at=None)
            returned += 1
    return returned
