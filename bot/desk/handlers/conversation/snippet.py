"""Saved replies: sent as an answer, kept, forgotten, listed."""

from __future__ import annotations

from bot.commands.case import Reply
from bot.commands.snippets import DropSnippet, ListSnippets, SaveSnippet, SendSnippet
from bot.desk.handlers.conversation import conversation
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import BadCommand, Refusal
from bot.model.translatable import saying, together
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
        wrong.append(
            saying("“{name}” cannot be its name: small letters, digits, - and _ make one.", name=command.name)
        )
    if len(command.text) > LONGEST:
        wrong.append(saying("It is longer than {most} characters.", most=f"{LONGEST:,}"))
    own = snippets.of(turn.tx, turn.person.id)
    if len(own) >= MOST and command.name not in {reply.name for reply in own}:
        wrong.append(saying("You keep {most} already.", most=str(MOST)))
    if wrong:
        why = together(*wrong)
        raise BadCommand(together(saying("Nothing was kept."), why), {"text": why})
    before = snippets.save(turn.tx, turn.person.id, command.name, command.text, now=turn.now)
    pattern = (
        "Changed. To answer with it: snippet {name}" if before else "Kept. To answer with it: snippet {name}"
    )
    return saying(pattern, name=command.name)


@handles(DropSnippet)
def drop(turn: Turn, command: DropSnippet) -> str:
    """Forget a reply of the asker's own."""
    if not snippets.drop(turn.tx, turn.person.id, command.name):
        raise Refusal(saying("You keep no reply “{name}”. What there is: snippets", name=command.name))
    return saying("“{name}” is forgotten.", name=command.name)


@handles(ListSnippets)
def listing(turn: Turn, command: ListSnippets) -> str:
    """Name the replies that the asker may use."""
    by_name = library.replies(turn.tx, turn.config, turn.person.id)
    if not by_name:
        return saying(
            "There are no saved replies yet. To keep one: {line}",
            line="snippet save refund: Dear {{ customer }}, …",
        )
    lines = (
        _line(reply) for reply in sorted(by_name.values(), key=lambda reply: (not reply.own, reply.name))
    )
    heading = saying("To answer with one: snippet name")
    return saying(
        "{heading}\n{lines}", heading=heading, lines="\n".join(turn.in_words(line) for line in lines)
    )


def _line(reply: SavedReply) -> str:
    title = f": {reply.title}" if reply.title != reply.name else ""
    languages = [", ".join(reply.texts)] if len(reply.texts) > 1 else []
    if reply.own:
        return saying("• {name}{title} (yours)", name=reply.name, title=title)
    marks = "; ".join([*reply.tags, *languages])
    return f"• {reply.name}{title}" + (f" ({marks})" if marks else "")
