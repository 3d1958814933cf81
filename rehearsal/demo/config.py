"""The demo's config.toml: a real one, with clocks so short that one sees them strike."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

DESK = "support@example.com"
TEAM, TRIAGE, ACME = "T0HOME", "C0TRIAGE", "C0ACME"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody: ``slack`` is the user's id, or empty for who has no Slack."""

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
        {"id": one.slack, "name": one.name.split()[0].lower(), "real_name": one.name, "email": one.mail}
        for one in (SAM, KIM, MIA, BEN)
    ],
    "channels": [
        {"id": TRIAGE, "name": "triage", "members": ["@app", "sam", "kim", "mia"]},
        {"id": ACME, "name": "acme", "members": ["@app", "sam", "kim", "ben"]},
        {"id": "C0GENERAL", "name": "general", "members": ["@app", "sam", "kim", "mia"]},
    ],
}
"""For `rehearsal.slack.workspace.cast.build`. #acme is the customer's own channel: cases opened there live there."""


@dataclass(frozen=True, slots=True)
class Places:
    """The ports of 127.0.0.1 that the demo uses, and the URL of the workspace's Web API."""

    smtp: int
    relay: int
    web: int
    slack_api: str
    bot_token: str
    app_token: str


def text(places: Places) -> str:
    """The text of the whole config file."""
    head = _HEAD.format(p=places, desk=DESK, triage=TRIAGE)
    lists = files("bot.presets").joinpath("en/adtech.toml").read_text(encoding="utf-8")
    return "\n".join((head, lists, *_staff(), _ACCOUNT, _CLOCKS))


_HEAD = """\
# What `casebot demo` ran on. The outside world of these ports ended with it; the store is real.
[desk]
name = "Example Support"
docs_url = "https://docs.example.com"
local_team = "local-team@example.com"
confirm_days = 1
gather = 0
undo = "5s"

[report]
digest = ""
[store]
url = "sqlite:///casebot.db"
files = "./files"
min_free = 0

[[mailbox]]
address = "{desk}"

[limits]
mails_per_case = [100, 1000]  # a life of a case in minutes is nothing unusual here

[email]
listen = "127.0.0.1:{p.smtp}"
relay = "smtp://127.0.0.1:{p.relay}?starttls=off"

[web]
listen = "127.0.0.1:{p.web}"
base_url = "http://127.0.0.1:{p.web}"

[slack]
bot_token = "{p.bot_token}"
app_token = "{p.app_token}"
api_url = "{p.slack_api}"
triage = "{triage}"

[log]
format = "text"
"""

_ACCOUNT = f"""\
[[account]]
name = "Acme"
domains = ["acme.example"]
places.slack = ["{TEAM}/{ACME}"]
local_team = "acme-team@example.com"
"""

_CLOCKS = """\
[[calendar]]
name = "office"
[calendar.hours]
monday = ["00:00-24:00"]
tuesday = ["00:00-24:00"]
wednesday = ["00:00-24:00"]
thursday = ["00:00-24:00"]
friday = ["00:00-24:00"]
saturday = ["00:00-24:00"]
sunday = ["00:00-24:00"]

[[service_level]]
name = "standard"
[service_level.first_response]
Blocker = "2m"
Critical = "3m"
Medium = "5m"
Low = "10m"

[survey]
delay_days = 0
"""


def _staff() -> list[str]:
    return [
        f"""\
[[staff]]
name = "{person.name}"
mail = "{person.mail}"
addresses.slack = "{TEAM}/{person.slack}"
role = "{"manager" if person is MIA else "specialist"}"
manager = "{"" if person is MIA else MIA.mail}"
"""
        for person in (SAM, KIM, MIA)
    ]
