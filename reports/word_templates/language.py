"""The little of Jinja that a template needs: fields, conditions and loops over what it is given.

Nothing is called, reckoned or kept in a name of its own, and no attribute of any object can be reached: a field
is the entry of a keyed text. So there is nothing to break out of, and nothing that grows by itself.
"""

from __future__ import annotations

from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment, SecurityError

FILTERS = ("capitalize", "default", "first", "join", "last", "length", "lower", "trim", "upper")
TESTS = ("defined", "undefined", "none", "eq", "ne", "in", "==", "!=")
LOOP = ("index", "index0", "first", "last", "length")
NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem,
    nodes.For, nodes.If, nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And,
    nodes.Or, nodes.Not,
)  # fmt: skip


class Language(ImmutableSandboxedEnvironment):
    """Fills templates that `checking` let pass; closed by itself as well, should one get past it."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}
        self.tests = {name: self.tests[name] for name in TESTS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, LoopContext) and argument in LOOP:
            return getattr(obj, argument)
        if isinstance(obj, dict) and isinstance(argument, str) and argument in obj:
            return obj[argument]
        if isinstance(obj, list) and isinstance(argument, int) and -len(obj) <= argument < len(obj):
            return obj[argument]
        return self.undefined(obj=obj, name=argument)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        raise SecurityError("templates call nothing")
