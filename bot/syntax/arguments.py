"""Arguments of verbs: one short function for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot import commands
from bot.commands import triage, work
from bot.languages.catalogue import every_of, languages
from bot.model.errors import BadCommand
from bot.model.translatable import saying
from bot.syntax import case_arguments
from bot.syntax.case_numbers import ENTRY, ParsedCommand, label, number
from bot.syntax.fields import Choices, ids, level
from bot.syntax.phone_numbers import phone_number

STATES = ("new", "open", "waiting", "resolved", "closed", "all")


def command(asked: ParsedCommand, case: int | None, lists: Choices) -> commands.Command:
    """What the desk understands, about the case that ``asked`` names, else about ``case``.

    Raises ``BadCommand`` whose ``fields`` say what is missing or wrong.
    """
    if asked.verb in _FREE:
        return _FREE[asked.verb](asked.text, lists)
    if asked.verb == "merge":
        return _merge(asked.case, case or None, asked.text)  # nothing is merged into what was just opened
    on = asked.case if asked.case is not None else case
    if on is None:
        raise BadCommand(
            saying("Which case? Please add its number: {verb} CS-000123 …", verb=asked.verb),
            {"case": "is needed here"},
        )
    return _ON_CASE[asked.verb](on, asked.text, lists)


def _new(text: str, lists: Choices) -> commands.Command:
    first, _, rest = text.strip().partition("\n")
    word, _, subject = first.partition(" ")
    priority = level(word.rstrip(":,"), lists)
    subject = (subject if priority else first).strip().removeprefix("> ")  # of words that are passed on
    if not subject:
        raise BadCommand(
            saying("A new case needs a subject: new Deal ID 12333: no delivery"), {"subject": "is needed"}
        )
    return commands.Open(subject, rest.strip(), priority or None, ids=ids(text))


def _my(text: str, lists: Choices) -> commands.Command:
    state = text.strip(" .").lower()
    if state and state not in STATES:
        raise BadCommand(
            saying("“{state}” is no state. There are: {known}.", state=state[:40], known=", ".join(STATES)),
            {"state": "is unknown"},
        )
    return commands.My(state)


def _search(text: str, lists: Choices) -> commands.Command:
    return commands.Search(_needed(text, "words", "What shall I look for? search words"))


def _help(text: str, lists: Choices) -> commands.Command:
    return commands.Help(text.strip().lower())


def _reply(case: int, text: str, lists: Choices) -> commands.Command:
    return commands.Reply(case, _needed(text, "text", "There is no text to send: reply text"))


def _note(case: int, text: str, lists: Choices) -> commands.Command:
    return commands.Note(case, _needed(text, "text", "There is no text to note: note text"))


def _attach(case: int, text: str, lists: Choices) -> commands.Command:
    return commands.Attach(case)


def _take(case: int, text: str, lists: Choices) -> commands.Command:
    return commands.Take(case)


def _show(case: int, text: str, lists: Choices) -> commands.Command:
    return commands.Show(case)


def _reopen(case: int, text: str, lists: Choices) -> commands.Command:
    return commands.Reopen(case, text)


_USUAL_REASONS = {
    **{
        reason: every_of(lambda language: language.close_reasons, reason)
        for reason in languages()["en"].close_reasons
    },
    "": tuple(
        f"no {said} {wanted}"
        for said in ("response", "reply", "answer")
        for wanted in ("needed", "necessary", "required")
    ),
}
"""``""``: words that begin like a reason and are none."""
_PAUSE = " \t,.;:!–—-\n"


def _close(case: int, text: str, lists: Choices) -> commands.Command:
    reason, rest = _leading(text, lists.close_reasons, _USUAL_REASONS)
    return commands.Close(case, reason or None, rest)


def _leading(text: str, choices: Mapping[str, str], usual: Mapping[str, tuple[str, ...]]) -> tuple[str, str]:
    """The key whose words ``text`` begins with, and what follows (a reason within a sentence stays)."""
    folded = text.lower()
    phrases = [
        (phrase.lower(), key)
        for key, words in (*choices.items(), ("", ""))
        for phrase in (key, key.replace("_", " "), words, *usual.get(key, ()))
        if phrase
    ]
    for phrase, key in sorted(phrases, key=lambda pair: -len(pair[0])):
        rest = text[len(phrase) :]
        if folded.startswith(phrase) and not rest[:1].isalnum():
            return key, text if not key or _goes_on(phrase, rest) else rest.lstrip(_PAUSE).rstrip()
    return "", text


def _goes_on(phrase: str, rest: str) -> bool:
    """Is the reason within a longer sentence? A mark ends it; so does a capital letter, after more than one word."""
    if not rest.strip(_PAUSE):
        return False
    if rest[0] != " ":
        return rest[0] not in _PAUSE
    begins = rest.lstrip()[0]
    return begins not in _PAUSE and "_" not in phrase and not (" " in phrase and begins.isupper())


_USUAL_CONCERNS = {
    "lack_of_reply": ("lack of reply/attention", "lack of reply", "lack of attention", "no reply"),
    "lack_of_resolution": ("no resolution", "not resolved"),
    "repetitive_tasks": ("repetitive",),
    "unclear_resolution": ("unclear",),
    "wrong_reply": ("wrong answer",),
}
_PHONE = re.compile(
    r"(?:(?:tel|phone|call(?: me)?(?: at| on)?)[.: ]{1,3})?((?:\+|00)\d[\d ()./-]{5,24}\d)", re.IGNORECASE
)
_LOCAL_PHONE = re.compile(
    r"(?:(?:tel|phone|call(?: me)?(?: at| on)?)[.: ]{1,3})?\(?(0\d[\d ()./-]{5,20}\d)", re.IGNORECASE
)


def _concern(case: int, text: str, lists: Choices) -> commands.Command:
    phone, text = _phone(text)
    category, rest = _category(text.lstrip(_PAUSE), lists)
    return commands.Concern(case, phone, category, rest.lstrip(_PAUSE).rstrip())


def _phone(text: str) -> tuple[str, str]:
    """An international number anywhere, or one with a leading zero before a colon; and the text without."""
    found = _PHONE.search(text[:2000]) or _LOCAL_PHONE.search(text[:2000].partition(":")[0])
    if not found or not phone_number(found.group(1)):
        return "", text
    return found.group(1).strip(), (text[: found.start()].rstrip() + text[found.end() :]).strip()


def _category(text: str, lists: Choices) -> tuple[str, str]:
    """The category that ``text`` begins with, whatever comes after its words."""
    folded = text.lower()
    phrases = [
        (phrase.lower(), key)
        for key, words in lists.concern_categories.items()
        for phrase in (key, key.replace("_", " "), words, *_USUAL_CONCERNS.get(key, ()))
    ]
    for phrase, key in sorted(phrases, key=lambda pair: -len(pair[0])):
        if folded.startswith(phrase) and not folded[len(phrase) : len(phrase) + 1].isalnum():
            return key, text[len(phrase) :]
    return "", text


_ADDRESS = re.compile(r"[^\s<>@,;:|\"()]+@[^\s<>@,;:|\"()]+\.[^\s<>@,;:|\"()]+")


def _add(case: int, text: str, lists: Choices) -> commands.Command:
    return commands.AddPerson(case, _one_address(text, "add"))


def _remove(case: int, text: str, lists: Choices) -> commands.Command:
    return commands.RemovePerson(case, _one_address(text, "remove"))


def _one_address(text: str, verb: str) -> str:
    found = {address.rstrip(".").lower() for address in _ADDRESS.findall(text[:2000])}
    if len(found) != 1:
        why = (
            "One person on each line, please: {verb} ana@example.com"
            if found
            else "Whom? One mail address is needed: {verb} ana@example.com"
        )
        raise BadCommand(saying(why, verb=verb), {"address": "must be one mail address"})
    return str(found.pop())


def _assign(case: int, text: str, lists: Choices) -> commands.Command:
    to = _needed(text.removeprefix("to "), "to", "To whom? assign bob@example.com")
    address = _ADDRESS.search(to[:200])
    return commands.Assign(case, address.group().rstrip(".").lower() if address else to.removeprefix("@"))


_BARE = re.compile(r"(\d{1,12})(?![\w-])[ \t:,]*")
"""``merge 2`` is ``merge CS-000002``, however it is written."""
_INTO = re.compile(r"(?:(?:in)?to[ \t]+)?(CS-\d{6,12}|#\d{1,12}|\d{1,12})(?![\w-])[ \t:,.]*", re.IGNORECASE)


def _merge(named: int | None, here: int | None, text: str) -> commands.Command:
    """``merge 2 into 1`` · on case 1: ``merge 2`` · on case 2: ``merge into 1``."""
    if named is None and (bare := _BARE.match(text)):
        named, text = number(bare.group(1)), text[bare.end() :]
    found = _INTO.match(text)
    into = number(found.group(1)) if found else None
    one = named if named is not None else here
    if into is None:
        into = here
    if one is None or into is None or one == into:
        raise BadCommand(
            f"Which case into which? merge {label(one or 124)} into CS-000123", {"into": "is needed"}
        )
    return triage.Merge(one, into, text[found.end() :].strip() if found else text.strip())


def _handover(case: int, text: str, lists: Choices) -> commands.Command:
    return work.Handover(case, text.strip())


def _unmerge(case: int, text: str, lists: Choices) -> commands.Command:
    return triage.Unmerge(case)


def _split(case: int, text: str, lists: Choices) -> commands.Command:
    entry, rest = _entry(text)
    if not entry:
        raise BadCommand("Which entry? split e-k4q7x2", {"entry": "is needed, as `case show` names it"})
    return triage.Split(case, entry, rest)


def _accept(case: int, text: str, lists: Choices) -> commands.Command:
    return triage.Accept(case, _entry_or_nothing(text, "accept"))


def _spam(case: int, text: str, lists: Choices) -> commands.Command:
    return triage.Spam(case, _entry_or_nothing(text, "spam"))


def _entry_or_nothing(text: str, verb: str) -> str:
    entry, _ = _entry(text)
    if text.strip() and not entry:
        raise BadCommand(f"“{text.strip()[:40]}” names no entry: {verb} e-k4q7x2", {"entry": "is unknown"})
    return entry


def _entry(text: str) -> tuple[str, str]:
    """The name of an entry that a text begins with, or ``""``, and what follows."""
    found = ENTRY.match(text.strip())
    return (found.group().lower(), text.strip()[found.end() :].lstrip(_PAUSE)) if found else ("", text)


def _needed(text: str, field: str, why: str) -> str:
    if not text.strip():
        raise BadCommand(saying(why), {field: "is needed"})
    return text.strip()


_FREE: Mapping[str, Callable[[str, Choices], commands.Command]] = {
    "new": _new,
    "my": _my,
    "search": _search,
    "help": _help,
    "queue": case_arguments.queue,
}
_ON_CASE: Mapping[str, Callable[[int, str, Choices], commands.Command]] = {
    "reply": _reply,
    "attach": _attach,
    "note": _note,
    "reopen": _reopen,
    "close": _close,
    "concern": _concern,
    "add": _add,
    "remove": _remove,
    "take": _take,
    "assign": _assign,
    "handover": _handover,
    "show": _show,
    "unmerge": _unmerge,
    "split": _split,
    "accept": _accept,
    "spam": _spam,
    **case_arguments.ON_CASE,
}
