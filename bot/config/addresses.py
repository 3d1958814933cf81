"""The desk's own addresses: those of its mailboxes, with or without a plus-part."""

from __future__ import annotations

from bot.config.load import Config


def own_address(address: str, config: Config) -> bool:
    """Is it one of the desk's addresses, or a plus-address of one?"""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" in {box.address for box in config.mailboxes}
