"""Filters of lists, read from words: ``mine due today type:report account:"Acme Corp" 2``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.model.case_filter import CONTRARY, KEYS, MARKS, CaseFilter
from bot.model.errors import BadCommand
from bot.model.translatable import saying, together
from bot.syntax.fields import Choices, level

STATES = ("new", "open", "waiting", "resolved", "closed")
AS_READ = {"in progress": "open"}
"""What people read of a state, where it is another word than what they type."""
SPELLINGS = {
    "my": "mine",
    "unowned": "unassigned",
    "nobody's": "unassigned",
    "waiting for the customer": "waiting",
    "waiting for customer": "waiting",
    "due": "due today",
    "today": "due today",
    "concern": "concerns",
    "decision": "decisions",
}
"""What the marks are called besides."""
_MARKED = {mark: mark for mark in MARKS} | SPELLINGS
_KEY = re.compile(rf"\b({'|'.join(KEYS)})[ ]?[:=：][ ]?", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“”„«»](.*?)[\"“”«»]\s*")
_PAGE = re.compile(r"(?:^|\s+)(?:page[ :]?\s*)?(\d{1,5})$", re.IGNORECASE)
_NAMED_PAGE = re.compile(r"(?:^|\s+)page:\s*(\d{1,5})$", re.IGNORECASE)
_MARK = re.compile(
    rf"\b(?:{'|'.join(map(re.escape, sorted(_MARKED, key=len, reverse=True)))})(?![\w'])", re.IGNORECASE
)


def page_of(text: str, *, named: bool = False) -> tuple[str, int]:
    """The words without the page that they end with, and the page; 1 if there is none.

    ``mine 2``; ``named``: only ``page:2`` is one, because any number may be looked for.
    """
    text = text.strip(" .")
    match = (_NAMED_PAGE if named else _PAGE).search(text)
    return (text[: match.start()], max(int(match.group(1)), 1)) if match else (text, 1)


def read(text: str, lists: Choices) -> CaseFilter:
    """The filter that words ask for. Raises ``BadCommand`` for what is none."""
    unread, which = keyed(text, lists)
    marks = {_MARKED[match.group().lower()] for match in _MARK.finditer(unread)}
    for word in filter(None, re.split(r"[\s,;]+|\band\b", _MARK.sub(" ", unread))):
        if priority := level(word, lists):
            which = replace(which, priority=priority)
        else:
            raise BadCommand(_unknown(word), {"which": saying("is unknown")})
    if which.state in STATES[3:]:
        pattern = "The queue has what is to do. For others: search words state:{state}"
        why = saying(pattern, state=which.state)
        raise BadCommand(why, {"state": saying("is not in the queue")})
    for pair in CONTRARY:
        if marks.issuperset(pair):
            why = saying("No case is both {first} and {second}.", first=pair[0], second=pair[1])
            raise BadCommand(why, {"which": saying("is contrary")})
    return which.marked(*marks)


def keyed(text: str, lists: Choices) -> tuple[str, CaseFilter]:
    """The words without their ``key:value`` parts, and these. Raises ``BadCommand`` for an unknown value.

    A value is what stands in quotes, else all up to the next key or mark.
    """
    unread, which = "", CaseFilter()
    while match := _KEY.search(text):
        unread, text = f"{unread} {text[: match.start()]}", text[match.end() :]
        value, text = _value(text)
        key = match.group(1).lower()
        which = _with(which, key, _known(key, value, lists))
    return " ".join(f"{unread} {text}".split()), which


def _with(which: CaseFilter, key: str, value: str) -> CaseFilter:
    return CaseFilter(
        which.marks,
        type=value if key == "type" else which.type,
        account=value if key == "account" else which.account,
        priority=value if key == "priority" else which.priority,
        state=value if key == "state" else which.state,
    )


def _value(text: str) -> tuple[str, str]:
    if quoted := _QUOTED.match(text):
        return quoted.group(1).strip(), text[quoted.end() :]
    ends = [match.start() for match in (_KEY.search(text), _MARK.search(text, 1)) if match]
    end = min(ends, default=len(text))
    return text[:end].strip(" ,;"), text[end:]


def _known(key: str, value: str, lists: Choices) -> str:
    if key == "account" and value:
        return value[:200]
    value = AS_READ.get(value.casefold(), value) if key == "state" else value
    choices = {"type": [*lists.types], "priority": [*lists.priorities], "state": [*STATES]}.get(key, [])
    chosen = (level(value, lists) if key == "priority" else "") or _nearest(value, choices)
    if not chosen:
        raise BadCommand(_no_choice(key, value, choices), {key: saying("is unknown")})
    return chosen


def _no_choice(key: str, value: str, choices: Sequence[str]) -> str:
    pattern = {
        "type": "“{word}” is no type.",
        "priority": "“{word}” is no priority.",
        "state": "“{word}” is no state.",
        "account": "“{word}” is no account.",
    }[key]
    hint = saying("There are: {choices}.", choices=", ".join(choices)) if choices else ""
    return together(saying(pattern, word=value[:40]), hint)


def _nearest(word: str, choices: Sequence[str]) -> str:
    """The choice that is called so, or the only one that begins so, or the only one that has it in it."""
    word = word.casefold()
    if not word:
        return ""
    same = [choice for choice in choices if choice.casefold() == word]
    begun = [choice for choice in choices if choice.casefold().startswith(word)]
    within = [choice for choice in choices if word in choice.casefold()]
    return _only(same) or _only(begun) or _only(within)


def _only(choices: Iterable[str]) -> str:
    all_of_them = [*choices]
    return all_of_them[0] if len(all_of_them) == 1 else ""


def _unknown(word: str) -> str:
    return saying(
        "“{word}” is no queue. There are: {marks}; a priority; and {keys}.",
        word=word[:40],
        marks=", ".join(MARKS),
        keys=", ".join(f"{key}:…" for key in KEYS if key != "state"),
    )
