"""Setup advice from a mailbox's own mail: its border servers and mailing lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.channel.protocols import Mailbox
from channels.email.auth import policy
from channels.email.automatic.classify import list_id
from channels.email.mime import message
from channels.email.mime.message import Mail

ENOUGH = 3
"""Mails that must agree before a border server is proposed: one alone may be somebody's trick."""


def proposals(heads: Sequence[bytes], mailbox: Mailbox, networks: Sequence[policy.Network]) -> Iterator[str]:
    """A sentence for each setting that the newest mails suggest and that is missing.

    ``heads``: their headers.
    """
    mails = [message.read(head) for head in heads]
    if not policy.vouched(mailbox):
        yield from _border(mails, networks)
    yield from _groups(mails, mailbox)


def border_settings(raw: bytes, mailbox: Mailbox, networks: Sequence[policy.Network]) -> Mapping[str, Any]:
    """The keys of the mailbox by which the results of whoever checked this mail of our own count."""
    name = "" if policy.vouched(mailbox) else policy.border(message.read(raw), networks)
    if name == policy.EXCHANGE:
        return {"microsoft_results": True}
    return {"authserv_id": name} if name else {}


def _border(mails: Sequence[Mail], networks: Sequence[policy.Network]) -> Iterator[str]:
    borders = Counter(policy.border(mail, networks) for mail in mails)
    borders.pop("", None)
    for name, count in borders.most_common(1):
        if count >= ENOUGH and 2 * count > len(mails):
            what = "microsoft_results = true" if name == policy.EXCHANGE else f'authserv_id = "{name}"'
            yield f"{count} of its last {len(mails)} mails were checked by {name}: {what}"


def _groups(mails: Sequence[Mail], mailbox: Mailbox) -> Iterator[str]:
    """Groups with the address's own name: support@ may be one, and then its mail is no newsletter."""
    own_ids = {own_id.lower() for own_id in mailbox.own_list_ids}
    local, _, domain = mailbox.address.lower().partition("@")
    seen = Counter(list_id(mail.first("list-id")) for mail in mails)
    for name, count in sorted(seen.items()):
        own = name.partition(".")[0] == local and name.endswith(f".{domain}")
        if own and name not in own_ids:
            yield f'{count} of its last {len(mails)} mails came through the group {name}: own_list_ids = ["{name}"]'
