"""The sender: one of the desk's addresses, its name and signature."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from bot.brand.palette import palette_of
from bot.config.settings import MailboxSection
from bot.model.facts import DeskFacts


@dataclass(frozen=True, slots=True)
class Brand:
    """One of the desk's addresses, ready for templates."""

    facts: DeskFacts
    address: str
    language: str


def brand_of(box: MailboxSection, docs_url: str) -> Brand:
    """The brand of a ``[[mailbox]]``."""
    facts = DeskFacts(
        name=box.name,
        address=box.address,
        docs_url=docs_url,
        create_url=f"mailto:{box.address}",
        my_url=f"mailto:{box.address}?subject={quote('My cases')}&body={quote('#my')}",
        palette=palette_of(box.colour) if box.colour else None,
    )
    return Brand(facts, box.address, box.language)


def plus(address: str, tag: str) -> str:
    """``support@example.com`` → ``support+TAG@example.com`` (RFC 5233)."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{tag}@{domain}"
