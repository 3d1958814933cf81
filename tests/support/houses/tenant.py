"""A stand-in for Microsoft's and Google's sign-in on loopback: device codes, consent, tokens, their check."""

from __future__ import annotations

import base64
import http.server
import json
import threading
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.support.houses.dovecot import USER
from tests.support.setup.certificates import Certificate

DELEGATED = "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send"
SECRET = "the application's secret"


class Tenant:
    """What the provider knows: who may, what it gave out, and what it takes back."""

    def __init__(self, user: str = USER) -> None:
        self.https = self.http = ""
        self.user = user
        """Whose mailbox it is."""
        self.secret = SECRET
        """The application's."""
        self.asked: list[dict[str, str]] = []
        """The forms that the token endpoint got."""
        self.entered = True
        """Has somebody entered the device code?"""
        self.scope = ""
        """What is granted; empty: what was asked for."""
        self.error = ""
        """The word with which every token is refused."""
        self.lifetime: int | None = 3600
        self.live: set[str] = set()
        """Access tokens that mail servers accept."""
        self.refresh_tokens: set[str] = set()
        self.consented = ""
        """What the page of consent was asked for."""
        self._count = 0

    @property
    def check_url(self) -> str:
        """For Dovecot: whether a token is good."""
        return f"{self.http}/check?token="

    def revoke(self) -> None:
        """Take the consent back: nothing that was given out is worth anything."""
        self.live.clear()
        self.refresh_tokens.clear()

    def kinds(self) -> list[str]:
        """The grants that were asked for."""
        return [form["grant_type"].rpartition(":")[2] for form in self.asked]

    def token(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """The answer of the token endpoint."""
        self.asked.append(dict(form))
        if no := self._refusal(form):
            return 400, {"error": no, "error_description": "a secret of no concern", "error_codes": [70008]}
        self._count += 1
        access = f"access-{self._count}-" + "x" * 1500  # about as long as Microsoft's
        self.live.add(access)
        answer: dict[str, Any] = {
            "token_type": "Bearer",
            "access_token": access,
            "expires_in": self.lifetime,
            "scope": self.scope or form.get("scope", self.consented),
        }
        if form["grant_type"] not in ("client_credentials", "urn:ietf:params:oauth:grant-type:jwt-bearer"):
            self.refresh_tokens.discard(form.get("refresh_token", ""))
            answer["refresh_token"] = f"refresh-{self._count}"
            self.refresh_tokens.add(answer["refresh_token"])
        if "openid" in form.get("scope", "") or form["grant_type"].endswith("device_code"):
            answer |= self._identity(form)
        return 200, answer

    def _refusal(self, form: Mapping[str, str]) -> str:
        if self.error:
            return self.error
        match form["grant_type"].rpartition(":")[2]:
            case "device_code":
                return "" if self.entered else "authorization_pending"
            case "refresh_token":
                return "" if form["refresh_token"] in self.refresh_tokens else "invalid_grant"
            case "client_credentials":
                return (
                    ""
                    if form.get("client_secret") == self.secret or form.get("client_assertion")
                    else "invalid_client"
                )
        return ""

    def _identity(self, form: Mapping[str, str]) -> dict[str, str]:
        """Who signed in, as Microsoft says it; msal does not check the signature."""
        claims = {
            "aud": form["client_id"],
            "iss": f"{self.https}/acme/v2.0",
            "sub": "1",
            "exp": int(time.time()) + 3600,
            "preferred_username": self.user,
            "oid": "1",
            "tid": "acme",
        }
        return {
            "id_token": f"{_part({'alg': 'none'})}.{_part(claims)}.x",
            "client_info": _part({"uid": "1", "utid": "acme"}),
        }

    def configuration(self) -> dict[str, str]:
        """OpenID's, of any tenant."""
        base = f"{self.https}/acme"
        return {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        }

    def device_code(self) -> dict[str, Any]:
        """A new one."""
        return {
            "user_code": "ABCD-EFGH",
            "device_code": "device",
            "verification_uri": f"{self.https}/devicelogin",
            "expires_in": 30,
            "interval": 1,
            "message": "",
        }


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


class _Handler(http.server.BaseHTTPRequestHandler):
    tenant: Tenant

    def do_POST(self) -> None:
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        if self.path.endswith("/devicecode"):
            self._answer(200, self.tenant.device_code())
        else:
            self._answer(*self.tenant.token(form))

    def do_GET(self) -> None:
        parts = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        if parts.path.endswith("/openid-configuration"):
            if parts.path.startswith(("/acme/", "/acme.com/")):
                self._answer(200, self.tenant.configuration())
            else:
                self._answer(400, {"error": "invalid_tenant"})
        elif parts.path == "/check":
            good = query["token"] in self.tenant.live
            self._answer(200 if good else 401, {"email": self.tenant.user, "active": good})
        elif parts.path == "/consent":
            self.tenant.consented = query["scope"]
            back = urllib.parse.urlencode(
                {"code": "consented", "state": query["state"], "scope": self.tenant.scope or query["scope"]}
            )
            self.send_response(302)
            self.send_header("Location", f"{query['redirect_uri']}?{back}")
            self.end_headers()
        else:
            self._answer(404, {})

    def _answer(self, status: int, answer: Any) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def tenant(certificate: Certificate, *, user: str = USER) -> Iterator[Tenant]:
    """At ``https://localhost:…`` for what signs in, at ``http://127.0.0.1:…`` for mail servers."""
    there = Tenant(user)
    handler = type("Handler", (_Handler,), {"tenant": there})
    servers = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) for _ in range(2)]
    servers[0].socket = certificate.server.wrap_socket(servers[0].socket, server_side=True)
    there.https = f"https://localhost:{servers[0].server_port}"
    there.http = f"http://127.0.0.1:{servers[1].server_port}"
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield there
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
