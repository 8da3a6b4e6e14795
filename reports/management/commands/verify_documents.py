from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.models import Report
from reports.queries.verification import verify, verify_printed, verify_templates


class Command(BaseCommand):
    help = "Recomputes the SHA-256 of the data and of every stored file of reports; fails unless all agree."

    def add_arguments(self, parser: CommandParser) -> None:
        chosen = parser.add_mutually_exclusive_group(required=True)
        chosen.add_argument("code", nargs="?", help="the report's code, for instance lien-son-2024")
        chosen.add_argument(
            "--all", action="store_true", help="every report, what was printed in bulk, and Word templates"
        )

    def handle(self, *, code: str | None, **options: Any) -> None:
        found = Report.objects.defer("content").select_related("unit").order_by("code")
        if code:
            found = found.filter(code=code)
            if not found:
                raise CommandError(f"No report has the code {code}.")
        differing = sum(self._tell(report.code, verify(report)) for report in found)
        if not code:
            differing += self._tell("In hàng loạt", verify_printed()) + self._tell(
                "Mẫu Word", verify_templates()
            )
        if differing:
            raise CommandError(f"{differing} chỗ không khớp.", returncode=1)

    def _tell(self, what: str, problems: Iterable[str]) -> int:
        found = list(problems)
        self.stdout.write(f"{what}: {'không khớp' if found else 'khớp'}")
        for problem in found:
            self.stdout.write(f"  {problem}")
        return len(found)
