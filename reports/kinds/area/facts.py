"""One area of one year, with the result that it was part of, if one is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.outcome import Outcome, OutcomeRow
from reports.kinds.wording import within

# As sets of criteria usually call them: where no result of the year names its areas.
USUAL_AREAS: Mapping[str, str] = {
    "1": "Công tác chỉ đạo, điều hành cải cách hành chính",
    "2": "Cải cách thể chế",
    "3": "Cải cách thủ tục hành chính",
    "4": "Cải cách tổ chức bộ máy hành chính",
    "5": "Cải cách chế độ công vụ",
    "6": "Cải cách tài chính công",
    "7": "Xây dựng và phát triển chính quyền điện tử, chính quyền số",
    "8": "Tác động của cải cách hành chính đến người dân, tổ chức và phát triển kinh tế - xã hội",
}
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
