from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings

from criteria.points import round_half_up
from criteria.rules import Direct
from criteria.scoring import EXCLUDED, LeafScore
from criteria.tally import Plan, Sum, bucket_code, tally
from criteria.tree import Combine, CriteriaTree, Criterion, Decision, Role, Source
from tests.criteria import independent
from tests.criteria.strategies import trees

SELF = {"sources": {Source.UNIT}, "rebase": False}


def tree_of(*criteria, total="100", decimals=3, cap_total=None):
    return CriteriaTree(
        code="x",
        version=1,
        name="x",
        decision=Decision("", None, ""),
        criteria=criteria,
        total=Decimal(total),
        decimals=decimals,
        cap_total=None if cap_total is None else Decimal(cap_total),
    )


def leaf(code, max_points, role=Role.BASE, source=Source.UNIT):
    top = Decimal(max_points)
    return Criterion(code=code, name=code, max_points=top, role=role, source=source, rule=Direct())


def parent(code, max_points, *children, role=Role.BASE, combine=Combine.SUM):
    top = Decimal(max_points)
    return Criterion(code=code, name=code, max_points=top, role=role, combine=combine, children=children)


def points(**scores):
    """Leaf 1.2 is written l1_2; None excludes it."""
    return {
        code[1:].replace("_", "."): EXCLUDED if value is None else LeafScore(Decimal(value))
        for code, value in scores.items()
    }


def typed(raw):
    def criterion(node):
        made = parent if "children" in node else leaf
        role = Role(node["role"])
        if made is leaf:
            return leaf(node["code"], node["max_points"], role, Source(node["source"]))
        children = [criterion(child) for child in node["children"]]
        return parent(
            node["code"], node["max_points"], *children, role=role, combine=Combine(node["combine"])
        )

    nodes = [criterion(node) for node in raw["criteria"]]
    return tree_of(*nodes, total=raw["total"], decimals=raw["decimals"], cap_total=raw.get("cap_total"))


def typed_scores(raw):
    return {
        code: EXCLUDED if value == "excluded" else LeafScore(round_half_up(value, 3))
        for code, value in raw.items()
    }


@settings(
    max_examples=1500, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(trees())
def test_totals_agree_with_an_independent_tally(example):
    raw_tree, raw_scores = example
    tree, scores = typed(raw_tree), typed_scores(raw_scores)
    for sources, rebase in ((None, True), (None, False), ({Source.UNIT}, False)):
        expected = independent.Totals(raw_tree, raw_scores, sources, rebase)
        plan = Plan(tree, sources=sources, rebase=rebase)
        result = plan.tally_leaves(scores)
        for name in ("base_points", "applicable", "index", "bonus", "penalty", "total", "answered", "leaves"):
            assert getattr(result, name) == getattr(expected, name), name
        assert set(result.nodes) == {node.code for node in tree.walk()}
        for node, _ in expected.with_parents(raw_tree["criteria"]):
            found = result.nodes[node["code"]]
            assert found.points == expected.points(node)
            assert found.applicable == expected.applicable_maximum(node)
            assert found.answered == expected.answered_leaves(node)
            assert found.leaves == len(expected.leaves_of(node))
        assert result.penalty <= 0 <= result.total
        assert result.is_provisional == (result.answered < result.leaves)
        assert tally(tree, scores, sources=sources, rebase=rebase) == result
        settled = plan.settled(scores.keys())
        assert (len(settled), settled & scores.keys()) == (
            result.answered,
            plan.bucket_of.keys() & scores.keys(),
        )

        bulk = Plan(tree, sources=sources, rebase=rebase, by_bucket=True)
        by_bucket = bulk.tally_leaves(scores)
        assert by_bucket.nodes.items() <= result.nodes.items()
        assert {area.code for area in tree.areas} <= set(by_bucket.nodes)
        for name in ("base_points", "applicable", "index", "bonus", "penalty", "total", "answered", "leaves"):
            assert getattr(by_bucket, name) == getattr(result, name), name
        assert bulk.bucket_of.items() <= bucket_code(tree).items()


TREE = tree_of(
    parent(
        "1",
        "60",
        leaf("1.1", "20"),
        parent("1.2", "30", leaf("1.2.1", "30"), leaf("1.2.2", "20"), combine=Combine.BEST),
        leaf("1.3", "10", source=Source.SURVEY),
        leaf("1.4", "2", role=Role.BONUS),
    ),
    leaf("2", "40"),
    parent("8", "3", leaf("8.1", "2", role=Role.BONUS), leaf("8.2", "2", role=Role.BONUS), role=Role.BONUS),
    parent(
        "9", "5", leaf("9.1", "4", role=Role.PENALTY), leaf("9.2", "4", role=Role.PENALTY), role=Role.PENALTY
    ),
    cap_total="100",
)
FULL = points(l1_1="20", l1_2_1="30", l1_3="10", l1_4="2", l2="40", l8_1="2", l8_2="2", l9_1="0", l9_2="0")


def test_bonus_is_capped_at_its_parent_and_the_total_at_the_set():
    result = tally(TREE, FULL)
    assert (result.index, result.bonus, result.penalty, result.total) == (100, 5, 0, 100)
    assert result.nodes["8"].points == 3
    assert result.nodes["1"].applicable == 60
    assert not result.is_provisional


def test_penalties_are_capped_at_their_parent():
    result = tally(TREE, FULL | points(l9_1="-4", l9_2="-4"))
    assert (result.penalty, result.total) == (-5, 100)
    result = tally(TREE, FULL | points(l2="30", l9_1="-1", l9_2="-2.5"))
    assert (result.penalty, result.total) == (Decimal("-3.5"), Decimal("91.5"))


def test_the_total_is_never_below_zero():
    assert tally(TREE, points(l1_1="1", l9_1="-4")).total == 0


def test_an_excluded_leaf_rebases_the_index_once():
    result = tally(TREE, FULL | points(l1_3=None, l2="30", l8_1="0", l8_2="0", l1_4="0"))
    assert (result.base_points, result.applicable) == (80, 90)
    assert (result.index, result.total) == (Decimal("88.889"), Decimal("88.889"))


def test_one_excluded_alternative_leaves_the_best_of_its_maximum():
    result = tally(TREE, FULL | points(l1_2_1=None, l1_2_2="15"))
    assert (result.nodes["1.2"].points, result.nodes["1.2"].applicable) == (15, 30)
    assert (result.applicable, result.index) == (100, 85)


def test_a_best_of_without_alternatives_is_excluded():
    result = tally(TREE, FULL | points(l1_2_1=None, l1_2_2=None))
    assert (result.nodes["1.2"].points, result.nodes["1.2"].applicable, result.applicable) == (0, 0, 70)


def test_one_alternative_answers_a_best_of():
    assert "1.2.2" not in FULL
    assert tally(TREE, FULL).answered == tally(TREE, FULL).leaves == 10


def test_nothing_answered_is_provisional_and_keeps_the_maximum():
    result = tally(TREE, {})
    assert (result.total, result.applicable, result.unanswered, result.is_provisional) == (0, 100, 10, True)


def test_everything_excluded_gives_no_index():
    tree = tree_of(leaf("1", "60"), leaf("2", "40"))
    result = tally(tree, points(l1=None, l2=None))
    assert (result.index, result.total, result.applicable) == (0, 0, 0)
    assert result.nodes["1"].percent is None


def test_the_self_layer_knows_only_unit_leaves_and_is_never_rebased():
    result = tally(TREE, FULL | points(l2=None), **SELF)
    assert (result.index, result.applicable) == (50, 50)
    assert (result.nodes["1"].points, result.nodes["1"].applicable) == (50, 50)
    assert (result.answered, result.leaves) == (9, 9)


def test_percent_and_lost_points_are_exact():
    node = tally(TREE, FULL | points(l1_1="0.001")).nodes["1"]
    assert node.percent == Fraction(40001, 600)
    assert node.lost == Decimal("19.999")


def test_best_in_best_and_nested_caps():
    inner = parent("1.1.1", "6", leaf("1.1.1.1", "4"), leaf("1.1.1.2", "2"))
    tree = tree_of(
        parent(
            "1",
            "6",
            parent("1.1", "6", inner, leaf("1.1.2", "5"), combine=Combine.BEST),
            combine=Combine.BEST,
        ),
        total="6",
    )
    half = tally(tree, points(l1_1_1_1="4"))
    assert (half.total, half.answered, half.leaves) == (4, 1, 3)
    whole = tally(tree, points(l1_1_1_1="1", l1_1_1_2="1", l1_1_2="5"))
    assert (whole.total, whole.unanswered) == (5, 0)
    assert bucket_code(tree) == {"1.1.1.1": "1.1.1", "1.1.1.2": "1.1.1", "1.1.2": "1.1.2"}


def test_a_cap_inside_a_cap_holds_at_every_depth():
    def bonus(code):
        return leaf(code, "2", role=Role.BONUS)

    inner = parent("8.1", "3", bonus("8.1.1"), bonus("8.1.2"), role=Role.BONUS)
    tree = tree_of(leaf("1", "100"), parent("8", "4", inner, bonus("8.2"), role=Role.BONUS))
    assert tally(tree, points(l8_1_1="2", l8_1_2="2")).bonus == 3
    assert tally(tree, points(l8_1_1="2", l8_1_2="2", l8_2="2")).bonus == 4
    assert bucket_code(tree) == {"1": "1", "8.1.1": "8.1", "8.1.2": "8.1", "8.2": "8"}


def test_leaves_share_the_highest_bucket_that_only_adds():
    assert bucket_code(TREE) == {
        "1.1": "1", "1.3": "1", "1.2.1": "1.2.1", "1.2.2": "1.2.2", "1.4": "1.4", "2": "2",
        "8.1": "8", "8.2": "8", "9.1": "9", "9.2": "9",
    }  # fmt: skip


def test_sums_made_elsewhere_give_the_same_total():
    plan = Plan(TREE, by_bucket=True)
    sums = {
        "1": Sum(Decimal(20), Decimal(10), 2),
        "1.2.2": Sum(Decimal(7), answered=1),
        "2": Sum(Decimal(40), answered=1),
    }
    assert plan.tally(sums) == plan.tally_leaves(points(l1_1="20", l1_3=None, l1_2_2="7", l2="40"))


def test_points_that_nobody_would_add_up_are_an_error():
    with pytest.raises(ValueError, match=r"7\.7"):
        tally(TREE, points(l7_7="1"))
    with pytest.raises(ValueError, match=r"1\.2"):
        Plan(TREE, by_bucket=True).tally({"1.2": Sum(Decimal(1), answered=1)})
