"""python -m tests.bench [a b c d e f g]: measures everything, or the parts named, and prints a table."""

import platform
import sys

from tests.bench.scratch import scratch_database


def main(wanted: list[str]) -> None:
    with scratch_database() as vendor:
        from tests.bench import bulk, closing, page, printing, province, ranking, saving
        from tests.bench.ratios import table

        parts = {
            "a": lambda: [saving.measure()],
            "b": lambda: [page.measure()],
            "c": lambda: [ranking.measure()],
            "d": lambda: [printing.measure()],
            "e": province.measure,
            "f": closing.measure,
            "g": lambda: [*printing.measure_kinds(), *bulk.measure()],
        }
        figures = [
            figure for name, measure in parts.items() if name in (wanted or parts) for figure in measure()
        ]
    sys.stdout.write(f"\n{vendor}, Python {platform.python_version()}\n{table(figures)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
