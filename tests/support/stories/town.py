"""The town: one house and a workspace for many stories, real wires all around, and all that was heard there."""

from __future__ import annotations

import json
import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from rehearsal.slack.workspace import cast
from rehearsal.slack.workspace.conversation import Channel, Message
from tests.support.houses.house import until
from tests.support.houses.office import Office
from tests.support.mail.sink import Sink
from tests.support.mail.talk import Taken
from tests.support.stories.canaries import Heard

SLOT = """
[[staff]]
name = "Spec Number{n}"
mail = "spec{n}@desk.example"
addresses.slack = "T0HOME/U0SPEC{n}"
manager = "max@desk.example"
[[account]]
name = "Slot {n}"
domains = ["slot{n}.example"]
places.slack = ["T0HOME/C0SLOT{n}"]
"""
MORE = """
[limits]
mails_per_case = [100, 1000]
[survey]
delay_days = 0
[[staff]]
name = "Pat Paper"
mail = "pat@desk.example"
manager = "max@desk.example"
"""
PAT = "Pat Paper <pat@desk.example>"
TRIAGE = "C0TRIAGE"
UNDO = "6s"
"""How long answers wait: long enough on a busy machine that what is to be taken back has not left."""
STAFF_USERS = ("U0SAM", "U0KIM", "U0MIA")
_LABEL = re.compile(rb"^Subject:[^\r\n]*?(CS-\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Mail:
    """A mail as it left."""

    to: str
    label: str
    raw: bytes

    @property
    def parsed(self) -> Any:
        return message_from_bytes(self.raw, policy=default)


class Town(Office):
    """One house and one workspace, in which many stories happen at the same time.

    ``slots``: how many; each has an account, a channel and a specialist.
    """

    def __init__(self, url: str, folder: Path, *, slots: int, mode: str = "socket") -> None:
        self.slots = slots
        self.screens: list[tuple[str, str]] = []
        """Modals that were open on somebody's screen: (user, JSON)."""
        self.post: dict[str, list[Mail]] = defaultdict(list)
        self._desk_post: dict[str, list[Mail]] = defaultdict(list)
        self._lock = threading.Lock()
        self._sink = Sink(took=self._took)
        self._sink.__enter__()
        more = MORE + "".join(SLOT.format(n=n) for n in range(slots))
        super().__init__(
            url, folder, mode=mode, more=more, undo=UNDO, relay=self._sink.url, relay_connections=8
        )
        self._people_the_workspace()

    def __exit__(self, *exc: object) -> None:
        super().__exit__(*exc)
        self._sink.__exit__(*exc)

    def _people_the_workspace(self) -> None:
        users, channels = [], []
        for n in range(self.slots):
            users.append({"id": f"U0SPEC{n}", "name": f"spec{n}", "real_name": f"Spec Number{n}"})
            members = ["@app", f"U0SPEC{n}"]
            channels.append(
                {"id": f"C0SLOT{n}", "name": f"slot{n}", "members": members, "shared": ["T0ACME"]}
            )
        cast.add(self.slack.workspace, {"users": users, "channels": channels})
        self.slack.workspace.channel(TRIAGE).members += [str(user["id"]) for user in users]

    # mail

    def _took(self, taken: Taken) -> None:
        found = _LABEL.search(taken.raw)
        for to in taken.recipients:
            mail = Mail(to, found[1].decode() if found else "", taken.raw)
            with self._lock:
                self.post[to].append(mail)
                if to.endswith("@desk.example"):
                    self._desk_post[f"{to} {mail.label}"].append(mail)

    def got(self, to: str, label: str) -> list[Mail]:
        """Somebody's mails about a case so far."""
        with self._lock:
            if to.endswith("@desk.example"):
                return list(self._desk_post[f"{to} {label}"])
            return [mail for mail in self.post[to] if mail.label == label]

    # Slack

    def thread_of(self, number: int, channel: str = TRIAGE) -> str:
        """``CHANNEL/TS`` of the case's card, or of where it is talked about in a channel, once that stands."""
        found = until(lambda: self._begun(number, channel))
        assert found, f"no thread of {number} in {channel}"
        return str(found)

    def _begun(self, number: int, channel: str) -> str:
        said = self.bots(self.slack.workspace.channel(channel))
        name = f"CS-{number:06d}"
        begun = (m.ts for m in said if not m.is_reply and name in f"{m.text} {m.blocks[:1]}")
        return next((f"{channel}/{ts}" for ts in begun), "")

    def bots(self, channel: Channel) -> list[Message]:
        """What the bot has said in a channel, threads too."""
        bot = self.slack.workspace.app.bot_user
        with self.slack.workspace.lock:
            return [message for message in channel.messages.values() if message.user == bot]

    # all that was heard

    def hear(self) -> Heard:
        """Everything that stands anywhere outside the store."""
        heard = Heard(self._staff())
        for mails in list(self.post.values()):
            for mail in mails:
                hear_mail(heard, mail)
        for channel in list(self.slack.workspace.channels.values()):
            for message in self.bots(channel):
                hear_message(heard, self._place(channel, message), message)
        for message in list(self.slack.workspace.ephemerals):
            heard.looked["messages to one person"] += 1
            heard.show(f"dm:{message.ephemeral_to}", message.text + json.dumps(message.blocks))
        homes = [(view.user, json.dumps(view.body)) for view in list(self.slack.workspace.views.values())]
        for user, seen in (*self.screens, *homes):
            heard.looked["forms and homes"] += 1
            heard.show(f"dm:{user}", seen)
        self._hear_what_was_replaced(heard)
        return heard

    def _hear_what_was_replaced(self, heard: Heard) -> None:
        """Homes and messages that were shown for a while, before others took their place."""
        transcript = self.slack.workspace.transcript
        for call in transcript.calls("views.publish", ok=True):
            heard.looked["homes and edits on the way"] += 1
            heard.show(f"dm:{call['user']}", json.dumps(call["args"]))
        for call in transcript.calls("chat.update", ok=True):
            heard.looked["homes and edits on the way"] += 1
            channel = self.slack.workspace.channel(call["channel"])
            heard.show(self._place(channel, channel.messages[call["ts"]]), json.dumps(call["args"]))

    def _place(self, channel: Channel, message: Message) -> str:
        if channel.kind == "im":
            bot = self.slack.workspace.app.bot_user
            return f"dm:{next(member for member in channel.members if member != bot)}"
        return f"thread:{channel.id}/{message.thread_ts or message.ts}"

    def _staff(self) -> set[str]:
        users = [*STAFF_USERS, *(f"U0SPEC{n}" for n in range(self.slots))]
        threads = {f"thread:{TRIAGE}/{m.ts}" for m in self.bots(self.slack.workspace.channel(TRIAGE))}
        mails = {f"mail:{to}" for to in list(self.post) if to.endswith("@desk.example")}
        return {f"dm:{user}" for user in users} | threads | mails


def hear_mail(heard: Heard, mail: Mail) -> None:
    """All of a mail: its words, HTML, headers and files."""
    heard.looked["mails"] += 1
    parsed, place = mail.parsed, f"mail:{mail.to}"
    plain = parsed.get_body(("plain",)).get_content()
    besides = [*map(str, parsed.values()), *_others(parsed)]
    heard.tell(place, plain, besides=" ".join(besides))
    for part in parsed.iter_attachments():
        heard.tell(place, part.get_payload(decode=True).decode("utf-8", "replace"))


def _others(parsed: Any) -> Iterator[str]:
    for part in parsed.walk():
        yield part.get_filename() or ""
        if part.get_content_type() == "text/html":
            yield part.get_content()


def hear_message(heard: Heard, place: str, message: Message) -> None:
    """All of a message: its blocks, its text for notifications, its files."""
    heard.looked["messages"] += 1
    words = json.dumps(message.blocks) if message.blocks else message.text
    names = " ".join(f"{file.name} {file.title}" for file in message.files)
    heard.tell(place, words, besides=f"{message.text} {names}")
    for file in message.files:
        heard.tell(place, file.data.decode("utf-8", "replace"))
