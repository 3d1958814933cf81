"""The story of two cases, told and checked from outside: it knows casebot by its sockets alone.

Nothing of casebot is imported. The `World` that it is handed knows HTTP: Ana's mail program submits to casebot's
listener and shows mailboxes (`rehearsal/demo/site.py`), Slack is used through the workspace's control API
(`rehearsal/slack/control.py`), pages are fetched from casebot's web door.
"""

from __future__ import annotations

import base64
import json
import re
import textwrap
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from rehearsal.demo.world import Json, World, check

WIDTH, LONGEST = 100, 3000
"""Columns of a line; characters of what was seen where it went wrong."""
PATIENCE = 10.0
"""Seconds for the app to show something."""
ANA, BEN, MIA = "ana@acme.example", "ben@acme.example", "mia@example.com"
NOTE = "Their tag changed on Monday, see the log. (canary-5d1f)"
FILE = ("delivery-report.csv", b"hour;impressions\r\n11;48120\r\n12;0\r\n" + bytes(range(256)) + b"\n\n")
Say = Callable[[str], None]


def tell(world: World, say: Say) -> bool:
    """Run the story, printing line by line; False at the first failure, with what was expected and seen."""
    began = time.monotonic()
    say("\nTwo cases, as each side sees them: who, where, what.")
    try:
        for number, chapter in enumerate(Story(world, say).chapters(), 1):
            say(f"\n {number:>2}  {(chapter.__doc__ or '').rstrip('.')}")
            chapter()
    except AssertionError as missed:
        expected, seen = missed.args
        say(f"\n ✗  expected: {expected}\n    seen:     {str(seen)[:LONGEST]}")
        return False
    say(f"\n ✓  2 cases, {len(world.read)} mails, every step checked, {time.monotonic() - began:.0f} s.\n")
    return True


class Story:
    """The chapters; the docstring of each is its title."""

    def __init__(self, world: World, say: Say) -> None:
        self.world, self.say = world, say
        self.mail: Json = {}  # the last that Ana read
        self.case = self.card = ""  # its number, and the ts of its card

    def chapters(self) -> list[Callable[[], None]]:
        """The chapters in order."""
        return [getattr(self, name) for name in vars(Story) if re.match("(ana|sam|mia|ben|nobody)_", name)]

    def ana_writes(self) -> None:
        """Ana writes a mail, and gets a case number."""
        subject = "Deal ID 12333: no delivery for 24 hours"
        sent = self._sends(self.world.about["desk"], subject, "It stopped yesterday at noon.\n\nAna")
        self._gets("is now case CS-")
        self.case = re.findall(r"CS-\d{6,}", self.mail["subject"])[0]
        check(self.mail["in_reply_to"] == sent["message_id"], "the confirmation to be threaded", self.mail)

    def sam_takes_it(self) -> None:
        """The team sees a card in Slack, and Sam takes the case."""
        self.card = self._sees("the team", "triage", f"{self.case} · Medium")["ts"]
        self._presses("Take it", "case_take")
        self._sees("the team", "triage", "Owner: Sam Specialist", self.card)

    def sam_answers(self) -> None:
        """Sam writes a note into its thread, for the team; then a reply, for Ana."""
        self._posts("Sam", "triage", self.card, NOTE)
        before = self.mail["message_id"]
        self._replies("Hello Ana,\n\nwe see no bid requests since noon. Could you send us a report?")
        self._gets("Could you send us a report?")
        check(before in self.mail["references"], "the reply to be in Ana's thread", self.mail["references"])

    def ana_sends_a_file(self) -> None:
        """Ana answers with a file; the team has both in the thread."""
        self._answers("Here it is. The tag is the same as ever.", FILE)
        self._sees("Sam", "triage", "The tag is the same as ever.", self.card)
        name, data = self.world.file("triage", self.card)
        check((name, data) == FILE, "the file as Ana sent it", f"{name}: {data!r}")
        self._line("Sam", "#triage", f"opens {name}: {len(data)} bytes, the same that Ana sent")

    def sam_closes(self) -> None:
        """Sam closes the case as resolved; Ana agrees, and it is closed for good."""
        self._presses("Close: Resolved", "case_status", value=f"{int(self.case[3:])}:close:resolved")
        self._fills_in("Sam", text="It delivers again: a consent banner had held back the tag.")
        self._gets("It delivers again")
        self._answers("#close It does, thank you!")
        self._gets(f"{self.case} is closed")

    def ana_is_asked(self) -> None:
        """Ana is asked how it went; looking votes for nothing, her click does."""
        survey = self.world.mail(ANA, "How did we do?")
        self._line("Ana", "mailbox", f"{survey['subject']} It holds a link to a page of her own.")
        link = next(url for url in survey["links"] if "/survey/" in url)
        looks = [self.world.fetch(link), self.world.fetch(link, method="HEAD"), self.world.fetch(link)]
        page = looks[-1][1].decode()
        check([status for status, _ in looks] == [200, 200, 200], "the page, three times", looks)
        check("answered before" not in page, "no vote yet", page)
        self._line("Ana", "her page", "looks at it three times, and nothing happens")
        nonce = re.findall(r'name="nonce" value="([^"]+)"', page)[0]
        vote = {"nonce": nonce, "action": "rate", "rating": "5", "comment": "Quick and kind."}
        status, thanks = self.world.fetch(link, urlencode(vote).encode())
        check(status == 200 and b"Thank you" in thanks, "thanks for the vote", thanks)
        self._line("Ana", "her page", "5 of 5, “Quick and kind.” Thank you!")
        self._sees("the team", "triage", "5 of 5", self.card)

    def ana_reopens(self) -> None:
        """It stops again: Ana reopens the case by mail."""
        self._answers("#reopen It stopped again this morning.")
        self._gets(f"{self.case} is open again")
        self._sees("the team", "triage", "reopened the case", self.card)

    def ana_is_concerned(self) -> None:
        """Nobody calls: Ana raises a concern, and the manager hears of it at once, in Slack and by mail."""
        self._answers("#concern lack of reply +33 1 23 45 67 89: nobody has called me back")
        self._sees("the team", "triage", "has raised a concern", self.card)
        self._sees("Mia", "Mia", "has raised a concern")
        self._line("Mia", "mailbox", self.world.mail(MIA, "has raised a concern")["subject"])
        self._gets("We passed it on at once to Mia Manager")
        self._sees("the team", "triage", "A concern was raised", self.card)

    def mia_takes_it(self) -> None:
        """Mia takes the concern with a button on the card, and Ana hears who looks after it."""
        self._line("Mia", "#triage", "[I take the concern]")
        self.world.act("Mia", "click", channel="triage", ts=self.card, action_id="case_acknowledge", wait=5)
        self._fills_in("Mia", text="I call you within the hour.")
        self._gets("Mia Manager has taken your concern")
        self._sees("the team", "triage", "has taken the concern", self.card)

    def ben_opens_a_case(self) -> None:
        """Ben, Ana's colleague, opens a case where he is: in #acme."""
        self._line("Ben", "#acme", "/case new")
        seen = self.world.act("Ben", "slash", channel="acme", text="/case new", wait=PATIENCE)
        check(seen["modal"], "a form", seen)
        self.world.act("Ben", "choose", view="modal", block_id="type", value="Reporting", wait=0)
        seen = self._fills_in("Ben", subject="Report Task ID 1254332 failed", text="It ends with “no data”.")
        second = re.findall(r"CS-\d{6,}", json.dumps(seen["modal"]))[0]
        self._sees("Ben", "acme", f"is now case {second}")
        self.card = self._sees("the team", "triage", f"{second} · Medium")["ts"]

    def ben_is_answered(self) -> None:
        """Sam replies from its card; Ben reads it in his thread, and answers there."""
        self._replies("Please try again: the report's time zone was missing.")
        answer = self._sees("Ben", "acme", "time zone was missing")
        self._posts("Ben", "acme", answer["thread_ts"], "Now it works. Thanks, Sam!")
        self._sees("the team", "triage", "Now it works.", self.card)

    def nobody_else_heard(self) -> None:
        """What was for the team stayed with the team, and nobody was told anything twice."""
        texts = [self.world.words(m) for m in self.world.messages("triage")]
        check(texts.count(NOTE) == 1 and len(set(texts)) == len(texts), "everything in #triage once", texts)
        boxes = self.world.ask("/mail/state")["mailboxes"]
        page = self.world.fetch(next(url for url in self.mail["links"] if "/case/" in url))[1].decode()
        seen = self.world.ask(f"/rehearsal/state?user={self.world.about['people']['colleague']['slack']}")
        outside = json.dumps([boxes[ANA], boxes[BEN], seen, page])
        check("bid requests" in page and "canary" not in outside, "the note nowhere outside", outside)
        left = {owner: [m["subject"] for m in self.world.unread(owner)] for owner in boxes}
        check(not any(left.values()), "no more mails than were told of here", left)
        self._line("the note", "", "is in no mail, no channel and on no page of the customers'")

    # what people do, and what they see

    def _sends(
        self, to: str, subject: str, text: str, *, answers: str = "", file: tuple[str, bytes] | None = None
    ) -> Json:
        """By Ana's mail program. ``answers``: the Message-ID of the mail that it is an answer to."""
        self._line("Ana", "mails", f"{_short(subject)}: “{text}”" + (f" and {file[0]}" if file else ""))
        files = [{"name": file[0], "base64": base64.b64encode(file[1]).decode()}] if file else []
        words = {"subject": subject, "text": text, "in_reply_to": answers, "files": files}
        told = self.world.send({"from": f"Ana Ferrer <{ANA}>", "to": to, **words})
        self._line("casebot", "SMTP", f"{told['code']} {told['reply']}")
        return told["mail"]

    def _answers(self, text: str, file: tuple[str, bytes] | None = None) -> None:
        """Ana answers the last mail she read, as mail programs do."""
        before = self.mail
        to, subject = re.findall(r"[^<\s]+@[^>\s]+", before["reply_to"])[0], f"Re: {before['subject']}"
        self._sends(to, subject, text, answers=before["message_id"], file=file)

    def _gets(self, words: str) -> None:
        self.mail = self.world.mail(ANA, words)
        self._line(
            "Ana", "mailbox", f"{_short(self.mail['subject'])}: {_paragraph(self.mail['text'], words)}"
        )

    def _sees(self, who: str, channel: str, words: str, thread: str = "") -> Json:
        message = self.world.message(channel, words, thread)
        self._line(
            who, f"#{channel}" if channel != who else "a DM", _paragraph(self.world.words(message), words)
        )
        return message

    def _posts(self, who: str, channel: str, thread: str, text: str) -> None:
        self.world.act(who, "post", channel=channel, thread_ts=thread, text=text)
        self._line(who, f"#{channel}", text)

    def _presses(self, label: str, action: str, **more: Any) -> None:
        self._line("Sam", "#triage", f"[{label}]")
        where = {"channel": "triage", "ts": self.card, "action_id": action, "wait": PATIENCE}
        self.world.act("Sam", "click", **where, **more)

    def _fills_in(self, who: str, **fields: str) -> Json:
        for block, text in fields.items():
            self.world.act(who, "type", view="modal", block_id=block, text=text)
        self._line(who, "a form", " · ".join(fields.values()))
        return self.world.act(who, "submit", view="modal", wait=5)

    def _replies(self, text: str) -> None:
        """Sam replies from the card: form, preview, send."""
        self._presses("Reply to customer", "case_reply")
        shown = self._fills_in("Sam", text=text)["modal"]
        check(shown and text in self.world.words(shown), "a preview of the reply", shown)
        self.world.act("Sam", "submit", view="modal")
        self._line("Sam", "#triage", self.world.whisper("Sam", "was added to"))

    def _line(self, who: str, where: str, what: str) -> None:
        """A text on at most two lines, without emoji, about whose width terminals disagree."""
        plain = " ".join(re.sub(r"[^\x20-\u20ff]", " ", what).split())
        lines = textwrap.wrap(plain, WIDTH - 25, max_lines=2, placeholder=" …")
        for number, each in enumerate(lines):
            self.say(f"     {'' if number else who:<10}{'' if number else where:<10}{each}")


def _short(subject: str) -> str:
    return subject if len(subject) <= 30 else f"{subject[:29].rstrip()}…"


def _paragraph(text: str, words: str) -> str:
    """The paragraph with these words."""
    return next((part.strip("> \n") for part in text.split("\n\n") if words in part), "")
