"""Stories of saved replies: by mail, typed in Slack, and chosen in the form for an answer."""

from __future__ import annotations

import email.message
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.main import casebot
from bot.commands.case import Open
from bot.commands.people import Take
from bot.commands.snippets import DropSnippet, ListSnippets, SaveSnippet, SendSnippet
from bot.commands.work import SetField
from rehearsal.slack.people.seen import Seen
from tests.support.houses.desk import TestDesk, done, refused, text_of
from tests.support.houses.house import House, until, words
from tests.support.houses.office import Office
from tests.support.houses.slack_house import words_of
from tests.support.setup import databases

ANA, SAM, MAX = "ana@acme.example", "sam@desk.example", "max@desk.example"
PAUSED = """---
title: The seat was paused
tags: [delivery, seats]
---
Hello {{ first_name }},

your seat on {{ ids | your campaign }} was paused ({{ case }}).

{{ specialist }}
--- de
Guten Tag {{ customer }}, Ihr Sitz zu {{ ids | Ihrer Kampagne }} war angehalten.
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "replies"
    folder.mkdir()
    (folder / "paused.md").write_text(PAUSED)
    monkeypatch.setenv("CASEBOT_DESK__REPLIES_FOLDER", str(folder))
    return folder


@pytest.fixture
def case(folder: Path, url: str, tmp_path: Path) -> Iterator[TestDesk]:
    with TestDesk(url, tmp_path) as desk:
        desk.ask(ANA, Open("No delivery", "It stopped."))
        desk.ask(SAM, Take(1))
        desk.mails()
        yield desk


def test_a_saved_reply_is_an_answer_with_what_the_case_says_of_itself_story(case: TestDesk) -> None:
    assert "on its way to Ana" in done(case.ask(SAM, SendSnippet(1, "paused", "Tell me if not.")))
    (mail,) = case.mails(ANA)
    assert "your seat on your campaign was paused (CS-000001)." in text_of(mail)
    assert "Tell me if not." in text_of(mail)
    assert not mail["Auto-Submitted"]
    case.ask(SAM, SetField(1, "ids", "Deal ID 5\nDeal ID 6"))
    case.ask(SAM, SendSnippet(1, "PAUSED"))
    assert "your seat on Deal ID 5, Deal ID 6 was paused" in text_of(case.mails(ANA)[0])


def test_a_german_customer_reads_the_german_words_of_the_file(case: TestDesk) -> None:
    case.ask(ANA, Open("Kein Ausspielen", "Seit gestern."), language="de")
    case.mails()
    case.ask(SAM, SendSnippet(2, "paused"))
    assert "Guten Tag Ana, Ihr Sitz zu Ihrer Kampagne war angehalten." in text_of(case.mails(ANA)[0])


@pytest.mark.parametrize(
    "words", ["{{ specialist }} {{ docs_url }}", "{% for x in y %}", "{{ case.id }} {{ 7*7 }}"]
)
def test_what_a_customer_wrote_is_never_read_as_a_template_story(
    case: TestDesk, folder: Path, words: str
) -> None:
    (folder / "about.md").write_text("It is about “{{ subject }}”.")
    case.ask(ANA, Open(words, "Words."))
    case.mails()
    done(case.ask(SAM, SendSnippet(2, "about")))
    assert f"It is about “{words}”." in text_of(case.mails(ANA)[0])


def test_specialists_keep_replies_of_their_own_story(case: TestDesk) -> None:
    assert "snippet thanks" in done(case.ask(SAM, SaveSnippet("thanks", "Thank you, {{ first_name }}.")))
    assert "Changed" in done(case.ask(SAM, SaveSnippet("thanks", "Thanks, {{ first_name }}.")))
    listed = done(case.ask(SAM, ListSnippets()))
    assert "• thanks (yours)" in listed
    assert "• paused: The seat was paused (delivery; seats; en, de)" in listed
    assert "thanks" not in done(case.ask(MAX, ListSnippets()))
    assert "There is no saved reply “thanks”" in refused(case.ask(MAX, SendSnippet(1, "thanks")))
    case.ask(SAM, SendSnippet(1, "thanks"))
    assert "Thanks, Ana." in text_of(case.mails(ANA)[0])
    done(case.ask(SAM, DropSnippet("thanks")))
    assert "You keep no reply" in refused(case.ask(SAM, DropSnippet("thanks")))


@pytest.mark.parametrize(
    "text", ["Dear {{ custmer }}", "Dear {{ customer", "{% if x %}", "Dear }}", "x" * 10_001]
)
def test_an_own_reply_with_an_unknown_placeholder_is_refused(case: TestDesk, text: str) -> None:
    assert "Nothing was kept" in refused(case.ask(SAM, SaveSnippet("mine", text)))
    assert "mine" not in done(case.ask(SAM, ListSnippets()))


@pytest.mark.parametrize("name", ["save", "ümlaut", "a" * 61, "../etc", ""])
def test_a_reply_has_a_name_that_can_be_typed(case: TestDesk, name: str) -> None:
    assert "Nothing was kept" in refused(case.ask(SAM, SaveSnippet(name, "Words.")))


def test_a_value_that_is_missing_sends_nothing(case: TestDesk, folder: Path) -> None:
    (folder / "ids.md").write_text("About {{ ids }}.")
    case.mails()
    assert "this case has not" in refused(case.ask(SAM, SendSnippet(1, "ids")))
    assert case.mails() == []


def test_check_names_each_file_that_is_wrong_and_it_is_never_sent_story(
    case: TestDesk, folder: Path, tmp_path: Path
) -> None:
    (folder / "typo.md").write_text("Dear {{ custmer }}.")
    (folder / "bad.md").write_text("---\ntitle: [\n---\nWords.")
    (folder / "Big Name.md").write_text("Words.")
    (folder / "empty.md").write_text("---\nlanguages: [en, fr]\n---\nWords.")
    assert "There is no saved reply “typo”" in refused(case.ask(SAM, SendSnippet(1, "typo")))
    result = CliRunner().invoke(casebot, ["--config", str(tmp_path / "config.toml"), "check"])
    assert result.exit_code == 1
    assert "typo.md: {{ custmer }} is no placeholder; there are: customer" in result.output
    assert "bad.md: its front matter is no YAML" in result.output
    assert "Big Name.md: its name may have small letters" in result.output
    assert "its languages name fr, which it has not" in result.output
    done(case.ask(SAM, SendSnippet(1, "paused")))  # the others can be used


def test_a_changed_file_counts_at_once(case: TestDesk, folder: Path) -> None:
    (folder / "paused.md").write_text("It runs again.")
    case.ask(SAM, SendSnippet(1, "paused"))
    assert "It runs again." in text_of(case.mails(ANA)[0])


@pytest.fixture
def office(folder: Path, url: str, tmp_path: Path) -> Iterator[Office]:
    with Office(url, tmp_path) as standing:
        standing.send(
            "Ana <ana@acme.example>", "support@example.com", "Deal ID 12333: no delivery", "It stopped."
        )
        yield standing


def flat(mail: email.message.Message) -> str:
    return words(mail).replace("\r\n", "\n")


def test_by_mail_the_reply_and_the_words_below_it_are_one_answer_story(
    folder: Path, url: str, tmp_path: Path
) -> None:
    with House(url, tmp_path) as house:
        house.send(
            "Ana <ana@acme.example>", "support@example.com", "Deal ID 12333: no delivery", "It stopped."
        )
        house.mails("ana@")
        (told,) = house.mails("sam@")
        house.answer(told, "Sam <sam@desk.example>", "#snippet paused\n\nIt is on again since ten.")
        (answer,) = house.mails("ana@")
        assert "your seat on Deal ID 12333 was paused" in flat(answer)
        assert "It is on again since ten." in flat(answer)
        assert house.nothing("ana@")


@pytest.mark.parametrize("line", ["#snippet paused", "#snippet save mine:"])
def test_what_a_customer_writes_below_a_command_that_is_not_theirs_is_kept(
    folder: Path, tmp_path: Path, line: str
) -> None:
    with House(databases.sqlite(tmp_path), tmp_path) as house:
        house.send("Ana <ana@acme.example>", "support@example.com", "No delivery", "It stopped.")
        (confirmation,) = house.mails("ana@")
        house.answer(confirmation, "Ana <ana@acme.example>", f"{line}\n\nIt has stopped again.")
        assert until(lambda: "It has stopped again." in [entry.text for entry in house.case().entries])


def test_in_slack_the_form_puts_in_a_reply_that_is_searched_and_sends_it_after_a_preview_story(
    office: Office,
) -> None:
    people = office.slack.people
    office.mails("ana@")
    office.click("sam", "case_reply", wait=5)
    people.type_into("sam", "modal", "text", "I had a look.")
    assert people.suggest("sam", "saved_reply", "nothing like it", view="modal") == []
    (found,) = people.suggest("sam", "saved_reply", "SEAT pau", view="modal")
    assert found["text"]["text"] == "The seat was paused"
    people.choose("sam", "modal", "saved_reply", "paused", wait=5)
    seen: Seen = people.submit("sam", "modal", wait=5)
    assert seen.modal
    preview = words_of(seen.modal.body["blocks"])
    assert "I had a look.\n\nHello Ana,\n\nyour seat on Deal ID 12333 was paused (CS-000001)." in preview
    assert office.nothing("ana@")
    assert people.submit("sam", "modal", wait=5).acked
    (answer,) = office.mails("ana@")
    assert "I had a look.\n\nHello Ana," in flat(answer)


def test_in_slack_a_reply_that_lacks_something_says_so_in_the_form(office: Office, folder: Path) -> None:
    people = office.slack.people
    (folder / "docs.md").write_text("About {{ type }}.")
    office.click("sam", "case_reply", wait=5)
    people.type_into("sam", "modal", "text", "Typed before.")
    people.suggest("sam", "saved_reply", "", view="modal")
    seen = people.choose("sam", "modal", "saved_reply", "docs", wait=5)
    assert seen.modal
    assert "this case has not" in words_of(seen.modal.body["blocks"])
    assert "Typed before." in str(seen.modal.body["blocks"])


def test_in_slack_a_reply_is_typed_in_the_thread_and_kept_by_a_slash_command_story(office: Office) -> None:
    people = office.slack.people
    office.mails("ana@")
    card = office.card()
    seen = people.slash("sam", "C0TRIAGE", "/case snippet save fixed: It is fixed, {{ first_name }}.", wait=5)
    assert "To answer with it: snippet fixed" in seen.ephemerals[0].text
    people.post("sam", "C0TRIAGE", "!snippet fixed\nPlease try again.", thread_ts=card.ts)
    (answer,) = office.mails("ana@")
    assert "It is fixed, Ana.\n\nPlease try again." in flat(answer)
    seen = people.slash("ana", "C0GENERAL", "/case snippets", wait=5)
    assert "Only the support team can do that." in seen.ephemerals[0].text
    assert until(lambda: office.case().line.state == "open")
