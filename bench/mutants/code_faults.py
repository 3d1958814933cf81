"""Small faults in source code: each is one changed place of one module."""

from __future__ import annotations

import ast
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BOUNDARIES = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}


@dataclass(frozen=True)
class Fault:
    """A changed place. ``before`` and ``after`` are source text of whole lines."""

    file: str
    line: int
    last: int
    kind: str
    before: str
    after: str

    @property
    def name(self) -> str:
        """Return what reports and lists call it."""
        return f"{self.file}:{self.line} {self.kind}"

    def plant(self, root: Path) -> Callable[[], object]:
        """Change the file; return a function that restores it."""
        path = root / self.file
        text = path.read_text()
        lines = text.splitlines(keepends=True)
        lines[self.line - 1 : self.last] = [self.after]
        path.write_text("".join(lines))
        return lambda: path.write_text(text)


def draw_faults(root: Path, files: list[str], count: int, *, seed: int) -> list[Fault]:
    """Return faults at random places: at most one in a file, and at most a fifth of them of one kind."""
    places = [fault for file in files for fault in _faults(root, file)]
    random.Random(seed).shuffle(places)
    chosen, kinds = dict[str, Fault](), Counter[str]()
    for fault in places:
        if fault.file not in chosen and kinds[fault.kind] < max(count // 5, 1) and len(chosen) < count:
            chosen[fault.file] = fault
            kinds[fault.kind] += 1
    return list(chosen.values())


def _faults(root: Path, file: str) -> Iterator[Fault]:
    text = (root / file).read_text()
    for node in _running(ast.parse(text)):
        for kind, place, replacement in _changes(node):
            yield _fault(file, text, kind, place, replacement)


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes whose change has an effect: no annotations, decorators, docstrings, or f-strings."""
    yield node
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            skipped = isinstance(child, ast.JoinedStr) or name in ("annotation", "returns", "decorator_list")
            if isinstance(child, ast.AST) and not skipped and not _is_for_types(child):
                yield from _running(child)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST, str]]:
    """Yield the kind of each change, the node that is replaced, and its new text."""
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        yield "condition negated", node.test, f"(not ({ast.unparse(node.test)}))"
    if isinstance(node, ast.comprehension):
        for test in node.ifs:
            yield "condition negated", test, f"(not ({ast.unparse(test)}))"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Await):
        yield "call dropped", node, "pass"
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "constant changed", node, repr(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield "constant changed", node, repr(node.value + 1)
    yield from _changed_expressions(node)


def _changed_expressions(node: ast.AST) -> Iterator[tuple[str, ast.AST, str]]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _BOUNDARIES:
        moved = ast.Compare(node.left, [_BOUNDARIES[type(node.ops[0])]()], node.comparators)
        yield "boundary moved", node, f"({ast.unparse(moved)})"
    if isinstance(node, ast.BoolOp):
        other = ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        yield "and/or exchanged", node, f"({ast.unparse(other)})"
    if isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield "return None", node, "return None"
    if (
        isinstance(node, ast.Call)
        and len(node.args) > 1
        and not any(isinstance(a, ast.Starred) for a in node.args)
    ):
        first, second, *more = node.args
        if ast.unparse(first) != ast.unparse(second):
            swapped = ast.Call(node.func, [second, first, *more], node.keywords)
            yield "arguments swapped", node, ast.unparse(swapped)
    if isinstance(node, ast.With) and len(node.items) == 1 and node.items[0].optional_vars is None:
        guard = node.items[0].context_expr
        if re.search(r"(?<![a-z])lock", ast.unparse(guard).lower()):
            yield "lock removed", guard, "__import__('contextlib').nullcontext()"


def _fault(file: str, text: str, kind: str, node: Any, replacement: str) -> Fault:
    lines = text.splitlines(keepends=True)
    first, last = node.lineno, node.end_lineno
    head = lines[first - 1].encode()[: node.col_offset].decode()
    tail = lines[last - 1].encode()[node.end_col_offset :].decode()
    return Fault(file, first, last, kind, "".join(lines[first - 1 : last]), f"{head}{replacement}{tail}")
