"""One reader for each mailbox: of several processes one has it, and another takes over when that one is gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.runtime.group_commit import Writer
from bot.workers import sole_holders
from bot.workers.sole_holders import SoleHolders
from store import sole_holder
from store.engine.database import Database
from tests.support.houses.dovecot import MAILBOX, USER, Dovecot, new_folder
from tests.support.houses.house import House, until


@contextmanager
def process(url: str) -> Iterator[SoleHolders]:
    """What one process has of it; its renewals are made where a test has it ``run``."""
    with closing(Database(url)) as database:
        writer = Writer(database)
        thread = threading.Thread(target=writer.run)
        thread.start()
        yield SoleHolders(writer, now=lambda: datetime.now(UTC))
        writer.leave()
        thread.join()


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease is a second."""
    monkeypatch.setattr(sole_holder, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(sole_holders, "EVERY", 0.2)
    monkeypatch.setattr(sole_holders, "SURE", 0.7)


def unheard() -> None:
    raise AssertionError("it was not lost")


def test_one_holds_it_until_it_is_given_back(shared: str) -> None:
    with process(shared) as one, process(shared) as other:
        assert one.take("imap a", unheard)
        assert one.take("imap a", unheard)
        assert (other.take("imap a", unheard), other.holds("imap a")) == (False, False)
        assert other.take("imap b", unheard)
        assert one.holds("imap a")
        one.release("imap a")
        assert not one.holds("imap a")
        assert other.take("imap a", unheard)


def test_of_two_that_ask_at_once_one_has_it(shared: str) -> None:
    with process(shared) as one, process(shared) as other:
        for name in map(str, range(10)):
            both = threading.Barrier(2)
            has: list[bool] = []

            def ask(holders: SoleHolders, name: str = name, both: threading.Barrier = both) -> None:
                both.wait()
                has.append(holders.take(name, unheard))  # noqa: B023

            threads = [threading.Thread(target=ask, args=(holders,)) for holders in (one, other)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert sorted(has) == [False, True]


def test_who_is_dead_is_followed_once_the_lease_is_over(shared: str, short: None) -> None:
    with process(shared) as dead, process(shared) as other:
        assert dead.take("imap a", unheard)
        assert not other.take("imap a", unheard)
        assert until(lambda: other.take("imap a", unheard))


def test_who_paused_for_long_hears_that_it_is_another_s(shared: str, short: None) -> None:
    lost = threading.Event()
    with process(shared) as paused, process(shared) as other:
        assert paused.take("imap a", lost.set)
        time.sleep(1.1)
        assert not paused.holds("imap a")
        assert other.take("imap a", unheard)
        thread = threading.Thread(target=paused.run)
        thread.start()
        assert lost.wait(60)
        paused.leave()
        thread.join()
        assert not paused.take("imap a", lost.set)


def test_who_goes_on_renewing_keeps_it(shared: str, short: None) -> None:
    with process(shared) as one, process(shared) as other:
        assert one.take("imap a", unheard)
        thread = threading.Thread(target=one.run)
        thread.start()
        for _ in range(20):
            time.sleep(0.1)
            assert one.holds("imap a")
            assert not other.take("imap a", unheard)
        one.leave()
        thread.join()


def mail(number: int) -> bytes:
    who = f"ana@customer{number}.example"
    head = f"From: {who}\r\nTo: {USER}\r\nSubject: trouble {number}\r\nMessage-ID: <{number}.{who}>"
    return f"{head}\r\n\r\nPlease look at {number}.\r\n".encode()


def connected(house: House) -> bool:
    return bool(getattr(house.app.doors["email"], "connections")().get(USER))  # noqa: B009 - a Channel may lack it


@pytest.mark.slow
def test_two_desks_read_a_mailbox_one_after_the_other_and_each_mail_once(shared: str, tmp_path: Path) -> None:
    with Dovecot(new_folder()) as server, ExitStack() as stack:
        more = MAILBOX.format(port=server.port)
        first = stack.enter_context(ExitStack())
        one = first.enter_context(House(shared, tmp_path / "one", more=more))
        assert until(lambda: connected(one))
        other = stack.enter_context(House(shared, tmp_path / "other", more=more))
        server.deliver(*map(mail, range(5)))
        assert until(lambda: server.count("Processed") == 5)
        assert not connected(other)
        first.close()
        server.deliver(*map(mail, range(5, 10)))
        assert until(lambda: server.count("Processed") == 10)
        assert connected(other)
        assert len(other.cases()) == 10
