"""Fields of a case, requests for information, waiting, workarounds."""

from __future__ import annotations

from bot.commands.work import AskFor, SetField, Wait, Workaround
from bot.desk.handlers.cases import requester
from bot.desk.handlers.conversation import conversation
from bot.desk.handlers.deadlines import timers
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import BadCommand, Refusal
from bot.model.translatable import saying
from bot.notices.conversation import CustomerActed, InformationNeeded, UploadLink
from bot.syntax.case_numbers import label
from bot.syntax.ids import distinct
from store.cases.case import Case


@handles(AskFor)
def ask_for(turn: Turn, command: AskFor) -> str:
    """Ask the customers for material; the case waits for them."""
    case = _in_work(turn, command.case)
    if not turn.people.customers(case):
        raise Refusal(
            saying(
                "Nobody was asked: no customer of {case} can be reached. #set requester names another.",
                case=label(case.id),
            )
        )
    turn.say(case, command.text, visibility="public")
    turn.anchor(case)
    turn.record(case, "information requested", evidence=turn.request.evidence)
    timers.answered(turn, case)
    conversation.own_if_free(turn, case)
    timers.wait(turn, case)
    entry, author = turn.public(command.text), turn.person.shown
    names = conversation.notified_names(
        person
        for person in turn.people.customers(case)
        if turn.notifier.tell(InformationNeeded(entry=entry), person, case, author=author)
    )
    turn.notifier.tell_place(InformationNeeded(entry=entry), case, author=author)
    _tell_where_to_upload(turn, case)
    turn.notifier.tell_desk(
        CustomerActed(what=saying("{who} asked the customer for this", who=author), text=command.text), case
    )
    return saying("Asked: {names}. {case} waits for the answer.", names=names, case=label(case.id))


def _tell_where_to_upload(turn: Turn, case: Case) -> None:
    """Send upload links in a chat, to each alone: others could read them. A mail has its own."""
    for person in turn.people.customers(case):
        alone = turn.places.reads_alone(InformationNeeded, person, case)
        upload_url = "" if alone else turn.notifier.page_url("upload", case, person)
        if upload_url:
            turn.notifier.tell(UploadLink(upload_url=upload_url), person, case)


@handles(Wait)
def wait(turn: Turn, command: Wait) -> str:
    """Stop the clocks until the customer writes; they are reminded now and then."""
    case = _in_work(turn, command.case)
    if case.state == "waiting":
        return saying("{case} waits already.", case=label(case.id))
    conversation.own_if_free(turn, case)
    timers.wait(turn, case)
    turn.record(case, "waits for the customer")
    return saying("{case} waits for the customer now. What they write brings it back.", case=label(case.id))


def _in_work(turn: Turn, number: int) -> Case:
    case = turn.case(number)
    if case.over:
        pattern = {
            "resolved": "{case} is resolved. Reopen it first.",
            "closed": "{case} is closed. Reopen it first.",
        }[case.state]
        raise Refusal(saying(pattern, case=label(case.id)))
    if case.held:
        pattern = "{case} is held: nobody has proven who wrote it. Accept the sender first."
        raise Refusal(saying(pattern, case=label(case.id)))
    return case


@handles(Workaround)
def workaround(turn: Turn, command: Workaround) -> str:
    """Answer with a marked workaround: it helps for now, and the case goes on."""
    case = turn.case(command.case)
    turn.record(case, "workaround given")
    return conversation.answer(turn, case, command.text, workaround=True)


@handles(SetField)
def set_field(turn: Turn, command: SetField) -> str:
    """Set one field; a new type empties the category, unless both were given."""
    case = turn.case(command.case)
    if command.field == "requester":
        return requester.give_to(turn, case, command.value)
    _check_category(turn, case, command)
    before = getattr(case, command.field)
    value = "\n".join(distinct(command.value.splitlines())) if command.field == "ids" else command.value
    turn.change(case, **{command.field: value})
    if command.field == "type" and (value != before or command.category):
        turn.change(case, category=command.category)
    shown, was = (" ".join(text.split()) for text in (value, before))
    shown = " / ".join(filter(None, (shown, command.category)))
    turn.record(case, "field set", field=command.field, before=was, after=shown)
    pattern = "{case}: {field} is {value} now." if shown else "{case}: {field} is empty now."
    return saying(pattern, case=label(case.id), field=saying(command.field), value=shown)


def _check_category(turn: Turn, case: Case, command: SetField) -> None:
    """Raise ``BadCommand`` for a category of another type."""
    kind = command.value if command.field == "type" else case.type
    category = command.value if command.field == "category" else command.category
    categories = turn.config.lists.types.get(kind, ())
    if (category or command.field == "category") and category not in categories:
        pattern = (
            "“{word}” is no category here. There are: {choices}."
            if categories
            else "“{word}” is no category here: this type has none."
        )
        why = saying(pattern, word=category[:60], choices=", ".join(categories))
        raise BadCommand(why, {"category": saying("is unknown")})
