"""The summary of a stage: its tables by year, and what is wrong with its figures or what is said of them."""

import time
from dataclasses import replace
from datetime import date

import pytest

from reports.document import Document, Heading, Table, plain_text
from reports.figures import FigureKind, read_figure
from reports.kinds import KINDS
from reports.kinds.stage import Group, Series, StageFacts, Year, claims
from reports.pdf import render_pdf
from tests.reports import stored
from tests.reports.test_formats import in_pdf, in_word, squeezed
from tests.reports.test_pdf import read, words

KIND = KINDS["stage_summary"]
WRITTEN = stored.content("tuy-phong-2020")
BARE = replace(WRITTEN, texts={}, texts_by_code={})
YEARS = (Year(2018), Year(2019), Year(2020, until=date(2020, 3, 31)))


def series(pk: int, *typed: str, kind: FigureKind = FigureKind.NUMBER, **more: object) -> Series:
    read = [read_figure(kind, one) for one in typed]
    figures = {year.year: one for year, one in zip(YEARS, read, strict=False) if one is not None}
    return Series(pk, str(pk), more.pop("name", f"Chỉ tiêu {pk}"), figures, **more)


def ratio(pk: int, *typed: str, **more: object) -> Series:
    return series(pk, *typed, kind=FigureKind.RATIO, **more)


def facts(*rows: Series, is_appendix: bool = True, years: tuple[Year, ...] = YEARS) -> StageFacts:
    return StageFacts(2016, 2020, years, (Group(7, "PL", "Lĩnh vực", "", is_appendix, rows),))


def told(
    *rows: Series, years: tuple[Year, ...] = YEARS, issued_on: date | None = None
) -> list[tuple[str, str]]:
    content = replace(
        WRITTEN, texts={"results": "Có.", "proposals": "Có."}, texts_by_code={},
        head=replace(WRITTEN.head, issued_on=issued_on),
    )  # fmt: skip
    return [(problem.at, problem.text) for problem in KIND.checks(facts(*rows, years=years), content)]


def tables(document: Document) -> list[Table]:
    blocks = [*document.body, *(block for appendix in document.appendices for block in appendix.blocks)]
    return [block for block in blocks if isinstance(block, Table)]


def cells(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in (*table.header, *table.rows)]


# The document


def test_an_appendix_has_a_column_for_each_year_and_lies_on_a_wide_page():
    document = KIND.build(BARE, facts(series(1, "88", "/", "5"), ratio(2, "5650/5658", "", "0/0")))
    [appendix] = document.appendices
    assert appendix.landscape
    assert cells(appendix.blocks[0]) == [
        ["Số TT", "Chỉ tiêu", "Giai đoạn 2018-2020"],
        ["Năm 2018", "Năm 2019", "Năm 2020 (tính đến 31/3)"],
        ["1", "Chỉ tiêu 1", "88", "/", "5"],
        ["2", "Chỉ tiêu 2", "5.650/5.658\n(99,86%)", "", "0/0"],
    ]
    assert appendix.blocks[0].notes == (
        "Ghi chú: dấu “/” là không có số liệu; ô để trống là chưa có số liệu.",
    )
    assert "nêu tại Phụ lục kèm theo" in plain_text(document)


def test_a_single_year_is_no_stage():
    document = KIND.build(BARE, facts(series(1, "88"), years=YEARS[:1]))
    assert cells(tables(document)[0])[0] == ["Số TT", "Chỉ tiêu", "Năm 2018"]
    assert "CẢI CÁCH HÀNH CHÍNH NĂM 2018" in plain_text(document)


def test_the_results_are_of_the_years_that_have_figures():
    assert "CẢI CÁCH HÀNH CHÍNH GIAI ĐOẠN 2018-2020" in plain_text(KIND.build(BARE, facts(series(1, "88"))))


def test_heads_of_tables_that_go_on_are_printed_on_every_page():
    document = KIND.build(BARE, facts(*(series(pk, "1", "2", "3") for pk in range(1, 80))))
    pages = [words(page.extract_text()) for page in read(render_pdf(document)).pages[1:]]
    assert len(pages) > 1
    assert all("Giai đoạn 2018-2020" in page and "Năm 2019" in page for page in pages)
    assert in_pdf(document).count("Giaiđoạn2018-2020") == 1 == in_word(document).count("Giaiđoạn2018-2020")


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        (("1", "2", "3"), ()),
        (("1", "/", "3"), ("Ghi chú: dấu “/” là không có số liệu.",)),
        (("1", "", "3"), ("Ghi chú: ô để trống là chưa có số liệu.",)),
        (("", "", ""), ("Ghi chú: ô để trống là chưa có số liệu.",)),
    ],
)
def test_a_note_explains_what_stands_in_place_of_figures_and_nothing_else(typed, note):
    title = replace(series(1), code="5")
    [table] = tables(KIND.build(BARE, facts(title, replace(series(2, *typed), code="5.1"))))
    assert table.notes == note


def test_a_table_in_the_text_has_the_years_below_each_other_and_shares_of_the_whole():
    whole = ratio(1, "850/5658", "950/6184", "", name="Phiếu")
    rows = (whole, series(2, "680", "/", "", part_of=1), series(3, "", "", "4"))
    document = KIND.build(BARE, facts(*rows, is_appendix=False))
    first, second = tables(document)
    assert cells(first) == [
        ["Năm", "Phiếu", "Chỉ tiêu 2"],
        ["Năm 2018", "850/5.658\n(15,02%)", "680 (80,00%)"],
        ["Năm 2019", "950/6.184\n(15,36%)", "/"],
    ]
    assert cells(second)[1:] == [["Năm 2020 (tính đến 31/3)", "4"]]
    assert first.notes
    assert not second.notes
    lead = document.body[document.body.index(second) - 1]
    assert (lead.runs[0].text, lead.keep_with_next) == ("Số liệu năm 2020 về Chỉ tiêu 3:", True)
    assert isinstance(document.body[document.body.index(first) - 1], Heading)


def test_many_years_are_parted_into_tables_of_nearly_one_size():
    years = tuple(Year(year) for year in range(2010, 2021))
    rows = (Series(1, "1", "A", {year.year: read_figure(FigureKind.NUMBER, "1") for year in years}),)
    found = tables(KIND.build(BARE, facts(*rows, years=years)))
    assert [len(table.columns) - 2 for table in found] == [6, 5]
    assert all(sum(column.width for column in table.columns) == 100 for table in found)


def test_a_measure_stands_in_a_column_of_its_own():
    [table] = tables(KIND.build(BARE, facts(series(1, "5", measure="hồ sơ"), series(2, "6"))))
    assert [row[2] for row in cells(table)] == ["Đơn vị tính", "Năm 2020 (tính đến 31/3)", "hồ sơ", ""]


def test_what_nobody_wrote_is_left_out_and_chapters_count_through():
    document = KIND.build(BARE, facts())
    assert [block.number for block in document.body if isinstance(block, Heading)] == []
    assert not document.appendices
    content = replace(
        BARE, texts={"progress": "A.", "proposals": "B."}, texts_by_code={"areas": {"PL": "C."}}
    )
    document = KIND.build(content, facts())
    titles = [(block.number, block.text) for block in document.body if isinstance(block, Heading)]
    assert titles == [
        ("I.", "TÌNH HÌNH TRIỂN KHAI"),
        ("1.", "Đánh giá chung về công tác triển khai"),
        ("II.", "KẾT QUẢ THỰC HIỆN CÁC NỘI DUNG CẢI CÁCH HÀNH CHÍNH GIAI ĐOẠN 2018-2020"),
        ("1.", "Lĩnh vực"),
        ("III.", "KIẾN NGHỊ, ĐỀ XUẤT"),
    ]


def test_a_clause_has_a_letter_only_where_another_follows():
    def lettered(texts: dict[str, str], area: str) -> list[str]:
        document = KIND.build(replace(BARE, texts=texts, texts_by_code={"areas": {"PL": area}}), facts())
        text = plain_text(document)
        assert "Mặt tích cực" in text
        assert "Mục" in text
        return [f"{one.number} {one.text}" for one in document.body if getattr(one, "level", 0) == 3]

    assert lettered({"progress": "A."}, "B.\n**Mục**\nC.") == []
    assert lettered({"progress": "A.", "obstacles": "B."}, "**Mục 1**\nC.\n**Mục 2**\nD.") == [
        "a) Mặt tích cực", "b) Tồn tại, hạn chế và nguyên nhân", "a) Mục 1", "b) Mục 2",
    ]  # fmt: skip


def test_the_title_names_the_next_stage_only_where_it_is_written():
    assert KIND.build(BARE, facts()).subject == "Tổng kết công tác cải cách hành chính giai đoạn 2016-2020"
    content = replace(BARE, texts={"next_stage": "2021-2025"})
    assert KIND.build(content, facts()).subject.endswith("và phương hướng, nhiệm vụ giai đoạn 2021-2025")
    assert ("next_stage", "Giai đoạn tiếp theo phải ghi như “2021-2030”.") in [
        (one.at, one.text) for one in KIND.checks(facts(), replace(BARE, texts={"next_stage": "mới"}))
    ]


def test_many_long_rows_and_odd_words_say_the_same_in_both_formats():
    name = "Tỷ lệ hồ sơ thủ tục hành chính <b>được giải quyết</b> đúng hạn " * 3
    rows = [ratio(pk, "99999999999999/99999999999999", "/", "1/2", name=f"{name}{pk}") for pk in range(1, 61)]
    document = KIND.build(WRITTEN_FOR_PL, facts(*rows))
    assert in_pdf(document) == in_word(document) == squeezed(plain_text(document))


WRITTEN_FOR_PL = replace(WRITTEN, texts_by_code={"areas": {"PL": "**Mục**\nLời văn\n- một\n- hai"}})


# What is wrong with the figures


def test_a_numerator_above_its_denominator_is_found():
    [(at, text)] = told(ratio(1, "2717/2700", "500/500", "0/0"))
    assert at == "o-1-2018"
    assert (
        text == "PL 1 (Chỉ tiêu 1), năm 2018: tử số 2.717 lớn hơn mẫu số 2.700; tỷ lệ 2.717/2.700 (100,63%)."
    )


def test_a_part_above_its_whole_is_found_also_where_one_of_them_is_a_ratio():
    assert told(series(1, "88", "50", "/"), series(2, "96", "50", "7", part_of=1)) == [
        ("o-2-2018", "PL 2 (Chỉ tiêu 2), năm 2018: phần 96 lớn hơn tổng 88 của “1 Chỉ tiêu 1”.")
    ]
    [(at, _)] = told(ratio(1, "88/100", "19/100"), series(2, "88", "20", part_of=1))
    assert at == "o-2-2019"


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([series(1, "9", "90", "9")], ["o-1-2019"]),
        ([series(1, "90", "9")], ["o-1-2019"]),
        ([series(1, "9", "89", "900")], []),  # the last year is only a part of one
        ([series(1, "0", "900")], []),
        ([series(1, "/", "900")], []),
        ([ratio(1, "10/100", "10/1000")], ["o-1-2019"]),
        ([ratio(1, "10/100", "100/1000")], ["o-1-2019"]),
        ([series(1, "chín", "chín mươi", kind=FigureKind.TEXT)], []),
    ],
)
def test_a_tenfold_jump_between_full_years_is_found(rows, found):
    assert [at for at, _ in told(*rows)] == found


def test_a_jump_is_looked_for_across_a_year_without_figures():
    assert [
        at for at, _ in told(series(1, "9", "", "90"), years=tuple(Year(year.year) for year in YEARS))
    ] == ["o-1-2020"]


def test_one_thing_with_two_values_is_told_where_the_rarer_stands():
    rows = (
        series(1, "6174", "5000", name="Hồ sơ tiếp nhận"),
        ratio(2, "950/6184", "400/5000", denominator_name="hồ sơ  Tiếp nhận"),
        ratio(3, "3162/6174", "3000/5000", denominator_name="Hồ sơ tiếp nhận"),
    )
    assert told(*rows) == [
        (
            "o-2-2018",
            "PL 2 (Chỉ tiêu 2), năm 2018: “hồ sơ  Tiếp nhận” có số liệu khác nhau: 6.174 (PL 1, PL 3, mẫu số) và "
            "6.184 (PL 2, mẫu số).",
        )
    ]


@pytest.mark.parametrize(
    ("year", "issued_on", "found"),
    [
        (Year(2020), None, False),
        (Year(2020), date(2020, 12, 31), True),
        (Year(2020), date(2021, 1, 1), False),
        (Year(2020, entered_on=date(2020, 4, 2)), None, True),
        (Year(2020, entered_on=date(2020, 4, 2)), date(2021, 1, 15), True),
        (Year(2020, entered_on=date(2021, 1, 4)), None, False),
        (Year(2020, until=date(2020, 3, 31), entered_on=date(2020, 4, 2)), date(2020, 4, 6), False),
    ],
)
def test_a_year_that_was_not_over_needs_its_mark(year, issued_on, found):
    row = Series(1, "1", "A", {2020: read_figure(FigureKind.NUMBER, "1")})
    assert ("den-2020" in [at for at, _ in told(row, years=(year,), issued_on=issued_on)]) == found


# What is said of them in words

KNOWN = (
    series(1, "5658", "6174", name="Hồ sơ tiếp nhận"),
    ratio(2, "850/5658", "1468/8955", name="Tỷ lệ khảo sát", numerator_name="phiếu khảo sát"),
)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Năm 2019 có 6.184 hồ sơ tiếp nhận", "6.174"),
        ("Hồ sơ tiếp nhận năm 2018 là 5.685 hồ sơ", "5.658"),
        ("Năm 2019, **tỷ lệ khảo sát** đạt 18,42%", "16,39%"),
        ("Năm 2018: tỷ lệ khảo sát 850/5.568", "850/5.658"),
        ("Năm 2018 phát 805 phiếu khảo sát", "850"),
    ],
)
def test_a_typed_figure_that_contradicts_the_stored_one_of_its_year_is_found(text, right):
    content = replace(BARE, texts={"direction": f"Nói chung tốt. {text}."})
    [found] = [one for one in KIND.checks(facts(*KNOWN), content) if "đã lưu" in one.text]
    assert found.at == "direction"
    assert found.group is None
    assert found.text.endswith(f"là {right}.")


@pytest.mark.parametrize(
    "text",
    [
        "Năm 2019 có 6.174 hồ sơ tiếp nhận",
        "Năm 2019, tỷ lệ khảo sát đạt 16,39%",
        "Năm 2019, tỷ lệ khảo sát đạt 16,4%",
        "Năm 2018 phát 850 phiếu khảo sát/5.658 hồ sơ tiếp nhận, đạt 15,02%",
        "Có 6.184 hồ sơ tiếp nhận",  # of which year?
        "Từ năm 2018 đến năm 2019 có 6.184 hồ sơ tiếp nhận",
        "Năm 2019, hồ sơ tiếp nhận theo Quyết định số 1063/QĐ-UBND",
        "Năm 2019, hồ sơ tiếp nhận từ ngày 10/9/2019",
        "Năm 2019, phiếu khảo sát phát từ ngày 10/9/2019 theo Quyết định số 09/2015/QĐ-TTg",
        "Năm 2015 có 99 hồ sơ tiếp nhận",
        "Năm 2019 có 999999999999999999999999 hồ sơ tiếp nhận lại",
    ],
)
def test_what_is_right_or_about_something_else_is_left_alone(text):
    content = replace(BARE, texts={"direction": text})
    found = [one.text for one in KIND.checks(facts(*KNOWN), content) if "đã lưu" in one.text]
    assert found == [] or "999999999999" in text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Chương trình giai đoạn 2011-2015 đã kết thúc", 1),
        ("Kết quả giai đoạn 2016 – 2021", 1),
        ("Kết quả giai đoạn từ năm 2011 đến năm 2020", 1),
        ("Giai đoạn 2020-2016", 1),
        ("Kết quả giai đoạn 2016 - 2020", 0),
        ("Kết quả giai đoạn 2018-2020", 0),
        ("Phương hướng giai đoạn 2021-2025", 0),
        ("Từ năm 2011 đến năm 2015", 0),
    ],
)
def test_another_stage_than_the_report_s_or_the_next_is_found(text, count):
    def found(following: str) -> list[str]:
        content = replace(BARE, texts={"direction": text, "next_stage": following})
        return [
            one.at for one in KIND.checks(facts(*KNOWN), content) if "báo cáo này về giai đoạn" in one.text
        ]

    assert found("2021-2025") == ["direction"] * count
    assert len(found("")) == count + ("2021-2025" in text)


def test_the_page_offers_each_area_and_how_its_ratios_moved():
    assert [(one.code, one.help) for one in KIND.entries(facts(*KNOWN), "area")] == [
        ("PL", "Bảng số liệu: 2 chỉ tiêu.")
    ]
    assert KIND.entries(facts(*KNOWN), "criterion") == ()
    assert [one.text for one in KIND.suggestions(facts(*KNOWN))] == [
        "PL 2, Tỷ lệ khảo sát: 15,02% năm 2018, 16,39% năm 2019."
    ]


def test_crafted_names_take_no_time():
    rows = [series(pk, "5", name=f"{'a ' * 190}{pk}") for pk in range(1200)]
    content = replace(BARE, texts={"results": f"năm 2018 5 {'a ' * 9000}"})
    began = time.process_time()
    list(claims.contradicted(content, facts(*rows)))
    stages = {"results": "giai đoạn 2011-" * 9000, "causes": f"giai đoạn từ năm 2011{' ' * 40_000}1"}
    list(claims.wrong_stage(replace(BARE, texts=stages), facts(*rows)))
    assert time.process_time() - began < 5
