"""The child process that reads foreign bytes: limited, without store or network."""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import BinaryIO

from bot.channel.protocols import Context, Letter, Mailbox
from channels.email.reading.inbound import Reading, read
from channels.email.sandbox import answer, limits, protocol

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
        answers.writelines(protocol.pieces(protocol.Ready()))
        answers.flush()
        read_exactly, reading = _exactly(calls), Reading(())
        while True:
            call, raws = protocol.unpack(read_exactly, protocol.CALLS)
            if isinstance(call, protocol.DeskConfig):
                reading = _reading(call)
            else:
                _answer(call.letters, raws, reading, answers)
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


def _reading(desk: protocol.DeskConfig) -> Reading:
    boxes = tuple(
        Mailbox(
            box.address,
            box.name,
            authserv_id=box.authserv_id,
            own_list_ids=box.own_list_ids,
            settings=box.settings,
        )
        for box in desk.mailboxes
    )
    return Reading(boxes, desk.trusted_networks, desk.domain, desk.verify)


def _answer(
    letters: Sequence[protocol.Asked], raws: Sequence[bytes], reading: Reading, answers: BinaryIO
) -> None:
    """Write one frame for every letter, in order, each as soon as it is known."""
    for letter, raw in zip(letters, raws, strict=True):
        answers.writelines(_frame(letter, raw, reading))
        answers.flush()
        if len(raw) > LARGE:
            gc.collect()


def _frame(asked: protocol.Asked, raw: bytes, reading: Reading) -> list[bytes]:
    _clock(raw)
    try:
        letter = Letter(asked.id, "email", asked.key, raw, asked.envelope, datetime.now(UTC))
        inbound, blobs, claims = read(letter, Context(asked.sent, asked.internal), reading)
        return protocol.pieces(answer.of(inbound, claims), blobs)
    except MemoryError:
        raise
    except Exception as error:
        return protocol.pieces(answer.Unread(_place(error)))
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
