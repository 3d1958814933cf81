"""A channel that is neither mail nor Slack: what is told there follows from what it says of itself."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.channel.capabilities import Traits
from bot.channel.outbound import Parcel, Posting, Stands
from bot.channel.protocols import Anchor, Context, Inbound, Letter, Unreadable, Worker
from bot.commands.case import Open
from bot.model.identity import Identity, Proof
from bot.model.message import Said
from bot.model.request import Request
from tests.support.houses.desk import TestDesk, text_of
from tests.support.setup import databases

SITE = "https://support.example.com"


class Pager:
    """A channel of its own kind; its bytes are the plain words of what is told."""

    name = "pager"
    workers: Sequence[Worker] = ()

    def __init__(self, traits: Traits) -> None:
        self.traits = traits

    def problems(self) -> Sequence[str]:
        return ()

    def close(self) -> None:
        """Nothing is open."""

    def anchors(self, letter: Letter) -> tuple[Anchor, ...]:
        return ()

    def read(self, letters: Sequence[Letter], contexts: Sequence[Context]) -> list[Inbound | Unreadable]:
        return [Unreadable("nothing comes in here") for _ in letters]

    def compose(self, posting: Posting) -> bytes:
        return posting.words.text.encode()

    def deliver(self, parcel: Parcel) -> Stands | None:
        return None


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[TestDesk]:
    with TestDesk(databases.sqlite(tmp_path), tmp_path) as standing:
        standing.desk.pages.begin_with(SITE)
        yield standing


_keys = itertools.count(1)


def ask(desk: TestDesk, who: Identity, *commands: Any) -> None:
    desk.desk.handle(
        Request(
            source=who.channel,
            key=f"p{next(_keys)}",
            asker=who,
            proof=Proof.LINKED,
            commands=commands,
            at=datetime.now(UTC),
            said=Said(),
            mailbox="support@example.com",
        )
    )


def paged(desk: TestDesk) -> list[str]:
    """What was told by pager since the last look."""
    rows = [row for row in desk.rows if row.channel == "pager"]
    desk.rows = [row for row in desk.rows if row.channel != "pager"]
    return [row.payload.decode() for row in rows]


PIA = Identity("pager", "p1", "Pia")


def test_where_an_address_may_be_read_by_others_no_link_speaks_for_its_person(desk: TestDesk) -> None:
    desk.app.channels["pager"] = Pager(Traits())
    ask(desk, PIA, Open("No delivery", "Since noon."))
    (told,) = paged(desk)
    assert "CS-000001" in told
    assert SITE not in told
    assert "support+" not in told


def test_where_it_is_read_by_its_person_alone_the_links_are_told(desk: TestDesk) -> None:
    desk.app.channels["pager"] = Pager(Traits(private=True))
    ask(desk, PIA, Open("No delivery", "Since noon."))
    (told,) = paged(desk)
    assert f"{SITE}/case/" in told
    assert f"{SITE}/my/" in told
    desk.ask("ana@acme.example", Open("No delivery", "Since noon."))
    (mail,) = desk.mails("ana@acme.example")
    assert f"{SITE}/case/" in text_of(mail)


def test_a_channel_that_is_not_open_is_trusted_with_nothing(desk: TestDesk) -> None:
    ask(desk, PIA, Open("No delivery", "Since noon."))
    assert paged(desk) == []
    assert desk.case().line.requester == "Pia"
