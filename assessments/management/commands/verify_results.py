from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.models import Publication
from assessments.queries.verification import verify


class Command(BaseCommand):
    help = "Recomputes every publication from its leaves and checks its seals; fails unless all agrees."

    def add_arguments(self, parser: CommandParser) -> None:
        chosen = parser.add_mutually_exclusive_group(required=True)
        chosen.add_argument("period", nargs="?", type=int, help="number of a published period")
        chosen.add_argument("--all", action="store_true", help="every published period")

    def handle(self, *args: Any, **options: Any) -> None:
        publications = Publication.objects.select_related("period__host", "period__publication").order_by(
            "period__year", "period", "ordinal"
        )
        if not options["all"]:
            publications = publications.filter(period=options["period"])
            if not publications:
                raise CommandError("Kỳ đánh giá này chưa công bố hoặc không có.")
        found = 0
        for publication in publications:
            problems = verify(publication)
            found += len(problems)
            self.stdout.write(
                f"{publication.period} – {publication.period.host}, {publication} (lần {publication.ordinal}): "
                f"{'không khớp' if problems else 'khớp'}"
            )
            for problem in problems:
                self.stdout.write(f"  {problem}")
        if found:
            raise CommandError(f"{found} chỗ không khớp.", returncode=1)
