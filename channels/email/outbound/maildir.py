"""Delivery into a Maildir: where mail goes when there is no relay, and nothing else need run."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from bot.channel.outbound import DeliveryFailed, Parcel
from channels.email.sign_in.passwords import PasswordLogin


class Maildir:
    """A folder with ``tmp``, ``new`` and ``cur`` (https://cr.yp.to/proto/maildir.html)."""

    login: PasswordLogin | None = None
    """Nobody is asked to let us in."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def deliver(self, parcel: Parcel) -> None:
        """Write, fsync, rename; a second try of the same parcel finds the first and leaves one file."""
        try:
            self._write(name_of(parcel), headed(parcel))
        except OSError as error:
            raise DeliveryFailed(
                f"email.relay: cannot write to {self._folder} ({error.strerror})", permanent=False
            ) from error

    def problems(self) -> Iterable[str]:
        """One sentence if the folder cannot be written to."""
        try:
            self._make()
        except OSError as error:
            yield f"email.relay: cannot make the Maildir {self._folder} ({error.strerror})."
            return
        if not os.access(self._folder / "new", os.W_OK):
            yield f"email.relay: cannot write to the Maildir {self._folder}."

    def interrupt(self) -> None:
        """Nothing to interrupt: nothing takes long."""

    def close(self) -> None:
        """Nothing to close."""

    def _make(self) -> None:
        for part in ("tmp", "new", "cur"):
            (self._folder / part).mkdir(parents=True, exist_ok=True)

    def _write(self, name: str, message: bytes) -> None:
        self._make()
        if any((self._folder / "cur" / (name + seen)).exists() for seen in ("", ":2,", ":2,S")):
            return  # delivered before, and looked at since
        scratch = self._folder / "tmp" / name
        with scratch.open("wb") as file:
            file.write(message)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(self._folder / "new" / name)
        fsync_folder(self._folder / "new")


def name_of(parcel: Parcel) -> str:
    """The file name: the same for every try of one parcel, and another in another store's Maildir."""
    digest = hashlib.blake2b(parcel.payload, digest_size=6).hexdigest()
    return f"{parcel.id:010d}.{digest}.casebot"


def headed(parcel: Parcel) -> bytes:
    """The message with the headers that a delivery agent adds on top (RFC 5321, section 4.4)."""
    if any(c in parcel.bounce_to + parcel.recipient for c in "\r\n"):
        raise DeliveryFailed("an address has a line break in it", permanent=True)
    eol = "\r\n" if b"\r\n" in parcel.payload else "\n"
    top = f"Return-Path: <{parcel.bounce_to}>{eol}Delivered-To: {parcel.recipient}{eol}"
    return top.encode("utf-8", "replace") + parcel.payload


def fsync_folder(folder: Path) -> None:
    """Make a rename within this folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
