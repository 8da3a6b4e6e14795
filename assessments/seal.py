"""Seals of published results: a SHA-256 over what a result rests on and what it says, each with the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from criteria.points import canonical
from criteria.tree import CriteriaTree

# Raised whenever rules, totals or ranks are reckoned in another way; a seal names the one it was made with.
ARITHMETIC = 1


def seal(content: Mapping[str, Any], previous: str) -> str:
    """Canonical JSON of the content together with the seal before it ("" for the first)."""
    sealed = {"content": content, "previous": previous}
    text = json.dumps(sealed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def structure(tree: CriteriaTree) -> dict[str, Any]:
    """What of a set decides points. Its words may be corrected later, so they are left out."""
    return {
        "set": [tree.code, tree.version],
        "total": canonical(tree.total),
        "decimals": tree.decimals,
        "cap_total": None if tree.cap_total is None else canonical(tree.cap_total),
        "tie_breaks": list(tree.tie_breaks),
        "grades": [[canonical(grade.threshold), grade.label] for grade in tree.grades],
        "criteria": [
            [
                node.code,
                canonical(node.max_points),
                node.role,
                node.combine,
                node.source,
                node.not_applicable,
                node.rule.as_dict() if node.rule else [child.code for child in node.children],
            ]
            for node in tree.walk()
        ],
    }
