"""How well a folder of real mail is read: scores, and what is read differently."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bench.corpus.scores import Row, score
from bot.cli.terminal.output import say, table

_SHOWN = 60
"""Characters of each reading that are shown of one that differs."""


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--list", "listed", is_flag=True, help="Also list every file that is read differently.")
def corpus(folder: Path, listed: bool) -> None:
    """Score the reading of a folder of real mail.

    DIR holds messages/ (NAME.eml beside NAME.json, a careful parser's reading), bounces/ (NAME.eml) and replies/
    (emails/NAME.txt beside trimmed/NAME.txt), or is one of them. Nothing is kept. Exit code 1 if a goal is missed.
    """
    try:
        rows, differing = score(folder)
    except (LookupError, OSError) as error:
        raise click.ClickException(f"{error}. Nothing was scored.") from None
    table(("folder", "measure", "right", "of", "percent", "goal", ""), map(_cells, rows), nothing="")
    for one in differing if listed else ():
        say(f"\n{one.file}: {one.what}\n  ours    {_cut(one.ours)}\n  theirs  {_cut(one.theirs)}")
    if differing and not listed:
        say(f"\n{len(differing)} readings differ; --list shows them.")
    if not all(row.good for row in rows):
        sys.exit(1)


def _cells(row: Row) -> tuple[str, ...]:
    percent = f"{100 * row.right / row.of:.1f}" if row.most is None and row.of else ""
    goal = f"<= {row.most:g}" if row.most is not None else f">= {row.least:g}" if row.least else ""
    return (
        row.folder,
        row.measure,
        f"{row.right:g}",
        f"{row.of:,}",
        percent,
        goal,
        "" if row.good else "missed",
    )


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}… ({len(text):,} characters)"


if __name__ == "__main__":
    corpus(prog_name="bench.corpus")
