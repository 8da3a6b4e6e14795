"""Every worked number of docs/scoring.md, computed by the engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from assessments.ranking import Standing, total_ranks
from criteria.points import NumberError, canonical, read_amount, read_points
from criteria.rules import KINDS
from criteria.schema import SetErrors, read_set
from criteria.schema.nodes import read_nodes
from criteria.schema.paths import plain_values
from criteria.scoring import score
from criteria.tally import tally
from criteria.tree import CriteriaTree, Criterion

DOC = (Path(__file__).resolve().parents[2] / "docs" / "scoring.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml (\w+)\n(.*?)^```$", DOC, flags=re.DOTALL | re.MULTILINE)


def blocks(kind: str) -> list[str]:
    return [text for found, text in BLOCKS if found == kind]


def values(text: str) -> Any:
    root, problems = read_nodes(text)
    assert root is not None
    assert not problems
    return plain_values(root)


def criterion(text: str) -> Criterion:
    """The block's criterion beside an area that fills the total; loading runs its examples."""
    other = "{code: base, name: Phần còn lại, max_points: 100, rule: {kind: direct}}"
    role = "" if "role:" in text else "role: bonus\n"
    return read_set(
        "code: doc\nversion: 1\nname: Ví dụ\nillustration: true\ncriteria:\n"
        f"  - {other}\n  -\n{indent(role + text, '    ')}"
    ).criteria[1]


def totals() -> Iterator[tuple[CriteriaTree, dict[str, Any]]]:
    tree = None
    for kind, text in BLOCKS:
        if kind == "set":
            tree = read_set(text)
        elif kind == "totals":
            assert tree is not None
            yield tree, values(text)


def test_every_block_of_numbers_is_checked() -> None:
    assert DOC.count("\n```yaml ") == len(BLOCKS)
    assert {kind for kind, _ in BLOCKS} == {"criterion", "set", "totals", "ranks", "typed"}


@pytest.mark.parametrize("text", blocks("criterion"))
def test_a_worked_criterion_comes_out_as_printed(text: str) -> None:
    assert criterion(text).examples


def test_a_wrong_number_in_the_page_would_be_noticed() -> None:
    text = blocks("criterion")[0]

    with pytest.raises(SetErrors, match="ví dụ"):
        criterion(text.replace("0.063", "0.062"))


def test_the_page_shows_every_rule_kind() -> None:
    assert {type(criterion(text).rule) for text in blocks("criterion")} == set(KINDS.values())


@pytest.mark.parametrize(("tree", "worked"), list(totals()))
def test_worked_totals_come_out_as_printed(tree: CriteriaTree, worked: dict[str, Any]) -> None:
    scores = {code: score(tree.by_code[code], data, tree.decimals) for code, data in worked["data"].items()}
    result = tally(tree, scores)

    assert {key: canonical(Decimal(getattr(result, key))) for key in worked["expect"]} == worked["expect"]


@pytest.mark.parametrize("text", blocks("ranks"))
def test_worked_ranks_come_out_as_printed(text: str) -> None:
    worked = values(text)
    cohort = {place: Standing(Decimal(total), {}) for place, total in enumerate(worked["totals"])}

    assert [str(rank) for rank in total_ranks(cohort).values()] == worked["ranks"]


@pytest.mark.parametrize("text", blocks("typed"))
def test_typed_numbers_are_read_as_printed(text: str) -> None:
    worked = values(text)

    for read, cases in ((read_points, worked["points"]), (read_amount, worked["amounts"])):
        for typed, meant in cases.items():
            if meant == "refused":
                with pytest.raises(NumberError):
                    read(typed)
            else:
                assert canonical(read(typed)) == meant
