"""What DNS says of a domain's mail, so that setup can propose answers."""

from __future__ import annotations

from typing import Any

import dns.exception
import dns.resolver

PATIENCE = 3.0
"""Seconds for each question."""
_HOSTED = {
    "microsoft": (".mail.protection.outlook.com", ".mx.microsoft"),
    "google": (".google.com", ".googlemail.com"),
}
"""How the names of a provider's mail servers end."""


def provider_of(domain: str) -> tuple[str, str]:
    """Who keeps the mail, ``microsoft`` or ``google``, and the server that says so; or two ``""``."""
    for answer in _asked(domain, "MX"):
        server = str(answer.exchange).rstrip(".").lower()
        for provider, ends in _HOSTED.items():
            if f".{server}".endswith(ends):
                return provider, server
    return "", ""


def imap_server(domain: str) -> str:
    """Where its mailboxes are, ``host`` or ``host:port`` (SRV records, RFC 6186); else a usual name."""
    return _service(domain, "_imaps._tcp", 993) or _service(domain, "_imap._tcp", 0) or f"imap.{domain}"


def smtp_server(domain: str) -> str:
    """Where it takes mail from its users; likewise (RFC 6186, and RFC 8314 for ``_submissions``)."""
    service = _service(domain, "_submission._tcp", 587) or _service(domain, "_submissions._tcp", 0)
    return service or f"smtp.{domain}"


def _service(domain: str, service: str, usual: int) -> str:
    """``host``, with its port unless that is the usual one; ``""`` if there is no such record."""
    answers = sorted(_asked(f"{service}.{domain}", "SRV"), key=lambda answer: int(answer.priority))
    hosts = [(str(answer.target).rstrip("."), int(answer.port)) for answer in answers]
    return next((host if port == usual else f"{host}:{port}" for host, port in hosts if host), "")


def _asked(name: str, kind: str) -> list[Any]:
    try:
        return list(dns.resolver.resolve(name, kind, lifetime=PATIENCE))
    except (dns.exception.DNSException, OSError):
        return []
