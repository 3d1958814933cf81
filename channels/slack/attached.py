"""What came attached: fetched with the words if that is quick, else in a letter of its own, for hours if need be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.channel import House, Letter
from bot.commands import Attachment
from bot.desk import Became, Fate
from channels.slack.downloads import Downloads
from channels.slack.files import NoFile
from channels.slack.typed import clean

Json = Mapping[str, Any]
LONGEST_KEY = 100
A_MINUTE = timedelta(minutes=1)
HOURS = timedelta(hours=6)
"""After which a file that could not be had is given up."""
GIVEN_UP = "it could not be had for six hours"
A_WHILE = 15.0
"""Seconds between two looks at what is under way, at most."""
MOST_WAIT = 900.0
"""Seconds between two tries; at first there are two, then half of the time that it has lasted."""


class Wait(Exception):
    """Not now: the letter is to be read again after so many seconds. No fault of its own."""

    def __init__(self, why: str, after: float) -> None:
        super().__init__(why)
        self.after = after


@dataclass(frozen=True, slots=True)
class Gathered:
    """Of some files: those that are here, those that never will be (in words), and those that may come yet."""

    had: tuple[Attachment, ...] = ()
    missed: tuple[str, ...] = ()
    rest: tuple[Json, ...] = ()
    under_way: bool = False


class Attached:
    """The files of messages and forms; ``{"id", "name"}`` each."""

    def __init__(self, house: House, downloads: Downloads) -> None:
        self._house = house
        self._downloads = downloads

    def with_words(self, letter: Letter, files: Sequence[Json], about: Json, *, known: bool) -> Gathered:
        """What goes along with a message's words; the rest follows them. Unless its case is known, all does."""
        mine = self._without_following(letter, files)
        found = self._gather(mine) if known else Gathered(rest=mine)
        self._collected(mine, found)
        self._follow(letter, found.rest, {**about, "since": _since(letter, about)})
        return found

    def of_letter(self, letter: Letter, kept: Json) -> Gathered:
        """What a letter of files brings. Raises ``Wait`` while there is nothing to tell."""
        since, files = _since(letter, kept), self._without_following(letter, kept["files"])
        age = self._age(since)
        found = self._gather(files)
        if found.under_way and (age < A_MINUTE or not found.had):  # those of one message come together
            raise Wait("its files are under way", min(wait_after(age) / 2, A_WHILE))
        if age > HOURS:
            found = Gathered(
                found.had, (*found.missed, *(f"{file['name']} ({GIVEN_UP})" for file in found.rest))
            )
        elif found.rest and not found.had and not found.missed:
            raise Wait("its files cannot be had yet", wait_after(age))
        self._collected(files, found)
        self._follow(letter, found.rest, {**kept, "since": since})
        return found

    def fate(self, letter: Letter, kept: Json) -> Fate | None:
        """What became of the words that the files belong to; None: nothing will. Raises ``Wait`` until it is known."""
        fate = self._became(str(kept["after"]))
        if fate is not None and fate.outcome in ("done", "aside"):
            return fate
        age = self._age(_since(letter, kept))
        if age > HOURS:
            return None
        raise Wait("its words are not handled yet", wait_after(age) / 2)

    def close(self) -> None:
        """Fetch nothing more."""
        self._downloads.close()

    def _gather(self, files: Sequence[Json]) -> Gathered:
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
        return Gathered(tuple(had), tuple(missed), tuple(rest), under_way=len(results) < len(files))

    def _collected(self, files: Sequence[Json], found: Gathered) -> None:
        """Those that are not to come any more need not be remembered."""
        rest = {file["id"] for file in found.rest}
        self._downloads.forget(str(file["id"]) for file in files if file["id"] not in rest)

    def _without_following(self, letter: Letter, files: Sequence[Json]) -> tuple[Json, ...]:
        """Those that no letter holds yet which an earlier reading of this one wrote."""
        following = self._became(follower(letter.key))
        held = set(following.envelope.get("files", ())) if following else set()
        return tuple(file for file in files if file["id"] not in held)

    def _follow(self, letter: Letter, files: Sequence[Json], about: Json) -> None:
        """Keep a letter for these, durable before anything is done with what they belong to."""
        if not files:
            return
        raw = json.dumps({**about, "kind": "files", "files": list(files)}).encode()
        envelope = {"kind": "files", "files": [str(file["id"]) for file in files]}
        try:
            self._house.keep("slack", follower(letter.key), raw, envelope).result(timeout=10)
        except Exception as error:
            raise Wait(f"its files could not be put off: {type(error).__name__}", 5.0) from error

    def _became(self, key: str) -> Fate | None:
        try:
            fate: Fate | None = self._house.desk.ask(Became("slack", key))
        except Exception as error:
            raise Wait(f"the desk does not answer: {type(error).__name__}", 5.0) from error
        return fate

    def _age(self, since: str) -> timedelta:
        age: timedelta = self._house.desk.now() - datetime.fromisoformat(since)
        return age


def named(file: Json) -> dict[str, str]:
    """A file as Slack tells of it, by its id and a name for people."""
    name = " ".join(clean(str(file.get("name") or file.get("title") or "")).split())
    return {"id": str(file["id"]), "name": name[:200] or "a file"}


def wait_after(age: timedelta) -> float:
    """Seconds until the next try of what has been tried for so long: half of that."""
    return min(max(age.total_seconds() / 2, 2.0), MOST_WAIT)


def follower(key: str) -> str:
    """The key of the letter that brings what did not come with this one."""
    made = f"f:{key}"
    return made if len(made) <= LONGEST_KEY else f"f:{hashlib.sha256(made.encode()).hexdigest()}"


def _since(letter: Letter, kept: Json) -> str:
    return str(kept.get("since") or letter.received_at.isoformat())
