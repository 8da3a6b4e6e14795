from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.models import Report
from reports.pdf import render_pdf
from reports.queries import document_of, reports
from reports.remediation import UnknownCodes


class Command(BaseCommand):
    help = "Write the PDF of a stored report, as it stands now, to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the report's code, for instance lien-son-2024")
        parser.add_argument(
            "--pdf", required=True, type=Path, help="file to write; one of that name is replaced"
        )

    def handle(self, *, code: str, pdf: Path, **options: Any) -> None:
        try:
            document = document_of(reports().get(code=code))
        except Report.DoesNotExist as error:
            known = ", ".join(Report.objects.order_by("code").values_list("code", flat=True)[:20])
            raise CommandError(f"No report has the code {code}. Stored are: {known or 'none'}") from error
        except UnknownCodes as error:
            raise CommandError(str(error)) from error
        content = render_pdf(document, tagged=True)
        try:
            pdf.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{pdf}: {error.strerror}") from error
        self.stdout.write(f"{pdf}: {len(content)} bytes")
