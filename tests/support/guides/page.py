"""A guide of ``docs/`` as somebody follows it: the blocks of a section, in order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
KINDS = frozenset({"sh", "toml", "text", "ini"})
"""What is typed, what stands in ``config.toml``, what is seen, and what stands in a mail server's files."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block."""

    kind: str
    text: str


def section(page: str, title: str) -> list[Block]:
    """The blocks below a heading of the second level, up to the next one."""
    text = (DOCS / page).read_text("utf-8")
    [part] = [part for part in re.split(r"(?m)^## ", text)[1:] if part.splitlines()[0] == title]
    blocks = [Block(kind, body) for kind, body in _FENCE.findall(part)]
    assert blocks, f"{page}: nothing to follow below {title}"
    assert {block.kind for block in blocks} <= KINDS, f"{page}: a block below {title} that nobody follows"
    return blocks


def titles(page: str) -> set[str]:
    """The headings below which there is something to follow."""
    text = (DOCS / page).read_text("utf-8")
    return {part.splitlines()[0] for part in re.split(r"(?m)^## ", text)[1:] if _FENCE.search(part)}


def seen(expected: str, output: str) -> None:
    """Each line of a block stands in the output, in its order; ``…`` is anything within a line."""
    rest = output
    for line in filter(None, map(str.strip, expected.splitlines())):
        pattern = r"[^\n]*?".join(re.escape(part) for part in re.split("…", line))
        match = re.search(re.sub(r"(\\ )+", r"\\s+", pattern), rest)
        assert match, f"the guide promises:\n  {line}\nand this was seen:\n{output}"
        rest = rest[match.end() :]
