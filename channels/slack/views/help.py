"""Help: what can be asked with the slash command, and the three entries."""

from __future__ import annotations

from bot.commands.catalogue import about
from bot.commands.verb import Verb, usage_in_words
from channels.slack.text.fallback_text import of_blocks
from channels.slack.text.i18n import _
from channels.slack.text.message import split
from channels.slack.views.blocks import Message, context, entries, safe, section

USAGES = {
    "new": "new [priority] [subject]",
    "attach": "attach CS-000123",
    "close": "close CS-000123 [reason]",
    "concern": "concern CS-000123",
    "reopen": "reopen CS-000123 [message]",
    "add": "add CS-000123 @person or mail-address",
    "remove": "remove CS-000123 @person or mail-address",
    "assign": "assign CS-000123 @colleague",
    "my": "my [state] [page]",
}
"""Where Slack has forms or mentions, usages are not those of mail."""


def help_message(command: str, *, staff: bool, docs_url: str = "", why: str = "", topic: str = "") -> Message:
    """All verbs that the user may use, or the one asked about; ``why``: what was not understood, first."""
    verbs = about(topic, staff=staff)
    lines = [f"`{safe(command)} {_usage(verb)}`  {_(verb.means(staff=staff))}" for verb in verbs]
    blocks = [section(f"🤔 {safe(why, 1000)}")] if why else []
    blocks += [section(part) for part in split("\n".join(lines))]
    blocks += [context(_("In a case's thread: `!verb`, or mention me."))]
    return of_blocks(blocks), [*blocks, entries(docs_url)]


def _usage(verb: Verb) -> str:
    usage = USAGES.get(verb.name, verb.usage)
    name, _space, arguments = usage.partition(" ")
    if verb.case and "CS-" not in usage:
        name = f"{name} CS-000123"
    return _(usage_in_words(name, arguments))
