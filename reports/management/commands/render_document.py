from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.kinds import UnknownCodes
from reports.models import Rendering, Report
from reports.pdf import render_pdf
from reports.queries.issues import latest_issue
from reports.queries.reports import opened, reports
from reports.queries.words import filling_for, print_word


class Command(BaseCommand):
    help = "Write a stored report, as it stands now, to files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the report's code, for instance lien-son-2024")
        for kind in ("pdf", "docx"):
            parser.add_argument(
                f"--{kind}", type=Path, help=f"{kind.upper()} to write; a file of that name is replaced"
            )

        parser.add_argument(
            "--issued",
            action="store_true",
            help="the files that were issued last, instead of as it stands now",
        )

    def handle(
        self, *, code: str, pdf: Path | None, docx: Path | None, issued: bool = False, **options: Any
    ) -> None:
        if not (pdf or docx):
            raise CommandError("Name a file to write: --pdf FILE, --docx FILE or both")
        try:
            report = reports().get(code=code)
            if issued:
                self._write_issued(report, pdf, docx)
                return
            whole = opened(report)
            document = whole.build()
        except Report.DoesNotExist as error:
            known = ", ".join(Report.objects.order_by("code").values_list("code", flat=True)[:20])
            raise CommandError(f"No report has the code {code}. Stored are: {known or 'none'}") from error
        except UnknownCodes as error:
            raise CommandError(str(error)) from error
        if pdf:
            self._write(pdf, render_pdf(document, tagged=True))
        if docx:
            word = print_word(document, filling_for(report, whole))
            if word.notice:
                self.stderr.write(f"{docx}: in the built-in layout, because of the template: {word.notice}")
            self._write(docx, word.docx)

    def _write_issued(self, report: Report, pdf: Path | None, docx: Path | None) -> None:
        issue = latest_issue(report)
        files = issue and issue.renderings.filter(state=Rendering.State.DONE).order_by("ordinal").last()
        if files is None:
            raise CommandError(f"{report.code} was not issued, or its files are not made yet.")
        for file, content in ((pdf, files.pdf), (docx, files.docx)):
            if file:
                self._write(file, bytes(content))

    def _write(self, file: Path, content: bytes) -> None:
        try:
            file.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        self.stdout.write(f"{file}: {len(content)} bytes")
