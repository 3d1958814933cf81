"""docs/any-imap.md, followed to the letter against a host that lets in by user and password."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.guides.follower import Follower
from tests.support.guides.host import ANY, MailHost, mail_host
from tests.support.guides.page import section, titles
from tests.support.guides.story import ANA, BEA, BOB, Correspondence

PAGE = "any-imap.md"
STEPS, REFUSED = "User and password", "When the password is refused"


@pytest.fixture
def there(tmp_path: Path) -> Iterator[MailHost]:
    with mail_host(ANY, tmp_path) as there:
        yield there


@pytest.fixture
def reader(there: MailHost, tmp_path: Path) -> Iterator[Follower]:
    with Follower(tmp_path / "desk", there.environment, called=there.called) as reader:
        reader.names = there.here
        yield reader


def test_every_block_is_followed_by_one_of_these() -> None:
    assert titles(PAGE) == {STEPS, REFUSED}


def test_a_password_opens_the_desk_and_a_new_one_mends_what_was_refused(
    there: MailHost, reader: Follower
) -> None:
    talk = Correspondence(there)
    talk.goes_both_ways(reader, section(PAGE, STEPS))
    there.change_password("another")
    talk.comes_meanwhile(BEA, "No ink")
    reader.type(f'casebot case reply 1 "And then?" --as {BOB}')
    talk.everybody_waits(reader, "smtp.acme.com:587 refuses the password")
    talk.everybody_waits(reader, "imap.acme.com refuses the password")
    reader.follow(section(PAGE, REFUSED))
    assert "sign-in refused" in reader.log()
    config = reader.folder / "config.toml"
    config.write_text(config.read_text().replace("s3cret", "another"))
    there.all_are_logged_in_anew()
    reader.type("casebot run")
    talk.has_answer(ANA, "And then?")
    talk.all_came_once(BEA, "No ink")
    talk.was_told("its password is refused", what_to_do="Set the right one")
