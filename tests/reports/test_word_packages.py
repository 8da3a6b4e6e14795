"""Word files as templates: what they can bring along, and in which words it is refused."""

from __future__ import annotations

import io
import re
import struct
import unicodedata
import zipfile
import zlib

import pytest

from reports.word_templates import starter
from reports.word_templates.package import MAIN, inspect
from reports.word_templates.trying import try_out
from tests.reports.packages import (
    DOCUMENT,
    KIND,
    changed,
    complaint,
    packed,
    parts,
    with_link,
    with_part,
    with_xml,
)


def test_only_word_files_are_taken():
    found = parts(starter(KIND))
    del found[DOCUMENT]
    for content, said in (
        (b"", "rỗng"),
        (b"%PDF-1.7", "bị hỏng"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "đời cũ"),
        (starter(KIND)[:-40], "bị hỏng"),
        (bytes(5 * 1024 * 1024 + 1), "lớn hơn 5 MB"),
        (packed(found), "không phải là văn bản Word"),
        (packed({"a.txt": b"x"}), "bị hỏng"),
    ):
        assert said in complaint(content)


def test_zip_bombs_are_not_unpacked():
    big = parts(starter(KIND)) | {"word/media/x.png": bytes(100_000_000)}
    assert len(packed(big)) < 1_000_000
    assert "bung ra quá lớn" in complaint(packed(big))
    many = parts(starter(KIND)) | {f"x/{n}.xml": b"<x/>" for n in range(500)}
    assert "quá nhiều thành phần" in complaint(packed(many))


def test_sizes_that_lie_do_not_help():
    content = bytearray(packed(parts(starter(KIND)) | {"word/media/x.png": bytes(60_000_000)}))
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    assert "bị hỏng" in complaint(bytes(content)) or "quá lớn" in complaint(bytes(content))


def test_two_parts_of_one_name_are_refused():
    file = io.BytesIO(starter(KIND))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(file, "a") as package:
        package.writestr(DOCUMENT, b"<x/>")
    assert "bị hỏng" in complaint(file.getvalue())


def test_entities_are_refused_unread():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    for declared in (bomb, outside):
        for name in (DOCUMENT, "word/settings.xml", "[Content_Types].xml", "word/_rels/document.xml.rels"):
            found = parts(starter(KIND))
            found[name] = declared.encode() + re.sub(rb"<\?xml[^>]*\?>\s*", b"", found[name])
            assert "DTD" in complaint(packed(found))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-7"])
def test_other_alphabets_hide_nothing(encoding):
    found = parts(starter(KIND))
    xml = re.sub(r"<\?xml[^>]*\?>\s*", "", found[DOCUMENT].decode())
    found[DOCUMENT] = f'<?xml version="1.0" encoding="{encoding}"?>{xml}'.encode(encoding)
    if encoding == "utf-7":
        found[DOCUMENT] = f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + xml.encode(encoding)
    assert "bảng mã lạ" in complaint(packed(found))


@pytest.mark.parametrize(
    ("relation", "target", "said"),
    [
        ("hyperlink", "https://vi.du.vn/", "liên kết ra ngoài"),
        ("image", "http://vi.du.vn/logo.png", "hình lấy từ ngoài tệp"),
        ("attachedTemplate", "file:///C:/mau.dotx", "tệp mẫu .dotx đính kèm"),
        ("oleObject", "file://may-chu/chung/bang.xlsx", "nội dung lấy từ ngoài tệp"),
    ],
)
def test_nothing_is_fetched_from_outside(relation, target, said):
    assert said in complaint(with_link(relation, target))
    assert said in complaint(with_link(relation, target, mode=""))


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("word/vbaProject.bin", "application/vnd.ms-office.vbaProject", "macro"),
        ("word/embeddings/oleObject1.bin", "application/vnd.openxmlformats-officedocument.oleObject", "nhúng"),
        ("word/embeddings/a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "nhúng"),
        ("word/activeX/activeX1.xml", "application/vnd.ms-office.activeX+xml", "ActiveX"),
        ("word/afchunk.htm", "text/html", "nội dung chèn từ tệp khác"),
        ("word/media/a.emf", "image/x-emf", "hình không phải PNG"),
        ("word/comments.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml", "bình luận"),
        ("word/la.bin", "application/x-la", "thành phần lạ (word/la.bin)"),
    ],
)  # fmt: skip
def test_programs_and_embedded_files_are_refused(name, kind, said):
    assert said in complaint(with_part(name, kind, b"x"))


def test_documents_with_macros_and_dotx_are_refused():
    for main, said in (
        ("application/vnd.ms-word.document.macroEnabled.main+xml", "macro"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml", ".dotx"),
    ):
        found = parts(starter(KIND))
        found["[Content_Types].xml"] = found["[Content_Types].xml"].replace(MAIN.encode(), main.encode())
        assert said in complaint(packed(found))


@pytest.mark.parametrize(
    "xml",
    [
        '<w:p><w:fldSimple w:instr=" INCLUDEPICTURE &quot;http://vi.du.vn/a.png&quot; "/></w:p>',
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>INCL</w:instrText></w:r>'
        '<w:r><w:instrText>UDETEXT "c:\\\\a"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>',
        '<w:p><w:r><w:instrText>DDEAUTO c:\\\\cmd.exe "/k calc"</w:instrText></w:r></w:p>',
        '<w:p><w:r><w:object/></w:r></w:p>',
        '<w:altChunk/>',
        '<w:sdt><w:sdtPr><w:dataBinding w:xpath="/a"/></w:sdtPr><w:sdtContent><w:p/></w:sdtContent></w:sdt>',
        '<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:imagedata src="http://vi.du.vn/a"/>'
        "</v:shape></w:pict></w:r></w:p>",
    ],
)  # fmt: skip
def test_words_that_would_load_something_in_word_are_refused(xml):
    assert re.search("trường Word không dùng được|nhúng hoặc lấy từ|XML|ngoài tệp", complaint(with_xml(xml)))


LOADS = 'INCLUDEPICTURE "http://vi.du.vn/a.png"'
ODD = 'xmlns:x="urn:x" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def field(inside: str) -> str:
    """What Word reads as one field."""
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    return f"<w:p>{begin}{inside}{end}</w:p>"


@pytest.mark.parametrize(
    "xml",
    [
        field(f"<w:r><w:instrText><!-- -->{LOADS} </w:instrText><w:instrText>PAGE</w:instrText></w:r>"),
        field(f"<w:r><w:instrText><?a?>{LOADS} </w:instrText><w:instrText>PAGE</w:instrText></w:r>"),
        field(f"<w:r><w:instrText><x:y {ODD}/>{LOADS} </w:instrText><w:instrText>PAGE</w:instrText></w:r>"),
        field(f"<w:r><x:instrText {ODD}>PAGE </x:instrText><w:instrText>{LOADS}</w:instrText></w:r>"),
        field(f"<x:y {ODD}><w:r><w:instrText>PAGE </w:instrText></w:r></x:y><w:r><w:instrText>{LOADS}</w:instrText></w:r>"),
        field(
            f'<mc:AlternateContent {ODD}><mc:Choice Requires="x"><w:r><w:instrText>PAGE </w:instrText></w:r></mc:Choice>'
            f"<mc:Fallback><w:r><w:instrText>{LOADS}</w:instrText></w:r></mc:Fallback></mc:AlternateContent>"
        ),
        field(
            '<w:del w:id="1" w:author="a"><w:r><w:delInstrText>PAGE </w:delInstrText></w:r></w:del>'
            f"<w:r><w:instrText>{LOADS}</w:instrText></w:r>"
        ),
        field(
            "<w:r><w:pict><w:txbxContent><w:p><w:r><w:instrText>PAGE </w:instrText></w:r></w:p></w:txbxContent>"
            "</w:pict></w:r>"
            f"<w:r><w:instrText>{LOADS}</w:instrText></w:r>"
        ),
        f"<w:p><w:fldSimple {ODD} x:instr=\"PAGE\" w:instr='{LOADS}'/></w:p>",
    ],
)  # fmt: skip
def test_what_word_skips_hides_no_field(xml):
    assert "trường Word không dùng được" in complaint(with_xml(xml))


def test_page_numbers_in_text_boxes_are_taken():
    page = field("<w:r><w:instrText> PAGE </w:instrText></w:r>")
    inspect(with_xml(f"<w:p><w:r><w:pict><w:txbxContent>{page}</w:txbxContent></w:pict></w:r></w:p>"))


def png(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(width + 1) * min(height, 2))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_pictures_are_pictures_of_a_sane_size():
    assert try_out(KIND, with_part("word/media/a.png", "image/png", png(200, 100), "image"))
    assert "hình quá lớn" in complaint(
        with_part("word/media/a.png", "image/png", png(60_000, 60_000), "image")
    )
    assert "hình bị hỏng" in complaint(with_part("word/media/a.png", "image/png", b"<svg/>", "image"))


def test_a_page_without_room_is_told():
    assert "không còn đủ chỗ" in complaint(
        changed(DOCUMENT, lambda xml: re.sub(r'(<w:pgMar[^>]*w:left=")\d+', r"\g<1>11000", xml))
    )


def test_fields_left_in_parts_that_are_never_filled_are_told():
    named = (
        '<w:p><w:r><w:t>x</w:t></w:r><w:bookmarkStart w:id="1" w:name="a"/><w:bookmarkEnd w:id="1"/></w:p>'
    )
    assert try_out(KIND, with_xml(named))
    wrong = changed(
        "word/settings.xml", lambda xml: xml.replace("</w:settings>", "<!-- {{ x }} --></w:settings>")
    )
    assert "không được điền" in complaint(wrong)


def test_findings_are_composed_vietnamese():
    text = complaint(with_link("hyperlink", "https://vi.du.vn/"))
    assert text == unicodedata.normalize("NFC", text)
