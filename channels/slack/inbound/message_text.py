"""The words of a message as people see them: its own, and those that it forwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from html import unescape
from typing import Any

from bot.commands.parser import begin
from bot.commands.people import mention
from bot.model.identity import Identity
from bot.syntax.case_numbers import ParsedCommand
from channels.slack.inbound import forwarded
from channels.slack.inbound.authors import Authors
from channels.slack.text import markup
from channels.slack.text.fallback_text import escaped
from channels.slack.workspace.files import link_of, name_of

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)>")
_SIGNS = re.compile(r"[()@]")
"""What an address in a name would be read by, and where the name would end."""
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
        files = [(name_of(file), link_of(file)) for file in forwarded.links(message)]
        text = "" if files and text == "!attach" else text  # a link is text, and needs no command
        return forwarded.append_links("\n\n".join(filter(None, (text, others))), files), called

    def mentioned_names(self, message: Mapping[str, Any]) -> list[str]:
        """Return the names of the people whom a message mentions."""
        return [self._authors.name("", user) for user in _MENTION.findall(str(message.get("text") or ""))]

    def needs_no_names(self, message: Mapping[str, Any]) -> bool:
        """Can it be read without asking Slack for anybody's name?"""
        texts = (message.get("text"), *forwarded.texts(message))
        return all(self._authors.knows(user) for text in texts for user in _MENTION.findall(str(text or "")))

    def words(self, text: str, us: str, team: str) -> tuple[str, bool]:
        """Plain text as people see it, and whether it mentions us; ``@Case close`` becomes ``!close``."""
        called = bool(us) and f"<@{us}>" in text
        if called:
            text = "\n".join(_called(line, f"<@{us}>") for line in text.split("\n"))
        if "!" in text and _MENTION.search(text):
            text = self._with_addresses(text, team)
        return self._plain(team, text), called

    def people(self, message: Mapping[str, Any], text: str, team: str) -> tuple[Identity, ...]:
        """Whom the message's own words mention by an address; ``text``: as they are read."""
        users = dict.fromkeys(_MENTION.findall(str(message.get("text") or ""))) if "slack:" in text else ()
        met = (self._identity(team, user) for user in users)
        return tuple(someone for someone in met if someone and f"slack:{someone.address}" in text)

    def _with_addresses(self, text: str, team: str) -> str:
        """The text with addresses where it asks to add or remove people, for their names are nobody's."""
        for item in begin(text, "!").asked:
            if isinstance(item, ParsedCommand) and item.verb in ABOUT_PEOPLE:
                text = text.replace(item.line, _MENTION.sub(partial(self._address, team), item.line))
        return text

    def _address(self, team: str, match: re.Match[str]) -> str:
        someone = self._identity(team, match.group(1))
        return escaped(mention(someone)) if someone else match.group()

    def _identity(self, team: str, user: str) -> Identity | None:
        """Somebody who is mentioned; None while Slack does not tell their team."""
        home = self._authors.team_of(user)
        return Identity("slack", f"{home}/{user}", self._name(team, user)) if home else None

    def _name(self, team: str, user: str) -> str:
        """Their name without what could make an address of it: people choose their names themselves."""
        return " ".join(_SIGNS.sub(" ", self._authors.name(team, user)).split())

    def emphasis(self, message: Mapping[str, Any], team: str) -> markup.Emphasis:
        """Which of its own words are emphasised how."""
        shown = _shown(partial(self._name, team))
        _, styled = markup.read(str(message.get("text") or ""), lambda token: _SPECIAL.sub(shown, token))
        return tuple((style, clean(words)) for style, words in styled)

    def _plain(self, team: str, text: str) -> str:
        return plain_words(text, partial(self._name, team))


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
