from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from parindex.backup import BackupError, back_up


class Command(BaseCommand):
    help = "Save database and evidence together in one file, while the site may stay in use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "path", type=Path, help="a file to write, or a directory that gets one named by the time"
        )

    def handle(self, *, path: Path, **options: Any) -> None:
        now = timezone.localtime()
        archive = path / f"parindex-{now:%Y%m%d-%H%M%S}.tar" if path.is_dir() else path
        if archive.exists():
            raise CommandError(f"{archive} exists already.")
        try:
            report = back_up(archive.absolute(), now=now)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{archive}: database and {report.files} files of evidence.")
        if report.damaged:
            raise CommandError("Saved, but missing or changed on disk: " + ", ".join(report.damaged))
