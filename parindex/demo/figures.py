"""Believable data for every rule kind, the same at every loading: drawn by unit, criterion and year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from criteria.points import canonical, format_points
from criteria.rules import Checklist, Choice, Count, Deduction, Direct, Index, Option, Ratio, Rule, Survey
from criteria.tree import CriteriaTree, Criterion

Data = dict[str, Any]
WORST, BEST = "0.7", "1"


def seeded(*parts: object) -> Random:
    return Random(" ".join(map(str, parts)))  # noqa: S311 — a demonstration has no secrets


class Figures:
    """What one unit declares in one year. `quality` from 0 to 1 moves every leaf, each a little differently."""

    def __init__(
        self, tree: CriteriaTree, plan: Mapping[str, Any], *, unit: str, year: str, quality: float
    ) -> None:
        self.tree, self.plan, self.quality = tree, plan["leaves"], quality
        self.shared = plan.get("shared", {})
        self.seed = (unit, year)
        self.drawn: dict[str, Data] = {}

    def of(self, code: str) -> Data:
        if code not in self.drawn:
            chance = seeded(*self.seed, code)
            level = min(1.0, max(0.0, self.quality + (chance.random() - 0.5) * 0.4))
            criterion = self.tree.by_code[code]
            assert criterion.rule is not None
            self.drawn[code] = self._draw(criterion, criterion.rule, self.plan.get(code, {}), level, chance)
        return self.drawn[code]

    def _draw(
        self, criterion: Criterion, rule: Rule, plan: Mapping[str, Any], level: float, chance: Random
    ) -> Data:
        match rule:
            case Direct():
                step = rule.step or criterion.max_points / 4
                lost = round((1 - level) * 4 * chance.random()) * step
                return {"points": canonical(max(criterion.max_points - lost, Decimal(0)))}
            case Choice():
                likely = _between(plan.get("best", ["0.6", "1"]), level)
                options = ranked(rule, criterion)
                return {"option": options[0 if chance.random() < likely else 1].key}
            case Checklist():
                return {"items": [i.key for i in rule.items if chance.random() < 0.55 + 0.45 * level]}
            case Ratio():
                return self._ratio(rule, plan, level, chance)
            case Count():
                return {"count": str(max(0, round(_between(plan.get("count", ["0", "1"]), level))))}
            case Deduction():
                most = [*map(int, plan.get("most", ["1"])), *[0] * len(rule.items)]
                faults = zip(rule.items, most, strict=False)
                return {
                    "counts": {
                        f.key: str(int((most + 0.99) * (1 - level) * chance.random())) for f, most in faults
                    }
                }
            case Survey():
                return {"counts": _answers([answer for answer, _ in rule.weights], level, chance)}
            case Index():
                value = Decimal(round((0.66 + 0.3 * level) * 10000)) / 10000 * rule.scale
                return {"value": canonical(value)}

    def _ratio(self, rule: Ratio, plan: Mapping[str, Any], level: float, chance: Random) -> Data:
        whole = self._whole(plan.get("whole", ["10", "40"]), chance)
        part = int(whole * _between(plan.get("share", [WORST, BEST]), level) + 0.5)
        if not rule.allow_over:
            part = min(part, whole)
        return {"numerator": str(part), "denominator": str(whole)}

    def _whole(self, declared: Any, chance: Random) -> int:
        if isinstance(declared, str):
            if declared.isdigit():
                return int(declared)
            return self._whole(self.shared[declared], seeded(*self.seed, declared))
        if isinstance(declared, Mapping):
            [(which, code)] = declared.items()
            other = self.of(code)
            whole, part = int(other["denominator"]), int(other["numerator"])
            return {"all_of": whole, "part_of": part, "rest_of": whole - part}[which]
        low, high = map(int, declared)
        return chance.randint(low, high)


def ranked(rule: Choice, criterion: Criterion) -> Sequence[Option]:
    return sorted(rule.options, key=lambda option: option.worth(criterion.max_points), reverse=True)


def worse(criterion: Criterion, declared: Data) -> tuple[Data, dict[str, str]] | None:
    """What an appraiser may find instead, with the words that say it; None where it can't get worse."""
    match criterion.rule:
        case Choice() as rule:
            options = ranked(rule, criterion)
            below = [option.key for option in options].index(declared["option"]) + 1
            if below < len(options):
                return {"option": options[below].key}, {"label": _lower(options[below].label)}
        case Checklist(items=items) if declared["items"]:
            *kept, gone = declared["items"]
            label = next(item.label for item in items if item.key == gone)
            return {"items": kept}, {"label": _lower(label)}
        case Ratio() if (part := int(declared["numerator"])) > 0:
            found = {**declared, "numerator": str(part - max(1, part // 40))}
            return found, {key: format_points(Decimal(value)) for key, value in found.items()}
        case Count() if (count := int(declared["count"])) > 0:
            return {"count": str(count - 1)}, {"count": f"{count - 1:02}"}
        case Deduction(items=[first, *_]):
            counts = declared["counts"]
            more = {**counts, first.key: str(int(counts[first.key]) + 1)}
            return {"counts": more}, {"label": _lower(first.label)}
    return None


def _lower(label: str) -> str:
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _between(ends: Sequence[str], level: float) -> float:
    low, high = map(float, ends)
    return low + (high - low) * level


def _answers(answers: list[str], level: float, chance: Random) -> dict[str, str]:
    """Questionnaires by answer, the best one first and the most frequent."""
    left = chance.randint(8, 15) * 10
    counts = {}
    for answer in answers[:-1]:
        share = 0.5 + 0.42 * level + (chance.random() - 0.5) * 0.1
        counts[answer] = round(left * min(share, 0.97))
        left -= counts[answer]
    return {answer: str(counts.get(answer, left)) for answer in answers}
