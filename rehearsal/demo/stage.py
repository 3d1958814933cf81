"""The stage: a simulated Slack, a relay with everybody's mailboxes, casebot, and the page in front."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import time
from pathlib import Path
from typing import Any, Self
from urllib.error import URLError
from urllib.request import urlopen

from rehearsal.demo import config
from rehearsal.demo.config import ACME, DESK, ROLES, TEAM, TRIAGE, WORKSPACE
from rehearsal.demo.house import House
from rehearsal.demo.mailboxes import Mailboxes
from rehearsal.demo.relay import Relay
from rehearsal.demo.site import Site
from rehearsal.ports import free_port
from rehearsal.slack.server import Server
from rehearsal.slack.workspace import cast

PORT = 8900


class Stage:
    """The whole demo: with ``with Stage(folder) as stage:``, casebot and its page run at ``stage.url``.

    At the end, nothing runs any more. ``folder`` gets config, store, mails and log. ``port`` is the page's;
    if it is in use, another one is taken. Entering raises ``Fallen`` if casebot does not open.
    """

    def __init__(self, folder: Path, *, port: int = PORT) -> None:
        self.folder = folder
        self._smtp, self._web = free_port(), free_port()
        self.mailboxes = Mailboxes(folder / "mails", [one.mail for one in ROLES.values()])
        self.relay = Relay(self.mailboxes.take)
        self._site = Site(self.mailboxes, smtp=self._smtp, about=self.about)
        self.slack = Server(cast.build(WORKSPACE), port=_free(port), routes=self._site.routes())
        self.house = House(folder)
        self._ends = contextlib.ExitStack()

    @property
    def url(self) -> str:
        """The URL of the page and of its API (`rehearsal/demo/site.py`)."""
        return self.slack.site

    def __enter__(self) -> Self:
        try:
            self._ends.enter_context(self.slack)
            self._ends.callback(self._site.end)
            self._ends.enter_context(self.relay)
            self._ends.callback(self._write_down)
            self._write_config()
            self._ends.callback(self.house.stop)
            self.house.start()
            self.house.wait(self._ready)
        except BaseException:
            self._ends.close()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self._ends.close()

    def watch(self) -> None:
        """Wait while casebot runs; raises ``Fallen`` once it has ended."""
        while True:
            self.house.check()
            time.sleep(0.2)

    def about(self) -> dict[str, Any]:
        """The answer to ``GET /demo/state``."""
        return {
            "desk": DESK,
            "running": self.house.running,
            "cases": self._cases(),
            "folder": str(self.folder),
            "log": self.house.tail(),
            "ports": {
                "page": self.slack.port,
                "smtp": self._smtp,
                "relay": self.relay.port,
                "web": self._web,
            },
            "web": f"http://127.0.0.1:{self._web}",
            "team": TEAM,
            "channels": {"triage": TRIAGE, "account": ACME},
            "people": {
                role: {"name": person.name, "mail": person.mail, "slack": person.slack}
                for role, person in ROLES.items()
            },
        }

    def _cases(self) -> int:
        """The number of cases that the triage channel has heard of."""
        workspace = self.slack.workspace
        with workspace.lock:
            texts = [message.text for message in workspace.channel(TRIAGE).messages.values()]
        return len({number for text in texts for number in re.findall(r"CS-\d{6,}", text)})

    def _write_config(self) -> None:
        app = self.slack.workspace.app
        places = config.Places(
            smtp=self._smtp,
            relay=self.relay.port,
            web=self._web,
            slack_api=self.slack.url,
            bot_token=app.bot_token,
            app_token=app.app_token,
        )
        (self.folder / "config.toml").write_text(config.text(places), encoding="utf-8")

    def _write_down(self) -> None:
        """Write what happened in Slack: a line of JSON for each call, delivery and act."""
        with (self.folder / "slack.jsonl").open("w", encoding="utf-8") as file:
            for entry in self.slack.workspace.transcript.entries():
                file.write(json.dumps(entry, ensure_ascii=False, default=str) + "\n")

    def _ready(self) -> bool:
        return bool(self.slack.connected) and _listens(self._smtp) and _answers(self._web)


def _free(port: int) -> int:
    """This port, or 0 (any) if it is in use."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except (OSError, OverflowError):
        return 0
    return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
