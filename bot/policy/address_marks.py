"""Marks: addresses as keyed hashes, which only this desk's secret can be compared with."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence

from bot.config.load import Config

_PURPOSE = b"casebot erasure"


class AddressMarks:
    """Makes the marks of addresses. ``secrets``: the desk's; the first marks, all are compared with."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._keys = [hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256) for secret in secrets]

    def of(self, channel: str, address: str) -> tuple[str, ...]:
        """The marks of an address, that of today first."""
        words = f"{channel}:{address.lower()}".encode()
        return tuple(hmac.new(key, words, hashlib.sha256).hexdigest() for key in self._keys)

    @property
    def desk(self) -> tuple[str, ...]:
        """The marks of the desk itself, by which its own tombstones are known."""
        return self.of("casebot", "desk")

    def of_all(self, addresses: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Today's mark of each address; empty for a desk without a secret."""
        if not self._keys:
            return {}
        return {(channel, address): self.of(channel, address)[0] for channel, address in addresses}


def marks_of(config: Config) -> AddressMarks:
    """The marks of a desk."""
    return AddressMarks([secret.get_secret_value() for secret in config.desk.secrets])
