"""What people read in other languages: all of it is there, in that language, and set as the language is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jinja2 import meta

from bot.commands import missing_fields
from bot.commands.case import Open
from bot.config.choices import ListsSection
from bot.desk.handlers.browse import OPEN_STEPS
from bot.languages.locale_formats import writings
from bot.model.channel_profile import HTML, MarkupTemplate
from bot.model.facts import EventLine
from bot.notices.catalogue import NOTICES
from bot.notices.examples import ARTICLES, AT, CASE, TEAM
from bot.notices.notice import Notice
from bot.render.environment import page_environment
from bot.template_check.lint import TemplateLint
from bot.template_check.sample import SECTIONS, sample
from channels.slack.workspace.settings import Settings
from tests.house import catalogs

PROOFS = TemplateLint()
MARKUPS = (HTML, Settings.PROFILE.markup)
LANGUAGES = [language for language in PROOFS.languages() if language != "en"]
READ = list(NOTICES.values())
EACH = [(language, notice) for language in LANGUAGES for notice in READ]
NAMES = pytest.mark.parametrize(
    ("language", "notice"), EACH, ids=[f"{one}-{notice.name}" for one, notice in EACH]
)


WORDS = {
    "what you did, and what happened instead",
    "a phone number where we can reach you",
    "the SDK's version",
}
"""What the desk asks for: facts, but words of ours."""


def strings(thing: Any) -> Iterator[str]:
    """Whatever text there is in facts."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Mapping):
        for one in thing.values():
            yield from strings(one)
    elif isinstance(thing, tuple | list):
        for one in thing:
            yield from strings(one)
    else:
        for name in getattr(thing, "__dataclass_fields__", ()):
            yield from strings(getattr(thing, name))


def lines(text: str) -> set[str]:
    return {line.strip(" •>") for line in text.splitlines()}


@pytest.mark.parametrize("notice", NOTICES.values(), ids=lambda notice: notice.name)
def test_a_template_names_only_facts_that_its_notice_has(notice: type[Notice]) -> None:
    given = {*sample(notice), "my_url", "say", "w"}
    environment = page_environment("web")
    tree = environment.parse(PROOFS.source(notice, "en").file.read_text(encoding="utf-8"))
    assert meta.find_undeclared_variables(tree) <= {*given, *environment.globals}


def test_the_first_four_languages_are_there() -> None:
    assert {"de", "fr", "ja"} <= set(LANGUAGES)
    assert set(LANGUAGES) <= writings().keys()


def test_nothing_that_is_shipped_has_a_mistake() -> None:
    assert PROOFS.mistakes() == []


def left_over(proofs: TemplateLint, notice: type[Notice], language: str, **how: Any) -> list[str]:
    """Lines that stand in the English notice too, with three words or more besides what people wrote and are called."""
    ours, english = proofs.words(notice, language, **how), PROOFS.words(notice, "en", **how)
    within = [notice, *(NOTICES[name] for name in SECTIONS.get(notice.name, ()))]
    facts = [text for one in within for text in strings(sample(one, bare=how.get("bare", False)))]
    data = sorted({line for text in facts for line in text.splitlines() if len(line) > 3} - WORDS, key=len)
    same = lines(f"{ours.subject}\n{ours.text}\n{ours.marked}") & lines(f"{english.text}\n{english.marked}")
    return [line for line in same if len(re.findall(r"[^\W\d_]+", without(line, data[::-1]))) >= 3]


def without(line: str, data: list[str]) -> str:
    for text in data:
        line = line.replace(text, "")
    return line


@NAMES
@pytest.mark.parametrize("markup", MARKUPS, ids=("mail", "chat"))
@pytest.mark.parametrize("bare", [False, True])
def test_no_english_is_left_over(
    language: str, notice: type[Notice], markup: MarkupTemplate, bare: bool
) -> None:
    assert left_over(PROOFS, notice, language, markup=markup, bare=bare) == []


def test_english_that_is_left_over_would_be_found(tmp_path: Path) -> None:
    folder = tmp_path / "notices"
    folder.mkdir(parents=True)
    said = (
        '{{ w.p(by ~ " has added you to " ~ case.number ~ ". From now on you receive what is said on it.") }}'
    )
    text = f"{{% block subject %}}[{{{{ case.number }}}}]{{% endblock %}}{{% block body %}}{said}{{% endblock %}}"
    (folder / "added.fr.j2").write_text(text, encoding="utf-8")
    found = left_over(TemplateLint([tmp_path]), NOTICES["added"], "fr")
    assert "Ana Lima has added you to CS-000123. From now on you receive what is said on it." in found


@NAMES
def test_a_mail_says_which_language_it_is_in(language: str, notice: type[Notice]) -> None:
    assert f'<html lang="{language}">' in PROOFS.words(notice, language).html


@NAMES
def test_the_subject_says_the_number_and_is_one_line(language: str, notice: type[Notice]) -> None:
    for bare in (False, True):
        subject = PROOFS.words(notice, language, bare=bare).subject
        assert "\n" not in subject
        about_none = notice.example_case is None or notice.name in (
            "transcript",
            "turned away",
            "case sought",
        )
        assert subject.startswith("[CS-000123] ") or about_none


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_lists_have_words_in_every_language(language: str) -> None:
    lists = ListsSection()
    words = (*lists.priorities, *lists.close_reasons.values(), *lists.concern_categories.values())
    closed = NOTICES["case closed"]
    for word in words:
        said = PROOFS.words(closed, language, reason=word).text
        assert not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", said), word


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_new_case_lacks_is_asked_in_every_language(language: str) -> None:
    lists = ListsSection()
    opened = Open(subject="It fails", text="It fails, please help", category="Tags and SDK")
    for kind in lists.types:
        asked = missing_fields.missing(opened, lists, kind=kind, files=False)
        text = PROOFS.words(NOTICES["confirmation"], language, missing=asked).text
        assert [question for question in asked if question in text] == []
        assert not re.search(r"which feature|another one", text)
        assert "Instant Insights, Maestro API, Delivery, Interface, Deal" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_operators_own_questions_and_features_stay_as_they_are(language: str) -> None:
    asked = ("the licence key", "which feature is affected: Search & find, Print, or another one")
    words = PROOFS.words(NOTICES["confirmation"], language, missing=asked)
    assert "the licence key" in words.text
    assert "Search & find, Print" in words.text
    assert "Search &amp; find, Print" in words.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", sorted(OPEN_STEPS))
def test_every_step_that_customers_read_has_words(language: str, step: str) -> None:
    text = PROOFS.words(NOTICES["transcript"], language, history=(EventLine(AT, step, ""),)).text
    assert not re.search(rf"UTC · {step}$", text, re.MULTILINE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_step_that_only_the_staff_read_has_words_too(language: str) -> None:
    history = (EventLine(AT, "snoozed", ""),)
    assert "snoozed" not in PROOFS.words(NOTICES["transcript"], language, history=history).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_told_that_it_is_out_of_scope_is_told_who_helps(language: str) -> None:
    closed = NOTICES["case closed"]
    assert TEAM not in PROOFS.words(closed, language).text
    words = PROOFS.words(
        closed, language, case=replace(CASE, state="closed", team=TEAM), reason="Out of scope"
    )
    assert TEAM in words.text
    assert f"mailto:{TEAM}" in words.html.replace("%40", "@")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chat_speaks_of_no_link_that_it_does_not_show(language: str) -> None:
    confirmation = NOTICES["confirmation"]
    assert ARTICLES[0].solved_url in PROOFS.words(confirmation, language).text
    chat, plain = (
        PROOFS.words(confirmation, language, markup=MARKUPS[1], articles=articles).marked
        for articles in (ARTICLES, tuple(replace(one, solved_url="") for one in ARTICLES))
    )
    assert chat == plain
    assert ARTICLES[0].title in chat


@pytest.mark.parametrize(("day", "said"), [(1, "il 1 mar 2026"), (8, "l’8 mar 2026"), (11, "l’11 mar 2026")])
def test_italian_elides_before_the_eighth_and_the_eleventh(day: int, said: str) -> None:
    text = PROOFS.words(NOTICES["reminder"], "it", closes_at=AT.replace(day=day)).text
    assert f"chiuderemo la richiesta {said}." in text


def test_words_that_an_operator_chose_stay_as_they_are() -> None:
    closed = NOTICES["case closed"]
    assert "Grund: Bought a boat." in PROOFS.words(closed, "de", reason="Bought a boat").text


@pytest.mark.parametrize("notice", READ, ids=lambda notice: notice.name)
def test_french_has_its_spaces_and_no_straight_quotes(notice: type[Notice]) -> None:
    for bare in (False, True):
        data = set(strings(sample(notice, bare=bare)))
        for line in PROOFS.words(notice, "fr", bare=bare).text.splitlines():
            if line.startswith(("> ", "[")) or any(text in line for text in data if len(text) > 20):
                continue
            assert not re.search(r" [?!:;»]|\w[?!;]", line), line
            assert "'" not in line, line


def test_french_has_its_spaces_in_answers_and_on_pages() -> None:
    french = [text for message in catalogs.read("fr") for text in strings(message.string)]
    assert len(french) > 1000
    assert [text for text in french if re.search(r" [?!:;»]|« ", text)] == []


@pytest.mark.parametrize(("language", "one", "many"), [
    ("fr", "il y a un jour ouvré", "il y a 5 jours ouvrés"),
    ("de", "vor einem Werktag", "vor 5 Werktagen"),
    ("ja", "1営業日前", "5営業日前"),
])  # fmt: skip
def test_one_and_many_are_said_right(language: str, one: str, many: str) -> None:
    quietly = NOTICES["closed quietly"]
    assert one in PROOFS.words(quietly, language, bare=True).text
    assert many in PROOFS.words(quietly, language).text
