"""``casebot setup``: a desk set up question by question, each step kept as soon as it is answered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.mail import port_option
from bot.cli.run import run
from bot.cli.terminal.context import command_line, config_file, quiet, read_only_config
from bot.cli.terminal.errors import Failure, mistaken

if TYPE_CHECKING:
    from bot.channel.setup import SetupStep
    from bot.cli.setup_dialog.editor import ConfigEditor
    from bot.config.load import Config

TRIAL = "trial"


@click.command()
@click.argument("step", default="", metavar="[STEP]")
@port_option
@click.pass_context
def setup(context: click.Context, step: str, port: int) -> None:
    """Set up a desk, question by question; go on where you left.

    Each step is kept in config.toml as soon as it is answered, and what you wrote there by hand stays. Mail and Slack
    are tried at once; at the end casebot writes a mail to itself and sees it come back.

    STEP: desk, hours, people, mail, slack, pages or trial, to answer that again.
    """
    from bot.cli.setup_dialog.editor import ConfigEditor

    SetupDialog(context, ConfigEditor(config_file() or Path("config.toml")), port).run(step)


class SetupDialog:
    """One ``casebot setup``, from greeting to the open desk."""

    def __init__(self, context: click.Context, editor: ConfigEditor, port: int) -> None:
        """``port``: of the page on this machine that a browser comes back to; 0: any."""
        from bot.cli.setup_dialog.dialog import TerminalDialog

        self._context, self._editor, self._port = context, editor, port
        self._dialog = TerminalDialog()
        self._now = ""
        """The step that is being answered."""

    def run(self, named: str) -> None:
        """Take the steps that nothing was decided of yet, or the named one, and open the desk."""
        steps = _steps(self._editor.file.parent)
        names = [step.name for step in steps]
        if named not in ("", TRIAL, *names):
            raise click.UsageError(f"there is no step “{named}”. There are: {', '.join([*names, TRIAL])}.")
        if not named:
            self._dialog.say(
                "Enter takes what stands in brackets. Ctrl-C leaves, and next time this goes on where you left."
            )
        self._check()
        try:
            for step in steps:
                self._turn(step, named)
            if named in ("", TRIAL):
                self._try_mail(named=named == TRIAL)
            self._end()
        except click.Abort:
            self._leave()

    def _check(self) -> None:
        from bot.config.errors import ConfigMistakes

        try:
            self._editor.check()
        except ConfigMistakes as error:
            raise mistaken(error.mistakes) from None

    def _turn(self, step: SetupStep, named: str) -> None:
        summary = step.summary(self._editor)
        if named == step.name or not (named or summary):
            self._now, self._editor.about = step.name, step.title
            self._heading(step.title)
            self._take(step)
        elif summary and not named:
            click.echo(f"{click.style('✓', fg='green')} {step.title}: {summary}")

    def _take(self, step: SetupStep) -> None:
        """Ask until the answers are right, and as far as it goes, until its door opens."""
        from bot.config.errors import ConfigMistakes

        while True:
            step.ask(self._editor, self._dialog)
            try:
                config = self._editor.save()
            except ConfigMistakes as error:
                self._editor.revert()
                self._tell(False, "That cannot be, and nothing of it was kept:")
                for mistake in error.mistakes:
                    self._tell(False, mistake)
                continue
            if config is None:
                return
            again = bool(step.door and step.summary(self._editor)) and not self._opens(config, step.door)
            if not again:
                self._introduce(config)
                return

    def _opens(self, config: Config, name: str) -> bool:
        """Sign in where somebody has to, and try the door; True if it opens or shall be left as it is."""
        from bot.cli.setup_dialog.connection import tried

        checks = tried(quiet(config, "critical"), name, self._dialog.say, port=self._port)
        for check in checks:
            self._tell(check.ok, check.text)
        if all(check.ok for check in checks):
            return True
        ways = {
            "again": "answer again",
            "once more": "try once more, as it is",
            "on": f"go on: what is wrong is mended later (`{command_line()} check` tries it)",
        }
        match self._dialog.choose("What now? Your answers are kept so far.", ways, "again"):
            case "once more":
                return self._opens(config, name)
            case way:
                return way == "on"

    def _introduce(self, config: Config) -> None:
        """Find where else the desk's people are met, by their mail addresses."""
        from bot.cli.setup_dialog.connection import met_elsewhere

        for place, name, where in met_elsewhere(quiet(config, "critical")):
            self._editor.put(place, where)
            self._tell(True, f"{name} is {where} there")
        self._editor.save()

    def _try_mail(self, *, named: bool) -> None:
        from bot.cli.setup_dialog.round_trip import RoundTrip

        if named and not self._editor.get("mailbox[1].canary", ""):
            self._tell(
                False,
                f"No mail is written: the mailbox has no canary. `{command_line()} setup mail` asks for one.",
            )
        if self._editor.get("mailbox[1].canary", ""):
            self._now = TRIAL
            self._heading("A mail to itself")
            RoundTrip(self._editor, self._tell).run()

    def _end(self) -> None:
        config = read_only_config()  # fails if the environment has what does not go with the answers
        address = config.mailboxes[0].address
        click.echo(f"\n{click.style('Your desk is set up', bold=True)}: {config.desk.name}, {address}\n")
        steps = ", ".join([*(step.name for step in _steps(self._editor.file.parent)), TRIAL])
        for line in (
            f"{command_line()} run         opens it; docs/production.md makes a service of it",
            f"{command_line()} case list   shows what came",
            f"{command_line()} setup STEP  asks again: {steps}",
        ):
            click.echo(f"  {line}")
        click.echo(
            f"\nThen write to {address} from an address of your own: the answer has the case's number."
        )
        try:
            wanted = self._dialog.confirm("\nOpen the desk now?")
        except click.Abort:
            click.echo()
            return
        if wanted:
            from bot.channel.roles import Roles

            self._context.invoke(run, only=Roles())

    def _leave(self) -> None:
        if not self._now or not self._editor.file.exists():
            raise Failure("you left before anything was decided, and nothing was written.") from None
        words = f"everything that was answered before is kept in {self._editor.file}"
        raise Failure(
            f"you left at “{self._now}”: {words}.\n`{command_line()} setup` goes on there."
        ) from None

    def _heading(self, title: str) -> None:
        click.echo(f"\n{click.style(title, bold=True)}")

    def _tell(self, ok: bool, text: str) -> None:
        click.echo(f"{click.style('✓', fg='green') if ok else click.style('✗', fg='red')} {text}")


def _steps(folder: Path) -> list[SetupStep]:
    """All steps, those of the channels after the desk's own. ``folder``: of the config."""
    from bot.channel.installed import installed
    from bot.channel.setup import SettingUp
    from bot.cli.setup_dialog.desk_step import DeskStep
    from bot.cli.setup_dialog.hours_step import HoursStep
    from bot.cli.setup_dialog.people_step import PeopleStep

    steps: list[SetupStep] = [DeskStep(folder), HoursStep(), PeopleStep()]
    for module in installed().values():
        if isinstance(module, SettingUp):
            steps += module.setup_steps()
    return steps
