"""Marks: which commands a sign on a message gives, once it is known where that message belongs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.channel.protocols import Inbound
from bot.commands import parser
from bot.commands.browse import Unclear
from bot.commands.case import AddFiles, AskClosing, Missed, Open, Reopen, Reply, Withhold
from bot.commands.people import Release, Take
from bot.commands.triage import OpenFor
from bot.commands.urgency import Concern
from bot.inbound.interpret import Asks
from bot.model.mark import Mark, Meaning
from bot.model.request import Command
from bot.model.translatable import saying
from bot.syntax.case_numbers import ParsedCommand, label
from bot.syntax.ids import ids as ids_in

ON_CASE = "That message is on {case} already."
NOT_YOURS = saying("Only whoever wrote a message can send it to the customer by this sign.")
SENT = "The customer has read that message already: it stands in the thread of the case."
NO_WORDS = saying("There is nothing in that message that could be sent: no words, and no file.")
NO_FILES = "There is no file in that message."


def asks(
    message: Inbound,
    mark: Mark,
    *,
    case: int | None,
    inward: bool,
    staff: bool,
    id_names: Sequence[str],
) -> Asks:
    """The commands of a mark; none where the message leads to no case and is not to open one.

    ``inward``: it stands where the desk talks among itself; ``id_names``: what ids are called.
    """
    if mark.meaning == "create":
        opened = _opened(message, mark, staff=staff, id_names=id_names)
        return _asked(mark, opened if case is None else _on_case(mark, case))
    if case is None:
        return Asks(())
    if mark.off and mark.meaning != "take":
        return Asks(())
    return _asked(mark, *_COMMANDS[mark.meaning](message, mark, case, inward), *_missed(message, mark, case))


def _asked(mark: Mark, *commands: Command) -> Asks:
    return Asks(commands, (mark.sign,) * len(commands), explicit=True)


def _on_case(mark: Mark, case: int) -> Command:
    return Unclear(mark.sign, saying(ON_CASE, case=label(case)))


def _opened(message: Inbound, mark: Mark, *, staff: bool, id_names: Sequence[str]) -> Command:
    """A case for whoever wrote the message, if somebody of the desk marks it; else for whoever marks it."""
    text, original = _words(message), message.forwarded
    ids = ids_in(text, id_names)
    if staff and original and original.sender and not mark.own:
        return OpenFor(original.sender, subject="", text=text, ids=ids)
    return Open("", text, ids=ids)


def _words(message: Inbound) -> str:
    return "\n".join(part.text for part in message.parts if part.kind == "new").strip()


def _missed(message: Inbound, mark: Mark, case: int) -> tuple[Command, ...]:
    wanted = message.missed if mark.meaning in ("send", "attach") else ()
    return (Missed(case, wanted),) if wanted else ()


def _send(message: Inbound, mark: Mark, case: int, inward: bool) -> tuple[Command, ...]:
    """The message without its command lines, as an answer."""
    text = parser.begin(_words(message), message.prefix)
    if not inward:
        return (Unclear(mark.sign, SENT),)
    if not mark.own:
        return (Unclear(mark.sign, NOT_YOURS),)
    if any(isinstance(item, ParsedCommand) and item.verb == "reply" for item in text.asked):
        return (Unclear(mark.sign, SENT),)
    if text.rest.strip():
        return (Reply(case, text.rest.strip()),)
    return (AddFiles(case),) if message.attachments else (Unclear(mark.sign, NO_WORDS),)


def _attach(message: Inbound, mark: Mark, case: int, inward: bool) -> tuple[Command, ...]:
    if message.attachments:
        return (AddFiles(case, inward=inward),)
    return () if message.missed else (Unclear(mark.sign, NO_FILES),)


def _concern(message: Inbound, mark: Mark, case: int, inward: bool) -> tuple[Command, ...]:
    return (Concern(case, text=_words(message) if mark.own else ""),)


def _take(message: Inbound, mark: Mark, case: int, inward: bool) -> tuple[Command, ...]:
    return (Release(case) if mark.off else Take(case),)


_COMMANDS: dict[Meaning, Callable[[Inbound, Mark, int, bool], tuple[Command, ...]]] = {
    "take": _take,
    "resolve": lambda message, mark, case, inward: (AskClosing(case),),
    "reopen": lambda message, mark, case, inward: (Reopen(case),),
    "send": _send,
    "internal": lambda message, mark, case, inward: (Withhold(case, mark.letter),),
    "concern": _concern,
    "attach": _attach,
}
