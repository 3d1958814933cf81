"""Events: kept before they are acknowledged, each once.

docs.slack.dev: "Events API", "message event", "app_mention event".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

import structlog
from slack_bolt import BoltResponse

from bot.channel.context import ChannelContext
from bot.commands.parser import begin
from bot.queries.message_status import CaseAt, StatusOf
from channels.slack.inbound.lifecycle import Lifecycle
from channels.slack.workspace.channel_ids import ChannelIds
from channels.slack.workspace.manifest import LIFECYCLE
from channels.slack.workspace.openings import Openings
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.workspace import Workspaces

log = structlog.get_logger("slack")
PATIENCE = 2.5
"""Seconds of the three after which Slack shall rather come again."""
SAYING = (
    "",
    "file_share",
    "thread_broadcast",
    "me_message",
    "bot_message",
    "message_changed",
    "message_deleted",
)
"""Subtypes of messages that say something; others (joins, topics, pins…) do not."""
SIGNS = ("reaction_added", "reaction_removed")
LONGEST_KEY = 100


class Events:
    """The first middleware, before bolt authorizes: makes an event durable if it is for us."""

    def __init__(
        self,
        context: ChannelContext[Settings],
        *,
        ids: ChannelIds,
        bots: Collection[str] = (),
        a_bot: Callable[[str], bool] = lambda user: False,
        lifecycle: Lifecycle | None = None,
        workspaces: Workspaces | None = None,
        of_desk: Callable[[str], bool] = lambda channel: False,
    ) -> None:
        """``a_bot``: is this user known to be a bot? Slack is not asked here.

        ``lifecycle`` hears what becomes of the app, of channels and of people; ``of_desk``: is it the desk's channel?
        """
        settings: Settings = context.settings
        self._keep = context.keep
        self._desk = context.desk
        self._signs = settings.signs
        self._of_desk = of_desk
        self._openings = Openings(settings, lambda: context.desk.config.accounts, ids)
        self._bots = frozenset(bots)
        self._a_bot = a_bot
        self._lifecycle = lifecycle
        self._workspaces = workspaces

    def __call__(self, body: Mapping[str, Any], next: Callable[[], Any]) -> Any:
        event = body.get("event")
        if body.get("type") != "event_callback" or not isinstance(event, dict):
            return next()
        if self._workspaces and self._workspaces.of(home_of(body), _organisation_of(body)) is None:
            return BoltResponse(status=200)
        if event.get("type") == "app_home_opened":
            return next()
        if event.get("type") in LIFECYCLE:
            return self._heard(body, event)
        to_us = self._opens(body, event) or types_command(event, self._of_desk)
        key = key_of(body, event, bots=self._bots, a_bot=self._a_bot, opens=to_us)
        return self._kept(key, body, event) if key else BoltResponse(status=200)

    def _heard(self, body: Mapping[str, Any], event: Mapping[str, Any]) -> BoltResponse:
        try:
            if self._lifecycle is not None:
                self._lifecycle.hear(event, home=home_of(body), us=bot_user(body))
        except Exception as error:  # whatever it is, Slack is to come again
            log.warning("an event of the workspace had no effect", type=event.get("type"), exc_info=error)
            return BoltResponse(status=500)
        return BoltResponse(status=200)

    def _kept(self, key: str, body: Mapping[str, Any], event: Mapping[str, Any]) -> BoltResponse:
        envelope = {
            "kind": "sign" if event.get("type") in SIGNS else "event",
            "team": home_of(body),
            "event_id": str(body.get("event_id") or ""),
            "bot_user": bot_user(body),
        }
        try:
            if not self._ours(body, event):
                return BoltResponse(status=200)
            self._keep("slack", key, json.dumps(body).encode(), envelope).result(timeout=PATIENCE)
        except Exception as error:  # whatever it is, Slack is to come again
            log.warning("an event was not kept", event_id=envelope["event_id"], error=type(error).__name__)
            return BoltResponse(status=500)
        return BoltResponse(status=200)

    def _ours(self, body: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
        """Is it said to us, below a message of ours, or in a case's thread? Other talk is not kept.

        In a customer's channel that opens cases without a command, what begins a thread is said to us. In a
        customer's channel what stands below a message that is on a case belongs to that.
        """
        if event.get("type") in SIGNS:
            return self._is_sign(body, event)
        message, us = message_of(event), bot_user(body)
        below_ours = bool(us) and message.get("parent_user_id") == us  # perhaps not known as a case's yet
        if below_ours or _to_us(event, message, us) or types_command(event, self._of_desk):
            return True
        opens, thread = self._opens(body, event), str(message.get("thread_ts") or "")
        if opens and thread in ("", message.get("ts")):
            return True
        place = f"{home_of(body)}/{event.get('channel')}"
        if self._desk.ask(CaseAt("slack", f"{place}/{thread}")):
            return True
        first = self._desk.ask(StatusOf("slack", f"m:{place}/{thread}"))
        theirs = opens or self._openings.is_customers(home_of(body), str(event.get("channel") or ""))
        return bool(first and (first.outcome == "waiting" or (theirs and first.case)))

    def _opens(self, body: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
        return self._openings.how(home_of(body), str(event.get("channel") or "")) != "command"

    def _on_case(self, key: str) -> bool:
        status = self._desk.ask(StatusOf("slack", key))
        return bool(status and (status.case or status.outcome == "waiting"))

    def _is_sign(self, body: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
        """Does an emoji ask for something here? Others, on messages that we do not know, are people's own."""
        meaning = self._signs.get(str(event.get("reaction") or "").partition("::")[0])
        item, removed = event.get("item") or {}, event.get("type") == "reaction_removed"
        if not meaning or item.get("type") != "message" or (removed and meaning != "take"):
            return False
        channel, us = str(item.get("channel")), bot_user(body)
        if meaning == "create" or self._of_desk(channel) or (us and event.get("item_user") == us):
            return True
        address = f"{home_of(body)}/{channel}/{item.get('ts')}"
        return bool(self._desk.ask(CaseAt("slack", address))) or self._on_case(f"m:{address}")


def key_of(
    body: Mapping[str, Any],
    event: Mapping[str, Any],
    *,
    bots: Collection[str] = (),
    a_bot: Callable[[str], bool] = lambda user: False,
    opens: bool = False,
) -> str:
    """The key under which an event is kept once; ``""`` if it is not to be kept.

    ``m:HOME/CHANNEL/TS`` for a message, whether it comes as ``message`` or as ``app_mention``, with
    ``/EDITED_TS`` or ``/deleted`` for its later changes; ``r:HOME/EVENT_ID`` for an emoji that is put on one, or
    taken off. Other events ask for nothing here. ``opens``: it is said to us also where it begins a thread.
    """
    if event.get("type") in SIGNS:
        return _sign_key(body, event, a_bot)
    if event.get("type") not in ("message", "app_mention"):
        return ""
    message, us, app = message_of(event), bot_user(body), str(body.get("api_app_id") or "")
    if _by_ourselves(message, us, app) or (message.get("bot_id") not in bots and _by_a_bot(message, a_bot)):
        return ""
    key = _message_key(body, event, us, opens=opens)
    return key if len(key) <= LONGEST_KEY else f"h:{hashlib.sha256(key.encode()).hexdigest()}"


def bot_user(body: Mapping[str, Any]) -> str:
    """Our own user id: an event says to whom it is delivered."""
    authorizations = body.get("authorizations") or [{}]
    return str(authorizations[0].get("user_id") or "")


def home_of(body: Mapping[str, Any]) -> str:
    """The team that the app is installed in, which owns these channels; ``""`` if the event names none.

    In a channel that is shared with another organisation ``team_id`` is that of the speaker in a ``message``,
    and ours in its ``app_mention`` ("Events API", section "Authorizations";
    ``slack_bolt/request/internals.py``).
    """
    authorizations = body.get("authorizations") or [{}]
    home = authorizations[0].get("team_id") or body.get("context_team_id") or body.get("team_id")
    return str(home or "")


def _organisation_of(body: Mapping[str, Any]) -> str:
    """The organisation that the app is installed in, if its workspace belongs to one."""
    authorizations = body.get("authorizations") or [{}]
    return str(authorizations[0].get("enterprise_id") or "")


def _sign_key(body: Mapping[str, Any], event: Mapping[str, Any], a_bot: Callable[[str], bool]) -> str:
    user = str(event.get("user") or "")
    if not user or user == bot_user(body) or a_bot(user) or not body.get("event_id"):
        return ""
    return f"r:{home_of(body)}/{body['event_id']}"


def _message_key(body: Mapping[str, Any], event: Mapping[str, Any], us: str, *, opens: bool) -> str:
    subtype, message = str(event.get("subtype") or ""), message_of(event)
    if subtype not in SAYING or not (opens or _concerns_us(event, message, us)):
        return ""
    name = f"m:{home_of(body)}/{event.get('channel')}/{message.get('ts')}"
    if is_taken_back(event):
        return f"{name}/deleted"
    if (
        subtype == "message_changed"
    ):  # without "edited" only Slack changed it: a link unfurled, a reply counted
        edited = (message.get("edited") or {}).get("ts")
        return f"{name}/{edited}" if edited else ""
    return name


def _by_ourselves(message: Mapping[str, Any], us: str, app: str) -> bool:
    return bool((us and message.get("user") == us) or (app and message.get("app_id") == app))


def _by_a_bot(message: Mapping[str, Any], a_bot: Callable[[str], bool]) -> bool:
    """Is it certainly a bot's message, as far as can be told here?

    A user's message through an app (a GIF, a shared document) is not: whether that user is a bot, only
    ``users.info`` tells, which the reader asks.
    """
    under_no_name = message.get("bot_id") and not message.get("user")
    return bool(
        message.get("subtype") == "bot_message" or under_no_name or a_bot(str(message.get("user") or ""))
    )


def is_taken_back(event: Mapping[str, Any]) -> bool:
    """Was it deleted, entirely or (if it has replies) with Slack's own tombstone left in its place?"""
    change = event.get("subtype")
    stone = (event.get("message") or {}).get("subtype") == "tombstone"
    return change == "message_deleted" or (change == "message_changed" and stone)


def message_of(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The message that an event is about; of a deleted one, its last text."""
    last = event.get("previous_message") if is_taken_back(event) else event.get("message")
    message: Mapping[str, Any] = last or event.get("message") or event.get("previous_message") or event
    return message


def types_command(event: Mapping[str, Any], of_desk: Callable[[str], bool]) -> bool:
    """Does somebody type a command in the desk's channel, in any thread or none?"""
    versions = (message_of(event), event.get("previous_message") or {})
    texts = [str(version.get("text") or "") for version in versions]
    asks = any("!" in text and begin(text, "!").asked for text in texts)
    return asks and of_desk(str(event.get("channel") or ""))


def concerned_us(event: Mapping[str, Any], us: str, of_desk: Callable[[str], bool]) -> bool:
    """Was a changed message to us, in a thread, or a command in the desk's channel, before the change?"""
    before = event.get("previous_message") or {}
    first = {**event, "message": before, "previous_message": {}}
    return _concerns_us(first, before, us) or types_command(first, of_desk)


def _concerns_us(event: Mapping[str, Any], message: Mapping[str, Any], us: str) -> bool:
    """Is it to us, or in a thread, which may be a case's?"""
    in_thread = message.get("thread_ts") and message.get("thread_ts") != message.get("ts")
    return bool(in_thread) or _to_us(event, message, us)


def _to_us(event: Mapping[str, Any], message: Mapping[str, Any], us: str) -> bool:
    """Is it in a direct message, or does it mention us?"""
    if event.get("type") == "app_mention" or event.get("channel_type") == "im":
        return True
    before = event.get("previous_message") or {}
    return bool(us) and any(f"<@{us}" in str(version.get("text") or "") for version in (message, before))
