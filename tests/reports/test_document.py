from dataclasses import replace
from datetime import date

import pytest

from reports.document import (
    Appendix,
    Document,
    Head,
    Heading,
    ListBlock,
    PageBreak,
    Paragraph,
    Run,
    Signature,
    Table,
    plain_text,
)
from tests.reports.font import width_of

HEAD_ROOM = 0.39 * 165 / 25.4 * 72  # of the page's text, in points
HEAD = Head(issuer=("Ủy ban nhân dân", "xã A"), symbol="BC-UBND", place="A")


def document(*body, **changed):
    values = {
        "head": HEAD,
        "subject": "Kết quả",
        "signature": Signature(("Chủ tịch",), "Nguyễn Văn B"),
        "recipients": ("Sở Nội vụ", "Lưu: VT"),
    }
    return Document(body=body, **{**values, **changed})


def test_numbers_are_given_by_the_document_whatever_was_typed_in():
    body = [Heading(level, "x", number="9.") for level in (1, 2, 3, 3, 2, 3, 1, 2)]
    numbers = [heading.number for heading in document(*body).body]
    assert numbers == ["I.", "1.", "a)", "b)", "2.", "a)", "II.", "1."]


@pytest.mark.parametrize(
    ("issuer", "superior", "said"),
    [
        (("Văn phòng HĐND và UBND",), "Ủy ban nhân dân huyện Tuy Phong", "Văn phòng HĐND và UBND huyện Tuy Phong"),
        (("Văn phòng", "Ủy ban nhân dân"), "ỦY BAN NHÂN DÂN TỈNH AN HẢI", "Văn phòng Ủy ban nhân dân tỉnh An Hải"),
        (("Sở Nội vụ",), "Ủy ban nhân dân tỉnh An Hải", "Sở Nội vụ"),
        (("Văn phòng UBND tỉnh",), "Ủy ban nhân dân tỉnh An Hải", "Văn phòng UBND tỉnh"),
        (("Ủy ban nhân dân", "xã A"), "", "Ủy ban nhân dân xã A"),
    ],
)  # fmt: skip
def test_a_sentence_says_of_whose_committee_an_office_is(issuer, superior, said):
    head = replace(HEAD, issuer=issuer, superior=superior)
    assert head.full_name == said
    assert document(head=head).attachment_line.endswith(f" của {said})")


def test_clauses_follow_the_vietnamese_alphabet():
    numbers = [heading.number for heading in document(*[Heading(3, "x")] * 25).body]
    assert numbers[:8] == ["a)", "b)", "c)", "d)", "đ)", "e)", "g)", "h)"]
    assert len(set(numbers)) == 25


def test_chapters_count_in_roman_numerals():
    numbers = [heading.number for heading in document(*[Heading(1, "x")] * 19).body]
    assert (numbers[3], numbers[8], numbers[13], numbers[18]) == ("IV.", "IX.", "XIV.", "XIX.")


def test_an_appendix_numbers_its_own_headings():
    paper = document(Heading(1, "x"), appendices=(Appendix("t", (Heading(1, "y"),)),))
    assert paper.appendices[0].blocks[0].number == "I."


@pytest.mark.parametrize(
    ("last", "closed"),
    [
        (Paragraph.of("Hết."), "Hết./."),
        (Paragraph((Run("Hết ", bold=True), Run("rồi;", italic=True))), "Hết rồi./."),
        (ListBlock(((Run("một"),), (Run("hai"),))), "- hai./."),
        (Table((), (), ()), "./."),
        (PageBreak(), "./."),
    ],
)
def test_the_end_mark_follows_the_last_word(last, closed):
    assert plain_text(document(last)).partition("Nơi nhận:")[0].splitlines()[-1] == closed


def test_the_end_mark_can_be_left_out():
    assert document(Paragraph.of("Hết."), end_mark="").closed_body == (Paragraph.of("Hết."),)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Phòng Văn hóa - Xã hội", "PHÒNG VĂN HÓA - XÃ HỘI"),
        ("Phòng Tài chính - Kế hoạch", "PHÒNG TÀI CHÍNH - | KẾ HOẠCH"),
        ("Sở Văn hóa, Thể thao và Du lịch", "SỞ VĂN HÓA, | THỂ THAO VÀ DU LỊCH"),
        ("Phòng Kinh tế, Hạ tầng và Đô thị", "PHÒNG KINH TẾ, | HẠ TẦNG VÀ ĐÔ THỊ"),
        ("Sở Lao động - Thương binh và Xã hội", "SỞ LAO ĐỘNG - | THƯƠNG BINH VÀ XÃ HỘI"),
        ("Sở Khoa học và Công nghệ", "SỞ KHOA HỌC | VÀ CÔNG NGHỆ"),
        ("Sở Nông nghiệp và Môi trường", "SỞ NÔNG NGHIỆP | VÀ MÔI TRƯỜNG"),
        ("Trung tâm Phục vụ hành chính công", "TRUNG TÂM PHỤC VỤ | HÀNH CHÍNH CÔNG"),
        ("tỉnh Bà Rịa - Vũng Tàu", "TỈNH BÀ RỊA - VŨNG TÀU"),
        ("Thành phố Phan Rang - Tháp Chàm", "THÀNH PHỐ PHAN RANG - | THÁP CHÀM"),
        ("phường Vĩnh Tuy Đông", "PHƯỜNG VĨNH TUY ĐÔNG"),
        ("Ủy ban nhân dân thị xã Đông Triều", "ỦY BAN NHÂN DÂN | THỊ XÃ ĐÔNG TRIỀU"),
        ("Uỷ ban nhân dân Vân Đồn", "UỶ BAN NHÂN DÂN | VÂN ĐỒN"),
        ("Văn phòng Ủy ban nhân dân tỉnh", "VĂN PHÒNG | ỦY BAN NHÂN DÂN TỈNH"),
        (
            "Văn phòng Hội đồng nhân dân và Ủy ban nhân dân",
            "VĂN PHÒNG | HỘI ĐỒNG NHÂN DÂN | VÀ ỦY BAN NHÂN DÂN",
        ),
        ("Ban Quản lý Khu kinh tế tỉnh An Hải", "BAN QUẢN LÝ | KHU KINH TẾ | TỈNH AN HẢI"),
    ],
)
def test_names_in_the_head_break_between_terms(name, lines):
    head = replace(HEAD, issuer=(name,), superior=name)
    assert " | ".join(head.issuer_lines) == " | ".join(head.superior_lines) == lines
    assert max(width_of(line, 13) for line in head.issuer_lines) < HEAD_ROOM


def test_recipients_begin_as_above_when_the_report_goes_up():
    assert document().recipient_lines == ("- Sở Nội vụ;", "- Lưu: VT.")
    above = document(addressees=("Sở Nội vụ",), recipients=("Lưu: VT",))
    assert above.addressee_lines == ("Kính gửi: Sở Nội vụ",)
    assert above.recipient_lines == ("- Như trên;", "- Lưu: VT.")
    several = document(addressees=("Sở Nội vụ", "Sở Tài chính"))
    assert several.addressee_lines == ("Kính gửi:", "- Sở Nội vụ;", "- Sở Tài chính.")


@pytest.mark.parametrize(("number", "printed"), [("7", "07/"), ("44", "44/"), ("07a", "07a/")])
def test_numbers_below_ten_take_a_zero(number, printed):
    head = Head(issuer=("A",), symbol="BC-UBND", place="A", number=number, issued_on=date(2024, 5, 4))
    assert head.number_line == f"Số: {printed}BC-UBND"
    assert head.date_line == "A, ngày 04 tháng 5 năm 2024"


def test_what_the_clerk_gives_later_stays_blank():
    assert " ".join(HEAD.number_line.split()) == "Số: /BC-UBND"
    assert " ".join(HEAD.date_line.split()) == "A, ngày tháng năm"


def test_one_appendix_has_no_number_and_several_have():
    one, two = Appendix("một", ()), Appendix("hai", ())
    assert [label for label, _ in document(appendices=(one,)).labelled_appendices] == ["Phụ lục"]
    labels = [label for label, _ in document(appendices=(one, two)).labelled_appendices]
    assert labels == ["Phụ lục I", "Phụ lục II"]


def test_an_appendix_names_the_report_it_comes_with():
    head = Head(
        issuer=("Ủy ban nhân dân", "xã A"),
        symbol="BC-UBND",
        place="A",
        number="5",
        issued_on=date(2024, 2, 1),
    )
    line = "(Kèm theo Báo cáo số 05/BC-UBND ngày 01 tháng 02 năm 2024 của Ủy ban nhân dân xã A)"
    assert document(head=head).attachment_line == line


def test_text_is_composed_and_free_of_characters_that_no_format_prints():
    paper = document(Paragraph.of("Tie\u0302\u0301ng\x00 Vie\u0323\u0302t\u202e\ud800\x1b\ufffe 👍🏽"))
    assert paper.body == (Paragraph.of("Tiếng Việt 👍🏽"),)
