"""The styles a clerk finds in Word, by the names the decree gives the parts; document.css has the same measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reports.docx.elements import DASHES, HEADINGS, Element, numbering_properties, w
from reports.docx.measures import POINT, mm

FONT = "Times New Roman"
INDENT = mm(12.7)
BLOCK_SPACING = 6 * POINT
SIGNATURE_ROOM = mm(26)
TABLE_SIZE, TABLE_LINE = 13, 16
CELL_TOP, CELL_SIDE, HEADER_CELL_SIDE, FIGURE_SIDE = 30, 80, 40, 20


@dataclass(frozen=True)
class Style:
    """`size` and `line` in points, all other lengths in twips."""

    id: str
    name: str
    size: int = 14
    line: float = 18
    bold: bool = False
    italic: bool = False
    align: str = "left"
    before: int = 0
    after: int = 0
    first_line: int = 0
    sides: int = 0
    keep_with_next: bool = False
    outline: int | None = None
    numbering: tuple[int, int] | None = None  # id and level of its list
    is_own: bool = True  # otherwise Word knows it by this name


def _body(id: str, name: str, **measures: Any) -> Style:
    return Style(id, name, after=BLOCK_SPACING, first_line=INDENT, is_own=False, **measures)


def _heading(level: int) -> Style:
    measures = {"bold": level < 3, "outline": level - 1, "numbering": (HEADINGS, level - 1)}
    return _body(f"Heading{level}", f"heading {level}", keep_with_next=True, **measures)


STYLES = (
    Style("Normal", "Normal", is_own=False),
    _body("BodyText", "Body Text", align="both"),
    *map(_heading, (1, 2, 3)),
    _body("ListBullet", "List Bullet", align="both", numbering=(DASHES, 0)),
    Style("Header", "header", size=13, line=16, align="center", is_own=False),
    Style("Title", "Title", bold=True, align="center", before=18 * POINT, keep_with_next=True, is_own=False),
    Style("Subtitle", "Subtitle", bold=True, align="center", sides=mm(8), keep_with_next=True, is_own=False),
    Style("Nation", "Quốc hiệu", size=13, line=16, bold=True, align="center"),
    Style("Motto", "Tiêu ngữ", line=16, bold=True, align="center"),
    Style("Superior", "Cơ quan chủ quản", size=13, line=16, align="center"),
    Style("Issuer", "Cơ quan ban hành", size=13, line=16, bold=True, align="center"),
    Style("Number", "Số, ký hiệu", size=13, align="center", before=6 * POINT),
    Style("PlaceDate", "Địa danh, ngày tháng", italic=True, align="center", before=6 * POINT),
    Style("Addressee", "Kính gửi", align="center"),
    Style("Authority", "Quyền hạn, chức vụ", bold=True, align="center", keep_with_next=True),
    Style("Signer", "Họ tên người ký", bold=True, align="center", before=SIGNATURE_ROOM),
    Style("RecipientsTitle", "Nơi nhận", size=12, line=14, bold=True, italic=True, keep_with_next=True),
    Style("Recipient", "Danh sách nơi nhận", size=11, line=14),
    Style("AppendixLabel", "Phụ lục", bold=True, align="center", keep_with_next=True, outline=0),
    Style("AppendixTitle", "Tên phụ lục", bold=True, align="center", keep_with_next=True),
    Style("Attachment", "Kèm theo", italic=True, align="center", after=12 * POINT, keep_with_next=True),
    Style("TableText", "Ô bảng", size=TABLE_SIZE, line=TABLE_LINE),
    Style(
        "TableNote", "Ghi chú bảng", size=TABLE_SIZE, line=TABLE_LINE, italic=True, align="both", before=60
    ),
    Style("Rule", "Đường kẻ", size=1, line=3, align="center"),
    Style("Gap", "Khoảng cách", size=1, line=1),
)


def style_elements() -> list[Element]:
    return [_defaults(), *map(_style, STYLES), *_table_styles(), _no_list()]


def _defaults() -> Element:
    language = w("lang", val="vi-VN", eastAsia="vi-VN", bidi="vi-VN")
    size = 2 * 14
    return w(
        "docDefaults",
        w("rPrDefault", w("rPr", _fonts(), w("sz", val=size), w("szCs", val=size), language)),
        w("pPrDefault"),
    )


def _fonts() -> Element:
    return w("rFonts", ascii=FONT, hAnsi=FONT, eastAsia=FONT, cs=FONT)


def _style(style: Style) -> Element:
    is_normal = style.id == "Normal"
    kind = {"default": 1} if is_normal else {"customStyle": 1} if style.is_own else {}
    return w(
        "style",
        w("name", val=style.name),
        None if is_normal else w("basedOn", val="Normal"),
        w("next", val="BodyText") if style.numbering and style.outline is not None else None,
        w("uiPriority", val=1),
        w("qFormat"),
        _paragraph_properties(style),
        _run_properties(style),
        type="paragraph",
        styleId=style.id,
        **kind,
    )


def _paragraph_properties(style: Style) -> Element:
    spacing = {"before": style.before, "after": style.after, "line": round(style.line * POINT)}
    indents = {"left": style.sides, "right": style.sides, "firstLine": style.first_line}
    return w(
        "pPr",
        *((w("keepNext"), w("keepLines")) if style.keep_with_next else ()),
        w("widowControl"),
        numbering_properties(style.numbering),
        w("spacing", **spacing, lineRule="exact"),
        w("ind", **indents),
        w("jc", val=style.align),
        None if style.outline is None else w("outlineLvl", val=style.outline),
    )


def _run_properties(style: Style) -> Element:
    return w(
        "rPr",
        _fonts(),
        *((w("b"), w("bCs")) if style.bold else ()),
        *((w("i"), w("iCs")) if style.italic else ()),
        w("color", val="000000"),
        w("sz", val=2 * style.size),
        w("szCs", val=2 * style.size),
    )


def _table_styles() -> list[Element]:
    edges = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = (w(edge, val="single", sz=4, space=0, color="000000") for edge in edges)
    normal = w(
        "style",
        w("name", val="Normal Table"),
        w("uiPriority", val=99),
        w("semiHidden"),
        w("unhideWhenUsed"),
        w("tblPr", w("tblInd", w=0, type="dxa"), _cell_margins(0, 0)),
        type="table",
        default=1,
        styleId="TableNormal",
    )
    ruled = w(
        "style",
        w("name", val="Table Grid"),
        w("basedOn", val="TableNormal"),
        w("uiPriority", val=59),
        w("tblPr", w("tblBorders", *borders), _cell_margins(CELL_TOP, CELL_SIDE)),
        type="table",
        styleId="TableGrid",
    )
    return [normal, ruled]


def _cell_margins(top: int, side: int) -> Element:
    margins = (("top", top), ("left", side), ("bottom", top), ("right", side))
    return w("tblCellMar", *(w(edge, w=length, type="dxa") for edge, length in margins))


def _no_list() -> Element:
    return w(
        "style",
        w("name", val="No List"),
        w("uiPriority", val=99),
        w("semiHidden"),
        w("unhideWhenUsed"),
        type="numbering",
        default=1,
        styleId="NoList",
    )
