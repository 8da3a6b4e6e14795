"""Random rules with data, and random trees with scores, all as raw declarations."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

KEYS = ["a", "b", "c", "đ", "xuất sắc"]
NOT_NUMBERS = [
    "-1", "-0", "+1", "1e3", "1_000", "1,5", " 1", "1 ", "1\n", "1.", ".5", "", "NaN", "Infinity", "0x1f",
    "１２", "٣", "½", "ba", True, False, None, 1, 0, 1.5, float("nan"), 10**30, [], ["1"], {}, {"a": "1"},
    Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("-1"), Decimal("-0"), b"1",
]  # fmt: skip


def numbers(low, high, places):
    """Canonical text of a decimal from low to high."""
    scaled = st.integers(round(low * 10**places), round(high * 10**places))
    return scaled.map(lambda n: f"{Decimal(n).scaleb(-places):f}")


def one_in(chances):
    return st.integers(0, chances - 1).map(lambda n: n == 0)


unit_share = numbers(0, 1, 2)
small_count = st.integers(0, 12).map(str)
amount = st.one_of(st.integers(0, 60).map(str), numbers(0, 40, 2), st.integers(0, 10**12).map(str))


@st.composite
def awards(draw, top, decimals, linear=False):
    name = draw(st.sampled_from(["points", "share", "linear"] if linear else ["points", "share"]))
    if name == "linear":
        return {"linear": True}
    return {name: draw(unit_share if name == "share" else numbers(0, top, min(decimals, 2)))}


@st.composite
def bands(draw, top, decimals, starts, linear=False):
    froms = sorted(draw(st.sets(starts, max_size=4)), reverse=True)
    lines = [{"from": f"{start:f}"} | ({"open": True} if draw(st.booleans()) else {}) for start in froms]
    return [line | draw(awards(top, decimals, linear)) for line in [*lines, {"from": "0"}]]


def keyed(draw, make):
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True))
    return [{"key": key, "label": key.upper()} | make() for key in keys]


def hundredths(low, high):
    return st.integers(low, high).map(lambda n: Decimal(n).scaleb(-2))


@st.composite
def leaves(draw):
    """(criterion, decimals, data): a valid declaration, and data that are mostly valid."""
    decimals = draw(st.integers(2, 4))
    max_points = draw(numbers(0.01, 6, 2))
    top = Fraction(max_points)
    role = draw(st.sampled_from(["base", "base", "bonus", "penalty"]))
    kinds = ["direct", "choice", "checklist", "count"]
    if role != "penalty":
        kinds += ["ratio", "ratio", "ratio", "deduction", "survey", "index"]
    rule, data = draw(RULES[draw(st.sampled_from(kinds))](top, decimals, role))
    modes = ["none"] if role == "penalty" else ["none", "full", "exclude"]
    if rule.get("when_zero") == "not_applicable":
        modes = ["none", "exclude"]
    criterion = {
        "code": "1.1",
        "name": "Tiêu chí",
        "max_points": max_points,
        "role": role,
        "not_applicable": draw(st.sampled_from(modes)),
        "rule": rule,
    }
    if draw(one_in(8)):
        data = {"not_applicable": draw(st.sampled_from([True, True, False, "true", 1, None]))}
        if draw(one_in(4)):
            data["points"] = "0"
    elif draw(one_in(4)):
        data = draw(spoilt(data))
    return criterion, decimals, data


@st.composite
def spoilt(draw, data):
    """The data with one thing changed that is usually wrong."""
    data = dict(data)
    way = draw(st.sampled_from(["not a mapping", "extra", "missing", "value", "value", "inner", "inner"]))
    key = draw(st.sampled_from(sorted(data)))
    inner = data[key]
    if way == "not a mapping":
        return draw(st.sampled_from([None, [], "a", 1, True, [("points", "1")]]))
    if way == "extra":
        data[draw(st.sampled_from(["note", "target", "points", 1, None]))] = "1"
    elif way == "missing":
        del data[key]
    elif way == "inner" and isinstance(inner, dict):
        inner = dict(inner)
        name = draw(st.sampled_from([*inner, "z"]))
        inner[name] = draw(st.sampled_from([*NOT_NUMBERS, "1.5", "2.0"]))
        data[key] = inner
    elif way == "inner" and isinstance(inner, list):
        data[key] = [*inner, draw(st.sampled_from(["z", "a", None, 1, ["a"], *inner]))]
    else:
        data[key] = draw(st.sampled_from([*NOT_NUMBERS, "2.5", "9999", Decimal("0.5"), Decimal("1E+1"), "a"]))
    return data


@st.composite
def direct(draw, top, decimals, role):
    rule = {"kind": "direct"}
    if draw(st.booleans()):
        rule["step"] = draw(st.sampled_from(["0.25", "0.1", "0.5", "0.05", "1"]))
    return rule, {"points": draw(st.one_of(numbers(0, top, 2), numbers(0, top, 1), numbers(0, top, 5)))}


@st.composite
def choice(draw, top, decimals, role):
    options = keyed(draw, lambda: draw(awards(top, decimals)))
    return {"kind": "choice", "options": options}, {
        "option": draw(st.sampled_from([o["key"] for o in options]))
    }


@st.composite
def checklist(draw, top, decimals, role):
    rule = {"kind": "checklist"}
    if role == "penalty" or draw(st.booleans()):
        rule["items"] = keyed(draw, lambda: {"points": draw(numbers(0, top, 2))})
    else:
        rule["items"] = keyed(draw, dict)
        rule["per_missing"] = draw(numbers(0.01, 2, 3))
    return rule, {"items": draw(st.lists(st.sampled_from([i["key"] for i in rule["items"]]), unique=True))}


@st.composite
def ratio(draw, top, decimals, role):
    rule = {"kind": "ratio"}
    if draw(st.booleans()):
        rule |= {"numerator": "Số nhiệm vụ hoàn thành", "denominator": "Tổng số nhiệm vụ"}
    if draw(st.booleans()):
        rule["bands"] = draw(bands(top, decimals, hundredths(1, 130), linear=True))
    target = draw(st.sampled_from([None, "number", "assigned"]))
    if target:
        rule["target"] = draw(numbers(0.01, 1.5, 2)) if target == "number" else target
    if draw(st.booleans()):
        rule["when_zero"] = draw(st.sampled_from(["full", "not_applicable", "zero", "error"]))
    if draw(st.booleans()):
        rule["allow_over"] = draw(st.booleans())
    data = {"numerator": draw(amount), "denominator": draw(amount)}
    if draw(one_in(4)):
        data["denominator"] = "0"
        if draw(st.booleans()):
            data["numerator"] = "0.0"
    elif draw(one_in(2)):
        # Land exactly on a band's edge.
        edge = draw(st.sampled_from([band["from"] for band in rule.get("bands", [{"from": "1"}])]))
        data = {"numerator": f"{Decimal(edge) * 100:f}", "denominator": "100"}
    elif not rule.get("allow_over") and Fraction(data["numerator"]) > Fraction(data["denominator"]):
        data = {"numerator": data["denominator"], "denominator": data["numerator"]}
    if target == "assigned":
        data["target"] = draw(st.one_of(numbers(0.01, 1.5, 2), st.just("0")))
    return rule, data


@st.composite
def count(draw, top, decimals, role):
    rule = {"kind": "count"}
    if draw(st.booleans()):
        rule["label"] = "Số sáng kiến"
    if draw(st.booleans()):
        rule["per_unit"] = draw(numbers(0.001, 2, 4))
    else:
        rule["bands"] = draw(bands(top, decimals, st.integers(1, 8).map(Decimal)))
    return rule, {"count": draw(small_count)}


@st.composite
def deduction(draw, top, decimals, role):
    rule = {"kind": "deduction", "items": keyed(draw, lambda: {"unit": draw(numbers(0, 2, 3))})}
    if draw(st.booleans()):
        rule["cap"] = draw(numbers(0.01, 8, 2))
    return rule, {"counts": {item["key"]: draw(small_count) for item in rule["items"]}}


@st.composite
def survey(draw, top, decimals, role):
    answers = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=5, unique=True))
    rule = {"kind": "survey", "weights": {answer: draw(unit_share) for answer in answers}}
    return rule, {"counts": {answer: draw(st.integers(0, 40).map(str)) for answer in answers}}


@st.composite
def index(draw, top, decimals, role):
    return {"kind": "index", "scale": draw(numbers(0.01, 100, 2))}, {"value": draw(numbers(0, 120, 2))}


RULES = {
    "direct": direct,
    "choice": choice,
    "checklist": checklist,
    "ratio": ratio,
    "count": count,
    "deduction": deduction,
    "survey": survey,
    "index": index,
}


@st.composite
def trees(draw):
    """(tree, scores): a valid tree of depth 4 or less with a score for some of its leaves."""
    scores = {}
    areas = [draw(nodes("base", str(n), 3, scores)) for n in range(1, draw(st.integers(1, 3)) + 1)]
    extras = [
        draw(nodes(role, code, 2, scores))
        for role, code in [("bonus", "8"), ("penalty", "9"), ("penalty", "10")]
        if draw(st.booleans())
    ]
    tree = {
        "total": f"{sum(Decimal(area['max_points']) for area in areas):f}",
        "decimals": draw(st.integers(2, 4)),
        "criteria": [*areas, *extras],
    }
    if draw(st.booleans()):
        tree["cap_total"] = tree["total"]
    return tree, scores


@st.composite
def nodes(draw, role, code, depth, scores):
    if not depth or draw(one_in(3)):
        return draw(scored_leaves(role, code, scores))
    own = [draw(nodes(role, f"{code}.{n}", depth - 1, scores)) for n in range(1, draw(st.integers(1, 3)) + 1)]
    combine = draw(st.sampled_from(["sum", "sum", "best"]))
    maxima = [Decimal(child["max_points"]) for child in own]
    cap = sum(maxima) if combine == "sum" else max(maxima)
    if role != "base":
        cap = draw(st.sampled_from([cap, Decimal("0.5"), Decimal("1.5")]))
    node = {"code": code, "max_points": f"{cap:f}", "role": role, "combine": combine, "children": own}
    for other, place in (("bonus", "t"), ("penalty", "p")):
        if other != role and draw(one_in(6)):
            own.append(draw(nodes(other, f"{code}.{place}", min(depth - 1, 1), scores)))
    return node


@st.composite
def scored_leaves(draw, role, code, scores):
    top = draw(st.integers(1, 40))
    source = draw(st.sampled_from(["unit", "unit", "survey", "external"]))
    outcome = draw(st.sampled_from(["points", "points", "points", "full", "none", "excluded"]))
    sign = -1 if role == "penalty" else 1
    if outcome == "points":
        scores[code] = Fraction(sign * draw(st.integers(0, top * 100)), 1000)
    elif outcome == "full":
        scores[code] = Fraction(sign * top, 10)
    elif outcome == "excluded" and role != "penalty":
        scores[code] = "excluded"
    return {"code": code, "max_points": f"{Decimal(top).scaleb(-1):f}", "role": role, "source": source}
