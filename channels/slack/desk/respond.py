"""Responses to commands and clicks: done, late, or failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextvars import copy_context
from functools import partial
from typing import Any, Protocol

import structlog

from bot.model.errors import Refusal
from bot.model.outcome import Outcome
from channels.slack.desk.desk_client import DeskClient, Late, SlackRequest
from channels.slack.text.choices import rows
from channels.slack.text.i18n import _
from channels.slack.views.blocks import Json, Message, safe, section

log = structlog.get_logger("slack")
SLOW = (
    "This takes longer than usual. It is in hand, and the answer comes here; if none has come in a minute, "
    "please look whether it was done before you ask again."
)
FAILED = "Something went wrong on our side, and nothing was done. Please try again in a minute."


Answer = tuple[str, list[Json] | None]
"""The words, and the blocks if there are any."""


class Say(Protocol):
    """Says something to one person, where they are."""

    def __call__(self, text: str, blocks: Sequence[Json] | None = None) -> Any: ...


def answer(
    counter: DeskClient,
    request: Callable[[], SlackRequest],
    show: Callable[[Outcome], Message],
    *,
    now: Say,
    later: Say,
) -> None:
    """Have a request done and show the result: by ``now`` within three seconds, else by ``later``.

    ``request`` is called within that time too: Slack may have to be asked what is meant.
    """
    tell(counter, lambda: shown(counter.ask(request()), show), now=now, later=later)


def tell(counter: DeskClient, make: Callable[[], Answer], *, now: Say, later: Say) -> None:
    """Say what ``make`` returns: by ``now`` if it does within three seconds, else by ``later``."""
    try:
        text, blocks = counter.within(make)
    except Late as late:
        now(_(SLOW))
        late.future.add_done_callback(partial(copy_context().run, partial(_say_later, later=later)))
        return
    except Refusal as refusal:
        text, blocks = safe(_(refusal.said), 2000), None
    except Exception as error:  # whoever asked is told, and may ask again
        _failed(error)
        text, blocks = _(FAILED), None
    now(text, blocks)


def show_ephemeral(respond: Any, text: str, blocks: Sequence[Json] | None = None) -> None:
    """Show text to one person, below the message (``response_url``)."""
    respond(text, blocks=blocks, response_type="ephemeral", replace_original=False)


def plainly(outcome: Outcome) -> Message:
    """The desk's own words, a line for each command."""
    words = "\n".join(safe(f"{SIGNS.get(line.outcome, '')} {line.text}", 1000) for line in outcome.answered)
    return words, [section(words), *rows(outcome.choices)]


SIGNS = {"done": "✅", "refused": "🚫", "unclear": "🤔"}


def shown(outcome: Outcome, show: Callable[[Outcome], Message]) -> Answer:
    """The result as a message; refusals look the same everywhere."""
    done = all(line.outcome == "done" for line in outcome.answered)
    return show(outcome) if done else plainly(outcome)


def _say_later(future: Future[Answer], *, later: Say) -> None:
    try:
        later(*future.result())
    except Refusal as refusal:
        later(safe(_(refusal.said), 2000))
    except Exception as error:  # the future's, or Slack's: the last word is that it failed
        _failed(error)
        if future.exception() is not None:
            later(_(FAILED))


def _failed(error: BaseException) -> None:
    log.error("a request from Slack failed", error=f"{type(error).__name__}", exc_info=error)
