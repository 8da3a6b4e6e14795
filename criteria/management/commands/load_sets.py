from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from criteria.actions import ensure_set
from criteria.schema import SetErrors, decoded, fingerprint, read_set
from criteria.tree import CriteriaTree

DEFAULT = settings.BASE_DIR / "fixtures" / "sets"


class Command(BaseCommand):
    help = "Nạp các bộ tiêu chí từ tệp YAML. Phiên bản đã nạp thì giữ nguyên. Một tệp có lỗi thì không nạp tệp nào."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "paths", nargs="*", type=Path, metavar="PATH", help="tệp .yaml; mặc định: fixtures/sets/*.yaml"
        )

    def handle(self, *args: Any, paths: list[Path], **options: Any) -> None:
        trees = self._read(paths or sorted(DEFAULT.glob("*.yaml")))
        for tree in trees:
            stored, loaded = ensure_set(tree)
            if loaded:
                said = "đã nạp"
            elif stored.fingerprint == fingerprint(tree):
                said = "đã có"
            else:
                said = "đã có với nội dung khác, giữ nguyên; muốn nạp tệp này hãy tăng version"
            self.stdout.write(f"{stored.code} phiên bản {stored.version}: {said}")

    def _read(self, paths: Iterable[Path]) -> list[CriteriaTree]:
        trees, broken = [], 0
        for path in paths:
            try:
                trees.append(read_set(decoded(path.read_bytes())))
            except OSError as error:
                broken += 1
                self.stderr.write(f"{path}: không đọc được tệp ({error.strerror})")
            except SetErrors as errors:
                broken += 1
                for problem in errors.problems:
                    self.stderr.write(f"{path}: {problem}")
        if broken:
            raise CommandError(f"{broken} tệp có lỗi; chưa nạp tệp nào.")
        return trees
