"""What the desk answers a command with: each sentence that a customer may read is there in every language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands.catalogue import VERBS
from bot.inbound import interpret, marks
from bot.model.translatable import in_words, saying, together
from bot.policy import admission, permissions
from bot.render.renderer import Renderer
from bot.template_check.lint import TemplateLint
from tests.stories.test_language import DESK, JAPANESE
from tests.support.houses.house import House, words
from tests.support.setup import databases

LANGUAGES = [language for language in TemplateLint().languages() if language != "en"]
PLACE = re.compile(r"\{\w+\}")
RENDERER = Renderer()
FROM_ELSEWHERE = (
    permissions.NO_PART,
    permissions.DESK_ONLY,
    permissions.REQUESTER_ONLY,
    permissions.NOT_PROVEN,
    marks.SENT,
    marks.NO_FILES,
    interpret.EMPTY,
    admission.CLOSED,
    admission.ASK,
    *(verb.meaning for verb in VERBS if not verb.staff_only),
)
"""Sentences that are constants, and become sayings by being said."""


def sentences() -> Iterator[str]:
    """Every pattern that ``saying`` is called with; where its words stand elsewhere, they have places for values."""
    for path in sorted(Path("bot").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(getattr(node, "id", "") == "saying" for node in ast.walk(tree)):
            yield from filter(IS_PATTERN.fullmatch, constants(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "saying":
                yield from constants(node.args[0])


def constants(tree: ast.AST) -> Iterator[str]:
    """Its strings; not the parts of f-strings."""
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value


IS_PATTERN = re.compile(r"(?!.*``)[A-Z“{].* .*\{\w+\}.*|\{\w+\} .*[.?…]")
PATTERNS = sorted({one for one in (*sentences(), *FROM_ELSEWHERE) if PLACE.sub("", one).strip(" {}")})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_there_in_every_language(language: str) -> None:
    said = {pattern: RENDERER.in_words(pattern, language) for pattern in PATTERNS}
    assert [pattern for pattern, words in said.items() if words == pattern] == []
    assert [
        pattern
        for pattern, words in said.items()
        if sorted(PLACE.findall(pattern)) != sorted(PLACE.findall(words))
    ] == []


def test_a_saying_is_its_english_sentence_and_can_be_said_otherwise() -> None:
    words = {"{case} is {how}.": "{case} est {how}.", "ready": "prête", "Thank you.": "Merci."}
    one = together(saying("{case} is {how}.", case="CS-000001", how="ready"), "", "Thank you.")
    assert one == "CS-000001 is ready. Thank you."
    assert in_words(one, words) == "CS-000001 est prête. Merci."
    assert in_words(one, {}) == one
    assert in_words(saying("{who} was told.", who="{case} %s"), words) == "{case} %s was told."


YUKI = "yuki@acme.example"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(databases.sqlite(tmp_path), tmp_path) as opened:
        yield opened


def test_a_japanese_customer_hears_yes_and_no_in_japanese_story(house: House) -> None:
    house.send(YUKI, DESK, "配信が止まりました", JAPANESE)
    (told,) = house.mails("yuki@")
    house.answer(told, YUKI, "#priority Critical\n#take\n#my\n#clsoe\n#help")
    answered = words(house.mails("yuki@")[-1])
    for english in ("Please say why", "Only the support team", "You have", "Did you mean", "list your cases"):
        assert english not in answered
    assert "対応中のお問い合わせは1件です。" in answered
    assert "サポートチームのみ" in answered
    assert "お問い合わせの一覧を見る" in answered
