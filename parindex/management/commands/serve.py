import os
import socket
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from parindex.supervision import Child, Supervisor, python

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = f"Run the site and its background workers on {HOST} until Ctrl-C. Deployment: docs/operations.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"))
        parser.add_argument("--workers", type=int, default=1, help="number of background workers")

    def handle(self, *, port: int, workers: int, **options: Any) -> None:
        require_free(port)
        # Threads, because a browser holds spare connections open and no proxy stands in between: two of them
        # would keep two single-threaded processes from answering anybody.
        site = Child(
            "The site",
            python(
                *("-m", "gunicorn", "parindex.wsgi:application", "--bind", f"{HOST}:{port}"),
                *("--workers", "2", "--threads", "8", "--no-control-socket", "--log-level", "warning"),
            ),
            restarts=False,
        )
        manage = str(settings.BASE_DIR / "manage.py")
        background = [
            Child(
                f"worker-{n}",
                python(manage, "worker", "--id", f"worker-{n}", "--verbosity", "0"),
                restarts=True,
            )
            for n in range(1, workers + 1)
        ]
        os.chdir(settings.BASE_DIR)
        threading.Thread(target=self.announce, args=(port,), daemon=True).start()
        code = Supervisor([site, *background], report=self.stderr.write).run()
        if code:
            raise CommandError("The site stopped; its last messages are above.", returncode=code)
        self.stdout.write("\nStopped.")

    def announce(self, port: int) -> None:
        """Print the address once the site answers there."""
        address = f"http://{HOST}:{port}/"
        while not answers(address):
            time.sleep(0.1)
        self.stdout.write(self.style.SUCCESS(f"\nThe site is at {address} — Ctrl-C stops it."))
        self.stdout.flush()


def require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} can't be used ({error.strerror}). Another one: make run PORT={port + 1}"
            ) from error


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 — our own address
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
