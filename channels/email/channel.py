"""Mail as one channel: its doors in, its reader, and its way out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.channel import (
    Anchor,
    Archive,
    Context,
    House,
    Inbound,
    Letter,
    Parcel,
    Posting,
    Room,
    Stands,
    Unreadable,
)
from channels.email import compose, scan
from channels.email.archive import open_archive
from channels.email.delivery import open_delivery
from channels.email.imap import ImapRoom
from channels.email.listener import Listener, tls_context
from channels.email.reader import Reader
from channels.email.settings import Settings


class EmailChannel:
    """``bot.channel.Channel`` for mail. Nothing is opened before a room runs or a parcel leaves."""

    name = "email"

    def __init__(self, house: House) -> None:
        self._house = house
        self._settings: Settings = house.settings
        self._hostname = self._settings.hostname or house.mailboxes[0].address.rpartition("@")[2]
        self._names = {box.address: box.name for box in house.mailboxes}
        self._delivery = open_delivery(self._settings, hostname=self._hostname)
        self._reader = Reader(house)
        self._mailboxes = tuple(ImapRoom(house, box) for box in house.mailboxes if "imap" in box.settings)
        self._listeners = tuple(Listener(house, protocol) for protocol in self._protocols())

    def _protocols(self) -> Iterable[str]:
        if self._settings.listen:
            yield "smtp"
        if self._settings.lmtp:
            yield "lmtp"

    @property
    def rooms(self) -> Sequence[Room]:
        """A thread for each listener and each IMAP mailbox."""
        return (*self._listeners, *self._mailboxes)

    def problems(self) -> Iterable[str]:
        """Try certificate, relay and every mailbox; a sentence each for what fails."""
        try:
            tls_context(self._settings.certificate, self._settings.private_key)
        except OSError as error:
            yield f"{error}."
        yield from self._delivery.problems()
        for mailbox in self._mailboxes:
            yield from mailbox.problems()

    def anchors(self, letter: Letter) -> tuple[Anchor, ...]:
        """What in the headers may lead to a case; linear, never raises."""
        return scan.anchors(letter, self._house.mailboxes)

    def read(self, letters: Sequence[Letter], contexts: Sequence[Context]) -> list[Inbound | Unreadable]:
        """Read in the child; one result each, in order."""
        return self._reader.read(letters, contexts)

    def compose(self, posting: Posting) -> bytes:
        """The bytes of one message to one recipient."""
        name = self._names.get(posting.mailbox, "")
        return compose.compose(posting, name, self._hostname)

    def deliver(self, parcel: Parcel) -> Stands | None:
        """To the relay or into the Maildir; raises ``DeliveryFailed``."""
        self._delivery.deliver(parcel)
        return None

    def archive(self, path: Path, kind: str, *, mailbox: str) -> Archive:
        """An mbox file or a Maildir. The only mailbox there is, is the one that it was kept in."""
        boxes = self._house.mailboxes
        mailbox = mailbox or (boxes[0].address if len(boxes) == 1 else "")
        return open_archive(path, kind, mailbox=mailbox, most=self._settings.max_size)

    def close(self) -> None:
        """Hang up at the relay and end the children."""
        self._delivery.close()
        self._reader.close()
