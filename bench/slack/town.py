"""A large desk's workspace: twenty specialists, twenty channels of customers, some of other organisations."""

from __future__ import annotations

from rehearsal.slack.server import Server
from rehearsal.slack.workspace import cast

SPECIALISTS = tuple(f"s{number:02d}" for number in range(20))
CHANNELS = tuple(f"customer{number:02d}" for number in range(20))
CONNECT = {0: "T0CONA", 1: "T0CONB", 2: "T0CONC"}
"""Channels of other organisations (Slack Connect), and their teams."""
GRID = 3
"""The channel of an organisation with Enterprise Grid."""
ACCOUNT = """
[[account]]
name = "{name}"
domains = ["{name}.example"]
places.slack = ["T0HOME/C0{id}"]
"""


def customer(channel: str) -> str:
    """The customer who speaks in a channel."""
    return f"{channel}-ana"


def _team(number: int) -> str:
    return "T0GRIDA" if number == GRID else CONNECT.get(number, "T0HOME")


def workspace() -> Server:
    """The workspace, with Slack's rate limits off until the day begins."""
    teams = [
        {"id": "T0HOME", "name": "Example Support", "domain": "example-support"},
        *({"id": team, "name": team.title(), "domain": team.lower()} for team in CONNECT.values()),
        {"id": "T0GRIDA", "name": "Grid East", "domain": "grid-east", "enterprise": "E0GRID"},
        {"id": "T0GRIDB", "name": "Grid West", "domain": "grid-west", "enterprise": "E0GRID"},
    ]
    people = [{"id": f"U0{user.upper()}", "name": user} for user in SPECIALISTS]
    people += [
        {"id": f"U0ANA{number:02d}", "name": customer(channel), "team": _team(number)}
        for number, channel in enumerate(CHANNELS)
    ]
    channels = [{"id": "C0TRIAGE", "name": "triage", "members": ["@app", *SPECIALISTS]}]
    channels += [
        {
            "id": f"C0{channel.upper()}",
            "name": channel,
            "members": ["@app", customer(channel), *SPECIALISTS[:2]],
            "shared": [] if _team(number) == "T0HOME" else [_team(number)],
        }
        for number, channel in enumerate(CHANNELS)
    ]
    return Server(cast.build({"teams": teams, "users": people, "channels": channels}))


def accounts() -> str:
    """An account for each channel, as the config has it."""
    return "".join(ACCOUNT.format(name=channel, id=channel.upper()) for channel in CHANNELS)
