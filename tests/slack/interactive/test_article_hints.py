"""Articles for what is typed: a thread that is done with a form and one that begins with it do not meet."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import FrameType, SimpleNamespace
from typing import Any, cast

import pytest

from bot.config.choices import ListsSection
from channels.slack.desk.desk_client import DeskClient
from channels.slack.interactive.article_hints import Hints, View

TOO_SHORT = {"subject": {"text": {"type": "plain_text_input", "value": "Hi"}}}
FORM = {"id": "V0FORM", "blocks": [], "state": {"values": TOO_SHORT}}


class SlowlyRead(dict[str, Any]):
    """A form whose fields are read only when the test says so."""

    def __init__(self) -> None:
        super().__init__(FORM)
        self.looked_at, self.go_on = threading.Event(), threading.Event()

    def get(self, name: str, default: Any = None) -> Any:
        if name == "state":
            self.looked_at.set()
            assert self.go_on.wait(120)
        return super().get(name, default)


@pytest.fixture
def as_one_is_done() -> Iterator[list[Any]]:
    """What is put here is called as soon as a thread has found nothing more that was typed."""
    calls: list[Any] = []

    def returned(frame: FrameType, event: str, value: Any) -> None:
        if event == "return" and frame.f_code is Hints._follow.__code__:
            sys.setprofile(None)
            calls.pop()()

    sys.setprofile(returned)
    yield calls
    sys.setprofile(None)


def test_what_is_typed_as_a_thread_is_done_with_the_form_is_looked_at(as_one_is_done: list[Any]) -> None:
    desk = SimpleNamespace(lists=ListsSection())  # of what is too short no desk is asked
    hints, second = Hints(cast(DeskClient, desk)), SlowlyRead()

    def nothing(view: View, suggestions: Any) -> View:
        raise AssertionError("nothing fits, and nothing is shown")

    with ThreadPoolExecutor(1) as another:
        typed: list[Any] = []

        def begin() -> None:
            typed.append(another.submit(hints.typed, second, nothing))
            assert second.looked_at.wait(60)

        as_one_is_done.append(begin)
        hints.typed(FORM, nothing)
        second.go_on.set()
        assert typed[0].result(60) is None
