"""DMARC alignment: does a proven domain speak for the one in From (RFC 7489, 3.1)?"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

    from channels.email.auth.resolver import Inquiry


LONGEST = 253
"""Characters of a domain name (RFC 1035, section 2.3.4)."""


def aligned(one: str, other: str) -> bool:
    """Relaxed alignment: equal, or of one organisation, as ``mail.acme.co.uk`` and ``acme.co.uk`` are."""
    one, other = one.rstrip("."), other.rstrip(".")
    if not (0 < len(one) <= LONGEST and 0 < len(other) <= LONGEST):
        return False
    return one == other or (organisational(one) or one) == organisational(other)


@lru_cache(maxsize=4096)
def organisational(domain: str) -> str:
    """The domain one label below its public suffix, or ``""`` for a suffix itself (RFC 7489, section 3.2)."""
    return _suffixes().privatesuffix(domain) or ""


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # 50 ms to read, and most mail needs none of it

    return PublicSuffixList()


def refusal(domain: str, author: str, *, mode: str, ask: Inquiry) -> str:
    """Why a domain that was proven does not speak for ``author``, the domain of From; ``""``: it does.

    ``mode``: ``adkim`` or ``aspf``, the policy's tag for what proved it. DNS is asked only where the policy
    decides: equal domains are aligned, and unlike ones are not, whatever it says.
    """
    if domain == author:
        return ""
    if not aligned(domain, author):
        return f"{domain} does not speak for {author}"
    strict = policy(author, ask).get(mode) == "s"
    return f"DMARC of {author} is strict ({mode}=s), and {domain} is another domain" if strict else ""


def policy(author: str, ask: Inquiry) -> dict[str, str]:
    """The tags of a domain's policy, or of its organisation's (section 6.6.3); empty where there is none."""
    for domain in dict.fromkeys((author, organisational(author))):
        found = (
            [text for text in ask.texts(f"_dmarc.{domain}") if text[:8].lower() == b"v=dmarc1"]
            if domain
            else []
        )
        if found:
            return _tags(found[0]) if len(found) == 1 else {}
    return {}


def _tags(record: bytes) -> dict[str, str]:
    pairs = (tag.partition("=") for tag in record.decode("ascii", "replace").split(";"))
    return {name.strip().lower(): value.strip().lower() for name, _, value in pairs}
