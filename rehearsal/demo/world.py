"""The world around casebot as the story meets it: by HTTP, and nothing else."""

from __future__ import annotations

import html
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

PATIENCE = 20.0
"""Seconds for what is to happen."""
Json = Any


class World:
    """``url``: the demo's site. What does not come to pass raises ``AssertionError(expected, seen)``."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self.about = self.ask("/demo/state")
        self._users = {one["name"].split()[0]: one["slack"] for one in self.about["people"].values()}
        self.read: set[str] = set()

    def ask(self, path: str, body: Json = None) -> Json:
        """GET, or POST with a body; an answer of ``"ok": false`` is a step that did not come to pass."""
        status, text = self.fetch(path, None if body is None else json.dumps(body).encode())
        try:
            told = json.loads(text)
        except ValueError:
            raise AssertionError(f"JSON from {path}", f"{status} {text!r}") from None
        check(told.get("ok"), f"{path} to do {body}", f"{status} {told.get('error')}")
        return told

    def fetch(self, url: str, data: bytes | None = None, *, method: str = "") -> tuple[int, bytes]:
        """Status and body, whatever the status; a path is one of the demo's site."""
        full = self._url + url if url.startswith("/") else url
        try:
            with urlopen(Request(full, data, method=method or None), timeout=PATIENCE) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            return error.code, error.read()
        except OSError as error:
            raise AssertionError(f"an answer from {full}", error) from None

    def act(self, who: str, act: str, **facts: Json) -> Json:
        """Somebody does something in Slack, and the app takes it in time."""
        seen = self.ask("/rehearsal/act", {"act": act, "user": self._users[who], **facts})
        well = seen.get("acked", True) and not seen.get("error") and not seen.get("errors")
        check(well, f"{who}'s {act} to be taken: {facts}", seen)
        return seen

    def unread(self, owner: str) -> list[Json]:
        """The mails in a mailbox that the story has not asked for yet."""
        mails = self.ask("/mail/state")["mailboxes"][owner]
        return [mail for mail in mails if not mail["sent"] and mail["id"] not in self.read]

    def mail(self, owner: str, said: str) -> Json:
        """A mail with these words in its subject or text, that was not read yet."""
        mail = until(
            f"a mail to {owner} with “{said}”",
            lambda: next((m for m in self.unread(owner) if said in f"{m['subject']}\n{m['text']}"), None),
            lambda: [f"{m['subject']}: {m['text']}" for m in self.unread(owner)] or "no mail",
        )
        self.read.add(mail["id"])
        return mail

    @staticmethod
    def words(shown: Json) -> str:
        """What a message or a view says: a paragraph for each text in its blocks, without bold."""
        return html.unescape("\n\n".join(_texts(shown["blocks"])) or shown["text"]).replace("*", "")

    def messages(self, channel: str, thread: str = "") -> list[Json]:
        """Of a channel (or of somebody's direct messages), or of one of its threads; oldest first."""
        for each in self.ask("/rehearsal/state")["channels"]:
            direct = each["kind"] == "im" and self._users.get(channel) in each["members"]
            if direct or channel == each["name"]:
                return [m for m in each["messages"] if thread in ("", m["ts"], m["thread_ts"])]
        return []

    def message(self, channel: str, said: str, thread: str = "") -> Json:
        """The newest message there with these words in it."""
        return until(
            f"“{said}” in {channel}",
            lambda: next(
                (m for m in reversed(self.messages(channel, thread)) if said in self.words(m)), None
            ),
            lambda: [self.words(m) for m in self.messages(channel, thread)[-5:]] or "nothing",
        )

    def whisper(self, who: str, said: str) -> str:
        """The newest message that only this person sees, with these words in it."""

        def heard() -> list[str]:
            mine = self.ask("/rehearsal/state")["ephemerals"].get(self._users[who], [])
            return [message["text"] for message in reversed(mine) if said in message["text"]]

        return str(until(f"“{said}” to {who} alone", heard, lambda: "nothing")[0])

    def file(self, channel: str, thread: str) -> tuple[str, bytes]:
        """Name and bytes of the first file in a thread, as soon as there is one."""
        found = until(
            f"a file in {channel}",
            lambda: [file for m in self.messages(channel, thread) for file in m["files"]],
            lambda: "none",
        )
        return found[0]["name"], self.fetch(found[0]["url"])[1]

    def send(self, letter: Json) -> Json:
        """By the mail program to casebot's door: its code and reply, and the mail as it was sent."""
        told = json.loads(self.fetch("/mail/send", json.dumps(letter).encode())[1])
        check(told.get("ok"), "a mail to be taken by casebot", told)
        return told


def check(right: object, expected: str, seen: object) -> None:
    """Raises ``AssertionError(expected, seen)`` where it is not right."""
    if not right:
        raise AssertionError(expected, seen)


def until(expected: str, look: Callable[[], Any], seen: Callable[[], object]) -> Any:
    """What ``look`` finds, as soon as it finds something. Raises ``AssertionError``."""
    end = time.monotonic() + PATIENCE
    while not (found := look()) and time.monotonic() < end:
        time.sleep(0.05)
    check(found, f"{expected}, within {PATIENCE:.0f} s", found or seen())
    return found


def _texts(thing: Json) -> list[str]:
    if isinstance(thing, list):
        return [text for each in thing for text in _texts(each)]
    if not isinstance(thing, dict):
        return []
    own = [thing["text"]] if isinstance(thing.get("text"), str) else []
    return own + [text for each in thing.values() for text in _texts(each)]
