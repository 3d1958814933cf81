"""A turn at the desk: one request, its transaction, and all that a handler may do with them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot import access
from bot.commands import Attachment, Command, OnCase, Proof, Request, Said
from bot.config import Config
from bot.facts import Answered, CaseFacts, FileFacts, InternalEntry, PublicEntry
from bot.grammar import label
from bot.notices import NOTICES
from bot.posts import MOST_ALONG, Posts, Telling, case_facts
from bot.refusals import NoSuchCase
from store import case as cases
from store import conversation, participant, people, search
from store.case import Case
from store.outbox import Outgoing
from store.people import Person
from store.transaction import Transaction


class Turn:
    """What handlers are given. Everything they write belongs to one transaction."""

    def __init__(
        self,
        tx: Transaction,
        request: Request,
        *,
        config: Config,
        posts: Posts,
        person: Person,
        now: datetime,
    ) -> None:
        self.tx = tx
        self.request = request
        self.config = config
        self.person = person
        self.now = now
        self.posted: list[Outgoing] = []
        self.touched: Case | None = None
        self.shown: dict[str, Any] = {}
        """What the transcript shows besides its lines: ``cases``, ``view``, ``entries``, ``history``, ``help``."""
        self._posts = posts
        self._cases: dict[int, Case] = {}
        self._changed: dict[int, Case] = {}
        self._people: dict[int, Person] = {person.id: person}
        self._files_kept = self._files_open = False

    # who asks, and may they

    def allow(self, command: Command) -> None:
        """Raise a refusal unless the asker may do this, to this case. Unknown and foreign cases look alike."""
        if not isinstance(command, OnCase):
            access.check(type(command), self._staff_role() or "stranger", self.proof)
            return
        role = self.role(command.case)
        case = self.find_case(command.case)
        if case is None or (role == "stranger" and access.RULES[type(command)].get("stranger") is None):
            raise NoSuchCase(label(command.case))
        access.check(type(command), role, self._proof_on(command.case))

    @property
    def proof(self) -> Proof:
        return self.request.proof

    def _proof_on(self, number: int) -> Proof:
        """A token proves who its holder is on its own case; elsewhere the mail is just plausible."""
        if self.proof is Proof.PROVEN and number != self.request.proven_on:
            return Proof.PLAUSIBLE
        return self.proof

    def role(self, number: int) -> str:
        """The asker's role on a case."""
        if role := self._staff_role():
            return role
        part = participant.role(self.tx, number, self.person.id)
        return part if part in access.CUSTOMERS else "stranger"

    def _staff_role(self) -> str:
        """The operator at the command line is a specialist here."""
        if not self.person.staff:
            return ""
        return "manager" if self.person.role == "manager" else "specialist"

    # the case

    def find_case(self, number: int) -> Case | None:
        """A case, read once in a turn."""
        if number not in self._cases:
            found = cases.get(self.tx, number)
            if found is None:
                return None
            self._cases[number] = found
        return self._cases[number]

    def case(self, number: int) -> Case:
        """A case that ``allow`` has let the asker have."""
        found = self.find_case(number)
        if found is None:
            raise NoSuchCase(label(number))
        self.touched = found
        return found

    def opened(self, **values: Any) -> Case:
        """Open a case; it has its number at once."""
        fresh = cases.add(self.tx, opened_at=self.now, updated_at=self.now, **values)
        self._cases[fresh.id] = self.touched = fresh
        return fresh

    def change(self, case: Case, **values: Any) -> None:
        """Change a case; written when the turn ends."""
        for name, value in values.items():
            setattr(case, name, value)
        case.updated_at = self.now
        self._changed[case.id] = case

    def record(self, case: Case, name: str, **detail: Any) -> None:
        """Write into the case's history, past tense."""
        cases.record(self.tx, case.id, name, by=self.person.id, now=self.now, **detail)

    def finish(self) -> None:
        """Write the cases that were changed. Raises ``store.case.Stale`` if somebody else was quicker."""
        for case in self._changed.values():
            cases.save(self.tx, case)
        self._changed.clear()

    # what is said

    @property
    def said(self) -> Said:
        return self.request.said

    def say(self, case: Case, text: str, *, visibility: str, kind: str = "said") -> None:
        """Keep words on a case, with the message's other parts and files (once a turn)."""
        first, self._files_kept = not self._files_kept, True
        if first:
            self._files_open = visibility == "public"
        entry_id = conversation.say(
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
            conversation.attach(self.tx, case.id, entry_id, self.said.attachments)
        if text:
            search.index(self.tx, entry_id, f"{case.subject}\n{text}")
        if not case.fresh:
            self.change(case)

    def anchor(self, case: Case) -> None:
        """Let this message's ids lead to the case from now on."""
        conversation.remember(self.tx, case.id, (self.said.message_id, *self.said.references))

    def public(self, text: str) -> PublicEntry:
        """This turn's words, for people who may read them outside the desk."""
        files = self._files() if self._files_open else ()
        return PublicEntry(self.person.shown, text, self.request.at, files)

    def internal(self, text: str) -> InternalEntry:
        """This turn's words, for the desk only."""
        return InternalEntry(self.person.shown, text, self.request.at, self._files())

    def _along(self, entry: object) -> tuple[Attachment, ...]:
        """The files of this turn's words, where they are told and not too large for a mail."""
        files = tuple(file for file in self.said.attachments if not file.inline)
        named = isinstance(entry, (PublicEntry, InternalEntry)) and entry.files
        fitting = sum(file.size for file in files) <= MOST_ALONG
        return files if named and fitting else ()

    def _files(self) -> tuple[FileFacts, ...]:
        return tuple(FileFacts(file.name, file.size) for file in self.said.attachments if not file.inline)

    # who is told

    def tell(self, notice: str, to: Person, case: Case | None, *, author: str = "", **facts: Any) -> bool:
        """Tell somebody, in the channel they are met in. False if there is no way to reach them."""
        kind = NOTICES[notice]
        quiet = case is not None and case.held and kind.audience == "customer" and kind.automatic
        if quiet and notice != "acknowledgement":
            return False  # nobody has proven that this customer wrote at all
        telling = Telling(
            notice=kind,
            to=to,
            case=case,
            facts={"case": self.facts(case) if case else None, **facts},
            now=self.now,
            answers=self.said if to.id == self.person.id and not quiet else Said(),
            mailbox=self.request.mailbox,
            author=author,
            files=self._along(facts.get("entry")),
        )
        row = self._posts.post(self.tx, telling)
        if row is not None:
            self.posted.append(row)
        return row is not None

    def tell_all(self, notice: str, people_: Iterable[Person], case: Case, **facts: Any) -> None:
        """Tell several people, each in a message of their own, but never the asker."""
        for someone in people_:
            if someone.id != self.person.id:
                self.tell(notice, someone, case, **facts)

    def customers(self, case: Case) -> list[Person]:
        """The requester and the collaborators."""
        parts = participant.everybody(self.tx, case.id)
        return [part.person for part in parts if part.role in access.CUSTOMERS]

    def watchers(self, case: Case) -> list[Person]:
        """The staff who hear of a case: its owner, or everybody while it has none."""
        if case.owner_id and (owner := self.by_id(case.owner_id)) and owner.staff:
            return [owner]
        return self.staff()

    def staff(self) -> list[Person]:
        """All active staff."""
        return people.staff(self.tx)

    def by_id(self, person_id: int) -> Person | None:
        """A person, read once in a turn."""
        if person_id not in self._people and (found := people.by_id(self.tx, person_id)):
            self._people[person_id] = found
        return self._people.get(person_id)

    def facts(self, case: Case) -> CaseFacts:
        """The case as its customers may see it."""
        requester = self.by_id(case.requester_id)
        owner = self.by_id(case.owner_id) if case.owner_id else None
        return case_facts(
            case, requester=requester.shown if requester else "", owner=owner.shown if owner else ""
        )

    def answer(self, answered: list[Answered]) -> None:
        """Send the asker a transcript of what was understood, done and refused."""
        blank = {"cases": (), "view": None, "entries": (), "history": (), "help": ()}
        case = self.touched if self.touched and self.role(self.touched.id) != "stranger" else None
        self.tell("transcript", self.person, case, answered=tuple(answered), **{**blank, **self.shown})
