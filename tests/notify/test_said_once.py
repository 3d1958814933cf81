"""A notice is said once: who read it alike get the same mail, but for what is their own; it is stored once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.channel.protocols import line_hash
from bot.commands.case import Open
from bot.model.facts import CaseFacts
from bot.notices.case import CaseOpened
from bot.notices.catalogue import NOTICES
from bot.notify import rendition
from bot.notify.notification import Notification
from bot.notify.rendition import Renditions
from store.cases import case as cases
from store.engine.transaction import Transaction
from store.people import person as people
from store.people.person import Person
from store.queues import claim, outbox, outbox_body
from store.queues.outbox import DeliveryOutcome, Outgoing, outgoing
from store.queues.outbox_body import outgoing_body
from tests.support.data.facts import CASE, hostile
from tests.support.houses.desk import TestDesk
from tests.support.setup import databases

ANA, SAM, MAX = "ana@acme.example", "sam@desk.example", "max@desk.example"
PAGE = "https://support.example.com"
NAMES = ("Ana Ferrer", "Zoë <b>O’Neil</b> & Søn", "田中 美咲", "ACME GmbH", "x" * 400, "")
SHOWN = replace(CASE, url=f"{PAGE}/case/WzEsMV0.abc-_1", upload_url=f"{PAGE}/upload/WzEsMV0.abc-_2")


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Iterator[TestDesk]:
    with TestDesk(url, tmp_path) as desk:
        desk.app.composer.links.base_url = PAGE
        desk.ask(ANA, Open("No delivery", "It stopped."))
        yield desk


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDesk]:
    folder = tmp_path_factory.mktemp("once")
    with TestDesk(databases.sqlite(folder), folder) as desk:
        desk.app.composer.links.base_url = PAGE
        desk.app.composer.links.clock = lambda: datetime(2026, 11, 5, tzinfo=UTC)
        desk.ask(ANA, Open("No delivery", "It stopped."))
        yield desk


def post(
    desk: TestDesk, tx: Transaction, notice: Any, to: Person, shown: CaseFacts | None = SHOWN
) -> Outgoing:
    about = Notification(
        notice, to, cases.get(tx, 1), datetime.now(UTC), shown=shown, as_it_came=f"{PAGE}/mail/W.1"
    )
    (row,) = desk.app.composer.post(tx, replace(about, fresh=True, alike=True))
    return row


def parts(payload: bytes) -> tuple[str, str]:
    """The text and the HTML of a mail."""
    mail = message_from_bytes(payload, policy=default)
    assert isinstance(mail, EmailMessage)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text
    assert html
    return text.get_content(), html.get_content()


@pytest.mark.parametrize("language", ["en", "de", "ja"])
@pytest.mark.parametrize("name", NOTICES)
def test_each_reader_gets_what_they_would_alone(
    one: TestDesk, name: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the words of somebody who means ill, and names of all kinds."""
    kind = NOTICES[name]
    notice = hostile(kind(**kind.example()))
    database = one.app.database
    with database.writing() as tx:
        found = people.find(tx, "email", SAM if kind.audience == "staff" else ANA)
        assert found
        readers = [replace(found, name=reader, language=language) for reader in NAMES]
        together = [post(one, tx, notice, reader) for reader in readers]
    monkeypatch.setattr(rendition, "merges", lambda _: False)
    monkeypatch.setattr("bot.notify.compose.merges", lambda _: False)
    alone = []
    for reader in readers:
        with database.writing() as tx:
            alone.append(post(one, tx, notice, reader))
    for row, by_itself in zip(together, alone, strict=True):
        assert row.payload
        assert by_itself.payload
        assert parts(own_links(row)) == parts(own_links(by_itself))
        assert max(map(len, row.payload.split(b"\r\n"))) <= 998
        assert row.payload.count(b"\n") == row.payload.count(b"\r\n") == row.payload.count(b"\r")


def own_links(row: Outgoing) -> bytes:
    """A mail without what is signed anew each time: its id, and the addresses that answer it."""
    assert row.payload
    mail = message_from_bytes(row.payload, policy=default)
    own = mail["Message-ID"].strip("<>").partition("@")[0]
    return row.payload.replace(own.encode(), b"the id")


def bodies(desk: TestDesk) -> int:
    with desk.app.database.reading() as tx:
        return int(tx.value(select(func.count()).select_from(outgoing_body)))


def test_two_specialists_share_what_they_are_told(desk: TestDesk) -> None:
    before = bodies(desk)
    with desk.app.database.writing() as tx:
        notice = CaseOpened(**CaseOpened.example())
        rows = [post(desk, tx, notice, staff(tx, address)) for address in (SAM, MAX)]
        kept: Renditions = tx.once("renditions", Renditions)
        assert len(kept._made) == 1
    assert bodies(desk) == before + 1
    with desk.app.database.reading() as tx:
        assert [outbox_body.bytes_of(tx, row.id) for row in rows] == [row.payload for row in rows]
    first, second = (parts(row.payload or b"") for row in rows)
    assert first != second, "each has an address of their own for notes"
    assert [text.partition("internal note")[0] for text, _ in (first, second)] == [
        first[0].partition("internal note")[0]
    ] * 2


def staff(tx: Transaction, address: str) -> Person:
    person = people.find(tx, "email", address)
    assert person
    return person


def test_words_that_only_its_html_has_are_known_again(desk: TestDesk) -> None:
    with desk.app.database.writing() as tx:
        row = post(desk, tx, CaseOpened(**CaseOpened.example()), staff(tx, SAM))
        lines = tx.value(select(outgoing.c.lines).where(outgoing.c.id == row.id))
    assert line_hash("New case, Critical, from Ana Lima <ana@acme.example>.", own=False) in lines


def test_whoever_tries_again_sends_the_same_bytes(desk: TestDesk) -> None:
    frozen = {row.id: row.payload for row in desk.rows}
    assert len(frozen) >= 2
    later = datetime.now(UTC) + timedelta(hours=1)
    with desk.app.database.writing() as tx:
        again = claim.deliveries(tx, now=later, until=later + timedelta(hours=1), most=50)
    assert {row.id: row.payload for row in again} == frozen


def test_a_copy_goes_five_days_after_it_was_sent_and_stays_for_whoever_has_not_got_it(desk: TestDesk) -> None:
    with desk.app.database.writing() as tx:
        notice = CaseOpened(**CaseOpened.example())
        sent, dead = [post(desk, tx, notice, staff(tx, address)) for address in (SAM, MAX)]
    at = datetime.now(UTC)
    others = [DeliveryOutcome(row, "sent", "", at) for row in desk.rows]
    with desk.app.database.writing() as tx:
        settled = [DeliveryOutcome(sent, "sent", "", at), DeliveryOutcome(dead, "dead", "no", at), *others]
        assert outbox.settle(tx, settled) == len(settled)
    desk.desk.clock.read = lambda: at + timedelta(days=4)
    run_down(desk)
    assert bytes_of(desk, sent) == sent.payload
    desk.desk.clock.read = lambda: at + timedelta(days=6)
    run_down(desk)
    assert bytes_of(desk, sent) == b""
    assert bytes_of(desk, dead) == dead.payload
    assert bodies(desk) == 1, "the one that somebody has not got"
    with desk.app.database.reading() as tx:
        assert tx.value(select(outgoing.c.lines).where(outgoing.c.id == sent.id)), (
            "quotations are known still"
        )


def run_down(desk: TestDesk) -> None:
    while desk.app.retention.look():
        pass
    desk.app.retention._next = None


def bytes_of(desk: TestDesk, row: Outgoing) -> bytes:
    with desk.app.database.reading() as tx:
        return outbox_body.bytes_of(tx, row.id)
