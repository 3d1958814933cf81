"""The whole house beside a rehearsal workspace: people there type and click, and see what comes of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest

from bot.app import App
from bot.queries.case_detail import CaseView, ShowCase
from bot.queries.lists import ListCases, ListInbox, ListOutbox
from bot.runtime.supervisor import Supervisor
from rehearsal.ports import free_port
from rehearsal.slack.people.people import People
from rehearsal.slack.people.seen import Seen
from rehearsal.slack.server import Server
from rehearsal.slack.workspace.workspace import Workspace
from tests.support.houses.house import until
from tests.support.setup import databases
from tests.support.setup.config import PROMPT, loaded

CONFIG = (
    PROMPT
    + """
name = "Example Support"
docs_url = "https://docs.example.com"
[email]
listen = ""
relay = "maildir:./outgoing"
[web]
listen = "{web}"
[slack]
bot_token = "{app.bot_token}"
app_token = "{app.app_token}"
signing_secret = "{app.signing_secret}"
mode = "{mode}"
api_url = "{api}"
triage = "C0TRIAGE"
[[staff]]
name = "Sam Specialist"
mail = "sam@example.com"
addresses.slack = "T0HOME/U0SAM"
manager = "mia@example.com"
[[staff]]
name = "Kim Specialist"
mail = "kim@example.com"
addresses.slack = "T0HOME/U0KIM"
[[staff]]
name = "Mia Manager"
mail = "mia@example.com"
role = "manager"
addresses.slack = "T0HOME/U0MIA"
[[account]]
name = "Acme"
domains = ["acme.com"]
places.slack = ["T0HOME/C0ACME"]
"""
)


class SlackHouse:
    """``casebot run`` without its process, and the workspace it is installed in."""

    def __init__(self, folder: Path, server: Server, *, mode: str = "socket") -> None:
        self.server = server
        self.people: People = server.people
        self.workspace: Workspace = server.workspace
        self.web = f"127.0.0.1:{free_port()}"
        self.mode = mode
        text = CONFIG.format(
            url=databases.sqlite(folder), web=self.web, mode=mode, api=server.url, app=server.workspace.app
        )
        self.app = App(loaded(text, folder))
        self.app.open_channels()
        self._supervisor = Supervisor(self.app.workers())
        self._thread = threading.Thread(target=self._supervisor.run)

    def __enter__(self) -> Self:
        self._thread.start()
        if self.mode == "http":
            self.workspace.app.request_url = f"http://{self.web}/slack/events"
        assert until(self._reachable)
        return self

    def __exit__(self, *_: object) -> None:
        self._supervisor.close()
        self._thread.join()
        self.app.close()

    def _reachable(self) -> bool:
        if self.mode == "socket":
            return self.server.connected > 0
        import socket

        host, _, port = self.web.partition(":")
        with socket.socket() as probe:
            return probe.connect_ex((host, int(port))) == 0

    def ask(self, question: Any) -> Any:
        return self.app.desk.ask(question)

    def case(self, number: int = 1) -> CaseView:
        view = until(lambda: self.ask(ShowCase(number)))
        assert view, f"no case {number}"
        found: CaseView = view
        return found

    def history_of(self, name: str, number: int = 1) -> int:
        """How often something happened to a case."""
        return [event.name for event in self.case(number).history].count(name)

    def cases(self) -> list[str]:
        return sorted(line.number for line in self.ask(ListCases(limit=1000)))

    def settled(self) -> None:
        assert until(lambda: not self.ask(ListInbox("waiting")) and not self.ask(ListOutbox("waiting")))

    def open_case(self, user: str = "ana", channel: str = "C0GENERAL", **fields: str) -> int:
        """Open a case with the form, as a person does; its number."""
        before = len(self.cases())
        told = {"subject": "No delivery", "text": "The deal stopped delivering at noon.", **fields}
        open_form(self.people, user, channel, "/case new", **told)
        seen = self.people.submit(user, "modal", wait=5)
        assert seen.acked, seen
        assert not seen.errors, seen.errors
        assert len(self.cases()) == before + 1
        return before + 1


def open_form(people: People, user: str, channel: str, command: str, /, **fields: str) -> Seen:
    """Open a form with a slash command, and type into its fields."""
    seen = people.slash(user, channel, command, wait=5)
    assert seen.modal, seen
    for block_id, text in fields.items():
        people.type_into(user, "modal", block_id, text)
    return seen


@contextmanager
def standing(folder: Path, *, mode: str = "socket") -> Iterator[SlackHouse]:
    with Server() as server, SlackHouse(folder, server, mode=mode) as house:
        yield house


def standing_in_mode(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SlackHouse]:
    """Open a desk in the mode that the fixture's parameter names."""
    with standing(tmp_path, mode=request.param) as house:
        yield house


def words_of(blocks: Any) -> str:
    """All that can be read in some blocks."""
    if isinstance(blocks, list):
        return "\n".join(filter(None, map(words_of, blocks)))
    if not isinstance(blocks, dict):
        return ""
    own = blocks.get("text")
    inner = "\n".join(filter(None, (words_of(value) for value in blocks.values())))
    return "\n".join(filter(None, (own if isinstance(own, str) else "", inner)))
