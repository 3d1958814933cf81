"""The cast: teams, people and channels, from JSON."""

from __future__ import annotations

from rehearsal.slack.wire.wire import Json
from rehearsal.slack.workspace.team import Team
from rehearsal.slack.workspace.workspace import Workspace

DEFAULT: Json = {
    "teams": [
        {"id": "T0HOME", "name": "Example Support", "domain": "example-support"},
        {"id": "T0ACME", "name": "Acme", "domain": "acme"},
    ],
    "users": [
        {"id": "U0SAM", "name": "sam", "real_name": "Sam Specialist", "email": "sam@example.com"},
        {"id": "U0KIM", "name": "kim", "real_name": "Kim Specialist", "email": "kim@example.com"},
        {"id": "U0MIA", "name": "mia", "real_name": "Mia Manager", "email": "mia@example.com"},
        {
            "id": "U0ANA",
            "name": "ana",
            "real_name": "Ana Acme",
            "email": "ana@acme.com",
            "phone": "+4930123456",
            "is_restricted": True,
        },
        {"id": "U0NOA", "name": "noa", "real_name": "Noa Nomail", "is_restricted": True},
        {"id": "U0EVE", "name": "eve", "real_name": "Eve Acme", "email": "eve@acme.com", "team": "T0ACME"},
        {"id": "U0WEATHER", "name": "weather", "real_name": "Weather", "is_bot": True},
    ],
    "channels": [
        {"id": "C0TRIAGE", "name": "triage", "members": ["@app", "sam", "kim", "mia"]},
        {
            "id": "C0GENERAL",
            "name": "general",
            "members": ["@app", "sam", "kim", "mia", "ana", "noa", "weather"],
        },
        {"id": "C0ACME", "name": "acme", "members": ["@app", "sam", "ana", "eve"], "shared": ["T0ACME"]},
    ],
}
"""A small support team; a customer who is a guest there, one of another team, a guest without e-mail, a bot."""


def build(cast: Json | None = None) -> Workspace:
    """A workspace with this cast (`DEFAULT` if none is given); its first team is home to the app."""
    cast = DEFAULT if cast is None else cast
    workspace = Workspace([Team(**team) for team in cast.get("teams", [])])
    add(workspace, cast)
    return workspace


def add(workspace: Workspace, cast: Json) -> None:
    """More of a cast; what exists by that id is replaced."""
    with workspace.lock:
        for team in cast.get("teams", []):
            workspace.teams[team["id"]] = Team(**team)
        for user in cast.get("users", []):
            workspace.add_user(**user)
        for channel in cast.get("channels", []):
            workspace.add_channel(**channel)
