"""``users.*``: who somebody is."""

from __future__ import annotations

from rehearsal.slack.methods.method import Caller, Method, person_of
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.wire.arguments import Arguments
from rehearsal.slack.wire.wire import Json, SlackError
from rehearsal.slack.workspace.team import User


def info(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``users.info`` of one user.

    The e-mail address comes only with the scope ``users:read.email``, the locale only with
    ``include_locale``.
    """
    return {"user": _shown(scene, caller, scene.workspace.users[person_of(scene, args.needed("user"))], args)}


def lookup_by_email(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``users.lookupByEmail``: the member whose profile has the address; else ``users_not_found``."""
    email = args.needed("email").lower()
    for user in scene.workspace.users.values():
        if user.email.lower() == email and not (user.is_bot or user.is_stranger or user.deleted):
            return {"user": _shown(scene, caller, user, args)}
    raise SlackError("users_not_found")


def _shown(scene: Scene, caller: Caller, user: User, args: Arguments) -> Json:
    team = scene.workspace.teams.get(user.team)
    grid = team.enterprise if team else ""
    teams = [each.id for each in scene.workspace.teams.values() if each.enterprise == grid]
    with_email = "users:read.email" in caller.scopes
    wire = user.wire(with_email=with_email, enterprise=grid, teams=teams)
    locale = {"locale": user.locale} if args.flag("include_locale") else {}
    return {**wire, **locale}


METHODS = {
    "users.info": Method(info, ("users:read",)),
    "users.lookupByEmail": Method(lookup_by_email, ("users:read.email",)),
}
