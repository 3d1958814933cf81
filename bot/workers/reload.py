"""Reload: SIGHUP takes in people, customers and promises from the config while the desk runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import fields
from datetime import datetime
from typing import Any

import structlog

from bot.config.errors import ConfigMistakes
from bot.config.load import Config
from bot.config.reloadable import ReloadableSections
from bot.people.staff_sync import sync
from bot.runtime.group_commit import Writer
from store.engine.transaction import Transaction

log = structlog.get_logger("reload")
_SECTIONS = {"mailboxes": "mailbox"}
"""Fields of the config whose section has another name."""
_NO_SECTIONS = ("reloadable", "channels", "profiles", "zone", "folder", "file")


class Reload:
    """Reads the config anew at SIGHUP; one with mistakes, or with other lists, changes nothing."""

    name = "reload"
    while_held = True

    def __init__(
        self, config: Config, writer: Writer, *, read: Callable[[], Config], now: Callable[[], datetime]
    ) -> None:
        """``read``: reads the config anew."""
        self._config = config
        self._writer = writer
        self._read = read
        self._now = now
        self._asked = threading.Event()
        self._leaving = False

    def ask(self) -> None:
        """Have the config read anew; safe in a signal handler."""
        self._asked.set()

    def run(self) -> None:
        """Take in the config whenever that is asked for, until ``leave``."""
        while self._asked.wait() and not self._leaving:
            self._asked.clear()
            try:
                self._take_in(self._read())
            except ConfigMistakes as error:
                log.error("nothing was taken in: the config has mistakes", mistakes=list(error.mistakes))
            except Exception as error:
                log.exception("nothing was taken in", error=type(error).__name__)

    def leave(self) -> None:
        """Stop."""
        self._leaving = True
        self._asked.set()

    def _take_in(self, fresh: Config) -> None:
        restart = _differing(self._config, fresh)
        if "lists" in restart:  # promises and turns name what stands there
            log.error("nothing was taken in: [lists] has changed, too, and needs a restart", sections=restart)
            return
        before, after = self._config.reloadable.now, fresh.reloadable.now
        self._replace(fresh)
        if changes := _changes(before, after):
            log.info("taken in from the config", **changes)
        else:
            log.info("the config was read anew: nothing has changed that is taken in")
        if restart:
            log.warning("changed, too, but needs a restart", sections=restart)

    def _replace(self, fresh: Config) -> None:
        """Write the people into the store, and replace the reloadable sections as soon as that is durable.

        Both within the writer's thread, which handles all requests: each sees the people of before, or those of now.
        """
        ready = threading.Event()

        def write(tx: Transaction, _: Sequence[Any]) -> list[None]:
            ready.wait()
            sync(tx, fresh, now=self._now())
            return [None]

        def replace(done: Future[Any]) -> None:
            if not done.cancelled() and done.exception() is None:
                self._config.reloadable.now = fresh.reloadable.now

        future = self._writer.put(write, None, large=True, urgent=True)  # large: the last of its transaction
        future.add_done_callback(replace)
        ready.set()
        future.result()


def _differing(before: Config, after: Config) -> list[str]:
    """The sections that have changed and are read at a start alone."""
    plain = [field.name for field in fields(Config) if field.name not in _NO_SECTIONS]
    changed = [_SECTIONS.get(name, name) for name in plain if getattr(before, name) != getattr(after, name)]
    if (before.office.zone, before.zone) != (after.office.zone, after.zone):
        changed.append("time zone")
    return changed + [name for name in before.channels if before.channels[name] != after.channels[name]]


def _changes(before: ReloadableSections, after: ReloadableSections) -> dict[str, list[str]]:
    """What came, went and changed, by what it is."""
    compared: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
        "staff": (_by("mail", before.staff), _by("mail", after.staff)),
        "accounts": (_by("name", before.accounts), _by("name", after.accounts)),
        "calendars": (before.calendars, after.calendars),
        "service_levels": (before.levels, after.levels),
        "turns": (_by("name", before.turns), _by("name", after.turns)),
    }
    changes: dict[str, list[str]] = {}
    for what, (old, new) in compared.items():
        changes |= _named(f"{what}_came", [name for name in new if name not in old])
        changes |= _named(f"{what}_went", [name for name in old if name not in new])
        changes |= _named(f"{what}_changed", [name for name in new if name in old and new[name] != old[name]])
    return changes


def _by(key: str, sections: Iterable[Any]) -> dict[str, Any]:
    return {getattr(section, key): section for section in sections}


def _named(name: str, names: list[str]) -> dict[str, list[str]]:
    return {name: names} if names else {}
