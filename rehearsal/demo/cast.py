"""The cast: the people of the demo, the channels of its workspace, and the desk they meet at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

DESK = "support@example.com"
TEAM, TRIAGE, ACME = "T0HOME", "C0TRIAGE", "C0ACME"


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the demo's cast; ``slack`` is their user id, or empty if they have no Slack."""

    name: str
    mail: str
    slack: str = ""


ANA = Person("Ana Ferrer", "ana@acme.example")
BEN = Person("Ben Okafor", "ben@acme.example", "U0BEN")
SAM = Person("Sam Specialist", "sam@example.com", "U0SAM")
KIM = Person("Kim Specialist", "kim@example.com", "U0KIM")
MIA = Person("Mia Manager", "mia@example.com", "U0MIA")
ROLES = {"customer": ANA, "colleague": BEN, "specialist": SAM, "second": KIM, "manager": MIA}
"""Who plays what: Ana writes mails, Ben works with her and sits in Slack, the others are the desk."""

WORKSPACE: dict[str, Any] = {
    "teams": [{"id": TEAM, "name": "Example Support", "domain": "example-support"}],
    "users": [
        {
            "id": person.slack,
            "name": person.name.split()[0].lower(),
            "real_name": person.name,
            "email": person.mail,
        }
        for person in (SAM, KIM, MIA, BEN)
    ],
    "channels": [
        {"id": TRIAGE, "name": "triage", "members": ["@app", "sam", "kim", "mia"]},
        {"id": ACME, "name": "acme", "members": ["@app", "sam", "kim", "ben"]},
        {"id": "C0GENERAL", "name": "general", "members": ["@app", "sam", "kim", "mia"]},
    ],
}
"""For `rehearsal.slack.workspace.cast.build`. #acme is the customer's own channel: cases opened there live there."""
