"""A turn at the desk: one request, its transaction, and all that a handler may do with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.config.load import Config
from bot.desk.turn.transcript import TranscriptDraft
from bot.model.choice import Choice
from bot.model.errors import NoSuchCase
from bot.model.facts import FileFacts, InternalEntry, PublicEntry
from bot.model.identity import Proof
from bot.model.message import Attachment, Said
from bot.model.request import Command, Request
from bot.model.translatable import saying, stored
from bot.notices.conversation import CustomerActed
from bot.notices.notice import called
from bot.notify.case_people import CasePeople
from bot.notify.compose import Composer
from bot.notify.notifier import Notifier
from bot.notify.places import TurnPlaces
from bot.policy import pasted_pictures
from bot.syntax.case_numbers import entry_name, label
from store.cases import attachment as attachments
from store.cases import case as cases
from store.cases import entry as entries
from store.cases import participant, search
from store.cases.case import Case
from store.engine.transaction import Transaction
from store.people.person import Person

State = Mapping[str, Mapping[str, Any]]
"""What can be restored of a case (``bot.desk.turn.restore``)."""


class Turn:
    """What a handler is given: the request, its asker, and one transaction for all that it writes.

    Beside the methods here: ``people`` around a case, ``places`` where it is asked and read, the ``notifier``, and the
    ``transcript`` that the asker may get. Who may do what is in ``bot.desk.turn.rights``.
    """

    carry_out: Callable[[Command], str]
    """Does what a command asks for besides, if the asker may; given by the turn's ``Dispatcher``."""

    def __init__(
        self,
        tx: Transaction,
        request: Request,
        *,
        config: Config,
        composer: Composer,
        person: Person,
        now: datetime,
    ) -> None:
        self.tx = tx
        self.request = request
        self.config = config
        self.person = person
        """Who asks."""
        self.now = now
        self.people = CasePeople(tx, person)
        self.places = TurnPlaces(tx, request, person, composer.boards)
        self.notifier = Notifier(
            tx, request, config=config, composer=composer, people=self.people, places=self.places,
            person=person, now=now,
        )  # fmt: skip
        self.transcript = TranscriptDraft()
        self.choices: list[Choice] = []
        self.entries: list[int] = []
        """The ids of what was said in this turn."""
        self.touched: Case | None = None
        self.read_closing: set[tuple[int, int | str]] = set()
        """Who (and which threads) have read in an answer that this case is closed with it."""
        self.used: tuple[str, str] | None = None
        """The channel and address by which the asker last took part in the case at hand."""
        self._composer = composer
        self._cases: dict[int, Case] = {}
        self._changed: dict[int, Case] = {}
        self.files_on: tuple[int, bool] | None = None
        """The case that has the files of the message by now, and whether they are for people outside, too."""
        self._named = ""
        """What commands call the last entry of this turn."""

    @property
    def proof(self) -> Proof:
        """How sure it is who asks."""
        return self.request.proof

    @property
    def said(self) -> Said:
        """The message that came with the request."""
        return self.request.said

    # the case

    def find_case(self, number: int) -> Case | None:
        """A case by number, read once per turn; None if there is none."""
        if number not in self._cases:
            if (case := cases.get(self.tx, number)) is None:
                return None
            self._cases[number] = case
        return self._cases[number]

    def case(self, number: int) -> Case:
        """A case that ``allow`` has opened to the asker."""
        if (case := self.find_case(number)) is None:
            raise NoSuchCase(label(number))
        self.touched = case
        return case

    def opened(self, **values: Any) -> Case:
        """Open a case; it has its number at once."""
        at = self.request.at if self.request.quiet else self.now
        fresh = cases.add(self.tx, opened_at=at, updated_at=self.now, **values)
        self._cases[fresh.id] = self.touched = fresh
        return fresh

    def change(self, case: Case, **values: Any) -> None:
        """Change a case; it is written when the turn ends."""
        for name, value in values.items():
            setattr(case, name, value)
        case.updated_at = self.now
        self._changed[case.id] = case

    def record(self, case: Case, name: str, **detail: Any) -> None:
        """Add an event to the case's history; its name is in the past tense."""
        values = {key: _stored(value) for key, value in detail.items()}
        cases.record(self.tx, case.id, name, by=self.person.id, now=self.now, **values)

    def finish(self) -> None:
        """Write the changed cases.

        Raises ``store.cases.case.CaseChanged`` if another process changed one first.
        """
        self._report_held_back()
        for case in self._changed.values():
            cases.save(self.tx, case)
        fresh = [case for case in self._cases.values() if case.fresh]
        for case in {case.id: case for case in (*fresh, *self._changed.values())}.values():
            self.notifier.show_anew(case)
        self._changed.clear()

    def acting_as(self, person: Person) -> Turn:
        """A turn of somebody else's in the same transaction, for what was asked for by them before."""
        request = replace(self.request, commands=(), said=Said(), words=())
        return Turn(
            self.tx, request, config=self.config, composer=self._composer, person=person, now=self.now
        )

    def include(self, other: Turn) -> None:
        """Finish a turn that ``acting_as`` made, and send what it has said with one's own."""
        other.finish()
        self.notifier.posted += other.notifier.posted

    def _report_held_back(self) -> None:
        """Record notices that a limit held back in the history, and tell the desk once a day."""
        while self.notifier.untold:
            case, kind, to, why = self.notifier.untold.pop(0)
            self.record(case, "not told", notice=kind.name, to=to.address, why=why)
            if not to.staff and self.notifier.mail_limits.once_a_day(case.id):
                what = saying(
                    "{who} was not told ({notice}): {reason}. What you write reaches them, as always",
                    who=to.shown,
                    notice=called(kind.name),
                    reason=why,
                )
                self.notifier.tell_desk(CustomerActed(what=what), case)

    # what is said

    def say(self, case: Case, text: str, *, visibility: str, kind: str = "said") -> int:
        """Add an entry to a case, once a turn with the message's other parts and files; returns its id.

        Public words that were sent to the desk in private stay visible to the desk alone.
        """
        first = self.files_on is None
        self.files_on = self.files_on or (case.id, visibility == "public")
        if self.places.in_private(case):
            visibility = "internal"
        parts = self._other_parts() if first else []
        entry_id = entries.say(
            self.tx,
            case.id,
            person_id=self.person.id,
            visibility=visibility,
            kind=kind,
            channel=self.request.source,
            text=text,
            rest=parts,
            received_at=self.request.at,
            inbox_id=self.said.inbox,
            message_id=self.said.message_id if first else "",
        )
        self.entries.append(entry_id)
        self._named = entry_name(entry_id)
        if first and self.said.attachments:
            self._show_pasted(case)
            attachments.attach(self.tx, case.id, entry_id, self.said.attachments)
        below = entries.folded(parts, text)
        if text or below:
            search.index(self.tx, entry_id, f"{case.subject}\n{text}\n{below}")
        if not case.fresh:
            self.change(case)
        here = (self.person.channel, self.person.address)
        if self.used not in (None, here) and self.person.channel == self.request.source:
            participant.used(self.tx, case.id, self.person)
        return entry_id

    def _other_parts(self) -> list[tuple[str, str]]:
        return [
            ("quoted" if part.kind in ("inserted", "unsure") else part.kind, part.text)
            for part in self.said.parts
            if part.kind != "new"
        ]

    def _show_pasted(self, case: Case) -> None:
        """Have pictures that were pasted into a mail listed as its files."""
        self._set_files(pasted_pictures.shown(self.tx, self.said, case_id=case.id, person_id=self.person.id))

    def _set_files(self, files: Sequence[Attachment]) -> None:
        message = replace(self.said, attachments=tuple(files))
        self.request = self.notifier.request = replace(self.request, said=message)

    def bring_files(self, files: Sequence[Attachment]) -> None:
        """Let what is said from now on have these files, as if they had come with the message."""
        self._set_files(files)
        self.files_on = None

    def anchor(self, case: Case) -> None:
        """Make this message's ids lead to the case from now on."""
        entries.remember(self.tx, case.id, (self.said.message_id, *self.said.references))

    def public(self, text: str) -> PublicEntry:
        """This turn's words as an entry that people outside the desk may read."""
        files = self._files() if self.files_on and self.files_on[1] else ()
        emphasis, below = self.said.emphasis, entries.folded(self._other_parts(), text)
        return PublicEntry(
            self.person.shown, text, self.request.at, files, emphasis, self._named, folded=below
        )

    def internal(self, text: str) -> InternalEntry:
        """This turn's words as an internal note."""
        emphasis, files = self.said.emphasis, self._files()
        return InternalEntry(
            self.person.shown, text, self.request.at, files, emphasis=emphasis, called=self._named
        )

    def _files(self) -> tuple[FileFacts, ...]:
        return tuple(FileFacts(file.name, file.size) for file in self.said.attachments if not file.inline)

    # what the asker is answered

    def offer(self, choices: Iterable[Choice]) -> None:
        """Offer the asker something to be done at once; whoever wrote a message is sent a word for it."""
        self.choices += choices
        if self.said.inbox is not None:
            self.owe_word()

    def owe_answer(self) -> None:
        """Send a transcript by mail although a notice confirms the command: its result is unexpected.

        Elsewhere the asker sees at once what was done.
        """
        self.transcript.owed = self.transcript.owed or self.places.by_mail

    def owe_word(self) -> None:
        """Send a transcript, by mail or in chat, since the asker wrote in their own words."""
        self.transcript.owed = self.transcript.owed or self.request.source == self.person.channel
        self.transcript.in_full = self.transcript.owed

    def words_for(self, person: Person, sentence: str) -> str:
        """A sentence in somebody's language; the desk reads its own."""
        return self._composer.in_words(sentence, person, self.request.mailbox)

    def in_words(self, sentence: str) -> str:
        """A sentence for the asker, in their language; the desk reads its own."""
        return self._composer.in_words(sentence, self.person, self.request.mailbox)


def _stored(value: Any) -> Any:
    """A detail as the history has it: sayings so that they can be said in any language."""
    if isinstance(value, str):
        return stored(value)
    return [_stored(item) for item in value] if isinstance(value, list | tuple) else value
