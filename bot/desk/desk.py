"""The desk: ``handle`` what is asked, ``ask`` what is known; the only doors for channels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any, TypeVar

import structlog

from bot.articles.clicks import ArticleClicks
from bot.commands.browse import CaseListing, Help, Show, Unclear
from bot.commands.case import Close, Keep, Note, Reopen, Reply
from bot.commands.snippets import SaveSnippet, SendSnippet
from bot.commands.urgency import ChangePriority, Concern
from bot.commands.work import AskFor, Workaround
from bot.config.load import Config
from bot.desk.handlers.conversation import conversation
from bot.desk.handlers.registry import HANDLERS
from bot.desk.turn import rights
from bot.desk.turn.dispatch import Dispatcher
from bot.desk.turn.turn import Turn
from bot.model.choice import Choice
from bot.model.errors import BadCommand, NoSuchCase, NotAllowed, NotProven, Refusal
from bot.model.facts import Answered, HealthView
from bot.model.identity import CLOCK, OPERATOR, Proof
from bot.model.mark import Mark
from bot.model.outcome import Outcome
from bot.model.pages import Gone, Page, Purpose, StoredFile
from bot.model.question import Question
from bot.model.request import Command, OnCase, Request, WithText
from bot.model.translatable import together
from bot.notices.conversation import Marked, Transcript
from bot.notify.compose import Composer
from bot.pages.resolver import PageResolver
from bot.policy import admission, local_team, quotas
from bot.policy.canary_state import MissingCanaries
from bot.queries.lists import HealthNow
from bot.runtime.clock import Clock
from bot.runtime.group_commit import Writer
from store import channel_state
from store.cases.case import Case
from store.directory import staff
from store.engine.database import Database
from store.engine.transaction import Transaction
from store.people import person as people
from store.people.person import Person
from store.queues import inbox, outbox_outcomes
from store.queues.outbox import Outgoing

T = TypeVar("T")
log = structlog.get_logger("desk")


class Desk:
    """Handles requests in order; each has one effect, however often it arrives."""

    def __init__(
        self,
        config: Config,
        database: Database,
        writer: Writer,
        *,
        composer: Composer,
        clock: Clock | None = None,
    ) -> None:
        self.clock = clock = clock or Clock()
        self.config = config
        self.pages = PageResolver(config, composer.links)
        composer.links.clock = clock
        self.clicks = ArticleClicks(writer, zone=config.zone, now=clock)
        self._database = database
        self._writer = writer
        self._composer = composer
        self.hand_over: Callable[[Sequence[Outgoing]], None] = lambda rows: None
        """Takes outbox rows once they are durable (the courier, where there is one)."""

    def handle(self, request: Request) -> Outcome:
        """Do what is asked; return once it is durable.

        Raises what is the house's fault; ``BadCommand`` for a form with an invalid field, ``NoRoom`` and
        ``TooMany`` for a web form that is beyond today's limits.
        """
        # nobody waits for what the clock asks
        urgent = request.asker != CLOCK
        outcome: Outcome = self._writer.put(self._handle, request, urgent=urgent).result()
        self.hand_over(outcome.posted)
        return outcome

    def ask(self, question: Question[T]) -> T:
        """Answer a question from the present state; changes nothing."""
        with self._database.reading() as tx:
            return question.answer(tx)

    def page(self, purpose: Purpose, token: str, *, part: int = 1) -> Page | None:
        """The page that a signed link leads to; None if the link is not ours. Changes nothing.

        ``part``: which page of a list.
        """
        with self._database.reading() as tx:
            return self.pages.find(tx, purpose, token, now=self.now(), part=part)

    def file(self, purpose: Purpose, token: str, file_id: int) -> StoredFile | Gone | None:
        """A file on the page that a link leads to; None if the link's holder has no file of that id."""
        with self._database.reading() as tx:
            return self.pages.file(tx, purpose, token, file_id=file_id, now=self.now())

    def in_words(self, language: str, sentence: str) -> str:
        """One of our sentences in a language; English if it is not translated."""
        return self._composer.translated(language, sentence)

    def requeue(self, ids: Sequence[int] | None = None, *, reason: str | None = None) -> int:
        """Requeue messages: these, or all whose reason starts with ``reason``; returns how many.

        What was only set aside needs its id or its reason: ``store.queues.inbox.requeue``.
        """
        return self._writer.write(inbox.requeue, ids, reason=reason, now=self.now())

    def retry(self, ids: Sequence[int] | None = None) -> int:
        """Make dead or postponed deliveries (these, or all) due at once; returns how many."""
        return self._writer.write(outbox_outcomes.retry, ids, now=self.now())

    def health(self) -> HealthView:
        """The sizes of the queues, read after a transaction that could write."""
        self._writer.put(lambda tx, items: [None] * len(items), None).result(timeout=10)
        view = self.ask(HealthNow(self.now()))
        ahead = self._database.ahead().total_seconds()
        return replace(view, ahead=ahead, silent=self.ask(MissingCanaries(self.config)))

    def _handle(self, tx: Transaction, requests: Sequence[Request]) -> list[Outcome]:
        return [self.repeated(tx, request) or self.perform(tx, request) for request in requests]

    def repeated(self, tx: Transaction, request: Request) -> Outcome | None:
        """The result of the same request when it came before; None if it never did."""
        return _before(tx, request.source, request.key)

    def before(self, source: str, key: str) -> Outcome | None:
        """The result of the request with this key; None if there was none. Changes nothing."""
        with self._database.reading() as tx:
            return _before(tx, source, key)

    def perform(self, tx: Transaction, request: Request) -> Outcome:
        """Handle a request within the caller's transaction; effect and receipt share it.

        A second receipt for the same key makes the transaction fail: ask ``repeated`` first if it may be one.
        """
        now = self.now()
        if request.said.inbox is None and admission.turned_away(tx, self.config, request):
            return self._turned_away(tx, request)
        person = self._asker(tx, request, now)
        quotas.draw_form(tx, self.config.limits, request, person, now=now)
        commands = tuple(map(self._without_links, request.commands))
        if commands != request.commands:
            request = replace(request, commands=commands)
        turn = Turn(tx, request, config=self.config, composer=self._composer, person=person, now=now)
        _listen(turn)
        dispatcher = Dispatcher(turn, HANDLERS)
        answered = tuple(
            self._do(turn, dispatcher, number, command) for number, command in enumerate(request.commands)
        )
        undone = dispatcher.store()
        if undone:
            turn.offer(undone)
            answered = _with_recipients(answered, turn.in_words(dispatcher.words()))
        if (
            (request.explicit or turn.transcript.owed)
            and request.may_answer
            and request.proof >= Proof.PLAUSIBLE
        ):
            _send_transcript(turn, _as_typed(answered, request.words))
        _put_draft_away(turn, answered)
        turn.finish()
        case = turn.touched.id if turn.touched else None
        _write_receipts(turn, case, answered)
        shown = turn.transcript
        return Outcome(
            answered,
            case,
            cases=shown.cases,
            listing=shown.listing,
            help=shown.help,
            view=shown.view,
            entries=shown.entries,
            history=shown.history,
            choices=tuple(turn.choices),
            posted=tuple(turn.notifier.posted),
        )

    def now(self) -> datetime:
        """The desk's clock."""
        return self.clock()

    def _do(self, turn: Turn, dispatcher: Dispatcher, number: int, command: Command) -> Answered:
        words = turn.request.words[number] if number < len(turn.request.words) else ""
        words = words or _own_words(command) or type(command).__name__.lower()
        turn.notifier.sent.clear()
        try:
            command = rights.redirected(turn, command)
            rights.allow(turn, command)
            return Answered(words, "done", turn.in_words(dispatcher.carry_out(command)))
        except BadCommand as refusal:
            if turn.request.form:
                raise
            return Answered(words, "unclear", turn.in_words(refusal.said))
        except Refusal as refusal:
            log.info("refused", command=type(command).__name__, why=type(refusal).__name__)
            elsewhere = rights.instead(turn, command) if isinstance(refusal, NotProven) else ""
            elsewhere = elsewhere or _team(turn, refusal)
            why = together(refusal.said, elsewhere, _words_kept(turn, command))
            return Answered(words, "refused", turn.in_words(why))

    def _turned_away(self, tx: Transaction, request: Request) -> Outcome:
        """The outcome of a refused form: nothing is done or kept, the sender still has it on the screen."""
        language = request.language or request.asker.language
        why = self._composer.translated(language, admission.words(admission.team(tx, self.config, request)))
        return Outcome((Answered((request.words or ("your request",))[0], "refused", why),))

    def _without_links(self, command: Command) -> Command:
        """The command without links to the writer's own page, since its text goes to other people."""
        values = {field.name: getattr(command, field.name) for field in fields(command)}
        hidden = {
            name: self._hidden(value) for name, value in values.items() if isinstance(value, str | tuple)
        }
        changed = {name: value for name, value in hidden.items() if value != values[name]}
        return replace(command, **changed) if changed else command

    def _hidden(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(self._hidden, value))
        return self.pages.without_links(value) if isinstance(value, str) else value

    def _asker(self, tx: Transaction, request: Request, now: datetime) -> Person:
        asker = request.asker
        if asker in (OPERATOR, CLOCK):
            person = people.find(tx, asker.channel, asker.address)
            if person is None:
                name = self.config.desk.name if asker == OPERATOR else ""  # the clock signs nothing
                staff.set_staff(tx, [(asker.channel, asker.address)], name=name, role=asker.address, now=now)
            return person or people.meet(tx, asker.channel, asker.address, now=now)
        trusted = request.proof >= Proof.PLAUSIBLE
        language = request.language if request.may_answer else ""  # a machine writes in its own
        someone = people.meet(
            tx, asker.channel, asker.address, name=asker.name, known=trusted, language=language, now=now
        )
        if not someone.language:
            someone = people.speaks(tx, someone, asker.language.partition("-")[0].lower())
        return people.welcome(tx, someone, request.place) if request.place else someone


def _own_words(command: Command) -> str:
    """The words that stand for a command which nobody typed as one."""
    return command.words if isinstance(command, Unclear | CaseListing) else ""


def _write_receipts(turn: Turn, case: int | None, answered: Sequence[Answered]) -> None:
    """Write what the request, or a copy of it, is answered with when it comes again."""
    request = turn.request
    result: dict[str, Any] = {"case": case, "answered": [asdict(line) for line in answered]}
    if turn.choices:
        result["choices"] = [asdict(choice) for choice in turn.choices]
    inbox.write_receipt(turn.tx, request.source, request.key, result, now=turn.now)
    for key in request.copies:
        inbox.write_copy(turn.tx, key, {"case": case, "key": request.key}, now=turn.now)


def _put_draft_away(turn: Turn, answered: Sequence[Answered]) -> None:
    """Put away the draft of a form that is done: no second transaction, which its sender would wait for."""
    draft = turn.request.draft
    if draft and all(line.outcome == "done" for line in answered):
        channel_state.replace(turn.tx, draft.name, draft.state)


def _with_recipients(answered: tuple[Answered, ...], words: str) -> tuple[Answered, ...]:
    """The answers, the last of what was done with to whom it goes, and when."""
    last = max((n for n, line in enumerate(answered) if line.outcome == "done"), default=-1)
    return tuple(
        replace(line, text=f"{line.text} {words}") if n == last else line for n, line in enumerate(answered)
    )


def _as_typed(answered: Sequence[Answered], words: Sequence[str]) -> list[Answered]:
    """Each answer with the words that were typed; no words for what came of plain text."""
    typed = (*words, *(line.words for line in answered[len(words) :]))
    return [replace(line, words=text) for line, text in zip(answered, typed, strict=True)]


def _before(tx: Transaction, source: str, key: str) -> Outcome | None:
    stored = inbox.find_receipt(tx, source, key)
    if stored is None:
        return None
    answered = tuple(Answered(**line) for line in stored.get("answered", ()))
    choices = tuple(Choice(**choice) for choice in stored.get("choices", ()))
    return Outcome(answered, stored["case"], repeated=True, choices=choices)


_WITH_WORDS = (Note, Reopen, Close, Concern, ChangePriority, AskFor, Workaround, SendSnippet, SaveSnippet)


def _team(turn: Turn, refusal: Refusal) -> str:
    """The local team that a customer may ask who was not admitted."""
    barred = isinstance(refusal, (NotAllowed, NoSuchCase)) and not turn.person.staff
    return local_team.named(local_team.of(turn.tx, turn.config, turn.person.account_id)) if barred else ""


def _words_kept(turn: Turn, command: Command) -> str:
    """Keep the text that a customer sent with a refused command, so that it is not lost."""
    case = command.case if isinstance(command, OnCase) else turn.request.proven_on
    if turn.person.staff or not isinstance(command, _WITH_WORDS) or not command.text or case is None:
        return ""
    reply = Reply(case, command.text)
    try:
        rights.allow(turn, reply)
        return conversation.reply(turn, reply)
    except Refusal:
        return ""


def _listen(turn: Turn) -> None:
    """Note how somebody outside the desk answers our mail, for the limits of automatic mail."""
    asked, who = turn.request, turn.person
    first = asked.commands[0] if asked.commands else None
    if who.staff or not turn.places.by_mail or not asked.may_answer or isinstance(first, (Keep, type(None))):
        return
    if asked.explicit and isinstance(first, (CaseListing, Show, Help)):  # no machine looks things up
        return
    text = turn.said.text or (first.text if isinstance(first, WithText) else "")
    case = first.case if isinstance(first, OnCase) else None
    if text.strip():  # a person's next question may have the same words, but hardly the same subject too
        turn.notifier.mail_limits.hear(who, case, text if case else f"{turn.said.subject}\n{text}")


def _signed(turn: Turn, mark: Mark, answered: Sequence[Answered], case: Case | None) -> bool:
    """Show the sign that somebody has put there, if all is done; does that say everything?

    Words that go to customers are confirmed in words too, and a question is no answer.
    """
    if any(line.outcome != "done" for line in answered):
        return False
    if mark.meaning != "resolve":
        turn.notifier.tell(Marked(mark=mark.at), turn.person, case)
    return mark.meaning not in ("send", "internal")


def _send_transcript(turn: Turn, answered: Sequence[Answered]) -> None:
    """Tell the asker what was understood, done and refused.

    Not where all that they asked by mail is in a notice of their own already.
    """
    done = [line.outcome for line in answered] == ["done"] and not turn.transcript.in_full
    if turn.notifier.asker_notified and done and turn.places.by_mail:
        return
    case = turn.touched
    if turn.request.mark and _signed(turn, turn.request.mark, answered, case):
        return
    if case is None and turn.request.proven_on and any(line.outcome != "done" for line in answered):
        case = turn.find_case(turn.request.proven_on)  # what was not done was asked there
    if case is not None and rights.role_on(turn, case.id) == "stranger":
        case = None
    shown = turn.transcript
    transcript = Transcript(
        answered=tuple(answered),
        cases=shown.shown_lists(),
        view=shown.view,
        entries=shown.entries,
        history=shown.history,
        choices=tuple(turn.choices),
        help=shown.help,
    )
    turn.notifier.tell(transcript, turn.person, case)
