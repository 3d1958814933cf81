"""The parser of commands in all channels: ``#close fixed`` · ``/case close CS-000123``; pure.

``find`` and ``begin`` take the commands out of a text, ``parse`` reads one; ``catalogue.command`` makes it a
command of the desk.
All take linear time, whatever is in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.commands.catalogue import BY_NAME, nearest
from bot.commands.verb import Verb
from bot.model.errors import BadCommand
from bot.model.translatable import saying, together
from bot.syntax import greetings
from bot.syntax.case_numbers import ParsedCommand, number
from bot.syntax.fields import is_field

APART = "With a space behind “!” it is no command. Did you mean “{near}”?"
MOST_COMMANDS = 20
"""At each end of a text; more than that is a listing, not a wish."""


@dataclass(frozen=True, slots=True)
class UnclearLine:
    """A line that was surely meant as a command, but is none; ``why`` names the nearest verb."""

    line: str
    why: str
    is_text: bool = False
    """Are they kept as words besides? They may have been meant as such."""


@dataclass(frozen=True, slots=True)
class FoundCommands:
    """The commands and the rest of a text. Beside an ``UnclearLine``, ``rest`` may be a misspelt note.

    ``#ntoe`` meant to hide it.
    """

    asked: tuple[ParsedCommand | UnclearLine, ...]
    rest: str


_NARROWEST, _WIDEST = 70, 80
"""Columns at which mail programs wrap plain text (RFC 3676, section 4.2)."""
_ARGUMENT = re.compile(r"(CS-\d{6,12}|#\d{1,12})(?![\w-])[ \t:,]*", re.IGNORECASE)
_BARE = re.compile(r"(\d{1,12})[ \t]*$")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|-)*")


def parse(words: str) -> ParsedCommand:
    """The parsed command: ``close CS-000123 fixed, thank you``.

    Raises ``BadCommand`` naming the nearest verb.
    """
    words = words.strip()
    verb, text = _verb(words)
    if verb is None:
        first = words.split(None, 1)[0][:40] if words else ""
        near = nearest(first, 0.6)
        raise BadCommand(
            together(
                saying("“{word}” is nothing I can do.", word=first)
                if first
                else saying("Nothing was asked."),
                saying("Did you mean “{near}”?", near=near)
                if near
                else saying("“help” lists what can be asked."),
            ),
            {"verb": near or "help"},
        )
    return _about(verb, text, words)


def _verb(words: str) -> tuple[Verb | None, str]:
    """The verb that ``words`` begin with (an optional ``case`` before it), and what follows."""
    first, text = _split(words)
    if first == "case":
        first, text = _split(text)
    if first == "collab":
        case = _ARGUMENT.match(text)
        second, after = _split(text[case.end() :] if case else text)
        return BY_NAME.get(f"collab {second}"), f"{case.group() if case else ''} {after}"
    if first == "my":
        text = re.sub(r"^cases\b", "", text, flags=re.IGNORECASE)
    return BY_NAME.get(first), text


def _split(words: str) -> tuple[str, str]:
    match = _WORD.match(words)
    if not match or words[match.end() : match.end() + 1] not in (
        "",
        " ",
        "\t",
        "\n",
        "\u00a0",
        "\u3000",
        ":",
        "：",
        ",",
        ".",
        "!",
    ):
        return "", words
    return match.group().lower(), words[match.end() :].lstrip(" \t\u00a0\u3000:：,.!\n")


def _about(verb: Verb, text: str, line: str) -> ParsedCommand:
    """The command with its case, if it names one, and its words.

    A bare ``123`` names one only for ``show``.
    """
    text = text.strip()
    match = _ARGUMENT.match(text) if verb.case else None
    if match is None and verb.name == "show":
        match = _BARE.match(text)
    case = number(match.group(1)) if match else None
    if match is None or case is None:
        return ParsedCommand(verb.name, None, text, line)
    return ParsedCommand(verb.name, case, text[match.end() :].strip(), line)


def find(
    text: str, prefix: str = "#", *, swallow: bool = True, id_names: Sequence[str] = ()
) -> FoundCommands:
    """Take the command lines out of the first and last lines of ``text``, the new part of a message.

    Whole lines only, with a known verb right after the prefix; a near miss (``#clsoe``) is ``UnclearLine``,
    any other word is text. A greeting before them and a sign-off after them are no hindrance. An internal
    note at the top takes all that follows with it; other verbs do so if their own line has no words
    (``swallow``). Lines that name fields, or ids by one of ``id_names``, may stand above them.
    """
    if prefix not in text and not (prefix == "#" and "\uff03" in text):
        return FoundCommands((), text)
    lines = _unwrapped(text.replace("\r\n", "\n").split("\n"), prefix)
    written = [n for n, line in enumerate(lines) if line.strip()]
    start, end = greetings.between(lines, written)
    count = 0  # field lines may come before commands, and stay
    while count < min(end - start, MOST_COMMANDS) and is_field(lines[written[start + count]], id_names):
        count += 1
    start += count
    first = _run(lines, written[start:end], prefix)
    last = _run(lines, written[start + len(first) : end][::-1], prefix)
    if not first and not last:
        return FoundCommands((), text)
    between = written[start + len(first) : end - len(last)]
    gone = {*written[start : start + len(first)], *written[end - len(last) : end]}
    kept_lines = [line for n, line in enumerate(lines) if n not in gone]
    has_words = between or count or not all(map(greetings.mere, kept_lines))
    body = "\n".join(kept_lines).strip("\n") if has_words else ""
    return (
        FoundCommands(*_swallowed(first, last[::-1], body))
        if swallow
        else FoundCommands((*first, *last[::-1]), body)
    )


def _unwrapped(lines: list[str], prefix: str) -> list[str]:
    """The lines with command lines rejoined that a mail program has wrapped."""
    whole: list[str] = []
    above = ""  # the piece of a command's line that stands above
    for line in lines:
        is_command = _read(line.strip(), prefix) is not None
        if above and not is_command and _went_on(above, line):
            whole[-1] = f"{whole[-1].rstrip()} {line.strip()}"
        else:
            whole.append(line)
        above = line.rstrip() if is_command or whole[-1] is not line else ""
    return whole


def _went_on(above: str, line: str) -> bool:
    word = line.split(None, 1)[:1]
    return bool(word) and len(above) <= _WIDEST and len(above) + len(word[0]) >= _NARROWEST


def begin(text: str, prefix: str) -> FoundCommands:
    """Parse a message that begins with a command, whose text goes on below: ``!reply text of any length``.

    Last lines that are commands are commands of their own, below plain words too: ``!close`` is no part of an
    answer. So is the line above a command, if it takes no text: ``!take`` above ``!reply …``. A word that is
    no verb makes it text (``!nice``), but a near miss (``!repyl``, ``! reply``) is ``UnclearLine``.
    """
    above, text = _above(text, prefix)
    lines = text.strip().split("\n")
    below = [n for n, line in enumerate(lines) if n and line.strip()][::-1]
    last = _run(lines, below, prefix)
    body = "\n".join(lines[: below[len(last) - 1]]).rstrip() if last else text
    first = _read(body.strip(), prefix)
    if first is None:
        return FoundCommands((*above, *last[::-1]), body)
    text = body if isinstance(first, UnclearLine) and first.is_text else ""
    return FoundCommands((*above, first, *last[::-1]), text)


def _above(text: str, prefix: str) -> tuple[list[ParsedCommand | UnclearLine], str]:
    """The commands without text in lines above another command, and what begins with that one."""
    commands: list[ParsedCommand | UnclearLine] = []
    while len(commands) < MOST_COMMANDS:
        line, _, below = text.strip().partition("\n")
        parsed = _read(line.strip(), prefix)
        next_line = below.strip().partition("\n")[0]
        if (
            not isinstance(parsed, ParsedCommand)
            or BY_NAME[parsed.verb].text
            or _read(next_line, prefix) is None
        ):
            break
        commands.append(parsed)
        text = below
    return commands, text


def _run(lines: list[str], numbers: Iterable[int], prefix: str) -> list[ParsedCommand | UnclearLine]:
    """The commands that these lines begin with."""
    commands: list[ParsedCommand | UnclearLine] = []
    for n in numbers:
        parsed = _read(lines[n].strip(), prefix)
        is_text = parsed is None or (isinstance(parsed, UnclearLine) and parsed.is_text)
        if parsed is None or is_text or len(commands) == MOST_COMMANDS:
            break
        commands.append(parsed)
    return commands


def _read(line: str, prefix: str) -> ParsedCommand | UnclearLine | None:
    """One line: a command, something that was meant as one, or None for text."""
    if prefix == "#" and line.startswith("\uff03"):  # as Japanese keyboards write it
        line = "#" + line[1:]
    if not line.startswith(prefix):
        return None
    words = line[len(prefix) :]
    verb, text = _verb(words)
    if verb:
        return _about(verb, text, line)
    if prefix == "!" and words[:1].isspace():
        return _apart(line, words.strip())
    near = nearest(_split(words)[0])
    if not near:
        return None
    why = "I do not know “{word}”. Did you mean “{near}”?"
    return UnclearLine(line, saying(why, word=line[:40], near=f"{prefix}{near}"))


def _apart(line: str, words: str) -> UnclearLine | None:
    """A line with a space behind the mark (``! reply``); with ``#`` it would be a heading."""
    verb, _ = _verb(words)
    near = verb.name if verb else nearest(_split(words)[0])
    if not near:
        return None
    return UnclearLine(line, saying(APART, near=f"!{near}"), is_text=True)


def _swallowed(
    first: list[ParsedCommand | UnclearLine], last: list[ParsedCommand | UnclearLine], body: str
) -> tuple[tuple[ParsedCommand | UnclearLine, ...], str]:
    """Give ``rest`` to the command at the top that it belongs to: first to a note, to keep it internal."""
    notes = [
        n for n, parsed in enumerate(first) if isinstance(parsed, ParsedCommand) and parsed.verb == "note"
    ]
    wordless = [
        n for n, parsed in enumerate(first) if isinstance(parsed, ParsedCommand) and _wants_words(parsed)
    ]
    for n in (notes or wordless)[-1:]:
        parsed = first[n]
        if body and isinstance(parsed, ParsedCommand):
            first[n] = replace(parsed, text=f"{parsed.text}\n{body}".strip())
            body = ""
    return (*first, *last), body


def _wants_words(parsed: ParsedCommand) -> bool:
    return BY_NAME[parsed.verb].wants_text(parsed.text)


def beside_files(parsed: ParsedCommand) -> ParsedCommand:
    """The command as it is meant in a message with files: ``!reply`` without words sends the files."""
    return replace(parsed, verb="attach") if is_bare_reply(parsed) else parsed


def is_bare_reply(parsed: ParsedCommand) -> bool:
    """Is it ``reply`` without any words?"""
    return parsed.verb in ("reply", "answer") and not parsed.text.strip()
