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

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(self.told(ALLOWED))

    def told(self, allowed: str) -> str:
        """The same by somebody who takes less."""
        return self.sentence.format(allowed=allowed)


def other() -> NotAllowed:
    return NotAllowed("Nội dung tệp không thuộc loại được nhận. Chỉ nhận {allowed}.")


def damaged(what: str) -> NotAllowed:
    return NotAllowed(
        f"Tệp {what} bị hỏng hoặc tải lên chưa đủ. Hãy mở thử tệp trên máy rồi chọn lại. Chỉ nhận {{allowed}}."
    )


def mixed() -> NotAllowed:
    return NotAllowed(
        "Tệp ghép nhiều loại nội dung nên không nhận. Hãy xuất lại thành một tệp thường: {allowed}."
    )


def macros() -> NotAllowed:
    return NotAllowed(
        "Tệp có macro nên không nhận. Hãy lưu lại thành PDF, docx hoặc xlsx. Chỉ nhận {allowed}."
    )


def locked() -> NotAllowed:
    return NotAllowed(
        "Tệp đặt mật khẩu nên không ai xem được. Hãy gỡ mật khẩu rồi chọn lại. Chỉ nhận {allowed}."
    )


def empty() -> NotAllowed:
    return NotAllowed("Tệp rỗng, không có nội dung. Hãy chọn lại. Chỉ nhận {allowed}.")
