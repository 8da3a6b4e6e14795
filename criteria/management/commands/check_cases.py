from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from criteria.cases import InvalidCase, check_case, read_cases


class Command(BaseCommand):
    help = "Chạy các trường hợp tính điểm mẫu trong một tệp JSON và báo mọi chỗ sai khác."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="tệp JSON có danh sách “cases”")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            cases = read_cases(file.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError, InvalidCase) as error:
            raise CommandError(f"{file}: {error}") from error
        mismatches = [mismatch for mismatch in map(check_case, cases) if mismatch]
        for mismatch in mismatches:
            self.stdout.write(f"SAI {mismatch.name}: phải là {mismatch.expected}; tính ra {mismatch.got}")
        agreed = f"{len(cases) - len(mismatches)}/{len(cases)} trường hợp khớp"
        if mismatches:
            raise CommandError(agreed)
        self.stdout.write(agreed)
