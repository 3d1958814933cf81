"""Files of a message: fetched with its words, or later, for hours if need be.

A letter is read as often as its turn is undone, and each reading finds other files late. What a *follower* holds, no
later reading of its letter brings; what none holds, that reading brings, or gives to the next follower. So each file is
with one of them wherever the power goes: a follower is durable before the turn that leaves its files out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.channel.context import ChannelContext
from bot.channel.protocols import Letter
from bot.model.message import Attachment
from bot.model.translatable import listed, saying
from bot.queries.message_status import MessageStatus, StatusOf
from channels.slack.inbound.downloads import Downloads
from channels.slack.inbound.read_later import ReadLater, ask, wait_after
from channels.slack.workspace.files import NoFile, name_of
from channels.slack.workspace.settings import Settings

Json = Mapping[str, Any]
LONGEST_KEY = 100
A_MINUTE = timedelta(minutes=1)
HOURS = timedelta(hours=6)
"""After which a file that could not be had is given up, and so is a follower whose words are not handled by then."""
GIVEN_UP = saying("Slack did not provide it for six hours")
A_WHILE = 15.0
"""Seconds between two looks at what is under way, at most."""


@dataclass(frozen=True, slots=True)
class MessageFiles:
    """Files that have arrived, those that never will (with the reason), and those that may come yet.

    ``links``: names and links of those that lie elsewhere.
    """

    had: tuple[Attachment, ...] = ()
    missed: tuple[str, ...] = ()
    later: tuple[Json, ...] = ()
    under_way: bool = False
    links: tuple[tuple[str, str], ...] = ()


class Attached:
    """Fetches the files of messages and forms; ``{"id", "name"}`` each."""

    def __init__(self, context: ChannelContext[Settings], downloads: Downloads) -> None:
        self._context = context
        self._downloads = downloads

    def with_words(
        self, letter: Letter, files: Sequence[Json], about: Json, *, case_known: bool
    ) -> MessageFiles:
        """The files that go with a message's words; the rest follow. Unless its case is known, all follow."""
        followed, number = self._following(letter)
        mine = _without(followed, files)
        fetched = self._gather(mine) if case_known else MessageFiles(later=mine)
        self._collected(mine, fetched)
        since = self._context.desk.now().isoformat()
        self._follow(letter, fetched.later, {**about, "since": since}, number=number)
        return fetched

    def of_letter(self, letter: Letter, content: Json) -> MessageFiles:
        """The files of a letter that has only files. Raises ``ReadLater`` while there is nothing to show."""
        followed, number = self._following(letter)
        since, files = _since(letter, content), _without(followed, content["files"])
        age = self._age(since)
        fetched = self._gather(files)
        if fetched.under_way and (age < A_MINUTE or not fetched.had):  # those of one message come together
            raise ReadLater("its files are under way", min(wait_after(age) / 2, A_WHILE))
        if age > HOURS:
            given_up = (_missed(str(file["name"]), GIVEN_UP) for file in fetched.later)
            fetched = replace(fetched, missed=(*fetched.missed, *given_up), later=())
        elif fetched.later and not (fetched.had or fetched.missed or fetched.links):
            raise ReadLater("its files cannot be had yet", wait_after(age))
        self._collected(files, fetched)
        self._follow(letter, fetched.later, {**content, "since": since}, number=number)
        return fetched

    def status_of(self, letter: Letter, content: Json) -> MessageStatus | None:
        """The status of the message that the files belong to; None if nothing will become of it.

        Raises ``ReadLater`` until it is known.
        """
        status = self._became(str(content["after"]))
        if status is not None and status.outcome in ("done", "aside"):
            return status
        age = self._age(_since(letter, content))
        if age > HOURS:
            return None
        seconds = (HOURS - age).total_seconds() + 1
        raise ReadLater("its words are not handled yet", min(wait_after(age) / 2, seconds))

    def close(self) -> None:
        """Fetch nothing more."""
        self._downloads.close()

    def _gather(self, files: Sequence[Json]) -> MessageFiles:
        results = self._downloads.get([str(file["id"]) for file in files])
        had: list[Attachment] = []
        missed: list[str] = []
        links: list[tuple[str, str]] = []
        others: list[Json] = []
        for file in files:
            result = results.get(str(file["id"]))
            if isinstance(result, Attachment):
                had.append(result)
            elif isinstance(result, NoFile) and result.kept:
                links.append((result.name, result.link))
            elif isinstance(result, NoFile) and not result.again:
                missed.append(_missed(result.name or str(file["name"]), result.why, result.link))
            else:
                others.append(file)
        under_way = len(results) < len(files)
        return MessageFiles(tuple(had), tuple(missed), tuple(others), under_way, tuple(links))

    def _collected(self, files: Sequence[Json], fetched: MessageFiles) -> None:
        """Drop downloads that are not waited for any more."""
        others = {file["id"] for file in fetched.later}
        self._downloads.forget(str(file["id"]) for file in files if file["id"] not in others)

    def _following(self, letter: Letter) -> tuple[frozenset[str], int]:
        """Files given to followers at earlier readings of this letter, and the next follower's number."""
        followed: set[str] = set()
        number = 1
        while (status := self._became(follower(letter.key, number))) is not None:
            followed |= self._held(letter, status)
            number += 1
        return frozenset(followed), number

    def _held(self, letter: Letter, status: MessageStatus) -> set[str]:
        """The files of a follower: none once it was given up.

        Raises ``ReadLater`` if it may be given up meanwhile.
        """
        if status.outcome == "aside":
            return set()
        if status.outcome == "waiting" and self._age(_since(letter, status.envelope)) > HOURS - A_MINUTE:
            raise ReadLater("the letter of its files is being given up", 5.0)
        return set(status.envelope.get("files", ()))

    def _follow(self, letter: Letter, files: Sequence[Json], about: Json, *, number: int) -> None:
        """Keep a letter for these files, durable before anything is done with their message."""
        if not files:
            return
        raw = json.dumps({**about, "kind": "files", "files": list(files)}).encode()
        envelope = {"kind": "files", "files": [str(file["id"]) for file in files], "since": about["since"]}
        key = follower(letter.key, number)
        try:
            result = self._context.keep("slack", key, raw, envelope).result(timeout=10)
        except Exception as error:
            raise ReadLater(f"its files could not be put off: {type(error).__name__}", 5.0) from error
        if result.duplicate:  # by a reading that we did not know of, perhaps with other files
            raise ReadLater("its files were put off by another reading", 5.0)

    def _became(self, key: str) -> MessageStatus | None:
        return ask(self._context.desk, StatusOf("slack", key))

    def _age(self, since: str) -> timedelta:
        age: timedelta = self._context.desk.now() - datetime.fromisoformat(since)
        return age


def named(file: Json) -> dict[str, str]:
    """A file as Slack describes it, by its id and a name for people."""
    return {"id": str(file["id"]), "name": name_of(file) or "a file"}


def _missed(name: str, *why: str) -> str:
    """Words for a file that cannot be kept: its name, the reason, and its link if it has one."""
    return saying("{reason} ({code})", reason=name, code=listed(*filter(None, why)))


def follower(key: str, number: int = 1) -> str:
    """The key of the first, second… letter with the files that did not come with this one."""
    own_key = f"f{number if number > 1 else ''}:{key}"
    return own_key if len(own_key) <= LONGEST_KEY else f"f:{hashlib.sha256(own_key.encode()).hexdigest()}"


def _without(followed: frozenset[str], files: Sequence[Json]) -> tuple[Json, ...]:
    return tuple(file for file in files if file["id"] not in followed)


def _since(letter: Letter, content: Json) -> str:
    return str(content.get("since") or letter.received_at.isoformat())
