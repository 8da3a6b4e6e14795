from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.dates import VIETNAM, format_moment
from assessments.actions.mailing import send_mail
from assessments.actions.reminding import tell_by_clock
from assessments.queries import notices


class Command(BaseCommand):
    help = "Tells people of phases that open and deadlines that come near, and sends what waits by e-mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unsent", action="store_true", help="only list letters begun and never sent")
        if not settings.PRODUCTION:
            parser.add_argument("--now", type=_moment, help="pretend that it is this local time (ISO 8601)")

    def handle(self, *, unsent: bool, now: datetime | None = None, **options: Any) -> None:
        if unsent:
            self.list_unsent()
            return
        now = now or timezone.now()
        told = tell_by_clock(now=now)
        self.stdout.write(f"{told} notices told.")
        if not settings.SENDS_MAIL:
            self.stdout.write("No e-mail: EMAIL_URL is not set.")
            return
        try:
            mailed = send_mail(now=now, report=self.stderr.write)
        except OSError as error:
            raise CommandError(f"The mail server can't be reached, the rest waits: {error}") from error
        self.stdout.write(f"{mailed.sent} letters sent.")
        if mailed.failed:
            raise CommandError(f"{mailed.failed} letters failed; see remind --unsent.")

    def list_unsent(self) -> None:
        for notice in notices.unsent().iterator():
            self.stdout.write(
                f"{notice.pk}  {format_moment(notice.claimed_at)}  {notice.user.email}  {notice.title}"
            )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
