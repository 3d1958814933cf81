"""``views.*``: modals and App Homes."""

from __future__ import annotations

from typing import Any

from rehearsal.slack.methods.method import Caller, Method, person_of
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.wire.arguments import Arguments
from rehearsal.slack.wire.wire import Json, SlackError


def open_view(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``views.open``: spends the trigger, even where the view is then refused."""
    user = _user(scene, args)
    return {"view": scene.modals.open(user, _view(args)).wire()}


def push(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``views.push``."""
    user = _user(scene, args)
    return {"view": scene.modals.push(user, _view(args)).wire()}


def update(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``views.update`` by ``view_id``, against ``hash`` where it is given."""
    view = scene.modals.find(args.needed("view_id"))
    return {"view": scene.modals.update(view, _view(args), hash=args.text("hash")).wire()}


def publish(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``views.publish``."""
    user = person_of(scene, args.needed("user_id"))
    return {"view": scene.modals.publish(user, _view(args), hash=args.text("hash")).wire()}


def _user(scene: Scene, args: Arguments) -> str:
    return scene.workspace.triggers.exchange(args.needed("trigger_id"))


def _view(args: Arguments) -> Any:
    view = args.json("view")
    if view is None:
        raise SlackError("invalid_arguments", messages=["missing required field: view"])
    return view


METHODS = {
    "views.open": Method(open_view),
    "views.push": Method(push),
    "views.update": Method(update),
    "views.publish": Method(publish),
}
