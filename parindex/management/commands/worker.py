from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from parindex.orphans import return_orphans

# Laying out pages leaves a fifth of a megabyte behind in libraries; whoever restarts the worker clears it away.
TASKS_IN_A_LIFE = 500


class Command(BaseCommand):
    help = "Run background tasks until told to stop, beginning with those this worker left when it died."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--id",
            default="worker-1",
            help="fixed name of this worker; no two workers alive at once may share it (default: %(default)s)",
        )
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between looks at the queue")
        parser.add_argument("--batch", action="store_true", help="exit when the queue is empty")

    def handle(self, *, id: str, interval: float, batch: bool, verbosity: int, **options: Any) -> None:
        if returned := return_orphans(id):
            self.stderr.write(f"{id}: {returned} interrupted task(s) put back into the queue")
        call_command(
            "db_worker",
            worker_id=id,
            interval=interval,
            batch=batch,
            max_tasks=None if batch else TASKS_IN_A_LIFE,
            startup_delay=False,
            reload=False,
            verbosity=verbosity,
        )
