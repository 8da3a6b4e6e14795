"""I. / 1. / a): the numbers of headings and appendices."""

from __future__ import annotations

from dataclasses import replace

from reports.document.blocks import Block, Blocks, Heading

# Letters of Vietnamese clauses: a), b), c), d), đ), e), g) …
_CLAUSE_LETTERS = "abcdđeghiklmnopqrstuvxy"


def numbered(blocks: Blocks) -> Blocks:
    """With the number of every heading, whatever it had before."""
    counts = [0, 0, 0]
    result: list[Block] = []
    for block in blocks:
        if not isinstance(block, Heading):
            result.append(block)
            continue
        counts[block.level - 1] += 1
        counts[block.level :] = [0] * (3 - block.level)
        result.append(replace(block, number=_ordinal(block.level, counts[block.level - 1])))
    return tuple(result)


def roman(number: int) -> str:
    tens, units = divmod(number, 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[units]


def _ordinal(level: int, count: int) -> str:
    if level == 1:
        return f"{roman(count)}."
    if level == 2:
        return f"{count}."
    repeats, index = divmod(count - 1, len(_CLAUSE_LETTERS))
    return f"{_CLAUSE_LETTERS[index] * (repeats + 1)})"
