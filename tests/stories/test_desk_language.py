"""The desk reads its own language: answers, notices, Slack's cards, forms, lists and homes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import veil
from tests.slack.test_every_view import texts
from tests.support.houses.desk import CONFIG
from tests.support.houses.house import House, until, words
from tests.support.houses.office import Office, said
from tests.support.setup import databases

ANA, SAM, DESK = "Ana Ferrer <ana@acme.example>", "sam@desk.example", "support@example.com"
PEOPLE = (
    "CS Deal 12333 It stopped. Ana Ferrer Sam Specialist Max Manager Acme Support Slack Customer Delivery Here",
    "Friday 3 days take note reply close resolved queue mine list help show",
)
"""What people have written and are called, and what is typed."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A desk whose language is a veil: whatever is not translated stands out."""
    folder = veil.folder(tmp_path / "words")
    desk = f'language = "xx"\ntemplate_folder = "{folder}"'
    with Office(databases.sqlite(tmp_path), tmp_path, desk=desk) as standing:
        yield standing


def covered(*shown: str) -> None:
    """All of this is in the desk's language, and some of it is ours."""
    assert any("ж" in text for text in shown), shown
    assert veil.bare(shown, PEOPLE) == set(), shown


def test_a_card_and_what_stands_below_it_are_in_the_desks_language_story(office: Office) -> None:
    office.send(ANA, DESK, "Deal 12333", "It stopped.")
    card = office.card()
    covered(card.text, *texts(card.blocks))
    people = office.slack.people
    people.post("sam", "triage", "!take", thread_ts=card.ts)
    people.post("sam", "triage", "!note Here", thread_ts=card.ts)
    taken = heard(office, veil.say("{case} is yours now.").format(case="CS-000001"))
    assert "is yours now" not in taken
    people.post("sam", "triage", "!snooze nonsense", thread_ts=card.ts)
    heard(office, veil.say("“{typed}” is no time that I understand.").format(typed="nonsense"))


def heard(office: Office, words: str) -> str:
    """What one person alone was shown in Slack with these words in it, once it is there."""
    shown = until(lambda: [said(each) for each in office.slack.workspace.ephemerals if words in said(each)])
    assert shown, [said(each) for each in office.slack.workspace.ephemerals]
    return str(shown[0])


def test_what_a_specialist_opens_is_in_the_desks_language_whatever_slack_is_set_to_story(
    office: Office,
) -> None:
    office.slack.workspace.user("sam").locale = "fr-FR"
    office.send(ANA, DESK, "Deal 12333", "It stopped.")
    office.card()
    people = office.slack.people
    for action in ("case_reply", "case_note"):
        covered(*texts(office.click("sam", action, wait=5).modal.body))
    for typed in ("merge CS-000001", "assign CS-000001", "snooze CS-000001"):
        covered(*texts(people.slash("sam", "C0TRIAGE", f"/case {typed}", wait=5).modal.body))
    for typed in ("queue", "my", "help"):
        (message,) = people.slash("sam", "C0TRIAGE", f"/case {typed}", wait=5).ephemerals
        covered(*texts(message.blocks))
    people.open_home("sam")
    home = until(lambda: people.home("sam"))
    assert home
    covered(*texts(home.body["blocks"]))


def test_a_customer_reads_their_own_language_all_the_same_story(office: Office) -> None:
    office.send(
        ANA, DESK, "Deal 12333", "Hello, since yesterday evening nothing is delivered. Could you look at it?"
    )
    (mail,) = office.mails("ana@")
    assert "CS-000001" in words(mail)
    assert "ж" not in words(mail)


def test_a_colleague_who_reads_another_language_is_told_in_it_story(tmp_path: Path) -> None:
    folder = veil.folder(tmp_path / "words")
    with House(databases.sqlite(tmp_path), tmp_path, config=_config(folder)) as house:
        house.send(ANA, DESK, "Deal 12333", "It stopped.")
        (sams,), (maxs,) = house.mails("sam@"), house.mails("max@")
        assert "ж" in words(sams)
        assert "ж" not in words(maxs)
        house.answer(sams, f"Sam <{SAM}>", "#note\n\n#take\n#snooze never")
        answers = " ".join(words(mail) for mail in house.mails("sam@"))
        assert veil.say("{case} is yours now.").format(case="CS-000001") in answers


def _config(folder: Path) -> str:
    own = CONFIG.replace('mail = "sam@desk.example"\n', 'mail = "sam@desk.example"\nlanguage = "xx"\n')
    return own.replace("[desk]\n", f'[desk]\ntemplate_folder = "{folder}"\n', 1)
