"""Small real files of every kind that is taken, and of some that are not, as bytes."""

from __future__ import annotations

import io
import struct
import zipfile

import openpyxl

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n44\n%%EOF\n"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def png() -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + b"\0\0\0\0"

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")


def jpg() -> bytes:
    frame = b"\xff\xc0" + struct.pack(">H", 11) + bytes(9)
    scan = b"\xff\xda" + struct.pack(">H", 8) + bytes(6) + b"picture"
    return b"\xff\xd8\xff\xe0" + struct.pack(">H", 4) + b"JF" + frame + scan + b"\xff\xd9"


def package(parts: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def content_types(*types: str) -> str:
    parts = "".join(f'<Override PartName="/part{n}.xml" ContentType="{t}"/>' for n, t in enumerate(types))
    return f'<?xml version="1.0"?><Types>{parts}</Types>'


def docx(**more: bytes | str) -> bytes:
    return package({"[Content_Types].xml": content_types(WORD), "word/document.xml": "<w/>", **more})


def xlsx() -> bytes:
    target = io.BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = "Số liệu"
    book.save(target)
    return target.getvalue()


def compound(*root: str, below: tuple[str, ...] = (), length: int = 4096) -> bytes:
    """An OLE file: the names in its root (the first one a stream of `length` bytes), and names `below` them."""
    sectors = length // 512
    table = [_TABLE, _END, *range(3, 2 + sectors), _END][: 2 + sectors]

    def entry(name: str, kind: int, right: int, child: int, start: int = _END, size: int = 0) -> bytes:
        encoded = name.encode("utf-16-le") + b"\0\0"
        return (
            encoded.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(encoded), kind, 1, _FREE, right, child)
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )

    entries = [entry("Root Entry", 5, _FREE, 1)]
    for place, name in enumerate(root, start=1):
        right = place + 1 if place < len(root) else _FREE
        first = place == 1
        entries.append(entry(name, 2, right, _FREE, 2 if first else _END, length if first else 0))
    entries += [entry(name, 1, _FREE, _FREE) for name in below]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(10) + struct.pack("<IIIIIIIII", 1, 1, 0, 4096, _END, 0, _END, 0, 0)
    header += struct.pack("<108I", *[_FREE] * 108)
    fat = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")
    directory = b"".join(entries).ljust(512, b"\0")
    return header + fat + directory + bytes(length)
