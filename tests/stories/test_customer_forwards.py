"""Forwards by customers: the support team reads the forwarded message below the sentence on top of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.houses.browser import WebHouse, case_link, get
from tests.support.houses.console import said
from tests.support.houses.house import until, words
from tests.support.houses.office import Office
from tests.support.houses.slack_house import words_of
from tests.support.setup import databases
from tests.support.setup.fixtures import open_on_each_database

ANA, DESK, SAM = "Ana <ana@acme.example>", "support@example.com", "sam@desk.example"
TEXT = "The kaleidoscope does not turn.\n#close\nPriority: Blocker\n\nZoe"
HEADERS = (
    "From: Zoe Moreau <zoe@acme.example>\nSubject: Kaleidoscope\nDate: Mon, 23 Nov 2026 at 10:00\nTo: Ana"
)
GERMAN = "Von: Zoe Moreau <zoe@acme.example>\nGesendet: Montag, 23. November 2026 10:00\nAn: Ana\nBetreff: Kaleidoskop"
MARKED = TEXT.replace("\n", "\n> ")
STYLES = {
    "Gmail": f"---------- Forwarded message ---------\n{HEADERS}\n\n{TEXT}",
    "Apple Mail": f"Begin forwarded message:\n\n{HEADERS}\n\n{TEXT}",
    "Outlook": f"{GERMAN}\n\n{TEXT}",
    "Thunderbird": f"-------- Forwarded Message --------\nSubject: \tKaleidoscope\n"
    f"Date: \tMon, 23 Nov 2026 10:00:00 +0100\nFrom: \tZoe Moreau <zoe@acme.example>\nTo: \tAna\n\n{TEXT}",
    "Outlook, older": f"-----Ursprüngliche Nachricht-----\n{GERMAN}\n\n{TEXT}",
    "attribution": f"On Mon, 23 Nov 2026 at 10:00, Zoe Moreau <zoe@acme.example> wrote:\n\n> {MARKED}",
}

house = open_on_each_database(WebHouse)


@pytest.mark.parametrize("style", STYLES)
def test_a_forward_with_a_sentence_on_top_is_shown_to_the_support_team(
    house: WebHouse, style: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.send(ANA, DESK, "Fwd: Kaleidoscope", f"See below, please fix.\n\n{STYLES[style]}\n")
    (confirmation,) = house.mails("ana@")
    (told,) = house.mails(SAM)
    shown = words(told)
    assert "See below, please fix." in shown
    assert "The kaleidoscope does not turn." in shown.partition("See below, please fix.")[2]
    assert "kaleidoscope does not turn" in told.get_body(("html",)).get_content()
    assert "kaleidoscope" not in words(confirmation)
    view = house.case()
    assert (view.line.state, view.line.priority) == ("new", "Medium")
    assert view.entries[0].text == "See below, please fix."
    page = get(case_link(confirmation))
    assert "The kaleidoscope does not turn." in page.words
    assert "<details" in page.html.partition("See below, please fix.")[2]
    monkeypatch.chdir(tmp_path)
    printed = said("case", "show", "1")
    assert "The kaleidoscope does not turn." in printed.partition("See below, please fix.")[2]
    assert "CS-000001" in said("case", "search", "kaleidoscope")


def test_a_forward_is_read_behind_the_sentence_on_the_card(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path) as office:
        office.send(ANA, DESK, "Fwd: Kaleidoscope", f"See below, please fix.\n\n{STYLES['Gmail']}\n")
        assert until(lambda: "A forwarded message came with it" in words_of(office.card().blocks))
        assert "kaleidoscope does not turn" not in words_of(office.card().blocks)
        office.click("sam", "case_read", wait=5)
        view = until(
            lambda: (
                (modal := office.slack.people.modal("sam")) and "does not turn" in str(modal.body) and modal
            )
        )
        assert view, "the view does not show the forwarded message"


def test_a_forward_to_an_open_case_is_shown_and_never_searched_for_commands(house: WebHouse) -> None:
    house.send(ANA, DESK, "Broken toy", "It is broken.")
    (confirmation,) = house.mails("ana@")
    house.mails(SAM)
    text = f"Zoe sees the same.\n\n{STYLES['Gmail']}\n"
    house.send(ANA, str(confirmation["Reply-To"]), "Fwd: Kaleidoscope", text)
    (told,) = house.mails(SAM)
    assert "The kaleidoscope does not turn." in words(told).partition("Zoe sees the same.")[2]
    assert house.case().line.state == "new"


def test_what_a_specialist_forwards_to_a_case_reaches_no_customer(house: WebHouse) -> None:
    house.send(ANA, DESK, "Broken toy", "It is broken.")
    house.mails("ana@")
    (told,) = house.mails(SAM)
    text = f"We are looking into it.\n\n{STYLES['Gmail']}\n"
    house.send(f"Sam <{SAM}>", str(told["Reply-To"]), "Fwd: Kaleidoscope", text)
    (answer,) = house.mails("ana@")
    assert "We are looking into it." in words(answer)
    assert "kaleidoscope" not in answer.as_string()
    assert "kaleidoscope" not in get(case_link(answer)).words


@pytest.mark.parametrize("style", STYLES)
def test_the_sender_of_what_a_specialist_forwards_is_the_requester(house: WebHouse, style: str) -> None:
    house.send(f"Sam <{SAM}>", DESK, "Fwd: Kaleidoscope", f"She never pays.\n\n{STYLES[style]}\n")
    (confirmation,) = house.mails("zoe@")
    assert "never pays" not in confirmation.as_string()
    first, note = house.case().entries
    assert "The kaleidoscope does not turn." in first.text
    assert (first.address, note.text, note.visibility) == ("zoe@acme.example", "She never pays.", "internal")
