"""The IMAP door against a real Dovecot: every mail once, and only after it is kept."""

from __future__ import annotations

import math
import shutil
import socket
import threading
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.model.errors import Busy, NoRoom
from channels.email.imap_in.client import ImapFolder
from channels.email.imap_in.worker import FolderLook
from tests.support.houses.doors import Shelf, attended, looks_counted, room, wait_until
from tests.support.houses.dovecot import MAILBOX, USER, Dovecot, mail
from tests.support.houses.house import House
from tests.support.setup import databases

slow = pytest.mark.slow


@slow
def test_it_works(server: Dovecot, shelf: Shelf) -> None:
    server.deliver(mail(1))
    with attended(shelf, server.port):
        assert wait_until(lambda: server.count("Processed") == 1)
    [(_, raw, envelope)] = shelf.letters
    assert raw.endswith(mail(1))
    assert envelope == {
        "door": "imap",
        "peer": "",
        "helo": "",
        "mail_from": "ana@acme.com",
        "rcpt_tos": [],
        "mailbox": USER,
        "tls": "",
    }
    assert server.count() == 0


@slow
def test_news_is_noticed_without_a_poll(server: Dovecot, shelf: Shelf) -> None:
    with attended(shelf, server.port, poll=600):
        for number in range(5):
            server.deliver(mail(number))
            assert wait_until(lambda count=number + 1: len(shelf.letters) == count)
    assert server.count("Processed") == 5


@slow
def test_a_burst_arrives_whole_while_it_is_being_read(server: Dovecot, shelf: Shelf) -> None:
    with attended(shelf, server.port, poll=600):
        for start in range(0, 120, 10):
            server.deliver(*(mail(number) for number in range(start, start + 10)))
        assert wait_until(lambda: server.count("Processed") == 120)
    assert len(shelf.letters) == shelf.tries == 120


@slow
def test_mail_that_somebody_has_read_is_still_kept(server: Dovecot, shelf: Shelf) -> None:
    server.deliver(mail(1))
    with server.client() as somebody:
        somebody.select_folder("INBOX")
        somebody.add_flags([1], [b"\\Seen"])
    with attended(shelf, server.port):
        assert wait_until(lambda: len(shelf.letters) == 1)


@slow
def test_reading_marks_nothing_as_read(server: Dovecot, shelf: Shelf) -> None:
    server.deliver(mail(1))
    with attended(shelf, server.port):
        assert wait_until(lambda: server.count("Processed") == 1)
    with server.client() as somebody:
        somebody.select_folder("Processed")
        assert b"\\Seen" not in somebody.get_flags([1])[1]


@slow
def test_leaving_interrupts_the_wait_for_news(server: Dovecot, shelf: Shelf) -> None:
    attendant = room(shelf, server.port, poll=600)
    thread = threading.Thread(target=attendant.run)
    with looks_counted() as looks:
        thread.start()
        assert wait_until(lambda: len(looks) > 0), "there is nothing, so it waits for news"
    time.sleep(1)  # until it does
    attendant.leave()
    thread.join(60)
    assert not thread.is_alive()


@slow
@pytest.mark.parametrize("trouble", [Busy("behind"), NoRoom("full"), RuntimeError("database is locked")])
def test_mail_stays_in_its_folder_while_it_cannot_be_kept(
    server: Dovecot, shelf: Shelf, trouble: Exception
) -> None:
    shelf.trouble = trouble
    server.deliver(mail(1), mail(2))
    with attended(shelf, server.port) as attendant:
        assert wait_until(lambda: shelf.tries >= 2 and attendant._pause > 0)
        assert (server.count(), server.count("Processed")) == (2, 0)
        shelf.trouble = None
        assert wait_until(lambda: server.count("Processed") == 2)
    assert len(shelf.letters) == 2


@slow
def test_a_mail_that_there_is_no_room_for_holds_up_no_smaller_one(server: Dovecot, shelf: Shelf) -> None:
    shelf.room = 5_000
    server.deliver(mail(1, "x" * 15_000), mail(2), mail(3, "y" * 15_000), mail(4))
    with attended(shelf, server.port, poll=1) as attendant:
        assert wait_until(lambda: server.count("Processed") == 2)
        server.deliver(mail(5))
        assert wait_until(lambda: server.count("Processed") == 3)
        assert attendant._pause > 0
        shelf.room = 1 << 30
        assert wait_until(lambda: server.count("Processed") == 5)
    assert len(shelf.letters) == 5


@slow
def test_a_mail_larger_than_the_disk_has_room_for_is_not_even_fetched(
    server: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver(mail(1, "x" * (8 << 20)), mail(2))
    disk = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: disk._replace(free=14 << 20))
    account = MAILBOX.format(port=server.port)
    with (
        capture_logs() as lines,
        House(databases.sqlite(tmp_path), tmp_path, more=account, min_free=10 << 20),
    ):
        assert wait_until(lambda: server.count("Processed") == 1)
        assert wait_until(lambda: "no room" in [line.get("why") for line in lines])
    assert server.count() == 1
    assert {"event": "watching a mailbox", "mailbox": USER, "log_level": "info"} in lines
    assert "mail is refused for now, senders are asked to come back" not in [line["event"] for line in lines]


@slow
def test_mail_kept_but_not_moved_before_a_crash_is_only_moved(server: Dovecot, shelf: Shelf) -> None:
    server.deliver(mail(1))
    attendant = room(shelf, server.port)
    wake, bell = socket.socketpair()
    with wake, bell, ImapFolder(attendant._settings, tokens=None, wake=wake) as folder:
        attendant._kept_uids(folder.fetch(folder.uids()), FolderLook(math.inf))  # and here the power goes
    assert (len(shelf.letters), server.count()) == (1, 1)
    with attended(shelf, server.port):
        assert wait_until(lambda: server.count("Processed") == 1)
    assert len(shelf.letters) == 1


@slow
def test_the_same_mail_delivered_twice_is_moved_twice(server: Dovecot, shelf: Shelf) -> None:
    raw = b"Return-Path: <ana@acme.com>\r\n" + mail(1)
    with server.client() as somebody:
        for _ in range(2):
            somebody.append("INBOX", raw)
    with attended(shelf, server.port):
        assert wait_until(lambda: server.count("Processed") == 2)
    assert len(shelf.letters) == 1


@slow
def test_a_folder_made_anew_is_read_anew(server: Dovecot, shelf: Shelf) -> None:
    with server.client() as somebody:
        somebody.create_folder("Desk")
        somebody.append("Desk", mail(1))
    with attended(shelf, server.port, folder="Desk", poll=1):
        assert wait_until(lambda: len(shelf.letters) == 1)
    with server.client() as somebody:
        somebody.delete_folder("Desk")
        somebody.create_folder("Desk")
        somebody.append("Desk", mail(1))
        somebody.append("Desk", mail(2))
    with attended(shelf, server.port, folder="Desk", poll=1):
        assert wait_until(lambda: server.count("Processed") == 3)
    assert len(shelf.letters) == 2


@slow
def test_mail_that_is_too_large_is_left_and_mentioned_once(
    server: Dovecot, shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    server.deliver(mail(1, "x" * 30_000), mail(2))
    for _ in range(2):
        with looks_counted() as looks, attended(shelf, server.port, poll=1):
            assert wait_until(lambda: server.count("Processed") == 1 and len(looks) > 1)
    assert shelf.bodies() == [b"mail 2\r\n"]
    assert server.count() == 1
    assert capsys.readouterr().out.count("larger than email.max_size") == 1
