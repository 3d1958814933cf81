"""``casebot templates``: an operator sees every notice, changes one, is told of slips with file and line, and looks."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import casebot
from bot.notices.catalogue import NOTICES

GOOD = (
    "{% block subject %}[{{ case.number }}] Moin{% endblock %}\n"
    "{% block body %}{{ w.p('Moin ' ~ to) }}{% endblock %}\n"
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for folder in ("words", "brand"):
        (tmp_path / folder).mkdir()
    (tmp_path / "config.toml").write_text(
        '[desk]\ntemplate_folder = "words"\n[[mailbox]]\naddress = "support@acme.example"\n'
        '[[mailbox]]\naddress = "care@brand.example"\ntemplate_folder = "brand"\n'
    )
    return tmp_path


def run(*args: str, code: int = 0) -> Result:
    result = CliRunner().invoke(casebot, ["templates", *args])
    assert result.exit_code == code, result.output
    return result


def write(folder: Path, path: str, text: str) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_the_list_names_every_notice_its_readers_and_what_is_ones_own(desk: Path) -> None:
    write(desk, "words/notices/added.de.j2", GOOD)
    rows = {
        line[:20].strip(): line
        for line in run("list", "--mailbox", "support@acme.example").output.splitlines()
    }
    assert NOTICES.keys() <= rows.keys()
    assert "customers" in rows["added"]
    assert rows["added"].split()[-1] == "added.de.j2"
    assert rows["answer"].split()[-1] == "-"
    listed = json.loads(run("list", "--json").output)
    sources = next(one["sources"] for one in listed if one["notice"] == "added")
    assert [one["language"] for one in sources if one["owner"] == "yours"] == ["de"]


def test_the_source_of_a_notice_is_shown_as_it_is_used(desk: Path) -> None:
    assert "Thank you for writing" in run("show", "confirmation").output
    write(desk, "words/notices/case_closed.j2", GOOD)
    assert run("show", "case", "closed").output == GOOD
    assert "did you mean “case closed”" in run("show", "case", "clsed", code=1).output
    write(desk, "words/notices/case_closed.fr.j2", GOOD.replace("Moin", "Salut"))
    assert "Salut" in run("show", "case", "closed", "--language", "fr").output


def test_each_address_may_have_words_of_its_own_before_the_desks(desk: Path) -> None:
    write(desk, "words/notices/added.j2", GOOD)
    write(desk, "brand/notices/added.j2", GOOD.replace("Moin", "Ahoy"))
    assert "Ahoy" in run("show", "added", "--mailbox", "care@brand.example").output
    assert "Moin" in run("show", "added", "--mailbox", "support@acme.example").output
    assert "no [[mailbox]]" in run("list", "--mailbox", "x@y.example", code=1).output


def test_a_check_of_good_templates_says_how_many_there_are(desk: Path) -> None:
    write(desk, "words/notices/added.de.j2", GOOD)
    assert f"{len(NOTICES)} notices in en, de, " in run("check").output


def test_sentences_that_a_language_lacks_are_counted_and_the_first_ones_named(desk: Path) -> None:
    write(
        desk,
        "words/locale/eo/LC_MESSAGES/casebot.po",
        'msgid "{case} is open again."\nmsgstr "{case} remalfermita."\n',
    )
    (line,) = (line for line in run("check").output.splitlines() if line.startswith("~ "))
    assert re.fullmatch(
        r"~ eo: 1\d{3} sentences are said in English, because they are not translated: “.+”; “.+”; “.+”", line
    )


@pytest.mark.parametrize(("slip", "line", "why"), [
    ("{% block subject %}\nHi{% endblock %}\n{% block body %}\n{{ oops", 4, "end of print statement"),
    (GOOD + "\n{% block preview %}\n{{ custmer }}{% endblock %}", 5, "custmer"),
    ("{% block body %}no subject{% endblock %}", 0, "block subject"),
    ("{% block subject %}{% endblock %}{% block body %}x{% endblock %}", 0, "subject is empty"),
])  # fmt: skip
def test_a_slip_is_named_with_its_file_and_line(desk: Path, slip: str, line: int, why: str) -> None:
    write(desk, "words/notices/added.fr.j2", slip)
    said = run("check", code=1).output
    place = f"added.fr.j2:{line}:" if line else "added.fr.j2:"
    assert f"{place} " in said
    assert why in said
    assert "1 mistake" in said


def test_a_slip_where_something_is_missing_is_found_too(desk: Path) -> None:
    text = GOOD.replace("to)", "to ~ case.category[0])")
    write(desk, "words/notices/added.j2", text)
    assert "added.j2:2: " in run("check", code=1).output


def test_the_parts_of_all_mails_are_checked(desk: Path) -> None:
    write(desk, "words/email/html.j2", "{% macro p(text) %}\n{{ text }")
    assert "html.j2:" in run("check", code=1).output


class Frames(HTMLParser):
    """The mails on a page, and all that it would fetch."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.mails: list[str] = []
        self.fetched: list[str] = []
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "iframe":
            self.mails.append(str(told["srcdoc"]))
        if tag in ("img", "link", "script") or told.get("src"):
            self.fetched += [value for key, value in attrs if key in ("src", "href") and value]
        if tag == "section":
            self.ids.add(f"#{told['id']}")
        if tag == "a":
            self.links.add(str(told["href"]))


def test_the_preview_is_one_page_that_holds_everything(desk: Path) -> None:
    write(desk, "words/notices/added.j2", GOOD)
    write(
        desk,
        "words/notices/added.fr.j2",
        "{% block subject %}{{ oops }}{% endblock %}{% block body %}{% endblock %}",
    )
    run("preview", "sheet")
    html = (desk / "sheet/index.html").read_text(encoding="utf-8")
    page = Frames(html)
    assert page.fetched == []
    assert page.links == page.ids
    assert len(page.ids) == len(NOTICES)
    assert any('lang="ja"' in mail for mail in page.mails)
    assert "Moin Ana Lima" in html
    assert "&#39;oops&#39; is undefined" in html
