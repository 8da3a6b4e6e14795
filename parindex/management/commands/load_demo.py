from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from parindex.demo.loading import load
from parindex.demo.register import logins, password


class Command(BaseCommand):
    help = "Add the demonstration (fixtures/demo) where it is missing; what is there stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--logins", action="store_true", help="only print one log-in per role")

    def handle(self, *, logins: bool, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demonstration has a public password; production does not load it.")
        if not logins:
            added = load(now=timezone.now())
            if added:
                self.stdout.write(
                    f"Demonstration: {added.periods} periods, {added.units} units, {added.people} people, "
                    f"{added.records} records, {added.sets} criteria sets added."
                )
            else:
                self.stdout.write("Demonstration: already there, nothing changed.")
        self.print_logins()

    def print_logins(self) -> None:
        shown = logins()
        if not shown:
            return
        wide = max(len(login.username) for login in shown)
        self.stdout.write(f"Log in with the password {password()} as")
        for login in shown:
            where = f", {login.unit}" if login.unit else ""
            self.stdout.write(f"  {login.username:<{wide}}  {login.role}{where} ({login.full_name})")
