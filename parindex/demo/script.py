from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

Step = Callable[[datetime], object]


class Script:
    """Steps of many people, played in the order of their moments, so that the events are in order too."""

    def __init__(self) -> None:
        self._steps: list[tuple[datetime, int, Step]] = []

    def add(self, at: datetime, step: Step) -> None:
        self._steps.append((at, len(self._steps), step))

    def play(self) -> None:
        for at, _, step in sorted(self._steps, key=lambda entry: entry[:2]):
            step(at)
