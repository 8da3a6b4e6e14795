"""What Nghị định 30/2020/NĐ-CP says of the lines that people type into head and signature."""

from __future__ import annotations

import re

COMMITTEE = "Ủy ban nhân dân"
LARGEST_NUMBER = 99_999
_ON_BEHALF = re.compile(r"(TM|KT|TL|TUQ)\b", re.IGNORECASE)
_WITHOUT_DOT = re.compile(r"(?:TM|KT|TL|TUQ|Q)(?= )", re.IGNORECASE)
_DEGREE = re.compile(
    r"(?:(?:GS|PGS|TS|ThS|BS|KS|CN|LS)\.|(?:Giáo sư|Phó Giáo sư|Tiến sĩ|Thạc sĩ|Bác sĩ|Kỹ sư|Cử nhân)\b)",
    re.IGNORECASE,
)


def authority_complaint(text: str) -> str:
    """TM., KT., TL., TUQ. stand before whom the signer acts for, Q. before his own position."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        if found := _WITHOUT_DOT.match(line):
            return f"Viết “{found.group().upper()}.” có dấu chấm."
    if lines and _ON_BEHALF.match(lines[-1]):
        return f"Dưới dòng “{lines[-1]}” phải có dòng ghi chức vụ của người ký."
    if any(line.upper().startswith("TM.") for line in lines[1:]):
        return "“TM.” chỉ đứng ở dòng đầu."
    return ""


def signer_complaint(name: str) -> str:
    return "Không ghi học hàm, học vị trước họ tên." if _DEGREE.match(name.strip()) else ""


def number_complaint(typed: str) -> str:
    """A number without the symbol, which the document prints behind it."""
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= 20
    if is_number and 1 <= int(typed) <= LARGEST_NUMBER:
        return ""
    return f"Số là một số nguyên từ 1 đến {LARGEST_NUMBER}; ký hiệu đã có trong báo cáo."


def superior_complaint(superior: str, issuer: str) -> str:
    is_committee = " ".join(issuer.split()).casefold().startswith(COMMITTEE.casefold())
    return f"{COMMITTEE} không ghi cơ quan chủ quản." if superior and is_committee else ""
