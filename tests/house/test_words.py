"""The words of the house: one name for one thing, in the field's terms (docs/glossary.md)."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.test_street import ROOT, files

PRODUCT = ("bot", "channels", "store")
PROOF = ("bench", "tests/support")
"""What shows that the product works: read by newcomers, too."""
PRIVATE = {
    "brakes": "rate limits", "broadsheet": "HTML page", "bulletin": "announcement", "doorkeeper": "admission",
    "errand": "request", "expecting": "prefetch", "fate": "outcome, status", "fates": "outcomes",
    "flock": "canary state", "floods": "quota", "gathered": "batch", "gathering": "batch", "gists": "digest",
    "headline": "summary",
    "homecoming": "future bridge", "lanes": "ordering", "lettering": "font", "longtable": "CSV export",
    "lying": "oversize", "paper": "templating, output", "placing": "routing", "posts": "composer",
    "proofs": "lint", "proofsheet": "preview", "roster": "staff sync", "rooms": "workers, spaces",
    "seat": "slot", "seats": "slots", "shield": "security headers", "spoken": "language, number",
    "stationery": "web environment",
    "steering": "case arguments, case forms", "sweeper": "lease renewal", "teller": "notifier, recipients",
    "telling": "notification", "tongue": "template set", "typesetter": "template cache",
}  # fmt: skip
"""Private words that stood for what the field has a word for, each with that word."""
VAGUE = {"found", "kept", "known", "one", "rest", "said", "some", "those", "told"}
"""Words that say of a variable how it came to be, not what it holds: a match, a row, a person, an address."""
PARAMETERS = {"kept", "known", "rest"}
"""Of those, the ones that parameters may have: questions about a folder and a person, and a column."""
STORED = {"headline", "GATHERING", "GATHERED"}
"""A fact that templates name, and outcomes of deliveries in the store."""
TWICE = {"Settings"}
"""Each channel's folder has one: it is what ``bot/app.py`` looks for there."""
LOGGED = re.compile(r"^(debug|info|warning|error|exception|critical)$")


def _named(file: Path) -> Iterator[str]:
    """The words in the names that a file defines: its own, and those of all that its code names."""
    yield from file.stem.split("_")
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.ClassDef():
                yield from (word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+", node.name))
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.arg(arg=name):
                yield from name.split("_")
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield from () if name in STORED else name.lower().split("_")


def _variables(file: Path) -> Iterator[tuple[str, int]]:
    """The names that the functions of a file bind, and the lines where."""
    for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                match node:
                    case ast.Name(id=name, ctx=ast.Store()):
                        yield name, node.lineno
                    case ast.arg(arg=name) if name not in PARAMETERS:
                        yield name, node.lineno


def _first_lines(file: Path) -> Iterator[tuple[str, str]]:
    """The name and the docstring's first line of each class and function that has a docstring."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            words = ast.get_docstring(node)
            if words:
                yield node.name, words.partition("\n")[0]


def _logged(file: Path) -> Iterator[str]:
    """The words of the events that a file logs."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and LOGGED.match(node.func.attr)
        ):
            event = node.args[0] if node.args else None
            if isinstance(event, ast.Constant) and isinstance(event.value, str):
                yield from re.findall(r"[a-z]+", event.value.lower())


@pytest.mark.parametrize("room", PRODUCT)
def test_no_private_word_stands_for_one_that_the_field_has(room: str) -> None:
    for file in files(room):
        words = {*_named(file), *_logged(file)} & PRIVATE.keys()
        assert not words, f"{file}: {', '.join(f'{word} ({PRIVATE[word]})' for word in sorted(words))}"


@pytest.mark.parametrize("room", PRODUCT)
def test_a_variable_says_what_it_holds(room: str) -> None:
    for file in files(room):
        vague = {f"{name} (line {line})" for name, line in _variables(file) if name in VAGUE}
        assert not vague, f"{file}: {', '.join(sorted(vague))}"


def test_no_class_name_means_two_things() -> None:
    places = defaultdict(list)
    for file in (file for room in PRODUCT for file in files(room)):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(file.relative_to(ROOT).as_posix())
    assert not {name: where for name, where in places.items() if len(where) > 1 and name not in TWICE}


def test_every_module_says_in_a_line_what_it_is() -> None:
    for file in (file for room in PRODUCT for file in files(room) if "versions" not in file.parts):
        first = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").partition("\n")[0]
        assert 0 < len(first) <= 100, f"{file}: {first}"


def test_every_docstring_says_in_a_line_what_it_is_about() -> None:
    for file in (file for room in (*PRODUCT, *PROOF) for file in files(room) if "versions" not in file.parts):
        long = {name: line for name, line in _first_lines(file) if len(line) > 100}
        assert not long, f"{file}: {long}"


def test_the_glossary_has_each_word_once() -> None:
    rows = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines()
    words = re.findall(r"\*\*([\w -]+)\*\*", "\n".join(row for row in rows if row.startswith("| **")))
    assert len(words) >= 40
    assert len(words) == len(set(words))
