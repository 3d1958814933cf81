"""What customers read in other languages: all of it is there, in that language, and set as the language is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.lists import Lists
from bot.notices import NOTICES, Notice
from bot.proofs import Proofs
from bot.render import SHIPPED
from bot.samples import FACTS, sample
from bot.writing import WRITINGS
from channels.email.quoting import MARKER

PROOFS = Proofs()
LANGUAGES = [language for language in PROOFS.languages() if language != "en"]
READ = [notice for notice in NOTICES.values() if notice.audience != "staff"]
EACH = [(language, notice) for language in LANGUAGES for notice in READ]
NAMES = pytest.mark.parametrize(
    ("language", "notice"), EACH, ids=[f"{one}-{notice.name}" for one, notice in EACH]
)


WORDS = {"what you did, and what happened instead", "a phone number where we can reach you"}
"""What the desk asks for: facts, but words of ours."""


def strings(thing: Any) -> Iterator[str]:
    """Whatever text there is in facts."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Mapping):
        for one in thing.values():
            yield from strings(one)
    elif isinstance(thing, tuple):
        for one in thing:
            yield from strings(one)
    else:
        for name in getattr(thing, "__dataclass_fields__", ()):
            yield from strings(getattr(thing, name))


def lines(text: str) -> set[str]:
    return {line.strip(" •>") for line in text.splitlines()}


@pytest.mark.parametrize("name", NOTICES)
def test_every_notice_has_sample_facts(name: str) -> None:
    assert name in FACTS


def test_the_first_four_languages_are_there() -> None:
    assert {"de", "fr", "ja"} <= set(LANGUAGES)
    assert set(LANGUAGES) <= WRITINGS.keys()


def test_nothing_that_is_shipped_has_a_mistake() -> None:
    assert PROOFS.mistakes() == []


@NAMES
def test_what_customers_read_is_there_in_every_language(language: str, notice: Notice) -> None:
    assert PROOFS.source(notice, language) is not None


def left_over(proofs: Proofs, notice: Notice, language: str, **how: bool) -> list[str]:
    """Lines that stand in the English notice too, with three words or more besides what people wrote and are called."""
    ours, english = proofs.words(notice, language, **how), PROOFS.words(notice, "en", **how)
    facts = strings(sample(notice, bare=how.get("bare", False)))
    data = sorted({line for text in facts for line in text.splitlines() if len(line) > 3} - WORDS, key=len)
    same = lines(f"{ours.subject}\n{ours.text}\n{ours.marked}") & lines(f"{english.text}\n{english.marked}")
    return [line for line in same - {MARKER} if len(re.findall(r"[^\W\d_]+", without(line, data[::-1]))) >= 3]


def without(line: str, data: list[str]) -> str:
    for text in data:
        line = line.replace(text, "")
    return line


@NAMES
@pytest.mark.parametrize("chat", [False, True])
@pytest.mark.parametrize("bare", [False, True])
def test_no_english_is_left_over(language: str, notice: Notice, chat: bool, bare: bool) -> None:
    assert left_over(PROOFS, notice, language, chat=chat, bare=bare) == []


def test_english_that_is_left_over_would_be_found(tmp_path: Path) -> None:
    folder = tmp_path / "notices/fr"
    folder.mkdir(parents=True)
    text = (SHIPPED / "notices/en/added.j2").read_text(encoding="utf-8")
    (folder / "added.j2").write_text(text, encoding="utf-8")
    found = left_over(Proofs([tmp_path]), NOTICES["added"], "fr")
    assert "Ana Lima has added you to CS-000123. From now on you receive what is said on it." in found


@NAMES
def test_a_mail_says_which_language_it_is_in(language: str, notice: Notice) -> None:
    assert f'<html lang="{language}">' in PROOFS.words(notice, language).html


@NAMES
def test_the_subject_says_the_number_and_is_one_line(language: str, notice: Notice) -> None:
    for bare in (False, True):
        subject = PROOFS.words(notice, language, bare=bare).subject
        assert "\n" not in subject
        assert subject.startswith("[CS-000123] ") or notice.name == "transcript"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_lists_have_words_in_every_language(language: str) -> None:
    lists = Lists()
    words = (*lists.priorities, *lists.close_reasons.values(), *lists.concern_categories.values())
    closed = NOTICES["case closed"]
    for word in words:
        said = PROOFS.words(closed, language, reason=word).text
        assert not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", said), word


def test_words_that_an_operator_chose_stay_as_they_are() -> None:
    closed = NOTICES["case closed"]
    assert "Grund: Bought a boat." in PROOFS.words(closed, "de", reason="Bought a boat").text


@pytest.mark.parametrize("notice", READ, ids=lambda notice: notice.name)
def test_french_has_its_spaces_and_no_straight_quotes(notice: Notice) -> None:
    for bare in (False, True):
        data = set(strings(sample(notice, bare=bare)))
        for line in PROOFS.words(notice, "fr", bare=bare).text.splitlines():
            if line.startswith(("> ", "[")) or any(text in line for text in data if len(text) > 20):
                continue
            assert not re.search(r" [?!:;»]|\w[?!;]", line), line
            assert "'" not in line, line


@pytest.mark.parametrize(("language", "one", "many"), [
    ("fr", "il y a un jour ouvré", "il y a 5 jours ouvrés"),
    ("de", "vor einem Werktag", "vor 5 Werktagen"),
    ("ja", "1営業日前", "5営業日前"),
])  # fmt: skip
def test_one_and_many_are_said_right(language: str, one: str, many: str) -> None:
    quietly = NOTICES["closed quietly"]
    assert one in PROOFS.words(quietly, language, bare=True).text
    assert many in PROOFS.words(quietly, language).text
