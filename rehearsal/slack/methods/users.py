"""``users.*``: who somebody is."""

from __future__ import annotations

from rehearsal.slack.methods.method import Caller, Method, person_of
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.wire.arguments import Arguments
from rehearsal.slack.wire.wire import Json


def info(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``users.info`` of one user.

    The e-mail address comes only with the scope ``users:read.email``, the locale only with
    ``include_locale``.
    """
    user = scene.workspace.users[person_of(scene, args.needed("user"))]
    team = scene.workspace.teams.get(user.team)
    grid = team.enterprise if team else ""
    teams = [each.id for each in scene.workspace.teams.values() if each.enterprise == grid]
    with_email = "users:read.email" in caller.scopes
    wire = user.wire(with_email=with_email, enterprise=grid, teams=teams)
    locale = {"locale": user.locale} if args.flag("include_locale") else {}
    return {"user": {**wire, **locale}}


METHODS = {
    "users.info": Method(info, ("users:read",)),
}
