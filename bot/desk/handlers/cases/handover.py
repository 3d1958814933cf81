"""Handover: a case out of this desk's scope goes to the customer's local service team."""

from __future__ import annotations

from collections.abc import Iterator

from bot.commands.work import Handover
from bot.config.addresses import own_address
from bot.desk.handlers.deadlines import timers
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import BadCommand, Refusal
from bot.model.facts import FileFacts
from bot.model.mail_address import MAIL, has_mail, mail_identity
from bot.model.message import Attachment
from bot.model.translatable import saying
from bot.notices.case import HandedOver, PassedOn
from bot.notices.conversation import CustomerActed
from bot.notify.compose import MOST_ALONG
from bot.notify.notification import Notification
from bot.policy import local_team
from bot.policy.local_team import OUT_OF_SCOPE
from bot.queries import public_entries
from bot.syntax.case_numbers import label
from store.cases import attachment as attachments
from store.cases import case as cases
from store.cases.case import Case
from store.people import person
from store.people.legible_name import is_legible
from store.people.person import Person
from store.queues import dispatch


@handles(Handover)
def hand_over(turn: Turn, command: Handover) -> str:
    """Close a case as out of scope, send its public conversation to the local team, tell the customers."""
    case = turn.case(command.case)
    team = _team(turn, case)
    _refuse_a_colleague(turn, command.why)
    turn.change(case, state="closed", close_reason=OUT_OF_SCOPE, closed_at=turn.now)
    _pass_on(turn, case, team, command.why)
    timers.closed(turn, case)
    turn.record(case, "closed", reason=OUT_OF_SCOPE, state="closed")
    turn.record(case, "handed over", to=team, why=command.why)
    turn.notifier.tell_all(HandedOver(team=team), turn.people.customers(case), case)
    turn.notifier.tell_place(HandedOver(team=team), case)
    what = saying("{who} handed the case over to {team}", who=turn.person.shown, team=team)
    turn.notifier.tell_desk(CustomerActed(what=what, text=command.why), case)
    return saying(
        "{case} is with {team} now, with all that was said in public, and its customers know.",
        case=label(case.id),
        team=team,
    )


def _team(turn: Turn, case: Case) -> str:
    """The team's address. Raises ``Refusal`` if there is nobody to hand the case to."""
    if case.over and (case.close_reason == cases.SPAM or _handed_over(turn, case)):
        pattern = (
            "{case} is closed as spam, so nothing was sent. Reopen it first."
            if case.close_reason == cases.SPAM
            else "{case} is handed over already, so nothing was sent. Reopen it first."
        )
        raise Refusal(saying(pattern, case=label(case.id)))
    if case.held:
        raise Refusal(
            saying(
                "{case} is held: nothing proves who wrote it. Accept it first, then hand it over.",
                case=label(case.id),
            )
        )
    if turn.notifier.hold.holds or dispatch.held_until(turn.tx, case.id, now=turn.now):
        raise Refusal(
            saying(
                "An answer on {case} waits to be sent. Undo it, or wait until it has left; then hand the case over.",
                case=label(case.id),
            )
        )
    team = local_team.of(turn.tx, turn.config, case.account_id)
    if not team or own_address(team, turn.config):
        raise Refusal(
            saying(
                "No local service team is known for {case}, so nothing was changed. Set local_team of the [[account]] "
                "or of [desk] in the config, or give it with "
                "`casebot people import FILE --account NAME --local-team ADDRESS`.",
                case=label(case.id),
            )
        )
    return team


def _handed_over(turn: Turn, case: Case) -> bool:
    """Was it handed over since it was last reopened?"""
    names = [row.name for row in cases.events(turn.tx, case.id) if row.name in ("handed over", "reopened")]
    return names[-1:] == ["handed over"]


def _refuse_a_colleague(turn: Turn, why: str) -> None:
    """Refuse a colleague as the team: that would be ``assign``, and closes nothing."""
    first = why.split(None, 1)[0].lower() if why.strip() else ""
    if any(first == member.address for member in turn.people.staff()):
        raise BadCommand(
            saying(
                "To give the case to a colleague: assign {mail}. This would close it and send it to the customer's "
                "local service team.",
                mail=first,
            ),
            {"why": saying("must not be a colleague")},
        )


def _pass_on(turn: Turn, case: Case, team: str, why: str) -> None:
    files = list(_files(turn, case))
    fitting, too_large = _fitting(files)
    customers = turn.people.customers(case)
    mail = _by_mail(turn, case, customers)
    notice = PassedOn(
        by=turn.person.shown,
        why=why,
        entries=public_entries.read(turn.tx, case.id, files=attachments.of_case(turn.tx, case.id)),
        customers=tuple(_reached(turn, someone) for someone in customers),
        answers_customer=mail is not None,
        left=tuple(FileFacts(file.name, file.size) for file in too_large),
    )
    to = person.meet(turn.tx, MAIL, team, now=turn.now)  # somebody, so that a delivery that fails is told
    replies = mail_identity(mail.address, mail.name) if mail else None
    turn.notifier.post(
        Notification(
            notice, to, case, turn.now, shown=turn.notifier.facts(case), author=turn.person.shown,
            files=fitting, fresh=True, replies=replies,
        )
    )  # fmt: skip


def _by_mail(turn: Turn, case: Case, customers: list[Person]) -> Person | None:
    """The requester at the mail address they used last, else at any that they have."""
    met = [
        requester
        for requester in (*customers, turn.people.by_id(case.requester_id))
        if requester and requester.id == case.requester_id
    ]
    return next((requester for requester in met if has_mail(requester)), None)


def _reached(turn: Turn, someone: Person) -> str:
    """How the team can contact a customer; a chat's ids are not legible."""
    if not has_mail(someone):
        profile = turn.config.profiles.get(someone.channel)
        named = profile is not None and profile.people
        if profile is None or not named:
            return someone.shown
        return saying("{who} (in {channel})", who=someone.shown, channel=profile.label)
    mail = someone.name and is_legible(someone.address)
    return f"{someone.name} <{someone.address}>" if mail else someone.shown


def _files(turn: Turn, case: Case) -> Iterator[Attachment]:
    public = {row.id for row in public_entries.rows(turn.tx, case.id)}
    for file in attachments.of_case(turn.tx, case.id):
        if file.entry_id in public:
            yield Attachment(file.name, file.type, file.size, file.sha256)


def _fitting(files: list[Attachment]) -> tuple[tuple[Attachment, ...], tuple[Attachment, ...]]:
    """The files that fit into one mail, in order, and those that do not."""
    room = MOST_ALONG
    fitting: list[Attachment] = []
    too_large: list[Attachment] = []
    for file in files:
        (fitting if file.size <= room else too_large).append(file)
        room -= file.size if file.size <= room else 0
    return tuple(fitting), tuple(too_large)
