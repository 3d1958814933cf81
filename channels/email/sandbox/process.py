"""One child process: started when needed, asked in frames, its death explained."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import select
import signal
import subprocess  # the child is our own module, started with our own interpreter
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import channels
from bot.channel.memory_budget import FROM_THE_SYSTEM
from bot.channel.protocols import Context, Letter
from channels.email.sandbox import limits, protocol
from channels.email.sandbox.answer import ReadMail, Unread
from channels.email.sandbox.protocol import Asked, Call, DeskConfig, Ready

PATIENCE = 20.0
"""Seconds for a child to say that it is ready, and beyond its own limits for an answer."""
FEW = 3
QUICKEST = 0.0003
"""Seconds that the reading of a small mail takes."""
PIPE = 1 << 20
"""Bytes that lie in a pipe: a batch or its answers, so that neither side waits for the other in the middle."""
_DEATHS = {-signal.SIGALRM: "timeout", -signal.SIGPROF: "cpu", limits.MEMORY: "memory"}
Item = tuple[Letter, Context]


class NotReady(Exception):
    """The child does not start: no mail's fault."""


class Died(Exception):
    """The child died while it read."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class ReaderProcess:
    """A child process, started when needed. Used by one thread at a time; any may call ``retire``."""

    def __init__(self, desk: DeskConfig) -> None:
        self._desk_config = desk
        self._child: _Child | None = None
        self._retired = False

    def ask(self, items: Sequence[Item]) -> Iterator[tuple[ReadMail | Unread, list[bytes]]]:
        """One answer for each item, in order, as they come.

        Raises ``NotReady``, or ``Died`` in place of the answer to the mail that it died of.
        """
        child = self._alive()
        patience = PATIENCE + limits.seconds(max(len(letter.raw) for letter, _ in items))[0]
        unanswered = len(items)
        try:
            child.say(_call(items), [letter.raw for letter, _ in items])
            while unanswered:
                child.let_work(unanswered)
                reply, blobs = child.hear(patience)
                if isinstance(reply, Ready):
                    raise ValueError("no answer")
                unanswered -= 1
                yield reply, blobs
        except (EOFError, OSError, ValueError) as error:
            raise Died(child.bury()) from error
        finally:
            if unanswered:  # what it still has to say answers a question that nobody asks any more
                self.close()

    def close(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            child.bury()

    def retire(self) -> None:
        """End the child for good."""
        self._retired = True
        self.close()

    def _alive(self) -> _Child:
        if self._retired:
            raise NotReady("the reader is closed")
        if self._child is None or not self._child.alive():
            self.close()
            child = self._started()
            child.tell(self._desk_config)
            self._child = child
        return self._child

    def _started(self) -> _Child:
        return _Child()


class _Child:
    """One process, from its start to its end."""

    def __init__(self) -> None:
        """``-P``: modules are not searched in the folder in which casebot was started."""
        try:
            self._process = subprocess.Popen(
                (sys.executable, "-P", "-m", "channels.email.sandbox.child"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=_environment(),
            )
        except OSError as error:
            raise NotReady(f"the reader does not start ({error.strerror})") from error
        self._held = bytearray()
        self._patience = PATIENCE
        self._number = self._process.stdout.fileno() if self._process.stdout else -1
        self._poller = select.poll()
        self._poller.register(self._number, select.POLLIN)
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # only the system's leave for so large a pipe is missing
                fcntl.fcntl(pipe or -1, fcntl.F_SETPIPE_SZ, PIPE)
        self._ready = False

    def tell(self, desk: DeskConfig) -> None:
        """Wait until it is ready, and tell it whose mail it will read from now on."""
        try:
            if not self._ready:
                self._ready = isinstance(self.hear(PATIENCE)[0], Ready)
            if not self._ready:
                raise ValueError("no greeting")
            self.say(desk)
        except (EOFError, OSError, ValueError) as error:
            raise NotReady(f"the reader does not start ({self.bury()})") from error

    def alive(self) -> bool:
        return self._process.poll() is None

    def say(self, message: DeskConfig | Call, blobs: Sequence[bytes] = ()) -> None:
        if self._process.stdin is not None:
            for piece in protocol.pieces(message, blobs):
                self._process.stdin.write(piece)
            self._process.stdin.flush()

    def hear(self, patience: float) -> tuple[Ready | ReadMail | Unread, list[bytes]]:
        """The next frame.

        ``EOFError`` at its end, ``TimeoutError`` after ``patience`` seconds of silence, ``ValueError`` for what the
        child may not say.
        """
        if self._process.stdout is None:
            raise EOFError
        self._patience = patience
        return protocol.unpack(self._read, protocol.ANSWERS)

    def _come(self) -> bytes:
        """What has come through the pipe by now; waits for it."""
        if not self._poller.poll(self._patience * 1000):
            raise TimeoutError
        if more := os.read(self._number, PIPE >> 2):
            return more
        raise EOFError

    def _read(self, size: int) -> bytes:
        if size > PIPE:
            return self._read_large(size)
        while len(self._held) < size:
            self._held += self._come()
        chunk = bytes(memoryview(self._held)[:size])
        del self._held[:size]
        return chunk

    def _read_large(self, size: int) -> bytes:
        """The bytes of a large blob; ``BytesIO`` returns what it holds without a copy."""
        buffer = io.BytesIO(self._held)
        self._held = bytearray()
        buffer.seek(0, io.SEEK_END)
        while buffer.tell() < size:
            buffer.write(self._come())
        self._held += buffer.getbuffer()[size:]
        buffer.truncate(size)
        return buffer.getvalue()

    def let_work(self, answers: int) -> None:
        """Sleep while many answers are made, so as not to be woken for each."""
        if answers > FEW and not self._held:
            time.sleep(answers * QUICKEST)

    def bury(self) -> str:
        """End the child and return why it ended, by its exit code; one that does not leave is killed."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        try:
            why = _DEATHS.get(code := self._process.wait(0.5), f"crash (exit code {code})")
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            why = "timeout"
        if self._process.stdout is not None:
            self._process.stdout.close()
        return why


def _environment() -> dict[str, str]:
    """Our environment without its secrets, with the path of this very code."""
    here = str(Path(channels.__file__).resolve().parents[1])
    variables = {name: value for name, value in os.environ.items() if not name.startswith("CASEBOT_")}
    variables["MALLOC_MMAP_THRESHOLD_"] = str(FROM_THE_SYSTEM)  # give_back_at_once, from outside
    return {**variables, "PYTHONPATH": os.pathsep.join(filter(None, (here, variables.get("PYTHONPATH"))))}


def _call(items: Sequence[Item]) -> Call:
    return Call(
        tuple(
            [
                Asked(
                    letter.id,
                    letter.key,
                    dict(letter.envelope),
                    context.sent,
                    context.internal,
                    len(letter.raw),
                )
                for letter, context in items
            ]
        )
    )
