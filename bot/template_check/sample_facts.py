"""Sample facts for every notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.model.facts import (
    Answered,
    CaseFacts,
    CaseLine,
    CaseList,
    EventLine,
    FileFacts,
    HelpLine,
    InternalEntry,
)
from bot.model.notices import Notice
from bot.model.translatable import saying
from bot.template_check.sample_case import ANSWER, ARTICLES, ASKED, AT, CASE, DESK, SAID, TEAM, TEXT

NOTED = {"note_address": "support+note@example.com"}
CAME = {"as_it_came": "https://support.example.com/mail/sample", **NOTED}
SECTIONS: Mapping[str, tuple[str, str]] = {
    "news": ("case closed", "added"),
    "desk news": ("customer acted", "note written"),
}
"""The notices that stand in a mail of several, by its name."""
CLOSED = "{case} is closed: {reason}."
DID_YOU_MEAN = "I do not know “{word}”. Did you mean “{near}”?"
LARGE = ("Ana Lima <ana@acme.example>", "The log of the whole week", 61_204_331)
CONCERN = {"phone": "+351 21 555 01 23", "category": "Lack of resolution", "text": TEXT}

FACTS: Mapping[str, Mapping[str, Any]] = {
    "confirmation": {
        "entry": SAID,
        "whole": False,
        "missing": ("what you did, and what happened instead", "the SDK's version"),
        "added": ("Tom Berg",),
        "follows": "CS-000098",
        "addable": ("lea@acme.example",),
        "proposed": ("li@partner.example",),
        "english_hint": True,
        "contact": True,
        "scope": "We help with our own platform; custom code is your local team's.",
        "articles": ARTICLES,
    },
    "acknowledgement": {},
    "answer": {"entry": ANSWER, "workaround": True, "closed": "Resolved", "reopen_days": 14},
    "case closed": {
        "by": "Sam Okafor",
        "reason": "Resolved",
        "text": "It delivers again.",
        "reopen_days": 14,
    },
    "case reopened": {"by": "Tom Berg", "text": "It has stopped again."},
    "concern received": {
        **CONCERN,
        "whole": False,
        "missing": ("a phone number where we can reach you",),
        "who": "Carla Reyes",
        "by_at": AT,
    },
    "concern taken": {"by": "Carla Reyes", "phone": CONCERN["phone"], "text": "I look at it myself today."},
    "information needed": {"entry": ASKED},
    "upload link": {"upload_url": "https://support.example.com/upload/sample"},
    "reminder": {"closes_at": AT, "last": False, "asked": "Which seat is it, please?"},
    "priority changed": {
        "by": "Sam Okafor",
        "before": "Medium",
        "text": "Most deals are hit, and nothing gets around it.",
        "contact": True,
    },
    "priority declined": {
        "by": "Sam Okafor",
        "wanted": "Blocker",
        "text": "One deal is hit, others deliver.",
    },
    "contact needed": {"lower": "Critical"},
    "handed over": {"team": TEAM},
    "turned away": {"team": TEAM},
    "passed on": {
        "by": "Sam Okafor",
        "why": "The tag manager is their own.",
        "entries": (SAID, ANSWER),
        "customers": ("Ana Lima <ana@acme.example>",),
        "answers_customer": True,
        "left": (FileFacts("trace.har", 31_204_000),),
    },
    "added": {"by": "Ana Lima", "entry": SAID, "whole": True},
    "requester changed": {"by": "Sam Okafor"},
    "closed quietly": {"confirm_days": 5, "reopen_days": 14},
    "thanked": {},
    "survey invitation": {"survey_url": "https://support.example.com/survey/sample"},
    "merged": {"into": "CS-000098"},
    "unmerged": {"into": "CS-000098"},
    "split off": {"came_from": "CS-000098", "text": TEXT, "whole": False},
    "news": {"sections": ()},
    "case opened": {
        "entry": SAID,
        "sender": "Ana Lima <ana@acme.example>",
        "proof": "plausible",
        "held": False,
        "unnamed": False,
        "acknowledged": True,
        "evidence": ("DKIM: pass for acme.example",),
        "offered": None,
        "proposed": ("lea@partner.example",),
        "linked": CASE,
        "follows": True,
        **CAME,
    },
    "customer replied": {"entry": SAID, "sender": "Ana Lima", "proposed": ("lea@partner.example",), **CAME},
    "customer acted": {"what": "Ana Lima closed the case", "text": TEXT, **CAME},
    "note written": {"entry": InternalEntry("Sam Okafor", "The third time this week.", AT), **NOTED},
    "unverified": {
        "what": "ana@acme.example wrote, and we could not be sure that it was them. Only the desk sees it",
        "text": TEXT,
        "offered": "e-k4q7x2",
        **CAME,
    },
    "addition asked": {"sender": "Ana Lima", "who": "Li Wang", "address": "li@partner.example", **NOTED},
    "assigned": {"by": "Carla Reyes", **NOTED},
    "concern raised": {**CONCERN, "sender": "Ana Lima", "entries": (ANSWER, SAID), **CAME},
    "survey answered": {
        "sender": "Ana Lima",
        "rating": 4,
        "comment": "Quick, once it was found.",
        "changed": False,
        **NOTED,
    },
    "reply due": {"due_at": AT, "first": True, **NOTED},
    "reply overdue": {"due_at": AT, "first": False, **NOTED},
    "still no reply": {"due_at": AT, "first": True, **NOTED},
    "solution due": {"due_at": AT, "first": False, **NOTED},
    "solution overdue": {"due_at": AT, "first": False, **NOTED},
    "still not solved": {"due_at": AT, "first": False, **NOTED},
    "priority requested": {"wanted": "Critical", "entry": SAID, "sender": "Ana Lima", **CAME},
    "contact missing": {"lower": "Critical", **NOTED},
    "concern waits": {
        "sender": "Ana Lima",
        "phone": CONCERN["phone"],
        "category": CONCERN["category"],
        "since": AT,
        "entries": (ANSWER, SAID),
        **NOTED,
    },
    "weekly digest": {
        "days": "23 Feb – 1 Mar 2026",
        "since": "2026-02-23",
        "until": "2026-03-01",
        "headline": "23 cases were opened and 25 closed; 2 answers came late.",
        "figures": [("Opened", "23"), ("Closed", "25"), ("Waiting for us", "7")],
        "waits": (("CS-000098", "3 days", "Low", "nobody yet", "Report 77 fails"),),
    },
    "mailbox silent": {"address": "support@example.com", "patience": "15m", "returned": AT},
    "mailbox heard again": {"address": "support@example.com", "patience": "15m", "returned": AT},
    "mail set aside": {
        "address": "support@example.com",
        "why": "more than 5 unproven mails an hour from eve@example.net",
    },
    "mailbox unvouched": {"address": "support@example.com"},
    "board exposed": {"place": "#support-desk"},
    "mail too large": {"address": "support@example.com", "limit": 52_428_800, "mails": (LARGE,)},
    "desk news": {"sections": (), **NOTED},
    "transcript": {
        "answered": (
            Answered("#close", "done", saying(CLOSED, case="CS-000123", reason="No longer an issue")),
            Answered("#clsoe", "unclear", saying(DID_YOU_MEAN, word="#clsoe", near="#close")),
            Answered("#take", "refused", "Only the support team can do that."),
        ),
        "cases": (
            CaseList(
                "my",
                (
                    CaseLine("CS-000098", "Report 77 fails", "waiting", "Low", "Ana Lima", "Sam Okafor", AT),
                    CaseLine("CS-000123", CASE.subject, "new", "Critical", "Ana Lima", "", AT),
                ),
            ),
        ),
        "left": 3,
        "view": CASE,
        "entries": (SAID, ANSWER),
        "history": (
            EventLine(AT, "opened", "Ana Lima"),
            EventLine(AT, "taken", "Sam Okafor"),
            EventLine(AT, "information requested", "Sam Okafor"),
            EventLine(AT, "replied", "Ana Lima"),
            EventLine(AT, "priority requested", "Ana Lima"),
            EventLine(AT, "priority changed", "Sam Okafor"),
            EventLine(AT, "workaround given", "Sam Okafor"),
            EventLine(AT, "concern raised", "Ana Lima"),
            EventLine(AT, "concern taken", "Carla Reyes"),
            EventLine(AT, "closed", "Ana Lima"),
        ),
        "help": (
            HelpLine("#close [reason], [text]", "close the case"),
            HelpLine("#add mail-address", "let somebody follow the case"),
        ),
    },
}
"""By the notice's name, all that the first line of its template names."""
_CASELESS = frozenset(
    {
        "turned away",
        "weekly digest",
        "mailbox silent",
        "mailbox heard again",
        "mail set aside",
        "mailbox unvouched",
        "board exposed",
        "mail too large",
    }
)
_BLOCKERS = frozenset({"confirmation", "contact needed", "contact missing", "priority changed"})
_STATES = {
    "case closed": "resolved",
    "closed quietly": "closed",
    "handed over": "closed",
    "confirmation": "new",
    "case opened": "new",
    "information needed": "waiting",
    "reminder": "waiting",
}


def sample(notice: Notice, *, bare: bool = False) -> dict[str, Any]:
    """All facts for a notice. ``bare``: without whatever may be missing, and one of what there may be several of."""
    case, facts = _case(notice.name, bare=bare), FACTS[notice.name]
    if not bare:
        return {"desk": DESK, "to": "Ana Lima", "case": case, **facts}
    needed = _NEEDED | _ITS_OWN.get(notice.name, frozenset())
    return {"desk": replace(DESK, docs_url=""), "to": "", "case": case} | {
        name: value if name in needed else _LEAST.get(type(value), value) for name, value in facts.items()
    }


def _case(name: str, *, bare: bool) -> CaseFacts | None:
    if name in _CASELESS:
        return None
    priority = "Blocker" if name in _BLOCKERS else CASE.priority
    case = replace(CASE, state=_STATES.get(name, "open"), priority=priority)
    if not bare:
        return case
    return replace(
        case, subject="", type="", category="", ids=(), feature="", owner="", url="", upload_url=""
    )


_NEEDED = frozenset(
    {
        "upload_url",
        "reason",
        "sender",
        "what",
        "into",
        "came_from",
        "address",
        "why",
        "sections",
        "answered",
        "by",
        "before",
        "wanted",
        "days",
        "headline",
    }
)
_ITS_OWN: Mapping[str, frozenset[str]] = {"handed over": frozenset({"team"})}
"""What only one notice cannot do without."""
_LEAST: Mapping[type, Any] = {str: "", int: 1, bool: False, tuple: ()}
