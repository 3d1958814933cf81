"""A mail to ourselves goes the whole way: what does not come back is told, and nobody can pretend that it did."""

from __future__ import annotations

import json
import socket
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.policy import canary_state
from bot.policy.canary_state import CanaryState, MissingCanaries
from bot.queries.lists import ListOutbox
from rehearsal.ports import free_port
from store.engine.database import Database
from tests.support.houses.console import in_an_empty_folder, said, staffed, told
from tests.support.houses.dovecot import PASSWORD, USER, Dovecot, new_folder
from tests.support.houses.house import House, until
from tests.support.mail.sink import Sink
from tests.support.mail.talk import Taken
from tests.support.setup import databases

MAILBOX = """
[[mailbox]]
address = "support@example.com"
authserv_id = "mx.example.com"
canary = "1h"
"""
IMAP = f"""
[mailbox.imap]
host = "127.0.0.1"
port = {{port}}
user = "{USER}"
password = "{PASSWORD}"
tls = "off"
"""


class World:
    """The house and its relay, which brings mail for the desk to a door of it, unless it swallows it."""

    def __init__(self, deliver: Callable[[bytes, str], None] | None = None) -> None:
        self.house: House
        self.swallows = False
        self.canaries: list[tuple[bytes, str]] = []
        """Each with its address."""
        self.mails: list[Taken] = []
        self._deliver = deliver or self._submit

    def took(self, taken: Taken) -> None:
        (recipient,) = taken.recipients
        if not recipient.startswith("support"):
            self.mails.append(taken)
        elif not self.swallows:
            self._deliver(taken.raw, recipient)
        if recipient.startswith("support"):
            self.canaries.append((taken.raw, recipient))

    def _submit(self, raw: bytes, recipient: str) -> None:
        until(self.house._listening)
        self.house.submit(raw, recipient, "support@example.com")

    def later(self, **time: int) -> None:
        now = self.house.app.desk.now()
        offset = now - datetime.now(UTC) + timedelta(**time)
        self.house.app.desk.clock.read = lambda: datetime.now(UTC) + offset

    def state(self) -> CanaryState:
        with self.house.app.database.reading() as tx:
            return canary_state.read(tx, "support@example.com")

    def back(self, count: int = 1) -> bool:
        """Have so many come back, and is none away?"""
        return bool(
            until(lambda: len(self.canaries) == count and self.state().returned and not self.state().away)
        )

    def subjects(self, count: int) -> list[str]:
        """What the desk was told, once so many mails have left."""
        until(lambda: len(self.mails) >= count)
        self.house.settled()
        return sorted(f"{taken.recipients[0]}: {_subject(taken.raw)}" for taken in self.mails)


def _subject(raw: bytes) -> str:
    return next(line for line in raw.decode().splitlines() if line.startswith("Subject: "))[9:]


@contextmanager
def world(
    url: str,
    folder: Path,
    deliver: Any = None,
    *,
    more: str = MAILBOX,
    swallows: bool = False,
    **settings: Any,
) -> Iterator[World]:
    made = World(deliver)
    made.swallows = swallows
    with Sink(took=made.took) as sink:
        made.house = House(url, folder, more=more, relay=sink.url, **settings)
        with made.house:
            yield made


def test_a_canary_goes_out_and_comes_back_by_the_listener(url: str, tmp_path: Path) -> None:
    with world(url, tmp_path) as at:
        assert at.back(1)
        (line,) = at.house.inbox()
        assert (line.outcome, line.reason, line.case) == ("aside", "a canary of ours, come back", "")
        assert at.house.cases() == []
        at.later(minutes=59)
        at.house.settled()
        assert len(at.canaries) == 1
        at.later(minutes=1)
        assert at.back(2)
        assert at.canaries[0][1] != at.canaries[1][1]
        assert at.mails == []


def test_an_address_may_be_as_long_as_mail_allows(url: str) -> None:
    database, address = Database(url), f"support@{'long.' * 48}example"
    with database.writing() as tx:
        canary_state.hasten(tx, address)
        assert canary_state.read(tx, address).sent is None
    database.close()


@pytest.mark.slow
def test_a_canary_comes_back_through_imap(tmp_path: Path) -> None:
    with Dovecot(new_folder()) as server:
        more = MAILBOX + IMAP.format(port=server.port)
        with world(
            databases.sqlite(tmp_path), tmp_path, lambda raw, to: server.deliver(raw), more=more
        ) as at:
            assert at.back(1)
            assert until(lambda: server.count("Processed") == 1)
            assert at.house.cases() == []


def test_a_mailbox_that_swallows_is_told_once_and_once_when_it_is_heard_again(
    url: str, tmp_path: Path
) -> None:
    with world(url, tmp_path, swallows=True) as at:
        until(lambda: at.canaries)
        at.later(minutes=14)
        assert at.subjects(0) == []
        at.later(minutes=2)
        silent = "Mail to support@example.com does not come back"
        assert at.subjects(2) == [f"max@desk.example: {silent}", f"sam@desk.example: {silent}"]
        assert b"within 15 minutes" in at.mails[0].raw
        at.later(hours=3)
        until(lambda: len(at.canaries) == 2)
        at.later(minutes=30)  # still the same outage
        assert len(at.subjects(2)) == 2
        at.swallows = False
        at.later(hours=1)
        again = "Mail to support@example.com comes back again"
        assert at.subjects(4)[0::2] == [f"max@desk.example: {again}", f"sam@desk.example: {again}"]
        assert at.house.cases() == []


def test_a_house_that_comes_back_neither_cries_at_once_nor_gives_the_all_clear(
    url: str, tmp_path: Path
) -> None:
    with world(url, tmp_path, swallows=True) as at:
        until(lambda: at.canaries)
        at.later(minutes=20)
        at.subjects(2)
    with world(url, tmp_path, swallows=True) as at:  # it is told already, and nothing has come
        at.later(minutes=20)
        at.house.settled()
        assert at.state().silent
        assert at.mails == []
    with world(url, tmp_path) as at:
        at.later(hours=2)
        assert len(at.subjects(2)) == 2
        assert not at.state().silent


def test_two_houses_on_one_store_send_one_canary_an_hour(url: str, tmp_path: Path) -> None:
    with world(url, tmp_path) as at:
        folder = tmp_path / "other"
        folder.mkdir()
        with House(url, folder, more=MAILBOX, relay=at.house.app.config.channels["email"].relay) as other:  # type: ignore[attr-defined]
            for hour in range(1, 7):
                assert at.back(hour)
                at.later(hours=1)
                other.app.desk.clock.read = at.house.app.desk.now
            assert at.back(7)
            assert at.mails == []


def test_a_forged_canary_does_nothing(url: str, tmp_path: Path) -> None:
    with world(url, tmp_path, swallows=True) as at:
        until(lambda: at.canaries)
        ((raw, to),) = at.canaries
        token = to.partition("+")[2].partition("@")[0]
        for forged in (
            f"c-{'a' * 34}",
            token[:-2] + ("a" if token[-2] != "a" else "b") + token[-1],
            f"b-{token[2:]}",
        ):
            address = f"support+{forged}@example.com"
            at.house.submit(raw.replace(to.encode(), address.encode()), address)
        at.house.settled()
        assert len(at.state().away) == 1
        assert not at.state().returned
        assert at.house.ask(MissingCanaries(at.house.app.config)) == ()


def test_a_canary_that_is_sent_again_counts_once(url: str, tmp_path: Path) -> None:
    with world(url, tmp_path) as at:
        assert at.back(1)
        at.swallows = True
        at.later(hours=1)
        until(lambda: len(at.canaries) == 2)
        raw, to = at.canaries[0]
        at.house.submit(raw + b"again\r\n", to)
        at.house.settled()
        assert len(at.state().away) == 1
        reasons = {line.reason for line in at.house.inbox()}
        assert reasons == {"a canary of ours, come back", "a canary of ours, which nobody waits for any more"}


def test_monitoring_sees_how_old_the_last_canary_is(tmp_path: Path) -> None:
    url, port = databases.sqlite(tmp_path), free_port()
    with world(url, tmp_path, swallows=True, config=_with_web(port)) as at:
        until(lambda: at.canaries and _open(port))
        assert _got(port, "readyz")["silent_mailboxes"] == []
        at.later(minutes=20)
        assert until(lambda: _got(port, "readyz")["silent_mailboxes"] == ["support@example.com"])
        assert not [why for why in _got(port, "readyz")["wrong"] if "support@" in why], "a person's matter"
        assert until(lambda: _age(port) >= 1200)


def _with_web(port: int) -> str:
    from tests.support.houses.desk import CONFIG

    return CONFIG.replace('[web]\nlisten = ""', f'[web]\nlisten = ""\nmonitor = "127.0.0.1:{port}"')


def _open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _got(port: int, page: str) -> Any:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=60) as answer:
            text = answer.read().decode()
    except (
        urllib.error.HTTPError
    ) as error:  # these twenty minutes have passed at the desk alone, and /readyz says so
        text = error.read().decode()
    return json.loads(text) if page == "readyz" else text


def _age(port: int) -> float:
    name = 'casebot_canary_age_seconds{mailbox="support@example.com"} '
    return float(
        next(line[len(name) :] for line in _got(port, "metrics").splitlines() if line.startswith(name))
    )


def test_without_canaries_none_is_sent(house: House) -> None:
    house.send("ana@acme.example", "support@example.com", "One", "Hello")
    house.mails("ana@")
    assert "canary" not in {line.notice for line in house.ask(ListOutbox(limit=100))}


@pytest.mark.usefixtures(in_an_empty_folder.__name__)
def test_check_names_what_no_canary_can_do() -> None:
    staffed()
    text = Path("config.toml").read_text()
    assert "canary" not in said("check")
    Path("config.toml").write_text(text.replace("[[mailbox]]", '[[mailbox]]\ncanary = "1h"'))
    assert "no canary can come back" in said("check")
    Path("config.toml").write_text(text.replace("[[mailbox]]", '[[mailbox]]\ncanary = "often"'))
    assert "must be a time as 15m, 1h or 1h30m" in told("check", code=78)
