"""One area of one year, with the result that it was part of, if one is stored."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.outcome import Outcome, OutcomeRow
from reports.kinds.wording import within

_TASKS = ("cải cách", "xây dựng", "hiện đại hóa", "chuyển đổi số", "phát triển")


@dataclass(frozen=True)
class AreaFacts:
    """`outcome` is None where no result of that year is stored: then there are no figures at all."""

    year: int
    code: str
    name: str
    outcome: Outcome | None = None
    is_published_since: bool = False  # a result came after a report without one was begun

    @property
    def area(self) -> OutcomeRow | None:
        """None also where a correction of a recorded result dropped it."""
        areas = self.outcome.areas if self.outcome else ()
        return next((area for area in areas if area.code == self.code), None)

    @property
    def task(self) -> str:
        """In the middle of a sentence: "công tác cải cách thủ tục hành chính"."""
        name = within(self.name)
        if name.startswith("công tác "):
            return name
        return f"công tác {name}" if name.startswith(_TASKS) else f"lĩnh vực {name}"

    @property
    def topic(self) -> str:
        return f"tình trạng mất điểm chỉ số thành phần trong lĩnh vực {within(self.name)} năm {self.year}"
