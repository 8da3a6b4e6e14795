"""A hundred rows with the longest names: every kind runs over pages, breaks between words and says the same twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from accounts.dates import VIETNAM
from assessments.minutes import Answer, Decided, Member, Minutes, MinutesRow, SessionFacts, UnitTotals, Voice
from assessments.outcome import Decision
from criteria.tree import Role
from reports.contents import read_content, usual_content
from reports.document import Document, plain_text
from reports.kinds import KINDS, Name
from reports.kinds.annex.facts import AnnexFacts, Area, AreaFigure, CohortLines, UnitLine
from reports.kinds.declared import Declared, DeclaredArea, DeclaredRow
from reports.pdf import render_pdf
from tests.reports.test_formats import in_pdf, in_word, squeezed
from tests.reports.test_pdf import read

ROWS = 100
UNIT = "Ban Quản lý Khu kinh tế và các khu công nghiệp, khu công nghệ cao tỉnh Bà Rịa - Vũng Tàu"
CRITERION = (
    "Thực hiện chế độ thông tin, báo cáo định kỳ và đột xuất về cải cách hành chính theo đúng quy định"
)
AT = datetime(2026, 3, 2, 8, tzinfo=VIETNAM)
CONTENT = read_content(usual_content(name="Ủy ban nhân dân tỉnh A", place="A", superior=""))


def declared() -> Declared:
    leaf = DeclaredRow(
        "1.1", CRITERION, 1, Role.BASE, Decimal(1), Decimal("0.875"), True, True,
        reading="1.234/5.678 = 21,73%", note="Đã gửi đủ", evidence=("Báo cáo số 12",) * 2,
    )  # fmt: skip
    rows = tuple(replace(leaf, code=f"1.{place}") for place in range(1, ROWS + 1))
    area = DeclaredArea(
        "1", "Công tác chỉ đạo, điều hành", Role.BASE, Decimal("87.5"), Decimal(100), ROWS, ROWS
    )
    return Declared(
        unit=UNIT, year=2025, cohort="Sở, ngành", set_name="Bộ tiêu chí", set_decision=None,
        max_total=Decimal(100), central=Decimal(0), total=Decimal("87.5"), bonus=Decimal(0), penalty=Decimal(0),
        state="Đã gửi", submitted_at=AT, receipt="a" * 64, areas=(area,),
        rows=(replace(leaf, code="1", depth=0, is_leaf=False, evidence=()), *rows),
    )  # fmt: skip


def annex() -> AnnexFacts:
    """Eight areas with three decimals, bonus and penalty: the widest there is."""
    figure = AreaFigure(Decimal("12.345"), Decimal(20), 4)
    line = UnitLine(
        UNIT, 1, True, (figure,) * 8, Decimal(2), Decimal("-0.5"), Decimal("98.765"), Fraction(98765, 1000),
        "Xuất sắc", "",
    )  # fmt: skip
    lines = tuple(replace(line, rank=place, is_tied=place in {8, 9}) for place in range(1, ROWS + 1))
    without = replace(
        line, rank=None, is_tied=False, areas=(None,) * 8, total=None, reason="Đơn vị mới thành lập"
    )
    areas = tuple(Area(str(place), CRITERION, Decimal(20)) for place in range(1, 9))
    decision = Decision("1/QĐ-UBND", AT.date(), "Ủy ban nhân dân tỉnh")
    return AnnexFacts(
        2025, decision, (CohortLines("Sở", Decimal(160), areas, (*lines, without)),), (95, 85, 70, 0)
    )


def minutes() -> Minutes:
    voice = Voice(Decimal("0.875"), False, "1.234/5.678 = 21,73%", "Thiếu báo cáo quý III", "Lê Văn A", AT)
    row = MinutesRow(
        "Sở", "so", UNIT, "1.1", CRITERION, Decimal(1), "Đơn vị còn không đồng ý", ("Sở Nội vụ",), voice, voice,
        Answer("disagreed", "Không đồng ý", "Đã gửi trên trục liên thông", "Lê Văn A", AT), voice,
        Decided(Decimal("0.875"), Decimal(1), "Chấp nhận", "Lê Văn A", AT),
    )  # fmt: skip
    members = (Member("chair", "Trần Thị Bình"), Member("secretary", "Lê Văn Cường"))
    total = UnitTotals("Sở", "so", UNIT, Decimal(90), Decimal(80), Decimal(81), 1, True)
    return Minutes(
        host="tỉnh A", period="Năm 2025", year=2025, illustration=False,
        facts=SessionFacts(AT, AT + timedelta(hours=3), "Phòng họp", Decimal(1), "", members),
        chair=members[0], secretary=members[1], present=members, absent=(),
        rows=tuple(replace(row, code=f"1.{place}") for place in range(1, ROWS + 1)), totals=(total,) * ROWS,
    )  # fmt: skip


FACTS: dict[Name, Callable[[], object]] = {
    Name.SELF_ASSESSMENT: declared,
    Name.SCORE_SHEET: declared,
    Name.RANKING_ANNEX: annex,
    Name.MINUTES: minutes,
}


def made(name: Name) -> Document:
    return KINDS[name].build(CONTENT, FACTS[name]())


@pytest.mark.parametrize("name", FACTS)
def test_pages_repeat_their_heads_and_both_formats_say_the_same(name):
    document = made(name)
    said = squeezed(plain_text(document))
    assert in_word(document) == said
    assert in_pdf(document) == said


@pytest.mark.parametrize("name", FACTS)
def test_nothing_runs_out_of_the_page_and_no_word_or_figure_is_broken(name):
    words = set(plain_text(made(name)).replace("\n", " ").replace("\t", " ").split()) - {"a" * 64 + "."}
    pages = read(render_pdf(made(name))).pages
    assert len(pages) > 3
    for page in pages:
        right = float(page.mediabox.width) - 15 / 25.4 * 72

        def see(text, matrix, text_matrix, font, size, right=right):
            assert matrix[0] * text_matrix[4] + matrix[4] < right

        printed = page.extract_text(visitor_text=see).split()
        broken = [word for word in printed if word not in words and not word.isdecimal()]
        assert not [word for word in broken if not (glued(word, words) or "a" * 9 in word)]


def glued(word: str, words: set[str]) -> bool:
    """As text read back joins the end of a table's head to its first cell."""
    return any({word[:place], word[place:]} <= words for place in range(1, len(word)))
