"""What is read in a language stands in its file, and there alone; a mail language has all that one needs."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

import pytest

from bot.commands.catalogue import VERBS
from bot.config.choices import ListsSection
from bot.languages.catalogue import FOLDER, WrongLanguageFile, languages, mail_languages, read
from bot.languages.language import Language
from bot.render.translations import SHIPPED
from channels.email.automatic.smtp_codes import STATUSES
from tests.house.test_street import ROOT, files

LANGUAGES = languages()
MAIL = mail_languages()
TABLES = {code: tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8")) for code in LANGUAGES}
NEEDED = {
    "quotations": ("verb", "pronoun", "original", "forward", "marker"),
    "headers": ("sender", "to", "copy", "sent", "subject", "reply"),
    "forwards": ("sender", "subject"),
    "subjects": ("forward",),
    "signatures": ("device", "closing", "product"),
    "disclaimers": ("notice", "secret", "addressee", "mistake"),
    "absence": ("away",),
    "bounces": ("failed",),
    "dates": ("months",),
    "detection": ("words",),
    "greetings": ("hello",),
    "thanks": ("words",),
    "field_names": ("priority", "type", "category", "feature"),
    "priorities": tuple(ListsSection().priorities),
    "verbs": tuple(verb.name for verb in VERBS if not verb.staff_only and verb.name != "contact"),
    "phones": ("named",),
    "people_values": ("language",),
    "articles": ("stop_words",),
    "formats": ("months", "date", "day", "octets", "units"),
}
"""Sections and keys that a mail language has at least."""
NEEDLESS = {
    ("en", "verbs"): "the names of verbs in bot/commands are English",
    ("ja", "dates"): "months are numbers: 12月5日",
    ("ja", "detection"): "its script tells",
}
PATTERNS = {
    "absence": (*Language().absence._fields,),
    "bounces": ("failed", "delayed", "final"),
    "forwards": ("sender", "subject", "beginning"),
    "greetings": ("hello", "bye", "unspaced"),
    "phones": ("named",),
    "signatures": ("product", "phone"),
    "subjects": ("prefix", "forward"),
}
"""Keys whose entries are regular expressions; all others are phrases."""
FOREIGN = {
    "bot/desk/handlers/conversation/callback.py": "the capital letters that names begin with",
    "channels/email/automatic/human_dates.py": "signs behind the numbers of a date",
    "channels/email/encoding/charset.py": "the alphabets of languages, to tell charsets apart",
}
"""Files that may have letters beside ASCII in a row, and why."""


def records(language: Language) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The sections whose keys are fixed, without the one that is said."""
    for name, section in language._asdict().items():
        if isinstance(section, tuple) and type(section) is not tuple and name != "formats":
            yield name, section._asdict()


def entries(code: str) -> Iterator[tuple[str, str, str]]:
    """Section, key and entry of all phrases and patterns."""
    for section, keys in records(LANGUAGES[code]):
        for key, value in keys.items():
            if isinstance(value, tuple):
                yield from ((section, key, entry) for entry in value)


def filled(code: str, section: str) -> set[str]:
    """The keys of a section that have something."""
    return {key for key, value in TABLES[code].get(section, {}).items() if value}


def test_the_mail_languages_are_those_with_templates() -> None:
    assert {"de", "en", "es", "fr", "it", "ja", "pl", "pt"} <= {*MAIL}
    assert {path.name for path in (SHIPPED / "locale").iterdir()} == set(MAIL) - {"en"}


@pytest.mark.parametrize("code", MAIL)
def test_a_mail_language_has_all_that_one_needs(code: str) -> None:
    for section, keys in NEEDED.items():
        assert (code, section) in NEEDLESS or set(keys) <= filled(code, section), section


def test_what_a_language_does_not_need_it_does_not_have() -> None:
    assert [pair for pair in NEEDLESS if pair[1] in TABLES[pair[0]]] == []


def test_the_line_above_which_answers_are_written_is_read_back() -> None:
    said = (SHIPPED / "email/marker.j2").read_text(encoding="utf-8")
    for code in MAIL:
        assert any(f'"{code}": "{marker}"' in said for marker in LANGUAGES[code].quotations.marker)


@pytest.mark.parametrize("code", LANGUAGES)
def test_keys_that_the_code_names_are_no_others(code: str) -> None:
    language = LANGUAGES[code]
    assert language.verbs.keys() <= {verb.name for verb in VERBS if not verb.staff_only}
    assert language.priorities.keys() <= {*ListsSection().priorities}
    assert (
        language.close_reasons.keys()
        <= LANGUAGES["en"].close_reasons.keys()
        <= ListsSection().close_reasons.keys()
    )
    assert language.bounces.statuses.keys() <= {*STATUSES}
    assert all(map(re.compile, chain.from_iterable(language.bounces.statuses.values())))
    assert len(language.dates.months) in (0, 12)


@pytest.mark.parametrize("code", LANGUAGES)
def test_patterns_are_patterns_and_phrases_are_in_lower_case(code: str) -> None:
    for section, key, entry in entries(code):
        assert entry or (section, key) == ("dates", "months"), f"{section}: {key} has an empty entry"
        if key in PATTERNS.get(section, ()):
            re.compile(entry)
            assert not re.match(f"(?:{entry})$", ""), f"{section}: {key}: {entry} matches nothing at all"
        elif (section, key) not in {("quotations", "marker"), ("ids", "name")}:  # shown as they are written
            assert entry == entry.lower(), f"{section}: {key}: {entry}"


def test_each_key_is_of_use() -> None:
    """Many patterns are made of what all languages have there: none at all would match anything."""
    there = {(section, key) for code in LANGUAGES for section, key, _ in entries(code)}
    for section, keys in records(Language()):
        for key, value in keys.items():
            assert value != () or (section, key) in there, f"no language has {section}: {key}"


def test_no_verb_or_field_means_two_things() -> None:
    for part in ("verbs", "field_names", "priorities", "people_columns"):
        meanings: dict[str, str] = {}
        for language in LANGUAGES.values():
            section = getattr(language, part)
            for key, words in (section if isinstance(section, dict) else section._asdict()).items():
                for word in words:
                    assert meanings.setdefault(word, key) == key, f"{part}: {word}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "[quotation]\nverb = ['x']",
            "nl.toml has no quotation. There are: templates, own_name, domains, support, quotations,",
        ),
        ("[quotations]\nverbs = ['x']", "nl.toml: quotations has no verbs. There are: opening, verb,"),
        ("quotations = 1", "nl.toml: quotations must be a section"),
        ("[quotations]\nverb = 1", "nl.toml: quotations: verb must be a list of texts"),
        ("[quotations]\nverb = ['x', 1]", "nl.toml: quotations: verb must be a list of texts"),
        ("[verbs]\nhelp = 1", "nl.toml: verbs: help must be a list of texts"),
        ("[thanks]\nwords = ['x']", "nl.toml: thanks: words must be a text"),
        ("[formats]\npoint = 1", "nl.toml: formats: point must be a text"),
        ("templates = 1", "nl.toml: templates must be true or false"),
        ("templates =", "nl.toml: Invalid value"),
    ],
)
def test_a_file_with_a_mistake_says_where_and_what_there_is(text: str, why: str) -> None:
    with pytest.raises(WrongLanguageFile, match=f"^{re.escape(why)}"):
        read(text, "nl.toml")


def test_a_list_may_be_a_text_with_an_entry_on_each_line() -> None:
    language = read(
        "[quotations]\nverb = '''\nschreef\nhad geschreven\n'''\n[thanks]\nwords = '''dank  je\nwel'''",
        "nl.toml",
    )
    assert language.quotations.verb == ("schreef", "had geschreven")
    assert language.thanks.words == {"dank", "je", "wel"}
    assert (language.formats, language.templates, language.quotations.opening) == (None, False, ())


def constants(file: Path) -> Iterator[ast.Constant]:
    """The strings of a file, without its docstrings."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node


@pytest.mark.parametrize("room", ["bot", "channels"])
def test_no_other_file_has_a_table_by_language(room: str) -> None:
    for file in files(room):
        place = file.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            keys = node.keys if isinstance(node, ast.Dict) else ()
            codes = {key.value for key in keys if isinstance(key, ast.Constant)} & LANGUAGES.keys()
            assert len(codes) < 2, f"{place}:{node.lineno} is keyed by {codes}"


@pytest.mark.parametrize("room", ["bot", "channels"])
def test_no_other_file_has_words_of_other_languages(room: str) -> None:
    """Words with letters beside ASCII, that is: others cannot be told from English."""
    for file in files(room):
        place = file.relative_to(ROOT).as_posix()
        for node in constants(file):
            words = [word for word in re.findall(r"[^\W\d_]{3,}", node.value) if not word.isascii()]
            assert not words or place in FOREIGN, f"{place}:{node.lineno}: {words}"
