"""The desk's own addresses: those of its mailboxes, with or without a plus-part."""

from __future__ import annotations

from bot.config.load import Config
from bot.model.mail_address import without_plus_parts


def own_address(address: str, config: Config) -> bool:
    """Is it one of the desk's addresses, or a plus-address of one?"""
    mailboxes = {box.address.lower() for box in config.mailboxes}
    return any(name in mailboxes for name in without_plus_parts(address))
