"""Random histories: what happens in any order over all channels, and what must be true after each step."""

from __future__ import annotations

import random
import tempfile
import threading
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.queries.lists import ListInbox, ListOutbox
from store.backup import verify
from tests.support.houses.house import until, words
from tests.support.houses.office import UNKEPT
from tests.support.setup import databases
from tests.support.stories import storyteller
from tests.support.stories.account import judged
from tests.support.stories.acts_by_letter import SIGN_OFF
from tests.support.stories.acts_opening import OPENINGS
from tests.support.stories.plot import possible
from tests.support.stories.story import Story
from tests.support.stories.town import Town

FAULTS: dict[str, tuple[str, dict[str, Any]]] = {
    "rate limit": ("ratelimited", {"method": "chat.postMessage", "times": 3}),
    "rate limit of cards": ("ratelimited", {"method": "chat.update", "times": 3}),
    "server error": ("error", {"status": 500, "method": "chat.postMessage", "times": 3}),
    "lost answer": ("lost", {"method": "chat.postMessage", "times": 1}),
    "unknown code": ("error", {"error": "brand_new_code", "method": "chat.postMessage", "times": 1}),
    "repeated events": ("duplicate", {}),
}
"""What Slack may do wrong during a step."""
ODD_FILES = {"empty": b"", "binary": bytes(range(256)) * 8, "large": b"x" * 400_000}
JUMPS = {"minutes": 0.2, "hours": 5.0, "days": 80.0}
"""Hours by which the time at the desk moves on."""


class History(RuleBasedStateMachine):
    """One case, the people around it, and everything that can happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="casebot-history-")))
        self.town = self._stack.enter_context(Town(databases.sqlite(folder), folder, slots=1))
        self.town.slack.workspace.app.patience = self.town.slack.workspace.triggers.life = (
            30.0  # busy machine
        )
        self.hours = 0.0
        self._over = threading.Event()
        threading.Thread(target=self._retry, daemon=True).start()

    def _retry(self) -> None:
        """Have failed deliveries tried again every second, as an impatient operator would."""
        while not self._over.wait(1):
            with suppress(Exception):  # casebot is starting again
                self.town.app.desk.retry()

    @initialize(seed=st.integers(0, 9999), home=st.sampled_from(sorted(OPENINGS)))
    def open(self, seed: int, home: str) -> None:
        """Open the case by mail, in a direct message, or in the customer's channel."""
        self.story = Story(self.town, 0, f"{seed}/history", home=home)
        self.story.dice = random.Random(seed)
        OPENINGS[home](self.story)

    @rule(pick=st.integers(0, 999), faults=st.lists(st.sampled_from(sorted(FAULTS)), max_size=2, unique=True))
    def act(self, pick: int, faults: list[str]) -> None:
        """Let somebody do what they can do now, while Slack may fail."""
        acts = {name: act for _, name, act in possible(self.story)}
        name = sorted(acts)[pick % len(acts)]
        self.story.book.steps.append(" ".join([name, *faults]))
        for fault in faults:
            kind, settings = FAULTS[fault]
            self.town.slack.workspace.faults.add(kind, **settings)
        acts[name](self.story)
        self.town.slack.workspace.faults.clear()

    @rule(kind=st.sampled_from([*sorted(ODD_FILES), *UNKEPT]), by_mail=st.booleans())
    def send_odd_file(self, kind: str, by_mail: bool) -> None:
        """Send an odd file beside words, by mail or in the card's thread."""
        story, content = self.story, ODD_FILES.get(kind)
        if content is not None and by_mail and story.requester.kind == "mail":
            code = story.public(f"a customer's mail with a file: {kind}", story.requester)
            mail = story.letter(story.requester.address)
            self.town.answer(
                mail, story.requester.mailbox, f"See the file. {code}", files={"odd.bin": content}
            )
            story.over = story.closed = False
        else:
            code = story.secret(f"specialist: a note with a file: {kind}")
            file = (
                self.town.unkept_file(story.spec, kind)
                if content is None
                else story.people.upload(story.spec, "odd.bin", content)
            )
            channel, _, ts = story.desk.partition("/")
            story.people.post(story.spec, channel, f"Look: {code}", thread_ts=ts, files=[file])
        story.kept(code)

    @rule(jump=st.sampled_from(sorted(JUMPS)))
    def pass_time(self, jump: str) -> None:
        """Let timers become due: reminders, closing of solved cases, surveys."""
        self.hours += JUMPS[jump]
        self.town.pass_time(hours=self.hours)
        self.settle()
        state = self.story.view().line.state
        self.story.over, self.story.closed = state in ("resolved", "closed"), state == "closed"

    @rule()
    def restart(self) -> None:
        """Start casebot again."""
        self.town.restart()

    def settle(self) -> None:
        """Wait until nothing is under way; undo windows and retries are over sooner, a lease of 20 s is not."""
        for _ in range(100):
            if until(lambda: storyteller.quiet(self.town), 2):
                return
            self.hours += 0.004
            self.town.pass_time(hours=self.hours)
        waiting = [*self.town.ask(ListInbox("waiting")), *self.town.ask(ListOutbox("waiting"))]
        raise AssertionError(f"still waiting: {waiting}")

    @precondition(lambda self: hasattr(self, "story"))
    @invariant()
    def holds(self) -> None:
        """Check what must be true after every step."""
        assert self.town.running, "the process has ended"
        self.settle()
        assert not self.town.ask(ListOutbox("dead")), "a delivery was given up"
        shunted = [row for row in self.town.ask(ListInbox("shunted")) if not row.reason]
        assert not shunted, "a message was set aside without a reason"
        config = self.town.app.config
        findings = list(verify.of_store(config.store.url, config.store.opened_files()))
        assert all(finding.ok for finding in findings), findings
        signed = [each.code for each in self.story.book.words if each.how == "specialist by mail: an answer"]
        for to, mails in list(self.town.post.items()):
            ids = Counter(mail.parsed["Message-ID"] for mail in mails)
            assert set(ids.values()) <= {1}, f"{to} got a mail twice"
            texts = [words(mail.parsed) for mail in mails if not to.endswith("@desk.example")]
            answers = [text for text in texts if any(code in text for code in signed)]
            assert all(SIGN_OFF in text for text in answers), f"{to} got an answer without its last line"
        heard = self.town.hear()
        assert heard.leaks() == {}, self.story.book.steps

    def teardown(self) -> None:
        """Compare all that people received with what they should have received."""
        try:
            if hasattr(self, "story"):
                account = judged([self.story], storyteller.hear(self.town, [self.story]))
                assert not account.broken, "\n".join((*account.broken, *self.story.book.steps))
        finally:
            self._over.set()
            self._stack.close()
