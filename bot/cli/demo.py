"""``casebot demo``: the whole of it on one machine, to be played with or to be told as a story."""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from bot.cli.terminal.errors import Failure

if TYPE_CHECKING:
    from rehearsal.demo.stage import Stage


@click.command()
@click.option("--story", is_flag=True, help="Tell the story of two cases, check every step, and end.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Leave config, store, mails, log and transcript in this new folder.",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8900,
    show_default=True,
    help="The page's; any free one if it is taken.",
)
def demo(story: bool, keep: Path | None, port: int) -> None:
    """Watch a case travel, without any account or service.

    casebot runs as it would for you; Slack, the mail server and the people around it are simulated on this
    machine, and nothing leaves it. A page shows a customer's mail and the team's Slack side by side.
    """
    from rehearsal.demo.house import Fallen
    from rehearsal.demo.stage import Stage

    try:
        with _interruptible(), _folder(keep) as folder, Stage(folder, port=port) as stage:
            if story:
                _tell(stage, kept=keep is not None)
            else:
                _show(stage, kept=keep is not None)
    except KeyboardInterrupt:
        click.echo("\nThe demo is over; everything has ended.")
        if story:
            raise click.exceptions.Exit(130) from None
    except Fallen as fallen:
        raise Failure(str(fallen)) from None


def _show(stage: Stage, *, kept: bool) -> None:
    """Print three lines, and keep the desk open as long as the user likes."""
    click.echo(f"The desk is open. Look at {click.style(stage.url, bold=True)}")
    click.echo(
        "On the left you are Ana and write to support by mail; on the right you are Sam, who answers in Slack."
    )
    ending = f"everything stays in {stage.folder}" if kept else "nothing of it is left"
    click.echo(f"Ctrl-C ends it, and {ending}.")
    stage.watch()


def _tell(stage: Stage, *, kept: bool) -> None:
    """Tell the story, in a transcript too. Fails with exit code 1 if it goes wrong."""
    from rehearsal.demo import story
    from rehearsal.demo.world import World

    with (stage.folder / "transcript.txt").open("w", encoding="utf-8") as transcript:

        def say(line: str) -> None:
            click.echo(line)
            transcript.write(line + "\n")
            transcript.flush()

        succeeded = story.tell(World(stage.url), say)
    stage.house.check()
    if not succeeded:
        where = f"see {stage.folder}" if kept else "--keep DIR leaves everything there to be looked at"
        raise Failure(f"the story did not go as it should; {where}")
    if kept:
        config = stage.folder / "config.toml"
        click.echo(f"All of it is in {stage.folder}; for example:")
        click.echo(f"  {sys.argv[0]} --config {config} case show CS-000001")


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """A new folder: the named one, or a temporary one."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="casebot-demo-", ignore_cleanup_errors=True) as scratch:
            yield Path(scratch)
        return
    try:
        keep.mkdir(parents=True, exist_ok=True)
        used = any(keep.iterdir())
    except OSError as error:
        raise Failure(f"{keep} cannot be made: {error.strerror}") from None
    if used:
        raise click.BadParameter(
            f"{keep} is not empty, and was left as it is; name a folder that is not there yet",
            param_hint="--keep",
        )
    yield keep.absolute()


@contextmanager
def _interruptible() -> Iterator[None]:
    """Make SIGTERM and a closed terminal end the demo like Ctrl-C; nothing interrupts its end."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, interrupt) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
