"""Reading later: a letter is to be read again, and when; it is not at fault for that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from bot.channel.desk import DeskApi
from bot.model.question import Question

T = TypeVar("T")
MOST_WAIT = 900.0
"""Seconds between two tries; at first there are two, then half of the time that it has lasted."""
SOON = 5.0
"""Seconds until the desk is asked again."""


class ReadLater(Exception):
    """The letter must be read again after so many seconds; it is not at fault."""

    def __init__(self, why: str, after: float) -> None:
        super().__init__(why)
        self.after = after


def wait_after(age: timedelta) -> float:
    """Seconds until the next try, by the age of the first: half of it."""
    return min(max(age.total_seconds() / 2, 2.0), MOST_WAIT)


@contextmanager
def asking_desk() -> Iterator[None]:
    """Raise ``ReadLater`` if the desk does not answer within the block."""
    try:
        yield
    except ReadLater:
        raise
    except Exception as error:
        raise ReadLater(f"the desk does not answer: {type(error).__name__}", SOON) from error


def ask(desk: DeskApi, question: Question[T]) -> T:
    """The desk's answer. Raises ``ReadLater`` while it does not answer."""
    with asking_desk():
        return desk.ask(question)
