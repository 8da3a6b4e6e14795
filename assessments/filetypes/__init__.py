"""Which kind of file something is, told by its content alone. Names and headers of uploads are never asked.

`recognise` reads little, unpacks next to nothing and raises NotAllowed with a sentence for the person.
"""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

from assessments.filetypes import kinds
from assessments.filetypes.compound import read_compound
from assessments.filetypes.kinds import (
    ALLOWED,
    BY_MEDIA_TYPE,
    EXTENSIONS,
    JPG,
    PDF,
    PNG,
    FileType,
    NotAllowed,
)
from assessments.filetypes.package import read_package, zip_end

__all__ = [
    "ALLOWED",
    "BY_MEDIA_TYPE",
    "EXTENSIONS",
    "JPG",
    "PDF",
    "PNG",
    "FileType",
    "NotAllowed",
    "recognise",
]

_STEPS_MAX = 200_000  # parts of one picture


def recognise(file: BinaryIO) -> FileType:
    """The type of a seekable file. NotAllowed for anything else, damaged, mixed, locked or with macros."""
    file.seek(0)
    head = file.read(1024)
    if not head:
        raise kinds.empty()
    for mark, read in _READERS.items():
        if head.startswith(mark):
            kind = read(file)
            # One file that two programs read differently: a picture or document that is a zip or PDF as well.
            if read is not read_package and zip_end(file) is not None:
                raise kinds.mixed()
            if kind is not PDF and b"%PDF-" in head:
                raise kinds.mixed()
            return kind
    raise kinds.other()


def _read_pdf(file: BinaryIO) -> FileType:
    file.seek(max(0, file.seek(0, io.SEEK_END) - 2048))
    tail = file.read()
    if b"%%EOF" not in tail or b"startxref" not in tail:
        raise kinds.damaged("PDF")
    return PDF


def _read_png(file: BinaryIO) -> FileType:
    size, at = file.seek(0, io.SEEK_END), 8
    for step in range(_STEPS_MAX):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            break
        length, name = struct.unpack(">I4s", head)
        at += 12 + length
        if at > size or (step == 0 and name != b"IHDR"):
            break
        if name == b"IEND":
            if at != size:
                raise kinds.mixed()
            return PNG
    raise kinds.damaged("PNG")


def _read_jpg(file: BinaryIO) -> FileType:
    at, framed = 2, False
    for _ in range(_STEPS_MAX):
        file.seek(at)
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF:
            break
        marker, length = head[1], int.from_bytes(head[2:], "big")
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        framed = framed or (0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC})
        at += 2 + length
        if marker == 0xDA:
            # Phones append films and depth maps to the picture, so its end may stand anywhere.
            file.seek(at)
            if framed and b"\xff\xd9" in file.read():
                return JPG
            break
    raise kinds.damaged("JPG")


_READERS = {
    b"%PDF-": _read_pdf,
    b"\x89PNG\r\n\x1a\n": _read_png,
    b"\xff\xd8\xff": _read_jpg,
    b"PK\x03\x04": read_package,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": read_compound,
}
