"""``casebot case``: cases listed, shown and worked on, with the verbs of all channels."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from bot.cli.privacy.redact import redact
from bot.cli.terminal.context import desk, json_option, limit_option, questions
from bot.cli.terminal.errors import FAILED, Failure
from bot.cli.terminal.grouped import GroupedCommands
from bot.cli.terminal.language import _, read_by
from bot.cli.terminal.output import cell, column, padded, say, say_json, size, table, when, width
from bot.cli.terminal.pages import after_option, going_on_after, nothing, page, say_next
from bot.cli.terminal.request import case_number, identity_of, met, request_of
from bot.model.translatable import saying

if TYPE_CHECKING:
    from bot.commands.verb import Verb
    from bot.config.load import Config
    from bot.model.facts import CaseLine
    from bot.model.identity import Identity
    from bot.model.outcome import Outcome
    from bot.model.request import Command
    from bot.queries.case_detail import CaseView, EntryView
    from bot.syntax.case_numbers import ParsedCommand

STATES = ("new", "open", "waiting", "resolved", "closed")
GROUPS = {
    "Read": ("list", "show", "queue", "my", "search", "snippets"),
    "Answer": ("new", "reply", "note", "ask", "workaround", "snippet", "undo"),
    "Decide": (
        "close", "reopen", "wait", "snooze", "unsnooze", "priority", "grant", "decline", "type", "set",
        "merge", "unmerge", "split", "handover", "accept", "spam", "redact", "concern",
        "acknowledge",
    ),
    "People": (
        "take", "release", "assign", "add", "remove", "contact", "join", "watch", "unwatch", "mute", "unmute",
        "away", "back",
    ),
}  # fmt: skip
"""What the help lists together, in this order; a verb that is not here is listed below them."""
_SAID = {
    "queue": "[WHICH]",
    "search": "WORDS",
    "set": "N FIELD: VALUE",
    "type": "N TYPE [/ CATEGORY]",
    "priority": "N PRIORITY: WHY",
    "concern": "N [CATEGORY] [PHONE]: TEXT",
    "close": "N [TEXT]",
    "ask": "N TEXT",
    "snooze": "N WHEN",
    "away": "[WHEN]",
    "merge": "N [into N] [WHY]",
    "unmerge": "N",
    "split": "N ENTRY [WHY]",
    "accept": "N [ENTRY]",
    "spam": "N [ENTRY]",
    "new": "[PRIORITY] SUBJECT",
    "join": "ADDRESS CHANNEL:ADDRESS",
}
"""What stands behind a verb, where that is not its usage in capital letters."""


class CaseGroup(GroupedCommands):
    """The verbs, listed by what they are for."""

    def sections(self) -> Mapping[str, Sequence[str]]:
        """The verbs' own groups."""
        return GROUPS

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_verbs()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        own = super().get_command(ctx, cmd_name)
        return own or (_verb_command(verb) if (verb := _verbs().get(cmd_name)) else None)


def _verbs() -> Mapping[str, Verb]:
    """The verbs of all channels that are commands here, too; imported only for them, and for help."""
    from bot.commands.catalogue import VERBS

    others = ("show", "help", "attach", "broadcast", "redact")
    return {verb.name: verb for verb in VERBS if verb.name not in others}


@click.group(cls=CaseGroup)
def case() -> None:
    """See cases and work on them: list, show, reply, note, close, …

    What is done here is done as the operator, or with --as as somebody of the desk. What is told to others about it
    goes out while `casebot run` is up.
    """


@case.command("list")
@limit_option
@after_option(str, "N")
@click.option("--state", type=click.Choice(STATES), help="Only cases in this state.")
@click.option("--held", is_flag=True, help="Only cases from unproven senders that wait for a look.")
@json_option
def list_cases(limit: int, after: str | None, state: str | None, held: bool, as_json: bool) -> None:
    """A line per case, last changed first."""
    from bot.queries.lists import ListCases

    last = case_number(after, named="--after") if after else None
    with questions() as at, going_on_after(f"case {after}"):
        read_by(at.config)
        read = at.ask(ListCases(state=state or "", held=held, limit=limit + 1, after=last))
    lines, more = page(read, limit)
    none = _("No such cases.") if state or held else _("No cases yet.")
    _say_cases(lines, as_json=as_json, nothing=nothing(none, after))
    if more:
        say_next(lines[-1].number, as_json=as_json)


def _say_cases(lines: Sequence[CaseLine], *, as_json: bool, nothing: str) -> None:
    if as_json:
        say_json(lines)
        return
    heads = ("Case", "State", "Priority", "Requester", "Owner", "Changed", "Subject")
    titles = [_(head).upper() for head in heads]
    titles[5] = column(titles[5])
    rows = (
        (
            line.number,
            _state(line, "{state}, held"),
            _(line.priority),
            line.requester,
            line.owner,
            cell(line.updated_at),
            line.subject,
        )
        for line in lines
    )
    table(titles, rows, nothing=nothing)


def _state(line: CaseLine, held: str) -> str:
    return _(held, state=saying(line.state)) if line.held else _(line.state)


@case.command("show")
@click.argument("number", metavar="N")
@json_option
def show_case(number: str, as_json: bool) -> None:
    """All of one case: fields, people, what was said, and its history. N: CS-000123, or 123."""
    from bot.queries.case_detail import ShowCase
    from bot.syntax.case_numbers import label

    wanted = case_number(number)
    with questions() as at:
        read_by(at.config)
        view = at.ask(ShowCase(wanted))
    if view is None:
        raise Failure(f"there is no case {label(wanted)}; `casebot case list` shows those there are")
    if as_json:
        say_json(view)
    else:
        _say_case(view, at.config.lists.close_reasons)


def _say_case(view: CaseView, reasons: Mapping[str, str]) -> None:
    line = view.line
    say(f"{line.number}  {line.subject}")
    facts = (
        ("state", _state(line, "{state}, held: unproven sender")),
        ("reason", _(reasons.get(view.close_reason, view.close_reason))),
        ("priority", _(line.priority)),
        ("feature", view.feature),
        ("type", " / ".join(filter(None, (view.type, view.category)))),
        ("ids", ", ".join(view.ids)),
        ("requester", line.requester),
        ("owner", line.owner or _("nobody yet")),
        ("opened", when(view.opened_at)),
        ("answer by", when(view.answer_due) if view.answer_due else ""),
        ("solve by", when(view.solution_due) if view.solution_due else ""),
        ("snoozed", _("until {moment}", moment=when(view.snoozed_until)) if view.snoozed_until else ""),
        ("call", view.contact),
        ("mailbox", view.mailbox),
        ("follows", view.linked),
        ("a part of", view.merged),
    )
    _say_facts(facts)
    say(f"\n{_('People')}")
    from store.people.legible_name import is_legible, legible

    room = max([13, *(width(_(part.role)) for part in view.participants)])
    for part in view.participants:
        mail = part.name not in ("", part.address) and is_legible(part.address)
        name = f"{part.name} <{part.address}>" if mail else legible(part.name, part.address)
        say(f"  {padded(_(part.role), room)} {name}{f'  {part.phone}' if part.phone else ''}")
    for entry in view.entries:
        _say_entry(entry)
    say(f"\n{_('History')}")
    for event in view.history:
        detail = f"  ({_(event.detail)})" if event.detail else ""
        step = _("{step} by {who}", step=saying(event.name), who=event.by) if event.by else _(event.name)
        say(f"  {when(event.at):<16} {step}{detail}")


def _say_facts(facts: tuple[tuple[str, str], ...]) -> None:
    shown = [(_(name), value) for name, value in facts if value]
    room = max([12, *(width(name) for name, _value in shown)])
    for name, value in shown:
        say(f"  {padded(name, room)} {value}")


def _say_entry(entry: EntryView) -> None:
    from store.cases.entry import folded

    marks = [] if entry.kind == "said" else [_(entry.kind)]
    marks += [_("internal")] if entry.visibility == "internal" else []
    marks += [_("on {case}", case=entry.part)] if entry.part else []
    shown = f" [{', '.join(marks)}]" if marks else ""
    say(f"\n— {entry.author}, {when(entry.at)}, {_(entry.channel)}, {entry.name}{shown}")
    if entry.kind == "spam":
        say(f"  {_('(folded away: {count} lines)', count=str(len(entry.text.splitlines())))}")
    elif entry.text or not (entry.files or folded(entry.rest, "")):
        say("\n".join(f"  {text}" for text in entry.text.splitlines() or [_("(no words)")]))
    if below := folded(entry.rest, entry.text):
        say("\n  > ".join((f"  {_('Forwarded or quoted below it')}", *below.splitlines())))
    for file in entry.files:
        say(f"  + {file.name or _('file')} ({size(file.size)}, {file.type})")


_REASON = click.Option(
    ["--reason"], default="", help="Why: a key or the words of one of [lists] close_reasons."
)


def _verb_command(verb: Verb) -> click.Command:
    """The command ``casebot case VERB [N] words…``: the words go through the one grammar."""

    def ask(words: tuple[str, ...], acting_as: str | None, as_json: bool, reason: str = "") -> None:
        _do(verb, words, acting_as=acting_as, as_json=as_json, reason=reason)

    meaning = verb.means(staff=True)
    return click.Command(
        verb.name,
        callback=ask,
        params=[
            click.Argument(["words"], nargs=-1, required=verb.case, metavar=_metavar(verb)),
            click.Option(
                ["--as", "acting_as"], metavar="MAIL", help="Act as this person, instead of the operator."
            ),
            click.Option(["--json", "as_json"], is_flag=True, help="As JSON, for programs."),
            *([_REASON] if verb.name == "close" else ()),
        ],
        help=f"{meaning[0].upper()}{meaning[1:]}."
        + (" A word - stands for what is on the standard input." if verb.text else ""),
    )


def _metavar(verb: Verb) -> str:
    usage = verb.usage.partition(" ")[2].upper().replace("MAIL-ADDRESS", "ADDRESS")
    return _SAID.get(verb.name, f"N {usage}".strip() if verb.case else usage)


case.add_command(redact)


def _do(
    verb: Verb, words: tuple[str, ...], *, acting_as: str | None, as_json: bool, reason: str = ""
) -> None:
    parsed = _asked(verb, words)
    asker = identity_of(acting_as)
    outcome = _read(verb, parsed, asker) or _handled(verb, parsed, asker, reason=reason)
    if as_json:
        say_json({"answered": outcome.answered, "case": _label(outcome), "cases": outcome.cases})
    else:
        _say_outcome(outcome)
    if any(line.outcome != "done" for line in outcome.answered):
        click.get_current_context().exit(FAILED)


def _read(verb: Verb, parsed: ParsedCommand, asker: Identity) -> Outcome | None:
    """Answer one of the desk who asks for a list, from the store, without opening the desk.

    None: it is no list, or somebody else's who may be refused; the desk has words for that.
    """
    from bot.commands.browse import CaseListing

    if not issubclass(verb.command, CaseListing):
        return None
    from bot.model.errors import Refusal
    from bot.model.facts import Answered
    from bot.model.outcome import Outcome
    from bot.queries.case_lists import CaseLists
    from bot.queries.lists import IsOfDesk

    with questions() as at:
        read_by(at.config)
        wanted = _command(at.config, parsed)
        if not isinstance(wanted, CaseListing) or not at.ask(IsOfDesk(asker.channel, asker.address)):
            return None
        of = CaseLists(at.config, asker.channel, asker.address, (wanted,), datetime.now(UTC))
        try:
            (answered,) = at.ask(of)
        except Refusal:
            return None
    line = Answered(parsed.line, "done", _(answered.said))
    return Outcome((line,), cases=answered.listing.lines, listing=answered.listing)


def _handled(verb: Verb, parsed: ParsedCommand, asker: Identity, *, reason: str) -> Outcome:
    """What the desk has done, and answers."""
    from bot.model.identity import OPERATOR

    with desk() as at:
        read_by(at.config)
        if verb.name != "new" and asker != OPERATOR:
            met(at, asker)
        if verb.name == "close":
            parsed = _with_reason(parsed, reason, at.config.lists.close_reasons)
        request = request_of(at.config, asker, _command(at.config, parsed))
        return at.handle(replace(request, words=(parsed.line,)))


def _asked(verb: Verb, words: tuple[str, ...]) -> ParsedCommand:
    from bot.syntax.case_numbers import ParsedCommand

    texts = [sys.stdin.read().strip() if word == "-" else word for word in words]
    line = " ".join(("case", verb.name, *words))
    if not verb.case or texts[0].lower() in verb.without_case:
        return ParsedCommand(verb.name, None, " ".join(texts), line)
    return ParsedCommand(verb.name, case_number(texts[0]), " ".join(texts[1:]), line)


def _with_reason(parsed: ParsedCommand, reason: str, reasons: Mapping[str, str]) -> ParsedCommand:
    """Put the reason before the words, where the grammar looks for it.

    A reason within a sentence is none: then the user is asked.
    """
    keys = {spelling.lower(): key for key, words in reasons.items() for spelling in (key, words)}
    if reason and reason.lower() not in keys:
        raise click.BadParameter(f"{reason} is none. There are: {', '.join(reasons)}", param_hint="--reason")
    if reason:
        return replace(parsed, text=f"{keys[reason.lower()]}, {parsed.text}")
    first, _, text = parsed.text.partition(" ")
    if text and first.lower() in keys:
        raise click.UsageError(
            f"Is “{first}” the reason? Then: --reason {keys[first.lower()]}. Nothing was done."
        )
    return parsed


def _command(config: Config, parsed: ParsedCommand) -> Command:
    from bot.commands.catalogue import command
    from bot.model.errors import BadCommand

    try:
        return command(parsed, None, config.lists)
    except BadCommand as refusal:
        raise click.UsageError(str(refusal)) from None


def _label(outcome: Outcome) -> str | None:
    from bot.syntax.case_numbers import label

    return label(outcome.case) if outcome.case else None


def _say_outcome(outcome: Outcome) -> None:
    for line in outcome.answered:
        if line.outcome == "done":
            say(line.text)
        else:
            click.echo(_("Not done: {why}", why=line.text), err=True)
    if outcome.cases:
        _say_cases(outcome.cases, as_json=False, nothing="")
    listing = outcome.listing
    if listing and listing.pages > 1:
        last = listing.before + len(listing.lines)
        first = str(listing.before + 1)
        cases = _("Cases {first} to {last} of {total}", first=first, last=str(last), total=str(listing.total))
        say(f"{cases}: {_('Page {page} of {pages}', page=str(listing.page), pages=str(listing.pages))}")
