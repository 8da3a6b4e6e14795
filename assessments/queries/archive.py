"""All evidence of a sheet as one zip: a folder per criterion in the order of codes, and a list of everything."""

from __future__ import annotations

import io
import shutil
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

import xlsxwriter

from accounts.dates import VIETNAM, format_short_date
from assessments.filetypes import BY_MEDIA_TYPE
from assessments.models import Assessment, Evidence
from assessments.queries.evidence import Item, evidence_items, natural
from criteria.models import Criterion

INDEX = "Danh mục tài liệu.xlsx"
UNATTACHED = "Chưa gắn tiêu chí"
# In UTF-8 bytes; a path stays below 200, so that it can be unpacked below a folder on Windows.
_FOLDER_MAX = 80
_FILE_MAX = 118
_FORBIDDEN = set('<>:"/\\|?*')


@dataclass
class Place:
    """A piece of evidence at one criterion (None: at none), and where its file lies in the zip, if it has one."""

    criterion: Criterion | None
    evidence: Evidence
    path: str = ""
    missing: bool = False


def safe_name(text: str, limit: int) -> str:
    """`text` as a file or folder name on any system, at most `limit` bytes long."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(" " if c in _FORBIDDEN or unicodedata.category(c)[0] == "C" else c for c in composed)
    cut = " ".join(kept.split()).encode()[:limit].decode(errors="ignore")
    # A cut may have left a letter without its mark behind; composed text has none apart.
    return unicodedata.normalize("NFC", cut).strip(" .")


def file_name(evidence: Evidence) -> str:
    """The name a person sees when he saves the file: its title with the extension of its content."""
    extension = f".{BY_MEDIA_TYPE[evidence.media_type].extension}"
    return (safe_name(evidence.title, _FILE_MAX - len(extension)) or "Tài liệu") + extension


def archive_name(assessment: Assessment) -> str:
    name = f"Tài liệu kiểm chứng {assessment.unit.short_name} {assessment.period.year}"
    return f"{safe_name(name, _FILE_MAX)}.zip"


def places(items: Iterable[Item]) -> Iterator[Place]:
    """Every piece at each of its criteria in the order of codes, each file under a name of its own."""
    pairs = [(c, item.evidence) for item in items for c in (item.criteria or (None,))]
    pairs.sort(key=lambda pair: (pair[0] is None, pair[0] and natural(pair[0].code), pair[1].pk))
    folders: dict[str | None, str] = {}
    counts: dict[str | None, int] = {}
    for criterion, evidence in pairs:
        place = Place(criterion, evidence)
        if evidence.kind == Evidence.Kind.FILE:
            code = criterion and criterion.code
            if code not in folders:
                folders[code] = _folder(criterion, {name.casefold() for name in folders.values()})
            counts[code] = counts.get(code, 0) + 1
            number = f"{counts[code]:02} "
            stem, dot, extension = file_name(evidence).rpartition(".")
            stem = safe_name(stem, _FILE_MAX - len(number) - len(extension) - 1)
            place.path = f"{folders[code]}/{number}{stem}{dot}{extension}"
        yield place


def _folder(criterion: Criterion | None, taken: set[str]) -> str:
    wanted = UNATTACHED if criterion is None else f"{criterion.code} {criterion.name}"
    name, again = safe_name(wanted, _FOLDER_MAX) or "Tiêu chí", 1
    while name.casefold() in taken:
        again += 1
        name = f"{safe_name(wanted, _FOLDER_MAX - 5)} ({again})"
    return name


def write_archive(assessment: Assessment, target: BinaryIO) -> None:
    """Write the zip into a seekable file, one file after the other."""
    listed = list(places(evidence_items(assessment)))
    with zipfile.ZipFile(target, "w") as archive:
        for place in listed:
            if place.path:
                place.missing = not _add_file(archive, place)
        archive.writestr(INDEX, listing("Danh mục", _COLUMNS, map(_cells, listed)))


def _add_file(archive: zipfile.ZipFile, place: Place) -> bool:
    """Whether the file could be read; one lost file must not cost the others."""
    evidence = place.evidence
    added_at = evidence.added_at.astimezone(VIETNAM)
    entry = zipfile.ZipInfo(place.path, date_time=added_at.timetuple()[:6])
    entry.external_attr = 0o644 << 16
    packed = BY_MEDIA_TYPE[evidence.media_type].packed
    entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    entry.file_size = evidence.size
    try:
        source = evidence.file.open("rb")
    except FileNotFoundError:
        return False
    with source, archive.open(entry, "w") as member:
        shutil.copyfileobj(source, member, 256 * 1024)
    return True


_COLUMNS = [
    ("Mã tiêu chí", 12),
    ("Tiêu chí", 50),
    ("Loại", 18),
    ("Tên tài liệu, trích yếu", 50),
    ("Số, ký hiệu", 20),
    ("Ngày văn bản", 14),
    ("Đường dẫn", 40),
    ("Tệp trong gói", 60),
    ("Người thêm", 24),
    ("Thêm lúc", 18),
]


def listing(
    title: str,
    columns: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[str]],
    *,
    created: datetime | None = None,
) -> bytes:
    """What lies in a zip as a workbook: numbered rows of text under columns, each with its width.

    With `created` equal rows give equal bytes.
    """
    # What people typed is text, whatever it looks like to a spreadsheet.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {**options, "in_memory": True})
    if created:
        book.set_properties({"created": created})
    sheet = book.add_worksheet(title)
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    cell = book.add_format({"text_wrap": True, "valign": "top"})
    for column, (label, width) in enumerate([("STT", 6), *columns]):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, label, head)
    sheet.freeze_panes(1, 0)
    for row, texts in enumerate(rows, start=1):
        sheet.write_number(row, 0, row, cell)
        for column, text in enumerate(texts, start=1):
            sheet.write_string(row, column, text, cell)
    book.close()
    return target.getvalue()


def _cells(place: Place) -> list[str]:
    evidence, criterion = place.evidence, place.criterion
    return [
        criterion.code if criterion else "",
        criterion.name if criterion else UNATTACHED,
        evidence.get_kind_display(),
        evidence.title,
        citation(evidence),
        format_short_date(evidence.document_date) if evidence.document_date else "",
        evidence.url,
        "Không tìm thấy tệp trên máy chủ" if place.missing else place.path,
        evidence.added_by.full_name,
        f"{evidence.added_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}",
    ]


def citation(evidence: Evidence) -> str:
    """ "12/KH-UBND"; the sign alone where a document has no number."""
    return "/".join(part for part in (evidence.document_number, evidence.document_symbol) if part)
