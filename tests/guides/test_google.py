"""docs/google.md, followed to the letter against a stand-in of Google Workspace."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.guides.cloud import GOOGLE, Cloud, cloud
from tests.support.guides.follower import Follower
from tests.support.guides.host import mail_host
from tests.support.guides.page import section, titles
from tests.support.guides.story import ANA, BEA, BOB, Correspondence

PAGE = "google.md"
PERSON, SERVICE_ACCOUNT, APP_PASSWORD = "A person signs in", "A service account signs in", "An app password"
ENDED, TAKEN_AWAY = "When a sign-in ends", "When the delegation is taken away"


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Cloud]:
    with cloud(GOOGLE, tmp_path) as there:
        yield there


@pytest.fixture
def reader(there: Cloud, tmp_path: Path) -> Iterator[Follower]:
    with there.reader(tmp_path / "desk") as reader:
        yield reader


def test_every_block_is_followed_by_one_of_these() -> None:
    assert titles(PAGE) == {PERSON, SERVICE_ACCOUNT, APP_PASSWORD, ENDED, TAKEN_AWAY}


def test_a_person_signs_in_and_mends_what_is_revoked(there: Cloud, reader: Follower) -> None:
    talk = Correspondence(there)
    talk.goes_both_ways(reader, section(PAGE, PERSON))
    there.take_back()
    talk.comes_meanwhile(BEA, "No ink")
    reader.type(f'casebot case reply 1 "And then?" --as {BOB}')
    talk.everybody_waits(reader)
    reader.follow(section(PAGE, ENDED))
    talk.has_answer(ANA, "And then?")
    talk.all_came_once(BEA, "No ink")
    talk.was_told("somebody has to sign in", what_to_do="casebot mail login support@acme.com")


def test_a_service_account_speaks_until_its_delegation_is_taken_away(there: Cloud, reader: Follower) -> None:
    key_of_the_console(reader.folder / "acme-desk-1234.json")
    talk = Correspondence(there)
    reader.follow(section(PAGE, SERVICE_ACCOUNT))
    talk.opens(ANA, "Printer on fire")
    talk.answered_by_mail(BOB, ANA, "Printer on fire", "Please try water.")
    there.tenant.error = "unauthorized_client"
    there.take_back()
    talk.comes_meanwhile(BEA, "No ink")
    reader.type("casebot mail status")
    reader.follow(section(PAGE, TAKEN_AWAY))
    there.tenant.error = ""
    reader.type("casebot run")
    talk.all_came_once(BEA, "No ink")


def test_an_app_password_opens_the_desk(tmp_path: Path) -> None:
    with (
        mail_host(GOOGLE, tmp_path, password="abcdabcdabcdabcd") as there,
        Follower(tmp_path / "desk", there.environment, called=there.called) as reader,
    ):
        reader.names = there.here
        talk = Correspondence(there)
        reader.follow(section(PAGE, APP_PASSWORD))
        talk.opens(ANA, "Printer on fire")
        talk.answered_by_mail(BOB, ANA, "Printer on fire", "Please try water.")


def key_of_the_console(file: Path) -> None:
    """The file that Google's console hands out once."""
    key = subprocess.run(["openssl", "genrsa", "2048"], check=True, capture_output=True, text=True).stdout
    account = {
        "type": "service_account",
        "client_email": "casebot@acme.iam.gserviceaccount.com",
        "client_id": "1234567890",
        "private_key": key,
        "private_key_id": "1",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    file.write_text(json.dumps(account))
