"""Files that came with a form: kept durably by their ids, and fetched afterwards."""

from __future__ import annotations

import json

import structlog

from bot.syntax.case_numbers import label
from channels.slack.desk.desk_client import DeskClient
from channels.slack.inbound.message_files import named
from channels.slack.interactive.submission import Submission, Wrong, digest
from channels.slack.text.i18n import _

log = structlog.get_logger("slack")
FILES = {
    (False, True): "1 file will be there in a moment.",
    (False, False): "{count} files will be there in a moment.",
    (True, True): "1 file had reached us before.",
    (True, False): "{count} files had reached us before.",
}
"""By whether they had come before, and whether it is one."""


def keep_files(
    counter: DeskClient, form: Submission, case: int, *, inward: bool = False, begins: str = ""
) -> str:
    """Keep the files' ids durably before the ack, to be fetched afterwards; returns what to say of them.

    ``begins``: the place where a new case's thread begins, if its account reads along there.
    """
    files = [named(file) for file in form.values.files("files")]
    if not files:
        return ""
    ids = [file["id"] for file in files]
    about = {
        "case": case,
        "team": form.who.team,
        "user": form.who.user,
        "inward": inward,
        "begins": begins,
    }
    raw = json.dumps({**about, "kind": "files", "files": files}).encode()
    try:
        result = counter.keep(f"f:{form.id}:{digest(*ids)}", raw, {"kind": "files", "files": ids})
    except Exception as error:  # the case is there; sent again, only this is done again
        log.error("files could not be kept", case=label(case), error=type(error).__name__)
        later = _("{case}: its files could not be taken yet. Please press again.", case=label(case))
        raise Wrong({"files": later}) from None
    return _(FILES[result.duplicate, len(files) == 1], count=len(files))
