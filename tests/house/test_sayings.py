"""What people are shown: each sentence of ours is there in every language, and none is glued of halves."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands.catalogue import help_lines
from bot.model.translatable import in_words, listed, localized, restored, saying, stored, together
from bot.render.renderer import Renderer
from bot.render.translations import Translations
from bot.template_check.lint import TemplateLint
from tests.house import catalogs
from tests.house.inventory import PLACE, inventory
from tests.stories.test_language import DESK, JAPANESE
from tests.support.houses.house import House, words
from tests.support.setup.fixtures import open_on_sqlite

WORD = re.compile(r"[^\W\d_]{2,}")
PERCENT = re.compile(r"%\((\w+)\)s")
LANGUAGES = [language for language in TemplateLint().languages() if language != "en"]
RENDERER = Renderer()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalog_has_every_message_and_no_other(language: str) -> None:
    why = "`python -m tests.house.catalogs` brings it up to date"
    assert catalogs.catalog_file(language).read_bytes() == catalogs.updated(language), why


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language: str) -> None:
    catalog = catalogs.read(language)
    assert len(catalog) > 1000
    forms = {(message.context, message.id): message.string for message in catalog if message.id}
    missing = [key for key, texts in forms.items() if not all([texts] if isinstance(texts, str) else texts)]
    assert missing == []
    english = [key for (_, key), texts in forms.items() if texts == key and is_sentence(key)]
    assert english == []


def is_sentence(text: str) -> bool:
    return len(WORD.findall(PLACE.sub("", PERCENT.sub("", text)))) > 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_of_a_template_has_only_values_that_the_template_gives(language: str) -> None:
    for message in catalogs.read(language):
        places = {*PERCENT.findall(" ".join(message.id if message.pluralizable else [message.id]))}
        texts = message.string if message.pluralizable else [message.string]
        allowed = {*places, "name"} if "first_name" in places else places
        assert {*PERCENT.findall(" ".join(texts))} <= allowed, message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_places_of_the_english(language: str) -> None:
    words = Translations().words(language)
    pairs = {sentence: words[sentence] for sentence in inventory() if sentence in words}
    assert len(pairs) > 200
    assert [sentence for sentence, text in pairs.items() if places(sentence) != places(text)] == []


def places(text: str) -> set[str]:
    """The values that a sentence has places for; one may stand twice in it."""
    return set(PLACE.findall(text))


@pytest.mark.parametrize("room", ["bot/desk", "bot/commands", "bot/queries", "bot/replies", "bot/syntax"])
def test_no_answer_is_glued_of_english_halves(room: str) -> None:
    """An f-string with words in it cannot be translated: no refusal, no answer, and not what a notice is told."""
    glued = [
        f"{path}:{node.lineno}"
        for path in sorted(Path(room).rglob("*.py"))
        for node in told(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr) and any(map(is_wordy, node.values)) and path.name not in UNREAD
    ]
    assert glued == []


UNREAD = ("bounced.py", "place_moved.py")
"""What is answered to a machine, or to the house itself."""


def told(tree: ast.Module) -> Iterator[ast.expr]:
    """What refusals are made of, and what notices of deeds are told."""
    for node in ast.walk(tree):
        name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and name in ("Refusal", "BadCommand", "NotAllowed", "together"):
            yield from node.args
        if isinstance(node, ast.Call) and name in ("CustomerActed", "Unverified", "CaseOpened", "saying"):
            yield from (keyword.value for keyword in node.keywords if keyword.arg != "line")  # a command
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value


def is_wordy(part: ast.expr) -> bool:
    return isinstance(part, ast.Constant) and bool(re.search(r"[A-Za-z]{3,} ", str(part.value)))


def test_a_saying_is_its_english_sentence_and_can_be_said_otherwise() -> None:
    words = {"{case} is {how}.": "{case} est {how}.", "ready": "prête", "Thank you.": "Merci."}
    ready = saying("{case} is {how}.", case="CS-000001", how=saying("ready"))
    one = together(ready, "", saying("Thank you."))
    assert one == "CS-000001 is ready. Thank you."
    assert in_words(one, words) == "CS-000001 est prête. Merci."
    assert in_words(one, {}) == one


def test_only_a_saying_is_translated_and_never_a_name_that_is_a_word_of_ours() -> None:
    words = {"{who} took {subject}.": "{who} nahm {subject}.", "May": "Mai", "Closed": "Geschlossen"}
    took = saying("{who} took {subject}.", who="May", subject="Closed")
    assert in_words(took, words) == "May nahm Closed."
    assert in_words("Closed", words) == "Closed"
    assert in_words(saying("Closed"), words) == "Geschlossen"
    assert localized(("May", listed("May", saying("May"))), words) == ("May", "May, Mai")


def test_a_value_is_never_read_as_a_pattern() -> None:
    words = {"{who} was told.": "{who} was told."}
    assert in_words(saying("{who} was told.", who="{case} %s"), words) == "{case} %s was told."


def test_help_says_what_stands_for_peoples_own_words_in_their_language() -> None:
    german = Translations().words("de")
    usages = [in_words(line.usage, german) for line in help_lines("#", "specialist")]
    for usage in ("#close [Grund], [Text]", "#add E-Mail-Adresse", "#snooze bis wann", "#help [Befehl]"):
        assert usage in usages
    assert "#set type|category|ids|subject|requester: Wert" in usages, "the others are typed as they stand"


def test_a_saying_is_the_same_after_it_was_stored() -> None:
    words = {"{server} answered: {why}": "{server} antwortete: {why}", "no room": "kein Platz"}
    why = saying("{server} answered: {why}", server="[mail]", why=saying("no room"))
    assert in_words(restored(stored(why)), words) == "[mail] antwortete: kein Platz"
    for theirs in ("550 no room", '["{who}", 1]', '["{0.__class__}", {}]', "[", '["no room"]', ""):
        assert in_words(restored(stored(theirs)), words) in (theirs, "{0.__class__}")


YUKI = "yuki@acme.example"

house = open_on_sqlite(House)


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
