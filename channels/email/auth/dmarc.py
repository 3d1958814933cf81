"""DMARC alignment: does a proven domain speak for the one in From (RFC 7489, 3.1)?"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from bot.model.translatable import saying

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

    from channels.email.auth.resolver import Inquiry


LONGEST = 253
"""Characters of a domain name (RFC 1035, section 2.3.4)."""


def aligned(domain: str, other_domain: str) -> bool:
    """Relaxed alignment: equal, or of one organisation, as ``mail.acme.co.uk`` and ``acme.co.uk`` are."""
    domain, other_domain = domain.rstrip("."), other_domain.rstrip(".")
    if not (0 < len(domain) <= LONGEST and 0 < len(other_domain) <= LONGEST):
        return False
    return domain == other_domain or (organisational(domain) or domain) == organisational(other_domain)


@lru_cache(maxsize=4096)
def organisational(domain: str) -> str:
    """The domain one label below its public suffix; ``""`` for a suffix itself (RFC 7489, section 3.2)."""
    return _suffixes().privatesuffix(domain) or ""


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # 50 ms to read, and most mail needs none of it

    return PublicSuffixList()


def refusal(domain: str, author: str, *, mode: str, ask: Inquiry) -> str:
    """Why a proven domain does not speak for ``author``, the domain of From; ``""`` if it does.

    ``mode``: ``adkim`` or ``aspf``, the policy's tag for what proved it. DNS is asked only where the policy
    decides: equal domains are always aligned, unlike ones never.
    """
    if domain == author:
        return ""
    if not aligned(domain, author):
        return saying("{domain} does not speak for {claimed}", domain=domain, claimed=author)
    strict = policy(author, ask).get(mode) == "s"
    return saying(_STRICT, claimed=author, mode=mode, domain=domain) if strict else ""


def policy(author: str, ask: Inquiry) -> dict[str, str]:
    """The tags of a domain's policy, or of its organisation's (section 6.6.3); empty if there is none."""
    for domain in dict.fromkeys((author, organisational(author))):
        policies = (
            [text for text in ask.texts(f"_dmarc.{domain}") if text[:8].lower() == b"v=dmarc1"]
            if domain
            else []
        )
        if policies:
            return _tags(policies[0]) if len(policies) == 1 else {}
    return {}


def _tags(record: bytes) -> dict[str, str]:
    pairs = (tag.partition("=") for tag in record.decode("ascii", "replace").split(";"))
    return {name.strip().lower(): value.strip().lower() for name, _, value in pairs}


_STRICT = "DMARC of {claimed} is strict ({mode}=s), and {domain} is another domain"
