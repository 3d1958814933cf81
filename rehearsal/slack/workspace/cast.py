"""The cast: teams, people and channels, from JSON."""

from __future__ import annotations

from collections.abc import Iterable

from rehearsal.slack.wire.wire import Json, new_id
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
        },
        {"id": "U0NOA", "name": "noa", "real_name": "Noa Nomail"},
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
"""A small support team; a customer in the home team, one of another team, somebody without e-mail, another bot."""


def build(cast: Json | None = None) -> Workspace:
    """A workspace with this cast (`DEFAULT` if none is given); its first team is home to the app."""
    cast = DEFAULT if cast is None else cast
    workspace = Workspace([Team(**team) for team in cast.get("teams", [])])
    add(workspace, cast)
    return workspace


def add(workspace: Workspace, cast: Json) -> Json:
    """More of a cast; ``{"users": [ids], "channels": [ids]}``. What exists by that id is replaced or changed."""
    with workspace.lock:
        for team in cast.get("teams", []):
            workspace.teams[team["id"]] = Team(**team)
        users = [_user(workspace, dict(each)) for each in cast.get("users", [])]
        channels = [_channel(workspace, dict(each)) for each in cast.get("channels", [])]
    return {"users": users, "channels": channels}


def _user(workspace: Workspace, facts: Json) -> str:
    return workspace.add_user(facts.pop("name"), **facts).id


def _channel(workspace: Workspace, facts: Json) -> str:
    old = workspace.channels.get(facts.get("id", ""))
    if old is None:
        facts.setdefault("id", new_id("C"))
        return workspace.add_channel(facts.pop("name"), **facts).id
    old.name, old.kind = facts.get("name", old.name), facts.get("kind", old.kind)
    old.shared |= set(facts.get("shared", []))
    old.members = _ids(workspace, facts["members"]) if "members" in facts else old.members
    workspace.changed("channel", channel=old.id)
    return old.id


def _ids(workspace: Workspace, members: Iterable[str]) -> list[str]:
    return [workspace.user(each).id for each in members]
