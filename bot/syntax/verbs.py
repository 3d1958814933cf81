"""The verbs: what can be asked in every channel."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

STAFF_ROLES = frozenset({"staff", "specialist", "manager", "operator"})


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb. ``case``: is it about one case? ``text``: does it take words of many lines?"""

    name: str
    usage: str
    meaning: str
    aliases: tuple[str, ...] = ()
    who: Literal["everybody", "staff"] = "everybody"
    case: bool = True
    text: bool = False
    for_staff: str = ""
    """What it means where a specialist uses it, if that is another thing."""

    def means(self, *, staff: bool) -> str:
        return self.for_staff if staff and self.for_staff else self.meaning


VERBS = (
    Verb("new", "new [priority] subject", "open a case", ("create",), case=False, text=True),
    Verb("reply", "reply text", "say something on the case", ("answer",), text=True),
    Verb("attach", "attach", "add the files that came along, without words"),
    Verb("note", "note text", "write an internal note: customers never see it", (), "staff", text=True),
    Verb("reopen", "reopen [text]", "open a resolved or closed case again", text=True),
    Verb("close", "close [reason], [text]", "close the case", text=True),
    Verb(
        "concern",
        "concern [category] [phone]: text",
        "tell the manager of whoever works on the case; with a phone number, you are called back",
        ("escalate",),
        text=True,
    ),
    Verb("add", "add mail-address", "let somebody follow the case", ("collab add",)),
    Verb("remove", "remove mail-address", "stop telling somebody about the case", ("collab remove",)),
    Verb("take", "take", "become the owner of the case", (), "staff"),
    Verb("assign", "assign mail-address", "make somebody else the owner", (), "staff"),
    Verb(
        "handover",
        "handover [why]",
        "close the case as out of scope and send all of it to the customer's local service team",
        (),
        "staff",
        text=True,
    ),
    Verb(
        "merge",
        "merge CS-000124 [into CS-000123] [why]",
        "read one case as a part of another",
        (),
        "staff",
        text=True,
    ),
    Verb("unmerge", "unmerge CS-000124", "undo that: both are as they were", (), "staff"),
    Verb("split", "split e-k4q7x2 [why]", "move an entry into a case of its own", (), "staff", text=True),
    Verb(
        "accept",
        "accept [e-k4q7x2]",
        "share what somebody unverified wrote, or let a held case go on",
        (),
        "staff",
    ),
    Verb("spam", "spam [e-k4q7x2]", "put it away, or close the held case; nobody is told", (), "staff"),
    Verb(
        "priority",
        "priority Critical: why",
        "ask for another priority; the support team decides",
        text=True,
        for_staff="set another priority; the customer is told, with your reason",
    ),
    Verb(
        "grant", "grant why", "give the case the priority that its customer asked for", (), "staff", text=True
    ),
    Verb(
        "decline",
        "decline why",
        "leave its priority as it is, and tell the customer why",
        (),
        "staff",
        text=True,
    ),
    Verb("contact", "contact [name] phone", "name who can always be reached about a Blocker"),
    Verb(
        "ask",
        "ask what",
        "ask the customer for material, and wait for it; they are reminded",
        ("request",),
        "staff",
        text=True,
    ),
    Verb("wait", "wait", "wait for the customer: the clocks rest", (), "staff"),
    Verb("workaround", "workaround text", "answer with what helps for now", (), "staff", text=True),
    Verb(
        "set",
        "set type|category|ids|subject|requester: value",
        "set what the case says of itself",
        (),
        "staff",
    ),
    Verb("type", "type Reporting", "set the case's type", (), "staff"),
    Verb(
        "acknowledge",
        "acknowledge [text]",
        "take the concern on a case: the customer hears that you have it",
        ("ack",),
        "staff",
        text=True,
    ),
    Verb(
        "queue",
        "queue [unassigned|mine|concerns]",
        "what there is to do, most urgent first",
        (),
        "staff",
        case=False,
    ),
    Verb("my", "my [state]", "list your cases", ("cases", "my cases"), case=False),
    Verb("show", "show CS-000123", "show a case in full"),
    Verb("search", "search words", "find cases by words", ("find",), "staff", case=False),
    Verb("help", "help [verb]", "what can be asked, and how", case=False),
)

ENGLISH = {name: verb for verb in VERBS for name in (verb.name, *verb.aliases)}
"""Name or alias → verb."""


def nearest(word: str, likeness: float = 0.78) -> str:
    """The verb that ``word`` (at least four letters) was perhaps meant to be, or ``""``."""
    if not 4 <= len(word) <= 12:
        return ""
    word, names = word.lower(), [name for name in ENGLISH if len(name) > 3 and " " not in name]
    swapped = [name for name in names if sorted(name) == sorted(word)]
    return next(iter([*swapped, *get_close_matches(word, names, 1, likeness)]), "")
