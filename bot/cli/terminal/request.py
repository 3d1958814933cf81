"""What a command asks the desk for, and in whose name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import click

from bot.cli.terminal.errors import Failure

if TYPE_CHECKING:
    from bot.config.load import Config
    from bot.desk.desk import Desk
    from bot.model.identity import Identity
    from bot.model.request import Command, Request


def case_number(text: str, *, named: str = "N") -> int:
    """The number that somebody typed; fails if it is none."""
    from bot.syntax.case_numbers import number

    parsed = number(text)
    if parsed is None:
        raise click.BadParameter(f"{text} is no case number, as CS-000123 is", param_hint=named)
    return parsed


def request_of(config: Config, asker: Identity, command: Command) -> Request:
    """A command as it is asked for on the command line."""
    from bot.model.identity import Proof
    from bot.model.request import Request
    from bot.model.translatable import saying

    return Request(
        source="cli",
        key=uuid4().hex,
        asker=asker,
        proof=Proof.LINKED,
        commands=(command,),
        at=datetime.now(UTC),
        mailbox=config.mailboxes[0].address,
        evidence=(saying("asked on the command line"),),
    )


def identity_of(acting_as: str | None) -> Identity:
    """The person that ``--as`` names, else the operator."""
    from bot.model.identity import OPERATOR
    from bot.model.mail_address import complete, mail_identity

    if acting_as is None:
        return OPERATOR
    if not complete(acting_as):
        raise click.BadParameter(f"{acting_as} is no mail address", param_hint="--as")
    return mail_identity(acting_as.lower())


def met(at: Desk, asker: Identity) -> None:
    """Fail unless somebody has this address, so that a mistyped one meets nobody new."""
    from bot.queries.lists import IsKnown

    if not at.ask(IsKnown(asker.channel, asker.address)):
        raise Failure(
            f"nobody here has the address {asker.address}. Only `case new` meets somebody new, and whoever was put"
            " into [[staff]] is known once `casebot run` has started with it"
        )
