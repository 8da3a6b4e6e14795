"""YAML text as plain nodes that know their line and keep every scalar as it was typed.

Nothing is ever turned into a float, and what a list of criteria has no use for is refused: anchors, aliases,
merge keys, tags, several documents, huge or very deep files. So an upload can't run code or grow in memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from criteria.schema.problems import Problem, SetErrors

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 32
MAX_NODES = 50_000
MAX_MARKS = 8

# libyaml is many times faster; the pure Python loader says the same where it is missing.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7E\x85\xA0-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_SYNTAX_HINTS = (
    (
        "mapping values are not allowed",
        "dấu hai chấm sai chỗ: kiểm tra thụt dòng hoặc đặt nội dung trong ngoặc kép",
    ),
    ("could not find expected ':'", "thiếu dấu hai chấm sau tên khóa"),
    ("end of stream", "thiếu dấu đóng ngoặc hoặc đóng nháy"),
)
_TAB = "thụt dòng bằng dấu Tab; hãy thay bằng dấu cách"
_OTHER_SYNTAX = "không đúng cú pháp YAML; kiểm tra cách thụt dòng, dấu hai chấm, dấu ngoặc và dấu nháy"


@dataclass(frozen=True)
class Scalar:
    """`plain` is false when the text was quoted or written as a block."""

    text: str
    plain: bool
    line: int


@dataclass
class Sequence:
    line: int
    items: list[Node] = field(default_factory=list)


@dataclass
class Mapping:
    line: int
    values: dict[str, Node] = field(default_factory=dict)
    key_lines: dict[str, int] = field(default_factory=dict)


Node = Scalar | Sequence | Mapping


def read_nodes(text: str) -> tuple[Node | None, list[Problem]]:
    """The document's root and the repeated or unusable keys found; SetErrors when the text can't be read."""
    problems: list[Problem] = []
    return _build(_checked_events(_checked_text(text)), problems), problems


def _checked_text(text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        raise _refused(None, f"tệp quá lớn: tối đa {MAX_CHARACTERS // 1000} nghìn ký tự")
    return _readable(text.removeprefix("\ufeff"), 1)


def _readable(text: str, first_line: int) -> str:
    """The text as Vietnamese is stored (NFC), if it holds nothing that can't be printed."""
    if found := _UNPRINTABLE.search(text):
        line = first_line + text.count("\n", 0, found.start())
        raise _refused(line, f"có ký tự không đọc được (mã U+{ord(found.group()):04X})")
    if (piled := _piled_marks(text)) is not None:
        raise _refused(first_line + text.count("\n", 0, piled), "có quá nhiều dấu chồng lên một chữ")
    return unicodedata.normalize("NFC", text)


def _piled_marks(text: str) -> int | None:
    """Where marks pile up on one letter: the time normalising takes grows with the square of their number."""
    run = 0
    for position, character in enumerate(text):
        run = run + 1 if unicodedata.combining(character) else 0
        if run > MAX_MARKS:
            return position
    return None


def _refused(line: int | None, message: str) -> SetErrors:
    return SetErrors([Problem(line, "", "", message)])


def _checked_events(text: str) -> Iterator[yaml.Event]:
    """Parser events, as lazily as the parser makes them, so that a hostile file stops at its first excess."""
    depth = count = documents = 0
    events = yaml.parse(text, Loader=_Loader)
    while True:
        try:
            event = next(events, None)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else None
            raise _refused(line, _syntax_message(error, text, line)) from None
        except yaml.YAMLError:
            raise _refused(None, _OTHER_SYNTAX) from None
        if event is None:
            return
        line = _line(event)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _refused(line, "tệp chỉ được có một tài liệu YAML; bỏ dấu --- ở giữa tệp")
        if isinstance(event, yaml.NodeEvent):
            _refuse_references(event, line)
            count += 1
            if count > MAX_NODES:
                raise _refused(line, f"tệp quá lớn: tối đa {MAX_NODES} mục")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _refused(line, f"lồng quá sâu: tối đa {MAX_DEPTH} cấp")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        yield event


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _refuse_references(event: yaml.NodeEvent, line: int) -> None:
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise _refused(line, "không dùng dấu & và * để dẫn chiếu; hãy viết đầy đủ hoặc đặt trong ngoặc kép")
    if getattr(event, "tag", None) is not None:
        raise _refused(line, "không dùng nhãn kiểu (dấu !); hãy bỏ hoặc đặt trong ngoặc kép")


def _syntax_message(error: yaml.MarkedYAMLError, text: str, line: int | None) -> str:
    lines = text.splitlines()
    if line and line <= len(lines) and "\t" in _indentation(lines[line - 1]):
        return _TAB
    said = f"{error.context or ''} {error.problem or ''}"
    return next((hint for sign, hint in _SYNTAX_HINTS if sign in said), _OTHER_SYNTAX)


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _build(events: Iterator[yaml.Event], problems: list[Problem]) -> Node | None:
    """Joins events into nodes with a stack instead of recursion."""
    root: Node | None = None
    open_nodes: list[tuple[Sequence | Mapping, list[Node]]] = []
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            node, parts = open_nodes.pop()
            _fill(node, parts, problems)
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        new = _start(event)
        if open_nodes:
            open_nodes[-1][1].append(new)
        else:
            root = new
        if not isinstance(new, Scalar):
            open_nodes.append((new, []))
    return root


def _start(event: yaml.NodeEvent) -> Node:
    line = _line(event)
    if isinstance(event, yaml.ScalarEvent):
        # Double quotes can spell by escapes what the text itself may not hold.
        value = _readable(event.value, line) if event.style == '"' else event.value
        return Scalar(value, not event.style, line)
    return Sequence(line) if isinstance(event, yaml.SequenceStartEvent) else Mapping(line)


def _fill(node: Sequence | Mapping, parts: list[Node], problems: list[Problem]) -> None:
    if isinstance(node, Sequence):
        node.items.extend(parts)
        return
    for key, value in zip(parts[::2], parts[1::2], strict=True):
        if not isinstance(key, Scalar):
            problems.append(Problem(key.line, "", "", "tên khóa phải là chữ"))
        elif key.text == "<<" and key.plain:
            problems.append(Problem(key.line, "", "<<", "không dùng khóa gộp <<; hãy viết đầy đủ"))
        elif key.text in node.values:
            problems.append(Problem(key.line, "", key.text[:60], "khóa này đã khai ở trên"))
        else:
            node.values[key.text] = value
            node.key_lines[key.text] = key.line
