"""A house with Slack beside its mail: ``casebot run`` in a process group of its own, the workspace in this one."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from bench.support.house import House
from rehearsal.ports import free_port
from rehearsal.slack.server import Server
from rehearsal.slack.workspace import cast

SPECIALISTS = ("sam", "kim", "lou", "max", "pat")
CUSTOMER = "ana"
MEMBER = """
[[staff]]
name = "{name} Specialist"
mail = "{user}@desk.example"
addresses.slack = "T0HOME/U0{id}"
"""


def workspace(*, retry_scale: float = 0.05, certificate: tuple[str, str] | None = None) -> Server:
    """A small support team and a customer.

    Slack's waits between the tries of an event are multiplied by ``retry_scale``; ``certificate`` as in ``Server``.
    """
    people = [{"id": f"U0{user.upper()}", "name": user} for user in (*SPECIALISTS, CUSTOMER)]
    channels = [
        {"id": "C0TRIAGE", "name": "triage", "members": ["@app", *SPECIALISTS]},
        {"id": "C0GENERAL", "name": "general", "members": ["@app", *SPECIALISTS, CUSTOMER]},
    ]
    teams = [{"id": "T0HOME", "name": "Example Support", "domain": "example-support"}]
    space = cast.build({"teams": teams, "users": people, "channels": channels})
    space.app.retry_scale = retry_scale
    return Server(space, certificate=certificate)


class SlackHouse(House):
    """Open once it answers SMTP and Slack."""

    def __init__(
        self,
        folder: Path,
        server: Server,
        *,
        url: str = "",
        relay: int,
        mode: str,
        specialists: Sequence[str] = SPECIALISTS,
        more: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(folder, url=url, relay=relay, environment=environment)
        self._server, self._mode = server, mode
        self.web = free_port()
        app = server.workspace.app
        app.request_url = f"http://127.0.0.1:{self.web}/slack/events" if mode == "http" else ""
        text = self.config.read_text().replace('listen = ""', f'listen = "127.0.0.1:{self.web}"')
        staff = (MEMBER.format(name=user.title(), user=user, id=user.upper()) for user in specialists)
        section = app.section(server.url, mode=mode)
        self.config.write_text("\n".join((text, more, section, *staff)))

    def wait(self, *, seconds: float = 60) -> None:
        """Until mail and Slack are answered; ``RuntimeError`` with its last words if it does not open."""
        super().wait(seconds=seconds)
        deadline = time.monotonic() + seconds
        while not self._answers():
            if time.monotonic() > deadline:
                raise RuntimeError(f"Slack is not answered:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.005)

    def freeze(self) -> None:
        """Stop the whole group where it is, at once: it says nothing more. Only `kill` ends that."""
        with suppress(ProcessLookupError):
            if self.process is not None:
                os.killpg(self.process.pid, signal.SIGSTOP)

    def _answers(self) -> bool:
        if self._mode == "socket":
            return self._server.connected > 0
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.web)) == 0
