"""A turn at the desk: one request, its transaction, and all that a handler may do with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from bot.commands.case import Keep, Rate
from bot.commands.house import Due
from bot.commands.triage import Merge, Unmerge
from bot.model.errors import NoSuchCase
from bot.model.facts import Answered, CaseLine, CaseList, FileFacts, InternalEntry, PublicEntry
from bot.model.identity import Proof
from bot.model.message import Attachment
from bot.model.request import OPENED, Command, OnCase, Request
from bot.model.rule import CUSTOMERS, HOUSE_CLOCK
from bot.model.translatable import saying
from bot.notices.conversation import CustomerActed, Transcript
from bot.notices.notice import Notice
from bot.notify.notification import Notification
from bot.notify.recipients import Notifier
from bot.policy import permissions
from bot.syntax.case_numbers import label
from store.cases import case as cases
from store.cases import entry, participant, search, thread
from store.cases.case import Case
from store.cases.thread import Thread
from store.engine.transaction import Transaction
from store.people.person import Person

_STAY = (Merge, Unmerge, Due, Rate)
"""About the very case that they name, whatever it was merged into."""


class Turn(Notifier):
    """What a handler is given: the asker, the request and one transaction for all that it writes."""

    def __init__(self, tx: Transaction, request: Request, **parts: Any) -> None:
        super().__init__(tx, request, **parts)
        self.touched: Case | None = None
        self.read_closing: set[tuple[int, int | str]] = set()
        """Who (and which threads) have read in an answer that this case is closed with it."""
        self.owes_answer = self.owes_word = False
        """Must the asker, who wrote a mail of plain words, hear what became of them? Whatever else they are told?"""
        self.lists: list[CaseList] = []
        """The cases that were asked for, list by list."""
        self.shown: dict[str, Any] = {}
        """What the transcript shows besides its lines: ``cases``, ``view``, ``entries``, ``history``, ``help``."""
        self._cases: dict[int, Case] = {}
        self._changed: dict[int, Case] = {}
        self._files_kept = self._files_open = False
        self._used: tuple[str, str] | None = None

    def allow(self, command: Command) -> None:
        """Raise a refusal unless the asker may do this to this case.

        Unknown cases and those of other people look alike.
        """
        if not isinstance(command, OnCase):
            role = HOUSE_CLOCK if self.person.role == HOUSE_CLOCK else self._staff_role()
            permissions.check(type(command), role or "stranger", self.proof)
            return
        role = self.role(command.case)
        case = self.find_case(command.case)
        if case is None or (role == "stranger" and command.rule.get("stranger") is None):
            raise NoSuchCase(label(command.case))
        also = command.into if isinstance(command, Merge) else case.merged_id  # what a merger is undone by
        token = self.request.proven_on in (command.case, also or command.case)
        own = case.fresh and not self.person.staff
        permissions.check(type(command), role, permissions.proof_on(self.proof, token=token, own=own))

    def led(self, command: Command) -> Command:
        """The command, redirected to the case that its own was merged into.

        Raises ``NoSuchCase`` if the asker has no part in that one.
        """
        if not isinstance(command, OnCase):
            return command
        if command.case == OPENED:
            command = replace(command, case=self.touched.id if self.touched else OPENED)
        if isinstance(command, _STAY):
            return command
        case = self.find_case(command.case)
        if case is None or case.merged_id is None:
            return command
        if self.role(case.merged_id) == "stranger" and command.rule.get("stranger") is None:
            raise NoSuchCase(label(case.id))
        return replace(command, case=case.merged_id)

    @property
    def proof(self) -> Proof:
        return self.request.proof

    def role(self, number: int) -> str:
        """The asker's role on a case."""
        if role := self._staff_role():
            return role
        if self.person.role == HOUSE_CLOCK:
            return HOUSE_CLOCK
        part, used = participant.part(self.tx, number, self.person.id)
        self._used = used if part else None
        here = self.here(number)
        if part not in CUSTOMERS and here is not None and self._lets_in(here):
            via = here.begun_on if here.begun_on != number else None
            participant.set_role(self.tx, number, self.person, role="collaborator", now=self.now, via=via)
            part = "collaborator"
        if part in CUSTOMERS and here is not None and here.side == "customer":
            participant.spoke(self.tx, number, self.person.id, here.address)
        return part if part in CUSTOMERS else "stranger"

    def _lets_in(self, here: Thread) -> bool:
        """May the asker take part because the thread is shared with a whole customer channel?

        Not those who were removed from the case by name.
        """
        return thread.is_shared(self.tx, here) and not participant.removed(
            self.tx, here.case_id, self.person.id
        )

    def _staff_role(self) -> str:
        """The asker's staff role; the operator at the command line counts as a specialist."""
        if not self.person.staff:
            return ""
        return "manager" if self.person.role == "manager" else "specialist"

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
        cases.record(self.tx, case.id, name, by=self.person.id, now=self.now, **detail)

    def finish(self) -> None:
        """Write the changed cases. Raises ``store.cases.case.Stale`` if another process was faster."""
        self._own_up()
        for case in self._changed.values():
            cases.save(self.tx, case)
        fresh = [case for case in self._cases.values() if case.fresh]
        for case in {case.id: case for case in (*fresh, *self._changed.values())}.values():
            self.show_anew(case)
        self._changed.clear()

    def _own_up(self) -> None:
        """Record notices that a limit held back in the history, and tell the desk once a day."""
        while self.untold:
            case, kind, to, why = self.untold.pop(0)
            self.record(case, "not told", notice=kind.name, to=to.address, why=why)
            if not to.staff and self.mail_limits.once_a_day(case.id):
                what = f"{to.shown} was not told ({kind.name}): {why}. What you write reaches them, as always"
                self.tell_desk(CustomerActed(what=what), case)

    # what is said

    def listen(self) -> None:
        """Note how somebody outside the desk answers our mail, for the limits of automatic mail."""
        asked, who = self.request, self.person
        first = asked.commands[0] if asked.commands else None
        if who.staff or not self._by_mail() or not asked.may_answer or isinstance(first, (Keep, type(None))):
            return
        text = self.said.text or getattr(first, "text", "")
        case = first.case if isinstance(first, OnCase) else None
        if text.strip():  # a person's next question may have the same words, but hardly the same subject too
            self.mail_limits.hear(who, case, text if case else f"{self.said.subject}\n{text}")

    def reads_mail(self, to: Person) -> bool:
        """Is this person told in a private mailbox?

        Elsewhere, others could read a link that speaks for them.
        """
        return self._composer.boards.traits(to.channel).private

    def _by_mail(self) -> bool:
        letters = not self._composer.boards.traits(self.person.channel).threads
        return letters and self.request.source == self.person.channel

    def say(self, case: Case, text: str, *, visibility: str, kind: str = "said") -> int:
        """Add an entry to a case, once a turn with the message's other parts and files; returns its id.

        Public words that were sent to the desk in private stay visible to the desk alone.
        """
        first, self._files_kept = not self._files_kept, True
        self._files_open = visibility == "public" if first else self._files_open
        if self.in_private(case):
            visibility = "internal"
        entry_id = entry.say(
            self.tx,
            case.id,
            person_id=self.person.id,
            visibility=visibility,
            kind=kind,
            channel=self.request.source,
            text=text,
            rest=[(part.kind, part.text) for part in self.said.parts if part.kind != "new"] if first else (),
            received_at=self.request.at,
            inbox_id=self.said.inbox,
            message_id=self.said.message_id if first else "",
        )
        if first and self.said.attachments:
            entry.attach(self.tx, case.id, entry_id, self.said.attachments)
        if text:
            search.index(self.tx, entry_id, f"{case.subject}\n{text}")
        if not case.fresh:
            self.change(case)
        here = (self.person.channel, self.person.address)
        if self._used not in (None, here) and self.person.channel == self.request.source:
            participant.used(self.tx, case.id, self.person)
        return entry_id

    def list_cases(self, asked: str, lines: Iterable[CaseLine]) -> None:
        """Show a list of cases below the transcript.

        ``asked``: the words that asked for it, where there are several lists.
        """
        self.lists.append(CaseList(asked, tuple(lines)))
        self.shown["cases"] = tuple(line for listing in self.lists for line in listing.lines)

    def owe_answer(self) -> None:
        """Send a transcript by mail although a notice confirms the command: its result is unexpected.

        Elsewhere the asker sees at once what was done.
        """
        self.owes_answer = self.owes_answer or self._by_mail()

    def owe_word(self) -> None:
        """Send a transcript, by mail or in chat, since the asker wrote in their own words."""
        self.owes_answer = self.owes_word = self.owes_answer or self.request.source == self.person.channel

    def anchor(self, case: Case) -> None:
        """Make this message's ids lead to the case from now on."""
        entry.remember(self.tx, case.id, (self.said.message_id, *self.said.references))

    def public(self, text: str) -> PublicEntry:
        """This turn's words as an entry that people outside the desk may read."""
        files = self._files() if self._files_open else ()
        return PublicEntry(self.person.shown, text, self.request.at, files)

    def internal(self, text: str) -> InternalEntry:
        """This turn's words as an internal note."""
        return InternalEntry(self.person.shown, text, self.request.at, self._files())

    def _files(self) -> tuple[FileFacts, ...]:
        return tuple(FileFacts(file.name, file.size) for file in self.said.attachments if not file.inline)

    def tell_place(
        self, notice: Notice, case: Case, *, author: str = "", files: Sequence[Attachment] | None = None
    ) -> None:
        """Post a notice in the shared threads of a case, where a whole account reads it.

        Not where one of its customers is told the same thing.
        """
        if self.request.quiet or case.held or self.in_private(case):
            return
        requester = self.by_id(case.requester_id) or self.person
        for channel in self._composer.boards.names():
            for at in [shared.address for shared in thread.open_to_all(self.tx, case.id, channel)[-1:]]:
                if (notice.name, at) in self.sent or (at == self.request.place and not notice.automatic):
                    continue
                there = Person(0, "", "contact", at, channel, language=requester.language)
                words = notice.without_words() if at == self.request.place and notice.text else notice
                notification = self._notification(words, there, case, files=files, author=author, place=at)
                self.posted += self._composer.post(self.tx, notification)
                self.sent[notice.name, at] = 0

    def post(self, notification: Notification) -> None:
        """Put something into the outbox that is for no participant of the case."""
        self.posted += [row for row in self._composer.post(self.tx, notification) if row.payload]

    # what the asker is answered

    def in_words(self, sentence: str) -> str:
        """A sentence for the asker, in their language; the desk reads its own."""
        return self._composer.in_words(sentence, self.person, self.request.mailbox)

    def instead(self, command: Command) -> str:
        """Where an unproven asker can give this command instead, in words; ``""`` if nowhere."""
        case = self.find_case(command.case) if isinstance(command, OnCase) else None
        if case is None or self.person.staff or not self.page_url("case", case, self.person):
            return ""
        self.touched = self.touched or case
        return saying("Or do it on the page of your case: the link is below.")

    def answer(self, answered: list[Answered]) -> None:
        """Send the asker a transcript of what was understood, done and refused.

        Not where all that they asked by mail is in a notice of their own already.
        """
        done = [line.outcome for line in answered] == ["done"] and not self.owes_word
        if self.asker_notified and done and self._by_mail():
            return
        lists = [cases for cases in self.lists if cases.lines]
        cases = tuple(lists if len(lists) > 1 else (replace(cases, asked="") for cases in lists))
        case = self.touched
        if case is None and self.request.proven_on and any(line.outcome != "done" for line in answered):
            case = self.find_case(self.request.proven_on)  # what was not done was asked there
        if case is not None and self.role(case.id) == "stranger":
            case = None
        facts = {"view": None, **self.shown, "cases": tuple(part.first() for part in cases)}
        self.tell(Transcript(answered=tuple(answered), **facts), self.person, case)
