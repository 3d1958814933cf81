"""Catalogs: plural forms, an operator's own messages, and compiled files that are missing or old."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.notices.catalogue import NOTICES
from bot.render.renderer import Renderer
from bot.render.translations import CATALOG, SHIPPED, Translations
from bot.template_check.lint import TemplateLint
from bot.template_check.sample import sample

SEE = 'msgid "See this case"\nmsgstr "{}"\n'


def own(folder: Path, language: str, text: str) -> Path:
    file = folder / "locale" / language / CATALOG
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def compile_beside(file: Path) -> Path:
    compiled = file.with_suffix(".mo")
    with file.open("rb") as text, compiled.open("wb") as binary:
        write_mo(binary, read_po(text))
    return compiled


@pytest.mark.parametrize(("count", "form"), [(1, "1 wiadomość czeka"), (2, "2 wiadomości czekają"),
                                             (5, "5 wiadomości czeka."), (22, "22 wiadomości czekają")])  # fmt: skip
def test_polish_has_three_plural_forms(count: int, form: str) -> None:
    html = TemplateLint().words(NOTICES["channel down"], "pl", waiting=count).html
    assert form in html


@pytest.mark.parametrize(("count", "form"), [(1, "1 message waits"), (2, "2 messages wait")])
def test_english_needs_no_catalog(count: int, form: str) -> None:
    words = TemplateLint().words(NOTICES["channel down"], "en", waiting=count)
    assert form in words.text
    assert f"{form}. Nothing is lost." in words.html


@pytest.mark.parametrize("language", ["en", "de"])
def test_an_operator_changes_one_sentence(tmp_path: Path, language: str) -> None:
    own(tmp_path, language, SEE.format("To the ticket"))
    words = Renderer(tmp_path).words(NOTICES["added"], language, **sample(NOTICES["added"]))
    shipped = Renderer().words(NOTICES["added"], language, **sample(NOTICES["added"]))
    assert "To the ticket" in words.html
    assert words.text.splitlines()[2:5] == shipped.text.splitlines()[2:5]


def test_markup_in_a_translation_is_shown_as_text(tmp_path: Path) -> None:
    own(tmp_path, "de", SEE.format("<b>Zum Vorgang</b> & mehr"))
    html = Renderer(tmp_path).words(NOTICES["added"], "de", **sample(NOTICES["added"])).html
    assert "&lt;b&gt;Zum Vorgang&lt;/b&gt; &amp; mehr" in html


@pytest.mark.parametrize("slip", ["Moin %(vorname)s,", "Zu 100 % sicher %(first_name)s,", "Moin %s,"])
def test_a_translation_with_an_unknown_value_is_replaced_by_english(tmp_path: Path, slip: str) -> None:
    own(tmp_path, "de", f'msgid "Hello %(first_name)s,"\nmsgstr "{slip}"\n')
    text = Renderer(tmp_path).words(NOTICES["added"], "de", **sample(NOTICES["added"])).text
    assert "Hello Ana," in text


def test_a_catalog_that_cannot_be_read_is_named_and_left_out(tmp_path: Path) -> None:
    own(tmp_path, "de", "").write_bytes(b'msgid "See this case"\nmsgstr "Zum Vorgang f\xfcr Sie"\n')
    renderer = Renderer(tmp_path)
    (problem,) = renderer.problems
    assert "casebot.po is not used" in problem
    assert "Anfrage ansehen" in renderer.words(NOTICES["added"], "de", **sample(NOTICES["added"])).html


def test_a_damaged_compiled_catalog_leaves_the_shipped_words(tmp_path: Path) -> None:
    own(tmp_path, "de", SEE.format("To the ticket")).with_suffix(".mo").write_bytes(b"")
    assert Translations(tmp_path).words("de")["See this case"] == "Anfrage ansehen"


def test_a_compiled_catalog_is_used_only_while_it_is_not_older(tmp_path: Path) -> None:
    file = own(tmp_path, "de", SEE.format("First"))
    compiled = compile_beside(file)
    file.write_text(SEE.format("Second"), encoding="utf-8")
    os.utime(compiled, (file.stat().st_atime, file.stat().st_mtime))
    assert Translations(tmp_path).words("de")["See this case"] == "First"
    os.utime(compiled, (0, 0))
    assert Translations(tmp_path).words("de")["See this case"] == "Second"


def test_a_missing_compiled_catalog_is_replaced_in_memory(tmp_path: Path) -> None:
    file = own(tmp_path, "pl", "")
    shutil.copy(SHIPPED / "locale" / "pl" / CATALOG, file)
    assert Translations(tmp_path).words("pl") == Translations().words("pl")
    assert not file.with_suffix(".mo").exists()
