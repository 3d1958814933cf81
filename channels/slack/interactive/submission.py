"""A form that somebody sent: who, about what, and what was written in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from bot.model.choice import Choice
from bot.model.message import Said
from bot.model.outcome import Outcome
from bot.model.translatable import saying
from channels.slack.desk.user import who
from channels.slack.text import markup
from channels.slack.text.i18n import Translate
from channels.slack.text.view_state import Values, meta_of
from channels.slack.views.blocks import Json

EMPTY = "Please write something."
REACHED = "reached_at"
"""When (monotonic) a request reached us, in bolt's context."""


class Wrong(Exception):
    """Invalid fields: block_id → words."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("wrong fields")
        self.fields = dict(fields)


class Submission:
    """A submitted form."""

    def __init__(self, view: Mapping[str, Any], body: Mapping[str, Any], context: Any) -> None:
        self.began: float = context[REACHED]
        self.who = who(body, context)
        self.words: Translate = str
        """Into its sender's language, once that is known."""
        self.meta = meta_of(view)
        self.values = Values(view)
        self.name = str(view["callback_id"])
        self.id = str(view["id"])
        """The same when it comes again, and when it comes corrected; each form that is opened has its own."""
        self.before = str(view.get("previous_view_id") or "")
        """The form that this one was opened above."""
        self.confirmation = ""
        """What to say where the form was opened, once it is acked."""
        self.choices: tuple[Choice, ...] = ()
        """What can be done about it at once, from there."""
        self.view = view
        self.trigger = str(body.get("trigger_id") or "")
        """Of this very press of the button; the same when Slack sends it again."""
        self.inputs = [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]

    @property
    def key(self) -> str:
        """The receipt's key: the same for every try, also a corrected one."""
        if self.name == "reply_preview":  # its form, sent again, opens another preview of the same words
            return f"{self.before or self.id}:{self.name}:{digest(self.meta.text)}"
        if self.name == "broadcast":  # gone back to and changed, it is planned anew
            return f"{self.id}:{self.name}:{self.trigger}"
        if self.name == "message_add":  # whoever may not see one case is not refused another one for it
            return f"{self.id}:{self.name}:{self.values.choice('case')}"
        if self.name == "collaborators":  # pressed again with other people, it is about these
            chosen = (*self.values.people("people"), *self.values.options("people"))
            return f"{self.id}:{self.name}:{digest(*chosen)}"
        return f"{self.id}:{self.name}"

    @property
    def said(self) -> Said:
        """The form's own words; of a preview, those that it shows."""
        words = self.meta.text if self.name == "reply_preview" else self.values.typed("text")
        return Said(emphasis=markup.read(words)[1])

    def text(self, block_id: str = "text") -> str:
        """The text of a required field. Raises ``Wrong``."""
        written = self.values.text(block_id)
        if not written:
            raise Wrong({block_id: EMPTY})
        return written

    def either(self, typed: str, chosen: str) -> str:
        """What was typed, else what was chosen. Raises ``Wrong`` if neither was."""
        return self.values.text(typed) or self.values.choice(chosen) or self.text(typed)


def updated(view: Json) -> Json:
    """The ack that puts another view in the form's place ("Modals", ``response_action``)."""
    return {"response_action": "update", "view": view}


def words_of(outcome: Outcome) -> str:
    """What was answered to all that a form asked."""
    return " ".join(line.text for line in outcome.answered)


def digest(*words: str) -> str:
    """A short hash of these words."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


_PHONE = re.compile(r"\+[1-9]\d{6,14}")


def international_number(written: str, block_id: str) -> str:
    """An international number: ``+49 30/123456`` → ``+4930123456`` (ITU-T E.164); ``""`` for none.

    Raises ``Wrong``.
    """
    if not written:
        return ""
    digits = re.sub(r"[\s()./-]|\(0\)", "", written.replace("(0)", ""))
    digits = f"+{digits[2:]}" if digits.startswith("00") else digits
    if not _PHONE.fullmatch(digits):
        raise Wrong({block_id: saying("Please write it with the country's code, as +49 30 123456.")})
    return digits


def callable_from_abroad(written: str) -> bool:
    """Would a form take this phone number?"""
    try:
        return bool(international_number(written, ""))
    except Wrong:
        return False
