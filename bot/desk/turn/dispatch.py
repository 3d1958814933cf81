"""Dispatches of a turn: what its commands send to customers, held for as long as it may be undone."""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from bot.commands.case import AddFiles, Attach, Close, Reopen, Reply
from bot.commands.dispatch import Correct, Edit
from bot.commands.snippets import SendSnippet
from bot.commands.work import AskFor, Workaround
from bot.desk.turn import rights
from bot.desk.turn.restore import state_of
from bot.desk.turn.turn import State, Turn
from bot.model.choice import Choice, undo
from bot.model.errors import Refusal
from bot.model.request import Command, OnCase
from bot.model.translatable import enumerated, saying
from bot.notices.conversation import CustomerActed
from store.cases.case import Case
from store.engine.columns import new_id
from store.people.person import Person
from store.queues import dispatch
from store.queues.dispatch import Dispatch
from store.queues.outbox import Outgoing

UNDOABLE = (Reply, SendSnippet, Attach, AddFiles, AskFor, Workaround, Close, Reopen, Correct)
"""The commands with which a specialist says something to customers, and which can be taken back."""
OPERATOR = "operator"
Handlers = Mapping[type[Command], Callable[[Turn, Any], str]]


@dataclass(slots=True)
class DispatchDraft:
    """What a turn sends to the customers of one case, until it is stored."""

    key: str
    id: int = field(default_factory=new_id)
    deliveries: list[tuple[Outgoing, Person]] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)
    changes: list[tuple[State, State]] = field(default_factory=list)
    note: int | None = None


@dataclass(frozen=True, slots=True)
class _Before:
    """What there was before a command: the case's state, and how much the turn had said and posted."""

    state: State
    entries: int
    posted: int


class Dispatcher:
    """Carries out commands, and keeps what those that speak to customers send and change."""

    def __init__(self, turn: Turn, handlers: Handlers) -> None:
        self._turn = turn
        self._handlers = handlers
        self._drafts: dict[int, DispatchDraft] = {}
        own = weakref.proxy(
            self
        )  # else the two hold each other, and all that was said stays with them for a while
        turn.carry_out = partial(Dispatcher.carry_out_if_allowed, own)

    def carry_out_if_allowed(self, command: Command) -> str:
        """Do what a command asks for besides, as if the asker had. Raises a refusal."""
        command = rights.redirected(self._turn, command)
        rights.allow(self._turn, command)
        return self.carry_out(command)

    def carry_out(self, command: Command) -> str:
        """Do a command by its handler; returns what that says."""
        handler = self._handlers[type(command)]
        if not self._may_be_undone(command) or not isinstance(command, OnCase):
            return handler(self._turn, command)
        case = self._turn.case(command.case)
        begun = _Before(state_of(self._turn, case), len(self._turn.entries), len(self._turn.notifier.posted))
        self._turn.notifier.hold.begin(case)
        try:
            words = handler(self._turn, command)
        except Refusal:
            self._take_up(case, begun)  # what was posted till then leaves all the same, and can be taken back
            raise
        self._take_up(case, begun)
        return words

    def _take_up(self, case: Case, begun: _Before) -> None:
        """Add to the case's draft what a command has sent, said and changed."""
        draft = self._draft(case.id, self._turn.notifier.hold.end())
        if draft is None:
            return
        draft.entries += self._turn.entries[begun.entries :]
        draft.changes.append((begun.state, state_of(self._turn, case)))
        draft.note = draft.note or self._note(self._turn.notifier.posted[begun.posted :])

    def _draft(self, case: int, sent: Sequence[tuple[Outgoing, Person]]) -> DispatchDraft | None:
        """The draft that these deliveries belong to; None if the turn has sent nothing on this case."""
        if not sent and case not in self._drafts:  # what closes a case may be told in the answer before it
            return None
        draft = self._drafts.setdefault(case, DispatchDraft(self._key()))
        draft.deliveries += sent
        return draft

    def _may_be_undone(self, command: Command) -> bool:
        """Is it a specialist's, from a channel with Undo, and one of those that speak to customers?"""
        turn = self._turn
        asked = turn.notifier.traits(turn.request.source).undo and not turn.request.quiet
        by_desk = turn.person.staff and turn.person.role != OPERATOR
        return asked and by_desk and isinstance(command, UNDOABLE)

    def _key(self) -> str:
        """The key of the request it belongs to: a change to what it changes, late files to their words."""
        request = self._turn.request
        originals = (asked.original for asked in request.commands if isinstance(asked, Edit | Attach))
        return next(filter(None, originals), request.key)

    def _note(self, posted: Sequence[Outgoing]) -> int | None:
        """The delivery that shows on the board that this was sent."""
        source, name = self._turn.request.source, CustomerActed.name
        notes = (row.id for row in posted if row.channel == source and row.notice == name)
        return next(notes, None)

    def store(self) -> tuple[Choice, ...]:
        """Store the dispatches; returns how each can be undone, if it is held."""
        for case, draft in self._drafts.items():
            self._store(case, draft)
        if not self._hold_length:
            return ()
        return tuple(undo(case, draft.id) for case, draft in self._drafts.items())

    @property
    def _hold_length(self) -> timedelta:
        """For how long what is sent can be taken back; zero: not at all."""
        return self._turn.notifier.hold.length

    def _store(self, case: int, draft: DispatchDraft) -> None:
        turn = self._turn
        fresh = Dispatch(
            draft.id, case, turn.person.id, turn.request.source, draft.key, turn.now,
            turn.notifier.hold.leaves, dispatch.WAITING, draft.note, json.dumps(draft.entries),
            json.dumps(draft.changes), bool(draft.entries) and self._in_thread(case, draft.key),
        )  # fmt: skip
        dispatch.add(turn.tx, fresh, [row.id for row, _ in draft.deliveries])
        turn.notifier.show_status(fresh.id, fresh.source)

    def _in_thread(self, number: int, key: str) -> bool:
        """Do this case's customers read where they were written the words that are said on it?"""
        turn = self._turn
        earlier = dispatch.of_request(turn.tx, turn.request.source, key)
        stood_there = any(row.in_thread for row in earlier if row.case_id == number)
        return stood_there or turn.places.among_customers(number) or self._below_opening(number)

    def _below_opening(self, number: int) -> bool:
        """Are they plain words below the message that opened the case in its account's place?"""
        request, case = self._turn.request, self._turn.find_case(number)
        asked = zip(request.commands, request.words, strict=False)
        plain = any(isinstance(command, Reply) and not written for command, written in asked)
        return bool(plain and request.place and case and self._turn.places.own(request.place, case))

    def words(self) -> str:
        """To whom it goes, and when: ``Goes to Ana Acme (ana@acme.com) and Ben in 20 seconds.``; or ``""``."""
        readers = dict.fromkeys(_named(to) for draft in self._drafts.values() for _, to in draft.deliveries)
        if not readers or not self._hold_length:
            return ""
        time, names = self._hold_length, [*readers]
        if len(names) > 6:
            few, more = ", ".join(map(self._turn.in_words, names[:5])), len(names) - 5
            return saying(
                "Goes to {names} and {count} others in {time}.", names=few, count=str(more), time=short(time)
            )
        return saying("Goes to {names} in {time}.", names=enumerated(*names), time=short(time))


def _named(to: Person) -> str:
    if not to.id:
        return saying("the customers' channel")
    return f"{to.shown} ({to.address})" if "@" in to.address and to.name else to.shown


def short(time: timedelta) -> str:
    """A short time: ``20 seconds``, ``2 minutes``."""
    seconds = round(time.total_seconds())
    if seconds % 60 == 0:
        return saying("1 minute" if seconds == 60 else "{count} minutes", count=str(seconds // 60))
    return saying("1 second" if seconds == 1 else "{count} seconds", count=str(seconds))
