"""What the fields of a kind mean, and which of them a template can't do without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reports.document import Document
from reports.kinds import Kind
from reports.word_templates.data import APPENDICES, BODY, PLACES, Plain
from reports.word_templates.figures import OFFERED
from reports.word_templates.specimen import data_of_specimen, specimen

_MEANINGS: Mapping[str, str] = {
    "nation": "Quốc hiệu",
    "motto": "Tiêu ngữ",
    "superior": "Cơ quan chủ quản, một dòng (Ủy ban nhân dân không có)",
    "superior_lines": "Cơ quan chủ quản, đã ngắt dòng",
    "issuer": "Cơ quan ban hành, một dòng, chữ hoa",
    "issuer_lines": "Cơ quan ban hành, đã ngắt dòng, chữ hoa",
    "issuer_name": "Cơ quan ban hành, chữ thường",
    "number": "Số của văn bản, để trống khi văn thư chưa cấp",
    "symbol": "Ký hiệu",
    "reference": "Số và ký hiệu",
    "number_line": "Cả dòng số, ký hiệu",
    "place": "Địa danh",
    "date": "Ngày, tháng, năm ban hành",
    "date_line": "Cả dòng địa danh và ngày, tháng, năm",
    "type_name": "Tên loại văn bản, chữ hoa",
    "subject": "Trích yếu nội dung",
    "title": "Tên loại và trích yếu, một dòng",
    "addressees": "Nơi kính gửi, mỗi nơi một dòng",
    "addressee_lines": "Các dòng Kính gửi như in ra",
    "request": "Văn bản yêu cầu báo cáo",
    "basis": "Các căn cứ, dẫn đầy đủ, mỗi căn cứ một dòng",
    "opening": "Đoạn mở đầu",
    "chapters": "Các mục I, II, … chỉ lấy chữ: .number, .title, .text",
    "tables": "Các bảng, chỉ lấy chữ: .header, .rows (mỗi hàng là một danh sách ô), .notes",
    "appendix_titles": "Tên các phụ lục",
    "authority": "Quyền hạn, chức vụ của người ký, mỗi dòng một phần, chữ hoa",
    "signer": "Họ tên người ký",
    "co_authority": "Chức vụ của người ký bên trái (biên bản)",
    "co_signer": "Họ tên người ký bên trái (biên bản)",
    "recipients": "Nơi nhận, mỗi nơi một dòng",
    "recipient_lines": "Các dòng Nơi nhận như in ra, có gạch đầu dòng",
    BODY: "Toàn bộ nội dung: các mục, bảng biểu và số liệu, do phần mềm trình bày",
    APPENDICES: "Các phụ lục; không ghi thì phần mềm đặt các phụ lục ở cuối văn bản",
}


@dataclass(frozen=True)
class Field:
    """As the page tells it: what to write in Word, what it means, and what stands there in the sample.

    One that is `needed` can have others in its place, `instead`.
    """

    tag: str
    meaning: str
    sample: str
    needed: bool = False
    instead: str = ""


@dataclass(frozen=True)
class Needed:
    """One of `names` has to be there, each of which may take several fields, and `values` have to be seen."""

    what: str
    names: tuple[tuple[str, ...], ...]
    values: tuple[str, ...]


def fields_of(kind: Kind[Any]) -> tuple[Field, ...]:
    return tuple(_fields(kind, data_of_specimen(kind)))


def _fields(kind: Kind[Any], data: Mapping[str, Plain]) -> Iterator[Field]:
    """Without those that this kind leaves empty."""
    wanted = {one.names[0][0]: spelled(one.names[1:]) for one in needed(specimen(kind)[0])}
    for name in PLACES:
        if name != BODY or BODY in wanted:
            yield Field(f"{{{{p {name} }}}}", _MEANINGS[name], "…", name in wanted)
    for name, value in data.items():
        if value and name in _MEANINGS:
            instead = wanted.get(name, "")
            yield Field(_tag(name, value), _MEANINGS[name], _sample(value), name in wanted, instead)
    for part in kind.parts:
        tag = _tag(f"parts.{part.key}", data["parts"][part.key])
        how = " (từng mục: .code, .label, .text)" if part.by else ""
        yield Field(tag, f"Phần lời: {part.label}{how}", _sample(data["parts"][part.key]))
    for name, (meaning, sample) in OFFERED.get(kind.about, {}).items():
        yield Field(f"{{{{ figures.{name} }}}}", f"Số liệu: {meaning}", sample)


def spelled(names: tuple[tuple[str, ...], ...]) -> str:
    return " hoặc ".join(" và ".join(together) for together in names)


def _tag(name: str, value: Plain) -> str:
    if isinstance(value, list):
        return f"{{%p for dong in {name} %}} … {{{{ dong }}}} … {{%p endfor %}}"
    return f"{{{{ {name} }}}}"


def _sample(value: Plain) -> str:
    if isinstance(value, list):
        return " | ".join(map(_sample, value[:2]))
    if isinstance(value, dict):
        return " – ".join(map(_sample, value.values()))
    return value if len(value) <= 90 else f"{value[:90]}…"


def needed(document: Document) -> tuple[Needed, ...]:
    """What an official paper has to show, whatever an office makes of its head and foot."""
    if document.only_appendices:
        return (Needed("các phụ lục", ((APPENDICES,),), ()),)
    head, signature, left = document.head, document.signature, document.co_signature
    found = [
        Needed("nội dung báo cáo", ((BODY,),), ()),
        Needed("số, ký hiệu", (("number_line",), ("reference",), ("number", "symbol")), (head.reference,)),
        Needed("trích yếu", (("subject",), ("title",)), (document.subject,)),
        Needed("quyền hạn, chức vụ người ký", (("authority",),), signature.authority),
        Needed("họ tên người ký", (("signer",),), (signature.name,)),
        Needed("nơi nhận", (("recipient_lines",), ("recipients",)), document.recipients),
    ]
    if document.has_date_line:
        found.append(Needed("ngày, tháng, năm", (("date_line",), ("date",)), (head.date,)))
    if document.addressees:
        names = (("addressee_lines",), ("addressees",))
        found.append(Needed("nơi kính gửi", names, document.addressees))
    if left:
        found += [
            Needed("chức vụ người ký bên trái", (("co_authority",),), left.authority),
            Needed("họ tên người ký bên trái", (("co_signer",),), (left.name,)),
        ]
    return tuple(found)


def recommended() -> tuple[Needed, ...]:
    """What offices may have typed into their template themselves."""
    return (
        Needed("tên cơ quan ban hành", (("issuer_lines",), ("issuer",), ("issuer_name",)), ()),
        Needed("cơ quan chủ quản", (("superior_lines",), ("superior",)), ()),
        Needed("tên loại văn bản", (("type_name",), ("title",)), ()),
    )
