"""Files of a message: fetched with its words, or later, for hours if need be.

A letter is read as often as its turn is undone, and each reading finds other files late. What a *follower* holds, no
later reading of its letter brings; what none holds, that reading brings, or gives to the next follower. So each file is
with one of them wherever the power goes: a follower is durable before the turn that leaves its files out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.channel.context import ChannelContext
from bot.channel.protocols import Letter
from bot.model.message import Attachment
from bot.queries.message_status import Became, MessageStatus
from channels.slack.inbound.downloads import Downloads
from channels.slack.text.view_state import clean
from channels.slack.workspace.files import NoFile
from channels.slack.workspace.settings import Settings

Json = Mapping[str, Any]
LONGEST_KEY = 100
A_MINUTE = timedelta(minutes=1)
HOURS = timedelta(hours=6)
"""After which a file that could not be had is given up, and so is a follower whose words are not handled by then."""
GIVEN_UP = "it could not be had for six hours"
A_WHILE = 15.0
"""Seconds between two looks at what is under way, at most."""
MOST_WAIT = 900.0
"""Seconds between two tries; at first there are two, then half of the time that it has lasted."""


class ReadLater(Exception):
    """Not now: the letter is to be read again after so many seconds. No fault of its own."""

    def __init__(self, why: str, after: float) -> None:
        super().__init__(why)
        self.after = after


@dataclass(frozen=True, slots=True)
class MessageFiles:
    """Of some files: those that are here, those that never will be (in words), and those that may come yet."""

    had: tuple[Attachment, ...] = ()
    missed: tuple[str, ...] = ()
    rest: tuple[Json, ...] = ()
    under_way: bool = False


class Attached:
    """The files of messages and forms; ``{"id", "name"}`` each."""

    def __init__(self, context: ChannelContext[Settings], downloads: Downloads) -> None:
        self._context = context
        self._downloads = downloads

    def with_words(self, letter: Letter, files: Sequence[Json], about: Json, *, known: bool) -> MessageFiles:
        """What goes along with a message's words; the rest follows them. Unless its case is known, all does."""
        followed, number = self._following(letter)
        mine = _without(followed, files)
        found = self._gather(mine) if known else MessageFiles(rest=mine)
        self._collected(mine, found)
        since = self._context.desk.now().isoformat()
        self._follow(letter, found.rest, {**about, "since": since}, number=number)
        return found

    def of_letter(self, letter: Letter, kept: Json) -> MessageFiles:
        """What a letter of files brings. Raises ``ReadLater`` while there is nothing to tell."""
        followed, number = self._following(letter)
        since, files = _since(letter, kept), _without(followed, kept["files"])
        age = self._age(since)
        found = self._gather(files)
        if found.under_way and (age < A_MINUTE or not found.had):  # those of one message come together
            raise ReadLater("its files are under way", min(wait_after(age) / 2, A_WHILE))
        if age > HOURS:
            found = MessageFiles(
                found.had, (*found.missed, *(f"{file['name']} ({GIVEN_UP})" for file in found.rest))
            )
        elif found.rest and not found.had and not found.missed:
            raise ReadLater("its files cannot be had yet", wait_after(age))
        self._collected(files, found)
        self._follow(letter, found.rest, {**kept, "since": since}, number=number)
        return found

    def status_of(self, letter: Letter, kept: Json) -> MessageStatus | None:
        """What became of the words that the files belong to; None: nothing will.

        Raises ``ReadLater`` until it is known.
        """
        status = self._became(str(kept["after"]))
        if status is not None and status.outcome in ("done", "aside"):
            return status
        age = self._age(_since(letter, kept))
        if age > HOURS:
            return None
        left = (HOURS - age).total_seconds() + 1
        raise ReadLater("its words are not handled yet", min(wait_after(age) / 2, left))

    def close(self) -> None:
        """Fetch nothing more."""
        self._downloads.close()

    def _gather(self, files: Sequence[Json]) -> MessageFiles:
        results = self._downloads.get([str(file["id"]) for file in files])
        had: list[Attachment] = []
        missed: list[str] = []
        rest: list[Json] = []
        for file in files:
            result = results.get(str(file["id"]))
            if isinstance(result, Attachment):
                had.append(result)
            elif isinstance(result, NoFile) and not result.again:
                missed.append(f"{file['name']} ({result})")
            else:
                rest.append(file)
        return MessageFiles(tuple(had), tuple(missed), tuple(rest), under_way=len(results) < len(files))

    def _collected(self, files: Sequence[Json], found: MessageFiles) -> None:
        """Those that are not to come any more need not be remembered."""
        rest = {file["id"] for file in found.rest}
        self._downloads.forget(str(file["id"]) for file in files if file["id"] not in rest)

    def _following(self, letter: Letter) -> tuple[frozenset[str], int]:
        """The files that earlier readings of this letter gave to followers, and the number of the next follower."""
        followed: set[str] = set()
        number = 1
        while (status := self._became(follower(letter.key, number))) is not None:
            followed |= self._held(letter, status)
            number += 1
        return frozenset(followed), number

    def _held(self, letter: Letter, status: MessageStatus) -> set[str]:
        """What a follower holds: nothing once it was given up.

        Raises ``ReadLater`` where it may be given up meanwhile.
        """
        if status.outcome == "aside":
            return set()
        if status.outcome == "waiting" and self._age(_since(letter, status.envelope)) > HOURS - A_MINUTE:
            raise ReadLater("the letter of its files is being given up", 5.0)
        return set(status.envelope.get("files", ()))

    def _follow(self, letter: Letter, files: Sequence[Json], about: Json, *, number: int) -> None:
        """Keep a letter for these, durable before anything is done with what they belong to."""
        if not files:
            return
        raw = json.dumps({**about, "kind": "files", "files": list(files)}).encode()
        envelope = {"kind": "files", "files": [str(file["id"]) for file in files], "since": about["since"]}
        key = follower(letter.key, number)
        try:
            kept = self._context.keep("slack", key, raw, envelope).result(timeout=10)
        except Exception as error:
            raise ReadLater(f"its files could not be put off: {type(error).__name__}", 5.0) from error
        if kept.duplicate:  # by a reading that we did not know of, perhaps with other files
            raise ReadLater("its files were put off by another reading", 5.0)

    def _became(self, key: str) -> MessageStatus | None:
        try:
            status: MessageStatus | None = self._context.desk.ask(Became("slack", key))
        except Exception as error:
            raise ReadLater(f"the desk does not answer: {type(error).__name__}", 5.0) from error
        return status

    def _age(self, since: str) -> timedelta:
        age: timedelta = self._context.desk.now() - datetime.fromisoformat(since)
        return age


def named(file: Json) -> dict[str, str]:
    """A file as Slack tells of it, by its id and a name for people."""
    name = " ".join(clean(str(file.get("name") or file.get("title") or "")).split())
    return {"id": str(file["id"]), "name": name[:200] or "a file"}


def wait_after(age: timedelta) -> float:
    """Seconds until the next try of what has been tried for so long: half of that."""
    return min(max(age.total_seconds() / 2, 2.0), MOST_WAIT)


def follower(key: str, number: int = 1) -> str:
    """The key of the first, second… letter that brings what did not come with this one."""
    made = f"f{number if number > 1 else ''}:{key}"
    return made if len(made) <= LONGEST_KEY else f"f:{hashlib.sha256(made.encode()).hexdigest()}"


def _without(followed: frozenset[str], files: Sequence[Json]) -> tuple[Json, ...]:
    return tuple(file for file in files if file["id"] not in followed)


def _since(letter: Letter, kept: Json) -> str:
    return str(kept.get("since") or letter.received_at.isoformat())
