"""The criteria sets that come with the software: they load, add up, and say what their sources say."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from criteria.rules import Checklist, Count, Deduction, Index, Ratio, Survey, Target, WhenZero
from criteria.schema import dump_set, read_set
from criteria.scoring import LeafScore, score
from criteria.tally import tally
from criteria.tree import Combine, CriteriaTree, Criterion, Role, Source

SETS = Path(__file__).resolve().parents[2] / "fixtures" / "sets"
LEAVES = {
    "bach-thong-2021": 7,
    "bach-thong-2022": 7,
    "lien-son-2023": 37,
    "mau-so-nganh": 22,
    "mau-xa-2-cap": 69,
    "trieu-son-2020": 7,
}
AREAS = {
    "bach-thong-2021": "17.5 10.5 18.5 8.5 17 9.5 18.5",
    "bach-thong-2022": "16.5 10.5 19.5 8 14.5 11.5 19.5",
    "lien-son-2023": "17 9 18 5 19 10 13 9",
    "mau-so-nganh": "20 14 24 16 10 16",
    "mau-xa-2-cap": "14 8 20 8 14 10 16 10",
    "trieu-son-2020": "17.5 12 17.5 12 16 11.5 13.5",
}
ILLUSTRATIONS = {"mau-so-nganh", "mau-xa-2-cap"}


def load(code: str) -> CriteriaTree:
    return read_set((SETS / f"{code}.yaml").read_text(encoding="utf-8"))


def base_leaves(tree: CriteriaTree) -> list[Criterion]:
    return [leaf for area in tree.areas for leaf in area.leaves()]


def test_every_set_is_looked_at() -> None:
    assert sorted(path.stem for path in SETS.iterdir()) == sorted(LEAVES)


@pytest.mark.parametrize("code", LEAVES)
def test_a_set_loads_adds_up_to_100_and_is_named_as_its_file(code: str) -> None:
    tree = load(code)

    assert tree.code == code
    assert len(list(tree.leaves())) == LEAVES[code]
    assert [area.max_points for area in tree.areas] == [Decimal(points) for points in AREAS[code].split()]
    assert sum(leaf.max_points for leaf in base_leaves(tree)) >= tree.total == 100
    assert tree.illustration == (code in ILLUSTRATIONS)
    assert ("minh họa" in tree.name) == tree.illustration


@pytest.mark.parametrize("code", LEAVES)
def test_a_set_written_down_reads_back_equal(code: str) -> None:
    tree = load(code)

    assert read_set(dump_set(tree)) == tree


@pytest.mark.parametrize("code", sorted(ILLUSTRATIONS))
def test_every_leaf_of_an_illustration_has_an_example_and_an_appraiser(code: str) -> None:
    for leaf in load(code).leaves():
        assert leaf.examples, leaf.code
        assert leaf.owner, leaf.code


@pytest.mark.parametrize("code", sorted(ILLUSTRATIONS))
def test_evidence_is_never_demanded_of_what_is_entered_centrally(code: str) -> None:
    demanding = [leaf for leaf in load(code).leaves() if leaf.evidence_required]

    assert len(demanding) >= 10
    assert all(leaf.source is Source.UNIT and leaf.evidence for leaf in demanding)


POINTS = {
    "bach-thong-2021": ("16.17 9.17 13.06 7.93 14.26 6.73 14.03", "81.35"),
    "bach-thong-2022": ("15.38 10.35 16.71 7.938 9.231 10.451 18.15", "88.21"),
    "trieu-son-2020": ("16.5 12 13.5 12 12.25 11 9.5", "86.75"),
}


@pytest.mark.parametrize("code", POINTS)
def test_published_points_by_area_give_the_published_total(code: str) -> None:
    tree = load(code)
    points, total = POINTS[code]
    scores = {
        area.code: score(area, {"points": given}, tree.decimals)
        for area, given in zip(tree.areas, points.split(), strict=True)
    }

    assert tally(tree, scores).total == Decimal(total)


# What xã Liên Sơn lost before the council; every other criterion has its maximum.
LIEN_SON_COUNCIL = {
    "1.2": "0", "1.4": "1", "1.5": "0", "2.1": "1", "3.1": "3", "5.3": "1", "6.3": "3", "7.1": "0", "7.4": "1",
    "7.6": "0",
}  # fmt: skip


def test_lien_son_has_36_criteria_and_area_8_and_its_council_gave_81() -> None:
    tree = load("lien-son-2023")
    leaves = list(tree.leaves())
    scores = {
        leaf.code: score(
            leaf, {"points": LIEN_SON_COUNCIL.get(leaf.code, f"{leaf.max_points:f}")}, tree.decimals
        )
        for leaf in leaves
    }
    result = tally(tree, scores)

    assert [len(area.children) for area in tree.areas] == [6, 4, 7, 3, 5, 5, 6, 0]
    assert result.total == 81
    assert [result.nodes[area.code].points for area in tree.areas] == [10, 8, 16, 5, 17, 9, 7, 9]


def test_lien_son_names_the_parts_where_points_were_lost() -> None:
    named = {part.code: leaf.code for leaf in load("lien-son-2023").leaves() for part in leaf.components}

    assert named == {
        "1.4.2": "1.4", "3.1.4": "3.1", "3.1.5": "3.1", "5.3.2": "5.3", "6.3.3": "6.3", "7.4.1": "7.4",
        "7.4.2": "7.4",
    }  # fmt: skip


def test_the_commune_set_has_64_base_leaves_of_which_8_are_entered_centrally() -> None:
    tree = load("mau-xa-2-cap")
    central = {leaf.code: leaf.source for leaf in base_leaves(tree) if leaf.source is not Source.UNIT}

    assert len(base_leaves(tree)) == 64
    assert central == {
        "2.5": Source.SURVEY,
        "3.6": Source.EXTERNAL,
        "3.7": Source.SURVEY,
        "4.5": Source.SURVEY,
        "5.6": Source.SURVEY,
        "6.5": Source.SURVEY,
        "7.7": Source.SURVEY,
        "8.1": Source.SURVEY,
    }
    assert sum(tree.by_code[code].max_points for code in central) == 19


def test_the_commune_set_says_its_rules_as_its_wording_does() -> None:
    leaf = load("mau-xa-2-cap").by_code
    rules = {code: criterion.rule for code, criterion in leaf.items()}

    assert isinstance(rules["1.2.1"], Deduction)
    assert [fault.unit for fault in rules["1.2.1"].items] == [Decimal("0.25")]
    assert isinstance(rules["1.7"], Deduction)
    assert [fault.unit for fault in rules["1.7"].items] == [Decimal("0.1"), Decimal("0.2")]
    assert isinstance(rules["3.2.1"], Checklist)
    assert rules["3.2.1"].per_missing == Decimal("0.35")
    assert isinstance(rules["5.4"], Deduction)
    assert rules["5.4"].items[2].unit == leaf["5.4"].max_points == 3
    for code in ("2.1", "6.2"):
        rule = rules[code]
        assert isinstance(rule, Ratio)
        assert rule.when_zero is WhenZero.NOT_APPLICABLE
    for code in ("7.3.1", "7.3.2"):
        rule = rules[code]
        assert isinstance(rule, Ratio)
        assert rule.target is Target.ASSIGNED
    for code in ("3.6", "8.1"):
        assert rules[code] == Index(Decimal(100))
    for code in ("2.5", "4.5", "5.6", "6.5", "7.7"):
        weights = (("A", "1"), ("B", "0.6"), ("C", "0.2"), ("D", "0"))
        assert rules[code] == Survey(tuple((answer, Decimal(weight)) for answer, weight in weights))
    assert rules["3.7"] == Survey((("Hài lòng", Decimal(1)), ("Không hài lòng", Decimal(0))))
    over = [code for code, rule in rules.items() if isinstance(rule, Ratio) and rule.allow_over]
    assert over == ["7.4.1", "8.2"]


def test_the_commune_set_adds_at_most_3_takes_at_most_5_and_ends_at_100() -> None:
    tree = load("mau-xa-2-cap")
    full = {leaf.code: LeafScore(leaf.max_points) for leaf in base_leaves(tree)}
    bonus = {leaf.code: LeafScore(leaf.max_points) for leaf in tree.by_code["9"].leaves()}
    penalty = {leaf.code: LeafScore(-leaf.max_points) for leaf in tree.by_code["10"].leaves()}

    assert tree.by_code["9"].role is Role.BONUS
    assert tree.by_code["10"].role is Role.PENALTY
    assert {leaf.source for leaf in tree.by_code["10"].leaves()} == {Source.EXTERNAL}
    assert tally(tree, full | bonus).bonus == 3
    assert tally(tree, full | bonus).total == 100
    assert tally(tree, full | penalty).penalty == -5
    assert tally(tree, full | penalty).total == 95


def test_the_department_set_shows_a_best_parent_a_survey_and_many_rules() -> None:
    tree = load("mau-so-nganh")
    best = tree.by_code["1.4"]

    assert best.combine is Combine.BEST
    assert best.max_points == max(child.max_points for child in best.children) == 6
    assert [leaf.code for leaf in base_leaves(tree) if leaf.source is Source.SURVEY] == ["6.3"]
    assert {type(leaf.rule) for leaf in tree.leaves()} >= {Ratio, Checklist, Count, Deduction, Survey}
    assert tree.tie_breaks == ("3", "6")
