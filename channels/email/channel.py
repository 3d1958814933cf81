"""Mail as one channel: its doors in, its reader, and its way out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.channel.archive import Archive
from bot.channel.capabilities import Traits
from bot.channel.context import ChannelContext
from bot.channel.outbound import Parcel, Posting, Stands
from bot.channel.oversize import LeftInMailbox
from bot.channel.protocols import Anchor, Context, Inbound, Letter, Mailbox, Unreadable, Worker
from channels.connection_limit import shortage
from channels.email.archive.reader import open_archive
from channels.email.auth import policy
from channels.email.auth.evidence import Claimed
from channels.email.auth.policy import vouched
from channels.email.config.settings import Settings
from channels.email.imap_in.worker import ImapRoom
from channels.email.mime import prescan
from channels.email.outbound import compose
from channels.email.outbound.transport import open_delivery
from channels.email.sandbox.pool import ReaderPool
from channels.email.smtp_in.server import Listener, tls_context

if TYPE_CHECKING:
    from channels.email.auth.dkim_sign import Signers
    from channels.email.auth.verifier import Prover


class EmailChannel:
    """``bot.channel.protocols.Channel`` for mail. Nothing is opened before a room runs or a parcel leaves."""

    name = "email"
    traits = Traits(private=True, files_within=True, originals=True, mailboxes=True)

    def __init__(self, context: ChannelContext[Settings]) -> None:
        self._context = context
        self._settings: Settings = context.settings
        self._hostname = self._settings.hostname or context.mailboxes[0].address.rpartition("@")[2]
        self._names = {box.address: box.name for box in context.mailboxes}
        self._delivery = open_delivery(self._settings, hostname=self._hostname)
        self._signers = _signers(context.mailboxes)
        self._reader = ReaderPool(context)
        self._prover: Prover | None = None
        fetched = (box for box in context.mailboxes if "imap" in box.settings)
        self._unvouched = frozenset(box.address.lower() for box in fetched if not vouched(box))
        self._mailboxes = tuple(ImapRoom(context, box) for box in context.mailboxes if "imap" in box.settings)
        self._listeners = tuple(Listener(context, protocol) for protocol in self._protocols())

    def _protocols(self) -> Iterable[str]:
        if self._settings.listen:
            yield "smtp"
        if self._settings.lmtp:
            yield "lmtp"

    @property
    def rooms(self) -> Sequence[Worker]:
        """A thread for each listener and each IMAP mailbox."""
        return (*self._listeners, *self._mailboxes)

    def problems(self) -> Iterable[str]:
        """Try listeners, certificate, relay and every mailbox; a sentence each for what fails."""
        yield from filter(None, (listener.problem() for listener in self._listeners))
        try:
            tls_context(self._settings.certificate, self._settings.private_key)
        except OSError as error:
            yield f"{error}."
        yield from self._delivery.problems()
        if self._signers is not None:
            yield from self._signers.problems(self._proving().resolver.inquiry())
        for mailbox in self._mailboxes:
            yield from mailbox.problems()

    def advice(self) -> Iterable[str]:
        """A relay that sends nothing; what the mailboxes' own mail speaks for; DNS that does not answer."""
        if self._settings.relay.startswith("maildir:"):
            yield "email.relay is a Maildir: no mail leaves this machine"
            for box in self._context.mailboxes:
                if box.settings.get("canary"):
                    yield f"mailbox {box.address}: no canary can come back to it"
        if self._settings.verify and not self._proving().resolver.answers():
            yield "email.nameservers: DNS does not answer, so mail that only DNS could prove waits an hour, and is held"
        for listener in self._listeners:
            most = self._settings.max_connections
            if short := shortage("email.max_connections", most, listener.protocol):
                yield short
        for mailbox in self._mailboxes:
            yield from mailbox.advice()

    def unvouched(self) -> Collection[str]:
        """Mailboxes whose mail is fetched, or handed on by a server of ours, and nobody said whose results count."""
        return self._unvouched

    def left_in_mailbox(self) -> Collection[LeftInMailbox]:
        """What is too large to be taken out of the mailboxes that are fetched."""
        return [one for mailbox in self._mailboxes for one in mailbox.lying.all]

    def anchors(self, letter: Letter) -> tuple[Anchor, ...]:
        """What in the headers may lead to a case; linear, never raises."""
        return prescan.anchors(letter, self._context.mailboxes)

    def read(self, letters: Sequence[Letter], contexts: Sequence[Context]) -> list[Inbound | Unreadable]:
        """Read in the child; one result each, in order. Who sent it is then asked of DNS, where that is worth it."""
        found = self._reader.read(letters, contexts)
        self._unvouched |= frozenset(filter(None, map(_unvouched, found)))
        if any(isinstance(one, Claimed) for one in found):
            return self._proving().settle(letters, found)
        return [one for one in found if not isinstance(one, Claimed)]

    def _proving(self) -> Prover:
        """Only where there is something to prove: DNS and cryptography take a tenth of a second to load."""
        if self._prover is None:
            from channels.email.auth.verifier import Prover

            self._prover = Prover(self._settings.nameservers)
        return self._prover

    def compose(self, posting: Posting) -> bytes:
        """The bytes of one message to one recipient."""
        name = self._names.get(posting.mailbox, "")
        return compose.compose(posting, name, self._hostname)

    def deliver(self, parcel: Parcel) -> Stands | None:
        """To the relay or into the Maildir; raises ``DeliveryFailed``.

        Signed here and not when it was composed: that was within a transaction, which a signature would make longer.
        """
        if self._signers is not None:
            parcel = replace(parcel, payload=self._signers.signed(parcel.payload))
        self._delivery.deliver(parcel)
        return None

    def interrupt(self) -> None:
        """Cut the lines to the relay."""
        self._delivery.interrupt()

    def archive(self, path: Path, kind: str, *, mailbox: str) -> Archive:
        """An mbox file or a Maildir. The only mailbox there is, is the one that it was kept in."""
        boxes = self._context.mailboxes
        mailbox = mailbox or (boxes[0].address if len(boxes) == 1 else "")
        return open_archive(path, kind, mailbox=mailbox, most=self._settings.max_size)

    def close(self) -> None:
        """Hang up at the relay and end the children."""
        self._delivery.close()
        self._reader.close()
        if self._prover is not None:
            self._prover.close()


def _unvouched(one: Inbound | Unreadable | Claimed) -> str:
    """The mailbox of a mail that a server of ours could have vouched for, had one been named; else ``""``."""
    if isinstance(one, Unreadable):
        return ""
    inbound, reasons = (one.inbound, one.claims.reasons) if isinstance(one, Claimed) else (one, one.evidence)
    return inbound.mailbox if policy.UNSET in reasons else ""


def _signers(mailboxes: Sequence[Mailbox]) -> Signers | None:
    """None where no mailbox has a key: nothing is loaded then."""
    if not any("dkim" in box.settings for box in mailboxes):
        return None
    from channels.email.auth.dkim_sign import Signers

    return Signers(mailboxes)
