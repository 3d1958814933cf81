"""A house worked by one hand: its real parts, called one after the other in one thread, so that each can be timed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from bench.speed.stages import Stages
from bench.support.mails import DESK, Mail
from bot.app import App
from bot.config.load import Config
from bot.runtime.group_commit import wanted
from channels.email.smtp_in.server import Listener
from channels.email.smtp_in.session import Conversation

TOGETHER = 20
"""Mails that come at the same time."""


class Wire(asyncio.Transport):
    """A connection without a network: what the server says is kept."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1)})
        self.said = b""
        self._protocol: asyncio.BaseProtocol | None = None

    def write(self, data: Any) -> None:
        self.said += data

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        assert self._protocol
        return self._protocol

    def is_closing(self) -> bool:
        return False

    def close(self) -> None: ...

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class OneHand:
    """``work`` takes mails from their first byte to the settled delivery of what they cause."""

    def __init__(self, config: Config, stages: Stages) -> None:
        self.app = App(config)
        self.app.open_channels()
        self._stages = stages
        self._loop = asyncio.new_event_loop()
        self._listener = next(
            room for door in self.app.doors.values() for room in door.workers if isinstance(room, Listener)
        )
        self._loop.run_until_complete(self._listener.prepare())
        self._wires = [self._connected() for _ in range(TOGETHER)]
        self._tell(self._wires, [b"EHLO client.example\r\n"] * TOGETHER)

    def work(self, mails: Sequence[Mail]) -> None:
        """A batch, ``TOGETHER`` at most."""
        wires = self._wires[: len(mails)]
        with self._stages.stage("SMTP conversation"):
            self._tell(wires, [f"MAIL FROM:<{mail.sender}>\r\n".encode() for mail in mails])
            self._tell(wires, [f"RCPT TO:<{DESK}>\r\n".encode()] * len(mails))
            self._tell(wires, [b"DATA\r\n"] * len(mails))
            self._feed(wires, [mail.data for mail in mails])
            self._turn(lambda: self.app.writer.waiting() == len(mails))
        self._write()
        with self._stages.stage("SMTP conversation"):
            self._turn(lambda: all(wire.said.endswith(b"\r\n") for wire in wires))
        assert all(wire.said.startswith(b"250") for wire in wires)
        with self._stages.stage("intake, other"):
            intake = self.app.intakes["email"]
            intake._read(intake._next() or [])
        self._write()
        self._deliver()
        self._write()

    def close(self) -> None:
        self.app.close()

    def _connected(self) -> Wire:
        wire = Wire()
        asyncio.set_event_loop(self._loop)
        conversation = Conversation(self._listener, self._loop)
        wire.set_protocol(conversation)
        conversation.connection_made(wire)
        self._turn(lambda: bool(wire.said))
        return wire

    def _tell(self, wires: Sequence[Wire], said: Sequence[bytes]) -> None:
        self._feed(wires, said)
        self._turn(lambda: all(wire.said for wire in wires))

    def _feed(self, wires: Sequence[Wire], said: Sequence[bytes]) -> None:
        for wire, data in zip(wires, said, strict=True):
            wire.said = b""
            protocol: Any = wire.get_protocol()
            protocol.data_received(data)

    def _turn(self, done: Any) -> None:
        """Let the event loop turn until it is done."""
        while not done():
            self._loop.run_until_complete(asyncio.sleep(0))

    def _write(self) -> None:
        """What the writer's thread does, until nothing waits."""
        writer = self.app.writer
        with self._stages.stage("writer, other"):
            while writer.waiting():
                writer._write(wanted(writer._jobs.take(TOGETHER)))

    def _deliver(self) -> None:
        """What a courier's thread does, until nothing waits."""
        courier = self.app.courier
        with self._stages.stage("courier, other"):
            rows = courier.queue("email")
            while rows:
                row = rows.get()
                assert row
                if (
                    courier.unrecorded.late
                ):  # a courier waits for the writer then, and has a thread of its own for it
                    self._write()
                courier.deliver(row)
