"""The paper itself: head, body, signature, recipients, appendices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from accounts.dates import format_date, format_month
from reports.document.blocks import Blocks, ListBlock, Paragraph, Run
from reports.document.numbering import numbered, roman
from reports.document.text import settle

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
HEAD_LINE = 18.6  # capitals that always fit the left side of the head
NARROW = 0.4  # of a capital: a space or a mark
BLANK = "\u00a0" * 8
UNDATED = f"ngày{BLANK}tháng{BLANK}năm{BLANK}"

# Words of an office's name that stand on one line, and where the next line begins rather than elsewhere.
_TOGETHER = re.compile(
    r"\b(?:(?:ỦY|UỶ) BAN NHÂN DÂN|HỘI ĐỒNG NHÂN DÂN|HỘI ĐỒNG|NHÂN DÂN|(?:ỦY|UỶ) BAN|VĂN PHÒNG|VĂN (?:HÓA|HOÁ)"
    r"|THÔNG TIN|TRUYỀN THÔNG|THỂ THAO|DU LỊCH|XÃ HỘI|KINH TẾ|HẠ TẦNG|ĐÔ THỊ|CÔNG NGHỆ|CÔNG NGHIỆP|CÔNG THƯƠNG"
    r"|KHOA HỌC|NÔNG NGHIỆP|NÔNG THÔN|PHÁT TRIỂN|MÔI TRƯỜNG|TÀI NGUYÊN|GIÁO DỤC|ĐÀO TẠO|TÀI CHÍNH|KẾ HOẠCH|ĐẦU TƯ"
    r"|NỘI VỤ|NGOẠI VỤ|TƯ PHÁP|XÂY DỰNG|Y TẾ|DÂN TỘC|TÔN GIÁO|LAO ĐỘNG|THƯƠNG BINH|GIAO THÔNG|VẬN TẢI|THANH TRA"
    r"|QUẢN LÝ|HÀNH CHÍNH|PHỤC VỤ|DỊCH VỤ|TRUNG TÂM|THÀNH PHỐ|THỊ XÃ|THỊ TRẤN|ĐẶC KHU)\b"
    r"|\bVÀ (?=.)| [-–]"
)
_LEVELS = "TỈNH|THÀNH PHỐ|THỊ XÃ|HUYỆN|QUẬN|XÃ|PHƯỜNG|THỊ TRẤN|ĐẶC KHU"
_WITHOUT_PLACE = re.compile(r"(?:UBND|(?:ủy|uỷ) ban nhân dân)\Z", re.IGNORECASE)
_PLACE = re.compile(rf"\b({_LEVELS}) (.+)", re.IGNORECASE)
_SEAM = re.compile(
    rf"(?:(?<=[,;])|(?<= [-–])|(?<=(?:ỦY|UỶ) BAN NHÂN DÂN)) "
    rf"| (?=(?:VÀ|(?:ỦY|UỶ) BAN NHÂN DÂN|HỘI ĐỒNG NHÂN DÂN|{_LEVELS})\b)"
)


@dataclass(frozen=True)
class Appendix:
    title: str
    blocks: Blocks
    landscape: bool = False

    def __post_init__(self) -> None:
        settle(self, blocks=numbered(self.blocks))


@dataclass(frozen=True)
class Head:
    """Who issues the document, where and when. The clerk may fill number and date later."""

    issuer: tuple[str, ...]  # lines; together they are the name
    symbol: str
    place: str
    superior: str = ""
    number: str = ""
    issued_on: date | None = None
    month: str = ""  # "2024-05": known before the day is

    @property
    def superior_lines(self) -> tuple[str, ...]:
        """As printed: capitals, broken where they are too long for the left side of the head."""
        return tuple(_broken(self.superior.upper())) if self.superior else ()

    @property
    def issuer_lines(self) -> tuple[str, ...]:
        return tuple(part for line in self.issuer for part in _broken(line.upper()))

    @property
    def issuer_name(self) -> str:
        return " ".join(self.issuer)

    @property
    def full_name(self) -> str:
        """As sentences say it: whose an office of a committee is stands in the head above the issuer only."""
        place = _PLACE.search(self.superior) if _WITHOUT_PLACE.search(self.issuer_name) else None
        if place is None:
            return self.issuer_name
        name = place[2].title() if place[2].isupper() else place[2]
        return f"{self.issuer_name} {place[1].lower()} {name}"

    @property
    def reference(self) -> str:
        number = self.number.zfill(2) if self.number.isdecimal() else self.number
        return "/".join(filter(None, (number or BLANK, self.symbol)))

    @property
    def number_line(self) -> str:
        return f"Số: {self.reference}"

    @property
    def date(self) -> str:
        if self.issued_on:
            return format_date(self.issued_on)
        return f"ngày{BLANK}{format_month(date.fromisoformat(f'{self.month}-01'))}" if self.month else UNDATED

    @property
    def date_line(self) -> str:
        return f"{self.place}, {self.date}"


@dataclass(frozen=True)
class Signature:
    authority: tuple[str, ...]  # "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"
    name: str = ""


@dataclass(frozen=True)
class Document:
    """`only_appendices`: what goes with a paper written elsewhere, whose head and `type_name` these are.

    Minutes have a `co_signature`, of who signs on the left, with the recipients below both; and no day in their
    head, since they say when they begin and end.
    """

    head: Head
    subject: str
    body: Blocks = ()
    signature: Signature = Signature(())
    recipients: tuple[str, ...] = ()  # without dashes and punctuation; the last is the archive's "Lưu: …"
    addressees: tuple[str, ...] = ()
    appendices: tuple[Appendix, ...] = ()
    type_name: str = "Báo cáo"
    end_mark: str = "./."
    only_appendices: bool = False
    co_signature: Signature | None = None
    has_date_line: bool = True

    def __post_init__(self) -> None:
        settle(self, body=numbered(self.body))

    @property
    def title(self) -> str:
        name = "Phụ lục" if self.only_appendices else self.type_name
        return f"{name.upper()} {self.subject}"

    @property
    def date_line(self) -> str:
        return self.head.date_line if self.has_date_line else ""

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """From left to right."""
        return (self.co_signature, self.signature) if self.co_signature else (self.signature,)

    @property
    def closed_body(self) -> Blocks:
        """The body with the end mark after its last word."""
        if not self.end_mark:
            return self.body
        match self.body:
            case (*before, Paragraph(runs=(*runs, last)) as paragraph):
                return (*before, replace(paragraph, runs=(*runs, self._ended(last))))
            case (*before, ListBlock(items=(*items, (*runs, last)))):
                return (*before, ListBlock((*items, (*runs, self._ended(last)))))
        return (*self.body, Paragraph.of(self.end_mark))

    def _ended(self, run: Run) -> Run:
        return replace(run, text=run.text.rstrip(" .;,") + self.end_mark)

    @property
    def addressee_lines(self) -> tuple[str, ...]:
        if len(self.addressees) < 2:
            return tuple(f"Kính gửi: {addressee}" for addressee in self.addressees)
        return ("Kính gửi:", *_dashed(self.addressees))

    @property
    def recipient_lines(self) -> tuple[str, ...]:
        return _dashed(("Như trên", *self.recipients) if self.addressees else self.recipients)

    @property
    def labelled_appendices(self) -> tuple[tuple[str, Appendix], ...]:
        """A single appendix is "Phụ lục"; several are "Phụ lục I", "Phụ lục II"."""
        if len(self.appendices) == 1:
            return (("Phụ lục", self.appendices[0]),)
        return tuple((f"Phụ lục {roman(place)}", item) for place, item in enumerate(self.appendices, start=1))

    @property
    def attachment_line(self) -> str:
        head = self.head
        return f"(Kèm theo {self.type_name} số {head.reference} {head.date} của {head.full_name})"


def _broken(line: str) -> Iterator[str]:
    """At a seam of the name rather than elsewhere, never within a term; then in the middle."""
    held = _TOGETHER.sub(lambda term: term[0].replace(" ", "\u00a0"), line)
    breaks = [at for at, character in enumerate(held) if character == " "]
    if _fits(line) or not breaks:
        yield line
        return
    seams = {found.start() for found in _SEAM.finditer(line)}

    def worse(at: int) -> tuple[bool, bool, int]:
        fits = _fits(line[:at]) and _fits(line[at + 1 :])
        return at not in seams, not fits, abs(2 * at - len(line))

    at = min(breaks, key=worse)
    yield from _broken(line[:at])
    yield from _broken(line[at + 1 :])


def _fits(line: str) -> bool:
    return sum(1 if character.isalpha() else NARROW for character in line) <= HEAD_LINE


def _dashed(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"- {line}{';' if place < len(lines) else '.'}" for place, line in enumerate(lines, start=1))
