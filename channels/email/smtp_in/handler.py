"""What a client is offered, and whom it may write to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from channels.email.smtp_in.session import SmtpDoor

# ruff: noqa: N802 (aiosmtpd finds hooks by their upper-case names)


class SmtpHooks:
    """aiosmtpd's hooks, an object of their own: aiosmtpd searches it anew for every connection."""

    def __init__(self, door: SmtpDoor) -> None:
        self._addressees = door.addressees
        self._max_recipients = door.settings.max_recipients

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer no AUTH (there is nothing to log in to); announce pipelining."""
        session.host_name = hostname
        offers = [line for line in responses if not line.startswith("250-AUTH")]
        return ["\r\n".join([*offers[:-1], "250-PIPELINING", offers[-1]])]  # one packet

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Accept our own addresses and any plus-address; a bad token is treated as the plain address."""
        if len(envelope.rcpt_tos) >= self._max_recipients:
            return "452 4.5.3 Too many recipients; please send to the others in another message"
        if self._addressees.mailbox(address) is None:
            return f"550 5.1.1 Nobody reads mail at that address here; write to {self._addressees.first}"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"


class Verbs(dict[str, Any]):
    """The commands by name. We answer unknown ones; aiosmtpd would disconnect after five."""

    def __init__(self, verbs: dict[str, Any], *, unknown: Any) -> None:
        super().__init__(verbs)
        self._unknown = unknown

    def get(self, verb: str, default: Any = None) -> Any:
        """The command's method, or that of all unknown ones."""
        return super().get(verb, self._unknown)
