"""``casebot slack``: what is done once, when the app is set up in a workspace."""

from __future__ import annotations

import json

import click


@click.group()
def slack() -> None:
    """Set up the app in Slack."""


@slack.command()
@click.option("--name", default="Case", show_default=True, help="How the app is called.")
@click.option("--command", default="/case", show_default=True, help="Its slash command, as in the config.")
@click.option("--http", default="", metavar="URL", help='For mode = "http": https://…/slack/events')
@click.option("--link", "as_link", is_flag=True, help="Print the link that opens Slack's form, filled in.")
def manifest(name: str, command: str, http: str, as_link: bool) -> None:
    """Print the app's manifest: its name, scopes, events and shortcuts.

    Paste it at https://api.slack.com/apps (Create New App, From a manifest), or open the link and look it over.
    """
    from channels.slack.workspace.manifest import link
    from channels.slack.workspace.manifest import manifest as made

    if http and not http.startswith("https://"):
        raise click.BadParameter("Slack posts to https:// addresses only.", param_hint="--http")
    app = made(name=name, command=command, request_url=http)
    click.echo(link(app) if as_link else json.dumps(app, indent=2, ensure_ascii=False))
