"""What every mail of ours carries, whichever notice it is: what machines need to know it by, and one reader only."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from bot.commands.case import Open, Reply
from bot.notices.catalogue import NOTICES
from bot.notices.conversation import Answer
from bot.notify.notification import Notification
from channels.email.outbound.compose import LOOP
from store.cases import case as cases
from store.people import person as people
from store.queues.outbox import Outgoing
from tests.support.data.facts import CASE, OF_NO_CASE, SAID
from tests.support.houses.desk import TestDesk
from tests.support.setup import databases

ANA, SAM = "ana@acme.example", "sam@desk.example"
PERSONS_WORDS = {"passed on", "answer", "information needed"}
"""The notices that are somebody's own words."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> TestDesk:
    """Ana has a case."""
    folder: Path = tmp_path_factory.mktemp("outgoing")
    with TestDesk(databases.sqlite(folder), folder) as desk:
        desk.ask(ANA, Open("No delivery", "It stopped."))
        yield desk


def told(desk: TestDesk, notice: str) -> tuple[Outgoing, EmailMessage, int]:
    """The notice as it is put into the outbox for whom it is meant, as a mail, and that person's id."""
    kind = NOTICES[notice]
    app = desk.app
    with app.database.writing() as tx:
        to = people.find(tx, "email", SAM if kind.audience == "staff" else ANA)
        assert to
        one = kind(**kind.example())
        (row,) = app.composer.post(tx, Notification(one, to, cases.get(tx, 1), datetime.now(UTC), shown=CASE))
    mail = message_from_bytes(row.payload, policy=default)
    assert isinstance(mail, EmailMessage)
    return row, mail, to.id


@pytest.mark.parametrize(
    ("channel", "address"), [("slack", "t1/u5"), ("email", "ana, from a mail without an address")]
)
def test_nothing_is_written_to_whom_no_open_channel_reaches(
    desk: TestDesk, channel: str, address: str
) -> None:
    now = datetime.now(UTC)
    with desk.app.database.writing() as tx:
        to = people.meet(tx, channel, address, now=now)
        answer = Answer(entry=SAID)
        assert desk.app.composer.post(tx, Notification(answer, to, cases.get(tx, 1), now, shown=CASE)) == []


@pytest.mark.parametrize("notice", NOTICES)
def test_a_machine_can_tell_what_nobody_wrote_from_what_a_person_did(desk: TestDesk, notice: str) -> None:
    _, mail, _ = told(desk, notice)
    says_so = (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"])
    assert says_so == ((None, None) if notice in PERSONS_WORDS else ("auto-replied", "All"))
    assert mail["Precedence"] is None
    assert mail[LOOP] == "example.com"


@pytest.mark.parametrize("notice", [name for name in NOTICES if name not in OF_NO_CASE])
def test_each_mail_has_one_reader_and_addresses_that_are_signed_for_it(desk: TestDesk, notice: str) -> None:
    row, mail, person = told(desk, notice)
    links = desk.app.composer.links
    assert [address.addr_spec for address in mail["To"].addresses] == [row.recipient]
    assert mail["Cc"] is mail["Bcc"] is None
    assert links.read_message_id(mail["Message-ID"]) == (1, row.id)
    assert links.read_bounce_tag(tag(row.bounce_to)) == row.id
    token = links.read_reply_token(tag(mail["Reply-To"].addresses[0].addr_spec), now=datetime.now(UTC))
    assert token
    assert (token.case, token.person, token.audience) == (1, person, "public")
    assert "[CS-000" in mail["Subject"] or notice in ("transcript", "board exposed")


def tag(address: str) -> str:
    return address.partition("+")[2].partition("@")[0]


def test_a_long_thread_is_named_by_its_first_four_and_its_last_six(desk: TestDesk) -> None:
    desk.mails()
    for number in range(8):
        desk.ask(ANA, Reply(1, f"Question {number}?"))
        desk.ask(SAM, Reply(1, f"Answer {number}."))
    mails = desk.mails(ANA)
    ids = [mail["Message-ID"] for mail in mails]
    named = mails[-1]["References"].split()
    assert len(named) == 10
    assert named[-1] == mails[-1]["In-Reply-To"]
    assert named[:4] == mails[-2]["References"].split()[:4]
    assert ids[-2] in named
    assert ids[3] not in named
