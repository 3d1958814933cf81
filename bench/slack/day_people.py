"""The people of the day: customers write in their channels, specialists and managers work in triage."""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from bench.slack.town import CHANNELS, MANAGERS, SPECIALISTS, customer
from rehearsal.slack.server import Server
from rehearsal.slack.wire.wire import Json
from rehearsal.slack.workspace.conversation import File, Message

PAUSE = (8.0, 40.0)
"""Seconds between two acts of one person."""
WORDS = "the report and the invoice differ since noon"
LONG = (5_000, 12_000, 39_000)
"""Characters of long messages; Slack takes 40,000."""
TRIAGE = "C0TRIAGE"
HUGE = 3_000_000_000
"""Bytes of a file over every limit. It has none: nobody may download it."""
_NUMBER = re.compile(r"CS-(\d{6,})")

Kind = Literal["customer", "opening", "reply", "note"]


@dataclass
class Line:
    """A message that somebody sent, and where it must arrive once."""

    kind: Kind
    marker: str
    at: float
    """Seconds since 1970."""
    channel: str = ""
    """The channel that it must reach; empty for a note, which stays where it is."""
    case: int = 0
    end: str = ""
    """The last word of a long message."""
    refused: bool = False
    """Slack refuses every post of it: the support team must be notified instead."""
    arrived: float = 0.0
    """When it stood there first."""


@dataclass
class Day:
    """Everything that the people did."""

    acts: Counter[str] = field(default_factory=Counter)
    lines: list[Line] = field(default_factory=list)
    not_done: list[str] = field(default_factory=list)


class SpecialFile(File):
    """A file that Slack describes differently: external, deleted, or larger than it is here."""

    described: Json

    def wire(self, site: str) -> Json:
        """Return the file object as Slack sends it (docs.slack.dev: "File object")."""
        return {**File.wire(self, site), **self.described}


def special_file(kind: str, user: str, number: int) -> SpecialFile:
    """Build a file of a kind that cannot be kept: ``huge``, ``external`` or ``deleted``."""
    file = SpecialFile(f"F0DAY{number:05d}", f"{kind}-{number}.bin", user, complete=True)
    link = f"https://drive.example/{file.id}"
    file.described = {
        "huge": {"size": HUGE},
        "external": {"mode": "external", "is_external": True, "external_type": "gdrive", "size": 0}
        | {"url_private": link, "url_private_download": "", "permalink": link},
        "deleted": {"mode": "tombstone", "size": 0, "url_private": "", "url_private_download": ""},
    }[kind]
    return file


class Town:
    """The people, each in a thread of their own, and the record of what they did."""

    def __init__(self, server: Server, *, seed: int) -> None:
        self.server, self.people, self.day = server, server.people, Day()
        self.away = threading.Event()
        """Set while Slack is away: nobody can do anything there."""
        self.leaving = threading.Event()
        self._seed = seed
        self._lock = threading.Lock()
        self._count = 0

    def cards(self) -> dict[int, Message]:
        """Return the card of each case."""
        found: dict[int, Message] = {}
        for message in self._roots("triage"):
            if number := _NUMBER.search(message.text + str(message.blocks)):
                found.setdefault(int(number[1]), message)
        return found

    def threads(self) -> dict[int, Message]:
        """Return the first message of each case's thread in its customer's channel."""
        found: dict[int, Message] = {}
        for channel in CHANNELS:
            with self.server.workspace.lock:
                place = self.server.workspace.channel(channel)
                below = {root: list(replies) for root, replies in place.threads.items()}
                roots = [message for message in place.messages.values() if not message.is_reply]
            for root in roots:
                texts = (root, *below.get(root.ts, ()))
                numbers = (_NUMBER.search(message.text + str(message.blocks)) for message in texts)
                if number := next(filter(None, numbers), None):
                    found.setdefault(int(number[1]), root)
        return found

    def open_cases(self, count: int, *, seconds: float = 300) -> None:
        """Let the customers open cases, each in their own channel."""
        for number in range(count):
            channel = CHANNELS[number % len(CHANNELS)]
            self.people.post(customer(channel), channel, f"@Case new Deal ID {1000 + number}: {WORDS}")
        deadline = time.monotonic() + seconds
        while len(self.cards()) < count or len(self.threads()) < count:
            if time.monotonic() > deadline:
                raise RuntimeError(
                    f"{len(self.cards())} cards, {len(self.threads())} threads of {count} cases"
                )
            time.sleep(0.5)

    def live(self, seconds: float) -> None:
        """Let everybody work for so long."""
        cards, threads = self.cards(), self.threads()
        work = [
            threading.Thread(target=self._work, args=(who, cards, threads))
            for who in (*SPECIALISTS, *MANAGERS)
        ]
        work += [threading.Thread(target=self._write, args=(channel, threads)) for channel in CHANNELS]
        for thread in work:
            thread.start()
        time.sleep(seconds)
        self.leaving.set()
        for thread in work:
            thread.join()

    def _line(self, kind: Kind, *, channel: str = "", case: int = 0) -> Line:
        with self._lock:
            self._count += 1
            line = Line(kind, f"w{self._count:05d}", time.time(), channel, case)
            self.day.lines.append(line)
        return line

    def _pauses(self, dice: random.Random) -> bool:
        """Wait until the next act; return False when the day is over."""
        over = self.leaving.wait(dice.uniform(*PAUSE))
        while not over and self.away.is_set():
            over = self.leaving.wait(0.2)
        return not over

    def _work(self, user: str, cards: dict[int, Message], threads: dict[int, Message]) -> None:
        dice = random.Random(f"{self._seed} {user}")
        acts: dict[str, tuple[int, Callable[[], bool]]] = {
            "reply": (5, lambda: self._reply(user, dice, cards, threads)),
            "note": (4, lambda: self._note(user, dice, cards)),
            "take": (1, lambda: self._take(user, dice, cards)),
            "queue": (1, lambda: self._queue(user)),
            "home": (1, lambda: self.people.open_home(user, wait=60) is not None),
        }
        while self._pauses(dice):
            [act] = dice.choices(list(acts), [weight for weight, _ in acts.values()])
            try:
                done = acts[act][1]()
            except Exception as error:
                self.day.not_done.append(f"{act}: {error!r}")
            else:
                if not done and not self.away.is_set():
                    self.day.not_done.append(act)
            self.day.acts[act] += 1

    def _reply(
        self, user: str, dice: random.Random, cards: dict[int, Message], threads: dict[int, Message]
    ) -> bool:
        case = dice.choice(sorted(cards))
        line = self._line("reply", channel=threads[case].channel, case=case)
        self._post(line, user, dice, "triage", cards[case].ts, lead="!reply ")
        return True

    def _note(self, user: str, dice: random.Random, cards: dict[int, Message]) -> bool:
        case = dice.choice(sorted(cards))
        self._post(self._line("note", case=case), user, dice, "triage", cards[case].ts)
        return True

    def _take(self, user: str, dice: random.Random, cards: dict[int, Message]) -> bool:
        card = cards[dice.choice(sorted(cards))]
        return self.people.click(user, "case_take", channel="triage", ts=card.ts).acked

    def _queue(self, user: str) -> bool:
        seen = self.people.slash(user, "triage", "/case queue", wait=5)
        return seen.acked and bool(seen.ephemerals or seen.text)

    def _write(self, channel: str, threads: dict[int, Message]) -> None:
        dice = random.Random(f"{self._seed} {channel}")
        place = self.server.workspace.channel(channel).id
        own = {case: root for case, root in threads.items() if root.channel == place}
        while own and self._pauses(dice):
            if dice.random() < 0.05:
                line = self._line("opening", channel=TRIAGE)
                self.people.post(customer(channel), channel, f"@Case new {line.marker} {WORDS}")
                self.day.acts["case"] += 1
                continue
            case = dice.choice(sorted(own))
            line = self._line("customer", channel=TRIAGE, case=case)
            self._post(line, customer(channel), dice, channel, own[case].ts)
            self.day.acts["customer's message"] += 1

    def _post(
        self, line: Line, user: str, dice: random.Random, channel: str, thread: str, *, lead: str = ""
    ) -> None:
        """Post a message: mostly short, sometimes long, refused, or with a file of some kind."""
        shapes = {"short": 12, "long": 2, "small": 2, "empty": 1, "huge": 1, "external": 1, "deleted": 1}
        shapes["refused"] = 1 if line.channel else 0
        [shape] = dice.choices(list(shapes), list(shapes.values()))
        text = f"{lead}{line.marker} {WORDS}"
        files: list[File] = []
        if shape == "long":
            line.end = f"{line.marker}end"
            text += f" {self._long(dice)} {line.end}"
        elif shape == "refused":
            line.refused = True
            error = dice.choice(("brand_new_refusal", "file_type_not_allowed", "posting_to_channel_denied"))
            faults = self.server.workspace.faults
            faults.add("error", method="chat.postMessage", words=line.marker, error=error)
        elif shape in ("small", "empty"):
            data = b"" if shape == "empty" else b"a,b\n1,2\n"
            files = [self.people.upload(user, f"{line.marker}.csv", data)]
        elif shape != "short":
            files = [self._special(shape, user, int(line.marker[1:]))]
        self.day.acts[f"{shape} message"] += 1
        self.people.post(user, channel, text, thread_ts=thread, files=files)

    def _special(self, kind: str, user: str, number: int) -> File:
        file = special_file(kind, self.server.workspace.user(user).id, number)
        with self.server.workspace.lock:
            self.server.workspace.files[file.id] = file
        return file

    def _long(self, dice: random.Random) -> str:
        length = dice.choice(LONG)
        return "".join(f"Line {number} of a long report.\n" for number in range(length // 30))[:length]

    def _roots(self, channel: str) -> list[Message]:
        with self.server.workspace.lock:
            messages = list(self.server.workspace.channel(channel).messages.values())
        return [message for message in messages if not message.is_reply]


def unfinished(lines: list[Line]) -> list[Line]:
    """Return the lines that must still arrive."""
    return [line for line in lines if line.channel and not line.arrived and not line.refused]
