"""Choices of a notice as buttons (docs.slack.dev: "Button element", "Actions block")."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bot.model.choice import Choice, Step
from channels.slack.text.i18n import _

LONGEST = 75
"""Characters on a button, and of what is read aloud for it."""
ACTIONS: dict[Step, str] = {
    "show": "case_show", "close": "case_close", "concern": "case_concern", "acknowledge": "case_acknowledge",
    "leave": "case_leave", "put": "case_put", "open": "case_open", "mine": "my_cases",
}  # fmt: skip
"""What a click on one asks for (``channels/slack/interactive``)."""
AT_ONCE = "at_once_"
"""What the action ids of all others begin with; the step follows, and what it is about."""


def rows(offered: Sequence[Choice], say: Callable[[str], str] = _) -> list[dict[str, Any]]:
    """A row for each case that may be meant, and one for all else; ``say`` translates their labels.

    Each has a name of its own, because two buttons of a row may not ask for the same thing.
    """
    cases = [choice for choice in offered if choice.step == "put"]
    others = [choice for choice in offered if choice.step != "put"]
    named = [_row([choice], str, name=f"put:{number}") for number, choice in enumerate(cases)]
    return [*named, _row(others, say, name="choices")] if others else named


def _row(offered: Sequence[Choice], say: Callable[[str], str], *, name: str) -> dict[str, Any]:
    return {"type": "actions", "block_id": name, "elements": [_button(choice, say) for choice in offered]}


def _button(choice: Choice, say: Callable[[str], str]) -> dict[str, Any]:
    label = _cut(say(choice.label))
    button = {"type": "button", "text": {"type": "plain_text", "text": label, "emoji": False}}
    button |= {"action_id": _action(choice), **({"value": choice.value} if choice.value else {})}
    button |= {"accessibility_label": say(choice.meaning)} if choice.meaning else {}
    return button | ({"style": "primary"} if choice.step == "open" else {})


def _action(choice: Choice) -> str:
    return ACTIONS.get(choice.step) or f"{AT_ONCE}{choice.step}:{choice.value}"


def at_once(action_id: str) -> tuple[str, int, int]:
    """(step, case, what it is about) of a clicked button that does something at once."""
    step, case, about = action_id.removeprefix(AT_ONCE).split(":")
    return step, int(case), int(about)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
