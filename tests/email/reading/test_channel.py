"""Mail as a channel: what it opens, what it finds wrong, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from bot.channel.protocols import Mailbox
from channels.email import open_channel
from tests.support.houses.doors import Shelf, house
from tests.support.houses.dovecot import USER

ACCOUNT = {"host": "localhost", "port": 1, "tls": "off", "user": USER, "password": "s3cret"}


def test_there_is_a_room_for_each_door_in(tmp_path: Path) -> None:
    told = house(Shelf(), lmtp="127.0.0.1:0", relay=f"maildir:{tmp_path}")
    read = Mailbox("read@example.com", "Read", settings={"imap": ACCOUNT})
    channel = open_channel(replace(told, mailboxes=(*told.mailboxes, read)))
    assert [room.name for room in channel.workers] == ["smtp", "lmtp", "imap read@example.com"]
    channel.close()


def test_a_door_that_is_switched_off_has_no_room(tmp_path: Path) -> None:
    channel = open_channel(house(Shelf(), listen="", relay=f"maildir:{tmp_path}"))
    assert list(channel.workers) == []
    channel.close()


def test_each_problem_is_a_sentence_with_its_key(tmp_path: Path) -> None:
    told = house(Shelf(), relay="smtp://localhost:1", certificate=f"{tmp_path}/none.pem")
    read = Mailbox("read@example.com", "Read", settings={"imap": ACCOUNT})
    channel = open_channel(replace(told, mailboxes=(read,)))
    certificate, relay, imap = channel.problems()
    assert certificate == f"email.certificate: cannot use {tmp_path}/none.pem (No such file or directory)."
    assert relay == "email.relay: cannot reach localhost:1 (Connection refused)."
    assert imap.startswith("[[mailbox]] read@example.com: imap.host: no connection to localhost:1")
    channel.close()


def test_nothing_is_wrong_with_the_defaults(tmp_path: Path) -> None:
    channel = open_channel(house(Shelf(), relay=f"maildir:{tmp_path}/outgoing"))
    assert list(channel.problems()) == []
    channel.close()


def test_importing_the_settings_loads_no_mail_library() -> None:
    heavy = "{'aiosmtpd', 'imapclient', 'smtplib', 'asyncio'}"
    program = f"import sys, channels.email; print({heavy} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "set()"
