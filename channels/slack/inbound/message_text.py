"""The words of a message as people see them: its own, and those that it forwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from html import unescape
from typing import Any

from bot.commands.parser import begin
from bot.syntax.case_numbers import ParsedCommand
from channels.slack.inbound import forwarded
from channels.slack.inbound.authors import Authors
from channels.slack.text import markup
from channels.slack.text.fallback_text import escaped

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)>")
_PARENTHESES = re.compile(r"[()]")
ABOUT_PEOPLE = ("add", "remove")
"""Verbs that are about a person who may be mentioned."""
_SPECIAL = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


class MessageText:
    """Reads texts; mentioned people are called by their names."""

    def __init__(self, authors: Authors) -> None:
        self._authors = authors

    def of(self, message: Mapping[str, Any], us: str, team: str) -> tuple[str, bool]:
        """The message's own words, then those that it forwards; and whether they mention us."""
        plain = partial(self._plain, team)
        text, called = self.words(str(message.get("text") or ""), us, team)
        others = forwarded.quotations(message, plain)
        if not text and not others and message.get("bot_id"):
            others = forwarded.posted_by_app(message, plain)
        return "\n\n".join(filter(None, (text, others))), called

    def needs_no_names(self, message: Mapping[str, Any]) -> bool:
        """Can it be read without asking Slack for anybody's name?"""
        texts = (message.get("text"), *forwarded.texts(message))
        return all(self._authors.knows(user) for text in texts for user in _MENTION.findall(str(text or "")))

    def words(self, text: str, us: str, team: str) -> tuple[str, bool]:
        """Plain text as people see it, and whether it mentions us; ``@Case close`` becomes ``!close``."""
        called = bool(us) and f"<@{us}>" in text
        if called:
            text = "\n".join(_called(line, f"<@{us}>") for line in text.split("\n"))
        if _MENTION.search(text):
            text = "\n".join(self._with_addresses(line, team) for line in text.split("\n"))
        return self._plain(team, text), called

    def _with_addresses(self, line: str, team: str) -> str:
        """A line with the addresses of the people whom it asks to add or remove, for their names are nobody's."""
        asked = begin(line, "!").asked if line.lstrip().startswith("!") else ()
        if not any(isinstance(item, ParsedCommand) and item.verb in ABOUT_PEOPLE for item in asked):
            return line
        return _MENTION.sub(partial(self._address, team), line)

    def _address(self, team: str, mention: re.Match[str]) -> str:
        user = mention.group(1)
        home = self._authors.team_of(user)
        name = _PARENTHESES.sub("", escaped(self._authors.name(team, user)))
        return f"slack:{home}/{user} ({name})" if home else mention.group()

    def emphasis(self, message: Mapping[str, Any], team: str) -> markup.Emphasis:
        """Which of its own words are emphasised how."""
        shown = _shown(partial(self._authors.name, team))
        _, styled = markup.read(str(message.get("text") or ""), lambda token: _SPECIAL.sub(shown, token))
        return tuple((style, clean(words)) for style, words in styled)

    def _plain(self, team: str, text: str) -> str:
        return plain_words(text, partial(self._authors.name, team))


def plain_words(text: str, name: Callable[[str], str] = lambda user: user) -> str:
    """mrkdwn as people see it; ``name`` makes a name of a user's id."""
    shown = _shown(name)
    return clean(markup.plain(text, lambda token: _SPECIAL.sub(shown, token)))


def clean(text: str) -> str:
    """Text with entities decoded and controls removed."""
    return _CONTROLS.sub("", unescape(text.replace("\r\n", "\n"))).strip()


def _called(line: str, us: str) -> str:
    """A line without our mention; one that begins with it becomes a command, if it asks for anything."""
    before, name, after = line.partition(us)
    if not name:
        return line
    after = after.replace(us, "").lstrip(" ,:")
    if before.strip() or after.startswith("!"):
        return before + after
    return f"{before}!{after}" if begin(f"!{after}", "!").asked else f"{before}{after}"


def _shown(name: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
    """The replacement for ``<@U1>`` (by ``name``), ``<#C1|name>``, ``<!here>`` and ``<https://…|label>``."""

    def shown(match: re.Match[str]) -> str:
        sign, what, label = match.groups()
        if sign == "@":
            return "@" + (label or name(what))
        if sign == "#":
            return "#" + (label or what)
        if sign == "!":
            return label or "@" + what.partition("^")[0]
        what = what.removeprefix("mailto:")
        return what if not label or label == what else f"{label} ({what})"

    return shown
