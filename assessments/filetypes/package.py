"""Word and Excel files since 2007: zip packages whose parts say what they are."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import BinaryIO

from assessments.filetypes import kinds
from assessments.filetypes.kinds import DOCX, XLSX, FileType

_TAIL = 22 + 65_535  # a zip's end record and the longest comment it may carry
_MEMBERS_MAX = 5_000
_DIRECTORY_MAX = 2_000_000
_CONTENT_TYPES_MAX = 1_000_000
_UNPACKED_MAX = 1 << 30  # bytes that a reader's machine may be asked to unpack
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, ValueError)

_OFFICE = b"application/vnd.openxmlformats-officedocument."
# Word on the web numbers its main part, so "document2.xml" is as good.
_MAIN_PARTS = [
    (DOCX, _OFFICE + b"wordprocessingml.document.main+xml", re.compile(r"word/document\d*\.xml")),
    (XLSX, _OFFICE + b"spreadsheetml.sheet.main+xml", re.compile(r"xl/workbook\d*\.xml")),
]


def zip_end(file: BinaryIO) -> tuple[int, int] | None:
    """Number of members and length of the directory if a zip ends where the file ends."""
    tail = _tail(file)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return None
    members, length, comment = struct.unpack("<10xHI4xH", tail[at : at + 22])
    return (members, length) if at + 22 + comment == len(tail) else None


def _tail(file: BinaryIO) -> bytes:
    file.seek(max(0, file.seek(0, io.SEEK_END) - _TAIL))
    return file.read()


def read_package(file: BinaryIO) -> FileType:
    end = zip_end(file)
    if end is None:
        raise kinds.damaged("Word, Excel")
    members, length = end
    # Asked before the directory is read: Python would build a million entries without a murmur. The second
    # mark announces a 64-bit directory, whose figures would count instead of these.
    if members > _MEMBERS_MAX or length > _DIRECTORY_MAX or b"PK\x06\x07" in _tail(file):
        raise kinds.other()
    try:
        with zipfile.ZipFile(file) as package:
            return _main_part(package)
    except _BROKEN:
        raise kinds.damaged("Word, Excel") from None


def _main_part(package: zipfile.ZipFile) -> FileType:
    entries = package.infolist()
    names = [entry.filename for entry in entries]
    if "[Content_Types].xml" not in names:
        raise kinds.other()
    if any(entry.flag_bits & 1 for entry in entries):
        raise kinds.locked()
    if len({name.lower() for name in names}) != len(names) or min(entry.header_offset for entry in entries):
        raise kinds.mixed()
    if sum(entry.file_size for entry in entries) > _UNPACKED_MAX:
        raise kinds.other()
    with package.open("[Content_Types].xml") as part:
        types = part.read(_CONTENT_TYPES_MAX + 1)
    if len(types) > _CONTENT_TYPES_MAX:
        raise kinds.other()
    if b"macroEnabled" in types or b"vbaProject" in types:
        raise kinds.macros()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise kinds.macros()
    found = [
        kind
        for kind, declared, part_name in _MAIN_PARTS
        if declared in types and any(part_name.fullmatch(name) for name in names)
    ]
    if len(found) > 1:
        raise kinds.mixed()
    if not found:
        raise kinds.other()
    return found[0]
