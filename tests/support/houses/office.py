"""The house with a workspace beside it: people write mail, and people work in (a simulated) Slack."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import pytest

from rehearsal.ports import free_port
from rehearsal.slack.people.seen import Seen
from rehearsal.slack.server import Server
from rehearsal.slack.workspace import cast
from rehearsal.slack.workspace.conversation import File, Message
from tests.support.houses.desk import CONFIG
from tests.support.houses.house import House, until
from tests.support.setup import databases

STAFF = CONFIG.replace(
    'mail = "sam@desk.example"\n', 'mail = "sam@desk.example"\naddresses.slack = "T0HOME/U0SAM"\n'
).replace('mail = "max@desk.example"\n', 'mail = "max@desk.example"\naddresses.slack = "T0HOME/U0MIA"\n')
PLACES = '\nplaces.slack = ["T0HOME/C0ACME"]\n'
"""Of the account that the config ends with."""

UNKEPT = ("too large", "external", "canvas", "deleted")
"""Kinds of files in Slack whose bytes casebot cannot keep."""
PLAN = "https://docs.google.com/document/d/1plan/edit"


class Office(House):
    """``slack.people`` act, ``slack.workspace`` shows what is there."""

    def __init__(
        self,
        url: str,
        folder: Path,
        *,
        mode: str = "socket",
        more: str = "",
        slack: Server | None = None,
        undo: str = "0s",
        gather: int = 0,
        desk: str = "",
        **settings: Any,
    ) -> None:
        """``slack``: a workspace that stands already, and outlives the house.

        ``undo``: how long answers wait; ``gather``: seconds in which notices are batched; ``desk``: more of ``[desk]``.
        """
        self._own = slack is None
        self.slack = slack or Server(cast.build())
        if self._own:
            self.slack.start()
        app = self.slack.workspace.app
        section = PLACES + app.section(self.slack.url, mode=mode)
        web, self.monitor = free_port(), free_port()
        doors = f'[web]\nlisten = "127.0.0.1:{web}"\nmonitor = "127.0.0.1:{self.monitor}"'
        config = STAFF.replace('[web]\nlisten = ""', doors)
        config = config.replace('undo = "0s"', f'undo = "{undo}"').replace(
            "gather = 0", f"gather = {gather}\n{desk}"
        )
        app.request_url = f"http://127.0.0.1:{web}/slack/events" if mode == "http" else ""
        super().__init__(url, folder, more=section + more, config=config, **settings)
        self.mode, self.web = mode, web

    def __enter__(self) -> Self:
        super().__enter__()
        if self.mode == "socket" and not until(lambda: self.slack.connected):
            self.__exit__()
            raise TimeoutError("the house did not connect to Slack")
        until(lambda: _answers(self.web))
        return self

    def __exit__(self, *exc: object) -> None:
        super().__exit__(*exc)
        if self._own:
            self.slack.stop()

    def pass_time(self, **time: float) -> None:
        """Let it be later at the desk and in Slack."""
        super().pass_time(**time)
        self.slack.workspace.ahead = timedelta(**time).total_seconds()

    def messages(self, channel: str) -> list[Message]:
        """What stands in a channel or a DM (by its name, or a person's), without the threads, oldest first."""
        with self.slack.workspace.lock:
            found = self.slack.workspace.channel(channel).messages.values()
            return [message for message in found if not message.is_reply]

    def replies(self, root: Message) -> list[Message]:
        """What stands below a message, oldest first."""
        with self.slack.workspace.lock:
            return list(self.slack.workspace.channel(root.channel).threads.get(root.ts, ()))

    def card(self, number: int = 1) -> Message:
        """A case's card, once it is there."""
        label = f"CS-{number:06d}"
        found = until(lambda: [m for m in self.messages("triage") if label in said(m)])
        assert found, f"no card of {label}: {[said(m) for m in self.messages('triage')]}"
        assert len(found) == 1, f"{len(found)} cards of {label}"
        card: Message = found[0]
        return card

    def thread(self, number: int = 1) -> list[Message]:
        """What stands below a case's card."""
        return self.replies(self.card(number))

    def in_thread(self, words: str, number: int = 1) -> Message:
        """The message that holds these words, once it is there: the case's card, or one below it."""
        found = until(lambda: [m for m in (self.card(number), *self.thread(number)) if words in said(m)])
        assert found, f"nobody said {words!r}: {[said(m) for m in self.thread(number)]}"
        return found[0]

    def unkept_file(self, user: str, kind: str) -> File:
        """A file of ``UNKEPT``, to be posted."""
        people = self.slack.people
        if kind == "external":
            return people.add_external_file(user, "Launch plan", PLAN)
        if kind == "canvas":
            return people.add_canvas(user, "Launch plan")
        file = people.upload(user, "dump.bin", b"0123")
        if kind == "deleted":
            people.delete_file(file)
        else:
            file.described = {"size": 200_000_001}
        return file

    def click(self, user: str, action: str, *, number: int = 1, **more: Any) -> Seen:
        """Click on a case's card."""
        people = self.slack.people
        return people.click(user, channel="triage", ts=self.card(number).ts, action_id=action, **more)


KINDS = ("socket, public", "http, public", "http, private")
"""How Slack reaches the desk, and the kind of its channel (``group_…`` events if it is private)."""


def office_by_kind(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """For a fixture whose parameters are ``KINDS``."""
    mode, kind = request.param.split(", ")
    with Server() as slack:
        slack.workspace.channel("triage").kind = kind
        with Office(databases.sqlite(tmp_path), tmp_path, mode=mode, slack=slack) as office:
            yield office


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def said(message: Message) -> str:
    """All words of a message: its text and those of its blocks."""
    return "\n".join((message.text, *_texts(message.blocks)))


def _texts(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["text"]] if isinstance(node.get("text"), str) else []
        return own + [text for key, value in node.items() if key != "type" for text in _texts(value)]
    if isinstance(node, list):
        return [text for value in node for text in _texts(value)]
    return []
