"""Files are what their content says, and what is not plainly one thing is nothing."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from assessments.filetypes import ALLOWED, FileType, NotAllowed, recognise
from tests.assessments import files

TAKEN = {
    "pdf": files.PDF,
    "png": files.png(),
    "jpg": files.jpg(),
    "docx": files.docx(),
    "xlsx": files.xlsx(),
    "doc": files.compound("WordDocument", "1Table"),
    "xls": files.compound("Workbook"),
}


def kind_of(content: bytes) -> FileType:
    return recognise(io.BytesIO(content))


def why_not(content: bytes) -> str:
    with pytest.raises(NotAllowed) as refused:
        kind_of(content)
    assert ALLOWED in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("extension", TAKEN)
def test_each_kind_is_told_by_its_content(extension: str) -> None:
    assert kind_of(TAKEN[extension]).extension == extension


def test_older_and_odder_forms_are_taken_too() -> None:
    assert kind_of(files.compound("Book")).extension == "xls"
    # A Word file with an Excel table in it has a stream of that name too, further down.
    assert kind_of(files.compound("WordDocument", below=("Workbook",))).extension == "doc"
    online = {"[Content_Types].xml": files.content_types(files.WORD), "word/document2.xml": "<w/>"}
    assert kind_of(files.package(online)).extension == "docx"
    # Phones append films to pictures.
    assert kind_of(files.jpg() + b"\0\0\0\x18ftypmp42").extension == "jpg"


@pytest.mark.parametrize("extension", TAKEN)
@pytest.mark.parametrize("kept", [0.3, 0.7, 0.97])
def test_what_broke_off_is_refused(extension: str, kept: float) -> None:
    content = TAKEN[extension]
    assert "hỏng" in why_not(content[: int(len(content) * kept)])


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\0" + bytes(500),
        b"#!/bin/sh\necho",
        b"<!doctype html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a" + bytes(20),
        b" %PDF-1.4",
        files.package({"a.txt": "a"}),
        files.package({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}),
        files.package({"[Content_Types].xml": files.content_types(files.WORD)}),
        files.compound("PowerPoint Document"),
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    assert "không thuộc loại" in why_not(content)


def test_an_empty_file_is_called_empty() -> None:
    assert "rỗng" in why_not(b"")


@pytest.mark.parametrize(
    "content",
    [
        files.docx(**{"word/vbaProject.bin": b"x"}),
        files.docx(**{"word/vbaproject.BIN": b"x"}),
        files.package(
            {
                "[Content_Types].xml": files.content_types(
                    "application/vnd.ms-word.document.macroEnabled.main+xml"
                ),
                "word/document.xml": "<w/>",
            }
        ),
        files.compound("WordDocument", "Macros"),
        files.compound("Workbook", "_VBA_PROJECT_CUR"),
    ],
)
def test_macros_are_refused(content: bytes) -> None:
    assert "macro" in why_not(content)


def test_what_only_a_password_opens_is_refused() -> None:
    assert "mật khẩu" in why_not(files.compound("EncryptedPackage", "EncryptionInfo"))


@pytest.mark.parametrize(
    "content",
    [
        files.png() + files.docx(),
        files.PDF + files.package({"a": "b"}),
        files.jpg() + files.package({"a": "b"}),
        files.png() + b"<script>alert(1)</script>",
        files.jpg()[:20] + b"\xff\xfe\x00\x12%PDF-1.4 comment" + files.jpg()[20:],
        files.compound("WordDocument", "Workbook"),
        files.package(
            {
                "[Content_Types].xml": files.content_types(files.WORD, files.SHEET),
                "word/document.xml": "<w/>",
                "xl/workbook.xml": "<x/>",
            }
        ),
    ],
)
def test_two_things_in_one_are_refused(content: bytes) -> None:
    assert "hỏng" in why_not(content) or "ghép" in why_not(content)


def test_bombs_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    many = files.docx(**{f"word/media/{n}.png": b"" for n in range(6000)})
    assert "không thuộc loại" in why_not(many)
    huge = bytearray(files.docx(**{"word/bomb.xml": b"x"}))
    at = huge.rfind(b"word/bomb.xml") - 46
    huge[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFFF0)
    assert "không thuộc loại" in why_not(bytes(huge))
    wide = {
        "[Content_Types].xml": files.content_types(files.WORD) + " " * 50_000_000,
        "word/document.xml": "<w/>",
    }
    assert "không thuộc loại" in why_not(files.package(wide))


def test_a_64_bit_directory_is_refused() -> None:
    content = files.docx()
    end = content.rfind(b"PK\x05\x06")
    locator = b"PK\x06\x07" + bytes(16)
    assert "không thuộc loại" in why_not(content[:end] + locator + content[end:])


def test_a_locked_member_is_refused() -> None:
    content = bytearray(files.docx())
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1
    assert "mật khẩu" in why_not(bytes(content))


def test_tables_that_bite_their_tail_come_to_an_end() -> None:
    content = bytearray(files.compound("WordDocument"))
    content[512 + 4 : 512 + 8] = struct.pack("<I", 1)  # the directory's sector follows itself
    assert "hỏng" in why_not(bytes(content))


def test_garbage_behind_every_mark_is_refused_in_words() -> None:
    for mark in (
        b"%PDF-",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    ):
        for filler in (b"", b"\0" * 600, b"\xff" * 600, bytes(range(256)) * 4):
            why_not(mark + filler)


def test_plain_zip_members_may_be_stored() -> None:
    parts = {"[Content_Types].xml": files.content_types(files.SHEET), "xl/workbook.xml": "<x/>"}
    assert kind_of(files.package(parts, zipfile.ZIP_STORED)).extension == "xlsx"
