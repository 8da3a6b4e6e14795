"""Reading a criteria set: what is accepted, and every mistake by its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from textwrap import dedent

import pytest

from criteria.schema import read_set
from criteria.tree import (
    Component,
    Decision,
    Example,
    Grade,
    NotApplicable,
    Role,
    Source,
)
from tests.criteria.small_set import SMALL, problems


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_a_set_is_read_with_everything_it_says() -> None:
    tree = read_set(SMALL)

    assert (tree.code, tree.version, tree.name) == ("nho", 1, "Bộ tiêu chí nhỏ")
    assert tree.decision == Decision("12/QĐ-UBND", date(2025, 2, 3), "UBND tỉnh")
    assert (tree.total, tree.decimals, tree.cap_total) == (Decimal(10), 2, None)
    assert tree.tie_breaks == ("2",)
    assert tree.grades == (Grade(Decimal(9), "Tốt"), Grade(Decimal(5), "Khá"))
    assert [area.code for area in tree.areas] == ["1", "2"]
    survey = tree.by_code["2"]
    assert survey.source is Source.SURVEY
    assert survey.not_applicable is NotApplicable.EXCLUDE
    assert survey.components == (Component("2.1", "Phần một"),)
    assert tree.by_code["1.1"].examples == (
        Example({"numerator": "9", "denominator": "10"}, {"points": "2.25"}),
    )


def test_what_a_criterion_does_not_say_comes_from_its_parent_or_the_default() -> None:
    tree = read_set(SMALL.replace("decimals: 2\n", "").replace("total: 10\n", "total: 10\n# ghi chú\n"))

    assert tree.decimals == 3
    assert tree.by_code["1.1"].owner == "Sở Nội vụ"
    assert tree.by_code["1.2.1"].owner == "Sở Tư pháp"
    assert tree.by_code["1.2.2"].owner == ""
    assert tree.by_code["3.1"].role is Role.PENALTY
    assert tree.by_code["1.3"].role is Role.BONUS
    # Penalties are entered centrally unless the set says otherwise.
    assert tree.by_code["3.1"].source is Source.EXTERNAL
    assert tree.by_code["3.2"].source is Source.UNIT


def test_numbers_and_codes_are_kept_exactly_typed_in() -> None:
    tree = read_set(
        SMALL.replace("code: 1.3", "code: 1.10").replace("max_points: 2.5\n", "max_points: 2.50\n")
    )

    assert "1.10" in tree.by_code
    assert tree.by_code["1.1"].max_points == Decimal("2.5")
    assert tree.by_code["1.2.2"].max_points == Decimal("3.5")


def test_a_byte_order_mark_windows_lines_and_decomposed_letters_are_accepted() -> None:
    decomposed = SMALL.replace("Chỉ đạo", "Chi\u0309 đa\u0323o")

    assert read_set("\ufeff" + decomposed.replace("\n", "\r\n")) == read_set(SMALL)


MISTAKES = {
    # what is replaced, by what: on which line (a part of it), criterion, key, and a part of the message
    "unknown key of the set": ("total: 10", "tota: 10", "tota:", "", "tota", "có phải là “total”"),
    "unknown key of a criterion": (
        "        evidence_required: true",
        "        evidense: x",
        "evidense",
        "1.1",
        "evidense",
        "evidence",
    ),
    "missing key of the set": ("name: Bộ tiêu chí nhỏ\n", "", "code: nho", "", "name", "thiếu khóa"),
    "missing name": ("        name: Kế hoạch\n", "", "code: 1.1", "1.1", "name", "thiếu khóa"),
    "empty name": ("name: Kế hoạch", "name:", "        name:", "1.1", "name", "chưa có nội dung"),
    "missing maximum": ("        max_points: 2.5\n", "", "code: 1.1", "1.1", "max_points", "thiếu khóa"),
    "missing code": ("  - code: 2\n    name", "  - name", "name: Thể chế", "", "code", "thiếu khóa"),
    "missing decision": (
        "decision: {number: 12/QĐ-UBND, date: 2025-02-03, issuer: UBND tỉnh}\n",
        "",
        "code: nho",
        "",
        "decision",
        "thiếu khóa",
    ),
    "missing issuer": (", issuer: UBND tỉnh", "", "decision", "", "decision.issuer", "thiếu khóa"),
    "impossible date": ("2025-02-03", "2025-02-30", "decision", "", "decision.date", "năm-tháng-ngày"),
    "date written our way": ("2025-02-03", "03/02/2025", "decision", "", "decision.date", "năm-tháng-ngày"),
    "text where a list belongs": (
        "tie_breaks: [2]",
        "tie_breaks: 2",
        "tie_breaks",
        "",
        "tie_breaks",
        "danh sách",
    ),
    "list where text belongs": ("name: Kế hoạch", "name: [a]", "name: [a]", "1.1", "name", "phải là chữ"),
    "list where a mapping belongs": (
        "rule: {kind: survey, weights: {Hài lòng: 1, Không hài lòng: 0}}",
        "rule: [direct]",
        "[direct]",
        "2",
        "rule",
        "phải là nhóm",
    ),
    "text where a criterion belongs": (
        "  - code: 2\n",
        "  - hai\n  - code: 2\n",
        "- hai",
        "",
        "criteria[1]",
        "nhóm",
    ),
    "word where a flag belongs": (
        "evidence_required: true",
        "evidence_required: có",
        "evidence_required",
        "1.1",
        "evidence_required",
        "true hoặc false",
    ),
    "quoted flag": (
        "evidence_required: true",
        "evidence_required: 'true'",
        "evidence_required",
        "1.1",
        "evidence_required",
        "true hoặc false",
    ),
    "decimal comma": ("max_points: 2.5", "max_points: '2,5'", "'2,5'", "1.1", "max_points", "dấu chấm"),
    "exponent": ("max_points: 2.5", "max_points: 25e-1", "25e-1", "1.1", "max_points", "phải là số"),
    "negative maximum": ("max_points: 2.5", "max_points: -2.5", "-2.5", "1.1", "max_points", "không âm"),
    "zero maximum": ("max_points: 2.5", "max_points: 0", "max_points: 0", "1.1", "max_points", "lớn hơn 0"),
    "too many places": ("max_points: 2.5", "max_points: 2.505", "2.505", "1.1", "max_points", "quá 2 chữ số"),
    "huge maximum": ("max_points: 2.5", "max_points: 900000000", "9000", "1.1", "max_points", "quá lớn"),
    "decimals below 2": ("decimals: 2", "decimals: 1", "decimals", "", "decimals", "từ 2 đến 4"),
    "decimals above 4": ("decimals: 2", "decimals: 5", "decimals", "", "decimals", "từ 2 đến 4"),
    "decimals in words": ("decimals: 2", "decimals: hai", "decimals", "", "decimals", "số nguyên"),
    "version 0": ("version: 1", "version: 0", "version", "", "version", "từ 1"),
    "set code with a space": ("code: nho", "code: bộ nhỏ", "code: bộ nhỏ", "", "code", "không dấu"),
    "code with a final dot": ("code: 1.1\n", "code: 1.1.\n", "code: 1.1.", "1.1.", "code", "ví dụ 1.2.3"),
    "duplicate code": ("code: 1.3", "code: 1.1", "{code: 1.1,", "1.1", "code", "trùng mã với dòng 17"),
    "component with a criterion's code": (
        "{code: 2.1,",
        "{code: 1.1,",
        "{code: 1.1,",
        "2",
        "components[0].code",
        "trùng mã",
    ),
    "repeated key": ("total: 10", "total: 10\ntotal: 10", "decimals", "", "total", "đã khai ở trên"),
    "areas against the total": (
        "total: 10",
        "total: 9.55",
        "total",
        "",
        "total",
        "cộng lại được 10, khác tổng 9,55",
    ),
    "children against their parent": (
        "    max_points: 6\n",
        "    max_points: 6.5\n",
        "6.5",
        "1",
        "max_points",
        "điểm tối đa 6,5 nhưng các tiêu chí con cộng lại được 6",
    ),
    "best child against its parent": (
        "        max_points: 3.5\n        combine",
        "        max_points: 5.5\n        combine",
        "5.5",
        "1.2",
        "max_points",
        "tiêu chí con lớn nhất là 3,5",
    ),
    "bands out of order": (
        "{from: 0.8, linear: true}",
        "{from: 0, linear: true}",
        "{from: 0, points",
        "1.1",
        "rule.bands[1].from",
        "giảm dần",
    ),
    "bands without a floor": (
        "{from: 0, points: 0}",
        "{from: 0.1, points: 0}",
        "0.1",
        "1.1",
        "rule.bands[1].from",
        "from: 0",
    ),
    "unknown rule": ("kind: ratio", "kind: tile", "kind: tile", "1.1", "rule.kind", "phải là một trong"),
    "unknown key of a rule": (
        "numerator: Đã xong",
        "tu_so: Đã xong",
        "tu_so",
        "1.1",
        "rule.tu_so",
        "khóa này",
    ),
    "leaf without a rule": (
        "    rule: {kind: survey, weights: {Hài lòng: 1, Không hài lòng: 0}}\n",
        "",
        "code: 2",
        "2",
        "rule",
        "thiếu cách chấm",
    ),
    "parent with a rule": (
        "        combine: best\n",
        "        combine: best\n        rule: {kind: direct}\n",
        "        rule: {kind: direct}",
        "1.2",
        "rule",
        "không có cách chấm riêng",
    ),
    "parent with a source": (
        "        combine: best\n",
        "        combine: best\n        source: unit\n",
        "        source: unit",
        "1.2",
        "source",
        "không có tiêu chí con",
    ),
    "leaf that combines": (
        "    source: survey\n",
        "    source: survey\n    combine: sum\n",
        "combine: sum",
        "2",
        "combine",
        "có tiêu chí con",
    ),
    "unknown role": ("role: penalty", "role: phat", "role: phat", "3", "role", "base, bonus, penalty"),
    "base under a penalty": (
        "{code: 3.1, name",
        "{code: 3.1, role: base, name",
        "code: 3.1",
        "3.1",
        "role",
        "không nằm trong",
    ),
    "unknown source": (
        "source: survey",
        "source: dan",
        "source: dan",
        "2",
        "source",
        "unit, survey, external",
    ),
    "unknown mode": (
        "not_applicable: exclude",
        "not_applicable: co",
        "not_applicable",
        "2",
        "not_applicable",
        "none, full, exclude",
    ),
    "rule a penalty can't have": (
        "{code: 3.1, name: Nộp chậm, max_points: 2, rule: {kind: count, per_unit: 0.5}}",
        "{code: 3.1, name: Nộp chậm, max_points: 2, rule: {kind: index, scale: 5}}",
        "code: 3.1",
        "3.1",
        "rule.kind",
        "điểm trừ",
    ),
    "penalty that may not apply": (
        "source: unit}",
        "source: unit, not_applicable: full}",
        "code: 3.2",
        "3.2",
        "not_applicable",
        "điểm trừ",
    ),
    "excluded when zero but full": (
        "          numerator: Đã xong\n",
        "          numerator: Đã xong\n          when_zero: not_applicable\n",
        "when_zero",
        "1.1",
        "rule.when_zero",
        "not_applicable",
    ),
    "unknown tie break": ("tie_breaks: [2]", "tie_breaks: [2, 9]", "tie_breaks", "", "tie_breaks", "“9”"),
    "tie break that is a penalty": (
        "tie_breaks: [2]",
        "tie_breaks: [3]",
        "tie_breaks",
        "",
        "tie_breaks",
        "“3”",
    ),
    "tie break named twice": (
        "tie_breaks: [2]",
        "tie_breaks: [2, 2]",
        "tie_breaks",
        "",
        "tie_breaks",
        "hai lần",
    ),
    "grades that rise": (
        "{from: 5, label: Khá}",
        "{from: 9.5, label: Khá}",
        "9.5",
        "",
        "grades[1].from",
        "cao xuống",
    ),
    "example that does not hold": (
        "expect: {points: 2.25}",
        "expect: {points: 2.5}",
        "2.5}}",
        "1.1",
        "examples[0].expect",
        "2.5 điểm; tính ra: 2.25 điểm",
    ),
    "example that is refused": (
        "{numerator: 9, denominator: 10}",
        "{numerator: 11, denominator: 10}",
        "numerator: 11",
        "1.1",
        "examples[0].expect",
        "bị từ chối",
    ),
    "example that expects nothing": (
        "expect: {points: 2.25}",
        "expect: {diem: 2.25}",
        "diem",
        "1.1",
        "examples[0].expect",
        "points, excluded, refused",
    ),
    "no criteria": (
        SMALL[SMALL.index("criteria:") :],
        "criteria: []\n",
        "criteria",
        "",
        "criteria",
        "chưa có mục nào",
    ),
    "merge key": ("total: 10", "<<: {total: 10}\ntotal: 10", "<<", "", "<<", "khóa gộp"),
    "key that is a list": ("total: 10", "? [a]\n: 1\ntotal: 10", "? [a]", "", "", "tên khóa"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_line_criterion_and_key(mistake: str) -> None:
    old, new, on_line, code, key, message = MISTAKES[mistake]
    text = SMALL.replace(old, new, 1)
    assert text != SMALL
    if mistake == "excluded when zero but full":
        text = text.replace("evidence_required: true", "not_applicable: full")
    line = line_of(text, on_line)
    if mistake == "repeated key":
        line -= 1

    found = problems(text)

    assert [p for p in found if (p.line, p.code, p.key) == (line, code, key) and message in p.message], found


def test_an_illustration_needs_no_decision() -> None:
    text = "\n".join(line for line in SMALL.splitlines() if not line.startswith("decision"))

    assert read_set(text + "\nillustration: true\n").decision == Decision("", None, "")


def test_all_mistakes_of_a_file_are_told_at_once_in_the_order_of_its_lines() -> None:
    text = dedent("""\
        code: sai
        version: một
        name: Bộ sai
        decision: {issuer: UBND tỉnh}
        total: 99.55
        total: 100
        decimals: 3
        criteria:
          - code: 1
            name: Lĩnh vực 1
            max_points: 60
            children:
              - {code: 1.1, name: A, max_points: 30, rule: {kind: direct}}
              - {code: 1.1, name: B, max_points: 29.5, rule: {kind: count, per_unit: 1, bands: []}}
          - code: 2
            name: Lĩnh vực 2
            max_points: 40
            rule:
              kind: ratio
              bands:
                - {from: 0.5, points: 41}
                - {from: 0.7, points: 1}
            maxpoints: 40
          - {code: 3, name: Điểm trừ, max_points: 1, role: penalty, rule: {kind: survey, weights: {A: 1}}}
        """)

    found = problems(text)

    assert [problem.line for problem in found] == sorted(problem.line or 0 for problem in found)
    assert {(problem.line, problem.code, problem.key) for problem in found} >= {
        (2, "", "version"),
        (5, "", "total"),
        (6, "", "total"),
        (11, "1", "max_points"),
        (14, "1.1", "code"),
        (21, "2", "rule.bands[0].points"),
        (22, "2", "rule.bands[1].from"),
        (23, "2", "maxpoints"),
        (24, "3", "rule.kind"),
    }
    assert str(found[0]) == "dòng 2, version: phải là số nguyên không âm"
    assert "59,5" in next(p.message for p in found if p.line == 11)


def test_an_unreadable_number_does_not_accuse_the_sums_it_belongs_to() -> None:
    found = problems(SMALL.replace("max_points: 2.5", "max_points: hai"))

    assert [(problem.code, problem.key) for problem in found] == [("1.1", "max_points")]
