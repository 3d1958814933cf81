"""Traps of the command line: what looks like it worked, and did something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.houses.console import run, said, staffed, told


@pytest.fixture
def desk() -> None:
    staffed()
    said("case", "new", "Nothing works", "--as", "ana@acme.example")


@pytest.mark.usefixtures("desk")
def test_a_case_is_taken_by_a_person_and_not_by_the_desk() -> None:
    why = told("case", "take", "1", code=1)
    assert "taken by a person" in why
    assert "--as" in why
    assert "On the team: bob@acme.com, eve@acme.com." in why
    assert "nobody yet" in said("case", "show", "1")


@pytest.mark.usefixtures("desk")
def test_a_reason_has_an_option_and_is_not_told_as_words() -> None:
    why = told("case", "close", "1", "resolved", "It", "works", "again", code=2)
    assert "--reason resolved" in why
    assert "state        new" in said("case", "show", "1")
    said("case", "close", "1", "It works again", "--reason", "Resolved")
    shown = said("case", "show", "1")
    assert "reason       resolved" in shown.lower()
    assert "It works again" in shown
    assert "resolved It works again" not in shown


@pytest.mark.usefixtures("desk")
def test_a_reason_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    why = told("case", "close", "1", "--reason", "bored", code=2)
    assert "bored is none" in why
    assert "out_of_scope" in why


def test_a_template_folder_that_is_not_there_is_a_mistake() -> None:
    said("init", "support@acme.com")
    config = Path("config.toml")
    text = config.read_text()
    config.write_text(text.replace("[desk]", '[desk]\ntemplate_folder = "wrods"', 1))
    for words in (("check",), ("templates", "check")):
        result = run(*words)
        assert result.exit_code == 1
        assert "wrods is not there" in result.output
    Path("wrods").mkdir()
    said("templates", "check")


def test_a_language_that_there_is_not_is_told_by_its_line() -> None:
    said("init", "support@acme.com")
    Path("people.csv").write_text("mail,name,language\nana@acme.example,Ana,xx\nben@acme.example,Ben,pt-BR\n")
    result = run("people", "import", "people.csv")
    assert "“xx” is no language that there is" in result.output
    assert "2" in result.output
    assert "ben@acme.example" in said("people", "list")
    assert "ana@acme.example" not in said("people", "list")
