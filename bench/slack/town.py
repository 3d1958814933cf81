"""The workspace of the day: 22 customers with a channel each, six specialists, two managers, one triage channel."""

from __future__ import annotations

from rehearsal.slack.server import Server
from rehearsal.slack.workspace import cast

SPECIALISTS = tuple(f"s{number:02d}" for number in range(6))
MANAGERS = ("m00", "m01")
CHANNELS = tuple(f"customer{number:02d}" for number in range(22))
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
    """Return the name of the customer who writes in a channel."""
    return f"{channel}-ana"


def _team(number: int) -> str:
    return "T0GRIDA" if number == GRID else CONNECT.get(number, "T0HOME")


def workspace() -> Server:
    """Start the workspace, with Slack's rate limits off until the day begins."""
    teams = [
        {"id": "T0HOME", "name": "Example Support", "domain": "example-support"},
        *({"id": team, "name": team.title(), "domain": team.lower()} for team in CONNECT.values()),
        {"id": "T0GRIDA", "name": "Grid East", "domain": "grid-east", "enterprise": "E0GRID"},
        {"id": "T0GRIDB", "name": "Grid West", "domain": "grid-west", "enterprise": "E0GRID"},
    ]
    staff = (*SPECIALISTS, *MANAGERS)
    people = [{"id": f"U0{user.upper()}", "name": user} for user in staff]
    people += [
        {"id": f"U0ANA{number:02d}", "name": customer(channel), "team": _team(number)}
        for number, channel in enumerate(CHANNELS)
    ]
    channels = [{"id": "C0TRIAGE", "name": "triage", "members": ["@app", *staff]}]
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
    """Return the config of an account for each channel."""
    return "".join(ACCOUNT.format(name=channel, id=channel.upper()) for channel in CHANNELS)
