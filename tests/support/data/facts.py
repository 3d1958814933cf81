"""Facts for every notice there is, hostile words and internal ones among them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from markupsafe import escape

from bot.model.facts import (
    Answered,
    ArticleFacts,
    BatchSection,
    CaseFacts,
    CaseLine,
    CaseList,
    DeskFacts,
    EventLine,
    FileFacts,
    HelpLine,
    InternalEntry,
    PublicEntry,
)

AT = datetime(2026, 11, 5, 14, 3, tzinfo=UTC)
DESK = DeskFacts(
    "Acme Support",
    "support@acme.com",
    docs_url="https://docs.acme.com/?a=1&b=2",
    create_url="mailto:support@acme.com?subject=New%20case",
    my_url="mailto:support@acme.com?subject=%23my",
)
CASE = CaseFacts(
    "CS-000123", "No delivery", "new", "Critical", "Delivery", "Deal", ("Deal 12333",), "Maria", "", AT
)
HOSTILE = "<script>alert(1)</script>\n  & \"q\" {{ 7*7 }} 'x'"
SAID = PublicEntry("Maria Jones", f"Hello,\n\n{HOSTILE}", AT, (FileFacts("a<b>.csv", 48_211),))
NOTE = InternalEntry("Ben Ito", "CANARY third time this week", AT)
NOTE_TO = "support+note@acme.com"
NOTED = {"note_address": NOTE_TO}
CAME = {"as_it_came": "https://docs.acme.com/mail/x", **NOTED}
SECTIONS = (
    BatchSection(AT, HOSTILE, escape(HOSTILE)),
    BatchSection(AT, "Tom replied.", escape("Tom replied.")),
)
FACTS: dict[str, dict[str, Any]] = {
    "confirmation": {
        "entry": SAID,
        "whole": False,
        "missing": ("the time zone",),
        "follows": "CS-000001",
        "added": ("Tom",),
        "addable": ("lea@acme.com",),
        "proposed": ("li@x.example",),
        "english_hint": True,
        "contact": True,
        "scope": "We help with our own platform.",
        "articles": (
            ArticleFacts(
                f"Deals {HOSTILE}", "https://docs.acme.com/a?b=1&c", "https://docs.acme.com/solved/x"
            ),
            ArticleFacts("Floors", "https://docs.acme.com/floors"),
        ),
    },
    "acknowledgement": {},
    "answer": {"entry": SAID, "workaround": True, "closed": "Resolved", "reopen_days": 14},
    "case closed": {"by": "Ana", "reason": "resolved", "text": HOSTILE, "reopen_days": 14},
    "case reopened": {"by": "Maria", "text": HOSTILE},
    "concern received": {
        "phone": "+33 1",
        "category": "Other",
        "text": HOSTILE,
        "whole": False,
        "missing": ("a phone number",),
        "who": "Carla",
        "by_at": AT,
    },
    "added": {"by": "Maria", "entry": SAID, "whole": True},
    "addition asked": {"sender": f"Maria {HOSTILE}", "who": HOSTILE, "address": "", **NOTED},
    "requester changed": {"by": f"Ben {HOSTILE}"},
    "upload link": {"upload_url": "https://docs.acme.com/upload/x"},
    "case opened": {
        "entry": SAID,
        "sender": f"Maria {HOSTILE}",
        "proof": "plausible",
        "held": True,
        "unnamed": False,
        "acknowledged": True,
        "evidence": ("DKIM",),
        "offered": "",
        "proposed": ("li@x.example", "T1/U2"),
        "linked": CASE,
        "follows": True,
        **CAME,
    },
    "board exposed": {"place": f"#desk {HOSTILE}"},
    "customer replied": {"entry": SAID, "sender": "Maria", "proposed": (f"li@x {HOSTILE}",), **CAME},
    "customer acted": {"what": "Maria closed the case", "text": HOSTILE, **CAME},
    "news": {"sections": SECTIONS},
    "desk news": {"sections": SECTIONS, **NOTED},
    "reply due": {"due_at": AT, "first": True, **NOTED},
    "reply overdue": {"due_at": AT, "first": False, **NOTED},
    "still no reply": {"due_at": AT, "first": True, **NOTED},
    "solution due": {"due_at": AT, "first": True, **NOTED},
    "solution overdue": {"due_at": AT, "first": True, **NOTED},
    "still not solved": {"due_at": AT, "first": False, **NOTED},
    "information needed": {"entry": SAID},
    "reminder": {"closes_at": AT, "last": True, "asked": HOSTILE},
    "priority changed": {"by": "Ben", "before": "Medium", "text": HOSTILE, "contact": True},
    "priority declined": {"by": "Ben", "wanted": "Critical", "text": HOSTILE},
    "contact needed": {"lower": "Critical"},
    "concern taken": {"by": "Carla", "phone": "+33 1", "text": HOSTILE},
    "priority requested": {"wanted": "Critical", "entry": SAID, "sender": "Maria", **CAME},
    "contact missing": {"lower": "Critical", **NOTED},
    "concern waits": {
        "sender": "Maria",
        "phone": "+33 1",
        "category": "Other",
        "since": AT,
        "entries": (SAID,),
        **NOTED,
    },
    "closed quietly": {"confirm_days": 5, "reopen_days": 14},
    "thanked": {},
    "survey invitation": {"survey_url": "https://docs.acme.com/survey/x"},
    "unverified": {"what": "eve@x wrote", "text": HOSTILE, "offered": "e-k4q7x2", **CAME},
    "merged": {"into": "CS-000001"},
    "unmerged": {"into": "CS-000001"},
    "split off": {"came_from": "CS-000001", "text": HOSTILE, "whole": False},
    "survey answered": {"sender": "M", "rating": 2, "comment": HOSTILE, "changed": True, **NOTED},
    "note written": {"entry": NOTE, "note_address": NOTE_TO},
    "assigned": {"by": "Carla", "note_address": NOTE_TO},
    "concern raised": {
        "phone": "+33 1",
        "category": "Other",
        "text": HOSTILE,
        "sender": "Maria",
        "entries": (SAID, SAID),
        **CAME,
    },
    "mailbox silent": {"address": "help@acme.com", "patience": "15m", "returned": AT},
    "mailbox heard again": {"address": "help@acme.com", "patience": "15m", "returned": AT},
    "mailbox unvouched": {"address": "help@acme.com"},
    "mail too large": {
        "address": "help@acme.com",
        "limit": 52_428_800,
        "mails": tuple((f"Maria {HOSTILE}", HOSTILE, 60_000_000 + n) for n in range(12)),
    },
    "mail set aside": {
        "address": "help@acme.com",
        "why": f"more than 5 unproven mails an hour from {HOSTILE}",
    },
    "weekly digest": {
        "days": "16–22 Nov 2026",
        "since": "2026-11-16",
        "until": "2026-11-22",
        "headline": "12 cases came in (3 more than before), and 9 were closed.",
        "figures": [("Waiting now", "20 cases"), ("First answer", ""), ("Targets missed", "none")],
        "waits": [("CS-000007", "12 d", "Critical", "Maria", HOSTILE)],
    },
    "handed over": {"team": "paris@acme.com"},
    "passed on": {
        "by": "Carla",
        "why": HOSTILE,
        "entries": (SAID, SAID),
        "customers": (f"Maria {HOSTILE}",),
        "answers_customer": True,
        "left": (FileFacts("big<b>.zip", 90_000_000),),
    },
    "turned away": {"team": "paris@acme.com"},
    "transcript": {
        "answered": (
            Answered("#close", "done", "CS-000123 is closed."),
            Answered("#clsoe", "unclear", HOSTILE),
        ),
        "cases": (
            CaseList(
                HOSTILE, (CaseLine("CS-000098", HOSTILE, "waiting", "low", "Maria", "", AT, held=True),)
            ),
        ),
        "view": CASE,
        "entries": (SAID,),
        "history": (EventLine(AT, "concern raised", "Maria", "Other"),),
        "help": (HelpLine("#close reason", "Close the case."),),
    },
}
OF_NO_CASE = (
    "board exposed",
    "mailbox silent",
    "mailbox heard again",
    "mail set aside",
    "mailbox unvouched",
    "mail too large",
    "weekly digest",
    "turned away",
)
"""The notices that are about a mailbox, about all mail, or about the desk."""
