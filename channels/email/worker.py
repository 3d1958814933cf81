"""One child process as its parent holds it: started when needed, asked in frames, its death explained."""

from __future__ import annotations

import os
import select
import signal
import subprocess  # the child is our own module, started with our own interpreter
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import channels
from bot.channel import Context, Letter
from channels.email import frames
from channels.email.child import MEMORY, PER_BYTE, WALL

PATIENCE = 20.0
"""Seconds for a child to say that it is ready, and beyond its own limits for an answer."""
_DEATHS = {-signal.SIGALRM: "timeout", -signal.SIGPROF: "cpu", MEMORY: "memory"}
_MEANT_FOR_US = "CASEBOT_"


class NotReady(Exception):
    """The child does not start: no mail's fault."""


class Died(Exception):
    """The child died while it read."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Worker:
    """A child, or the place of one. Used by one thread at a time; ``close`` may come from any."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._told = told
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, items: Sequence[tuple[Letter, Context]]) -> Iterator[tuple[dict[str, Any], list[bytes]]]:
        """One answer for each, in order, as they come. Raises ``NotReady``, or ``Died`` at the one that it died of."""
        process = self._alive()
        patience = PATIENCE + WALL + max(len(letter.raw) for letter, _ in items) * PER_BYTE
        try:
            self._send(process, _call(items), [letter.raw for letter, _ in items])
            for _ in items:
                yield frames.unpack(_reads(process, patience))
        except (EOFError, OSError, ValueError, TimeoutError):
            raise Died(self._buried()) from None

    def close(self) -> None:
        """End the child, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            _end(process)

    def _alive(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        self._process = process = _started()
        try:
            ready, _ = frames.unpack(_reads(process, PATIENCE))
            assert ready["ready"]
            self._send(process, self._told, ())
        except (EOFError, OSError, ValueError, KeyError) as error:
            raise NotReady(f"the reader does not start ({self._buried()})") from error
        return process

    def _send(self, process: subprocess.Popen[bytes], told: dict[str, Any], blobs: Sequence[bytes]) -> None:
        assert process.stdin is not None
        process.stdin.write(frames.pack(told, blobs))
        process.stdin.flush()

    def _buried(self) -> str:
        """Why it ended, by its exit code; one that hangs is ended first."""
        process, self._process = self._process, None
        if process is None:
            return "closed"
        try:
            code = process.wait(0.5)
        except subprocess.TimeoutExpired:
            _end(process)
            return "timeout"
        _end(process)
        return _DEATHS.get(code, f"crash (exit code {code})")


def _call(items: Sequence[tuple[Letter, Context]]) -> dict[str, Any]:
    return {
        "letters": [
            {
                "id": letter.id,
                "key": letter.key,
                "envelope": dict(letter.envelope),
                "sent_lines": sorted(context.sent_lines),
            }
            for letter, context in items
        ]
    }


def _started() -> subprocess.Popen[bytes]:
    """``-P``: the folder casebot was started in is not searched for modules."""
    ours = str(Path(channels.__file__).resolve().parents[1])
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_MEANT_FOR_US)}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (ours, environment.get("PYTHONPATH"))))
    try:
        return subprocess.Popen(
            (sys.executable, "-P", "-m", "channels.email.child"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
    except OSError as error:
        raise NotReady(f"the reader does not start ({error})") from error


def _reads(process: subprocess.Popen[bytes], patience: float) -> frames.Read:
    """Reads exactly so many bytes from the child; ``TimeoutError`` after ``patience`` seconds of silence."""
    assert process.stdout is not None
    stream, number = process.stdout, process.stdout.fileno()

    def read(size: int) -> bytes:
        made = bytearray()
        while len(made) < size:
            if not stream.peek(1)[:0] and not _waits(number, patience):  # type: ignore[attr-defined]
                raise TimeoutError
            chunk = stream.read1(size - len(made))  # type: ignore[attr-defined]
            if not chunk:
                raise EOFError
            made += chunk
        return bytes(made)

    return read


def _waits(number: int, patience: float) -> bool:
    poller = select.poll()
    poller.register(number, select.POLLIN)
    return bool(poller.poll(patience * 1000))


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:
                pass
    process.wait()
