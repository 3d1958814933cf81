"""A relay on loopback that takes what it is sent, or refuses, delays or drops it as it is told."""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import ssl
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.support.mail.talk import Taken, Talk

HANG_UP = "HANG UP"
"""As a reply: close the connection instead of saying anything."""


@dataclass(slots=True)
class Script:
    """The replies of the sink that are not a yes.

    Phases: greeting, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA (instead of 354), message (after it), RSET.
    """

    replies: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    always: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds between a message's end and the reply to it."""
    before_data: float = 0.0
    """Seconds between DATA and the reply to it."""
    losses: int = 0
    """So many messages are taken, and the line goes dead before the reply."""
    anyway: bool = False
    """DATA is answered with 354 although every recipient was refused (RFC 2920, section 3.1)."""

    def reply(self, phase: str, usual: str) -> str:
        """The next line to say in this phase."""
        queue = self.replies.get(phase)
        if queue:
            return queue.popleft()
        return self.always.get(phase, usual)


class Sink:
    """An SMTP relay at ``sink.url`` within ``with Sink() as sink:``.

    The mail that it took is in ``sink.taken``. ``tls``: a server-side context (STARTTLS is offered).
    ``users``: name → password; without a login, MAIL is then refused with 530. ``took``: called with each
    message, within the sink's thread.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        users: dict[str, str] | None = None,
        took: Callable[[Taken], None] | None = None,
    ) -> None:
        self.script = Script()
        self.taken: list[Taken] = []
        self.connections = 0
        """Connections made so far."""
        self.commands: list[str] = []
        """The verbs heard so far."""
        self.tls = tls
        self.users = users or {}
        self.port = port
        self._took = took
        self._news = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._opened = threading.Event()
        self._closing = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="sink", daemon=True)

    @property
    def url(self) -> str:
        """The URL as in ``email.relay``; without TLS unless the sink has a certificate."""
        return f"smtp://localhost:{self.port}" + ("" if self.tls else "?starttls=off")

    def say(self, phase: str, *replies: str) -> None:
        """Give these replies in this phase, once each."""
        self.script.replies[phase].extend(replies)

    def wait_for(self, count: int, *, seconds: float = 10) -> list[Taken]:
        """Wait for so many messages and return them; raises ``TimeoutError``."""
        with self._news:
            if not self._news.wait_for(lambda: len(self.taken) >= count, seconds):
                raise TimeoutError(f"{len(self.taken)} of {count} messages after {seconds} s")
            return list(self.taken)

    def take(self, message: Taken) -> None:
        """Record a message that was taken."""
        with self._news:
            self.taken.append(message)
            self._news.notify_all()
        if self._took:
            self._took(message)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._opened.wait(60):
            raise TimeoutError("the sink did not open")
        return self

    def __exit__(self, *exc: object) -> None:
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(60)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._talk, "127.0.0.1", self.port, limit=1 << 26)
        self.port = server.sockets[0].getsockname()[1]
        self._opened.set()
        await self._closing.wait()
        server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await Talk(self, reader, writer).run()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has gone, or we are closing
        finally:
            writer.close()


def main() -> None:
    """``python -m tests.support.mail.sink --port 2525 --out FILE``: a JSON line for each message taken."""
    options = _options()
    with options.out.open("a") as out:

        def write(message: Taken) -> None:
            line = {
                "message_id": message.message_id,
                "sender": message.sender,
                "recipients": message.recipients,
                "size": len(message.raw),
                "at": message.at,
            }
            if options.raw:
                line["raw"] = base64.b64encode(message.raw).decode()
            out.write(json.dumps(line) + "\n")
            out.flush()

        with Sink(port=options.port, took=write) as sink:
            sink.script.delay, sink.script.losses = options.delay, options.losses
            print(sink.port, flush=True)
            while True:
                time.sleep(3600)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.support.mail.sink", description=main.__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any; the port is printed first")
    parser.add_argument("--out", type=Path, required=True, help="file that the JSON lines go to")
    parser.add_argument("--raw", action="store_true", help="the message itself too, in base64")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before the reply to a message")
    parser.add_argument("--losses", type=int, default=0, help="messages taken without a reply, at first")
    return parser.parse_args()


if __name__ == "__main__":
    main()
