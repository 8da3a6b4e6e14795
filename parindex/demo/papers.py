"""Evidence that the invented units show: files that open, links, cited documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.dates import VIETNAM
from accounts.models import Unit, User
from accounts.vietnamese import fold
from assessments.actions.evidence import add_document, add_file, add_link, attach
from assessments.models import Assessment
from parindex.demo.figures import seeded
from reports.document import Document, Head, Paragraph, Signature
from reports.pdf import render_pdf


@dataclass(frozen=True)
class Shelf:
    """What a unit of one set has to show in one year."""

    unit: Unit
    year: int
    words: Mapping[str, Any]
    set_code: str

    def papers(self) -> Iterator[Mapping[str, Any]]:
        yield from self.words["evidence"].get(self.set_code, [])

    def covered(self) -> set[str]:
        return {code for paper in self.papers() for code in paper["leaves"]}

    def show(
        self,
        paper: Mapping[str, Any],
        *,
        assessment: Assessment,
        ids: Mapping[str, int],
        by: User,
        now: datetime,
    ) -> None:
        """Add one paper to the sheet and attach it to its leaves."""
        first, *others = [ids[code] for code in paper["leaves"]]
        where: dict[str, Any] = {"assessment": assessment, "criterion_id": first, "by": by, "now": now}
        title = self._fill(paper["title"])
        match paper["kind"]:
            case "document":
                number, issued_on = self._issued(title, now)
                added = add_document(
                    number=str(number),
                    symbol=self._fill(paper["symbol"]),
                    issued_on=issued_on,
                    title=title,
                    **where,
                )
            case "link":
                added = add_link(url=self._fill(paper["url"]), title=title, **where)
            case _:
                name = f"{fold(title).replace(' ', '-')[:60]}.pdf"
                upload = SimpleUploadedFile(name, self._pdf(title, now), "application/pdf")
                added = add_file(upload=upload, title=title, **where)
        for criterion_id in others:
            attach(evidence=added.evidence, criterion_id=criterion_id, by=by, now=now)

    def _fill(self, text: str) -> str:
        return text.format(
            unit=self.unit.short_name,
            place=self.unit.place,
            code=self.unit.code,
            initials=self._initials(),
            year=self.year,
        )

    def _initials(self) -> str:
        """STP for Sở Tư pháp, SKHCN for Sở Khoa học và Công nghệ."""
        return "".join(word[0] for word in self.unit.short_name.split() if word != "và").upper()

    def _issued(self, title: str, now: datetime) -> tuple[int, date]:
        """Early in the year, unless the unit is younger than that; never after the day it is shown."""
        begin = max(date(self.year, 1, 8), self.unit.active_from or date(self.year, 1, 8))
        chance = seeded(self.unit.code, title)
        day = begin + timedelta(days=chance.randrange(5, 40))
        day -= timedelta(days=max(0, day.weekday() - 4))
        return chance.randrange(4, 60), min(day, now.astimezone(VIETNAM).date() - timedelta(days=1))

    def _pdf(self, title: str, now: datetime) -> bytes:
        number, _ = self._issued(title, now)
        is_commune = self.unit.level == Unit.Level.COMMUNE
        subject = title.removeprefix("Báo cáo ")
        return render_pdf(
            Document(
                head=Head(
                    issuer=("Ủy ban nhân dân", self.unit.short_name) if is_commune else (self.unit.name,),
                    symbol="BC-UBND" if is_commune else f"BC-{self._initials()}",
                    place=self.unit.place,
                    number=str(number),
                    issued_on=now.astimezone(VIETNAM).date() - timedelta(days=3),
                ),
                subject=subject[:1].upper() + subject[1:],
                body=tuple(Paragraph.of(self._fill(text)) for text in self.words["paper"]),
                signature=Signature(("TM. Ủy ban nhân dân", "Chủ tịch") if is_commune else ("Giám đốc",)),
                recipients=("Sở Nội vụ", "Lưu: VT"),
            )
        )
