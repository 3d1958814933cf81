"""The channels there are: each folder of ``channels``, and what other packages bring along."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from bot.channel.roles import COURIERS, DESK

if TYPE_CHECKING:
    from click import Command
    from pydantic import BaseModel

    from bot.channel.context import ChannelContext
    from bot.channel.protocols import Door

ELSEWHERE = "casebot.channels"
"""The group of entry points by which another package names its channels: ``pager = "acme_pager"``."""


class ChannelModule(Protocol):
    """What a channel's package has."""

    @property
    def Settings(self) -> type[BaseModel]:  # noqa: N802 - a class
        """Its section of the config: every key has a default. ``PROFILE`` and ``MAILBOX`` may say more."""

    def open_channel(self, context: ChannelContext[Any]) -> Door:
        """The channel, not connected yet."""


@runtime_checkable
class Commanding(Protocol):
    """A channel's package with a command of its own: ``casebot <channel>``."""

    def commands(self) -> Command:
        """The command, usually a group."""


@runtime_checkable
class Previewing(Protocol):
    """A channel's package that can show all that is seen in it, as ``casebot templates preview`` does."""

    def previews(self, lists: Any, say: Callable[[str], str]) -> Iterable[tuple[str, str]]:
        """The name and the HTML of each of its views; ``say`` translates, ``lists`` are the desk's."""


def installed() -> Mapping[str, ChannelModule]:
    """All channels by name, in order; of two of one name, our own."""
    modules = _modules(tuple(sys.path))
    return {name: cast(ChannelModule, importlib.import_module(modules[name])) for name in sorted(modules)}


def sections() -> dict[str, type[BaseModel]]:
    """The config sections of all channels there are."""
    return {name: module.Settings for name, module in installed().items()}


def roles_of(name: str) -> tuple[str, ...]:
    """What a process may take on of a channel: its ``ROLES``, else one of its own name."""
    roles: tuple[str, ...] = getattr(installed()[name], "ROLES", (name,))
    return roles


def all_roles() -> tuple[str, ...]:
    """Every role that a process may have."""
    return (*(role for name in installed() for role in roles_of(name)), DESK, COURIERS)


@lru_cache(maxsize=4)
def _modules(path: tuple[str, ...]) -> Mapping[str, str]:
    """Module by channel. All installed packages are read for it, so once for each search path."""
    package = importlib.import_module("channels")
    modules = {point.name: point.value for point in entry_points(group=ELSEWHERE)}
    ours = (module.name for module in pkgutil.iter_modules(package.__path__) if module.ispkg)
    return modules | {name: f"channels.{name}" for name in ours}
