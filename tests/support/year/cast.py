"""The cast of a year: thirty customers of six accounts, ten of the desk, and the config they are in."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.identity import Identity
from tests.support.setup.config import SECRET


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the cast. A customer has one of ``mail`` and ``slack``, staff always mail and some both."""

    name: str
    mail: str = ""
    slack: str = ""
    """Team and user, as ``T0HOME/U0SAM``."""
    account: str = ""
    role: str = ""
    """Empty: a customer."""
    manager: str = ""
    """The name of one of the staff."""
    zone: str = ""
    """Of staff, by whose clock they read; of a customer, the one that they name once they have a case."""

    @property
    def called(self) -> str:
        """The whole name: a first name alone could be anybody's."""
        return f"{self.name} {(self.account or self.role or 'else').title()}sen"

    @property
    def phone(self) -> str:
        """A number of their own."""
        return f"+33 1 23 45 6{sum(map(ord, self.name)) % 10} {list(EVERYBODY).index(self.name):02}"

    @property
    def told(self) -> tuple[str, str]:
        """The channel by which a customer is told, and the address in it."""
        return ("email", self.mail) if self.mail else ("slack", self.slack.lower())

    def identity(self, channel: str) -> Identity:
        """Who they are in a channel."""
        return Identity(channel, self.mail if channel == "email" else self.slack, self.called)


@dataclass(frozen=True, slots=True)
class Account:
    """A customer organisation, and what it is promised."""

    name: str
    level: str
    calendar: str
    zone: str = ""
    """By whose clock its people read; empty: the desk's."""

    @property
    def channel(self) -> str:
        """Its own channel in Slack."""
        return f"T0HOME/C0{self.name.upper()}"


DESKS, THEIRS, OWN, STAFFS = "Europe/Paris", "Australia/Sydney", "America/New_York", "America/Los_Angeles"
"""Four zones: the desk's, that of two accounts, some customers' own, and two specialists'; each changes its clocks."""
ACCOUNTS = {
    name: Account(name, level, calendar, zone)
    for name, level, calendar, zone in (
        ("Acme", "standard", "Europe/Paris", ""),
        ("Brix", "standard", "Europe/Paris", ""),
        ("Corto", "standard", "Europe/Paris", THEIRS),
        ("Dune", "gold", "America/St_Johns", THEIRS),
        ("Ember", "gold", "America/St_Johns", ""),
        ("Fjord", "gold", "America/St_Johns", ""),
    )
}
_NAMES = """
    Ana Bea Cem Dan Eva Fay Gil Hal Ida Jan Kay Leo Mia Ned Ola Pia Quin Ray Sue Tim Una Vic Wes Xen Yara Zoe
    Abel Bree Cleo Dora
"""


def _customer(number: int, name: str) -> Person:
    account, zone = list(ACCOUNTS)[number % len(ACCOUNTS)], OWN if number % 4 == 3 else ""
    if number % 5 < 2:
        return Person(name, slack=f"T0HOME/U0{name.upper()}", account=account, zone=zone)
    return Person(name, mail=f"{name.lower()}@{account.lower()}.example", account=account, zone=zone)


CUSTOMERS = {name: _customer(number, name) for number, name in enumerate(_NAMES.split())}
STAFF = {
    name: Person(
        name,
        mail=f"{name.lower()}@desk.example",
        slack=f"T0HOME/U0{name.upper()}" if chats else "",
        role=role,
        manager=manager,
        zone=STAFFS if name in ("Lou", "Tess") else "",
    )
    for name, chats, role, manager in (
        ("Sam", True, "specialist", "Max"),
        ("Kim", True, "specialist", "Max"),
        ("Lou", False, "specialist", "Max"),
        ("Pat", True, "specialist", "Mona"),
        ("Rob", False, "specialist", "Mona"),
        ("Tess", True, "specialist", "Mona"),
        ("Uwe", False, "specialist", ""),
        ("Max", True, "manager", "Diana"),
        ("Mona", False, "manager", "Diana"),
        ("Diana", True, "manager", ""),
    )
}
DUTY = "Mona"
STRANGER = Person("Xavier", mail="xavier@elsewhere.example")
"""Whom nothing proves; most of what he sends is spam."""
OPERATOR = "operator"
EVERYBODY = CUSTOMERS | STAFF | {STRANGER.name: STRANGER}
BOARD = "C0TRIAGE"

HOURS = {
    "Europe/Paris": (
        "FR",
        dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), '["09:00-18:00"]'),
    ),
    "America/St_Johns": (
        "CA-NL",
        {
            **dict.fromkeys(("monday", "tuesday", "wednesday", "thursday"), '["08:30-12:00", "13:00-17:30"]'),
            "friday": '["08:00-12:00"]',
        },
    ),
}
"""As ``tests/desk/test_clock_reference.py`` has them."""
FIRST, NEXT, SOLUTION = "first_response", "next_response", "resolution"
TARGETS = {
    "standard": {
        FIRST: {"Blocker": "1h", "Critical": "4h", "Medium": "8h", "Low": "16h"},
        NEXT: {"Blocker": "2h", "Critical": "4h", "Medium": "1d", "Low": "2d"},
        SOLUTION: {"Blocker": "8h", "Critical": "2d", "Medium": "5d", "Low": "10d"},
    },
    "gold": {
        FIRST: {"Blocker": "30m", "Critical": "2h", "Medium": "4h", "Low": "1d"},
        NEXT: {"Blocker": "1h", "Critical": "2h", "Medium": "6h", "Low": "1d"},
        SOLUTION: {"Blocker": "4h", "Critical": "1d", "Medium": "3d", "Low": "8d"},
    },
}

_CONFIG = """
[desk]
name = "Example Support"
gather = {gather}
undo = "0s"
time_zone = "{zone}"
duty_manager = "{duty}"
secrets = ["{secret}"]
[store]
url = "{{url}}"
min_free = 0
[email]
listen = ""
relay = "maildir:./outgoing"
[web]
listen = ""
base_url = "https://support.example.com"
[slack]
bot_token = "xoxb-none"
app_token = "xapp-none"
api_url = "http://127.0.0.1:9/api/"
triage = "{board}"
[limits]
mails_per_case = [3000, 9000]
mails_per_person = [3000, 9000]
mails_per_domain = [3000, 9000]
mails_within = [3000, 9000]
[retention]
raw_mail = "40d"
aside = "40d"
sent = "50d"
closed_cases = "100d"
"""


def config(gather: int = 0) -> str:
    """The whole config, a place for ``{url}`` in it. ``gather``: seconds that mails wait for company."""
    parts = [_CONFIG.format(gather=gather, duty=STAFF[DUTY].mail, board=BOARD, secret=SECRET, zone=DESKS)]
    parts += [_member(person) for person in STAFF.values()]
    for account in ACCOUNTS.values():
        parts.append(f'[[account]]\nname = "{account.name}"\ndomains = ["{account.name.lower()}.example"]')
        parts.append(f'service_level = "{account.level}"\nplaces.slack = ["{account.channel}"]')
        parts.append(f'time_zone = "{account.zone}"')
    for zone, (holidays, hours) in HOURS.items():
        parts.append(f'[[calendar]]\nname = "{zone}"\ntime_zone = "{zone}"\nholidays = "{holidays}"')
        parts.append('closed = ["2026-05-15", "2026-12-24"]\n[calendar.hours]')
        week = dict.fromkeys(
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), "[]"
        )
        parts += [f"{day} = {windows}" for day, windows in (week | hours).items()]
    for level, targets in TARGETS.items():
        calendar = next(one.calendar for one in ACCOUNTS.values() if one.level == level)
        parts.append(f'[[service_level]]\nname = "{level}"\ncalendar = "{calendar}"\ntell_targets = true')
        for target, spans in targets.items():
            parts.append(f"[service_level.{target}]")
            parts += [f'{priority} = "{span}"' for priority, span in spans.items()]
    return "\n".join(parts) + "\n"


def _member(person: Person) -> str:
    manager = STAFF[person.manager].mail if person.manager else ""
    keys = {"name": person.name, "mail": person.mail, "role": person.role, "manager": manager}
    keys["time_zone"] = person.zone
    keys["addresses.slack"] = person.slack
    return "\n".join(["[[staff]]", *(f'{key} = "{value}"' for key, value in keys.items() if value)])
