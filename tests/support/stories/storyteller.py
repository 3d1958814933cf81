"""The storyteller: draws stories from seeds, lets them happen side by side in one town, and judges what was heard."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue

from sqlalchemy import select

from bot.queries.lists import ListInbox, ListOutbox
from store.cases import timer
from tests.support.houses.house import until
from tests.support.setup.pace import PATIENCE
from tests.support.stories import acts_ending as ending
from tests.support.stories import acts_of_strangers as strangers
from tests.support.stories.account import Account, judged
from tests.support.stories.acts_opening import OPENINGS
from tests.support.stories.canaries import Heard
from tests.support.stories.plot import possible
from tests.support.stories.story import Story
from tests.support.stories.town import Town

STEPS = (6, 16)
"""Of a story, from the fewest to the most."""


def tell(town: Town, seeds: Sequence[str], *, say: Callable[[str], None] = lambda line: None) -> Account:
    """Let these stories happen, as many at a time as the town has slots, and judge them."""
    began = time.monotonic()
    rooms = _rooms(town, seeds, say)
    for room in rooms:
        room.start()
    for room in rooms:
        room.join()
    off = [line for room in rooms for line in room.off]
    if not until(lambda: quiet(town)):
        off.insert(0, f"something still waits after {PATIENCE:.0f} s")
    stories = [story for room in rooms for story in room.told]
    account = judged(stories, hear(town, stories))
    account.off, account.seconds = off, time.monotonic() - began
    return account


def _rooms(town: Town, seeds: Sequence[str], say: Callable[[str], None]) -> list[Room]:
    queue: SimpleQueue[str] = SimpleQueue()
    for seed in seeds:
        queue.put(seed)
    return [Room(town, slot, queue, say) for slot in range(town.slots)]


def quiet(town: Town) -> bool:
    """Return whether every message, delivery and due timer is settled."""
    time.sleep(0.2)
    columns = timer.timer.c
    with town.app.database.reading() as tx:
        due = tx.rows(select(columns.id).where(columns.due_at.is_not(None), columns.at <= town.app.now()))
    return not (due or town.ask(ListInbox("waiting")) or town.ask(ListOutbox("waiting")))


class Room(threading.Thread):
    """Where one story happens after the other."""

    def __init__(self, town: Town, slot: int, queue: SimpleQueue[str], say: Callable[[str], None]) -> None:
        super().__init__(name=f"room {slot}")
        self._town, self._slot, self._queue, self._say = town, slot, queue, say
        self.told: list[Story] = []
        self.off: list[str] = []

    def run(self) -> None:
        while True:
            try:
                self._tell(self._queue.get_nowait())
            except Empty:
                return

    def _tell(self, seed: str) -> None:
        story = Story(self._town, self._slot, seed)
        self.told.append(story)
        try:
            _happen(story)
        except Exception as error:
            which = f"story {seed} ({story.label})"
            self.off.append(f"{which} broke off after {story.book.steps}: {type(error).__name__}: {error}")
        if (left := self._queue.qsize()) and left % 50 == 0:
            self._say(f"{left} stories left")


def _happen(story: Story) -> None:
    story.home = story.dice.choice(tuple(OPENINGS))
    story.book.steps.append(f"opened by {story.home}")
    OPENINGS[story.home](story)
    for _ in range(story.dice.randint(*STEPS)):
        acts = list(possible(story))
        name, act = story.dice.choices([(n, a) for _, n, a in acts], [weight for weight, _, _ in acts])[0]
        story.book.steps.append(name)
        act(story)
    ending.survey(story)
    ending.last_looks(story)


def hear(town: Town, stories: Sequence[Story]) -> Heard:
    """What stands anywhere, and what the pages show to those who hold a link."""
    heard = town.hear()
    for story in stories:
        for one in (*story.customers, *story.gone, *story.strangers):
            if one.kind == "mail":
                for page in strangers.pages(story, one):
                    heard.looked["pages"] += 1
                    heard.show(one.ear, page)
    return heard


def seeds(seed: int, count: int) -> list[str]:
    """Of so many stories."""
    return [f"{seed}/{n}" for n in range(count)]


def any_seed() -> int:
    return random.SystemRandom().randrange(1_000_000)
