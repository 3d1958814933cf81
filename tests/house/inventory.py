"""The inventory: every English sentence of ours that a customer, or somebody on the desk, can be shown.

What is handed to ``saying``, and in Slack to ``_``, where it stands there itself; patterns that stand elsewhere in
a module that makes sayings; and what no code but a table names: meanings of verbs, notices, steps of a history.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path

from bot.commands.catalogue import VERBS
from bot.commands.verb import ARGUMENTS
from bot.config import choices
from bot.desk.handlers.conversation import bounced
from bot.desk.handlers.deadlines import sla_targets
from bot.desk.handlers.people import rota, technical_contact
from bot.inbound import marks
from bot.model import choice
from bot.notices.catalogue import NOTICES
from bot.notices.notice import first_upper
from bot.policy import admission, permissions
from bot.privacy import erase
from bot.queries import step_words
from bot.replies import placeholders
from bot.reports import charts, figures, format, tables
from bot.reports.aggregate import NAMELESS
from bot.syntax import moments
from channels.email.auth import evidence
from channels.slack.desk import desk_client, respond
from channels.slack.interactive import actions, app_home, message_actions, modals, slash_command, submission
from channels.slack.interactive import view_submissions as submissions
from channels.slack.text import message
from channels.slack.text.states import STATES
from channels.slack.views import broadcast_form, card, case_forms, case_list, case_opened, draft, entry
from channels.slack.views import new_case_form as new_case
from channels.slack.workspace import error_codes
from store import report
from store.cases import entry as entries

PLACE = re.compile(r"\{\w+\}")
_SAID = re.compile(r"""\bsay\(("(?:[^"\\]|\\.)*")""")
"""What a template of the report has said."""
_WORD = re.compile(r"[^\W\d_]{3,}")


def _is_pattern(text: str) -> bool:
    """Has it a place for a value, and words around it, and is it no docstring?"""
    around = PLACE.sub(" ", text)
    return around != text and bool(_WORD.search(around)) and not re.search(r"``|\\", text)


def _is_sentence(text: str) -> bool:
    """Does it begin as a sentence does, and end as one?"""
    return bool(re.fullmatch(r"[A-Z“\d][^\n]* [^\n]*[.?…]", text)) and not re.search(r"``|\\", text)


@cache
def inventory() -> Mapping[str, str]:
    """Every sentence, with where it stands. Not for a module's own lines: whoever collects tests would wait for it."""
    return {sentence: where for sentence, where in _all() if sentence in FORMATS or _speaks(sentence)}


def _speaks(sentence: str) -> bool:
    return bool(PLACE.sub("", sentence).strip(" {},;·:()-–*\n"))


FORMATS = (
    "{day} {month}",
    "{day} {month} {year}",
    "{month} {year}",
    "{first} – {last}",
    "{first} – {last} {year}",
    "{first}–{last} {month} {year}",
    "{day}, {time}",
    "{weekday} {day}, {time}",
    "{first} {rest}",
    "{first}, {rest}",
    "{first}; {rest}",
    "{label}: {value}",
)
"""How days are written, and sentences and names joined: no words, but their order and what stands between."""


def _all() -> Iterator[tuple[str, str]]:
    for room in ("bot", "channels"):
        for path in sorted(Path(room).rglob("*.py")):
            for sentence in _in(path):
                yield sentence, path.as_posix()
    for path in sorted(Path("templates/report").glob("*.j2")):
        for words in _SAID.findall(path.read_text(encoding="utf-8")):
            yield str(ast.literal_eval(words)), path.as_posix()
    for name, sentences in TABLES.items():
        yield from ((sentence, name) for sentence in sentences)


def _in(path: Path) -> Iterator[str]:
    """The sentences that a module hands to ``saying`` or ``_``, and the patterns that stand in its tables."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    names = {getattr(call.func, "id", "") for call in calls}
    handed = {getattr(call.args[0], "id", "") for call in calls if call.args}
    named = {
        node.targets[0].id: [text for text in strings(node.value) if " " in text]
        for node in nodes
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in handed
    }
    for call in calls:
        if getattr(call.func, "id", "") in ("saying", "_") and call.args:
            yield from strings(call.args[0])
            yield from named.get(getattr(call.args[0], "id", None), ())
        if getattr(call.func, "id", "") == "Choice" and len(call.args) > 1:
            yield from strings(call.args[1])
        if getattr(call.func, "id", "") == "_heads":
            yield from chain.from_iterable(map(strings, call.args))
    if names & {"saying", "_"} and path.parent.name != "notices" and not path.name.startswith("sample"):
        yield from (text for text in strings(tree) if _is_pattern(text) or _is_sentence(text))


def strings(tree: ast.AST) -> Iterator[str]:
    """Its strings; not the parts of f-strings, what only chooses among them, and help at the command line."""
    nodes = list(ast.walk(tree))
    apart = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    apart |= {id(node.value) for node in nodes if isinstance(node, ast.Expr)}  # docstrings
    apart |= {id(node.value) for node in nodes if isinstance(node, ast.keyword) and node.arg == "help"}
    for node in nodes:
        keys = {ast.Subscript: "slice", ast.Compare: "left", ast.IfExp: "test"}
        if (name := keys.get(type(node))) is not None:
            apart |= {id(child) for child in ast.walk(getattr(node, name))}
        if isinstance(node, ast.Compare):
            apart |= {id(child) for other in node.comparators for child in ast.walk(other)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart:
            yield node.value


def steps() -> Iterator[str]:
    """The names of the steps of a case's history."""
    for path in sorted(Path("bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "record":
                yield from (word for argument in node.args[1:3] for word in strings(argument))


_LISTS = choices.ListsSection()
_NOTICES = {first_upper(kind.called) for kind in NOTICES.values() if kind.audience != "staff"}
_CHOICES = (
    *choice.STEPS,
    *choice.TAKE_CONCERN,
    choice.undo(1, 1),
    choice.retry(1, 1),
    choice.correction(1, 1),
)
_TERMINAL = (
    *("Case", "State", "Priority", "Requester", "Owner", "Changed", "Subject"),
    *("state", "reason", "priority", "feature", "type", "ids", "requester", "owner", "opened", "answer by"),
    *("solve by", "snoozed", "call", "mailbox", "follows", "a part of"),
    *("new", "open", "waiting", "resolved", "closed"),
    *("collaborator", "specialist", "manager", "watcher"),
    *("workaround", "automatic", "unverified", "spam"),
)
"""What `casebot case …` names: heads, fields, states, roles, kinds of entries."""
TABLES: Mapping[str, tuple[str, ...]] = {
    "formats": FORMATS,
    "permissions": (
        permissions.NO_PART,
        permissions.DESK_ONLY,
        permissions.REQUESTER_ONLY,
        permissions.NOT_PROVEN,
        admission.CLOSED,
        admission.ASK,
        marks.SENT,
        marks.NO_FILES,
    ),
    "usage of verbs": ARGUMENTS,
    "meanings of verbs": tuple(chain.from_iterable((verb.meaning, verb.for_staff) for verb in VERBS)),
    "notices": tuple(_NOTICES),
    "choices": tuple(chain.from_iterable((offer.label, offer.meaning) for offer in _CHOICES)),
    "placeholders": tuple(placeholders.MEANINGS.values()),
    "lists": (
        *choices.MEANINGS.values(),
        *chain.from_iterable(choices.EXAMPLES.values()),
        *choices.SUBJECTS,
        choices.ID_LABEL,
        *_LISTS.priorities,
        *_LISTS.close_reasons.values(),
        *_LISTS.concern_categories.values(),
    ),
    "steps of a history, details": (*step_words.LABELS, "email", "web", "cli", "resolved", "New", "Resolved"),
    "terminal": _TERMINAL,
    "mail": (evidence.NO_PROOF, "recipient"),
    "report": (
        *tables._VOLUME,
        *format.MONTHS,
        *moments._WEEKDAYS,
        *(name for name, _ in figures.AGES),
        *charts.STATES.values(),
        *charts._RATED.values(),
        tables.PART,
        NAMELESS,
    ),
    "fields": ("type", "category", "ids", "subject"),
    "Slack": (
        respond.SLOW,
        respond.FAILED,
        desk_client.UNKNOWN,
        submissions.AGAIN,
        submissions.FAILED,
        app_home.NOT_NOW,
        slash_command.DESK_ONLY,
        slash_command.MANAGERS_ONLY,
        submission.EMPTY,
        modals.NOT_OPENED,
        modals.TYPE_IT,
        modals.TELL_ME,
        modals.ATTACH,
        modals.NOT_PUT_IN,
        message_actions.ALREADY,
        message_actions.BEING_PUT,
        message_actions.BEING_OPENED,
        message_actions.PUT_BEFORE,
        message_actions.NOT_HERE,
        message_actions.KEPT_OPEN,
        *actions.DECIDED.values(),
    ),
    "messages in Slack": (
        message.ACCEPT,
        message.TOO_LONG,
        message.TOO_LONG_INWARD,
        message.SHOW_ALL,
        message.READ_ALL,
        message.BANNER,
        message.ONLY_YOU_SEE,
        message.ANSWER_HERE,
        *(label for label, _, _ in message.OFFERED),
        *error_codes.MEANINGS.values(),
    ),
    "views of Slack": (
        *STATES.values(),
        *broadcast_form.CHOSEN_STATES.values(),
        card.DESERTED,
        *card.VIA.values(),
        *card.STEPS.values(),
        *chain.from_iterable(case_forms._WORDS.values()),
        *case_forms.LATER.values(),
        *case_forms.CONCERNS.values(),
        *case_list.MARKS.values(),
        *case_list.ANY_STATE.values(),
        *case_list.ANY_OF.values(),
        *case_list.OWN_STATES.values(),
        *filter(None, chain.from_iterable(case_list.DUE.values())),
        case_list.THEIR_THREAD,
        case_opened.FOR_STAFF,
        draft.YOURS,
        *entry.APART.values(),
        new_case.EXAMPLES,
        new_case.NEEDS_CONTACT,
        new_case.USUAL_GUIDANCE,
        new_case.FILES_HINT,
        new_case.FEW_FILES,
    ),
    "steps of a history": (
        *sorted(set(steps())),
        *sla_targets.STEPS,
        *bounced.EVENTS.values(),
        technical_contact.MISSING,
        rota.NOBODY,
        entries.TAKEN_BACK,
        report.SHOWN,
        report.NOTHING_FITTED,
        erase.EVENT,
        "kept as unverified",
    ),
}
"""What stands in tables, by what they are of."""
