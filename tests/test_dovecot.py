"""The IMAP door against a real Dovecot."""

from __future__ import annotations

import http.server
import json
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.channel import House, Kept, Mailbox
from bot.refusals import Busy, NoRoom
from channels.email import Settings
from channels.email.folder import Folder
from channels.email.imap import ImapRoom, backoff, return_path
from channels.email.oauth import NoToken, Tokens
from channels.email.settings import Imap, OAuth
from rehearsal.mail.proxy import Proxy
from tests.certificates import make
from tests.dovecot import PASSWORD, USER, Dovecot, folder_for

slow = pytest.mark.slow


class Shelf:
    """The other end of the wire: what was handed in, what is answered, and a door's small memory."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, bytes, dict[str, Any]]] = []
        self.trouble: Exception | None = None
        self.tries = 0
        self.memory: dict[str, Any] = {}

    def keep(self, source: str, key: str, raw: bytes, envelope: Any) -> Future[Kept]:
        future: Future[Kept] = Future()
        self.tries += 1
        if self.trouble:
            future.set_exception(self.trouble)
            return future
        known = any(letter[0] == key for letter in self.letters)
        if not known:
            self.letters.append((key, raw, json.loads(json.dumps(dict(envelope)))))
        future.set_result(Kept(len(self.letters), duplicate=known))
        return future

    def remember(self, name: str, value: Any) -> Any:
        if value is not None:
            self.memory[name] = json.loads(json.dumps(value))
        return self.memory.get(name)

    def bodies(self) -> list[bytes]:
        return [raw.rpartition(b"\r\n\r\n")[2] for _, raw, _ in self.letters]


def room(shelf: Shelf, port: int, **imap: Any) -> ImapRoom:
    account = {"host": "localhost", "port": port, "tls": "off", "user": USER, "password": PASSWORD}
    house = House(
        settings=Settings(max_size=20_000),
        mailboxes=(),
        desk=None,
        keep=shelf.keep,
        receive=None,  # type: ignore[arg-type]
        remember=shelf.remember,
    )
    return ImapRoom(house, Mailbox(USER, "Support", settings={"imap": account | imap}))


@contextmanager
def attended(shelf: Shelf, port: int, **imap: Any) -> Iterator[ImapRoom]:
    attendant = room(shelf, port, **imap)
    thread = threading.Thread(target=attendant.run)
    thread.start()
    try:
        yield attendant
    finally:
        attendant.leave()
        thread.join(20)
        assert not thread.is_alive()


def mail(number: int, body: str = "") -> bytes:
    head = f"From: ana@acme.com\r\nTo: {USER}\r\nSubject: {number}\r\nMessage-ID: <{number}@acme.com>\r\n\r\n"
    return head.encode() + (body or f"mail {number}").encode() + b"\r\n"


def wait_until(holds: Callable[[], bool], seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Dovecot]:
    with Dovecot(folder_for(tmp_path)) as server:
        yield server


# the everyday


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
        assert list(somebody.get_flags([1]).values()) == [()] or b"\\Seen" not in somebody.get_flags([1])[1]


@slow
def test_leaving_interrupts_the_wait_for_news(server: Dovecot, shelf: Shelf) -> None:
    attendant = room(shelf, server.port)
    thread = threading.Thread(target=attendant.run)
    thread.start()
    assert wait_until(lambda: "Logged in" in server.log())
    time.sleep(0.5)
    attendant.leave()
    thread.join(3)
    assert not thread.is_alive()


# once, and only after it is kept


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
def test_mail_kept_but_not_moved_before_a_crash_is_only_moved(server: Dovecot, shelf: Shelf) -> None:
    server.deliver(mail(1))
    attendant = room(shelf, server.port)
    wake = Proxy(0)
    with Folder(attendant._settings, tokens=None, wake=wake._listener) as folder:
        attendant._kept(folder.fetch(folder.uids()))  # and here the power goes
    wake._listener.close()
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


# servers that can less


@slow
def test_without_move_only_our_own_mail_is_expunged(tmp_path: Path, shelf: Shelf) -> None:
    with Dovecot(folder_for(tmp_path), capability="IMAP4rev1 IDLE UIDPLUS NAMESPACE") as server:
        server.deliver(mail(1), mail(2))
        with server.client() as somebody:
            somebody.select_folder("INBOX")
            somebody.add_flags([1], [b"\\Deleted"])
        with attended(shelf, server.port):
            assert wait_until(lambda: server.count("Processed") == 1 and server.count() == 1)
    assert shelf.bodies() == [b"mail 2\r\n"]


@slow
def test_without_uidplus_nothing_at_all_is_expunged(tmp_path: Path, shelf: Shelf) -> None:
    with Dovecot(folder_for(tmp_path), capability="IMAP4rev1 IDLE") as server:
        server.deliver(mail(1))
        with attended(shelf, server.port, poll=1):
            assert wait_until(lambda: server.count("Processed") == 1)
            time.sleep(2)
        assert (server.count(), server.count("Processed"), shelf.tries) == (1, 1, 1)


@slow
def test_without_idle_the_folder_is_polled(tmp_path: Path, shelf: Shelf) -> None:
    with (
        Dovecot(folder_for(tmp_path), capability="IMAP4rev1 MOVE") as server,
        attended(shelf, server.port, poll=1),
    ):
        assert wait_until(lambda: "Logged in" in server.log())
        server.deliver(mail(1))
        assert wait_until(lambda: server.count("Processed") == 1)


@slow
def test_folders_are_made_below_the_personal_namespace(tmp_path: Path, shelf: Shelf) -> None:
    with Dovecot(folder_for(tmp_path), prefix="INBOX.") as server:
        server.deliver(mail(1))
        with attended(shelf, server.port):
            assert wait_until(lambda: server.count("INBOX.Processed") == 1)


# what is too large, and what is broken


@slow
def test_mail_that_is_too_large_is_left_and_mentioned_once(
    server: Dovecot, shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    server.deliver(mail(1, "x" * 30_000), mail(2))
    for _ in range(2):
        with attended(shelf, server.port, poll=1):
            assert wait_until(lambda: server.count("Processed") == 1)
            time.sleep(1.5)
    assert shelf.bodies() == [b"mail 2\r\n"]
    assert server.count() == 1
    assert capsys.readouterr().out.count("larger than email.max_size") == 1


# lines that go dead


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
    from imapclient import SocketTimeout

    monkeypatch.setattr("channels.email.folder.TIMEOUTS", SocketTimeout(2, 2))
    with Proxy(server.port) as line, attended(shelf, line.port, poll=2):
        server.deliver(mail(1))
        assert wait_until(lambda: server.count("Processed") == 1)
        line.freeze()
        server.deliver(mail(2))
        assert wait_until(lambda: len(shelf.letters) == 2)


@slow
def test_a_server_that_is_restarted_is_found_again(server: Dovecot, shelf: Shelf) -> None:
    with attended(shelf, server.port):
        server.deliver(mail(1))
        assert wait_until(lambda: len(shelf.letters) == 1)
        server.stop()
        server.start()
        server.deliver(mail(2))
        assert wait_until(lambda: len(shelf.letters) == 2)


# logging in


@slow
@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_the_login_goes_over_tls(
    tmp_path: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tls: str
) -> None:
    certificate = make(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", certificate.file)
    with Dovecot(folder_for(tmp_path), certificate) as server:
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
    with Dovecot(folder_for(tmp_path), make(tmp_path)) as server:
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
def test_an_access_token_opens_the_mailbox(tmp_path: Path, shelf: Shelf) -> None:
    with provider() as there, Dovecot(folder_for(tmp_path), tokens=there.check_url) as server:
        oauth = {"token_url": there.url, "client_id": "casebot", "refresh_token": "first"}
        server.deliver(mail(1))
        with attended(shelf, server.port, password="", oauth=oauth):
            assert wait_until(lambda: len(shelf.letters) == 1)
        there.good = False
        [problem] = room(shelf, server.port, password="", oauth=oauth).problems()
    assert "imap.oauth: localhost refused the login" in problem


# without a server: tokens, settings and small things


class Provider:
    """An OAuth provider: hands out access tokens, a new refresh token each time, and vouches for them."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/token"
        self.check_url = f"http://127.0.0.1:{port}/check?token="
        self.asked: list[dict[str, str]] = []
        self.error = ""
        self.good = True
        self.lifetime = 3600


@contextmanager
def provider() -> Iterator[Provider]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            there.asked.append(dict(urllib.parse.parse_qsl(form)))
            token = f"access-{len(there.asked)}"
            answer = {"access_token": token, "expires_in": there.lifetime, "refresh_token": "next"}
            self._answer(400 if there.error else 200, {"error": there.error} if there.error else answer)

        def do_GET(self) -> None:
            self._answer(200 if there.good else 401, {"email": USER, "active": there.good})

        def _answer(self, status: int, answer: dict[str, Any]) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *args: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http_server:
        there = Provider(http_server.server_port)
        threading.Thread(target=http_server.serve_forever, daemon=True).start()
        try:
            yield there
        finally:
            http_server.shutdown()


def tokens(there: Provider, shelf: Shelf, refresh_token: str = "first") -> Tokens:
    settings = OAuth(token_url=there.url, client_id="casebot", refresh_token=refresh_token)  # type: ignore[arg-type]
    return Tokens(settings, name="oauth", remember=shelf.remember)


def test_a_token_is_asked_for_once_and_again_before_it_expires(shelf: Shelf) -> None:
    with provider() as there:
        ours = tokens(there, shelf)
        assert [ours.token(), ours.token()] == ["access-1", "access-1"]
        ours.forget()
        there.lifetime = 299
        assert [ours.token(), ours.token()] == ["access-2", "access-3"]
    assert there.asked[0] == {
        "grant_type": "refresh_token",
        "client_id": "casebot",
        "refresh_token": "first",
    }


def test_a_renewed_refresh_token_outlives_a_restart_but_not_a_new_configuration(shelf: Shelf) -> None:
    with provider() as there:
        for refresh_token in ("first", "first", "second"):
            tokens(there, shelf, refresh_token).token()
    assert [form["refresh_token"] for form in there.asked] == ["first", "next", "second"]


def test_a_provider_s_no_is_passed_on_in_a_word(shelf: Shelf) -> None:
    with provider() as there:
        there.error = "invalid_grant"
        with pytest.raises(NoToken, match=r"^127\.0\.0\.1 answered 400 invalid_grant$"):
            tokens(there, shelf).token()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": ""}, "either password or the table oauth"),
        ({"tls": "off", "host": "imap.example.com"}, "in the clear"),
        ({"port": 0}, "greater than or equal to 1"),
        ({"colour": "blue"}, "not permitted"),
        ({"password": "", "oauth": {"token_url": "http://evil.com", "client_id": "x"}}, "https://"),
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
        (b"", None),
    ],
)
def test_the_return_path_is_the_last_agent_s(raw: bytes, sender: str | None) -> None:
    assert return_path(raw) == sender


def test_pauses_grow_to_five_minutes_and_differ() -> None:
    assert all(0.5 <= backoff(1) <= 1 for _ in range(20))
    assert all(150 <= backoff(50) <= 300 for _ in range(20))
    assert len({backoff(5) for _ in range(20)}) > 1
