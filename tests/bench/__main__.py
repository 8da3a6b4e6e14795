"""python -m tests.bench [a b c d]: measures everything, or the parts named, and prints a table."""

import platform
import sys

from tests.bench.scratch import scratch_database


def main(wanted: list[str]) -> None:
    with scratch_database() as vendor:
        from tests.bench import page, printing, ranking, saving
        from tests.bench.ratios import table

        parts = {"a": saving.measure, "b": page.measure, "c": ranking.measure, "d": printing.measure}
        figures = [measure() for name, measure in parts.items() if name in (wanted or parts)]
    sys.stdout.write(f"\n{vendor}, Python {platform.python_version()}\n{table(figures)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
