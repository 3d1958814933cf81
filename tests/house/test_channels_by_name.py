"""The core knows no channel by name: it asks each what it can do, and what it says of itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channel.installed import sections
from bot.model.channel_profile import profile_of
from bot.model.mail_address import MAIL
from tests.house.test_street import ROOT, files

MAY = {"bot/model/mail_address.py": {MAIL}}
"""People are known by mail addresses, whatever they write with: this module alone knows whose channel that is."""
CHANNELS = sorted(path.parent.name for path in (ROOT / "channels").glob("*/__init__.py"))
NAMED = re.compile(rf"({'|'.join(CHANNELS)})([/.:].*)?", re.DOTALL)
"""A channel's name, or a key, a template or an address that begins with it."""
OF_ONE = re.compile(rf"(^|_)({'|'.join(set(CHANNELS) - {MAIL, 'web'})})(_|$)", re.IGNORECASE)


def _docstrings(tree: ast.Module) -> set[int]:
    """Expressions that are a text and nothing else: sentences about what stands before them."""
    alone = (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))
    return {id(value) for value in alone if isinstance(value, ast.Constant)}


def _texts(tree: ast.Module) -> Iterator[str]:
    said = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.arg | ast.keyword):
            yield node.arg or ""
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name


def by_name(text: str) -> list[str]:
    """What in a module's text names a channel."""
    tree = ast.parse(text)
    texts = [one for one in _texts(tree) if NAMED.fullmatch(one)]
    return texts + [one for one in _names(tree) if OF_ONE.search(one)]


def test_no_module_of_the_core_names_a_channel() -> None:
    for file in files("bot"):
        place = file.relative_to(ROOT).as_posix()
        named = set(by_name(file.read_text(encoding="utf-8"))) - MAY.get(place, set())
        assert not named, f"{place} knows a channel by name: {', '.join(sorted(named))}"


@pytest.mark.parametrize(
    "text",
    [
        'if channel == "slack": ...',
        'TEMPLATE = "email/html.j2"',
        "member.slack_user",
        'f"web.{key}"',
        "def in_slack(): ...",
    ],
)
def test_a_name_would_be_found(text: str) -> None:
    assert by_name(text)


def test_words_about_a_channel_are_no_name() -> None:
    assert not by_name('"""Slack says so."""\nsay("Sam answers in Slack.")\nimport email\n')


def test_every_channel_has_a_label_and_templates_that_are_there() -> None:
    for name, kind in sections().items():
        profile = profile_of(kind)
        folder = profile.markup.folder or Path(ROOT / "templates")
        assert profile.label, name
        assert (folder / profile.markup.template).is_file(), name


@pytest.mark.parametrize("kind", ["people", "places"])
def test_every_form_of_an_address_reads_its_own_example(kind: str) -> None:
    for section in sections().values():
        if form := getattr(profile_of(section), kind):
            assert form.read(form.example) == form.example
            assert form.write(form.example.lower()) == form.example
