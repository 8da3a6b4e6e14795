"""The neutral document: what a report says, in an order every format keeps.

Renderers turn a Document into HTML, PDF or DOCX and add nothing to its words: numbering, punctuation,
blanks to be filled by hand and the end mark are settled here, once, so that formats cannot differ.
"""

from reports.document.blocks import (
    Align,
    Block,
    Blocks,
    Cell,
    Column,
    Heading,
    ListBlock,
    PageBreak,
    Paragraph,
    Row,
    Run,
    Runs,
    Table,
)
from reports.document.grid import Placed, grid
from reports.document.paper import MOTTO, NATION, Appendix, Document, Head, Signature
from reports.document.reading import block_lines, plain_text, text_of
from reports.document.stored import Unreadable, dump, load
from reports.document.text import map_text, printable

__all__ = [
    "MOTTO",
    "NATION",
    "Align",
    "Appendix",
    "Block",
    "Blocks",
    "Cell",
    "Column",
    "Document",
    "Head",
    "Heading",
    "ListBlock",
    "PageBreak",
    "Paragraph",
    "Placed",
    "Row",
    "Run",
    "Runs",
    "Signature",
    "Table",
    "Unreadable",
    "block_lines",
    "dump",
    "grid",
    "load",
    "map_text",
    "plain_text",
    "printable",
    "text_of",
]
