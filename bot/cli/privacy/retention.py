"""``casebot retention``: what is no longer kept, removed now or only counted."""

from __future__ import annotations

import click

from bot.cli.terminal.context import json_option, opened, quiet, read_config
from bot.cli.terminal.output import say, say_json, table


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go now.")
@json_option
def retention(dry_run: bool, as_json: bool) -> None:
    """Remove what is older than [retention] says.

    `casebot run` does this by itself, every hour; here it is done at once, beside it if it runs. Nothing is set at
    first, and everything is kept for ever.
    """
    from bot.privacy.retention import CLASSES

    with opened(quiet(read_config())) as app:
        counts = app.retention.due() if dry_run else app.retention.all()
        section = app.config.retention
        if not dry_run:
            app.disk.once()
    if as_json:
        say_json({"dry_run": dry_run, "counts": counts})
        return
    lives = {each.key: getattr(section, each.key) for each in CLASSES}
    rows = (
        (each.key, each.called, lives[each.key] or "for ever", f"{counts.get(each.key, 0):,}")
        for each in CLASSES
    )
    table(("KEY", "WHAT", "KEPT FOR", "WOULD GO" if dry_run else "REMOVED"), rows, nothing="")
    if not any(lives.values()):
        say("Nothing is set: write how long into [retention] of the config.")
