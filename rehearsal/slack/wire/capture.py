"""Capture: what the app sends, written into a folder as it was sent, for whoever checks its types."""

from __future__ import annotations

import json
import os
from pathlib import Path

from rehearsal.slack.wire.wire import Json

FOLDER = "CASEBOT_REHEARSAL_CAPTURE"
"""The environment variable that names the folder; without it nothing is written."""


def capture(what: str, body: Json) -> None:
    """Add something to this process's file.

    ``what``: a method (``body``: its arguments), ``response`` or ``ack`` (an answer of the app's), or ``event``.
    """
    folder = os.environ.get(FOLDER)
    if not folder:
        return
    plain = {key: value for key, value in body.items() if not isinstance(value, bytes)}
    with (Path(folder) / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"what": what, "body": plain}) + "\n")
