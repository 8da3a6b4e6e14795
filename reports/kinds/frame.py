"""Head and tail that all kinds have alike, and titled sections that are left out where they are empty."""

from __future__ import annotations

from functools import partial

from reports import narrative
from reports.citations import in_turn
from reports.document import Block, Blocks, Heading, Paragraph, Run
from reports.kinds.content import Content
from reports.kinds.wording import listed, sentence


def chapter(title: str, *blocks: Block) -> Blocks:
    return (Heading(1, title.upper()), *blocks) if blocks else ()


def section(title: str, blocks: Blocks) -> Blocks:
    return (Heading(2, title), *blocks) if blocks else ()


def titled(text: str, level: int = 2) -> Blocks:
    """A narrative text whose lines that are bold as a whole become titles."""
    blocks = narrative.parse(text)
    title = _lone if sum(map(_is_bold, blocks)) == 1 else partial(Heading, level)
    return tuple(
        title(block.runs[0].text) if isinstance(block, Paragraph) and _is_bold(block) else block
        for block in blocks
    )


def lettered(*clauses: tuple[str, Blocks]) -> Blocks:
    """a), b) … of those that say something."""
    told = [(title, blocks) for title, blocks in clauses if blocks]
    head = _lone if len(told) == 1 else partial(Heading, 3)
    return tuple(block for title, blocks in told for block in (head(title), *blocks))


def _is_bold(block: Block) -> bool:
    return isinstance(block, Paragraph) and len(block.runs) == 1 and block.runs[0].bold


def _lone(title: str) -> Paragraph:
    """Without a number: nothing follows that would be the second."""
    return Paragraph((Run(title, bold=True),), keep_with_next=True)


def opening(content: Content, what: str) -> Blocks:
    """Why it is written and, after "báo cáo", `what` it is about."""
    cited = list(in_turn(content.cited))
    report = f"{content.head.full_name} báo cáo {what} như sau:"
    if not cited:
        return (Paragraph.of(sentence(report)),)
    if content.lists_basis:
        words = ["Thực hiện" if content.request and not place else "Căn cứ" for place, _ in enumerate(cited)]
        ends = [";"] * (len(cited) - 1) + ["."]
        named = (f"{word} {one}{end}" for word, one, end in zip(words, cited, ends, strict=True))
        return (*(Paragraph.of(line, italic=True) for line in named), Paragraph.of(sentence(report)))
    reasons = [f"Thực hiện {cited.pop(0)}"] if content.request else []
    if cited:
        reasons.append(f"căn cứ {listed(cited)}")
    return (Paragraph.of(sentence(f"{'; '.join(reasons)}, {report}")),)


def closing(content: Content, what: str) -> Blocks:
    usual = f"Trên đây là báo cáo của {content.head.full_name} về {what}."
    return narrative.parse(content.text("closing") or usual)
