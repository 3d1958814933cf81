"""``casebot init``: a config.toml that works as it is, with fresh secrets and only what was decided."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

import click

from bot.cli.setup_dialog.fresh_config import derived, kept_secrets, written
from bot.cli.terminal.context import command_line, config_file
from bot.cli.terminal.errors import Failure, Mistaken
from bot.languages.catalogue import mail_languages
from bot.model.translatable import saying
from bot.presets import catalogue as presets


@click.command()
@click.argument("address", default="support@example.com")
@click.option(
    "--like",
    "preset",
    type=click.Choice(presets.names()),
    default=presets.NEUTRAL,
    show_default=True,
    help="Begin with the lists of a trade.",
)
@click.option(
    "--language",
    type=click.Choice(mail_languages()),
    help="Of the people at this desk; else as the address ends (.jp: ja), or English.",
)
def init(address: str, preset: str, language: str | None) -> None:
    """Write config.toml for the desk at ADDRESS, with fresh secrets.

    Never overwrites a file. What can be derived from the address is filled in. A secret that `casebot run` had made
    before there was a config stays good for what it has signed.
    """
    from bot.model.translatable import in_words
    from bot.render.translations import Translations

    file = config_file() or Path("config.toml")
    values = dict(_derived(address, language or ""))
    language = str(values["desk.language"])
    earlier = kept_secrets(file.parent)
    values["desk.secrets"] = [*values["desk.secrets"], *earlier]
    _write(file, "\n".join(filter(None, (written(values), presets.text(preset, language)))))
    for sentence in _next_steps(file, str(values["mailbox.address"]), same_secret=bool(earlier)):
        click.echo(in_words(sentence, Translations().words(language)))


def _next_steps(file: Path, address: str, *, same_secret: bool) -> Iterator[str]:
    """What was written, and what to do now."""
    yield saying(
        "Wrote {file} for {address}: readable by you alone, because its secrets sign every reply address.",
        file=str(file),
        address=address,
    )
    if same_secret:
        yield saying(
            "Links and addresses that were sent before work on: the secret that was in use beside the store is in it."
        )
    casebot = command_line()
    yield saying(
        "Next: {check} tries it, {run} opens the desk.", check=f"`{casebot} check`", run=f"`{casebot} run`"
    )
    yield saying(
        "Every other key has its default: {example} explains them all.", example=f"`{casebot} config example`"
    )


def _derived(address: str, language: str) -> Mapping[str, str | list[str]]:
    """The values that follow from it; raises ``BadParameter``."""
    try:
        return derived(address, language)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="ADDRESS") from None


def example() -> str:
    """The text of config.example.toml: beside the installed package, else at the top of the clone."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package, package.parent):
        if (folder / "config.example.toml").is_file():
            return (folder / "config.example.toml").read_text(encoding="utf-8")
    raise Failure("config.example.toml is missing from the installation; please install casebot again")


def _write(file: Path, text: str) -> None:
    """Write a new file for its owner only; never overwrites one."""
    try:
        with file.open("x", encoding="utf-8") as writing:
            _fill(writing, text)
    except FileExistsError:
        raise Mistaken(
            f"{file} is there already and was left as it is. Move it away first, or name another file:"
            " casebot --config other.toml init"
        ) from None
    except OSError as error:
        raise Failure(f"{file} cannot be written: {error.strerror}. Nothing is left of it.") from None


def _fill(writing: TextIO, text: str) -> None:
    """Write it all, or remove it: half a config would be read as one."""
    try:
        writing.write(text)
        writing.flush()
        os.fsync(writing.fileno())
    except OSError:
        Path(writing.name).unlink()
        raise
