"""What a person sees after an act: ephemerals, a modal, errors on fields, or that the app failed."""

from __future__ import annotations

from dataclasses import dataclass, field

from rehearsal.slack.wire.wire import Outcome
from rehearsal.slack.workspace.conversation import Message
from rehearsal.slack.workspace.view import View
from rehearsal.slack.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person saw after an act.

    ``error``: Slack's word if the app failed (``operation_timeout``, ``dispatch_failed``), or empty.
    """

    acked: bool
    ack_ms: float
    error: str = ""
    ephemerals: tuple[Message, ...] = ()
    modal: View | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The words of what was said to the person, for short."""
        return "\n".join(message.text for message in self.ephemerals)


class Eyes:
    """Watches what is new for one person from now on."""

    def __init__(self, workspace: Workspace, user: str) -> None:
        self._workspace, self._user = workspace, user
        self._since = workspace.stamp()
        self._before = self._screen()
        self._whispers = self._heard()

    def seen(self, outcome: Outcome, *, wait: float = 0.0, error: str = "") -> Seen:
        """What is new; waits up to ``wait`` seconds for it if the app acked."""
        if outcome.acked and wait:
            self._linger(wait)
        with self._workspace.lock:
            modal = self._modal()
            errors = dict(modal.errors) if modal else {}
            return Seen(
                outcome.acked, outcome.ms, error or outcome.error, tuple(self._new_messages()), modal, errors
            )

    def blink(self) -> None:
        """Do not count as news that the submitted form has closed, only what the app shows next."""
        if not self._screen():
            self._before = ()

    def _linger(self, seconds: float) -> None:
        try:
            self._workspace.wait_for(self._is_news, seconds=seconds)
        except TimeoutError:
            return  # nothing new is an answer too

    def _is_news(self) -> bool:
        return bool(self._new_messages()) or self._screen() != self._before or self._heard() != self._whispers

    def _new_messages(self) -> list[Message]:
        return [each for each in self._to_them() if each.ts > self._since]

    def _heard(self) -> dict[str, str]:
        """The earlier ephemeral messages as they read now: an answer may replace them."""
        return {each.ts: f"{each.text}{each.blocks}" for each in self._to_them() if each.ts <= self._since}

    def _to_them(self) -> list[Message]:
        return [each for each in self._workspace.ephemerals if each.ephemeral_to == self._user]

    def _screen(self) -> tuple[str, ...]:
        modal = self._modal()
        return (modal.id, modal.hash, *modal.errors) if modal else ()

    def _modal(self) -> View | None:
        stack = self._workspace.stacks.get(self._user)
        return stack[-1] if stack else None
