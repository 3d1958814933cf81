"""Regular expressions of the product match the same on every supported Python."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from re import _constants as opcodes  # type: ignore[attr-defined]
from re import _parser as parser
from typing import Any

import pytest

from tests.house.test_street import ROOT

REFUSED = {opcodes.POSSESSIVE_REPEAT, opcodes.ATOMIC_GROUP}
"""Python 3.11.2 never matches some patterns with these; later versions do."""
FILES = sorted(
    file for folder in ("bot", "channels", "store", "rehearsal") for file in ROOT.glob(f"{folder}/**/*.py")
)


def literals(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each string literal; values in f-strings become ``x``."""
    tree = ast.parse(source)
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in documentation:
                yield node.lineno, text
            case ast.Constant(value=bytes(octets)):
                yield node.lineno, octets.decode("latin-1")
            case ast.JoinedStr(values=parts):
                yield (
                    node.lineno,
                    "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in parts),
                )


def is_refused(pattern: str) -> bool:
    """Return whether a pattern holds a possessive quantifier or an atomic group."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return _holds_refused(parser.parse(pattern))
    except (re.error, OverflowError, RecursionError):
        return False


def _holds_refused(parsed: Any) -> bool:
    if isinstance(parsed, parser.SubPattern | list | tuple):
        return any(map(_holds_refused, parsed))
    return parsed in REFUSED if isinstance(parsed, type(opcodes.LITERAL)) else False


@pytest.mark.parametrize("folder", ["bot", "channels", "store", "rehearsal"])
def test_no_pattern_is_possessive_or_atomic(folder: str) -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}: {text}"
        for file in FILES
        if file.is_relative_to(ROOT / folder)
        for line, text in literals(file.read_text(encoding="utf-8"))
        if is_refused(text)
    ]
    assert not found


@pytest.mark.parametrize("file", sorted(ROOT.glob("bot/languages/*.toml")), ids=lambda file: file.stem)
def test_no_phrase_of_a_language_is_possessive_or_atomic(file: Path) -> None:
    found = [line for line in file.read_text(encoding="utf-8").splitlines() if is_refused(line)]
    assert not found


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ('P = r"a{5,8}+b"', True),
        ('P = rf"{A}(?:{B}){{5,8}}+"', True),
        ('P = r"(?:x|(?>y+)z)"', True),
        ('P = rb"[a-z]*+"', True),
        ('P = r"a{5,8}b+[*+]"', False),
        ('def f():\n    """C++ is a language."""', False),
    ],
)
def test_the_guard_sees_what_it_refuses(source: str, *, refused: bool) -> None:
    assert any(is_refused(text) for _, text in literals(source)) == refused
