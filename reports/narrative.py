"""What people type: lines are paragraphs, "- " starts a list item, **…** is bold. All else is plain text."""

from __future__ import annotations

from itertools import groupby

from reports.document import Block, Blocks, ListBlock, Paragraph, Run, Runs

BULLET = "- "


def parse(text: str) -> Blocks:
    lines = (line.strip() for line in text.splitlines())
    worded = (line for line in lines if line.strip("*- "))
    blocks: list[Block] = []
    for is_list, group in groupby(worded, key=lambda line: line.startswith(BULLET)):
        if is_list:
            blocks.append(ListBlock(tuple(_runs(line.removeprefix(BULLET).strip()) for line in group)))
        else:
            blocks.extend(Paragraph(_runs(line)) for line in group)
    return tuple(blocks)


def _runs(line: str) -> Runs:
    parts = line.split("**")
    if len(parts) % 2 == 0:  # the last mark opens nothing
        parts[-2:] = ["**".join(parts[-2:])]
    return tuple(Run(part, bold=index % 2 == 1) for index, part in enumerate(parts) if part)
