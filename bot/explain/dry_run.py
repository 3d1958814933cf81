"""Dry run: what would be done with a message, step by step; everything is rolled back."""

from __future__ import annotations

import hashlib
import re
import secrets
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Any, cast

from pydantic import BaseModel

from bot.channel.context import ChannelContext, for_reading
from bot.channel.installed import installed
from bot.channel.protocols import Anchor, Channel, Inbound, Letter, Mailbox, Unreadable
from bot.commands.case import Open
from bot.config.load import Config
from bot.desk.desk import Desk
from bot.inbound.reader_context import contexts
from bot.inbound.route import Aside
from bot.inbound.routing import Router
from bot.links.tokens import Links
from bot.model.facts import Answered
from bot.model.mail_address import MAIL
from bot.model.message import Attachment
from bot.model.request import Command, Request
from bot.notify.compose import Composer
from bot.people.staff_sync import sync
from bot.policy import admission
from bot.render.renderer import Renderer
from bot.runtime.group_commit import Writer
from store import schema
from store.cases import case as cases
from store.engine.database import Database, sqlite_path
from store.engine.transaction import Transaction

_HEADERS = 256_000
"""Bytes in which the headers are looked for."""
_ADDRESS = re.compile(r"""(?<![^\s<>()",;:'])[^\s<>()",;:'@]{1,64}@[^\s<>()",;:'@]{1,255}""")


@dataclass(frozen=True, slots=True)
class Explanation:
    """All steps of one message. After a step that did not happen, the others are None or empty."""

    envelope: Mapping[str, Any]
    """What was assumed of the door, since a file tells nothing of it."""
    anchors: tuple[Anchor, ...]
    read: Inbound | Unreadable
    decision: Request | Aside | None
    commands: tuple[tuple[str, Command], ...] = ()
    """Each with its name."""
    answered: tuple[Answered, ...] = ()
    """What the desk would have said to each."""
    recipients: tuple[str, ...] = ()
    """Who would have been sent something."""
    held: bool = False
    """It would open a case that waits until the desk has looked at it."""


class Explainer:
    """Explains messages against the configured store, or an empty one if there is none yet."""

    def __init__(self, config: Config, database: Database, channel: Channel) -> None:
        # Who would be told later, together with other news, would be told too.
        self._config = config = replace(config, desk=config.desk.model_copy(update={"gather": 0}))
        self._database = database
        self._channel = channel
        keys = [s.get_secret_value() for s in config.desk.secrets] or [secrets.token_urlsafe(48)]
        links = Links(keys)
        composer = Composer(
            config,
            links,
            lambda address: Renderer(),
            channels={channel.name: channel},
            file=lambda digest: b"",
        )
        self._router, self._links = Router(config, links, composer.boards), links
        self._desk = Desk(config, database, Writer(database), composer=composer)

    def explain(self, raw: bytes, *, peer: str) -> Explanation:
        """Read, route and handle ``raw`` as if it came from the host ``peer``, and undo it all."""
        envelope = assumed_envelope(raw, self._config, peer)
        letter = Letter(0, self._channel.name, secrets.token_hex(16), raw, envelope, datetime.now(UTC))
        anchors = self._channel.anchors(letter)
        with self._database.reading() as tx:
            context = contexts(tx, self._links, {0: anchors}, now=self._desk.now())[0]
            read = self._channel.read([letter], [context])[0]
            if isinstance(read, Unreadable):
                return Explanation(envelope, anchors, read, None)
            decision = self._router.request_of(tx, letter, read, now=self._desk.now())
            barred = isinstance(decision, Request) and admission.turned_away(tx, self._config, decision)
            if barred:
                decision = Aside(barred)
            if isinstance(decision, Aside):
                return Explanation(envelope, anchors, read, decision)
            outcome = self._desk.perform(tx, decision)
            opens_held = _opens_held(tx, decision, outcome.case)
        commands = tuple((type(command).__name__, command) for command in decision.commands)
        recipients = tuple(row.recipient for row in outcome.posted)
        return Explanation(
            envelope, anchors, read, decision, commands, outcome.answered, recipients, opens_held
        )


def _opens_held(tx: Transaction, decision: Request, case: int | None) -> bool:
    opened = cases.get(tx, case) if case else None
    return bool(opened and opened.held and any(isinstance(command, Open) for command in decision.commands))


@contextmanager
def explainer(config: Config) -> Iterator[Explainer]:
    """An explainer with what it needs while used; never creates a file where the config points."""
    with ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="casebot-explain-"))
        empty = f"sqlite:///{scratch}/explain.db"
        database = stack.enter_context(_opened(_store(config) or empty))
        if not schema.same(database):
            database = stack.enter_context(_opened(empty))
            schema.ensure(database)
            with database.writing() as tx:
                sync(tx, config, now=datetime.now(UTC))
        yield Explainer(config, database, stack.enter_context(scratch_channel(config)))


@contextmanager
def scratch_channel(config: Config) -> Iterator[Channel]:
    """The mail channel, for reading only; it keeps nothing."""
    with tempfile.TemporaryDirectory(prefix="casebot-explain-") as scratch:
        channel: Channel = cast(Channel, installed()[MAIL].open_channel(_context(config, scratch)))
        try:
            yield channel
        finally:
            channel.close()


def _store(config: Config) -> str:
    """The store's URL; empty if it is a file that is not there yet."""
    file = sqlite_path(config.store.url)
    there = file is not None and file.is_file()
    return config.store.url if there or not config.store.url.startswith("sqlite") else ""


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def _context(config: Config, scratch: str) -> ChannelContext[BaseModel]:
    boxes = tuple(
        Mailbox(
            box.address,
            box.name,
            box.language,
            box.authserv_id,
            box.own_list_ids,
            # without its keys and passwords
            box.model_dump(include={"microsoft_results", "arc_sealers", "form_senders"}),
        )
        for box in config.mailboxes
    )
    return for_reading(config.channels[MAIL], boxes, receive=_receive, files_folder=scratch)


def _receive(chunks: Iterable[bytes]) -> Attachment:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
    return Attachment("", "application/octet-stream", size, digest.hexdigest())


def assumed_envelope(raw: bytes, config: Config, peer: str) -> Mapping[str, Any]:
    """The envelope that the door would have recorded, guessed from the headers."""
    headers = BytesHeaderParser().parsebytes(raw[:_HEADERS])
    to = _addresses(headers, "Delivered-To", "X-Original-To", "To")
    sender = _addresses(headers, "Return-Path" if "Return-Path" in headers else "From")[-1:]
    own = {box.address for box in config.mailboxes}
    mine = [address for address in to if _plain(address) in own] or [config.mailboxes[0].address]
    return {
        "peer": peer,
        "helo": "",
        "mail_from": "".join(sender),
        "rcpt_tos": mine,
        "mailbox": _plain(mine[0]),
        "door": "smtp",
    }


def _addresses(headers: Message, *names: str) -> list[str]:
    """Everything that looks like an address: the stdlib's parser handles hostile headers badly."""
    values = (str(value) for name in names for value in headers.get_all(name, []))
    return [address.lower() for value in values for address in _ADDRESS.findall(value)]


def _plain(address: str) -> str:
    """The address without its plus-part."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
