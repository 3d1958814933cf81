"""The client of the desk: answers within Slack's three seconds, or says that it is late."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as Expired
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar

from bot.channel.context import ChannelContext
from bot.channel.protocols import Kept
from bot.model.errors import Refusal
from bot.model.facts import Suggestion
from bot.model.identity import Identity, Proof
from bot.model.message import Said
from bot.model.outcome import Outcome
from bot.model.question import Question
from bot.model.request import Command, Request, SentDraft
from bot.queries.articles import Suggest
from bot.queries.form_facts import FormFacts, FormFactsOf, OwnNewCasePage
from bot.queries.people import AccountOf, ColleaguesOf, LanguageOf, LocalTeamOf
from channels.language_detection import detect_language
from channels.slack.desk.drafts import Drafts
from channels.slack.desk.memberships import Memberships
from channels.slack.desk.user import Who
from channels.slack.inbound.authors import Authors
from channels.slack.inbound.marked import made_of
from channels.slack.inbound.message_text import MessageText
from channels.slack.text.i18n import Translate
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.workspace import Workspace

T = TypeVar("T")
UNKNOWN = (
    "Slack does not tell us just now who one of these people is, so nothing was done. Please try again in a minute, "
    "or without them."
)
PATIENCE = 2.3
"""Seconds of the three that Slack gives us; the rest is the way there and back."""
LOOKUPS = 10
"""Threads that ask Slack what a form waits for only a moment: those who wait for it have others."""
LANGUAGE_TIMEOUT = 0.5
"""Seconds in which Slack may tell a language before English is spoken."""


class Late(Exception):
    """The desk has not answered yet; the request is in progress, and ``future`` will have its result."""

    def __init__(self, future: Future[Any]) -> None:
        super().__init__("late")
        self.future = future


@dataclass(frozen=True, slots=True)
class SlackRequest:
    """One person's commands together; ``key`` is the receipt's."""

    who: Who
    key: str
    commands: tuple[Command, ...]
    said: Said = field(default_factory=Said)
    place: str = ""
    form: bool = False
    letter: str = ""
    """The message that the case is made of; it goes on below it."""
    draft: SentDraft | None = None


class Colleague(Protocol):
    """What the config says of one of the desk's people."""

    @property
    def name(self) -> str: ...

    @property
    def mail(self) -> str: ...

    @property
    def role(self) -> str: ...


class DeskClient:
    """Passes requests to the desk."""

    def __init__(self, context: ChannelContext[Settings], workspace: Workspace) -> None:
        self.desk_channels = workspace.desk_channels
        self._context = context
        self._people = workspace.people
        self.text = MessageText(Authors(context, workspace.people))
        self._hands = ThreadPoolExecutor(20, thread_name_prefix="slack-desk")
        self._lookups = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="slack-lookups")
        self.config = config = context.desk.config
        self.lists = config.lists
        self.pages = context.desk.pages
        self.docs_url: str = config.desk.docs_url
        self.scope: str = config.desk.scope
        self.memberships = Memberships(workspace.posting)
        self.drafts = Drafts(context.remember, context.amend, now=self.now)

    @property
    def _staff(self) -> Mapping[str, Colleague]:
        """The desk's people of this moment, by their address in Slack."""
        members = self.config.staff
        return {address.lower(): member for member in members if (address := member.addresses.get("slack"))}

    @property
    def colleagues(self) -> dict[str, str]:
        """Mail address → name."""
        return {member.mail: member.name for member in self.config.staff}

    def staff(self, who: Who) -> bool:
        """Is it somebody of the desk? By team and user, never by a name or a profile."""
        return _address(who.team, who.user) in self._staff

    def may_broadcast(self, who: Who) -> bool:
        """May they tell the customers of many cases the same? The desk decides once more."""
        member = self._staff.get(_address(who.team, who.user))
        return member is not None and (member.role == "manager" or self.config.desk.broadcast != "managers")

    def signs(self, who: Who) -> str:
        """The name that a specialist's answers carry."""
        member = self._staff.get(_address(who.team, who.user))
        return member.name if member else self.name(who)

    def mail_of(self, team: str, user: str) -> str:
        """The mail address of somebody of the desk, or ``""``."""
        member = self._staff.get(_address(team, user))
        return member.mail if member else ""

    def somebody(self, user: str, *, home: str) -> Who:
        """A chosen or mentioned user of any team. Raises ``Refusal`` while Slack does not say which."""
        team = self._people.team(user)
        if not team:
            raise Refusal(UNKNOWN)
        return Who(team, user, home)

    def known(self, who: Who) -> Who:
        """The same person, by the workspace of their organisation that the desk knows them by.

        While Slack does not say whether it is one organisation, whoever has this user's id is the one the desk knows.
        """
        return replace(who, team=self._people.same(who.user, who.team) or self._people.met_as(who.user))

    def name(self, who: Who) -> str:
        return self._people.name(who.team, who.user, who.fallback)

    def ask(self, request: SlackRequest) -> Outcome:
        """Do it durably, however long it takes.

        Raises ``BadCommand`` for a form, or what is our fault: then nothing was done.
        """
        name, texts = self.name(request.who), (getattr(command, "text", "") for command in request.commands)
        outcome: Outcome = self._context.desk.handle(
            Request(
                source="slack",
                key=request.key,
                asker=request.who.identity(name, self._people.language(request.who.user)),
                language=detect_language("\n".join(texts)),
                proof=Proof.LINKED,
                commands=request.commands,
                at=self._context.desk.now(),
                said=request.said,
                mailbox=self._context.mailboxes[0].address,
                place=request.place,
                form=request.form,
                draft=request.draft,
                below=bool(request.letter),
                copies=(made_of(request.letter),) if request.letter else (),
            )
        )
        return outcome

    def words(self, who: Who) -> Translate:
        """A translator into the user's language: for specialists the desk's, as on their cards.

        For customers, the language that they write, else the one that their Slack is set to.
        """
        asked = LanguageOf(self._context.desk.config, "slack", who.address)
        language = self.look(asked) or self._slacks_language(who)
        return partial(self._context.desk.in_words, language)

    def _slacks_language(self, who: Who) -> str:
        """The language of their Slack; a slow Slack is waited for only a moment, and known next time."""
        if not self._people.language(who.user):
            wait([self._lookups.submit(self.name, who)], timeout=LANGUAGE_TIMEOUT)
        return self._people.language(who.user)

    def may_post(self, channel: str) -> bool:
        """May the app post in a channel? A slow Slack is waited for only a moment: then it does not."""
        if self.memberships.remembered(channel) is None:
            wait([self._lookups.submit(self.memberships.learn, channel)], timeout=LANGUAGE_TIMEOUT)
        return bool(self.memberships.remembered(channel))

    def local_team(self, who: Who, place: str) -> str:
        """The address of their local service team, or ``""``."""
        usual = self._context.desk.config.desk.local_team
        return str(self.look(LocalTeamOf("slack", who.address, place, usual)))

    def colleagues_of(self, who: Who, words: str = "") -> tuple[Identity, ...] | None:
        """The contacts of a customer's account that match these words; None if they have no account."""
        colleagues: tuple[Identity, ...] | None = self.look(
            ColleaguesOf("slack", who.address, who.place, words)
        )
        return colleagues

    def form_facts(self, who: Who, case: int) -> FormFacts:
        """What a form about a case may show to them."""
        return self.look(FormFactsOf(case, "slack", who.address, self.now()))

    def upload_url(self, who: Who, case: int) -> str:
        """Their own page for files of a case, of any size; ``""`` if they have none."""
        numbers = self.form_facts(who, case).upload
        return self.pages.upload(*numbers) if numbers else ""

    def new_case_url(self, who: Who) -> str:
        """The page on which they open a case with files of any size; ``""`` if they have none."""
        if self.staff(who):
            return ""
        return self.pages.new_case(self.look(OwnNewCasePage(self.config, "slack", who.address)))

    def is_nobodys(self, who: Who) -> bool:
        """Is somebody in a channel, and that neither the desk's nor an account's own?"""
        if who.channel[:1] not in ("C", "G") or self.desk_channels.owns(who.channel):
            return False
        return not self.look(AccountOf("slack", who.place))

    def articles(self, subject: str) -> tuple[Suggestion, ...]:
        """Articles that may answer a subject, each with a link that counts clicks."""
        link = self._context.desk.clicks.link
        return tuple(replace(suggestion, url=link(suggestion)) for suggestion in self.look(Suggest(subject)))

    def look(self, question: Question[T]) -> T:
        """``Desk.ask``: from the present state, changing nothing."""
        return self._context.desk.ask(question)

    def now(self) -> datetime:
        """The desk's clock."""
        now: datetime = self._context.desk.now()
        return now

    def ourselves(self) -> str:
        """Our own user id; ``""`` while Slack has not said it."""
        return self._people.known_id()

    def asked(self, key: str) -> bool:
        """Was a request with this key handled before?"""
        return self._context.desk.before("slack", key) is not None

    def made_of(self, letter: str) -> int:
        """The case that was made of this message before, or 0."""
        before = self._context.desk.before("copy", made_of(letter))
        return (before.case or 0) if before else 0

    def keep(self, key: str, raw: bytes, envelope: dict[str, Any]) -> Kept:
        """Keep something in the inbox; it is durable on return."""
        return self._context.keep("slack", key, raw, envelope).result(timeout=10)

    def within(self, work: Callable[[], T], *, since: float | None = None) -> T:
        """The result (or error) of ``work``, or ``Late``: it goes on, and its future has the result.

        ``since``: when (monotonic) Slack began to wait.
        """
        future = self._hands.submit(copy_context().run, work)
        spent = time.monotonic() - since if since is not None else 0.0
        try:
            return future.result(timeout=max(PATIENCE - spent, 0.0))
        except Expired:
            if future.done():
                return future.result()  # the work's own answer, or its own TimeoutError
            raise Late(future) from None

    def close(self) -> None:
        """Take no more requests."""
        self._hands.shutdown(wait=False)
        self._lookups.shutdown(wait=False)


def _address(team: str, user: str) -> str:
    return f"{team}/{user}".lower()
