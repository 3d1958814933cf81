"""Which mail is a delivery report: by its path back, its sender, its subject and its words."""

from __future__ import annotations

import pytest

from channels.email.automatic import bounce_text
from tests.support.mail.letters import reading

SENDERS = {
    "person": "Ana <ana@acme.example>",
    "daemon": "MAILER-DAEMON@mx.acme.example",
    "postmaster": "postmaster@acme.example",
    "system by name": "Mail Delivery System <system@acme.example>",
    "nobody": "no-reply@acme.example",
    "list manager": "list@acme.example\nX-MLServer: 1",
    "gateway": "ndr@gate.example",
}
PATHS = {
    "null": "",
    "daemon": "MAILER-DAEMON@mx.acme.example",
    "postmaster": "postmaster@acme.example",
    "person": "ana@acme.example",
    "unknown": None,
}
SUBJECTS = ("Delivery Status Notification (Failure)", "The figures")
FAILED = "Your message to <ana@acme.example> could not be delivered: 550 5.1.1 No such person."
WORDS = (
    FAILED,
    f"{'Please read what our mail system has to tell you. ' * 14}\n{FAILED}",
    "<ana@acme.example>: 550 5.1.1 unknown",
    "The figures of the quarter are ready.",
)
TABLE = """
person          null        !!!! !---
person          daemon      !!!! ----
person          postmaster  ---- ----
person          person      ---- ----
person          unknown     ---- ----
daemon          null        !!!! !!!-
daemon          daemon      !!!! !!--
daemon          postmaster  !!!! !!--
daemon          person      !!!! !!--
daemon          unknown     !!!! !!--
postmaster      null        !!!! !!!-
postmaster      daemon      !!!! !!--
postmaster      postmaster  ???? ??--
postmaster      person      ???? ??--
postmaster      unknown     !!!! !!--
system by name  null        !!!! !---
system by name  daemon      !!!! ----
system by name  postmaster  ???? ----
system by name  person      ???? ----
system by name  unknown     !!!! ----
nobody          null        !!!! !---
nobody          daemon      !!!! ----
nobody          postmaster  ???? ----
nobody          person      ???? ----
nobody          unknown     !!!! ----
list manager    null        !!!! !---
list manager    daemon      !!!! ----
list manager    postmaster  ???? ----
list manager    person      ---- ----
list manager    unknown     !!!! ----
gateway         null        !!!! !---
gateway         daemon      !!!! ----
gateway         postmaster  ???? ----
gateway         person      ???? ----
gateway         unknown     ???? ----
"""
"""Sender, path, then a sign for each of the words below the first subject, and below the second.

``!`` is a report; ``?`` counts only with our signature in it; ``-`` is a mail like any other.
"""


@pytest.mark.parametrize("sender", SENDERS)
def test_what_is_a_report(sender: str) -> None:
    expected = {line[16:28].strip(): line[28:] for line in TABLE.splitlines() if line[:16].strip() == sender}
    assert {path: signs(sender, path) for path in PATHS} == expected


def signs(sender: str, path: str) -> str:
    rows = ("".join(sign(sender, path, subject, text) for text in WORDS) for subject in SUBJECTS)
    return " ".join(rows)


def sign(sender: str, path: str, subject: str, text: str) -> str:
    raw = f"From: {SENDERS[sender]}\nTo: support@example.com\nSubject: {subject}\n\n{text}\n"
    report = reading(raw.encode(), mail_from=PATHS[path]).verdict.bounce
    if report is None:
        return "-"
    return "?" if report.doubtful else "!"


def test_a_reason_stands_in_a_long_heading_or_below_a_short_one() -> None:
    assert bounce_text.reason(["Reason: nobody reads mail at this address.", "Sorry"]).startswith("Reason:")
    assert bounce_text.reason(["The reason why it came back:", "Nobody reads it."]) == "Nobody reads it."
