"""The kinds of file that are taken, and the sentences for those that are not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FileType:
    """`inline`: browsers show it themselves. `packed`: already compressed, packing it again gains nothing."""

    extension: str
    media_type: str
    inline: bool = False
    packed: bool = True


_OFFICE = "application/vnd.openxmlformats-officedocument."
PDF = FileType("pdf", "application/pdf", inline=True)
PNG = FileType("png", "image/png", inline=True)
JPG = FileType("jpg", "image/jpeg", inline=True)
DOC = FileType("doc", "application/msword", packed=False)
XLS = FileType("xls", "application/vnd.ms-excel", packed=False)
DOCX = FileType("docx", f"{_OFFICE}wordprocessingml.document")
XLSX = FileType("xlsx", f"{_OFFICE}spreadsheetml.sheet")
BY_MEDIA_TYPE = {kind.media_type: kind for kind in (PDF, DOC, DOCX, XLS, XLSX, JPG, PNG)}
ALLOWED = "PDF, Word (doc, docx), Excel (xls, xlsx) và ảnh JPG, PNG"
EXTENSIONS = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".jpg", ".jpeg", ".png")


class NotAllowed(Exception):
    """The message names what is wrong and what would be taken."""


def other() -> NotAllowed:
    return NotAllowed(f"Nội dung tệp không thuộc loại được nhận. Chỉ nhận {ALLOWED}.")


def damaged(what: str) -> NotAllowed:
    return NotAllowed(
        f"Tệp {what} bị hỏng hoặc tải lên chưa đủ. Hãy mở thử tệp trên máy rồi chọn lại. Chỉ nhận {ALLOWED}."
    )


def mixed() -> NotAllowed:
    return NotAllowed(
        f"Tệp ghép nhiều loại nội dung nên không nhận. Hãy xuất lại thành một tệp thường: {ALLOWED}."
    )


def macros() -> NotAllowed:
    return NotAllowed(
        f"Tệp có macro nên không nhận. Hãy lưu lại thành PDF, docx hoặc xlsx. Chỉ nhận {ALLOWED}."
    )


def locked() -> NotAllowed:
    return NotAllowed(
        f"Tệp đặt mật khẩu nên không ai xem được. Hãy gỡ mật khẩu rồi chọn lại. Chỉ nhận {ALLOWED}."
    )


def empty() -> NotAllowed:
    return NotAllowed(f"Tệp rỗng, không có nội dung. Hãy chọn lại. Chỉ nhận {ALLOWED}.")
