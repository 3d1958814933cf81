"""``casebot init``: a config.toml that works as it is, with fresh secrets and only what was decided."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

import click

from bot.cli.terminal.context import command_line, config_file
from bot.cli.terminal.errors import Failure, Mistaken
from bot.presets import catalogue as presets

_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "ac", "gov", "ne", "or"})


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
def init(address: str, preset: str) -> None:
    """Write config.toml for the desk at ADDRESS, with fresh secrets.

    Never overwrites a file. What can be derived from the address is filled in. A secret that `casebot run` had made
    before there was a config stays good for what it has signed.
    """
    file = config_file() or Path("config.toml")
    values = dict(derived(address))
    kept_secrets = _kept_secret(file.parent)
    values["desk.secrets"] = [*values["desk.secrets"], *kept_secrets]
    _write(file, "\n".join(filter(None, (written(values), presets.text(preset)))))
    click.echo(
        f"Wrote {file} for {values['mailbox.address']}: readable by you alone, because its secrets sign every"
        f" reply address.{_KEPT if kept_secrets else ''}\n"
        f"Next: `{command_line()} check` tries it, `{command_line()} run` opens the desk.\n"
        f"Every other key has its default: `{command_line()} config example` explains them all."
    )


_KEPT = "\nLinks and addresses that were sent before work on: the secret that was in use beside the store is in it."


def _kept_secret(folder: Path) -> list[str]:
    """The secret in the folder of the example's store, if there is a usable one."""
    from bot.config.secret_file import SECRET_FILE
    from bot.config.settings import SHORTEST_SECRET

    try:
        text = (folder / SECRET_FILE).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return []
    return [text] if len(text) >= SHORTEST_SECRET else []


def derived(address: str) -> Mapping[str, str | list[str]]:
    """Config values that follow from an address: ``support@acme.co.uk`` → the name ``Acme Support``, …"""
    local, _, domain = address.strip().lower().rpartition("@")
    if not re.fullmatch(r"[^\s@<>\"\\]{1,64}", local) or not re.fullmatch(r"[\w.-]{1,253}", domain):
        raise click.BadParameter(
            f"{address} is no mail address, as support@acme.com is", param_hint="ADDRESS"
        )
    labels = domain.split(".")
    owner = labels[-3:-1] if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else labels[-2:-1] or labels
    names = [part.capitalize() for word in (owner[0], local) for part in re.split(r"[-_.+]", word) if part]
    return {
        "desk.name": " ".join(names) if domain != "example.com" else "Support",
        "desk.language": _language(labels[-1]),
        "desk.secrets": [secrets.token_urlsafe(48)],
        "mailbox.address": f"{local}@{domain}",
    }


def _language(domain: str) -> str:
    """The language of a top-level domain."""
    from bot.languages.catalogue import languages

    return next((code for code, language in languages().items() if domain in language.domains), "en")


def example() -> str:
    """The text of config.example.toml: beside the installed package, else at the top of the clone."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package, package.parent):
        if (folder / "config.example.toml").is_file():
            return (folder / "config.example.toml").read_text(encoding="utf-8")
    raise Failure("config.example.toml is missing from the installation; please install casebot again")


def written(values: Mapping[str, str | list[str]]) -> str:
    """The text of a config that has these values and nothing else."""
    keys = {key: _shown(value) for key, value in values.items()}
    domain = str(values["mailbox.address"]).rpartition("@")[2]
    return _TEXT.format(address=values["mailbox.address"], domain=domain, keys=keys)


_TEXT = """\
# The desk at {address}. Only what was decided stands here: every other key has its default.
#   casebot config example   prints every key, its default, and why one would change it
#   casebot config show      what is in force, and where it comes from
#   casebot check            every mistake at once, then every connection

[desk]
name = {keys[desk.name]}   # signs what the desk sends
language = {keys[desk.language]}   # of customers whose own is not known, and of the command line
# Sign reply addresses and links. The first signs, all of them verify: to change one, put the new one before it.
secrets = {keys[desk.secrets]}

[[mailbox]]
address = {keys[mailbox.address]}

# Your people: they are told of new cases and of replies, and may answer by mail.
# [[staff]]
# name = "Bob Miller"
# mail = "bob@{domain}"

# Where mail leaves. Without it, in the Maildir ./outgoing: nothing leaves this machine.
# [email]
# relay = "smtp://user:password@mail.{domain}:587"
"""


def _shown(value: str | list[str]) -> str:
    from bot.config.literals import literal

    return f"[{', '.join(map(literal, value))}]" if isinstance(value, list) else literal(value)


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
