"""Self-check: tokens, scopes, and membership of the desk's channels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from channels.slack.workspace.manifest import NEEDED
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.web_api import MEANINGS


def problems(client: WebClient, settings: Settings) -> Iterator[str]:
    """A sentence for each thing that does not work; asks Slack."""
    try:
        yield from _token(client)
        for channel in sorted({settings.triage, *settings.routes.values()} - {""}):
            yield from _channel(client, channel)
    except SlackApiError as error:
        yield f"slack: {settings.api_url} answers {_code(error)}. Is slack.bot_token that of this app?"
        return
    except (SlackClientError, OSError) as error:
        yield f"slack: {settings.api_url} cannot be reached ({error})."
        return
    if settings.mode == "socket":
        yield from _socket(client, settings)


def _token(client: WebClient) -> Iterator[str]:
    """Problems of the bot token and its scopes (docs.slack.dev: ``X-OAuth-Scopes``)."""
    answer = client.auth_test()
    headers = {str(name).lower(): value for name, value in answer.headers.items()}
    granted = {scope.strip() for scope in str(headers.get("x-oauth-scopes", "")).split(",")} - {""}
    missing = sorted(set(NEEDED) - granted)
    if granted and missing:
        yield f"slack: the app lacks {', '.join(missing)}. Install it anew from the manifest (docs/slack.md)."


def _channel(client: WebClient, channel: str) -> Iterator[str]:
    try:
        about: Mapping[str, Any] = client.conversations_info(channel=channel).get("channel") or {}
    except SlackApiError as error:
        if error.response.get("error") != "channel_not_found":
            raise
        yield f"slack: there is no channel {channel}, or the app is not in it. Write /invite @app there."
        return
    if about.get("is_archived"):
        yield f"slack: {channel} is archived, so nothing can be said there. Name another channel."
    elif not about.get("is_member", True):
        yield f"slack: the app is not in {channel}: cards cannot be shown there. Write /invite @app there."
    if about.get("is_ext_shared") or about.get("is_pending_ext_shared"):
        yield (
            f"slack: {channel} is shared with another organisation: it would read all that the desk "
            "says among itself. Give the desk a channel of its own (slack.triage, slack.routes)."
        )


def _socket(client: WebClient, settings: Settings) -> Iterator[str]:
    """Problems of the app token, found by asking for a socket's address that is not used."""
    try:
        client.apps_connections_open(app_token=settings.app_token.get_secret_value())
    except SlackApiError as error:
        yield f"slack: Slack does not take slack.app_token ({_code(error)}): it needs the scope connections:write."
    except (SlackClientError, OSError) as error:
        yield f"slack: {settings.api_url} cannot be reached ({error})."


def _code(error: SlackApiError) -> str:
    code = str(error.response.get("error"))
    return f"{code} ({MEANINGS[code]})" if code in MEANINGS else code
