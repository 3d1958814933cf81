"""The IMAP door and a real Dovecot that can less, goes away, or will not let us in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from imapclient import SocketTimeout

from channels.email.config.sign_in import SignIn
from channels.email.sign_in.accounts import SignInAccounts
from tests.support.houses.doors import Shelf, attended, looks_counted, room, wait_until
from tests.support.houses.dovecot import USER, Dovecot, mail, new_folder
from tests.support.houses.provider import provider
from tests.support.mail.proxy import Proxy
from tests.support.setup.certificates import make

slow = pytest.mark.slow


@slow
def test_without_move_only_our_own_mail_is_expunged(shelf: Shelf) -> None:
    with Dovecot(new_folder(), capability="IMAP4rev1 IDLE UIDPLUS NAMESPACE") as server:
        server.deliver(mail(1), mail(2))
        with server.client() as somebody:
            somebody.select_folder("INBOX")
            somebody.add_flags([1], [b"\\Deleted"])
        with attended(shelf, server.port):
            assert wait_until(lambda: server.count("Processed") == 1 and server.count() == 1)
    assert shelf.bodies() == [b"mail 2\r\n"]


@slow
def test_without_uidplus_nothing_at_all_is_expunged(shelf: Shelf) -> None:
    with Dovecot(new_folder(), capability="IMAP4rev1 IDLE") as server:
        server.deliver(mail(1))
        with looks_counted() as looks, attended(shelf, server.port, poll=1):
            assert wait_until(lambda: server.count("Processed") == 1 and len(looks) > 1)
        assert (server.count(), server.count("Processed"), shelf.tries) == (1, 1, 1)


@slow
def test_without_idle_the_folder_is_polled(shelf: Shelf) -> None:
    with (
        Dovecot(new_folder(), capability="IMAP4rev1 MOVE") as server,
        attended(shelf, server.port, poll=1),
    ):
        assert wait_until(lambda: "Logged in" in server.log())
        server.deliver(mail(1))
        assert wait_until(lambda: server.count("Processed") == 1)


@slow
def test_folders_are_made_below_the_personal_namespace(shelf: Shelf) -> None:
    with Dovecot(new_folder(), prefix="INBOX.") as server:
        server.deliver(mail(1))
        with attended(shelf, server.port):
            assert wait_until(lambda: server.count("INBOX.Processed") == 1)


@slow
def test_a_cut_line_is_taken_up_again(server: Dovecot, shelf: Shelf) -> None:
    with Proxy(server.port) as line, attended(shelf, line.port):
        server.deliver(mail(1))
        assert wait_until(lambda: len(shelf.letters) == 1)
        line.cut()
        server.deliver(mail(2))
        assert wait_until(lambda: len(shelf.letters) == 2)


@slow
def test_a_line_gone_silent_is_noticed(
    server: Dovecot, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.email.imap_in.client.TIMEOUTS", SocketTimeout(2, 2))
    with Proxy(server.port) as line, attended(shelf, line.port, poll=2):
        server.deliver(mail(1))
        assert wait_until(lambda: server.count("Processed") == 1)
        line.freeze()
        server.deliver(mail(2))
        assert wait_until(lambda: len(shelf.letters) == 2)


@slow
def test_a_server_that_is_restarted_is_found_again(server: Dovecot, shelf: Shelf) -> None:
    with attended(shelf, server.port) as attendant:
        server.deliver(mail(1))
        assert wait_until(lambda: len(shelf.letters) == 1 and attendant.connected)
        server.stop()
        assert wait_until(lambda: not attendant.connected), "monitoring sees it"
        server.start()
        server.deliver(mail(2))
        assert wait_until(lambda: len(shelf.letters) == 2 and attendant.connected)


@slow
@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_the_login_goes_over_tls(
    tmp_path: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tls: str
) -> None:
    certificate = make(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", certificate.file)
    with Dovecot(new_folder(), certificate) as server:
        port = server.tls_port if tls == "implicit" else server.port
        server.deliver(mail(1))
        with attended(shelf, port, tls=tls):
            assert wait_until(lambda: len(shelf.letters) == 1)
            server.deliver(mail(2))
            assert wait_until(lambda: len(shelf.letters) == 2)
        assert list(room(shelf, port, tls=tls).problems()) == []


@slow
@pytest.mark.parametrize(
    ("tls", "words"), [("implicit", "imap.tls: the TLS of"), ("starttls", "imap.tls: the TLS of")]
)
def test_a_certificate_nobody_vouches_for_gets_no_password(
    tmp_path: Path, shelf: Shelf, tls: str, words: str
) -> None:
    with Dovecot(new_folder(), make(tmp_path)) as server:
        port = server.tls_port if tls == "implicit" else server.port
        [problem] = room(shelf, port, tls=tls).problems()
        assert words in problem
        assert "Logged in" not in server.log()


@slow
def test_problems_name_the_key_to_look_at(server: Dovecot, shelf: Shelf) -> None:
    assert list(room(shelf, server.port).problems()) == []
    [wrong] = room(shelf, server.port, password="hunter2").problems()
    [missing] = room(shelf, server.port, folder="Nowhere").problems()
    [plain] = room(shelf, server.port, tls="starttls").problems()
    [away] = room(shelf, 1).problems()
    assert "imap.password: localhost refused the login of support@example.com" in wrong
    assert "hunter2" not in wrong
    assert "imap.folder: localhost said no about Nowhere" in missing
    assert "imap.tls: localhost offers no STARTTLS" in plain
    assert "imap.host: no connection to localhost:1" in away


@slow
def test_an_access_token_opens_the_mailbox(shelf: Shelf, tmp_path: Path) -> None:
    with provider() as there, Dovecot(new_folder(), tokens=there.check_url) as server:
        table = {"address": USER, "provider": "other", "client_id": "casebot", "refresh_token": "first"}
        sign_in = SignIn.model_validate_json(json.dumps({**table, "token_url": there.url}))
        accounts = SignInAccounts([sign_in], str(tmp_path))
        signed_in = {"user": "", "password": "", "sign_in": USER, "accounts": accounts}
        server.deliver(mail(1))
        with attended(shelf, server.port, **signed_in):
            assert wait_until(lambda: len(shelf.letters) == 1)
        there.good = False
        [problem] = room(shelf, server.port, **signed_in).problems()
    assert "imap.sign_in: localhost refused the login" in problem


@slow
def test_a_message_the_server_cannot_hand_over_is_shunted_and_holds_up_nobody(
    server: Dovecot, shelf: Shelf
) -> None:
    server.deliver(mail(1), mail(2), mail(3))
    spoil(server, b"mail 2")
    with attended(shelf, server.port, poll=1):
        assert wait_until(lambda: server.count("Processed") == 2)
        for number in range(4, 8):
            server.deliver(mail(number))
            assert wait_until(lambda count=number - 1: len(shelf.letters) == count)
        assert wait_until(lambda: server.count("Shunted") == 1)
    assert server.count() == 0
    assert b"mail 2\r\n" not in shelf.bodies()


@slow
def test_a_large_message_of_which_nothing_can_be_told_is_known_and_holds_up_nobody(
    server: Dovecot, shelf: Shelf
) -> None:
    server.deliver(mail(1, "x" * 30_000), mail(2))
    spoil(server, b"xxx")
    (server.folder / "mail/Maildir/dovecot.index.cache").unlink()  # it holds From and Subject
    with attended(shelf, server.port, poll=1) as attendant:
        assert wait_until(lambda: server.count("Processed") == 1)
        server.deliver(mail(3))
        assert wait_until(lambda: server.count("Processed") == 2)
        [lying] = attendant.oversize.all
    assert (lying.sender, lying.subject, lying.limit) == ("", "", 20_000)
    assert lying.size > 30_000
    assert server.count() == 1


def spoil(server: Dovecot, words: bytes) -> None:
    """Make the file of one message unreadable to the server."""
    [file] = [f for f in server.folder.glob("mail/Maildir/new/*") if words in f.read_bytes()]
    file.chmod(0)
