"""Clicks on what is done at once about something that was said: undo, retry, correct."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.commands.dispatch import Correct, Retry, Undo
from bot.model.outcome import Outcome
from bot.model.request import Command
from channels.slack.desk.desk_client import DeskClient, SlackRequest
from channels.slack.desk.respond import SIGNS, answer, plainly
from channels.slack.interactive.actions import Click
from channels.slack.interactive.modals import SLACKS_ERRORS, log, why
from channels.slack.text import choices
from channels.slack.views.blocks import Message
from channels.slack.views.confirmation import done, not_done

COMMANDS: Mapping[str, Callable[[int, int], Command]] = {"undo": Undo, "retry": Retry, "correct": Correct}
"""Made of a case and what it is about on it: a dispatch, a delivery, an entry."""
PATTERN = f"^{choices.AT_ONCE}"


class AtOnce:
    """The handler of these clicks."""

    def __init__(self, counter: DeskClient) -> None:
        self._counter = counter

    def __call__(self, click: Click) -> None:
        """Do it, and say in place of the button what came of it."""
        step, case, about = choices.at_once(click.body["actions"][0]["action_id"])
        key = click.key if step == "retry" else f"{step}:{about}"
        request = SlackRequest(click.who, key, (COMMANDS[step](case, about),), place=click.thread_place)
        finished: list[Outcome] = []

        def show(outcome: Outcome) -> Message:
            finished.append(outcome)
            return plainly(outcome)

        def say(text: str, blocks: Any = None) -> None:
            if click.in_view:
                _show_in_view(click, text)
            elif finished and _is_ephemeral(click):
                click.replace(text, blocks)
            else:
                click.say(text, blocks)
                if finished:
                    click.without_buttons(text)

        def now(text: str, blocks: Any = None) -> None:
            click.ack()
            say(text, blocks)

        answer(self._counter, lambda: request, show, now=now, later=say)


def _is_ephemeral(click: Click) -> bool:
    return bool((click.body.get("container") or {}).get("is_ephemeral"))


def _show_in_view(click: Click, text: str) -> None:
    view = done(text.removeprefix(f"{SIGNS['done']} ")) if text.startswith(SIGNS["done"]) else not_done(text)
    view["clear_on_close"] = bool(click.body["view"].get("clear_on_close"))
    try:
        click.client.views_update(view_id=click.body["view"]["id"], view=view)
    except SLACKS_ERRORS as error:
        log.warning("a view could not be filled", error=why(error))
