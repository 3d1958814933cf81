"""What goes over the wire: JSON objects, Slack's refusals, and ids that look like Slack's."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

_count = itertools.count(1)
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class SlackError(Exception):
    """An error of the Web API, ``{"ok": false, "error": code}``.

    ``messages`` go into ``response_metadata``, ``extra`` beside the code.
    """

    def __init__(self, code: str, *, messages: Sequence[str] = (), **extra: object) -> None:
        super().__init__(f"{code}: {'; '.join(messages)}" if messages else code)
        self.code = code
        self.messages = list(messages)
        self.extra = extra

    def wire(self) -> Json:
        """The body of the answer."""
        body: Json = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": [f"[ERROR] {each}" for each in self.messages]}
        return body


def new_id(letter: str) -> str:
    """A new id with Slack's first letter (``U``, ``C``, ``F``…); ids ascend within a process."""
    number, digits = next(_count) + 46_656, ""
    while number:
        number, digit = divmod(number, 36)
        digits = _ALPHABET[digit] + digits
    return f"{letter}0{digits.rjust(8, '0')}"


def secret(length: int = 24) -> str:
    """Random hexadecimal digits."""
    return secrets.token_hex(length // 2)


PATIENCE = 3.0
"""Seconds the app has for its ack (docs.slack.dev: "Events API", "Handling user interaction")."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``body``: what came with the ack. ``reason``: why there was none, in the words of X-Slack-Retry-Reason."""

    acked: bool
    reason: str = ""
    body: Json = field(default_factory=dict)
    ms: float = 0.0
    stop: bool = False
    """The app asked for no retries (X-Slack-No-Retry)."""

    @property
    def error(self) -> str:
        """The word in the error that a person sees (docs.slack.dev: "Slash commands")."""
        if self.acked:
            return ""
        return "operation_timeout" if self.reason == "http_timeout" else "dispatch_failed"
