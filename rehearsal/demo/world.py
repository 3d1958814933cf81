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
    """A client of the demo's site at ``url``; a failed step raises ``AssertionError(expected, seen)``."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self.about = self.ask("/demo/state")
        self._users = {person["name"].split()[0]: person["slack"] for person in self.about["people"].values()}
        self.read: set[str] = set()

    def ask(self, path: str, body: Json = None) -> Json:
        """GET, or POST with a body; an answer of ``"ok": false`` is a failed step."""
        status, text = self.fetch(path, None if body is None else json.dumps(body).encode())
        try:
            reply = json.loads(text)
        except ValueError:
            raise AssertionError(f"JSON from {path}", f"{status} {text!r}") from None
        check(reply.get("ok"), f"{path} to do {body}", f"{status} {reply.get('error')}")
        return reply

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
        """Have somebody act in Slack, and check that the app acked it in time."""
        seen = self.ask("/rehearsal/act", {"act": act, "user": self._users[who], **facts})
        well = seen.get("acked", True) and not seen.get("error") and not seen.get("errors")
        check(well, f"{who}'s {act} to be taken: {facts}", seen)
        return seen

    def unread(self, owner: str) -> list[Json]:
        """The mails in a mailbox that the story has not asked for yet."""
        mails = self.ask("/mail/state")["mailboxes"][owner]
        return [mail for mail in mails if not mail["sent"] and mail["id"] not in self.read]

    def mail(self, owner: str, words: str) -> Json:
        """The unread mail with these words in its subject or text."""
        mail = until(
            f"a mail to {owner} with “{words}”",
            lambda: next((m for m in self.unread(owner) if words in f"{m['subject']}\n{m['text']}"), None),
            lambda: [f"{m['subject']}: {m['text']}" for m in self.unread(owner)] or "no mail",
        )
        self.read.add(mail["id"])
        return mail

    @staticmethod
    def words(shown: Json) -> str:
        """The text of a message or a view: a paragraph for each text in its blocks, without bold."""
        return html.unescape("\n\n".join(_texts(shown["blocks"])) or shown["text"]).replace("*", "")

    def messages(self, channel: str, thread: str = "") -> list[Json]:
        """The messages of a channel, of somebody's direct messages, or of a thread; oldest first."""
        for each in self.ask("/rehearsal/state")["channels"]:
            direct = each["kind"] == "im" and self._users.get(channel) in each["members"]
            if direct or channel == each["name"]:
                return [m for m in each["messages"] if thread in ("", m["ts"], m["thread_ts"])]
        return []

    def message(self, channel: str, words: str, thread: str = "") -> Json:
        """The newest message there with these words in it."""
        return until(
            f"“{words}” in {channel}",
            lambda: next(
                (m for m in reversed(self.messages(channel, thread)) if words in self.words(m)), None
            ),
            lambda: [self.words(m) for m in self.messages(channel, thread)[-5:]] or "nothing",
        )

    def whisper(self, who: str, words: str) -> str:
        """The newest message that only this person sees, with these words in it."""

        def heard() -> list[str]:
            mine = self.ask("/rehearsal/state")["ephemerals"].get(self._users[who], [])
            return [message["text"] for message in reversed(mine) if words in message["text"]]

        return str(until(f"“{words}” to {who} alone", heard, lambda: "nothing")[0])

    def file(self, channel: str, thread: str) -> tuple[str, bytes]:
        """Name and bytes of the first file in a thread, once there is one."""
        files = until(
            f"a file in {channel}",
            lambda: [file for m in self.messages(channel, thread) for file in m["files"]],
            lambda: "none",
        )
        return files[0]["name"], self.fetch(files[0]["url"])[1]

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
    """Call ``look`` until it returns something true, and return that. Raises ``AssertionError``."""
    end = time.monotonic() + PATIENCE
    while not (result := look()) and time.monotonic() < end:
        time.sleep(0.05)
    check(result, f"{expected}, within {PATIENCE:.0f} s", result or seen())
    return result


def _texts(thing: Json) -> list[str]:
    if isinstance(thing, list):
        return [text for each in thing for text in _texts(each)]
    if not isinstance(thing, dict):
        return []
    own = [thing["text"]] if isinstance(thing.get("text"), str) else []
    return own + [text for each in thing.values() for text in _texts(each)]
