"""The notifier: whom a turn tells what, and how."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.channel.capabilities import Traits
from bot.config.load import Config
from bot.config.settings import moment
from bot.model.facts import CaseFacts, InternalEntry, PublicEntry
from bot.model.message import Attachment, Said
from bot.model.request import Request
from bot.notices.case import Acknowledgement
from bot.notices.catalogue import NOTICES
from bot.notices.conversation import CustomerActed, News, NoteWritten
from bot.notices.notice import Notice
from bot.notify import batch, files_link, raw_mail_link
from bot.notify.case_people import CasePeople
from bot.notify.compose import MOST_ALONG, Composer
from bot.notify.hold import Hold
from bot.notify.notification import Notification, case_facts
from bot.notify.places import TurnPlaces
from bot.policy import local_team
from bot.policy.auto_mail_limits import AutoMailLimits
from store.cases import thread
from store.cases.case import Case
from store.engine.lease import of_delivery
from store.engine.transaction import Transaction
from store.people import account
from store.people.person import Person
from store.queues import dispatch_status
from store.queues.outbox import Outgoing

NOBODY = Person(0, "", "", "")


class Notifier:
    """Sends a turn's notices, into the outbox of its transaction."""

    def __init__(
        self,
        tx: Transaction,
        request: Request,
        *,
        config: Config,
        composer: Composer,
        people: CasePeople,
        places: TurnPlaces,
        person: Person,
        now: datetime,
    ) -> None:
        self.tx = tx
        self.request = request
        self.config = config
        self.person = person
        self.now = now
        self.posted: list[Outgoing] = []
        self.mail_limits = AutoMailLimits(tx, config.limits, now=now)
        self.untold: list[tuple[Case, type[Notice], Person, str]] = []
        """What the rate limits held back, and why."""
        self.asker_notified = False
        """Has the asker, a customer, been sent a notice of their own?"""
        self.sent: dict[tuple[str, str], int] = {}
        """What the present command has sent to threads that customers share: notice and address, to row id."""
        self._composer = composer
        self.people = people
        self.places = places
        self.hold = Hold(tx, now=now, length=moment(config.desk.undo))
        self._heard: set[tuple[int, int]] = set()
        self._anew: set[int] = set()

    def tell(
        self,
        notice: Notice,
        to: Person,
        case: Case | None,
        *,
        author: str = "",
        files: Sequence[Attachment] | None = None,
        alike: bool = False,
    ) -> bool:
        """Send a notice to a person, in their channel.

        True if they have it already, too; False if they get nothing. ``files`` is for an ``entry`` that is told
        again: its own, where this turn's would go along. ``alike``: others are told it, too.
        """
        where = self.places.shared_thread(notice, to, case) if case and not self.request.quiet else ""
        unsent = self._unsent(notice, to, case, where)
        if unsent is not None:
            return unsent
        to_customer = self._is_to_customer(notice, to, case)
        if case is not None and to_customer:
            notice = self._without_words(notice, to, case)
        answers = self.request.said if to.id == self.person.id and not _unproven(notice, case) else Said()
        first = self.sent.get((notice.name, where), 0) if where else 0
        place = self.places.answered(type(notice), to, case)
        until = self.hold.until(case) if case is not None and to_customer else None
        near = self.places.near(to, case) if notice.audience != "staff" else ""
        how = {
            "author": author,
            "answers": answers,
            "place": place,
            "alike": alike,
            "along": first,
            "until": until,
            "near": near,
        }
        shared = self.places.is_shared(type(notice), to, case, place)
        rows = self._composer.post(
            self.tx, self._notification(notice, to, case, files=files, shared=shared, **how)
        )
        self.asker_notified |= bool(rows) and to.id == self.person.id and notice.audience == "customer"
        if rows and to_customer:
            self.hold.add(rows[-1], to)
        if rows and not first:
            self._hand_over(rows, until)
            self.sent[notice.name, where] = rows[-1].id
        if case is not None:
            self._heard.add((case.id, to.id))
        return bool(rows)

    def _unsent(self, notice: Notice, to: Person, case: Case | None, where: str) -> bool | None:
        """What ``tell`` returns where nothing is sent; None: it is sent."""
        if self.request.quiet:
            return False
        if _unproven(notice, case) and not isinstance(notice, Acknowledgement):
            return False  # nobody has proven that this customer wrote at all
        speech = not notice.automatic
        if where and speech and where == self.request.place:
            return True  # they have heard the very words
        if (
            case is not None
            and speech
            and self._is_to_customer(notice, to, case)
            and self.places.in_private(case)
        ):
            return False  # that was said to the desk alone
        return False if self._over_limit(notice, to, case) else None

    def _is_to_customer(self, notice: Notice, to: Person, case: Case | None) -> bool:
        """Does it go to a customer of a case who is not the asker?"""
        return case is not None and notice.audience == "customer" and to.id != self.person.id

    def _speaks(self, notice: Notice) -> bool:
        """Does it have a specialist's words: an answer, or text for a customer that came with a command?"""
        along = notice.audience == "customer" and notice.text
        return self.person.staff and bool(along or not notice.automatic)

    def _over_limit(self, notice: Notice, to: Person, case: Case | None) -> bool:
        """Is it beyond the limits for mail? A specialist's words never are."""
        if self._speaks(notice):
            if case is not None and not to.staff and not self._composer.boards.traits(to.channel).threads:
                self.mail_limits.release(to, case.id)
            return False
        if self._composer.boards.traits(to.channel).threads:
            return False
        asked_on = self.request.proven_on if to.id == self.person.id else None
        counted = asked_on if case is None else None if case.fresh else case.id
        answer = notice.audience == "asker"
        narrow = notice.automatic and not to.staff
        why = self.mail_limits.stop(to, counted, narrow=narrow, answer=answer)
        if why and case is not None:
            self.untold.append((case, type(notice), to, why))
        return bool(why)

    def tell_all(
        self,
        notice: Notice,
        people_: Iterable[Person],
        case: Case,
        *,
        author: str = "",
        files: Sequence[Attachment] | None = None,
    ) -> None:
        """Send a notice to several people, each separately, but never to the asker."""
        others = [someone for someone in people_ if someone.id != self.person.id]
        for someone in others:
            self.tell(notice, someone, case, author=author, files=files, alike=len(others) > 1)

    def tell_desk(
        self,
        notice: Notice,
        case: Case,
        *,
        to: Sequence[Person] | None = None,
        also: Sequence[Person] = (),
        urgent: bool = False,
    ) -> None:
        """Tell the desk: once in the case's thread on each board, and by mail those who read no board.

        ``to``: who is meant, else the case's watchers; they are called there, as those in ``also`` are.
        ``urgent``: also told one by one.
        """
        if self.request.quiet:
            return
        readers = self._others(to or self.people.watchers(case, loud=notice.loud), also)
        called = readers if to is not None else self._others(self.people.called(case, loud=notice.loud), also)
        shown = self._post_on_boards(notice, case, called)
        for someone in readers:
            address = self._composer.boards.address(shown, someone) if shown else ""
            if urgent or not address:
                self.tell(notice, someone, case, alike=len(readers) > 1)
            if urgent and address:
                self.tell(notice, replace(someone, channel=shown, address=address), case)

    def tell_alone(self, notice: Notice, to: Person) -> None:
        """Tell one of the staff something about no case: on a board's channel if they have an address there."""
        if not self.people.is_colleague(to.id):
            return
        boards = self._composer.boards
        addresses = ((name, boards.address(name, to)) for name in boards.names())
        there = next(((name, address) for name, address in addresses if address), None)
        self.tell(notice, replace(to, channel=there[0], address=there[1]) if there else to, None)

    def _others(self, people: Iterable[Person], also: Iterable[Person]) -> list[Person]:
        """These people, each once, without the asker."""
        by_id = {someone.id: someone for someone in (*people, *also)}
        return [someone for someone in by_id.values() if someone.id != self.person.id]

    def tell_place(
        self, notice: Notice, case: Case, *, author: str = "", files: Sequence[Attachment] | None = None
    ) -> None:
        """Post a notice in the shared threads of a case, where a whole account reads it.

        Not where one of its customers is told the same thing.
        """
        if self.request.quiet or case.held or self.places.in_private(case):
            return
        requester = self.people.by_id(case.requester_id) or self.person
        for channel in self._composer.boards.talks():
            for at in [shared.address for shared in thread.open_to_all(self.tx, case.id, channel)[-1:]]:
                if (notice.name, at) in self.sent or (at == self.request.place and not notice.automatic):
                    continue
                there = Person(0, "", "contact", at, channel, language=requester.language)
                words = notice.without_words() if at == self.request.place and notice.text else notice
                until = self.hold.until(case)
                notification = self._notification(
                    words, there, case, shared=True, files=files, author=author, place=at, until=until
                )
                rows = self._composer.post(self.tx, notification)
                if rows:
                    self.hold.add(rows[-1], there)
                self._hand_over(rows, until)
                self.sent[notice.name, at] = 0

    def relay(self, channel: str, name: str, payload: bytes, *, to: Person, case: Case) -> int | None:
        """Tell a customer by another channel what their first one did not take; the delivery's id."""
        boards, speech = self._composer.boards, not NOTICES[name].automatic
        section = batch.section(boards.words(channel, payload), at=self.now)
        notification = self._notification(News(sections=(section,)), to, case, shared=False)
        files = boards.files(channel, payload)
        fitting = files if sum(file.size for file in files) <= MOST_ALONG else ()
        rows = self._composer.post(self.tx, replace(notification, files=fitting, at_once=speech))
        self._hand_over(rows, None)
        return rows[-1].id if rows else None

    def files(self, channel: str, payload: bytes) -> tuple[Attachment, ...]:
        """The files of a message composed for a board."""
        return self._composer.boards.files(channel, payload)

    def announce(self, notice: Notice, case: Case, place: str) -> None:
        """Post a notice where nobody reads the case otherwise: what is said below it belongs to no case."""
        if self.request.quiet or case.held:
            return
        there = Person(0, "", "contact", place, self.request.source, language=self.person.language)
        notification = self._notification(notice, there, case, shared=True, place=place)
        self._hand_over(self._composer.post(self.tx, notification), None)

    def traits(self, channel: str) -> Traits:
        """The traits of a channel by name."""
        return self._composer.boards.traits(channel)

    def show_status(self, dispatch: int, channel: str) -> None:
        """Show at the message itself what became of what was sent with it."""
        if self.traits(channel).undo:
            until = of_delivery(self.tx, self.now)
            self.posted += dispatch_status.refresh(self.tx, dispatch, channel, now=self.now, until=until)

    def _hand_over(self, rows: Iterable[Outgoing], until: datetime | None) -> None:
        """Let this process deliver rows that are leased to it."""
        self.posted += [row for row in rows if row.payload and not until]

    def post(self, notification: Notification) -> None:
        """Put something into the outbox that is for no participant of the case."""
        self.posted += [row for row in self._composer.post(self.tx, notification) if row.payload]

    def show_anew(self, case: Case) -> None:
        """Refresh the case's cards on the boards; old mail draws none."""
        if self.request.quiet:
            return
        if self._composer.boards.names() and case.id not in self._anew:
            self._anew.add(case.id)
            name = account.name_of(self.tx, case.account_id)
            self.posted += self._composer.boards.refresh(self.tx, case, name, now=self.now)

    def _post_on_boards(self, notice: Notice, case: Case, called: Sequence[Person]) -> str:
        """The name of a board that shows the notice, or ``""``."""
        if not self._composer.boards.names():
            return ""
        name = account.name_of(self.tx, case.account_id)
        if case.fresh:
            self.show_anew(case)  # the card first: all else stands below it
        asked_at = self.places.here(case.id)
        here = asked_at is not None and asked_at.side == "desk"
        if here and isinstance(notice, CustomerActed):
            notice = notice.without_words()  # they stand there already; that they were sent does not
        if not (here and isinstance(notice, NoteWritten)):
            callees = tuple(called)
            notification = self._notification(notice, NOBODY, case, shared=True, callees=callees)
            self.posted += self._composer.on_boards(self.tx, notification, name)
        places = self._composer.boards.places(type=case.type, category=case.category, account=name)
        return next(iter(places), "")

    def _notification(
        self,
        notice: Notice,
        to: Person,
        case: Case | None,
        *,
        shared: bool,
        files: Sequence[Attachment] | None = None,
        **how: Any,
    ) -> Notification:
        as_it_came = ""
        before = self.hold.before(case) if case and how.get("until") else None
        view = case
        if case and notice.audience != "staff" and not to.staff and not how.get("until"):
            view = self.hold.customer_view(case)  # it leaves before what others hold
        if notice.audience == "staff":
            as_it_came = raw_mail_link.url(self._composer, self.request, to)
            as_it_came = as_it_came or files_link.url(self._composer, self.request, case, to)
        return Notification(
            notice,
            to,
            case,
            self.now,
            shown=self._facts_for(view, to, notice, shared=shared) if view else None,
            before=before,
            shown_before=self._facts_for(before, to, notice, shared=shared) if before else None,
            as_it_came=as_it_came,
            mailbox=self.request.mailbox,
            files=self._attached_files(
                notice.entry, self.request.said.attachments if files is None else files
            ),
            at_once=self._speaks(notice),
            speaker=self.person if notice.audience == "customer" and self._speaks(notice) else None,
            fresh=case is not None and case.fresh and (case.id, to.id) not in self._heard,
            shared=shared,
            **how,
        )

    def _attached_files(self, entry: object, files: Iterable[Attachment]) -> tuple[Attachment, ...]:
        """The files of an entry's words, if they are told and not too large for a mail."""
        files = tuple(file for file in files if not file.inline)
        named = isinstance(entry, (PublicEntry, InternalEntry)) and entry.files
        fitting = sum(file.size for file in files) <= MOST_ALONG
        return files if named and fitting else ()

    def _without_words(self, notice: Notice, to: Person, case: Case) -> Notice:
        """The notice without quoted words that stand there already, or were private."""
        if not notice.text or not self.request.place:
            return notice
        said_there = self.places.reads_with_others(to, case) == self.request.place
        return notice.without_words() if said_there or self.places.in_private(case) else notice

    def words(self, channel: str, payload: bytes) -> str:
        """A message composed for a board, as plain text."""
        return self._composer.boards.words(channel, payload)

    def facts(self, case: Case) -> CaseFacts:
        """The case as its customers may see it."""
        requester = self.people.by_id(case.requester_id)
        owner = self.people.by_id(case.owner_id) if case.owner_id else None
        team = local_team.of_closed(self.tx, self.config, case)
        return case_facts(case, requester=requester, owner=owner, team=team)

    def page_url(self, purpose: str, case: Case, person: Person, *numbers: int) -> str:
        """A signed link to a customer's page: ``"case"``, or ``"survey"`` with the survey's id.

        ``""`` where there is no web door, or nobody has proven yet that the customer wrote at all.
        """
        return "" if case.held else self._composer.page_url(purpose, case.id, person.id, *numbers)

    def person_url(self, purpose: str, person: Person, *numbers: int) -> str:
        """A signed link to a page that is about a person and no case; ``""`` where there is no web door."""
        return self._composer.page_url(purpose, person.id, *numbers)

    def _facts_for(self, case: Case, to: Person, notice: Notice, *, shared: bool) -> CaseFacts:
        """The case for one reader: customers get the link to its page."""
        facts = self.facts(case)
        theirs = not shared and notice.audience != "staff" and not to.staff
        return self._composer.linked(facts, case, to) if theirs else facts


def _unproven(notice: Notice, case: Case | None) -> bool:
    """Is it for the customer of a held case, and not the words of a person?"""
    return case is not None and case.held and notice.audience == "customer" and notice.automatic
