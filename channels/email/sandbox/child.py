"""The child process that reads foreign bytes: limited, without store or network."""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, BinaryIO

from bot.channel.protocols import Context, Letter, Mailbox
from channels.email.auth import evidence
from channels.email.reading.inbound import Reading, read
from channels.email.sandbox import limits, protocol

LARGE = 1 << 20
"""Bytes of a mail whose tree of parts, which refer to each other, does not wait for the collector."""


def main() -> None:
    """Say ``ready``, then read batch after batch until the parent hangs up.

    Each is read for the desk that was described last.
    """
    limit()
    calls, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints by mistake must not end up among the frames
    try:
        answers.write(protocol.pack({"ready": True}))
        answers.flush()
        read_exactly, reading = _exactly(calls), Reading(())
        while True:
            call, raws = protocol.unpack(read_exactly)
            if "mailboxes" in call:
                reading = _reading(call)
            else:
                _answer(call, raws, reading, answers)
    except (EOFError, BrokenPipeError):
        os._exit(0)
    except MemoryError:
        os._exit(limits.MEMORY)


def limit() -> None:
    """Limit memory to what a large mail needs, forbid writing files, ignore signals for the parent."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.MOST_MEMORY, limits.MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    timers = (signal.SIGALRM, signal.SIGPROF)  # a parent may have had them ignored or blocked
    for number in timers:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, timers)
    gc.freeze()


def _exactly(stream: BinaryIO) -> protocol.ReadBytes:
    def read_exactly(size: int) -> bytes:
        chunk = stream.read(size)
        if len(chunk) < size:
            raise EOFError
        return chunk

    return read_exactly


def _reading(desk: dict[str, Any]) -> Reading:
    boxes = tuple(
        Mailbox(address, name, authserv_id=authserv_id, own_list_ids=tuple(lists), settings=settings)
        for address, name, authserv_id, lists, settings in desk["mailboxes"]
    )
    return Reading(boxes, tuple(desk["trusted_networks"]), desk["domain"], desk["verify"])


def _answer(call: dict[str, Any], raws: list[bytes], reading: Reading, answers: BinaryIO) -> None:
    """Write one frame for every letter, in order, each as soon as it is known."""
    for letter, raw in zip(call["letters"], raws, strict=True):
        for piece in _frame(letter, raw, reading):
            answers.write(piece)
        answers.flush()
        if len(raw) > LARGE:
            gc.collect()


def _frame(values: dict[str, Any], raw: bytes, reading: Reading) -> list[bytes]:
    _clock(raw)
    try:
        letter = Letter(values["id"], "email", values["key"], raw, values["envelope"], datetime.now(UTC))
        inbound, blobs, claimed = read(letter, Context(frozenset(values["sent_lines"])), reading)
        more = {"claims": evidence.plain(claimed)} if claimed else {}
        return protocol.pieces({"inbound": protocol.plain(inbound), **more}, blobs)
    except MemoryError:
        raise
    except Exception as error:
        return protocol.pieces({"unreadable": _place(error)})
    finally:
        _clock(None)


def _clock(raw: bytes | None) -> None:
    """Start the two timers whose default action ends this process, or stop them."""
    wall, cpu = limits.seconds(len(raw)) if raw is not None else (0.0, 0.0)
    signal.setitimer(signal.ITIMER_REAL, wall)
    signal.setitimer(signal.ITIMER_PROF, cpu)


def _place(error: BaseException) -> str:
    """An exception's type and place; never its words, which may be the mail's."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {os.path.basename(frame.filename)}:{frame.lineno}"


if __name__ == "__main__":
    main()
    sys.exit(0)
