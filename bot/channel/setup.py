"""What ``casebot setup`` asks: its steps, those of channels included, and what they work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable


class EditedConfig(Protocol):
    """config.toml while it is edited.

    Keys are as ``casebot config show`` writes them: ``mailbox[1].imap.host``.
    """

    def begin(self, text: str) -> None:
        """Start from this text of TOML; what the file has already goes before it."""

    def get(self, key: str, default: Any = None) -> Any:
        """What the file says, or the default; a table is a mapping, ``[[staff]]`` a sequence of them."""

    def put(self, key: str, value: Any) -> None:
        """Write a key, and the tables that it is in; of ``[[staff]]``, the row after the last may be named."""

    def drop(self, key: str) -> None:
        """Remove a key or a table, so that the default counts; nothing if it is not there."""


class Dialog(Protocol):
    """A person who is asked. Every question raises ``click.Abort`` if they leave."""

    def say(self, text: str = "") -> None:
        """Show a text; lines may be links and commands to be copied."""

    def ask(
        self,
        question: str,
        default: str = "",
        *,
        check: Callable[[str], str] = str,
        optional: bool = False,
        secret: bool = False,
    ) -> str:
        """An answer, without blanks around it; asked again while ``check`` raises ``ValueError``.

        ``optional``: it may be empty; people then take or type *none*. ``secret``: it is not shown while it is typed.
        """

    def choose(self, question: str, choices: Mapping[str, str], default: str) -> str:
        """One of the choices: key → words. Returns the key."""

    def confirm(self, question: str, *, default: bool = True) -> bool:
        """Yes or no."""


class SetupStep(Protocol):
    """Some questions that belong together."""

    name: str
    """A word for the command line: ``mail``."""
    title: str
    """What it is about: ``How mail comes and goes``."""
    door: str
    """The name of the channel whose connections are tried once it is answered; ``""``: of none."""

    def summary(self, config: EditedConfig) -> str:
        """What was decided, in a few words; ``""`` while nothing was."""

    def ask(self, config: EditedConfig, dialog: Dialog) -> None:
        """Ask, and put the answers into the config."""


@runtime_checkable
class SettingUp(Protocol):
    """A channel's package with questions of its own."""

    def setup_steps(self) -> Sequence[SetupStep]:
        """Its steps, in order."""
