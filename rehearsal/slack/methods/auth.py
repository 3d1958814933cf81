"""``auth.test`` and ``apps.connections.open``."""

from __future__ import annotations

from rehearsal.slack.methods.method import Caller, Method
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.wire.arguments import Arguments
from rehearsal.slack.wire.wire import Json


def test(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``auth.test``: whose the token is."""
    home = scene.workspace.home
    return {
        "url": f"https://{home.domain}.slack.com/",
        "team": home.name,
        "user": caller.app.name.lower(),
        "team_id": home.id,
        "user_id": caller.app.bot_user,
        "bot_id": caller.app.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """A WebSocket URL, good once. ``ws://``: slack_sdk's client speaks TLS on port 443 only."""
    site = scene.workspace.site.replace("http://", "ws://")
    return {"url": f"{site}/link/?{scene.sockets.open_ticket()}"}


METHODS = {
    "auth.test": Method(test, tokens=("bot", "app")),
    "apps.connections.open": Method(open_connection, ("connections:write",), tokens=("app",)),
}
