"""A desk that sends and fetches by access tokens: signed in, renewed, revoked, and signed in anew."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.queries.lists import ListOutbox
from tests.support.houses.dovecot import USER, Dovecot, new_folder
from tests.support.houses.house import House, until, words
from tests.support.houses.tenant import Tenant, tenant
from tests.support.mail.token_relay import TokenRelay
from tests.support.setup import databases
from tests.support.setup.certificates import make

SIGN_IN = f"""
[[email.sign_in]]
address = "{USER}"
provider = "microsoft"
client_id = "11111111-2222"
tenant = "acme"
authority = "{{authority}}"
"""
IMAP = f"""
[[mailbox]]
address = "{USER}"
name = "Acme Support"
authserv_id = "mx.example.com"
[mailbox.imap]
host = "localhost"
port = {{port}}
tls = "off"
sign_in = "{USER}"
"""


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tenant]:
    certificate = make(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", certificate.file)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificate.file)
    with tenant(certificate) as there:
        yield there


@pytest.fixture
def relay(there: Tenant) -> Iterator[TokenRelay]:
    with TokenRelay(there) as relay:
        yield relay


@pytest.fixture
def url(tmp_path: Path) -> str:
    return databases.sqlite(tmp_path)


def house(url: str, folder: Path, there: Tenant, relay: TokenRelay, *, more: str = "") -> House:
    """Somebody has signed in before it opens; ``there.asked`` is what is asked for from then on."""
    sign_in = SIGN_IN.format(authority=there.https)
    made = House(url, folder, more=sign_in + more, relay=relay.url, relay_sign_in=USER)
    signed_in(folder)
    there.asked.clear()
    return made


def casebot(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command, as an operator types it."""
    command = [sys.executable, "-m", "bot.cli", "--config", str(folder / "config.toml"), *words]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60, env=dict(os.environ)
    )


def signed_in(folder: Path) -> str:
    done = casebot(folder, "mail", "login")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def a_mail_after_the_consent_is_gone(desk: House, there: Tenant) -> None:
    """Once the desk has got its token, it is taken back; and somebody writes."""
    assert until(lambda: there.asked)
    there.revoke()
    desk.send("bea@acme.example", USER, "No delivery", "The deal is late.")


def test_it_works(url: str, tmp_path: Path, there: Tenant, relay: TokenRelay) -> None:
    with house(url, tmp_path, there, relay) as desk:
        output = signed_in(tmp_path)
        assert f"Open {there.https}/devicelogin" in output
        assert "enter the code ABCD-EFGH" in output
        assert "the server lets us in" in output
        desk.send("ana@acme.example", USER, "No delivery", "The deal is late.")
        [mail] = until(lambda: relay.mails("ana@acme.example"))
        assert "No delivery" in str(mail["Subject"])
    file = tmp_path / "casebot.tokens"
    assert file.stat().st_mode & 0o777 == 0o600
    assert "refresh-" in file.read_text()


def test_a_token_is_renewed_before_it_ends_and_the_new_refresh_token_is_kept(
    url: str, tmp_path: Path, there: Tenant, relay: TokenRelay
) -> None:
    there.lifetime = 4
    with house(url, tmp_path, there, relay) as desk:
        assert until(lambda: there.kinds().count("refresh_token") >= 5)
        desk.send("ana@acme.example", USER, "No delivery", "The deal is late.")
        assert until(lambda: relay.mails("ana@acme.example"))
    assert "refused" not in relay.logins
    [newest] = there.refresh_tokens
    assert newest in (tmp_path / "casebot.tokens").read_text()


def test_a_revoked_consent_is_told_and_mended_by_a_new_sign_in_and_nothing_is_lost(
    url: str, tmp_path: Path, there: Tenant, relay: TokenRelay
) -> None:
    with house(url, tmp_path, there, relay) as desk:
        a_mail_after_the_consent_is_gone(desk, there)
        assert until(lambda: f"Sign in again: casebot mail login {USER}" in _fault(desk))
        assert until(lambda: [row for row in _waiting(desk) if row.notice == "sign in needed"])
        desk.pass_time(days=6)  # longer than a delivery is tried
        seen = _due(desk)
        assert until(lambda: _due(desk) > seen), "nothing was tried after six days"
        assert not desk.ask(ListOutbox("dead"))
        assert casebot(tmp_path, "mail", "status").returncode == 1
        signed_in(tmp_path)
        [mail] = until(lambda: relay.mails("bea@acme.example"))
        assert "No delivery" in str(mail["Subject"])
        [needed] = until(lambda: _told(relay, "somebody has to sign in"))
        assert f"casebot mail login {USER}" in words(needed)
        assert until(lambda: _told(relay, "works again"))
        assert not desk.ask(ListOutbox("dead"))
        assert _fault(desk) == ""


def test_what_waited_for_a_sign_in_has_five_days_from_then_on(
    url: str, tmp_path: Path, there: Tenant, relay: TokenRelay
) -> None:
    with house(url, tmp_path, there, relay) as desk:
        a_mail_after_the_consent_is_gone(desk, there)
        assert until(lambda: _fault(desk) and _all_put_off(desk, "bea@acme.example")), (
            "nothing is tried meanwhile"
        )
        desk.pass_time(days=6)
        assert until(lambda: _put_off(desk, "Sign in again", days=6))
    relay.busy = "451 4.3.2 Try again later"
    with house(url, tmp_path, there, relay) as desk:  # started anew, too, and somebody has signed in
        assert until(lambda: _put_off(desk, "answered 451") and _all_put_off(desk, "bea@acme.example"))
        desk.pass_time(days=6)
        assert until(lambda: _put_off(desk, "answered 451", days=6)), "nothing was tried after six days"
        assert "bea@acme.example" not in _dead(desk)
        desk.pass_time(days=7)
        relay.busy = ""
        assert until(lambda: relay.mails("bea@acme.example"))
    relay.busy = "451 4.3.2 Try again later"
    with house(url, tmp_path, there, relay) as desk:
        desk.send("cleo@acme.example", USER, "Late again", "The deal is late.")
        assert until(lambda: _all_put_off(desk, "cleo@acme.example"))
        desk.pass_time(days=13)  # nobody was waited for since: five days are over
        assert until(lambda: "cleo@acme.example" in _dead(desk))


def test_a_token_that_is_refused_before_its_end_is_renewed_once(
    url: str, tmp_path: Path, there: Tenant, relay: TokenRelay
) -> None:
    with house(url, tmp_path, there, relay) as desk:
        assert until(lambda: there.asked)
        there.live.clear()
        desk.send("ana@acme.example", USER, "No delivery", "The deal is late.")
        assert until(lambda: relay.mails("ana@acme.example"))
        assert relay.logins.count("refused") >= 1
        assert len(there.asked) == 2
        assert _fault(desk) == ""


def test_a_server_that_refuses_every_token_is_told_and_not_asked_all_the_time(
    url: str, tmp_path: Path, there: Tenant, relay: TokenRelay
) -> None:
    with house(url, tmp_path, there, relay) as desk:
        relay.closed = True
        desk.send("ana@acme.example", USER, "No delivery", "The deal is late.")
        assert until(lambda: f"refuses the sign-in of {USER} (535 5.7.3" in _fault(desk))
        tries, asked = relay.logins.count("refused"), len(there.asked)
        seen = _due(desk)
        assert until(lambda: _due(desk) > seen), "nothing was tried again"
        assert (relay.logins.count("refused"), len(there.asked)) == (tries, asked)
        relay.closed = False
        signed_in(tmp_path)
        assert until(lambda: relay.mails("ana@acme.example"))
        assert until(lambda: _fault(desk) == "")


@pytest.mark.slow
def test_mail_comes_and_goes_by_the_same_token(
    url: str, tmp_path: Path, there: Tenant, relay: TokenRelay
) -> None:
    with Dovecot(new_folder(), tokens=there.check_url) as server:
        imap = IMAP.format(port=server.port)
        with house(url, tmp_path, there, relay, more=imap) as desk:
            server.deliver(_mail("ana@acme.example", "No delivery"))
            [mail] = until(lambda: relay.mails("ana@acme.example"))
            assert "No delivery" in str(mail["Subject"])
            assert len(there.asked) == 1, "for both doors"
            there.revoke()
            desk.app.channels["email"]._delivery.close()  # type: ignore[attr-defined]
            server.stop()
            server.start()
            server.deliver(_mail("bea@acme.example", "Second"))
            assert until(lambda: "Sign in again" in _fault(desk))
            assert f"fetching {USER}: the server lets us in" in signed_in(tmp_path)
            assert until(lambda: relay.mails("bea@acme.example"))


def _fault(desk: House) -> str:
    return next((fault for look in desk.app.faults if (fault := look())), "")


def _waiting(desk: House) -> tuple[Any, ...]:
    return tuple(desk.ask(ListOutbox("waiting", limit=100)))


def _put_off(desk: House, why: str, *, days: int = 0) -> bool:
    """Has something been put off for this reason, to a time in so many days?"""
    then = datetime.now(UTC) + timedelta(days=days)
    return any(why in row.reason and row.due_at > then for row in _waiting(desk))


def _all_put_off(desk: House, whose: str) -> bool:
    """Does something wait for this person, and is nothing in a courier's hands? What waits says why, then."""
    rows = _waiting(desk)
    return any(row.recipient == whose for row in rows) and all(row.reason for row in rows)


def _dead(desk: House) -> set[str]:
    """To whom something could not be delivered, and is not tried any more."""
    return {row.recipient for row in desk.ask(ListOutbox("dead"))}


def _due(desk: House) -> Any:
    """When all that waits is tried next, at the latest: it moves on with each try."""
    return max(row.due_at for row in _waiting(desk))


def _told(relay: TokenRelay, subject: str) -> list[Any]:
    """Mails to a specialist."""
    return [mail for mail in relay.mails("sam@desk.example") if subject in str(mail["Subject"])]


def _mail(sender: str, subject: str) -> bytes:
    return (
        f"Authentication-Results: mx.example.com; dkim=pass header.d=acme.example\r\nFrom: {sender}\r\n"
        f"To: {USER}\r\nSubject: {subject}\r\nMessage-ID: <{subject}@acme.example>\r\n\r\nThe deal is late.\r\n"
    ).encode()
