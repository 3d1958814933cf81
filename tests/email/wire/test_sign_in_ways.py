"""The ways to an access token: people, applications and service accounts, and what each says when it fails."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from channels.email.config.sign_in import SignIn
from channels.email.sign_in.accounts import SignInAccounts
from channels.email.sign_in.grants import NoToken, SignInLapsed
from tests.support.houses.dovecot import USER
from tests.support.houses.tenant import SECRET, Tenant, tenant
from tests.support.setup.certificates import Certificate, make


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    certificate = make(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", certificate.file)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificate.file)
    return certificate


@pytest.fixture
def there(certificate: Certificate) -> Iterator[Tenant]:
    with tenant(certificate) as there:
        yield there


def accounts(folder: Path, **table: Any) -> SignInAccounts:
    """The sign-in of a config, as it is read from TOML."""
    return SignInAccounts([SignIn.model_validate_json(json.dumps({"address": USER, **table}))], str(folder))


def microsoft(folder: Path, there: Tenant, **more: Any) -> SignInAccounts:
    table = {"provider": "microsoft", "client_id": "1", "tenant": "acme", "authority": there.https}
    return accounts(folder, **table | more)


def google(folder: Path, there: Tenant, **more: Any) -> SignInAccounts:
    urls = {"token_url": f"{there.https}/token"}
    return accounts(folder, provider="google", **urls | more)


def by_browser(folder: Path, there: Tenant) -> SignInAccounts:
    consent = {"consent_url": f"{there.https}/consent"}
    return google(folder, there, client_id="1", client_secret="not so secret", **consent)


def visit(certificate: Certificate, said: list[str]) -> None:
    """Be the person whose browser opens the link, once it is shown."""
    for line in said:
        if link := re.search(r"https://\S+/consent\S+", line):
            urllib.request.urlopen(link[0], context=certificate.client).read()


def signed_in_by_browser(
    folder: Path, there: Tenant, certificate: Certificate, capsys: pytest.CaptureFixture[str]
) -> SignInAccounts:
    signing = by_browser(folder, there)
    problems: list[Exception] = []

    def sign_in() -> None:
        try:
            signing.sign_in(USER, lambda line: None, port=0)
        except NoToken as error:
            problems.append(error)

    thread = threading.Thread(target=sign_in)
    thread.start()
    said = ""
    while thread.is_alive() and "/consent" not in said:
        said += capsys.readouterr().out
        thread.join(0.05)
    visit(certificate, said.splitlines())
    thread.join(60)
    if problems:
        raise problems[0]
    return signing


def test_an_application_gets_tokens_by_its_secret(tmp_path: Path, there: Tenant) -> None:
    tokens = microsoft(tmp_path, there, client_secret=SECRET).of(USER)
    assert tokens.token() in there.live
    [form] = there.asked
    assert (form["grant_type"], form["scope"]) == (
        "client_credentials",
        "https://outlook.office365.com/.default",
    )
    assert not (tmp_path / "casebot.tokens").exists()


def test_an_application_gets_tokens_by_its_certificate(tmp_path: Path, there: Tenant) -> None:
    key = ["-newkey", "rsa:2048", "-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")]
    command = ["openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=casebot", *key]
    subprocess.run(command, check=True, capture_output=True)
    files = {"certificate": str(tmp_path / "cert.pem"), "private_key": str(tmp_path / "key.pem")}
    assert microsoft(tmp_path, there, **files).of(USER).token() in there.live
    assert there.asked[0]["client_assertion"].count(".") == 2
    assert "client_secret" not in there.asked[0]


def test_an_application_s_wrong_secret_is_told_with_what_to_do(tmp_path: Path, there: Tenant) -> None:
    tokens = microsoft(tmp_path, there, client_secret="an old one").of(USER)
    with pytest.raises(SignInLapsed, match=r"invalid_client AADSTS70008: make a new client_secret") as no:
        tokens.token()
    assert "of no concern" not in str(no.value)
    assert "an old one" not in str(no.value)
    assert tokens.lapse()


def test_a_wrong_tenant_is_told_apart(tmp_path: Path, there: Tenant) -> None:
    with pytest.raises(SignInLapsed, match="tenant, authority or certificate is wrong"):
        microsoft(tmp_path, there, tenant="acne", client_secret=SECRET).of(USER).token()


def test_a_provider_that_is_away_is_no_reason_to_sign_in(tmp_path: Path, certificate: Certificate) -> None:
    with tenant(certificate) as there:
        pass
    tokens = microsoft(tmp_path, there, client_secret=SECRET).of(USER)
    with pytest.raises(NoToken, match="cannot reach localhost"):
        tokens.token()
    assert tokens.lapse() is None


def test_a_sign_in_that_allows_too_little_is_refused_and_the_earlier_one_kept(
    tmp_path: Path, there: Tenant
) -> None:
    signing = microsoft(tmp_path, there)
    signing.sign_in(USER, lambda line: None, port=0)
    before = (tmp_path / "casebot.tokens").read_text()
    there.scope = "https://outlook.office.com/IMAP.AccessAsUser.All openid"
    with pytest.raises(SignInLapsed, match=r"does not allow https://outlook.office.com/SMTP.Send: add that"):
        signing.sign_in(USER, lambda line: None, port=0)
    assert (tmp_path / "casebot.tokens").read_text() == before


def test_two_processes_share_a_sign_in(tmp_path: Path, there: Tenant) -> None:
    first, second = microsoft(tmp_path, there), microsoft(tmp_path, there)
    first.sign_in(USER, lambda line: None, port=0)
    for _ in range(3):  # each renewal makes the refresh token before it worthless
        for process in (first, second):
            tokens = process.of(USER)
            token = tokens.token()
            assert token in there.live
            tokens.refused(token, "smtp.example.com", "535")
            assert tokens.token() in there.live
            tokens.accepted("smtp.example.com")
    assert len(there.refresh_tokens) == 1


def test_somebody_consents_in_a_browser(
    tmp_path: Path, there: Tenant, certificate: Certificate, capsys: pytest.CaptureFixture[str]
) -> None:
    signing = signed_in_by_browser(tmp_path, there, certificate, capsys)
    assert signing.of(USER).token() in there.live
    assert there.kinds() == ["authorization_code", "refresh_token", "refresh_token"]
    assert there.asked[0]["code_verifier"]


def test_a_box_that_was_not_ticked_is_named(
    tmp_path: Path, there: Tenant, certificate: Certificate, capsys: pytest.CaptureFixture[str]
) -> None:
    there.scope = "openid"
    with pytest.raises(SignInLapsed, match=r"does not allow https://mail\.google\.com/: tick its box"):
        signed_in_by_browser(tmp_path, there, certificate, capsys)


def test_a_service_account_speaks_for_the_address(tmp_path: Path, there: Tenant) -> None:
    key = subprocess.run(["openssl", "genrsa", "2048"], check=True, capture_output=True, text=True).stdout
    account = {
        "type": "service_account",
        "client_email": "casebot@acme.iam.gserviceaccount.com",
        "private_key": key,
        "private_key_id": "1",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    (tmp_path / "key.json").write_text(json.dumps(account))
    tokens = google(tmp_path, there, service_account=str(tmp_path / "key.json")).of(USER)
    there.lifetime = None  # Google does not say how long it lasts
    assert tokens.token() in there.live
    assert tokens.expires
    assert timedelta(minutes=59) < tokens.expires - datetime.now(UTC) < timedelta(minutes=61)
    claims = _claims(there.asked[0]["assertion"])
    assert (claims["sub"], claims["scope"]) == (USER, "https://mail.google.com/")
    there.error = "unauthorized_client"
    tokens.refused(tokens.token(), "smtp.gmail.com", "535")
    with pytest.raises(SignInLapsed, match="unauthorized_client: let the service account's client id have"):
        tokens.token()


def test_a_key_that_is_not_there_is_named(tmp_path: Path, there: Tenant) -> None:
    with pytest.raises(SignInLapsed, match=r"nowhere\.json cannot be read"):
        google(tmp_path, there, service_account=str(tmp_path / "nowhere.json")).of(USER).token()


@pytest.mark.parametrize(
    ("table", "library", "extra"),
    [
        ({"provider": "microsoft", "client_id": "1", "tenant": "acme"}, "msal", "microsoft"),
        ({"provider": "google", "client_id": "1", "client_secret": "x"}, "google_auth_oauthlib", "google"),
    ],
)
def test_a_library_that_is_missing_is_named_with_what_installs_it(
    tmp_path: Path, table: dict[str, str], library: str, extra: str
) -> None:
    """In a process of its own, where Python finds no such library."""
    lines = "\n".join(f'{key} = "{value}"' for key, value in table.items())
    (tmp_path / "config.toml").write_text(
        f'[email]\nlisten = ""\n[web]\nlisten = ""\n[[email.sign_in]]\naddress = "{USER}"\n{lines}\n'
    )
    command = ["--config", str(tmp_path / "config.toml"), "mail", "login"]
    code = (
        f"import sys; sys.modules[{library!r}] = None; from bot.cli.main import casebot; casebot({command!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert f"pip install 'casebot[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr


def _claims(assertion: str) -> dict[str, Any]:
    import base64

    part = assertion.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims
