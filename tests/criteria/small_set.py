"""A small criteria set that has a bit of everything, for tests that damage it or write it down."""

from __future__ import annotations

import pytest

from criteria.schema import Problem, SetErrors, read_set

SMALL = """\
code: nho
version: 1
name: Bộ tiêu chí nhỏ
decision: {number: 12/QĐ-UBND, date: 2025-02-03, issuer: UBND tỉnh}
total: 10
decimals: 2
tie_breaks: [2]
grades:
  - {from: 9, label: Tốt}
  - {from: 5, label: Khá}
criteria:
  - code: 1
    name: Chỉ đạo
    max_points: 6
    owner: Sở Nội vụ
    children:
      - code: 1.1
        name: Kế hoạch
        max_points: 2.5
        rule:
          kind: ratio
          numerator: Đã xong
          denominator: Phải làm
          bands:
            - {from: 0.8, linear: true}
            - {from: 0, points: 0}
        evidence_required: true
        examples:
          - {data: {numerator: 9, denominator: 10}, expect: {points: 2.25}}
      - code: 1.2
        name: Sáng kiến
        max_points: 3.5
        combine: best
        owner: Sở Tư pháp
        children:
          - {code: 1.2.1, name: Cấp tỉnh, max_points: 2, rule: {kind: direct}}
          - {code: 1.2.2, name: Cấp bộ, max_points: 3.50, rule: {kind: direct}, owner: ~}
      - {code: 1.3, name: Thưởng thêm, max_points: 1, role: bonus, rule: {kind: count, per_unit: 1}}
  - code: 2
    name: Thể chế
    max_points: 4
    rule: {kind: survey, weights: {Hài lòng: 1, Không hài lòng: 0}}
    source: survey
    not_applicable: exclude
    components: [{code: 2.1, name: Phần một}]
  - code: 3
    name: Điểm trừ
    max_points: 2
    role: penalty
    children:
      - {code: 3.1, name: Nộp chậm, max_points: 2, rule: {kind: count, per_unit: 0.5}}
      - {code: 3.2, name: Tự khai, max_points: 1, rule: {kind: direct}, source: unit}
"""


def problems(text: str) -> list[Problem]:
    with pytest.raises(SetErrors) as raised:
        read_set(text)
    return list(raised.value.problems)
