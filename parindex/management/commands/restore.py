from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from parindex.backup import BackupError, restore


class Command(BaseCommand):
    help = "Put back what `backup` saved. Stop site and workers before, run `migrate` afterwards."
    requires_system_checks: list[str] = []  # they may ask a database that has no tables yet

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path)
        parser.add_argument("--force", action="store_true", help="replace a site that is not empty")

    def handle(self, *, archive: Path, force: bool, **options: Any) -> None:
        try:
            report = restore(archive, force=force)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored: database and {report.files} files of evidence, all of them verified.")
        if report.damaged:
            raise CommandError("The archive was made without this evidence: " + ", ".join(report.damaged))
