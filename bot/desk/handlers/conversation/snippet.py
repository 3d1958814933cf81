"""Saved replies: sent as an answer, kept, forgotten, listed."""

from __future__ import annotations

from bot.commands.case import Reply
from bot.commands.snippets import DropSnippet, ListSnippets, SaveSnippet, SendSnippet
from bot.desk.handlers.conversation import conversation
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import BadCommand, Refusal
from bot.replies import library, placeholders
from bot.replies.saved_reply import LONGEST, NAME, SavedReply
from store.people import snippet as snippets

RESERVED = ("save", "drop")
MOST = 200
"""Replies that one person may keep."""


@handles(SendSnippet)
def send(turn: Turn, command: SendSnippet) -> str:
    """Answer with what the reply says on this case, and the words that follow."""
    case = turn.case(command.case)
    reply = library.one(turn.tx, turn.config, turn.person.id, command.name)
    text = library.filled(turn.tx, turn.config, reply, case, turn.person)
    whole = "\n\n".join(filter(None, (text, command.text.strip())))
    return conversation.reply(turn, Reply(case.id, whole))


@handles(SaveSnippet)
def save(turn: Turn, command: SaveSnippet) -> str:
    """Keep a reply of the asker's own."""
    wrong = list(placeholders.mistakes(command.text))
    if not NAME.fullmatch(command.name) or command.name in RESERVED:
        wrong.append(f"“{command.name}” cannot be its name: small letters, digits, - and _ make one")
    if len(command.text) > LONGEST:
        wrong.append(f"it is longer than {LONGEST:,} characters")
    own = snippets.of(turn.tx, turn.person.id)
    if len(own) >= MOST and command.name not in {reply.name for reply in own}:
        wrong.append(f"you keep {MOST} already")
    if wrong:
        raise BadCommand(f"Nothing was kept: {'; '.join(wrong)}.", {"text": "; ".join(wrong)})
    before = snippets.save(turn.tx, turn.person.id, command.name, command.text, now=turn.now)
    return f"{'Changed' if before else 'Kept'}. To answer with it: snippet {command.name}"


@handles(DropSnippet)
def drop(turn: Turn, command: DropSnippet) -> str:
    """Forget a reply of the asker's own."""
    if not snippets.drop(turn.tx, turn.person.id, command.name):
        raise Refusal(f"You keep no reply “{command.name}”. What there is: snippets")
    return f"“{command.name}” is forgotten."


@handles(ListSnippets)
def listing(turn: Turn, command: ListSnippets) -> str:
    """Name the replies that the asker may use."""
    by_name = library.replies(turn.tx, turn.config, turn.person.id)
    if not by_name:
        return "There are no saved replies yet. To keep one: snippet save refund: Dear {{ customer }}, …"
    lines = (
        _line(reply) for reply in sorted(by_name.values(), key=lambda reply: (not reply.own, reply.name))
    )
    return "\n".join(("To answer with one: snippet name", *lines))


def _line(reply: SavedReply) -> str:
    title = f": {reply.title}" if reply.title != reply.name else ""
    languages = [", ".join(reply.texts)] if len(reply.texts) > 1 else []
    marks = "; ".join(["yours"] if reply.own else [*reply.tags, *languages])
    return f"• {reply.name}{title}" + (f" ({marks})" if marks else "")
