"""What a template asks for, compared with what there is: read in the template itself, before anything is filled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, TypeAlias

from jinja2 import TemplateSyntaxError, nodes

from reports.word_templates.data import PLACES, Plain
from reports.word_templates.fields import Needed
from reports.word_templates.findings import Finding
from reports.word_templates.language import FILTERS, LOOP, NODES, TESTS, Language

Scope: TypeAlias = Mapping[str, Plain]

_EXCERPT = 90
_TAGS = re.compile(r"<[^>]+>")
_PARAGRAPH = re.compile(r"<w:p[ >].*?</w:p>", re.DOTALL)
_OPENED = (("{{", "}}"), ("{%", "%}"), ("{#", "#}"))
# docxtpl's own marks: with p only for what fills whole paragraphs, with tr for rows of a table.
_WHOLE = re.compile(r"\{\{\s*(p|r|tr|tc)\s+(\w*)[^}]*\}\}|\{%\s*(colspan|cellbg|vm|hm|r|tc)\b")
_COMMAND = re.compile(r"\{%-?\s*(end)?(?:if|for)\b")


class Unknown:
    """What nothing is known of: it was told already."""


_UNKNOWN = Unknown()


class Reading:
    """Goes through the parts of one template and gathers what is wrong, and which fields it `used`."""

    def __init__(self, data: Mapping[str, Plain]) -> None:
        self.data: Mapping[str, Plain] = {**data, **dict.fromkeys(PLACES, "")}
        self.findings: list[Finding] = []
        self.used: set[str] = set()
        self._where, self._lines = "", [""]

    def read(self, where: str, raw: str, patched: str) -> None:
        """`raw` is the part as stored, `patched` as docxtpl hands it to Jinja, a line for each paragraph."""
        self._where, self._lines = where, [_words(line) for line in patched.split("\n")]
        broken = list(self._broken(raw))
        self.findings += broken
        if broken:
            return
        try:
            self._body(Language().parse(patched).body, self.data)
        except TemplateSyntaxError as error:
            self._add(_in_words(error.message or ""), self._unclosed() or error.lineno)

    def _broken(self, raw: str) -> Iterator[Finding]:
        for paragraph in _PARAGRAPH.findall(raw):
            words = _words(paragraph)
            for opening, closing in _OPENED:
                if words.count(opening) != words.count(closing):
                    text = f"Dấu {opening} và {closing} không đi đôi trong cùng một đoạn."
                    yield Finding(text, self._where, words[:_EXCERPT])
            for mark, name, command in _WHOLE.findall(words):
                if command or mark != "p" or name not in PLACES:
                    written = f"{{{{{mark} …}}}}" if mark else f"{{% {command} %}}"
                    text = f"Không dùng {written} ở đây; {{{{p …}}}} chỉ dùng cho {' và '.join(PLACES)}."
                    yield Finding(text, self._where, words[:_EXCERPT])

    def _unclosed(self) -> int:
        """The line of the last command that is opened and never closed; 0 where there is none."""
        opened: list[int] = []
        for number, words in enumerate(self._lines, start=1):
            for end in _COMMAND.findall(words):
                if not end:
                    opened.append(number)
                elif opened:
                    opened.pop()
        return opened[-1] if opened else 0

    def _add(self, text: str, line: int) -> None:
        excerpt = self._lines[line - 1] if 0 < line <= len(self._lines) else ""
        finding = Finding(text, self._where, excerpt.strip()[:_EXCERPT])
        if finding not in self.findings:
            self.findings.append(finding)

    def _body(self, body: list[Any], scope: Scope) -> None:
        for node in body:
            self._node(node, scope)

    def _node(self, node: nodes.Node, scope: Scope) -> None:
        if not isinstance(node, NODES):
            self._add(_not_allowed(node), _line_of(node))
        elif isinstance(node, nodes.For):
            self._loop(node, scope)
        elif isinstance(node, nodes.Name) and node.name in PLACES:
            self.used.add(node.name)
        elif isinstance(node, nodes.Expr):
            self._value(node, scope)
        else:
            for child in node.iter_child_nodes():
                self._node(child, scope)

    def _loop(self, node: nodes.For, scope: Scope) -> None:
        over = self._value(node.iter, scope)
        if not isinstance(over, list | Unknown):
            self._add("Lệnh for chỉ lặp trên một danh sách.", node.lineno)
        if not isinstance(node.target, nodes.Name) or node.recursive:
            self._add("Lệnh for chỉ viết dạng: for dong in danh_sach.", node.lineno)
            return
        entry = over[0] if isinstance(over, list) and over else "" if isinstance(over, list) else _UNKNOWN
        inner = {**scope, node.target.name: entry, "loop": dict.fromkeys(LOOP, "")}
        if node.target.name in self.data:
            self._add(f"Tên “{node.target.name}” đã là tên một trường; hãy đặt tên khác.", node.lineno)
        if node.test:
            self._value(node.test, inner)
        self._body(node.body, inner)
        self._body(node.else_, scope)

    def _value(self, node: nodes.Node, scope: Scope) -> Plain | Unknown:
        """What stands there in the sample."""
        if not isinstance(node, NODES):
            self._add(_not_allowed(node), _line_of(node))
            return _UNKNOWN
        match node:
            case nodes.Name():
                return self._name(node, scope)
            case nodes.Getattr(attr=key):
                return self._entry(node, node.node, key, scope)
            case nodes.Getitem(arg=nodes.Const(value=key)):
                return self._entry(node, node.node, key, scope)
            case nodes.Getitem():
                self._add("Trong dấu [ ] chỉ ghi số hoặc tên trường trong ngoặc kép.", node.lineno)
                return _UNKNOWN
            case nodes.Filter(name=name) if name not in FILTERS:
                self._add(f"Không có bộ lọc “{name}”.{_near(name, FILTERS)}", node.lineno)
            case nodes.Test(name=name) if name not in TESTS:
                self._add(f"Không có phép thử “{name}”.{_near(name, TESTS)}", node.lineno)
        found = [self._value(child, scope) for child in node.iter_child_nodes()]
        if isinstance(node, nodes.Filter) and node.name in ("first", "last") and found:
            return found[0][0] if isinstance(found[0], list) and found[0] else _UNKNOWN
        if isinstance(node, nodes.Filter) and node.name == "default" and found:
            return found[0]
        return "" if isinstance(node, nodes.Filter | nodes.Const) else _UNKNOWN

    def _name(self, node: nodes.Name, scope: Scope) -> Plain | Unknown:
        if node.name in PLACES:
            self._add(f"Trường “{node.name}” phải đứng một mình: {{{{p {node.name} }}}}.", node.lineno)
            return _UNKNOWN
        if node.name not in scope:
            self._add(f"Không có trường “{node.name}”.{_near(node.name, scope)}", node.lineno)
            return _UNKNOWN
        if node.name in self.data:
            self.used.add(node.name)
        return scope[node.name]

    def _entry(self, node: nodes.Node, of: nodes.Node, key: object, scope: Scope) -> Plain | Unknown:
        owner = self._value(of, scope)
        if isinstance(owner, Unknown):
            return _UNKNOWN
        if isinstance(owner, dict) and isinstance(key, str) and key in owner:
            return owner[key]
        if isinstance(owner, list) and isinstance(key, int):
            return owner[0] if owner else ""
        name = _spelled(of)
        near = _near(str(key), owner) if isinstance(owner, dict) else ""
        self._add(
            f"Không có trường “{name}.{key}”.{near}" if name else f"Không có trường “{key}”.", node.lineno
        )
        return _UNKNOWN


def unused(needed: tuple[Needed, ...], used: set[str]) -> Iterator[Needed]:
    return (one for one in needed if not any(set(names) <= used for names in one.names))


def _near(name: str, known: Any) -> str:
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Có phải là “{close[0]}”?" if close else ""


def _spelled(node: nodes.Node) -> str:
    match node:
        case nodes.Name(name=name):
            return str(name)
        case nodes.Getattr(node=owner, attr=key):
            return f"{_spelled(owner)}.{key}"
    return ""


def _words(xml: str) -> str:
    return (
        _TAGS.sub("", xml)
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", '"')
        .replace("&amp;", "&")
    )


def _line_of(node: nodes.Node) -> int:
    """Jinja leaves some without one."""
    return node.lineno or next((below.lineno for below in node.find_all(nodes.Node) if below.lineno), 0)


def _not_allowed(node: nodes.Node) -> str:
    if isinstance(node, nodes.Call):
        return "Không gọi hàm trong mẫu."
    if isinstance(node, nodes.BinExpr | nodes.UnaryExpr):
        return "Không làm phép tính trong mẫu; số liệu lấy nguyên như phần mềm in."
    return "Lệnh này không dùng trong mẫu. Chỉ dùng trường, if và for."


def _in_words(message: str) -> str:
    if found := re.search(r"unknown tag '(\w+)'", message):
        return f"Không có lệnh “{found.group(1)}”, hoặc lệnh mở của nó đứng sau nó."
    if found := re.search(r"[Uu]nexpected end of template.*?(?:'(end\w+)'|$)", message):
        return f"Thiếu lệnh đóng {found.group(1) or 'endif hoặc endfor'}."
    if found := re.search(r"No (filter|test) named '(\w+)'", message):
        return f"Không có {'bộ lọc' if found.group(1) == 'filter' else 'phép thử'} “{found.group(2)}”."
    return "Viết sai trong dấu {{ }} hoặc {% %}."
