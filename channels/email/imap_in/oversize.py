"""Oversize messages that the IMAP door leaves in their folder."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from bot.channel.oversize import LeftInMailbox
from channels.email.imap_in.client import ImapFolder, Lost, NotHandedOver
from channels.email.mime import message

log = structlog.get_logger("email.imap")
LONGEST = 200
"""Characters of a subject or a sender that are told."""


class OversizeMessages:
    """The oversize messages of one mailbox at the last look. Any thread may read ``all``."""

    def __init__(self, mailbox: str, *, limit: int) -> None:
        self._mailbox = mailbox
        self._limit = limit
        self.all: tuple[LeftInMailbox, ...] = ()

    def look(self, folder: ImapFolder, sizes: Mapping[int, int]) -> None:
        """Record these messages (UID → bytes) and no others; fetch sender and subject of new ones, once.

        Raises what a lost line does, and records them without: the question that broke the line is not asked
        again.
        """
        by_uid = {left.number: left for left in self.all if left.epoch == folder.uidvalidity}
        new = sorted(sizes.keys() - by_uid.keys())
        heads: Mapping[int, bytes] = {}
        try:
            heads = folder.heads(new)
        except NotHandedOver as error:
            if isinstance(error, Lost):
                raise
            log.warning("headers were not handed over", mailbox=self._mailbox, uids=new)
        finally:
            by_uid |= {
                uid: self._oversize(folder.uidvalidity, uid, sizes[uid], heads.get(uid, b"")) for uid in new
            }
            self.all = tuple(by_uid[uid] for uid in sorted(sizes))

    def _oversize(self, epoch: int, uid: int, size: int, head: bytes) -> LeftInMailbox:
        mail = message.read(head)
        address, name = (mail.sender.address, mail.sender.name) if mail.sender else ("", "")
        return LeftInMailbox(
            self._mailbox,
            epoch,
            uid,
            size=size,
            limit=self._limit,
            sender=(f"{name} <{address}>" if name else address)[-LONGEST:],
            subject=mail.subject[:LONGEST],
        )
