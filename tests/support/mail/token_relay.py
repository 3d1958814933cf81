"""A relay on loopback that lets in by access token only (XOAUTH2), as Microsoft 365 and Gmail do."""

from __future__ import annotations

import base64
import email
from email.policy import default
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from rehearsal.ports import free_port
from tests.support.houses.tenant import Tenant
from tests.support.setup.certificates import Certificate


class TokenRelay:
    """``with TokenRelay(tenant) as relay:`` what it took is in ``relay.taken``."""

    def __init__(self, tenant: Tenant, *, certificate: Certificate | None = None) -> None:
        """``certificate``: it wants STARTTLS first."""
        self._tenant = tenant
        self.tls = certificate.server if certificate else None
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}?starttls=off"
        self.taken: list[Any] = []
        self.logins: list[str] = []
        """The token of each login, and ``refused`` for each that it refused."""
        self.busy = ""
        """What it answers to every message instead of taking it, if anything."""
        self.closed = False
        """Nobody is let in, as where SMTP AUTH is switched off for a mailbox."""
        self._controller = _Controller(self, hostname="127.0.0.1", port=self.port)

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 - aiosmtpd's hook
        user, bearer, *rest = base64.b64decode(args[1]).decode().split("\1")
        token = bearer.removeprefix("auth=Bearer ")
        assert rest == ["", ""]
        if user == f"user={self._tenant.user}" and token in self._tenant.live and not self.closed:
            self.logins.append(token)
            return AuthResult(success=True, auth_data=token)
        self.logins.append("refused")
        await server.push("334 " + base64.b64encode(b'{"status":"400"}').decode())
        await server._reader.readline()
        return AuthResult(
            success=False, handled=False, message="535 5.7.3 Authentication unsuccessful [LOOPBACK]"
        )

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if not session.authenticated:
            return "530 5.7.57 Client not authenticated to send mail."
        if session.auth_data not in self._tenant.live:
            return "421 4.7.0 The access token has ended."
        envelope.mail_from = address
        return "250 2.1.0 Sender OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.busy:
            return self.busy
        self.taken.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 2.0.0 Taken"

    def mails(self, to: str) -> list[Any]:
        """What it took for somebody."""
        return [mail for mail in self.taken if to in str(mail["To"])]

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._controller.stop()


class _Smtp(SMTP):
    line_length_limit = 16_384  # a token has some thousand characters


class _Controller(Controller):
    def factory(self) -> SMTP:
        server = _Smtp(
            self.handler,
            auth_require_tls=False,
            tls_context=self.handler.tls,
            require_starttls=self.handler.tls is not None,
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            data_size_limit=None,
            enable_SMTPUTF8=True,
        )
        server.command_size_limits["AUTH"] = 16_384
        return server
