"""View state: values that people typed and chose, cleaned."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from html import unescape
from typing import Any

from channels.slack.text import markup

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_TOKEN = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")


def clean(text: str) -> str:
    """Text without controls, as all foreign text in the house."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n")).strip()


def words(text: str) -> str:
    """A slash command's text as people see it ("Slash commands", ``should_escape``).

    Mentions become ``@name``; marks and short codes what they mean.
    """
    return clean(unescape(markup.plain(text, _without_brackets)))


def emphasis(text: str) -> markup.Emphasis:
    """Which words of a slash command's text are emphasised how."""
    return tuple((style, unescape(piece)) for style, piece in markup.read(text, _without_brackets)[1])


def _without_brackets(token: str) -> str:
    return _TOKEN.sub(_as_typed, token)


def mentioned(text: str) -> tuple[str, ...]:
    """The ids of the users that a slash command mentions, each once."""
    return tuple(dict.fromkeys(MENTION.findall(text)))


def _as_typed(match: re.Match[str]) -> str:
    sign, what, label = match.groups()
    if sign:
        return f"{sign}{label or what}" if sign in "@#" else f"@{label or what}"
    return str(what).removeprefix("mailto:")


@dataclass(frozen=True, slots=True)
class Meta:
    """A modal's private_metadata: its case, and where it was opened."""

    case: int = 0
    place: str = ""
    """``TEAM/CHANNEL``, or empty."""
    thread: str = ""
    """The first message of the thread that it was opened in, though nobody may have replied to it yet; or empty."""
    text: str = ""
    """Of a preview: what will be sent."""
    letter: str = ""
    """The message that a case is made of, or that is put on one: its key in the inbox."""
    cut: bool = False
    """Is it longer than what the form holds of it?"""
    author: str = ""
    """Who wrote it, if that is somebody else for whom the case is opened."""
    customer: str = ""
    """The name of whom the case was opened for, if that is somebody else."""
    after: int = 0
    """Of a preview: when the last answer that it knows of was given (seconds since 1970)."""

    def dump(self) -> str:
        """The metadata, at most 3000 characters if ``text`` has at most 2900 ("Views")."""
        head = {key: value for key, value in asdict(self).items() if value and key != "text"}
        return f"{json.dumps(head, separators=(',', ':'))}\n{self.text}"


def meta_of(view: Mapping[str, Any]) -> Meta:
    """The metadata of a view."""
    head, _, text = str(view.get("private_metadata") or "{}").partition("\n")
    return Meta(**json.loads(head), text=text)


class Values:
    """``view.state.values``, by block_id; each block of ours has one element."""

    def __init__(self, view: Mapping[str, Any]) -> None:
        values = (view.get("state") or {}).get("values") or {}
        self._held: dict[str, Mapping[str, Any]] = {
            block: next(iter(elements.values()), {}) for block, elements in values.items()
        }

    def text(self, block_id: str) -> str:
        """The typed text as people see it: marks and short codes are what they mean."""
        return clean(markup.plain(self.typed(block_id)))

    def typed(self, block_id: str) -> str:
        """The text as it was typed, without controls."""
        return clean(str(self._of(block_id).get("value") or ""))

    def choice(self, block_id: str) -> str:
        """The value of the chosen option, or ``""``."""
        return str((self._of(block_id).get("selected_option") or {}).get("value") or "")

    def people(self, block_id: str) -> list[str]:
        """The ids of chosen users."""
        return [str(user) for user in self._of(block_id).get("selected_users") or ()]

    def options(self, block_id: str) -> dict[str, str]:
        """Value → text of the chosen options."""
        chosen = self._of(block_id).get("selected_options") or ()
        return {
            str(chosen_option["value"]): clean(str(chosen_option["text"]["text"])) for chosen_option in chosen
        }

    def files(self, block_id: str) -> list[Mapping[str, Any]]:
        """Slack's file objects."""
        return list(self._of(block_id).get("files") or ())

    def _of(self, block_id: str) -> Mapping[str, Any]:
        """A block's value; a field that was drawn anew is called ``text:2``."""
        anew = (held for name, held in self._held.items() if name.startswith(f"{block_id}:"))
        return self._held.get(block_id) or next(anew, {})
