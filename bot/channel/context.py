"""What a channel is handed when it is opened: the desk, the inbox, files, and its own settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from bot.channel.desk import DeskApi
from bot.channel.memory_budget import MemoryBudget
from bot.channel.protocols import KeepInInbox, Mailbox
from bot.channel.sole import Alone, SoleHolding
from bot.channel.upload_drafts import UploadDrafts
from bot.config.settings import MailboxSection
from bot.model.facts import WeekFigures
from bot.model.message import Attachment

if TYPE_CHECKING:
    from jinja2 import Environment
    from prometheus_client.core import Metric
    from starlette.routing import BaseRoute

SettingsT = TypeVar("SettingsT")


@dataclass(frozen=True, slots=True)
class ChannelContext(Generic[SettingsT]):
    """The parts of the desk that a channel gets when it is opened."""

    settings: SettingsT
    """The channel's own section, typed by its ``Settings``."""
    mailboxes: tuple[Mailbox, ...]
    desk: DeskApi
    keep: KeepInInbox
    receive: Callable[[Iterable[bytes]], Attachment]
    """Put a stream of bytes into the file store, durable when it returns."""
    fetch: Callable[[str], bytes]
    """The bytes of a file of ours, by its hash."""
    remember: Callable[[str, Mapping[str, Any] | None], Mapping[str, Any] | None]
    """``remember(name, None)`` reads a door's small state (an IMAP cursor), ``remember(name, value)``
    writes it, durably."""
    amend: Callable[[str, Callable[[Mapping[str, Any]], Mapping[str, Any] | None]], Future[None]]
    """``amend(name, change)`` writes what ``change`` makes of the state (``{}`` if there is none; None: it stays), in
    one transaction, in the order in which it is called; the future says when that is durable."""
    drafts: UploadDrafts
    """Files that are still coming."""
    path_of: Callable[[str], Path]
    """Where a file of ours lies, by its hash."""
    pages: Environment
    """The Jinja environment over its own folder in ``templates``, if it has one."""
    routes: list[BaseRoute] = field(default_factory=list)
    """Starlette routes that doors have the web door serve: one list, handed to all before any of them runs."""
    memory: MemoryBudget = field(default_factory=MemoryBudget)
    """What all doors hold of large mails, uploads and forms together."""
    sole: SoleHolding = field(default_factory=Alone)
    """What only one process at a time does."""
    faults: list[Callable[[], str]] = field(default_factory=list)
    """Looks at what does not work just now (a sentence, or ``""``), which ask nobody: doors add theirs."""
    states: Callable[[], Mapping[str, Mapping[str, Any]]] = dict
    """Every channel's connection, backlog and last delivery, by its name."""
    week: Callable[[], WeekFigures | None] = lambda: None
    """The desk's figures of the last seven days; None where nobody counts them."""
    metrics: Callable[[], Iterable[Metric]] = tuple
    """The desk's figures for monitoring, and what this process holds."""
    min_free: int = 0
    """Bytes that are to stay free on the disk of ``files_folder``."""
    state_file: Callable[[str], Path] = Path
    """Return the path of a file of this name that a channel keeps for itself (``[store] state_folder``)."""
    files_folder: str = "."
    """A folder of ours on the same disk as the file store (for ``min_free`` and scratch files)."""


def for_reading(
    settings: SettingsT,
    mailboxes: Sequence[Mailbox],
    *,
    receive: Callable[[Iterable[bytes]], Attachment],
    files_folder: str = ".",
) -> ChannelContext[SettingsT]:
    """A context for a channel that only reads messages; anything else raises ``RuntimeError``."""
    nothing: Any = _Nothing()
    return ChannelContext(
        settings, tuple(mailboxes), desk=nothing, keep=nothing, receive=receive, fetch=nothing,
        remember=nothing, amend=nothing, drafts=nothing, path_of=nothing, pages=nothing,
        files_folder=files_folder,
    )  # fmt: skip


def mailbox_of(box: MailboxSection) -> Mailbox:
    """A mailbox of the config, as channels have it: what is not the desk's own is in ``settings``."""
    names = {field.name for field in fields(Mailbox)} - {"settings"}
    values = box.model_dump()
    return Mailbox(
        **{key: value for key, value in values.items() if key in names},
        settings={k: value for k, value in values.items() if k not in names and value is not None},
    )


class _Nothing:
    """A stand-in that may not be used."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"a channel that only reads asked for {name}")

    def __call__(self, *values: object) -> Any:
        raise RuntimeError("a channel that only reads asked for more")
