"""docs/microsoft.md, followed to the letter against a stand-in of Microsoft 365."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.slack.server import Server
from rehearsal.slack.workspace import cast
from rehearsal.slack.workspace.conversation import Message
from tests.support.guides.cloud import MICROSOFT, Cloud, cloud
from tests.support.guides.follower import Follower
from tests.support.guides.page import section, titles
from tests.support.guides.stand_in import SUPPORT
from tests.support.guides.story import ANA, BEA, BOB, SECONDS, Correspondence
from tests.support.houses.house import until
from tests.support.houses.office import said

PAGE = "microsoft.md"
PERSON, APPLICATION = "A person signs in", "The application signs in"
ENDED, SECRET_ENDED = "When a sign-in ends", "When a client secret ends"


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Cloud]:
    with cloud(MICROSOFT, tmp_path) as there:
        yield there


@pytest.fixture
def reader(there: Cloud, tmp_path: Path) -> Iterator[Follower]:
    with there.reader(tmp_path / "desk") as reader:
        yield reader


def test_every_block_is_followed_by_one_of_these() -> None:
    assert titles(PAGE) == {PERSON, APPLICATION, ENDED, SECRET_ENDED}


def test_a_person_signs_in_and_mends_what_is_revoked(there: Cloud, reader: Follower) -> None:
    talk = Correspondence(there)
    talk.goes_both_ways(reader, section(PAGE, PERSON))
    there.take_back()
    talk.comes_meanwhile(BEA, "No ink")
    reader.type(f'casebot case reply 1 "And then?" --as {BOB}')
    talk.everybody_waits(reader)
    ended = section(PAGE, ENDED)
    reader.follow(ended[:-2])
    assert "sign-in needed" in reader.log()
    assert "a sign-in does not work" in reader.log()
    reader.follow(ended[-2:])
    talk.has_answer(ANA, "And then?")
    talk.all_came_once(BEA, "No ink")
    talk.was_told("somebody has to sign in", what_to_do="casebot mail login support@acme.com")


def test_the_triage_channel_reads_that_a_sign_in_ended_and_that_it_works_again(
    there: Cloud, reader: Follower
) -> None:
    with Server(cast.build()) as slack:
        triage = slack.workspace.channel("triage").messages
        steps = section(PAGE, PERSON)
        reader.follow(steps[:2])
        with (reader.folder / "config.toml").open("a") as config:
            config.write(slack.workspace.app.section(slack.url, mode="socket"))
        reader.follow(steps[2:-2])
        there.take_back()
        assert until(lambda: reads(triage, "casebot is not signed in as"), SECONDS), reader.log()
        [told] = reads(triage, "casebot is not signed in as")
        assert f"Sign in again: casebot mail login {SUPPORT}" in told
        reader.follow(section(PAGE, ENDED)[-2:])
        assert until(lambda: reads(triage, "casebot is signed in as"), SECONDS), reader.log()


def reads(channel: dict[str, Message], words: str) -> list[str]:
    """The messages of a channel that say this."""
    return [said(message) for message in list(channel.values()) if words in said(message)]


def test_an_application_signs_in_and_its_secret_ends(there: Cloud, reader: Follower) -> None:
    there.tenant.secret = "the secret's value"
    talk = Correspondence(there)
    reader.follow(section(PAGE, APPLICATION))
    talk.opens(ANA, "Printer on fire")
    talk.answered_by_mail(BOB, ANA, "Printer on fire", "Please try water.")
    there.tenant.secret = "another one"
    there.take_back()
    talk.comes_meanwhile(BEA, "No ink")
    reader.type("casebot mail status")
    reader.follow(section(PAGE, SECRET_ENDED))
    config = reader.folder / "config.toml"
    config.write_text(config.read_text().replace("the secret's value", "another one"))
    reader.type("casebot run")
    talk.all_came_once(BEA, "No ink")
    talk.one(BOB, "Mail to support@acme.com works again")
