"""The channels there are: each folder of ``channels``, and what other packages bring along."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from pydantic import BaseModel

from bot.channel.context import ChannelContext
from bot.channel.protocols import Door

if TYPE_CHECKING:
    from click import Command

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


def installed() -> Mapping[str, ChannelModule]:
    """All channels by name, in order; of two of one name, our own."""
    package = importlib.import_module("channels")
    modules = {point.name: point.value for point in entry_points(group=ELSEWHERE)}
    modules |= {
        module.name: f"channels.{module.name}"
        for module in pkgutil.iter_modules(package.__path__)
        if module.ispkg
    }
    return {name: cast(ChannelModule, importlib.import_module(modules[name])) for name in sorted(modules)}
