"""The account of many stories: what happened, what was looked at, and each promise that was broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.support.stories.canaries import Heard, leaked, missed
from tests.support.stories.story import Story


@dataclass
class Account:
    """What came of so many stories. ``leaks``, ``missed`` and ``off`` have a sentence for each."""

    stories: int
    seconds: float = 0.0
    leaks: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    off: list[str] = field(default_factory=list)
    """Stories that broke off: something that was said never had its effect."""
    steps: Counter[str] = field(default_factory=Counter)
    looked: Counter[str] = field(default_factory=Counter)
    public: int = 0
    secret: int = 0
    places: int = 0

    @property
    def broken(self) -> list[str]:
        return [*self.leaks, *self.missed, *self.off]


def judged(stories: Sequence[Story], heard: Heard) -> Account:
    """Compare what was to be heard with what was."""
    account, leaks = Account(len(stories), looked=heard.looked), heard.leaks()
    for story in stories:
        account.steps.update(step.partition(":")[0] for step in story.book.steps)
        account.secret += sum(word.secret for word in story.book.words)
        account.public += sum(not word.secret for word in story.book.words)
        account.places += sum(len(word.due) for word in story.book.words)
        which = f"story {story.seed} ({story.label})"
        account.leaks += [f"{which}: {line}" for line in leaked(story.book, leaks)]
        account.missed += [f"{which}: {line}" for line in missed(story.book, heard)]
    return account
