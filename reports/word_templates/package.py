"""Whether a file is a Word document that nothing can hide in: no programs, no links out, no bombs.

Word's own settings never matter here: what isn't known to be harmless is refused, in words.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from lxml import etree
from PIL import Image

from reports.word_templates.findings import Finding, Refused

Element: TypeAlias = Any  # lxml has no types

MOST_BYTES = 5 * 1024 * 1024
_MOST_PARTS, _MOST_UNPACKED, _MOST_MADE, _MOST_PIXELS = 400, 20_000_000, 400_000_000, 25_000_000
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    ValueError,
)

_OFFICE = "application/vnd.openxmlformats-officedocument."
_WORD = f"{_OFFICE}wordprocessingml."
MAIN = f"{_WORD}document.main+xml"
_ALLOWED = {
    MAIN,
    *(
        f"{_WORD}{part}+xml"
        for part in (
            "styles", "settings", "webSettings", "fontTable", "numbering", "header", "footer",
            "footnotes", "endnotes", "document.glossary",
        )
    ),
    f"{_OFFICE}theme+xml",
    f"{_OFFICE}extended-properties+xml",
    f"{_OFFICE}custom-properties+xml",
    f"{_OFFICE}customXmlProperties+xml",
    f"{_OFFICE}obfuscatedFont",
    "application/vnd.openxmlformats-package.core-properties+xml",
    "application/vnd.openxmlformats-package.relationships+xml",
    "application/vnd.ms-word.stylesWithEffects+xml",
    "application/xml",
    "image/png",
    "image/jpeg",
    "image/gif",
}  # fmt: skip
# Of a part's kind and name; the first that fits says what it is.
_NAMED = (
    (r"macroEnabled|vba|macro", "macro; hãy lưu lại dưới dạng .docx không có macro"),
    (r"template\.main", "dạng tệp .dotx; hãy lưu lại dưới dạng .docx"),
    (r"embeddings/|oleObject|\.package|spreadsheetml|presentationml", "đối tượng nhúng (OLE, bảng tính)"),
    (r"activeX|\.control", "điều khiển ActiveX"),
    (r"afchunk|text/|message/|rtf", "nội dung chèn từ tệp khác"),
    (r"chart|diagram|drawingml", "biểu đồ hoặc SmartArt; hãy thay bằng hình PNG"),
    (r"comments|people", "bình luận của người soạn; hãy xóa các bình luận"),
    (r"image/", "hình không phải PNG, JPEG hay GIF"),
)
_RELATIONS = (
    ("hyperlink", "liên kết ra ngoài; hãy bỏ liên kết, giữ lại chữ"),
    ("image", "hình lấy từ ngoài tệp; hãy chèn hẳn hình vào tệp"),
    ("attachedTemplate", "tệp mẫu .dotx đính kèm; hãy đổi về Normal trong Word"),
)
_LOADING = {
    "altChunk",
    "object",
    "OLEObject",
    "control",
    "subDoc",
    "frameset",
    "mailMerge",
    "attachedTemplate",
}
# Fields that only count pages or point into the document itself; others can read files or addresses.
_FIELDS = {
    "PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "TOC", "REF", "PAGEREF", "NOTEREF", "STYLEREF", "SEQ",
}  # fmt: skip
_FIELD_PARTS = ("fldSimple", "fldChar", "instrText", "delInstrText")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DELETED = {f"{_W}del", f"{_W}moveFrom"}
_HIDDEN = "?"  # no field has that name
_ADDRESS = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|//|\\\\)", re.IGNORECASE)
_ADDRESSED = {"src", "href", "althref", "fullsrc", "connectstring"}
_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)")


def inspect(content: bytes, *, is_upload: bool = True) -> Mapping[str, bytes]:
    """All parts of the package by name. Refused with everything that is wrong with it.

    What was made of an upload may be larger: it holds all tables of a report.
    """
    if not content:
        raise Refused([Finding("Tệp rỗng. Hãy chọn lại.")])
    if is_upload and len(content) > MOST_BYTES:
        raise Refused([Finding("Tệp lớn hơn 5 MB. Hãy thu nhỏ các hình trong tệp.")])
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(
            [
                Finding(
                    "Tệp Word đời cũ (.doc) hoặc có mật khẩu. Hãy lưu lại dưới dạng .docx, không đặt mật khẩu."
                )
            ]
        )
    parts = _unpacked(content, _MOST_UNPACKED if is_upload else _MOST_MADE)
    kinds = _kinds(parts)
    if found := list(_problems(parts, kinds)):
        raise Refused(list(dict.fromkeys(found)))
    return parts


def _unpacked(content: bytes, left: int) -> dict[str, bytes]:
    """Never more than the limits, whatever the directory promises."""
    parts: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = [entry for entry in package.infolist() if not entry.is_dir()]
            if len(entries) > _MOST_PARTS:
                raise Refused([Finding("Tệp có quá nhiều thành phần. Hãy tạo lại từ mẫu khởi đầu.")])
            for entry in entries:
                name = entry.filename
                if entry.flag_bits & 1:
                    raise Refused([Finding("Tệp đặt mật khẩu. Hãy gỡ mật khẩu rồi chọn lại.")])
                if (
                    name.lower() in map(str.lower, parts)
                    or ".." in name
                    or name.startswith("/")
                    or "\\" in name
                ):
                    raise zipfile.BadZipFile
                with package.open(entry) as part:
                    parts[name] = part.read(left + 1)
                left -= len(parts[name])
                if left < 0:
                    raise Refused([Finding("Nội dung tệp bung ra quá lớn. Hãy tạo lại từ mẫu khởi đầu.")])
    except _BROKEN as error:
        raise _damaged() from error
    return parts


def _kinds(parts: Mapping[str, bytes]) -> Mapping[str, str]:
    """The content type of every part but the list of them."""
    if "[Content_Types].xml" not in parts:
        raise _damaged()
    root = _parsed(parts["[Content_Types].xml"])
    by_ending, by_name = {}, {}
    for declared in root.iter("{*}Default"):
        by_ending[declared.get("Extension", "").lower()] = declared.get("ContentType", "")
    for declared in root.iter("{*}Override"):
        by_name[declared.get("PartName", "").lstrip("/").lower()] = declared.get("ContentType", "")
    return {
        name: by_name.get(name.lower()) or by_ending.get(name.rpartition(".")[2].lower(), "")
        for name in parts
        if name != "[Content_Types].xml"
    }


def _problems(parts: Mapping[str, bytes], kinds: Mapping[str, str]) -> Iterator[Finding]:
    named = _named(kinds)
    yield from named
    if not named and list(kinds.values()).count(MAIN) != 1:
        yield Finding("Tệp không phải là văn bản Word (.docx).")
    for name, kind in kinds.items():
        if kind not in _ALLOWED:
            continue
        if kind.startswith("image/"):
            yield from _of_picture(parts[name])
        elif kind.endswith("xml"):
            root = _parsed(parts[name])
            yield from _of_relations(root) if kind.endswith("relationships+xml") else _of_words(root)


def _named(kinds: Mapping[str, str]) -> list[Finding]:
    found = []
    for name, kind in kinds.items():
        if kind in _ALLOWED:
            continue
        what = next(
            (words for pattern, words in _NAMED if re.search(pattern, f"{kind} {name}", re.IGNORECASE)),
            f"thành phần lạ ({name[:60]})",
        )
        found.append(Finding(f"Tệp có {what}."))
    return found


def _of_picture(content: bytes) -> Iterator[Finding]:
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "GIF")) as picture:
            if picture.width * picture.height <= _MOST_PIXELS:
                return
    except Image.DecompressionBombError:
        pass
    except (OSError, SyntaxError, *_BROKEN):
        yield Finding("Tệp có hình bị hỏng hoặc không phải PNG, JPEG, GIF.")
        return
    yield Finding("Tệp có hình quá lớn (trên 25 triệu điểm ảnh). Hãy thu nhỏ hình.")


def _of_relations(root: Element) -> Iterator[Finding]:
    for relation in root.iter("{*}Relationship"):
        kind = relation.get("Type", "").rpartition("/")[2]
        if kind == "attachedTemplate" or (
            relation.get("TargetMode", "").lower() == "external" or _ADDRESS.match(relation.get("Target", ""))
        ):
            words = next((words for known, words in _RELATIONS if kind == known), "nội dung lấy từ ngoài tệp")
            yield Finding(f"Tệp có {words}.", excerpt=relation.get("Target", "")[:80])


def _of_words(root: Element) -> Iterator[Finding]:
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        if name in _LOADING:
            yield Finding(f"Tệp có nội dung nhúng hoặc lấy từ tệp khác ({name}). Hãy xóa đi.")
        if name == "dataBinding":
            yield Finding("Tệp có ô nội dung gắn với dữ liệu XML. Hãy thay bằng chữ thường.")
        for key, value in element.attrib.items():
            if etree.QName(key).localname.lower() in _ADDRESSED and _ADDRESS.match(value):
                yield Finding("Tệp có nội dung lấy từ ngoài tệp.", excerpt=value[:80])
    for instruction in _instructions(root):
        name = (instruction.split() or [""])[0].upper()
        if name == _HIDDEN:
            words = "nằm trong phần đã xóa hoặc thẻ lạ. Hãy chấp nhận mọi thay đổi rồi chèn lại trường."
            yield Finding(f"Tệp có trường Word không dùng được vì {words}")
        elif name not in _FIELDS:
            yield Finding(
                f"Tệp có trường Word không dùng được trong mẫu ({name[:30] or 'trống'}). Chỉ dùng trường đánh số "
                "trang, mục lục và tham chiếu trong văn bản."
            )


def _instructions(root: Element) -> Iterator[str]:
    """Of every field, though Word breaks them over runs, puts fields into fields and reads text boxes apart."""
    stories: dict[Element, list[str]] = {}
    for element in root.iter(*(f"{{*}}{name}" for name in _FIELD_PARTS)):
        name, story = etree.QName(element).localname, _story_of(element)
        if story is None:
            yield _HIDDEN
            continue
        open_fields = stories.setdefault(story, [])
        if name == "fldSimple":
            yield element.get(f"{_W}instr", "")
        elif name == "instrText":
            words = "".join(element.itertext())
            if open_fields:
                open_fields[-1] += words
            else:
                yield words
        elif element.get(f"{_W}fldCharType") == "begin":
            open_fields.append("")
        elif element.get(f"{_W}fldCharType") == "end" and open_fields:
            yield open_fields.pop()
    for open_fields in stories.values():
        yield from open_fields


def _story_of(element: Element) -> Element | None:
    """The text box or part that Word reads it in; None where it stands in what Word may leave out."""
    if element.tag == f"{_W}delInstrText":
        return None
    while element.tag != f"{_W}txbxContent" and element.getparent() is not None:
        if not element.tag.startswith(_W) or element.tag in _DELETED:
            return None
        element = element.getparent()
    return element


def _parsed(content: bytes) -> Element:
    """Without entities: a part that declares any, or hides them in another alphabet, is refused unread."""
    declared = _ENCODING.match(content.removeprefix(b"\xef\xbb\xbf").lstrip())
    is_plain = not declared or declared.group(1).lower() in (b"utf-8", b"us-ascii")
    try:
        content.decode()
    except UnicodeDecodeError:
        is_plain = False
    if not is_plain or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Refused([Finding("Tệp khai báo nội dung theo cách Word không dùng (DTD hoặc bảng mã lạ).")])
    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    # Comments would part the words that Word reads as one.
    parser = etree.XMLParser(**options, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _damaged() from error


def _damaged() -> Refused:
    return Refused(
        [Finding("Tệp bị hỏng hoặc không phải là văn bản Word (.docx). Hãy mở thử trên máy rồi chọn lại.")]
    )
