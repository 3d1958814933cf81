"""Replies as mail programs write them, each line with what it is: the files in ``tests/data/mail/replies``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from channels.email.replies.split import divide
from tests.support.mail.letters import ours

FOLDER = Path(__file__).parents[2] / "data/mail/replies"


@dataclass
class Reply:
    """A reply, line by line.

    Its lines begin with ``+`` (new), ``|`` (anything else) or ``=`` (what the desk had sent).
    """

    name: str
    lines: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        kind, said = line[0], line[2:]
        self.lines.append(said)
        if kind == "+" and said.strip():
            self.new.append(said.strip())
        if kind == "=":
            self.sent.append(said)

    def found(self) -> list[str]:
        """What is new of it as casebot divides it, without blank lines."""
        parts = divide("\n".join(self.lines), ours(*self.sent))
        said = "\n".join(part.text for part in parts if part.kind in ("new", "inserted"))
        return [line.strip() for line in said.split("\n") if line.strip()]


def replies(folder: Path = FOLDER) -> list[Reply]:
    """Every reply of every file."""
    made: list[Reply] = []
    for file in sorted(folder.glob("*.txt")):
        for line in file.read_text(encoding="utf-8").split("\n"):
            if line.startswith("### "):
                made.append(Reply(line[4:]))
            elif line:
                made[-1].add(line)
    return made
