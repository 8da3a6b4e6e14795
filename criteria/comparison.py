"""Two versions of a criteria set side by side: what is new, gone, scored differently, only worded differently."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from criteria.points import format_points
from criteria.tree import CriteriaTree, Criterion
from criteria.wording import NAMES, rule_in_words

_Reading = Callable[[Criterion], str]


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was, in words."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Changed:
    old: Criterion
    new: Criterion
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Comparison:
    """`rescored` criteria have another rule, maximum or way of counting, and perhaps other words too;
    `reworded` ones only other words."""

    facts: tuple[Difference, ...]
    added: tuple[Criterion, ...]
    gone: tuple[Criterion, ...]
    rescored: tuple[Changed, ...]
    reworded: tuple[Changed, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.facts or self.added or self.gone or self.rescored or self.reworded)


_SCORING: dict[str, _Reading] = {
    "điểm tối đa": lambda node: format_points(node.max_points),
    "loại điểm": lambda node: NAMES[node.role],
    "cách cộng": lambda node: "" if node.is_leaf else NAMES[node.combine],
    "nguồn số liệu": lambda node: NAMES[node.source] if node.is_leaf else "",
    "không áp dụng": lambda node: NAMES[node.not_applicable] if node.is_leaf else "",
}
_WORDING: dict[str, _Reading] = {
    "tên": lambda node: node.name,
    "cách tính điểm": lambda node: node.rule_text,
    "hướng dẫn": lambda node: node.guide,
    "tài liệu kiểm chứng": lambda node: node.evidence,
    "bắt buộc tài liệu kiểm chứng": lambda node: "có" if node.evidence_required else "không",
    "cơ quan thẩm định": lambda node: node.owner,
    "tiêu chí thành phần": lambda node: "; ".join(f"{part.code} {part.name}" for part in node.components),
}
# Keys of options and items are no words, but stored answers refer to them.
_OTHER_KEYS = Difference("cách chấm", "mã của các mức, các mục", "đã đổi mã")


def compare(old: CriteriaTree, new: CriteriaTree) -> Comparison:
    before, after = old.by_code, new.by_code
    both = [(before[code], node) for code, node in after.items() if code in before]
    rescored = [Changed(*pair, found) for pair in both if (found := _scoring(*pair))]
    known = {change.new.code for change in rescored}
    reworded = [
        Changed(*pair, found)
        for pair in both
        if pair[1].code not in known and (found := _differences(*pair, _WORDING))
    ]
    return Comparison(
        facts=_facts(old, new),
        added=tuple(node for code, node in after.items() if code not in before),
        gone=tuple(node for code, node in before.items() if code not in after),
        rescored=tuple(rescored),
        reworded=tuple(reworded),
    )


def scoring_differences(old: Criterion, new: Criterion) -> tuple[Difference, ...]:
    """Why an answer to `old` may be worth something else as an answer to `new`; empty where it is not."""
    found = _differences(old, new, _SCORING)
    if old.rule != new.rule:
        found += _differences(old, new, {"cách chấm": rule_in_words}) or (_OTHER_KEYS,)
    return found


def _scoring(old: Criterion, new: Criterion) -> tuple[Difference, ...]:
    found = scoring_differences(old, new)
    return found and found + _differences(old, new, _WORDING)


def _differences(old: Criterion, new: Criterion, readings: dict[str, _Reading]) -> tuple[Difference, ...]:
    read = [(label, reading(old), reading(new)) for label, reading in readings.items()]
    return tuple(Difference(*one) for one in read if one[1] != one[2])


def _facts(old: CriteriaTree, new: CriteriaTree) -> tuple[Difference, ...]:
    read = zip(_read_facts(old), _read_facts(new), strict=True)
    return tuple(Difference(label, was, now) for (label, was), (_, now) in read if was != now)


def _read_facts(tree: CriteriaTree) -> list[tuple[str, str]]:
    decision = tree.decision
    issued = f"{decision.issued_on:%d/%m/%Y}" if decision.issued_on else ""
    return [
        ("tên bộ tiêu chí", tree.name),
        ("quyết định", " ".join(part for part in (decision.number, issued, decision.issuer) if part)),
        ("tổng điểm", format_points(tree.total)),
        ("số chữ số thập phân", str(tree.decimals)),
        ("điểm cuối không vượt", format_points(tree.cap_total) if tree.cap_total is not None else ""),
        ("lĩnh vực xét khi bằng điểm", ", ".join(tree.tie_breaks)),
        ("xếp loại", "; ".join(f"từ {format_points(g.threshold)}: {g.label}" for g in tree.grades)),
        ("dữ liệu minh họa", "có" if tree.illustration else "không"),
    ]
