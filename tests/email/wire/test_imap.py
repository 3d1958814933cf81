"""What the IMAP door does without a server: tokens, settings and small things."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from channels.email.config.settings import Imap
from channels.email.config.sign_in import SignIn
from channels.email.imap_in.client import ImapFolder
from channels.email.imap_in.poison_messages import PoisonMessages
from channels.email.imap_in.worker import backoff, portions, return_path
from channels.email.sign_in.accounts import SignInAccounts
from channels.email.sign_in.passwords import PasswordLogin
from tests.support.houses.doors import Shelf, room
from tests.support.houses.dovecot import PASSWORD, USER
from tests.support.houses.provider import provider


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": ""}, "either password or sign_in"),
        ({"tls": "off", "host": "imap.example.com"}, "in the clear"),
        ({"port": 0}, "greater than or equal to 1"),
        ({"colour": "blue"}, "not permitted"),
        ({"user": ""}, "needs user"),
    ],
)
def test_a_wrong_imap_setting_is_named(change: dict[str, Any], words: str) -> None:
    table = {"host": "localhost", "user": USER, "password": PASSWORD} | change
    with pytest.raises(ValueError, match=words):
        Imap.model_validate(table)


@pytest.mark.parametrize(
    ("raw", "sender"),
    [
        (b"Return-Path: <ana@acme.com>\r\nSubject: x\r\n\r\n", "ana@acme.com"),
        (b"RETURN-PATH:<>\r\n\r\n", ""),
        (b"Subject: x\r\n\r\nReturn-Path: <eve@evil.com>\r\n", None),
        (b"Return-Path: <a@a>\r\nReceived: x\r\nReturn-Path: <eve@evil.com>\r\n\r\n", "a@a"),
        (b"\r\n\r\nReturn-Path: <eve@evil.com>\r\n", None),
        (b"", None),
    ],
)
def test_the_return_path_is_the_last_agent_s(raw: bytes, sender: str | None) -> None:
    assert return_path(raw) == sender


def test_pauses_grow_to_five_minutes_and_differ() -> None:
    assert all(0.5 <= backoff(1) <= 1 for _ in range(20))
    assert all(150 <= backoff(50) <= 300 for _ in range(20))
    assert len({backoff(5) for _ in range(20)}) > 1


def test_a_refused_password_is_tried_ever_less_often() -> None:
    login = PasswordLogin("ana@acme.com", "imap.acme.com", key="imap.password")
    assert [login.refused("wrong") for _ in range(7)] == [10, 20, 40, 80, 160, 300, 300]
    login.accepted()
    assert login.refused("wrong") == 10


def test_a_message_is_condemned_only_beside_another_that_came() -> None:
    suspects = PoisonMessages(1)
    suspects.failed([1, 2, 3], others=False)
    assert suspects.apart([1, 2, 3, 4]) == ([4], [1, 2, 3])
    suspects.cleared([1, 3])
    for _ in range(10):
        suspects.failed([2], others=False)
    assert suspects.take_condemned() == []
    assert not suspects.worth_asking(2, others=False)
    suspects.failed([2], others=True)
    assert suspects.take_condemned() == [2]
    assert suspects.apart([1, 2]) == ([1], [])


def test_portions_are_small_in_number_and_in_bytes() -> None:
    many = dict.fromkeys(range(120), 100)
    assert [len(portion) for portion in portions(many)] == [50, 50, 20]
    assert list(portions({1: 5 << 20, 2: 5 << 20, 3: 20 << 20})) == [[1], [2], [3]]
    assert list(portions({})) == []


CAPABLE = b"* CAPABILITY IMAP4rev1\r\n"


def answers(listener: socket.socket, lines: Mapping[bytes, bytes], heard: list[bytes]) -> None:
    """Be a server that answers these commands with these lines, and all others with its usual ones."""
    usual = {b"CAPABILITY": CAPABLE, b"SELECT": b"* OK [UIDVALIDITY 7]\r\n", **lines}
    connection, _ = listener.accept()
    with connection, connection.makefile("rwb", buffering=0) as line:
        line.write(b"* OK ready\r\n")
        for command in line:
            tag, verb, *rest = command.split()
            heard.append(b" ".join((verb, *rest)))
            line.write(usual.get(verb, b"") + tag + b" OK done\r\n")


@contextmanager
def served(lines: Mapping[bytes, bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """The port of such a server, for one connection, and the commands that it hears."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=answers, args=(listener, lines, heard))
        server.start()
        yield listener.getsockname()[1], heard
        server.join()


@contextmanager
def folder_of(port: int) -> Iterator[ImapFolder]:
    account = {"port": port, "tls": "off", "user": USER, "password": PASSWORD}
    settings = Imap.model_validate({"host": "127.0.0.1", **account})
    wake, _other = socket.socketpair()
    with wake, _other, ImapFolder(settings, tokens=None, wake=wake) as folder:
        yield folder


def test_a_message_whose_flags_somebody_changes_meanwhile_has_no_size_for_now() -> None:
    """Servers tell of such a change among their answers (RFC 9051, 7.5.2)."""
    lines = b"* 1 FETCH (UID 1 RFC822.SIZE 70)\r\n* 2 FETCH (UID 2 FLAGS (\\Seen))\r\n"
    with served({b"UID": lines}) as (port, _), folder_of(port) as folder:
        assert folder.sizes([1, 2]) == {1: 70}


@pytest.mark.parametrize(
    ("personal", "made"),
    [
        (b'(("INBOX." ".")("#mh/" "/"))', b'CREATE "INBOX.Processed"'),  # several: RFC 2342, section 5
        (b'(("" "/"))', b'CREATE "Processed"'),
        (b"NIL", b'CREATE "Processed"'),
    ],
)
def test_a_folder_is_made_in_the_first_personal_namespace(personal: bytes, made: bytes) -> None:
    lines = {
        b"CAPABILITY": b"* CAPABILITY IMAP4rev1 NAMESPACE MOVE\r\n",
        b"NAMESPACE": b"* NAMESPACE " + personal + b" NIL NIL\r\n",
    }
    with served(lines) as (port, heard), folder_of(port) as folder:
        folder.move([1], "Processed")
    assert [command for command in heard if command.startswith(b"CREATE")] == [made]


def test_a_provider_s_no_is_a_problem_of_the_mailbox_and_its_server_is_not_bothered(
    shelf: Shelf, tmp_path: Path
) -> None:
    with provider() as there:
        there.error = "invalid_grant"
        table = {"address": USER, "provider": "other", "client_id": "casebot", "refresh_token": "first"}
        sign_in = SignIn.model_validate_json(json.dumps({**table, "token_url": there.url}))
        accounts = SignInAccounts([sign_in], str(tmp_path))
        nobody_there = 1
        [problem] = room(shelf, nobody_there, password="", sign_in=USER, accounts=accounts).problems()
    assert "imap.sign_in: " in problem
    assert "127.0.0.1 answered 400 invalid_grant: set a new refresh_token" in problem


def test_a_sign_in_that_the_config_lacks_is_named(shelf: Shelf, tmp_path: Path) -> None:
    accounts = SignInAccounts((), str(tmp_path))
    [problem] = room(shelf, 1, password="", sign_in=USER, accounts=accounts).problems()
    assert f"no [[email.sign_in]] has the address {USER}" in problem
    assert not [*tmp_path.iterdir()], "and nothing is written for it"
