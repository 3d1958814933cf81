"""People at Slack: what they do in a rehearsal workspace, and the words they see there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bench.rows.seen import Missing, flat, until
from rehearsal.slack.people.seen import Seen
from rehearsal.slack.server import Server
from rehearsal.slack.workspace import cast
from rehearsal.slack.workspace.conversation import Message

TEAM = "T0HOME"
STAFF = {"sam": "Sam Specialist", "kim": "Kim Specialist", "mia": "Mia Manager"}
NUMBER = re.compile(r"CS-\d{6,}")


def workspace() -> Server:
    """The desk's people, a channel of the account's own, and one for everybody."""
    users = [
        {"id": f"U0{name.upper()}", "name": name, "real_name": shown, "email": f"{name}@desk.example"}
        for name, shown in STAFF.items()
    ]
    channels = [
        {"id": "C0TRIAGE", "name": "triage", "members": ["@app", *STAFF]},
        {"id": "C0GENERAL", "name": "general", "members": ["@app", *STAFF]},
        {"id": "C0ACME", "name": "acme", "members": ["@app", "sam"]},
    ]
    teams = [{"id": TEAM, "name": "Example Support", "domain": "example-support"}]
    return Server(cast.build({"teams": teams, "users": users, "channels": channels}))


IN_PROGRESS = "Status: *In progress*"
"""What a card says of a case that somebody works on."""


class Workplace:
    """``people`` act; the rest is what can be read."""

    def __init__(self, server: Server) -> None:
        self.server, self.people = server, server.people
        self._space = server.workspace

    def hire(self, name: str, domain: str = "acme.example", **facts: object) -> str:
        """One more person, in #general and #acme; their name."""
        who = {"id": f"U0{name.upper()}", "name": name, "real_name": f"{name.title()} Okafor"}
        cast.add(self._space, {"users": [{**who, "email": f"{name}@{domain}", **facts}]})
        for channel in ("general", "acme"):
            self.people.join(name, channel)
        return name

    # doing

    def slash(self, user: str, text: str, channel: str = "general") -> str:
        """``/case …``: all that came of it on the screen."""
        return self.shown(self.people.slash(user, channel, f"/case {text}", wait=6))

    def click(self, user: str, action: str, message: Message, **more: Any) -> Seen:
        """A button or menu at a message."""
        place = {"channel": message.channel, "ts": message.ts}
        return self.people.click(user, action, wait=6, **place, **more)

    def fill(self, user: str, **fields: object) -> str:
        """Fill the open form in (texts typed, else chosen) and press its button.

        Returns what is shown then, errors too.
        """
        for block, value in fields.items():
            self.put(user, block, value)
        return self.press(user)

    def put(self, user: str, block: str, value: object) -> None:
        """Into one field of the open form; a block's name may go on behind a colon."""
        view = until(lambda: self._with(user, block), seconds=10)
        if view is None:
            raise Missing(f"a form with the field {block}", self.screen(user))
        kinds = {one["block_id"]: element["type"] for one, element in view.fields()}
        name = next(one for one in kinds if one.partition(":")[0] == block)
        if kinds[name].endswith("text_input"):
            self.people.type_into(user, "modal", name, str(value))
        else:
            self.people.choose(user, "modal", name, value, wait=4 if block == "type" else 0)

    def press(self, user: str) -> str:
        """The form's button: what is shown then, errors too."""
        seen = self.people.submit(user, "modal", wait=8)
        return flat(" ".join((self.shown(seen), *seen.errors.values())))

    def shown(self, seen: Seen) -> str:
        """What somebody sees after an act, in words."""
        modal = words_of(seen.modal.body) if seen.modal else ""
        whispers = (words_of_message(message) for message in seen.ephemerals)
        return flat(" ".join((seen.error, *whispers, modal)))

    def screen(self, user: str) -> str:
        """The words of the form that somebody has open."""
        view = self.people.modal(user)
        return flat(words_of(view.body)) if view else "no form is open"

    def close(self, user: str) -> None:
        """Whatever form is open."""
        if self.people.modal(user):
            self.people.close_view(user, "modal", all=True)

    def opened(self, user: str, channel: str = "general", **fields: object) -> str:
        """A case by the form; its number."""
        self.people.slash(user, channel, "/case new", wait=8)
        usual = {"subject": "No delivery since noon", "text": "The deal stopped delivering at noon."}
        shown = self.fill(user, **{**usual, **fields})
        self.close(user)
        if not (found := NUMBER.search(shown)):
            raise Missing("the number of the new case in the form", shown)
        return found[0]

    # reading

    def card(self, number: str) -> Message:
        """A case's card, in the desk's channel. Raises ``Missing``."""
        found = until(lambda: [one for one in self._roots("triage") if number in words_of_message(one)])
        if not found:
            raise Missing(f"a card of {number} in the triage channel", "none")
        return found[0]

    def card_words(self, number: str, *words: str) -> str:
        """The card's words, once they hold these or a while has passed."""
        until(lambda: all(one in words_of_message(self.card(number)) for one in words), seconds=12)
        return flat(words_of_message(self.card(number)))

    def card_without(self, number: str, word: str) -> str:
        """The card's words, once they lack this or a while has passed."""
        until(lambda: word not in words_of_message(self.card(number)), seconds=12)
        return flat(words_of_message(self.card(number)))

    def below(self, root: Message) -> list[Message]:
        """A thread's replies."""
        with self._space.lock:
            return list(self._space.channel(root.channel).threads.get(root.ts, ()))

    def thread(self, number: str) -> str:
        """All words below a case's card."""
        return flat(" ¶ ".join(map(words_of_message, self.below(self.card(number)))))

    def in_thread(self, number: str, *words: str, seconds: float = 20) -> Message:
        """The reply below the card with these words. Raises ``Missing``."""
        return self._found(lambda: self.below(self.card(number)), words, "below the card", seconds)

    def place(self, user: str, number: str, channel: str = "") -> Message:
        """What a case's talk with its customer hangs on. Raises ``Missing``."""
        where = channel or self.people.open_dm(user).id
        return self._found(lambda: self._roots(where), (number,), f"in the talk with {user}", 20)

    def heard(self, user: str, *words: str, seconds: float = 20) -> Message:
        """What the app has said to somebody in their talk, threads too. Raises ``Missing``."""
        return self._found(lambda: self._talk(user), words, f"in the talk with {user}", seconds)

    def heard_below(self, root: Message, *words: str, seconds: float = 20) -> Message:
        """What stands below a message. Raises ``Missing``."""
        return self._found(lambda: self.below(root), words, "in the customer's thread", seconds)

    def talk(self, user: str) -> str:
        """All that the app has said to somebody in their talk and to them alone."""
        return flat(" ¶ ".join(map(words_of_message, self._talk(user))))

    def whispers(self, user: str) -> str:
        """What was shown to them alone in channels."""
        person = self._space.user(user).id
        said = [one for one in self._space.ephemerals if one.ephemeral_to == person]
        return flat(" ¶ ".join(map(words_of_message, said)))

    def channel(self, name: str) -> str:
        """All words of the app in a channel."""
        return flat(" ¶ ".join(words_of_message(one) for one in self._bots(name)))

    def reactions(self, message: Message) -> list[str]:
        """The emoji at a message."""
        return sorted(self._space.message(message.channel, message.ts).reactions)

    def say(self, user: str, root: Message, text: str, files: Mapping[str, bytes] | None = None) -> Message:
        """A word in the thread of a message."""
        sent = [self.people.upload(user, name, data) for name, data in (files or {}).items()]
        return self.people.post(user, root.channel, text, thread_ts=root.thread_ts or root.ts, files=sent)

    def _found(self, look: Any, words: tuple[str, ...], where: str, seconds: float) -> Message:
        def there() -> list[Message]:
            return [one for one in look() if all(word in flat(words_of_message(one)) for word in words)]

        found: list[Message] = until(there, seconds=seconds)
        if not found:
            raise Missing(f"{words} {where}", " ¶ ".join(map(words_of_message, look())))
        return found[-1]

    def _with(self, user: str, block: str) -> Any:
        view = self.people.modal(user)
        names = {one["block_id"].partition(":")[0] for one, _ in view.fields()} if view else set()
        return view if block in names else None

    def _talk(self, user: str) -> list[Message]:
        return self._bots(self.people.open_dm(user).id)

    def _bots(self, channel: str) -> list[Message]:
        with self._space.lock:
            messages = list(self._space.channel(channel).messages.values())
        return [one for one in messages if one.user == self._space.app.bot_user]

    def _roots(self, channel: str) -> list[Message]:
        return [one for one in self._bots(channel) if not one.is_reply]


def words_of_message(message: Message) -> str:
    """All that can be read in a message, its files' names too."""
    return "\n".join((message.text, words_of(message.blocks), *(file.name for file in message.files)))


def words_of(node: object) -> str:
    """All that can be read in blocks or a view."""
    if isinstance(node, list):
        return "\n".join(filter(None, map(words_of, node)))
    if not isinstance(node, dict):
        return ""
    own = node.get("text")
    inner = "\n".join(filter(None, (words_of(value) for value in node.values())))
    return "\n".join(filter(None, (own if isinstance(own, str) else "", str(node.get("url") or ""), inner)))
