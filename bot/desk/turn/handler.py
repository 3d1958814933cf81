"""Handlers: which function does a command; each says so itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from bot.desk.turn.turn import Turn
from bot.model.request import Command

C = TypeVar("C", bound=Command)
HANDLERS: dict[type[Command], Callable[[Turn, Any], str]] = {}
"""Filled by ``handles`` as the modules of ``bot/desk/handlers`` are imported."""


def handles(command: type[C]) -> Callable[[Callable[[Turn, C], str]], Callable[[Turn, C], str]]:
    """The function carries out this command in the turn's transaction and returns what was done, in words.

    It raises a ``Refusal`` for what is not allowed.
    """

    def register(function: Callable[[Turn, C], str]) -> Callable[[Turn, C], str]:
        assert command not in HANDLERS, command  # noqa: S101 - two modules that claim one command
        HANDLERS[command] = function
        return function

    return register
