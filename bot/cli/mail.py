"""``casebot mail``: signing in to the mail provider, and what its servers say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bot.cli.terminal.context import opened, quiet, read_config
from bot.cli.terminal.errors import Failure, Mistaken
from bot.cli.terminal.output import say

if TYPE_CHECKING:
    from bot.channel.capabilities import SigningIn, SignInState


HOW = "docs/microsoft.md and docs/google.md tell how to set one up."


@click.group()
def mail() -> None:
    """Sign in to Microsoft 365 or Google for mail, and see whether that works.

    What is signed in to is a [[email.sign_in]] of the config; docs/microsoft.md and docs/google.md tell how to set it
    up, step by step.
    """


port_option = click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Google: the port of the page on this machine that the browser comes back to. Default: any that is free.",
)
"""For commands by which somebody may sign in."""


@mail.command()
@click.argument("address", default="")
@port_option
def login(address: str, port: int) -> None:
    """Sign in as ADDRESS; where there is one [[email.sign_in]] only, it need not be named.

    Microsoft shows a code that you enter in any browser. Google wants a browser on this machine: from
    elsewhere, choose a --port and let `ssh -L PORT:localhost:PORT` lead to it.

    What comes of it is kept in casebot.tokens, in [store] state_folder. A running casebot goes on with it by itself.
    """
    from bot.channel.capabilities import SignInFailed

    with _signing_in() as channels:
        channel, state = _chosen(channels, address)
        say(f"Signing in as {state.address} ({state.way}).")
        try:
            channel.sign_in(state.address, say, port=port)
        except SignInFailed as error:
            raise Failure(f"{error}.\nNothing was changed: an earlier sign-in is still kept.") from None
        say(f"✓ Signed in as {state.address}. A running casebot notices it by itself, within seconds.")
        if not _tried(channel, state.address):
            raise Failure("you are signed in, but not every server lets us in (see above)")
        say("Next: `casebot run`, if it is not running yet.")


@mail.command()
def status() -> None:
    """Say of each sign-in and password whether it works: what the provider and the mail servers answer.

    Exit code 0: all work, 1: one does not.
    """
    with _signing_in() as channels:
        results = [
            _tried(channel, address)
            for channel in channels
            for address in dict.fromkeys(state.address for state in channel.sign_ins())
        ]
    if not all(results):
        raise Failure("not every sign-in works (see above)")


def _tried(channel: SigningIn, address: str) -> bool:
    checks = list(channel.try_sign_in(address))
    for check in checks:
        say(f"{'✓' if check.ok else '✗'} {check.text}")
    return all(check.ok for check in checks)


@contextmanager
def _signing_in() -> Iterator[list[SigningIn]]:
    """The channels with something to sign in to; fails where there is none."""
    from bot.channel.capabilities import SigningIn

    with opened(quiet(read_config(), "critical")) as app:
        channels: list[SigningIn] = [each for each in app.channels.values() if isinstance(each, SigningIn)]
        if not any(channel.sign_ins() for channel in channels):
            raise Mistaken(
                "the config has no [[email.sign_in]] and no mailbox or relay with a password, so there is nothing to"
                f" sign in to. {HOW}"
            )
        yield channels


def _chosen(channels: list[SigningIn], address: str) -> tuple[SigningIn, SignInState]:
    """The sign-in of an address, or the only one."""
    pairs = [
        (channel, state) for channel in channels for state in channel.sign_ins() if not state.by_password
    ]
    if not pairs:
        raise Mistaken(f"mail is fetched and sent by password: there is no [[email.sign_in]]. {HOW}")
    if not address and len(pairs) == 1:
        return pairs[0]
    for channel, state in pairs:
        if state.address == address.strip().lower():
            return channel, state
    names = ", ".join(state.address for _, state in pairs)
    if not address:
        raise click.UsageError(f"there are several; say which one: {names}")
    raise Mistaken(f"no [[email.sign_in]] has the address {address}; there is {names}")
