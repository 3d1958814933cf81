"""Self-check: tokens, scopes and channels, with the way to mend what does not work."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.channel.capabilities import SelfCheck
from bot.channel.desk import DeskApi
from channels.slack.workspace.error_codes import MEANINGS, TRANSIENT
from channels.slack.workspace.manifest import NEEDED
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.workspace import Workspace

PATIENT = 10
"""Times that one view is tried again after a pause."""
AGAIN = "Reinstall the app from the manifest (casebot slack manifest)."


def checks(workspace: Workspace, settings: Settings, desk: DeskApi) -> Iterator[SelfCheck]:
    """What works and what does not; asks Slack, and opens no socket."""
    client = workspace.client
    try:
        answer = client.auth_test()
        team = str(answer.get("team_id"))
        yield SelfCheck(True, f"slack bot token: {answer.get('user')} in {answer.get('team')} ({team})")
        yield from _scopes(answer)
        yield from _teams(desk, team, str(answer.get("enterprise_id") or ""))
        yield from _routes(desk, settings)
        for channel in sorted(workspace.desk_channels.all()):
            yield from _desk_channel(client, channel)
        for name, channel in _bound(desk):
            yield from _customers_channel(client, name, workspace.ids.now(channel))
    except SlackApiError as error:
        yield SelfCheck(False, _refusal(error, settings, "slack.bot_token", "is it that of this app?"))
        return
    except (SlackClientError, OSError) as error:
        yield SelfCheck(False, f"slack: {settings.api_url} cannot be reached ({error}).")
        return
    if settings.mode == "socket":
        yield _socket(client, settings)


def _scopes(answer: Any) -> Iterator[SelfCheck]:
    """The scopes of the bot token (docs.slack.dev: ``X-OAuth-Scopes``)."""
    headers = {str(name).lower(): value for name, value in answer.headers.items()}
    granted = {scope.strip() for scope in str(headers.get("x-oauth-scopes", "")).split(",")} - {""}
    missing = sorted(set(NEEDED) - granted)
    if granted and missing:
        yield SelfCheck(False, f"slack: the app lacks {', '.join(missing)}. {AGAIN}")
    elif granted:
        yield SelfCheck(True, f"slack scopes: all {len(NEEDED)} that it needs")


def _teams(desk: DeskApi, team: str, organisation: str) -> Iterator[SelfCheck]:
    """Are the desk's people and places those of the workspace that the token is for?"""
    wrong = [
        f"{member.name}'s address {member.addresses['slack']}"
        for member in desk.config.staff
        if member.addresses.get("slack")
        and member.addresses["slack"].partition("/")[0].upper() not in (team, organisation)
    ]
    wrong += [
        f"{account.name}'s place {place}"
        for account in desk.config.accounts
        for place in account.places.get("slack", ())
        if place.partition("/")[0] != team
    ]
    for what in wrong:
        yield SelfCheck(False, f"slack: {what} is of another workspace than the token ({team}).")


def _routes(desk: DeskApi, settings: Settings) -> Iterator[SelfCheck]:
    """Does each route name something that cases can have? Accounts may be in the database alone."""
    kinds = desk.config.lists.kinds
    for key in settings.routes:
        if key not in kinds and not key.startswith("account:"):
            yield SelfCheck(
                False,
                f"slack.routes: no case is ever “{key}”. Write a type of lists.types, "
                "“type / category”, or “account:NAME”.",
            )


def _bound(desk: DeskApi) -> Iterator[tuple[str, str]]:
    for account in desk.config.accounts:
        for place in account.places.get("slack", ()):
            yield account.name, place.partition("/")[2]


def _desk_channel(client: WebClient, channel: str) -> Iterator[SelfCheck]:
    about = _info(client, channel)
    name = _name(about, channel)
    wrong = list(_speechless(about, channel, "cards cannot be shown there"))
    if about and (about.get("is_ext_shared") or about.get("is_pending_ext_shared")):
        wrong.append(
            f"slack: {channel} is shared with another organisation: it would read all that the desk "
            "says among itself. Give the desk a channel of its own (slack.triage, slack.routes)."
        )
    yield from (SelfCheck(False, text) for text in wrong)
    if not wrong:
        yield SelfCheck(True, f"slack {name}: the app is in it, and nobody else's organisation is")


def _customers_channel(client: WebClient, account: str, channel: str) -> Iterator[SelfCheck]:
    about = _info(client, channel)
    wrong = list(_speechless(about, channel, f"{account}'s cases go to direct messages"))
    yield from (SelfCheck(False, text) for text in wrong)
    if not wrong:
        yield SelfCheck(True, f"slack {_name(about, channel)}: the app is in {account}'s channel")


def _speechless(about: Mapping[str, Any] | None, channel: str, result: str) -> Iterator[str]:
    """Why the app cannot speak there."""
    if about is None:
        yield f"slack: there is no channel {channel}, or the app is not in it. Write /invite @app there."
    elif about.get("is_archived"):
        yield f"slack: {channel} is archived, so nothing can be said there. Name another channel."
    elif not about.get("is_member", True):
        yield f"slack: the app is not in {channel}: {result}. Write /invite @app there."


def _info(client: WebClient, channel: str) -> Mapping[str, Any] | None:
    """Slack's description of a channel; None if there is none that the app could see."""
    try:
        about: Mapping[str, Any] = client.conversations_info(channel=channel).get("channel") or {}
    except SlackApiError as error:
        if error.response.get("error") != "channel_not_found":
            raise
        return None
    return about


def _name(about: Mapping[str, Any] | None, channel: str) -> str:
    return f"#{about['name']} ({channel})" if about and about.get("name") else channel


def _socket(client: WebClient, settings: Settings) -> SelfCheck:
    """The app token, tried by asking for a socket's address that is not used."""
    try:
        client.apps_connections_open(app_token=settings.app_token.get_secret_value())
    except SlackApiError as error:
        needed = "it needs the scope connections:write."
        return SelfCheck(False, _refusal(error, settings, "slack.app_token", needed))
    except (SlackClientError, OSError) as error:
        return SelfCheck(False, f"slack: {settings.api_url} cannot be reached ({error}).")
    return SelfCheck(True, "slack app token: Socket Mode is open to it")


class TriedView(Protocol):
    """A view, or the blocks of a message, by name (``channels/slack/samples.py``)."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def body(self) -> Any: ...


def validated(client: WebClient, samples: Sequence[TriedView]) -> Iterator[SelfCheck]:
    """Ask Slack whether it takes each (docs.slack.dev: "blocks.validate"), waiting where it wants a pause."""
    wrong = 0
    for sample in samples:
        try:
            _validate(client, sample)
        except SlackApiError as error:
            code = str(error.response.get("error"))
            if code in ("unknown_method", "method_deprecated"):
                yield SelfCheck(
                    True, f"slack: {len(samples)} views and messages not tried: there is no blocks.validate"
                )
                return
            wrong += 1
            why = error.response.get("errors") or (error.response.get("response_metadata") or {}).get(
                "messages"
            )
            yield SelfCheck(
                False, f"slack: Slack would not take “{sample.name}” ({code}: {why or 'no reason given'})"
            )
        except (SlackClientError, OSError) as error:
            yield SelfCheck(False, f"slack: {client.base_url} cannot be reached ({error}).")
            return
    if not wrong:
        yield SelfCheck(True, f"slack: all {len(samples)} views and messages are as Slack takes them")


def _validate(client: WebClient, sample: TriedView) -> None:
    for _ in range(PATIENT):
        try:
            if sample.kind == "view":
                client.blocks_validate(view=sample.body)
            else:
                client.blocks_validate(blocks=sample.body)
            return
        except SlackApiError as error:
            if error.response.status_code != 429:
                raise
            time.sleep(float(error.response.headers.get("Retry-After") or 1))


def _refusal(error: SlackApiError, settings: Settings, token: str, advice: str) -> str:
    """What Slack's answer means: it does not work just now, or does not take a token."""
    answer = error.response
    if answer.status_code >= 500 or answer.status_code == 429 or answer.get("error") in TRANSIENT:
        return (
            f"slack: {settings.api_url} does not work just now ({_code(error)}), so nothing is known of {token}. "
            "Try again in a minute; status.slack.com says how Slack is."
        )
    return f"slack: Slack does not take {token} ({_code(error)}): {advice}"


def _code(error: SlackApiError) -> str:
    code = str(error.response.get("error") or f"HTTP {error.response.status_code}")
    return f"{code} ({MEANINGS[code]})" if code in MEANINGS else code
