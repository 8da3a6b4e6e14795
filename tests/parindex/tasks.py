import os
import time
from pathlib import Path

from django_tasks import task


@task()
def stand_still_once(folder: str) -> str:
    """Writes down who tried it; the first one never gets done."""
    attempts = Path(folder) / "attempts"
    with attempts.open("a") as log:
        print(os.getpid(), file=log)
    if len(attempts.read_text().splitlines()) == 1:
        time.sleep(60)
    with (Path(folder) / "done").open("a") as log:
        print(os.getpid(), file=log)
    return "done"
