"""What an answered step leads to: signing in, a try of its door, and the desk's people found there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from bot.channel.capabilities import Greeting, PeopleFinding, SelfCheck, SelfChecking, SignInFailed, SigningIn
from bot.cli.terminal.context import opened

if TYPE_CHECKING:
    from bot.channel.protocols import Door
    from bot.config.load import Config


def tried(config: Config, name: str, say: Callable[[str], None], *, port: int) -> Sequence[SelfCheck]:
    """Whether each connection of a door works; somebody signs in first, if they have to.

    ``port``: as in ``SigningIn.sign_in``.
    """
    with opened(config) as app:
        door = app.doors[name]
        if not door.workers:
            return ()  # it is off
        say("\nTrying it …")
        try:
            if isinstance(door, SigningIn):
                _sign_in(door, say, port)
        except SignInFailed as error:
            return (SelfCheck(False, str(error)),)
        return _checks(door)


def _sign_in(door: SigningIn, say: Callable[[str], None], port: int) -> None:
    for state in door.sign_ins():
        if state.by_login and not all(check.ok for check in door.try_sign_in(state.address)):
            say(f"Signing in as {state.address} ({state.way}).")
            door.sign_in(state.address, say, port=port)


def _checks(door: Door) -> Sequence[SelfCheck]:
    if isinstance(door, SelfChecking):
        return tuple(door.checks())
    problems = tuple(SelfCheck(False, problem) for problem in door.problems())
    places = door.greeting().places if isinstance(door, Greeting) else ()
    return problems or tuple(SelfCheck(True, f"{what}: {place}") for what, place in places)


def met_elsewhere(config: Config) -> Iterator[tuple[str, str, str]]:
    """Those of the staff whom a channel finds by mail address: key of the config, name, address there."""
    with opened(config) as app:
        for name, door in app.doors.items():
            if not isinstance(door, PeopleFinding):
                continue
            for number, member in enumerate(config.staff, 1):
                address = "" if name in member.addresses else door.address_of(member.mail)
                if address:
                    yield f"staff[{number}].addresses.{name}", member.name, address
