"""A list of cases, ten to a page, with its filters above and its pages below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.model.case_filter import CaseFilter
from bot.model.facts import CaseLine, CaseList
from bot.syntax.case_numbers import number
from channels.slack.text.fallback_text import of_blocks
from channels.slack.text.i18n import _
from channels.slack.text.states import STATES, state_name
from channels.slack.views.blocks import (
    Json,
    Message,
    actions,
    button,
    context,
    entries,
    external_select,
    line,
    modal,
    moment,
    option,
    safe,
    section,
    select,
)
from channels.slack.views.card import SIGNS

PAGE = 10
LONGEST_WORDS = 200
"""Characters of words that stand in a block's id beside ``FILTERS``, so that a choice knows what it narrows."""
FILTERS = "list:"
ANY = "-"


@dataclass(frozen=True, slots=True)
class CaseLinks:
    """The links to a case's card and to the thread that its customers read, where there are any."""

    card: str = ""
    customer: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a list, and what they can do with it."""

    now: datetime
    staff: bool = False
    links: Mapping[str, CaseLinks] = field(default_factory=dict)
    """By the case's number."""
    priorities: Sequence[str] = ()
    docs_url: str = ""


def listing(sentence: str, page: CaseList, which: CaseFilter, reader: Reader, *, note: str = "") -> Message:
    """A list as a message. ``note``: what was just done in it."""
    blocks = list_blocks(sentence, page, which, reader, note=note)
    mine = page.asked.partition(" ")[0] == "my"
    return of_blocks(blocks), [*blocks, entries(reader.docs_url, but="my" if mine else "")]


def list_blocks(
    sentence: str, page: CaseList, which: CaseFilter, reader: Reader, *, note: str = ""
) -> list[Json]:
    """At most 36 blocks: what it is, its filters, its rows, its pages."""
    blocks = [section(f"*{safe(sentence, 1000)}*")]
    blocks += [context(safe(note, 1000))] if note else []
    blocks += filters(page.asked, which, reader)
    blocks += rows(page.lines, reader, again=f"{page.page}:{page.asked}")
    return [*blocks, *_pager(page)]


# the filters


def filters(asked: str, which: CaseFilter, reader: Reader) -> list[Json]:
    """The menus that narrow a list; none for one that is asked for in too many words."""
    verb = asked.partition(" ")[0]
    if len(asked) > LONGEST_WORDS:
        return []
    if verb == "my":
        return [actions([_states(asked.partition(" ")[2], OWN_STATES)], block_id=f"{FILTERS}{asked}")]
    first = _marks(which) if verb == "queue" else _states(which.state, ANY_STATE)
    menus = [first, _priority(which, reader.priorities), _fetched("type", which.type)]
    menus.append(_fetched("account", which.account))
    if which.type or which.account or which.priority or (which.state if verb == "search" else which.marks):
        menus.append(button(_("Show all"), "list_all"))
    return [actions(menus, block_id=f"{FILTERS}{asked}")]


MARKS = {
    "": "All to do",
    "mine": "Mine",
    "unassigned": "Unassigned",
    "waiting": "Waiting for the customer",
    "due today": "Due today",
    "mine due today": "Mine, due today",
    "concerns": "Concerns nobody has taken",
    "decisions": "To be decided",
}
ANY_STATE = {"": "Any state", **STATES}
THEIR_THREAD = "Customer's thread of {case}"
ANY_OF = {"type": "Any type", "account": "Any account"}
OWN_STATES = {
    "": "Not closed",
    **{state: STATES[state] for state in ("open", "waiting", "resolved", "closed")},
    "all": "All",
}


def _marks(which: CaseFilter) -> Json:
    chosen = " ".join(which.marks)
    shown = MARKS if chosen in MARKS else MARKS | {chosen: chosen.capitalize()}
    return _menu("list_which", {value: _(label) for value, label in shown.items()}, chosen)


def _states(chosen: str, states: Mapping[str, str]) -> Json:
    shown = states if chosen in states else {**states, chosen: state_name(chosen)}
    return _menu("list_state", {value: _(label) for value, label in shown.items()}, chosen)


def _priority(which: CaseFilter, priorities: Sequence[str]) -> Json:
    return _menu(
        "list_priority", {"": _("Any priority"), **{name: _(name) for name in priorities}}, which.priority
    )


def _menu(action_id: str, shown: Mapping[str, str], chosen: str) -> Json:
    choices = [option(label, value or ANY) for value, label in shown.items()]
    return select(action_id, choices, placeholder=shown[""], chosen=chosen or ANY)


def _fetched(key: str, chosen: str) -> Json:
    """A menu whose options are asked for when it is opened: there may be hundreds."""
    return external_select(f"list_{key}", placeholder=_(ANY_OF[key]), chosen=chosen)


# the rows


def rows(cases: Sequence[CaseLine], reader: Reader, *, again: str) -> list[Json]:
    """A block for each case, two where somebody can take it. ``again``: what asks for this page anew."""
    return [block for case in cases for block in (_staff if reader.staff else _own)(case, reader, again)]


def _staff(case: CaseLine, reader: Reader, again: str) -> list[Json]:
    links = reader.links.get(case.number, CaseLinks())
    name = f"<{links.card}|{case.number}>" if links.card else case.number
    whose = ", ".join(safe(line(word), 60) for word in (case.requester, case.account) if word)
    owner = _("Owner: {who}", who=safe(line(case.owner), 60)) if case.owner else _("nobody has taken it")
    sign = SIGNS.get(case.priority, "⚪")
    facts = (f"{sign} {safe(_(line(case.priority)), 40)}", safe(_(state_name(case.state)), 30), whose, owner)
    below = [
        _due(case, reader.now),
        f"<{links.customer}|{_(THEIR_THREAD, case=case.number)}>",
    ]
    below = [words for words in (below if links.customer else below[:1]) if words]
    title = f"*{name}*  {safe(line(case.subject), 150)}\n{' · '.join(facts)}"
    shown = [_row(case, "\n".join((title, " · ".join(below))) if below else title)]
    if case.owner or case.state not in ("new", "open", "waiting"):
        return shown
    about = f"{case.number}: {case.subject}"
    take = button(_("Take it"), "case_take", f"{number(case.number) or ''} {again}", about=about)
    return [*shown, actions([take], block_id=f"take:{case.number}")]


def _due(case: CaseLine, now: datetime) -> str:
    if case.held:
        return _("⚠️ held: accept its sender, or put it away as spam")
    if case.due_at is None:
        return _("waits for the customer") if case.state == "waiting" else ""
    due, overdue = DUE[case.due]
    return _(overdue if overdue and case.due_at < now else due, when=moment(case.due_at))


DUE = {
    "reminder": ("waits for the customer: reminder {when}", ""),
    "closing": ("waits for the customer: closing {when}", ""),
    "first reply": ("first reply due {when}", "⏰ *first reply overdue* since {when}"),
    "next reply": ("next reply due {when}", "⏰ *next reply overdue* since {when}"),
    "solution": ("solution due {when}", "⏰ *solution overdue* since {when}"),
}
"""What is due next on a case, in words: while there is time, and when there is none left."""


def _own(case: CaseLine, reader: Reader, again: str) -> list[Json]:
    owner = _("nobody has taken it yet")
    if case.owner:
        owner = _("handled by {who}", who=safe(line(case.owner), 80))
    facts = f"*{safe(_(state_name(case.state)), 40)}* · {safe(_(line(case.priority)), 40)} · {owner}"
    title = f"*{case.number}*  {safe(line(case.subject), 200)}"
    return [_row(case, f"{title}\n{facts} · {moment(case.updated_at)}")]


def _row(case: CaseLine, text: str) -> Json:
    block = section(text)
    about = f"{case.number}: {case.subject}"
    block["accessory"] = button(_("Show"), "case_show", str(number(case.number) or ""), about=about)
    return block


# the pages


def listing_modal(message: Message, *, title: str = "") -> Json:
    """The list in a view, where there is no message to answer with."""
    return modal("seen", title or _("Your cases"), message[1], close=_("Close"))


def _pager(page: CaseList) -> list[Json]:
    if page.pages == 1:
        return []
    first, last = page.before + 1, page.before + len(page.lines)
    words = _("Cases {first} to {last} of {total}", first=first, last=last, total=page.total)
    steps = []
    if page.page > 1:
        steps.append(_step(f"← {_('Previous')}", "cases_back", page.page - 1, page))
    if page.page < page.pages:
        steps.append(_step(f"{_('Next')} →", "cases_on", page.page + 1, page))
    return [context(words), actions(steps, block_id="pages")]


def _step(label: str, action_id: str, to: int, page: CaseList) -> Json:
    about = _("Page {page} of {pages}", page=to, pages=page.pages)
    return button(label, action_id, f"{to}:{page.asked}", about=about)
