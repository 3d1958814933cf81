"""A checkout that runs on a clock that stands still, its people, and the record of what they received."""

from __future__ import annotations

import json
import re
import sys
import time
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import Any

from bench.rows.desk import Desk
from bench.rows.mail import body
from bench.rows.web import fetch, get
from bench.same import content
from rehearsal.slack.workspace.element import actions_of, empty

MONDAY = datetime(2035, 3, 5, 10, tzinfo=UTC)
"""The first moment. It lies in the future, because the ids of Slack's messages must never fall."""
LONGEST, NONE = 120.0, dict[str, str]()
"""Seconds to wait at most."""
Texts = Mapping[str, str]
Cases = list[tuple[dict[str, str], list[list[Any]]]]
"""Facts of each case, and what happens to it in each wave: the first of some acts that is possible."""


class Side(Desk):
    """A checkout, its people, and the record of what they received: time, place, case and content."""

    def __init__(self, checkout: Path, folder: Path, url: str, cases: Cases) -> None:
        self._checkout, self._cases = checkout, cases
        super().__init__(folder, url)
        self._environment["PYTHONPATH"] = str(checkout)
        self._people, self._space = self.slack.people, self.slack.server.workspace
        for facts, _ in cases:
            facts["dm"] = self._people.open_dm(self.slack.hire(facts["user"])).id
        self.record: list[tuple[str, str, str, str]] = []
        self.asked, self.possible = set[str](), set[str]()
        self._label, self._taken = "", 0
        self.set_time(MONDAY)
        self._shown, self._texts = dict[tuple[str, str], str](), dict[tuple[str, str], str]()

    def _configure(self, **_: str) -> None:
        python, own = self._checkout / ".venv/bin/python", self._checkout / "bench/same/config.toml"
        scripts = tomllib.loads((self._checkout / "pyproject.toml").read_text())["project"]["scripts"]
        module, function = scripts["casebot"].split(":")
        code = f"import sys; sys.argv[0] = 'casebot'; from {module} import {function}; {function}()"
        self.command = [str(python) if python.exists() else sys.executable, "-c", code]
        template = Template((own if own.exists() else Path(__file__).with_name("config.toml")).read_text())
        facts = {"smtp": self.port, "relay": self._sink.port, "web": self._web, "store": self.url}
        self.config.write_text(template.substitute(facts, slack=self.slack.server.url))

    def set_time(self, now: datetime) -> None:
        """Set the time of all processes of this side, of the record, and of the ids of Slack's messages."""
        self._label, self._space._last = f"{now:%a %H:%M}", int(now.timestamp() * 1_000_000)
        (self.folder / "clock.new").write_text(f"{now:%Y-%m-%d %H:%M:%S}\n")
        (self.folder / "clock.new").replace(self.folder / "clock")

    def wait_until_idle(self, seconds: float) -> tuple[int, int]:
        """Wait until nothing is sent, and casebot uses less than a fifth of a core, for so long.

        Return two numbers that change with each mail, and with everything in Slack.
        """
        before, cpu, since, end = (-1, -1), 0.0, 0.0, time.monotonic() + LONGEST
        while (now := time.monotonic()) < end and (before[0] < 0 or now < since + seconds):
            traffic = (len(self._sink.taken), self._space.seq)
            if traffic != before or sum(self.cpu()) > cpu + seconds / 5 + 0.02:
                before, cpu, since = traffic, sum(self.cpu()), now
            time.sleep(0.05)
        return before

    def observe(self, place: str, text: str, about: str = "") -> None:
        """Add to the record."""
        self.record.append((self._label, place, about, text))

    def look(self) -> None:
        """Record the mails that were sent, and the messages that were posted or changed, since the last time."""
        for taken in self._sink.taken[self._taken :]:
            subject, text = content.of_mail(taken.raw)
            self.observe(f"mail to {', '.join(taken.recipients)}", text, subject)
            self._taken += 1
        state = json.loads(fetch(f"{self.slack.server.site}/rehearsal/state?messages=1000000"))
        names, messages = {user["id"]: user["name"] for user in state["users"]}, []
        for channel in state["channels"]:
            name = channel["name"] or "+".join(sorted(names[member] for member in channel["members"]))
            messages += [(name, channel["id"], message) for message in channel["messages"]]
        for reader, shown in state["ephemerals"].items():
            messages += [(f"to {names[reader]}", f"to {reader}", message) for message in shown]
        self._texts.clear()
        for _, channel, message in messages:
            key = (channel, message["thread_ts"] or message["ts"])
            self._texts[key] = self._texts.get(key, "") + content.of_slack(message)
        for name, channel, message in messages:
            key, text = (channel, message["ts"]), content.of_slack(message)
            before, self._shown[key] = self._shown.get(key), text
            if text != before and (message["bot"] or message["reactions"]):
                change = ("changed" if before else "posted") + " in a thread" * bool(message["thread_ts"])
                about = text + self._texts[channel, message["thread_ts"] or message["ts"]]
                self.observe(f"Slack {name}", f"{change}\n{text}", about)
        names |= {channel: name for name, channel, _ in messages}
        present = {(channel, message["ts"]) for _, channel, message in messages}
        for channel, ts in sorted(self._shown.keys() - present):
            text = self._shown.pop((channel, ts))
            self.observe(f"Slack {names.get(channel, channel)}", f"deleted\n{text}", text)

    def play(self, wave: int) -> None:
        """Let something happen to each case: the first act of the wave that is possible, a method below."""
        cards = {}
        for (channel, ts), text in reversed(self._texts.items()):
            numbers, markers = content.NUMBER.findall(text), content.MARKER.findall(text)
            if channel == "C0TRIAGE" and numbers and markers:
                cards[markers[0]] = (ts, numbers[0])
        for case, waves in self._cases:
            card, number = cards.get(case["marker"], ("none", "CS-none"))
            other, names = cards.get(case["marker"] + "x", ("", "CS-none"))[1], f"{number}|{case['marker']}"
            own = [key for key in self._texts if key[0] in ("C0ACME", case["dm"])]
            own = [key for key in own if re.search(names, self._texts[key])]
            place, thread = own[0] if own else (case["dm"], "none")
            case |= {"card": card, "number": number, "other": other, "place": place, "thread": thread}
            for act in waves[wave]:
                facts = filled(act, case)
                self.asked.add(json.dumps(act))
                if "files" in facts:
                    facts["files"] = {name: text.encode() for name, text in facts["files"].items()}
                try:
                    getattr(self, facts.pop("do"))(case, **facts)
                except Exception as error:
                    self.observe("not possible", f"{act}: {error!r}", case["marker"])
                else:
                    self.possible.add(json.dumps(act))
                    break
            self.wait_until_idle(0.25)

    def mail(self, case: Texts, text: str, who: str = "", subject: str = "", **more: Any) -> None:
        """Let the customer, or somebody else, write a mail, or reply to the newest one about the case."""
        person = self.post.person(who or case["address"])
        if subject:
            person.send(subject, text, **more)
        else:
            mails = self.post.to(who if who.endswith("desk.example") else case["address"])
            person.answer(
                [mail for mail in mails if case["number"] in str(mail["Subject"])][-1], text, **more
            )

    def command_line(self, case: Texts, words: Sequence[str]) -> str:
        """Run ``casebot`` with these words, without empty ones."""
        code, output = self.cli(*filter(None, words))
        self.observe("command line", f"casebot {' '.join(words)}: {code}\n{output}", case["marker"])
        return output

    def in_slack(self, case: Texts, act: str, user: str, typed: Texts = NONE, **facts: Any) -> None:
        """Call a method of ``People`` in the workspace, then fill in and send the forms that open."""
        if "files" in facts:
            facts["files"] = [self._people.upload(user, *file) for file in facts["files"].items()]
        seen = getattr(self._people, act)(user, **facts)
        self._send_forms(case, user, typed)
        if act == "open_home":
            self.observe(f"Slack home of {user}", content.of_slack(seen.body))

    def undo(self, case: Texts, user: str) -> None:
        """Reply to the customer below the card, and take the reply back."""
        self._people.post(user, "triage", "!reply This is a mistake.", thread_ts=case["card"])
        self.wait_until_idle(0.5)
        self.press(case, "Undo", user)

    def press(self, case: Texts, label: str, user: str, typed: Texts = NONE) -> None:
        """Press a button or choose an option, in the newest message that has it; then send the forms."""
        person, thread = self._space.user(user).id, {case["card"], case["thread"]}
        posted = [each for channel in self._space.channels.values() for each in channel.messages.values()]
        messages = [each for each in posted if {each.ts, each.thread_ts} & thread]
        messages += [each for each in self._space.ephemerals if each.ephemeral_to == person]
        for message in reversed(messages):
            place = {"channel": message.channel, "ts": message.ts}
            place = {"ephemeral": message.ts} if message.ephemeral_to else place
            for element in (each for block in message.blocks for each in actions_of(block)):
                for option in element.get("options", [element]):
                    if option.get("text", {}).get("text") == label:
                        value = option["value"] if "options" in element else None
                        self._people.click(user, element["action_id"], value=value, wait=4, **place)
                        self._send_forms(case, user, typed)
                        return
        raise LookupError(label)

    def _send_forms(self, case: Texts, user: str, typed: Texts) -> None:
        """Send the forms that somebody sees, three at most, with what is required in them."""
        for _ in range(3):
            self.wait_until_idle(0.25)
            if (view := self._people.modal(user)) is None:
                return
            self.observe(f"Slack form of {user}", content.of_slack([view.body, view.errors]), case["marker"])
            for block, element in view.fields():
                label, name = block.get("label", {}).get("text", ""), block["block_id"]
                required = block["type"] == "input" and not block.get("optional")
                if label in typed or (required and empty(view.state[name, element["action_id"]])):
                    value = typed.get(label) or element.get("options", [{"value": "Some text."}])[0]["value"]
                    put = self._people.type_into if "text" in element["type"] else self._people.choose
                    put(user, "modal", name, value)
            if not view.body.get("submit"):
                break
            self._people.submit(user, "modal", wait=4)
        if self._people.modal(user):
            self._people.close_view(user, "modal", all=True)

    def open_page(self, case: Texts, path: str, button: str = "", typed: Texts = NONE, **files: Any) -> None:
        """Open a page by the newest link to it that the customer was sent, and send a form."""
        if not path.startswith("/"):
            texts = [body(mail) for mail in self.post.to(case["address"])]
            texts += [text for key, text in self._texts.items() if key == (case["place"], case["thread"])]
            path = re.findall(rf"https://desk\.example(/{path}/[\w.~=-]+)", " ".join(texts))[-1]
        pages = [get(self.web + path)]
        pages += [pages[0].press(button, typed, **files)] if button else []
        for page in pages:
            links = [content.digest(fetch(link)) for link in page.links("/file/")]
            self.observe("page", f"{page.status}\n{content.of_html(page.html)}\n{links}", case["marker"])


def filled(act: Mapping[str, Any], facts: Texts) -> Any:
    """Return an act with facts in the place of their names."""
    return json.loads(re.sub(r"\{(\w+)\}", lambda name: facts.get(name[1], name[0]), json.dumps(act)))
