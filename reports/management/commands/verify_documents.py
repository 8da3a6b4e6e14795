from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.models import Report
from reports.queries.verification import verify


class Command(BaseCommand):
    help = "Recomputes the SHA-256 of the data and of every stored file of reports; fails unless all agree."

    def add_arguments(self, parser: CommandParser) -> None:
        chosen = parser.add_mutually_exclusive_group(required=True)
        chosen.add_argument("code", nargs="?", help="the report's code, for instance lien-son-2024")
        chosen.add_argument("--all", action="store_true", help="every report")

    def handle(self, *, code: str | None, **options: Any) -> None:
        found = Report.objects.defer("content").select_related("unit").order_by("code")
        if code:
            found = found.filter(code=code)
            if not found:
                raise CommandError(f"No report has the code {code}.")
        differing = 0
        for report in found:
            problems = list(verify(report))
            differing += len(problems)
            self.stdout.write(f"{report.code}: {'không khớp' if problems else 'khớp'}")
            for problem in problems:
                self.stdout.write(f"  {problem}")
        if differing:
            raise CommandError(f"{differing} chỗ không khớp.", returncode=1)
