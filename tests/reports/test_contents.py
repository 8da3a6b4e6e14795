"""Stored content: one spelling, bounded, and files that name every mistake."""

from __future__ import annotations

import pytest
import yaml

from criteria.schema import SetErrors
from reports.contents import ContentRefused, decree, limits, read_report_file, settle, usual_content
from reports.contents.stored import read_content
from reports.kinds import KINDS
from tests.reports.conftest import text_of
from tests.reports.stored import FIXTURES

FILE = text_of("reports", "lien-son-2024")
PARTS = KINDS["remediation_result"].parts
STAGE = KINDS["stage_summary"].parts
BARE = {
    "head": {"issuer": ["UBND", "xã A"], "symbol": "BC-UBND", "place": "A"},
    "signature": {"authority": ["Chủ tịch"], "name": ""},
    "recipients": ["Lưu: VT"],
}


def test_the_stored_report_is_read_and_settled():
    file = read_report_file(FILE)
    assert (file.kind, file.result) == ("remediation_result", "lien-son-2023")
    assert settle(file.content, PARTS) == file.content
    content = read_content(file.content)
    assert content.head.reference == "44/BC-UBND"
    assert set(content.by_code("tasks_by_area")) == set("12345678")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("symbol: BC-UBND", "symbl: BC-UBND", "head.symbl: không có khóa này; có phải là “symbol”?"),
        ('issued_on: "2024-05-04"', 'issued_on: "04/05/2024"', "dòng 12, head.issued_on: phải là ngày"),
        ("kind: remediation_result", "kind: khac", "dòng 2, kind: phải là một trong"),
        ("  remedies_by_code:", "  remedies_by_cod:", "narrative.remedies_by_cod: không có khóa này"),
        ("narrative:\n", "narratives:\n", "narratives: không có khóa này; có phải là “narrative”?"),
        ("recipients:\n", "recipients:\n  - [a, b]\n", "recipients: mỗi mục phải là một dòng chữ"),
        ("addressees: []", "addressees: huyện", "addressees: phải là danh sách"),
        ("  number: 829/UBND-NV\n", "", "request.number: thiếu khóa bắt buộc này"),
    ],
)
def test_every_mistake_of_a_file_is_named(old, new, complaint):
    assert old in FILE
    with pytest.raises(SetErrors) as error:
        read_report_file(FILE.replace(old, new, 1))
    assert complaint in str(error.value)


@pytest.mark.parametrize("text", ["", "- a", "a: &x 1\nb: *x", "kind: [\n"])
def test_a_file_that_is_no_report_is_refused(text):
    with pytest.raises(SetErrors):
        read_report_file(text)


def test_every_key_is_there_and_nothing_empty_remains():
    settled = settle(
        {**BARE, "recipients": [" a  b ", "", "Lưu:\nVT"], "narrative": {"tasks_by_area": {"1": " "}}},
        PARTS,
    )
    assert settled["recipients"] == ["a b", "Lưu: VT"]
    assert settled["narrative"]["tasks_by_area"] == {}
    assert settled["request"] is None
    assert settle(settled, PARTS) == settled


def test_line_ends_are_plain_and_nul_is_gone():
    assert settle({**BARE, "narrative": {"tasks": " a \r\nb\0\r\n"}}, PARTS)["narrative"]["tasks"] == "a\nb"


@pytest.mark.parametrize(
    "wrong",
    [
        {"head": {"issuer": "UBND", "symbol": "x", "place": "y"}},
        {"head": {}},
        {"signature": None},
        {"head": {**BARE["head"], "issued_on": "hôm qua"}},
        {"head": {**BARE["head"], "month": "2024-13"}},
        {"narrative": {"tasks": 5}},
        {"narrative": {"task": "x"}},
        {"narrative": {"tasks": {"1": "x"}}},
        {"narrative": {"tasks_by_area": "x"}},
        {"narrative": {"tasks": "a" * (limits.TEXT + 1)}},
        {"narrative": {"tasks_by_area": {str(n): "a\n" * 1500 for n in range(4)}}},
        {"basis": [{"kind": "a", "number": "b", "issuer": "c"}] * (limits.CITATIONS + 1)},
        {"recipients": ["a"] * (limits.ENTRIES + 1)},
    ],
)
def test_what_is_no_content_is_refused(wrong):
    with pytest.raises(ContentRefused):
        settle({**BARE, **wrong}, PARTS)


def test_a_committee_prints_no_superior_and_a_department_does():
    commune = settle(
        usual_content(name="Ủy ban nhân dân xã A", place="A", superior="Ủy ban nhân dân tỉnh B"), PARTS
    )
    assert commune["head"]["issuer"] == ["Ủy ban nhân dân", "xã A"]
    assert commune["head"]["superior"] == ""
    office = settle(usual_content(name="Sở Nội vụ", place="B", superior="Ủy ban nhân dân tỉnh B"), PARTS)
    assert office["head"]["superior"] == "Ủy ban nhân dân tỉnh B"
    assert office["head"]["symbol"] == "BC-SNV"
    assert settle(usual_content(name="Ủy ban nhân dân", place="", superior=""), PARTS)["head"]["issuer"] == [
        "Ủy ban nhân dân"
    ]


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("Sở Nội vụ", "Giám đốc"),
        ("Phòng Nội vụ", "Trưởng phòng"),
        ("Văn phòng Ủy ban nhân dân tỉnh", "Chánh Văn phòng"),
        ("Ban Quản lý khu kinh tế", "Trưởng ban"),
        ("Thanh tra tỉnh", "Chánh Thanh tra"),
    ],
)
def test_a_first_draft_is_signed_by_the_head(name, head):
    assert usual_content(name=name, place="B", superior="x")["signature"]["authority"] == [head]


DEPARTMENTS = {
    "van-phong-tuy-phong": ("Văn phòng HĐND và UBND", "BC-VP", "Chánh Văn phòng"),
    "so-noi-vu": ("Sở Nội vụ", "BC-SNV", "Giám đốc"),
    "van-phong": ("Văn phòng Ủy ban nhân dân", "BC-VP", "Chánh Văn phòng"),
    "so-tu-phap": ("Sở Tư pháp", "BC-STP", "Giám đốc"),
    "so-tai-chinh": ("Sở Tài chính", "BC-STC", "Giám đốc"),
    "so-khcn": ("Sở Khoa học và Công nghệ", "BC-SKHCN", "Giám đốc"),
}


def test_departments_of_the_demonstration_begin_with_their_own_heads():
    stored = yaml.safe_load((FIXTURES / "demo" / "units.yaml").read_text(encoding="utf-8"))
    units = {unit["code"]: unit for group in stored.values() for unit in group}
    heads = {}
    for code, unit in units.items():
        if unit["level"] in ("department", "office"):
            superior = f"Ủy ban nhân dân {units[unit['parent']]['short_name']}"
            usual = usual_content(name=unit["name"], place=unit["place"], superior=superior)
            assert usual["head"]["superior"] == superior
            [issuer], [signer] = usual["head"]["issuer"], usual["signature"]["authority"]
            heads[code] = (issuer, usual["head"]["symbol"], signer)
    assert heads == DEPARTMENTS


def test_a_stored_head_is_what_a_first_draft_begins_with():
    name, superior = "Văn phòng HĐND và UBND huyện Tuy Phong", "Ủy ban nhân dân huyện Tuy Phong"
    usual = settle(usual_content(name=name, place="Tuy Phong", superior=superior), ())
    assert (
        usual["head"] == settle(read_report_file(text_of("reports", "tuy-phong-2020")).content, STAGE)["head"]
    )


@pytest.mark.parametrize(
    ("name", "superior", "issuer", "symbol"),
    [
        ("Phòng Văn hóa - xã hội xã A", "Ủy ban nhân dân xã A", "Phòng Văn hóa - xã hội", "BC-PVHXH"),
        ("Phòng Văn hóa - Xã hội", "Ủy ban nhân dân xã A", "Phòng Văn hóa - Xã hội", "BC-PVHXH"),
        ("Sở Y tế Thành phố A", "Ủy ban nhân dân thành phố A", "Sở Y tế", "BC-SYT"),
        ("Sở Y tế tỉnh A", "", "Sở Y tế tỉnh A", "BC-SYT"),  # nothing above it says where
        ("Sở Y tế tỉnh B", "Ủy ban nhân dân tỉnh A", "Sở Y tế tỉnh B", "BC-SYTTB"),
        ("Chi cục Thú y tỉnh A", "Sở Nông nghiệp và Môi trường tỉnh A", "Chi cục Thú y", "BC-CCTY"),
        ("Thanh tra tỉnh", "Ủy ban nhân dân tỉnh A", "Thanh tra tỉnh", "BC-TT"),
        ("Sở Ứng dụng và Đo đạc", "Ủy ban nhân dân tỉnh A", "Sở Ứng dụng và Đo đạc", "BC-SUDĐĐ"),
        ("Ban 1", "", "Ban 1", "BC-B"),
    ],
)
def test_a_first_head_says_the_place_once_and_its_symbol_never(name, superior, issuer, symbol):
    head = usual_content(name=name, place="A", superior=superior)["head"]
    assert (head["issuer"], head["symbol"]) == ([issuer], symbol)


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("TM. Ủy ban nhân dân\nChủ tịch", ""),
        ("TM. Ủy ban nhân dân\nKT. Chủ tịch\nPhó Chủ tịch", ""),
        ("TL. Chủ tịch\nChánh Văn phòng", ""),
        ("TUQ. Giám đốc\nTrưởng phòng Cải cách hành chính", ""),
        ("Q. Chủ tịch", ""),
        ("Giám đốc", ""),
        ("", ""),
        ("KT. Giám đốc\n ", "Dưới dòng “KT. Giám đốc” phải có dòng ghi chức vụ của người ký."),
        ("TM. Ủy ban nhân dân", "Dưới dòng “TM. Ủy ban nhân dân” phải có dòng ghi chức vụ của người ký."),
        ("tm Ủy ban nhân dân\nChủ tịch", "Viết “TM.” có dấu chấm."),
        ("Chủ tịch\nTM. Ủy ban nhân dân\nx", "“TM.” chỉ đứng ở dòng đầu."),
    ],
)
def test_the_forms_of_signing(typed, complaint):
    assert decree.authority_complaint(typed) == complaint


@pytest.mark.parametrize("name", ["TS. Nguyễn A", "ThS.Trần B", "PGS.TS. Lê C", "Tiến sĩ Vũ D"])
def test_a_signer_has_no_degree(name):
    assert decree.signer_complaint(name)


@pytest.mark.parametrize("name", ["", "Tạ Sơn", "Cn Thị Kpă", "Lsu Văn K", "Tiến Sơn"])
def test_names_that_only_look_like_degrees_pass(name):
    assert not decree.signer_complaint(name)
