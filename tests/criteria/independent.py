"""The scoring contract written a second time, on raw declarations and Fractions, to compare the engine with.

It imports nothing from the engine and is built differently on purpose: no typed rules, no plan.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction

F = Fraction


class Refusal(Exception):
    pass


def demand(condition):
    if not condition:
        raise Refusal


def number(value):
    if isinstance(value, Decimal):
        demand(value.is_finite() and not value.is_signed())
        return F(value)
    demand(isinstance(value, str) and re.fullmatch(r"[0-9]+(\.[0-9]+)?", value, re.ASCII))
    return F(value)


def whole(value):
    result = number(value)
    demand(result.denominator == 1)
    return result


def half_up(value, decimals):
    return F(math.floor(value * 10**decimals + F(1, 2)), 10**decimals)


def leaf_points(criterion, data, decimals):
    """Exact rounded points as a Fraction, "excluded", or Refusal."""
    top = F(criterion["max_points"])
    mode = criterion.get("not_applicable", "none")
    demand(isinstance(data, dict))
    if "not_applicable" in data:
        demand(data == {"not_applicable": True} and data["not_applicable"] is True)
        demand(mode != "none")
        return top if mode == "full" else "excluded"
    points = KINDS[criterion["rule"]["kind"]](criterion["rule"], top, data, decimals)
    if points == "excluded":
        return points
    rounded = half_up(min(max(points, F(0)), top), decimals)
    return -rounded if criterion.get("role") == "penalty" else rounded


def direct(rule, top, data, decimals):
    demand(set(data) == {"points"})
    points = number(data["points"])
    demand(points <= top)
    demand((points * 10**decimals).denominator == 1)
    if "step" in rule:
        demand((points / F(rule["step"])).denominator == 1)
    return points


def award(line, top):
    return F(line["points"]) if "points" in line else F(line["share"]) * top


def choice(rule, top, data, decimals):
    demand(set(data) == {"option"})
    demand(isinstance(data["option"], str))
    chosen = [option for option in rule["options"] if option["key"] == data["option"]]
    demand(len(chosen) == 1)
    return award(chosen[0], top)


def checklist(rule, top, data, decimals):
    demand(set(data) == {"items"})
    ticked = data["items"]
    demand(isinstance(ticked, list | tuple))
    demand(all(isinstance(key, str) for key in ticked))
    left = {item["key"]: item for item in rule["items"]}
    total = F(0)
    for key in ticked:
        demand(key in left)
        total += F(left.pop(key).get("points", "0"))
    if "per_missing" in rule:
        return top - len(left) * F(rule["per_missing"])
    return total


def ratio(rule, top, data, decimals):
    assigned = rule.get("target") == "assigned"
    demand(set(data) == {"numerator", "denominator"} | ({"target"} if assigned else set()))
    part, whole_of_it = number(data["numerator"]), number(data["denominator"])
    target = number(data["target"]) if assigned else F(rule.get("target", "1"))
    demand(target > 0)
    if whole_of_it == 0:
        demand(part == 0)
        meaning = rule.get("when_zero", "error")
        demand(meaning != "error")
        return {"full": top, "zero": F(0), "not_applicable": "excluded"}[meaning]
    demand(part <= whole_of_it or rule.get("allow_over"))
    linear = min(part / whole_of_it / target, F(1)) * top
    return banded(rule["bands"], part / whole_of_it, top, linear) if "bands" in rule else linear


def banded(bands, value, top, linear=None):
    for band in bands:
        start = F(band["from"])
        if start < value or (start == value and not band.get("open")):
            return linear if "linear" in band else award(band, top)
    raise AssertionError("bands end with 0")


def count(rule, top, data, decimals):
    demand(set(data) == {"count"})
    counted = whole(data["count"])
    return banded(rule["bands"], counted, top) if "bands" in rule else F(rule["per_unit"]) * counted


def counts(data, keys):
    demand(set(data) == {"counts"})
    demand(isinstance(data["counts"], dict))
    demand(set(data["counts"]) == set(keys))
    return {key: whole(value) for key, value in data["counts"].items()}


def deduction(rule, top, data, decimals):
    counted = counts(data, [item["key"] for item in rule["items"]])
    taken = sum(counted[item["key"]] * F(item["unit"]) for item in rule["items"])
    return max(F(0), top - F(rule.get("cap", top)), top - taken)


def survey(rule, top, data, decimals):
    counted = counts(data, rule["weights"])
    answers = sum(counted.values())
    demand(answers > 0)
    return sum(counted[answer] * F(weight) for answer, weight in rule["weights"].items()) * top / answers


def index(rule, top, data, decimals):
    demand(set(data) == {"value"})
    return min(number(data["value"]) / F(rule["scale"]), F(1)) * top


KINDS = {
    "direct": direct,
    "choice": choice,
    "checklist": checklist,
    "ratio": ratio,
    "count": count,
    "deduction": deduction,
    "survey": survey,
    "index": index,
}


# Totals. A tree is {"total", "decimals", "cap_total"?, "criteria"}; a node {"code", "max_points", "role", and
# "source" or "children" with "combine"}. Scores map leaf codes to Fractions or "excluded".


class Totals:
    def __init__(self, tree, scores, sources=None, rebase=True):
        self.scores, self.sources = scores, sources
        areas = [node for node in tree["criteria"] if node["role"] == "base"]
        everything = list(self.with_parents(tree["criteria"]))
        self.base_points = sum((self.points(area) for area in areas), F(0))
        self.applicable = sum((self.applicable_maximum(area) for area in areas), F(0))
        self.bonus, self.penalty = (
            sum(
                (self.points(node) for node, above in everything if node["role"] == role != above),
                F(0),
            )
            for role in ("bonus", "penalty")
        )
        tops = [node for node, above in everything if node["role"] != above]
        self.leaves = sum(len(self.leaves_of(node)) for node in tops)
        self.answered = sum(self.answered_leaves(node) for node in tops)
        total = F(tree["total"])
        self.index = self.base_points
        if rebase and self.applicable != total:
            share = self.base_points / self.applicable if self.applicable else F(0)
            self.index = half_up(share * total, tree["decimals"])
        self.total = max(self.index + self.bonus + self.penalty, F(0))
        if "cap_total" in tree:
            self.total = min(self.total, F(tree["cap_total"]))

    def with_parents(self, nodes, above=None):
        for node in nodes:
            yield node, above
            yield from self.with_parents(node.get("children", []), node["role"])

    def own_children(self, node):
        return [child for child in node.get("children", []) if child["role"] == node["role"]]

    def is_leaf(self, node):
        return "children" not in node

    def known(self, node):
        return self.sources is None or node["source"] in self.sources

    def leaves_of(self, node):
        if self.is_leaf(node):
            return [node] if self.known(node) else []
        return [leaf for child in self.own_children(node) for leaf in self.leaves_of(child)]

    def points(self, node):
        if self.is_leaf(node):
            score = self.scores.get(node["code"], F(0)) if self.known(node) else F(0)
            return F(0) if score == "excluded" else score
        children = [child for child in self.own_children(node) if self.leaves_of(child)]
        values = [self.points(child) for child in children]
        value = max(values, default=F(0)) if node["combine"] == "best" else sum(values, F(0))
        cap = F(node["max_points"])
        if node["role"] == "bonus":
            return min(value, cap)
        if node["role"] == "penalty":
            return max(value, -cap)
        return value

    def applicable_maximum(self, node):
        if self.is_leaf(node):
            counted = self.known(node) and self.scores.get(node["code"]) != "excluded"
            return F(node["max_points"]) if counted else F(0)
        parts = [self.applicable_maximum(child) for child in self.own_children(node)]
        if node["combine"] == "best":
            return F(node["max_points"]) if any(parts) else F(0)
        return sum(parts, F(0)) if node["role"] == "base" else min(sum(parts, F(0)), F(node["max_points"]))

    def answered_leaves(self, node):
        leaves = self.leaves_of(node)
        if self.is_leaf(node):
            return sum(leaf["code"] in self.scores for leaf in leaves)
        children = [child for child in self.own_children(node) if self.leaves_of(child)]
        if node["combine"] == "best" and any(
            self.answered_leaves(child) == len(self.leaves_of(child)) for child in children
        ):
            return len(leaves)
        return sum(self.answered_leaves(child) for child in children)
