"""LMTP (RFC 2033): the SMTP conversation as a local mail server holds it."""

from __future__ import annotations

from aiosmtpd.lmtp import LMTP

from channels.email.smtp_in.session import Conversation


class LocalConversation(LMTP, Conversation):
    """A conversation by LMTP (RFC 2033): LHLO, and one reply for each recipient."""

    async def _answer(self, reply: str, recipients: list[str]) -> None:
        """Send the same reply for each recipient (RFC 2033, section 4.2)."""
        await self.push("\r\n".join([reply] * len(recipients)))
