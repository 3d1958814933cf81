"""The last step: a mail to the desk itself, and what its way there and back shows."""

from __future__ import annotations

from collections.abc import Callable

import click

from bot.cli.setup_dialog.editor import ConfigEditor
from bot.cli.setup_dialog.trial import PATIENCE, Trial, try_mail
from bot.cli.terminal.context import quiet, read_only_config

MAILBOX = "mailbox[1]"


class RoundTrip:
    """Sends the mail, says what became of it, and keeps the settings that it speaks for."""

    def __init__(self, editor: ConfigEditor, tell: Callable[[bool, str], None]) -> None:
        self._editor, self._tell = editor, tell

    def run(self) -> bool:
        """True if it came back."""
        address = str(self._editor.get(f"{MAILBOX}.address"))
        local, _, domain = address.rpartition("@")
        click.echo(f"casebot opens for a moment and writes to {local}+…@{domain}. This may take two minutes.")
        trial = try_mail(quiet(read_only_config(), "critical"))
        if trial.returned is None:
            self._lost(trial, address)
            return False
        self._tell(True, f"It left, and was back after {trial.returned:.0f} s: mail works both ways.")
        self._vouched(trial)
        return True

    def _vouched(self, trial: Trial) -> None:
        """Believe whoever checks the desk's mail, if the mail shows who that is."""
        for key, value in trial.vouching.items():
            self._editor.put(f"{MAILBOX}.{key}", value)
            who = value if isinstance(value, str) else "Exchange Online"
            self._tell(True, f"{who} checks who wrote the mail that comes, and is believed ({key}).")
        self._editor.save()

    def _lost(self, trial: Trial, address: str) -> None:
        if trial.sent is None:
            self._tell(False, f"The mail has not left: {trial.why or 'nobody took it in time'}.")
            return
        self._tell(False, f"It left after {trial.sent:.0f} s and was not back within {PATIENCE:.0f} s.")
        local, _, domain = address.rpartition("@")
        click.echo(
            f"  Does the server let {local}+anything@{domain} through to {address}? docs/mail.md says how to\n"
            "  see to that. If it only takes longer: the desk notices it by itself once it is open."
        )
