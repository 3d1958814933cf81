"""The shape of payloads from Slack: nonsense is refused before it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_SHAPES: Mapping[str, type] = {
    "event": dict, "event.message": dict, "event.previous_message": dict, "event.view": dict, "event.files": list,
    "authorizations": list, "user": dict, "team": dict, "channel": dict, "message": dict, "container": dict,
    "actions": list, "state": dict, "state.values": dict, "view": dict, "view.state": dict, "view.state.values": dict,
    "view.blocks": list,
}  # fmt: skip
"""By its path, what a part is, where it is there and not null."""
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "event_callback": ("event",),
    "block_actions": ("user", "actions"),
    "view_submission": ("user", "view", "view.state", "view.state.values", "view.blocks"),
    "shortcut": ("user",),
}
"""By the request's type, what has to be there."""
_FILLED = ("actions", "view.state.values")
"""Whose parts are objects, too."""


def problem(body: Any) -> str:
    """The reason why a request's body cannot be read, for a log; ``""`` if it can."""
    if not isinstance(body, dict):
        return "it is no object"
    needed = _NEEDED.get(str(body.get("type")), ())
    bad = [path for path in _SHAPES if not _fits(body, path, needed=path in needed)]
    return f"{bad[0]} is not as Slack sends it" if bad else ""


def _fits(body: Mapping[str, Any], path: str, *, needed: bool) -> bool:
    part: Any = body
    for name in path.split("."):
        part = part.get(name) if isinstance(part, dict) else None
    if part is None:
        return not needed
    if not isinstance(part, _SHAPES[path]):
        return False
    return path not in _FILLED or all(isinstance(item, dict) for item in _parts(part))


def _parts(part: Any) -> Iterable[Any]:
    return part.values() if isinstance(part, dict) else part
