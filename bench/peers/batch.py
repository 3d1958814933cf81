"""The mails of one pass, the same for every peer: in files for trackers, and by their seed for senders."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.support.mails import mix


class Missing(Exception):
    """A peer cannot be had on this machine; the message says why."""


@dataclass(frozen=True, slots=True)
class Batch:
    """``count`` mails of a pass, each in a file of ``folder``."""

    folder: Path
    count: int
    number: int

    @property
    def prefix(self) -> str:
        """What the markers of its mails begin with."""
        return f"p{self.number}"

    @classmethod
    def written(cls, folder: Path, *, count: int, number: int) -> Batch:
        """Made and written down, in the order in which they are to be taken."""
        batch = cls(folder / f"pass{number}", count, number)
        batch.folder.mkdir(parents=True)
        for position, mail in enumerate(mix(count, seed=number, prefix=batch.prefix)):
            (batch.folder / f"{position:06d}.eml").write_bytes(mail.raw)
        return batch


class Peer(Protocol):
    """Something that takes mail, open until its context ends."""

    def cpu(self) -> float:
        """Seconds of all its processes so far."""
        ...

    def take(self, batch: Batch) -> Mapping[str, int]:
        """Take them all, until nothing is left to do; what it has then. Raises if a mail is missing."""
        ...


class Opens(Protocol):
    """How a peer is opened, in a folder of its own; ``cache`` has what is installed. Or ``Missing``."""

    def __call__(self, folder: Path, cache: Path) -> AbstractContextManager[Peer]: ...
