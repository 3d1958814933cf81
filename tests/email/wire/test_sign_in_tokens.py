"""Access tokens from a refresh token that the operator has, as any provider gives them; and wrong settings."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from channels.email.config.settings import Settings
from channels.email.config.sign_in import SignIn
from channels.email.sign_in.accounts import SignInAccounts
from channels.email.sign_in.grants import NoToken, SignInLapsed
from channels.email.sign_in.tokens import Tokens
from tests.support.houses.dovecot import USER
from tests.support.houses.provider import Provider, provider


def tokens(there: Provider, folder: Path, refresh_token: str = "first", *, at: str = "") -> Tokens:
    table = {"address": USER, "provider": "other", "token_url": at or there.url, "client_id": "casebot"}
    sign_in = SignIn.model_validate_json(json.dumps({**table, "refresh_token": refresh_token}))
    return SignInAccounts([sign_in], str(folder)).of(USER)


def test_a_token_is_asked_for_once_and_again_when_a_server_refuses_it(tmp_path: Path) -> None:
    with provider() as there:
        ours = tokens(there, tmp_path)
        assert [ours.token(), ours.token()] == ["access-1", "access-1"]
        ours.refused("access-1", "imap.example.com", "no")
        assert [ours.token("imap.example.com"), ours.token()] == ["access-2", "access-2"]
        ours.refused("access-1", "smtp.example.com", "no")  # somebody had it renewed meanwhile
        assert ours.token("smtp.example.com") == "access-2"
    assert there.asked[0] == {
        "grant_type": "refresh_token",
        "client_id": "casebot",
        "refresh_token": "first",
    }


def test_a_token_that_has_ended_is_not_used(tmp_path: Path) -> None:
    with provider() as there:
        there.lifetime = 0
        ours = tokens(there, tmp_path)
        assert [ours.token(), ours.token()] == ["access-1", "access-2"]


def test_a_server_that_refuses_a_renewed_token_is_told_of_and_others_are_not_bothered(tmp_path: Path) -> None:
    with provider() as there:
        ours = tokens(there, tmp_path)
        ours.refused(ours.token("smtp.example.com"), "smtp.example.com", "535 no")
        ours.refused(ours.token("smtp.example.com"), "smtp.example.com", "535 no")
        with pytest.raises(SignInLapsed, match=r"smtp\.example\.com refuses the sign-in of"):
            ours.token("smtp.example.com")
        assert ours.token("imap.example.com") == "access-2"
        ours.accepted("imap.example.com")
        assert ours.lapse()
        ours.accepted("smtp.example.com")
        assert ours.lapse() is None


def test_a_renewed_refresh_token_outlives_a_restart_but_not_a_new_configuration(tmp_path: Path) -> None:
    with provider() as there:
        for refresh_token in ("first", "first", "second"):
            tokens(there, tmp_path, refresh_token).token()
    assert [form["refresh_token"] for form in there.asked] == ["first", "next", "second"]


@contextmanager
def endpoint(status: int, body: bytes, location: str = "") -> Iterator[str]:
    """A token endpoint that answers so; its URL."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as standing:
        threading.Thread(target=standing.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{standing.server_port}/token"
        finally:
            standing.shutdown()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_token_endpoint_that_sends_us_elsewhere_is_not_followed(tmp_path: Path, status: int) -> None:
    with provider() as elsewhere, endpoint(status, b"", elsewhere.check_url + "x") as url:
        elsewhere.answer = {}
        with pytest.raises(NoToken, match=f"answered {status}"):
            tokens(Provider(0), tmp_path, at=url).token()
    assert elsewhere.seen == []


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("body", [b"[" * 5000, b"[" * 70_000, b'{"access_token": "' + b"a" * 70_000 + b'"}'])
def test_an_answer_that_is_too_long_or_too_deep_is_no_token(tmp_path: Path, status: int, body: bytes) -> None:
    with endpoint(status, body) as url, pytest.raises(NoToken) as raised:
        tokens(Provider(0), tmp_path, at=url).token()
    assert "unexpectedly" not in str(raised.value)


def test_a_provider_s_no_is_passed_on_in_a_word(tmp_path: Path) -> None:
    with provider() as there:
        there.error = "invalid_grant"
        with pytest.raises(
            SignInLapsed, match=r"127\.0\.0\.1 answered 400 invalid_grant: set a new refresh_token"
        ):
            tokens(there, tmp_path).token()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({}, "the answer holds no access_token"),
        ({"access_token": ""}, "the answer holds no access_token"),
        (["access-1"], "127.0.0.1 answered something that is no token"),
    ],
)
def test_a_provider_that_answers_without_a_token_is_told_apart(tmp_path: Path, answer: Any, why: str) -> None:
    with provider() as there:
        there.answer = answer
        with pytest.raises(NoToken) as refused:
            tokens(there, tmp_path).token()
    assert str(refused.value) == why


def test_a_provider_that_is_away_is_named_and_no_secret_is(tmp_path: Path) -> None:
    with provider() as there:
        pass
    with pytest.raises(NoToken, match=r"^cannot reach 127\.0\.0\.1 \(.*refused") as refused:
        tokens(there, tmp_path, "hunter2").token()
    assert "hunter2" not in str(refused.value)


def test_a_damaged_file_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "casebot.tokens").write_text("{")
    with provider() as there, pytest.raises(NoToken, match=r"casebot\.tokens is damaged: move it away"):
        tokens(there, tmp_path).token()
    assert (tmp_path / "casebot.tokens").read_text() == "{"


MICROSOFT = {"provider": "microsoft", "client_id": "1", "tenant": "acme"}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"provider": "microsoft", "client_id": "1"}, 'provider = "microsoft" needs tenant'),
        ({"provider": "google", "client_id": "1"}, 'provider = "google" needs client_secret'),
        ({"provider": "other"}, "needs client_id and token_url and refresh_token"),
        ({**MICROSOFT, "service_account": "x.json"}, 'provider = "microsoft" knows no service_account'),
        ({**MICROSOFT, "authority": "http://login.example.com"}, "must begin with https://"),
        ({**MICROSOFT, "certificate": "x.pem", "client_secret": "y"}, "one of certificate and client_secret"),
        ({**MICROSOFT, "private_key": "x.pem"}, "private_key is set, but certificate is not"),
        ({**MICROSOFT, "provider": "yahoo"}, "'microsoft', 'google' or 'other'"),
        ({**MICROSOFT, "address": "support"}, "pattern"),
    ],
)
def test_a_wrong_sign_in_is_named(table: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        SignIn.model_validate_json(json.dumps({"address": USER, **table}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"relay_sign_in": "sales@example.com"},
            "no \\[\\[email.sign_in\\]\\] has the address sales@example.com",
        ),
        ({"relay": "maildir:./x"}, "relay must be smtp:// or smtps://"),
        ({"relay": "smtp://a:b@mail.example.com"}, "have no password"),
        ({"relay": "smtp://mail.example.com?starttls=off"}, "in the clear"),
        ({"sign_in": [{"address": USER, **MICROSOFT}] * 2}, "same address"),
    ],
)
def test_a_relay_s_wrong_sign_in_is_named(change: dict[str, Any], words: str) -> None:
    right = {
        "relay": "smtp://mail.example.com",
        "relay_sign_in": USER,
        "sign_in": [{"address": USER, **MICROSOFT}],
    }
    Settings.model_validate_json(json.dumps(right))
    with pytest.raises(ValueError, match=words):
        Settings.model_validate_json(json.dumps(right | change))
