"""Ours against a floor: both run in turn, so that whatever else the machine does falls on both alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median

Seconds = float


@dataclass(frozen=True)
class Measured:
    """One figure. `ratios` has one entry per round, `facts` what else is worth reading, in words."""

    title: str
    aim: str
    ratios: list[float]
    facts: list[str] = field(default_factory=list)


def in_turn(
    ours: Callable[[], object],
    floor: Callable[[], object],
    rounds: int,
    clock: Callable[[], Seconds] = time.perf_counter,
) -> tuple[list[Seconds], list[Seconds]]:
    """Both once unmeasured, then A B A B …; seconds of each round by `clock`."""
    ours(), floor()
    timed = [(seconds(ours, clock), seconds(floor, clock)) for _ in range(rounds)]
    return [pair[0] for pair in timed], [pair[1] for pair in timed]


def seconds(work: Callable[[], object], clock: Callable[[], Seconds] = time.perf_counter) -> Seconds:
    gc.collect()
    start = clock()
    work()
    return clock() - start


def each(ours: Iterable[float], floor: Iterable[float]) -> list[float]:
    return [a / b for a, b in zip(ours, floor, strict=True)]


def p95(values: Iterable[float]) -> float:
    """The nearest rank: a value that occurred."""
    ordered = sorted(values)
    return ordered[-(-len(ordered) * 95 // 100) - 1]


def in_ms(values: Iterable[Seconds]) -> str:
    values = list(values)
    return f"{median(values) * 1000:.1f} ms (p95 {p95(values) * 1000:.1f})"


def table(figures: Iterable[Measured]) -> str:
    lines = [f"{'ours : floor':<44}{'median':>8}{'p95':>8}{'min–max':>15}   aim"]
    for figure in figures:
        low, high = min(figure.ratios), max(figure.ratios)
        lines.append(
            f"{figure.title:<44}{median(figure.ratios):>8.2f}{p95(figure.ratios):>8.2f}"
            f"{f'{low:.2f}–{high:.2f}':>15}   {figure.aim}"
        )
        lines += [f"    {fact}" for fact in figure.facts]
    return "\n".join(lines)
