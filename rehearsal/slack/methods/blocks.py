"""``blocks.validate``: would these blocks, or this view, be taken?"""

from __future__ import annotations

from rehearsal.slack.methods.method import Caller, Method
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.rules import blocks
from rehearsal.slack.wire.arguments import Arguments
from rehearsal.slack.wire.wire import Json, SlackError


def validate(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """Exactly one of ``blocks`` and ``view``; shows nothing (docs.slack.dev: "blocks.validate")."""
    given = args.json("blocks"), args.json("view")
    if (given[0] is None) == (given[1] is None):
        raise SlackError("invalid_arguments", messages=["exactly one of blocks and view"])
    if given[0] is not None:
        blocks.message_blocks(given[0])
    else:
        blocks.view(given[1])
    return {}


METHODS = {"blocks.validate": Method(validate)}
