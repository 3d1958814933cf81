"""Looking things up: one's own cases, one case in full, a search, and help."""

from __future__ import annotations

from bot.commands.browse import Help, Show, Unclear
from bot.commands.catalogue import help_lines
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import BadCommand
from bot.model.facts import HelpLine
from bot.model.translatable import saying
from bot.pages.case import STEPS
from bot.queries import public_entries
from bot.queries.case_detail import event_line
from bot.syntax.case_numbers import label
from store.cases import attachment as attachments
from store.cases import case as cases
from store.cases import read_access
from store.queues import dispatch

OPEN_STEPS = frozenset(
    {"opened", "replied", "attached", "thanked", "answered", "merged", "unmerged", "survey answered", *STEPS}
)
"""What customers read in a case's history; whatever else is written there is for the desk."""


@handles(Show)
def show(turn: Turn, command: Show) -> str:
    """Show a case in full, as its customers may see it."""
    case = turn.case(command.case)
    staff = turn.person.staff
    pending = dispatch.pending(turn.tx, case.id, now=turn.now)
    turn.transcript.view = turn.notifier.facts(case if staff else pending.customer_view(case))
    since = {} if staff else read_access.since(turn.tx, case.id, turn.person.id)
    turn.transcript.entries = public_entries.read(
        turn.tx,
        case.id,
        since=None if staff else since,
        pending=None if staff else pending,
        files=attachments.of_case(turn.tx, case.id),
    )
    turn.transcript.history = tuple(
        event_line(row, detail=False)
        for row in cases.events(turn.tx, case.id)
        if staff
        or (
            row.name in OPEN_STEPS
            and row.at not in pending.moments
            and read_access.reads(since, row.case_id, row.at)
        )
    )
    return saying("{case} in full is below.", case=label(case.id))


@handles(Help)
def give_help(turn: Turn, command: Help) -> str:
    """Explain what can be asked here."""
    role = turn.person.role if turn.person.staff else "requester"
    language = "" if turn.person.staff else turn.person.language
    lines = help_lines("!" if turn.request.place else "#", role, language, command.topic)
    turn.transcript.help = tuple(
        HelpLine(turn.in_words(line.usage), turn.in_words(line.meaning)) for line in lines
    )
    return saying("What you can ask is below.")


@handles(Unclear)
def unclear(turn: Turn, command: Unclear) -> str:
    """Answer words that made no command: say why."""
    raise BadCommand(command.why)
