"""The conversation: replies, files, notes, and what is kept without effect."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bot.commands.case import Attach, Close, Keep, Missed, Note, Open, Reply
from bot.desk.handlers.cases import lifecycle, open_case, waiting_dispatches
from bot.desk.handlers.conversation import callback, deleted_words, priority_line
from bot.desk.handlers.deadlines import timers
from bot.desk.handlers.people import cc_people, ownership, watchers
from bot.desk.handlers.people.cc_people import Copied
from bot.desk.turn import rights
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import Refusal
from bot.model.identity import Proof
from bot.model.message import DELETED
from bot.model.rule import CUSTOMERS
from bot.model.translatable import listed, saying, together
from bot.notices.case import CaseReopened
from bot.notices.conversation import Answer, CustomerActed, CustomerReplied, NoteWritten, Thanked, Unverified
from bot.queries.message_status import UNCHOSEN
from bot.syntax import thanks
from bot.syntax.case_numbers import entry_name, label
from store.cases import case as cases
from store.cases import entry as entries
from store.cases import participant
from store.cases.case import Case
from store.people.person import Person

NOBODY = saying("nobody: no customer can be reached")
_WHOSE = saying("Say whose case it is: set requester: ana@example.com.")
NO_FILES = (
    "No file came with your message, so nothing was added to {case}. Send the command and the files together."
)
OTHER_FILES = "Your files are on {other}, so nothing was added to {case}. Send them to {case} by themselves."
NOTED_FILES = saying(
    "Your files went with your note, so no customer has them. Send them once more, by themselves."
)
CHANGES = {
    "heard": "{who} changed an answer after it was sent: customers have what it said at first",
    "late": "{who} changed words into a command: a change is no command, so nothing was done",
}
"""What is told of a specialist's change in the desk's thread, where the new words stand already."""


@handles(Reply)
def reply(turn: Turn, command: Reply) -> str:
    """Send a specialist's words to the customers; a customer's to the specialists and other customers."""
    case = turn.case(command.case)
    if _speaks_for_desk(turn, case):
        turn.record(case, "answered", evidence=turn.request.evidence)
        return answer(turn, case, command.text)
    added = saying("Your message was added to {case}.", case=label(case.id))
    if command.original.startswith(UNCHOSEN) and deleted_words.settle(turn, case, command.original):
        return added
    if case.over and not turn.said.attachments and thanks.mere(command.text, _names(turn)):
        return _thanked(turn, case, command.text)
    if _long_over(turn, case):
        return _follow_up(turn, case, command.text)
    turn.say(case, command.text, visibility="public")
    turn.anchor(case)
    turn.record(case, "replied", evidence=turn.request.evidence)
    again = _woken(turn, case)
    met = _tell_of_reply(turn, case, command.text)
    heard = (callback.hear(turn, case, command.text), priority_line.answer(turn, case, command.text))
    return together(added, again, *heard, cc_people.not_notified(met))


def _speaks_for_desk(turn: Turn, case: Case) -> bool:
    """Does the asker speak for the desk? Staff do, except on cases that they opened themselves."""
    return turn.person.staff and case.requester_id != turn.person.id


def _thanked(turn: Turn, case: Case, text: str) -> str:
    """Keep thanks without reopening the case: the desk sees them, the writer is told how to reopen."""
    turn.say(case, text, visibility="public")
    turn.anchor(case)
    turn.record(case, "thanked", evidence=turn.request.evidence)
    if waiting_dispatches.closing_waits(turn, case):  # they are told of it behind their thanks, or never
        what = saying("{who} said thanks", who=turn.person.shown)
        turn.notifier.tell_desk(CustomerActed(what=what, text=text), case)
        return saying("Your message was added to {case}.", case=label(case.id))
    if any(isinstance(command, Close) for command in turn.request.commands):  # it says what the case is
        return saying("Your message was kept on {case}.", case=label(case.id))
    state = "resolved" if case.state == "resolved" else "closed"
    stays = {
        "resolved": "{who} said thanks; the case stays resolved",
        "closed": "{who} said thanks; the case stays closed",
    }[state]
    turn.notifier.tell_desk(CustomerActed(what=saying(stays, who=turn.person.shown), text=text), case)
    turn.notifier.tell(Thanked(), turn.person, case)
    pattern = {
        "resolved": "Your words were kept on {case}, which stays resolved. Still not working? Then reopen it.",
        "closed": "Your words were kept on {case}, which stays closed. Still not working? Then reopen it.",
    }[state]
    return saying(pattern, case=label(case.id))


def _names(turn: Turn) -> list[str]:
    """The names that a message to the desk may begin and end with."""
    return [turn.person.name, turn.config.desk.name, *(someone.name for someone in turn.people.staff())]


@handles(Attach)
def attach(turn: Turn, command: Attach) -> str:
    """Add files without words."""
    case = turn.case(command.case)
    put = command.original.startswith(UNCHOSEN)
    if not put and deleted_words.is_unverified(turn, command.original):
        return keep(turn, Keep(case.id, "", "unverified"))
    if not turn.said.attachments:
        raise Refusal(saying(NO_FILES, case=label(case.id)))
    files = [file.name for file in turn.said.attachments]
    pattern = "1 file added to {case}." if len(files) == 1 else "{count} files added to {case}."
    added = saying(pattern, count=str(len(files)), case=label(case.id))
    if put and deleted_words.settle(turn, case, command.original):
        return added
    if turn.files_on is not None:
        _refuse_elsewhere(case, *turn.files_on)
        return added
    if not _speaks_for_desk(turn, case) and _long_over(turn, case):
        return _follow_up(turn, case, "")
    turn.say(case, "", visibility="public")
    turn.anchor(case)
    turn.record(case, "attached", files=files, evidence=turn.request.evidence)
    if _speaks_for_desk(turn, case):
        return _sent_files(turn, case, len(files))
    again = _woken(turn, case)
    aside = cc_people.not_notified(_tell_of_reply(turn, case, ""))
    return together(added, again, aside)


def _sent_files(turn: Turn, case: Case, count: int) -> str:
    """Send files of the desk to the customers, and say to whom."""
    did = "{who} sent the customers a file" if count == 1 else "{who} sent the customers {count} files"
    names = _pass_on(turn, case, "", did=saying(did, who=turn.person.shown, count=str(count)))
    pattern = (
        "A file on {case}, on the way to {names}."
        if count == 1
        else "{count} files on {case}, on the way to {names}."
    )
    confirmation = saying(pattern, count=str(count), case=label(case.id), names=names)
    return together(confirmation, cc_people.passed_over(turn, case))


def _refuse_elsewhere(case: Case, other: int, public: bool) -> None:
    """Refuse to add files to a case, if they came with earlier words and are not what its customers have."""
    if not public:
        raise Refusal(NOTED_FILES)
    if other != case.id:
        raise Refusal(saying(OTHER_FILES, case=label(case.id), other=label(other)))


@handles(Note)
def note(turn: Turn, command: Note) -> str:
    """Write an internal note."""
    case = turn.case(command.case)
    turn.say(case, command.text, visibility="internal")
    turn.anchor(case)
    turn.record(case, "noted", evidence=turn.request.evidence)
    called = watchers.mentioned(turn, case, command.text)
    turn.notifier.tell_desk(NoteWritten(entry=turn.internal(command.text)), case, also=called)
    return saying("Your note was kept on {case}. Only the support team sees it.", case=label(case.id))


@handles(Missed)
def missed(turn: Turn, command: Missed) -> str:
    """Report files that cannot be kept to the support team, and to their sender what to do instead."""
    case, names = turn.case(command.case), listed(*command.files)
    turn.record(case, "files missed", files=list(command.files))
    many = len(command.files) != 1
    lost = (
        "{who} sent files that could not be kept: {names}"
        if many
        else "{who} sent a file that could not be kept: {names}"
    )
    what = saying(lost, who=turn.person.shown, names=names)
    turn.notifier.tell_desk(CustomerActed(what=what), case)
    pattern = (
        "Some files could not be kept on {case}: {names}."
        if many
        else "A file could not be kept on {case}: {names}."
    )
    upload_url = "" if turn.person.staff else turn.notifier.page_url("upload", case, turn.person)
    instead = saying("Please send a link instead.")
    if upload_url:
        instead = saying("You can upload files of any size here: {url}", url=upload_url)
    raise Refusal(together(saying(pattern, case=label(case.id), names=names), instead))


@handles(Keep)
def keep(turn: Turn, command: Keep) -> str:
    """Keep a message on the case: it changes nothing and reaches no customer."""
    case = turn.case(command.case)
    unverified = command.why == "unverified" or deleted_words.is_unverified(turn, command.original)
    visibility = "internal" if command.inward or unverified else "public"
    deleted = bool(command.original) and command.text.startswith(DELETED) and not turn.person.staff
    text = deleted_words.kept_as(command.text) if deleted else command.text
    why = "automatic" if deleted else command.why
    entry = turn.say(case, text, visibility=visibility, kind=why)
    away = {"away_until": command.away_until} if command.away_until else {}
    turn.record(case, f"kept as {why}", sender=turn.person.address, evidence=turn.request.evidence, **away)
    if deleted:
        deleted_words.withdraw(turn, case, command.original)
    elif command.why == "unverified" and turn.request.may_answer:
        _tell_of_unverified(turn, case, command.text, entry)
    elif command.change:
        tell_of_change(turn, case, command.change, command.text)
    if turn.person.staff and command.why == "unverified":
        raise Refusal(
            saying(
                "We passed it on to nobody, and nothing in it was done: it did not come to a reply address that we "
                "gave you. The support team can read it on {case}. Please reply to a mail that we sent to you. (Whom "
                "you wrote to yourself has it already.)",
                case=label(case.id),
            )
        )
    return saying("Your message was kept on {case}.", case=label(case.id))


def _tell_of_unverified(turn: Turn, case: Case, text: str, entry: int) -> None:
    """Tell the desk, which decides about unverified words; a colleague's own need no acceptance."""
    here = turn.places.here(case.id)
    files = ", ".join(file.name for file in turn.said.attachments)
    text = "" if here is not None and here.side == "desk" else text or files  # they stand there already
    offered = None if turn.person.staff else entry_name(entry)
    turn.notifier.tell_desk(Unverified(what=_not_taken(turn, case), text=text, offered=offered), case)


def tell_of_change(turn: Turn, case: Case, change: str, text: str) -> None:
    """Tell the desk that words were changed or deleted after they were heard; a note shows that itself."""
    here, who = turn.places.here(case.id), turn.person.shown
    if here is None or here.side != "desk":
        what = saying("{who} changed something after it was said", who=who)
        turn.notifier.tell_desk(CustomerActed(what=what, text=text), case)
    elif change in CHANGES:
        turn.notifier.tell_desk(CustomerActed(what=saying(CHANGES[change], who=who)), case)


def _not_taken(turn: Turn, case: Case) -> str:
    """Why an entry was kept for the desk only, in words."""
    who, role = turn.person, participant.role(turn.tx, case.id, turn.person.id)
    if participant.removed(turn.tx, case.id, who.id):
        pattern = "{who} was removed from this case, and wrote again. Only the desk sees it"
        return saying(pattern, who=who.shown)
    if who.staff or turn.proof < Proof.PLAUSIBLE:
        pattern = "{who} wrote, and we could not be sure that it was them. Only the desk sees it"
    elif turn.request.key.startswith(UNCHOSEN) and role in CUSTOMERS:
        pattern = "{who} did not say which of their cases this is about. Only the support team sees it"
        return saying(pattern, who=who.shown)
    else:
        pattern = "{who}, who takes no part in this case, wrote. Only the desk sees it"
    return saying(pattern, who=who.identified)


def answer(turn: Turn, case: Case, text: str, *, workaround: bool = False, correction: bool = False) -> str:
    """Send a specialist's answer to the customers; if the case waits for them, their time starts anew."""
    before = _answered_just_now(turn, case)
    turn.say(case, text, visibility="public", kind="workaround" if workaround else "said")
    turn.anchor(case)
    did = saying("{who} corrected an answer" if correction else "{who} answered", who=turn.person.shown)
    names = _pass_on(turn, case, text, did=did, workaround=workaround, correction=correction)
    also = ""
    if before:
        also = saying("{who} had answered already, so the customer has two answers.", who=before)
        turn.owe_answer()
    return together(_confirmed(turn, case, names), also, cc_people.passed_over(turn, case))


def _confirmed(turn: Turn, case: Case, names: str) -> str:
    """Where an answer of the desk's goes, in words."""
    if names == NOBODY:
        pattern = "Your answer was kept on {case}, and sent to nobody: no customer can be reached."
        sent = saying(pattern, case=label(case.id))
        return together(sent, name_requester(turn, case), saying("Then answer again."))
    if turn.notifier.hold.waiting:  # to whom it goes, and when, is said behind it
        return saying("Your answer was added to {case}.", case=label(case.id))
    return saying("Your answer on {case} is on its way to {names}.", case=label(case.id), names=names)


def name_requester(turn: Turn, case: Case) -> str:
    """Return how a specialist names the requester of a case whose customer cannot be reached."""
    offered = cases.offered(turn.tx, case.id) if case.held else ""
    return saying("To make {who} the requester: accept {who}.", who=offered) if offered else _WHOSE


def _answered_just_now(turn: Turn, case: Case) -> str:
    """The name of a colleague who gave the last answer that the customers have."""
    last = next(iter(entries.latest(turn.tx, case.id, 1)), None)
    if last is None or last.role not in ("specialist", "manager") or last.person_id == turn.person.id:
        return ""
    return last.name


def _pass_on(
    turn: Turn, case: Case, text: str, *, did: str, workaround: bool = False, correction: bool = False
) -> str:
    """Send words or files of the desk as an answer; returns the names of those who get it."""
    timers.answered(turn, case)
    own_if_free(turn, case)
    if case.state == "waiting":
        timers.wait(turn, case)
    names = tell_customers(turn, case, text, workaround=workaround, correction=correction)
    if names == NOBODY:
        turn.owe_answer()
    turn.notifier.tell_desk(CustomerActed(what=did, text=text), case)
    return names


def own_if_free(turn: Turn, case: Case) -> None:
    """Make the first specialist who does something on a case its owner."""
    if case.state == "new":
        turn.change(case, state="open")
    if case.owner_id is None and turn.person.role != "operator":
        ownership.give(turn, case, turn.person)
        turn.record(case, "taken")


def tell_customers(
    turn: Turn, case: Case, text: str, *, workaround: bool = False, correction: bool = False
) -> str:
    """Send words to the case's customers except the asker; returns their names."""
    closed = lifecycle.closes_with(turn, case)
    author, days = turn.person.shown, turn.config.desk.reopen_days
    answer = Answer(
        entry=turn.public(text), workaround=workaround, correction=correction, closed=closed, reopen_days=days
    )
    others = [customer for customer in turn.people.customers(case) if customer.id != turn.person.id]
    many = len(others) > 1
    recipients = [
        person for person in others if turn.notifier.tell(answer, person, case, author=author, alike=many)
    ]
    turn.notifier.tell_place(answer, case, author=author)
    if closed:
        elsewhere = {
            recipient.id
            for recipient in recipients
            if turn.places.reads_with_others(recipient, case) != turn.request.place
        }
        places = {place for notice, place in turn.notifier.sent if notice == answer.name}
        turn.read_closing |= {(case.id, reader) for reader in elsewhere | places}
    return notified_names(recipients)


def notified_names(people: Iterable[Person]) -> str:
    """The names of those who were notified, in words."""
    return ", ".join(person.shown for person in people) or NOBODY


def _tell_of_reply(turn: Turn, case: Case, text: str) -> Copied:
    """Tell both sides of a reply; returns the people in Cc."""
    met = cc_people.meet(turn, case, opening=False)
    entry, sender = turn.public(text), turn.person.shown
    turn.notifier.tell_desk(CustomerReplied(entry=entry, sender=sender, proposed=met.outside), case)
    tell_customers(turn, case, text)
    return met


def wake(turn: Turn, case: Case) -> bool:
    """Let a customer's words reopen a case or end its waiting, and start the clock; was it reopened?

    A closing that they have not been told of is taken back instead; of a reopening they are told at once.
    """
    waiting_dispatches.settle(turn, case)
    over = case.over
    if over:
        lifecycle.set_open(turn, case)
    else:
        timers.asked(turn, case)
    return over


def _woken(turn: Turn, case: Case) -> str:
    """Wake the case for the asker; returns what to say if that reopened it."""
    if not wake(turn, case):
        return ""
    request = turn.request
    if request.source == turn.person.channel and request.may_answer and not request.explicit:
        turn.notifier.tell(CaseReopened(by=""), turn.person, case)  # who asked by a command reads it there
    return saying("{case} is open again.", case=label(case.id))


def _long_over(turn: Turn, case: Case) -> bool:
    """Is the case over for longer than a plain reply may reopen it?"""
    days = timedelta(days=turn.config.desk.reopen_days)
    return case.over and turn.now - (case.closed_at or turn.now) > days


def _follow_up(turn: Turn, case: Case, text: str) -> str:
    """Open a new case linked to one that is over for too long; more words until it is over join it."""
    earlier = cases.follow_up(turn.tx, case.id, turn.person.id)
    if earlier is not None:
        rights.allow(turn, Reply(earlier, text))
        files = not text and turn.said.attachments
        return attach(turn, Attach(earlier)) if files else reply(turn, Reply(earlier, text))
    subject = turn.said.subject or case.subject
    return open_case.open_case(turn, Open(subject, text, priority=case.priority, linked=case.id))
