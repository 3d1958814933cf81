"""The Web API: every failure as what it means for a delivery."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.channel.outbound import DeliveryFailed
from bot.model.translatable import saying
from channels.slack.workspace.pace import LOOKUPS_A_MINUTE, Paces, interval_of, name_of

CLOSED = frozenset(
    (
        "channel_not_found", "not_in_channel", "is_archived", "team_access_not_granted", "restricted_action",
        "restricted_action_non_threadable_channel", "restricted_action_read_only_channel",
        "restricted_action_thread_locked", "restricted_action_thread_only_channel",
    )
)  # fmt: skip
"""A place that does not take our words, or is not there."""
GONE = frozenset(("thread_not_found", "message_not_found", "cannot_reply_to_message", "cant_update_message"))
"""A message that we wanted to change, or to write below, is not there or not ours."""
UNDIRECTED = frozenset(
    (
        "cannot_dm_bot", "user_not_found", "users_not_found", "user_not_visible", "invalid_user_combination",
        "not_allowed", "no_permission", "access_denied", "restricted_action", "messages_tab_disabled",
        "channel_not_found", "team_access_not_granted", "enterprise_is_restricted",
        "method_not_supported_for_channel_type",
    )
)  # fmt: skip
"""Why we may not write to a person directly, though they may be there: often of another organisation."""
FINAL = CLOSED | GONE | UNDIRECTED | frozenset(
    (
        "user_disabled", "msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format",
        "user_not_in_channel", "too_many_attachments", "attachment_payload_limit_exceeded", "no_text",
        "metadata_too_large", "invalid_metadata_format", "invalid_metadata_schema", "metadata_must_be_sent_from_app",
        "invalid_attachments", "markdown_text_conflict", "block_mismatch", "edit_window_closed", "is_inactive",
        "team_not_found", "channel_is_limited_access", "cant_delete_message",
        "file_uploads_disabled", "file_uploads_except_images_disabled", "file_upload_size_restricted",
        "file_type_not_allowed", "blocked_file_type", "posting_to_channel_denied", "invalid_channel",
        "file_not_found", "file_deleted", "file_is_deleted", "file_share_limit_reached", "max_file_sharing_exceeded",
        "slack_connect_blocked_file_type", "slack_connect_file_upload_sharing_blocked",
        "slack_connect_file_link_sharing_blocked", "slack_connect_clip_sharing_blocked",
        "slack_connect_canvas_sharing_blocked", "slack_connect_lists_sharing_blocked",
        "cant_delete_file", "delete_not_allowed", "file_deleting_disabled",
        "storage_limit_reached", "already_reacted", "no_reaction", "invalid_name",
        "not_reactable", "too_many_emoji", "too_many_reactions", "thread_locked", "no_access", "bad_timestamp",
    )
)  # fmt: skip
"""Errors that another attempt cannot repair (docs.slack.dev, "Errors" of the methods that are called here).

Codes about the arguments of a call are left out: they may concern every message after a change of Slack's.
"""
TOKEN = frozenset(
    (
        "account_inactive", "invalid_auth", "not_authed", "token_revoked", "token_expired", "org_login_required",
        "ekm_access_denied", "not_allowed_token_type", "accesslimited", "two_factor_setup_required",
        "message_limit_exceeded",
    )
)  # fmt: skip
"""Errors about the token or the whole workspace. All deliveries wait until an operator has repaired it."""
TRANSIENT = frozenset(
    (
        "service_unavailable", "internal_error", "fatal_error", "request_timeout", "team_added_to_org",
        "external_channel_migrating", "update_failed", "streaming_state_conflict",
    )
)  # fmt: skip
"""Slack itself does not work just now: it is asked again soon, and not less and less often."""
SCOPE = "missing_scope"
"""The app may not make this call at all: what needs it waits until the app is installed anew."""
MEANINGS = {
    "user_not_visible": "the app may not see this person",
    "invalid_user_combination": "the app may not write to this person",
    "user_not_in_channel": "this person is not in the channel",
    "user_disabled": "this person's account is deactivated",
    "not_in_channel": "the app is not in the channel",
    "channel_not_found": "the app cannot see the channel",
    "is_archived": "the channel is archived",
    "no_permission": "the app may not do that here",
    "missing_scope": "the app lacks a scope; install it anew from the manifest",
    "account_inactive": "the app was removed from the workspace",
    "token_revoked": "the app's token was revoked",
    "invalid_auth": "the app's token is not known there",
    "not_authed": "the app has no token",
    "token_expired": "the app's token is no longer valid",
    "ekm_access_denied": "administrators have suspended it",
    "org_login_required": "the workspace is being moved into an organisation",
    "file_uploads_disabled": "the workspace allows no files",
    "storage_limit_reached": "the workspace has no room for files",
}
"""What a code says, in words."""
UNMARKED = frozenset(
    (
        "already_reacted", "no_reaction", "message_not_found", "too_many_reactions", "too_many_emoji", "bad_timestamp",
        "not_reactable", "thread_locked", "external_channel_migrating", "no_item_specified", "invalid_name",
    )
)  # fmt: skip
"""Why there is no reaction to add or remove (docs.slack.dev: "reactions.add", "reactions.remove"): no failure."""
EVENT, CARD = "casebot", "case_card"
OPEN_FOR = 300.0
"""Seconds until direct messages are opened anew: Slack opens none with somebody who was deactivated since."""
UPLOADING = ("files.getUploadURLExternal", "files.completeUploadExternal")
FIRST = ("chat.postMessage", "chat.update", "chat.postEphemeral", "conversations.open", "conversations.info")
"""Calls before which nothing of a message can have arrived; its files come later, and history after a doubt."""
STOPPED = 20.0
"""Seconds until a token that Slack refused is tried again."""
SOON, LATER = 15.0, 45.0
"""Seconds until a delivery is tried again that Slack could not take just now."""
MOST_THREADS = 20_000
"""Messages with replies that are remembered."""
PAGE, PAGES = 200, 10
"""Messages that are asked for at once, and how often, when one is looked for."""


@dataclass(frozen=True, slots=True)
class Name:
    """The name and the picture that a message is posted under."""

    name: str
    image: str


class SlackRefused(DeliveryFailed):
    """Slack refused a call: ``code`` says why."""

    def __init__(self, code: str, *, first: bool = False, unreached: bool = False) -> None:
        """``first``: nothing of the delivery can have arrived before this call."""
        waits = code in TOKEN or code == SCOPE
        transient = code in TRANSIENT or code.startswith("HTTP 5")
        super().__init__(
            saying("Slack refused: {why}", why=in_words(code)),
            permanent=code in FINAL,
            pause=STOPPED if code in TOKEN else 0.0,
            after=STOPPED if waits else soon() if transient else 0.0,
            untried=waits and first,
            unreached=unreached,
            unknown=not (waits or transient or code in FINAL),
        )
        self.code = code


def soon() -> float:
    """Seconds until what Slack could not take just now is tried again."""
    return random.uniform(SOON, LATER)  # noqa: S311 - spreads load, guards nothing


def in_words(code: str) -> str:
    """What an error of Slack's means, with its code."""
    meaning = MEANINGS.get(code)
    return saying("{reason} ({code})", reason=saying(meaning), code=code) if meaning else code


class Calls:
    """One method for each call; obeys Slack's pauses per method and channel. Raises ``DeliveryFailed``."""

    def __init__(
        self, client: WebClient, *, paces: Paces | None = None, lookups: int = LOOKUPS_A_MINUTE
    ) -> None:
        """``lookups``: how many look-ups within a minute leave room for these (``Paces.take``)."""
        self._client = client
        self._lookups = lookups
        self._threads: set[tuple[str, str]] = set()
        """Messages that are known to have replies."""
        self.may_post: Callable[[str], None] = lambda channel: None
        """Raises for a channel in which nothing may be shown to everybody."""
        self._paces = paces or Paces()
        self._direct: dict[str, tuple[str, float]] = {}
        self._may_name = True
        self.refused = ""
        """Why Slack does not take our token, since it last did."""
        self.unscoped: set[str] = set()
        """Methods for which the app lacks a scope, as far as we were told."""

    def revoked(self, code: str) -> None:
        """Note that the app or its token is gone, until Slack takes something from us again.

        An app that is removed loses its token too, and Slack tells both in any order ("app_uninstalled").
        """
        if self.refused != "account_inactive":
            self.refused = code

    def post(
        self,
        channel: str,
        *,
        text: str,
        blocks: Any,
        id: str = "",
        case: str = "",
        root: str = "",
        under: Name | None = None,
    ) -> str:
        """``chat.postMessage``: its ts. ``id`` becomes metadata, so that the message can be found again.

        ``case``: the number of the case whose card it is, for apps that read metadata. ``under``: a person's name
        and picture, where the app may use them (``chat:write.customize``).
        """
        payload = {"id": id, "case": case} if case else {"id": id}
        if under and self._may_name:
            try:
                return self._post(channel, payload, text=text, blocks=blocks, root=root, under=under)
            except SlackRefused as refused:
                if refused.code != "missing_scope":
                    raise
                self._may_name = False  # nothing was posted; from now on the app speaks under its own name
        return self._post(channel, payload, text=text, blocks=blocks, root=root)

    def _post(
        self,
        channel: str,
        payload: Mapping[str, str],
        *,
        text: str,
        blocks: Any,
        root: str,
        under: Name | None = None,
    ) -> str:
        self.may_post(channel)
        answer = self._call(
            "chat.postMessage",
            channel,
            lambda: self._client.chat_postMessage(
                channel=channel,
                text=text,
                blocks=blocks,
                thread_ts=root or None,
                metadata={"event_type": CARD if "case" in payload else EVENT, "event_payload": payload},
                unfurl_links=False,
                unfurl_media=False,
                link_names=False,
                username=under.name if under else None,
                icon_url=(under.image or None) if under else None,
                parse="none",
            ),
        )
        if root:
            self.note_thread(channel, root)
        return str(answer["ts"])

    def update(self, channel: str, ts: str, *, text: str, blocks: Any) -> None:
        """``chat.update``."""
        self.may_post(channel)
        self._call(
            "chat.update",
            channel,
            lambda: self._client.chat_update(channel=channel, ts=ts, text=text, blocks=blocks),
        )

    def delete(self, channel: str, ts: str) -> None:
        """``chat.delete``: a message of ours goes."""
        self._call("chat.delete", channel, partial(self._client.chat_delete, channel=channel, ts=ts))

    def post_ephemeral(self, channel: str, user: str, *, text: str, blocks: Any, root: str = "") -> None:
        """``chat.postEphemeral``: in the thread if it has replies, else in the channel.

        docs.slack.dev, "chat.postEphemeral", ``thread_ts``: in a thread without replies it is not shown at all.
        """
        root = root if root and self._has_replies(channel, root) else ""
        self._call(
            "chat.postEphemeral",
            channel,
            lambda: self._client.chat_postEphemeral(
                channel=channel, user=user, text=text, blocks=blocks, thread_ts=root or None
            ),
        )

    def note_thread(self, channel: str, root: str, *, lost_one: bool = False) -> None:
        """Note that a message has replies; ``lost_one``: one was deleted, so perhaps there are none."""
        if lost_one:
            self._threads.discard((channel, root))
            return
        if len(self._threads) >= MOST_THREADS:
            self._threads.clear()
        self._threads.add((channel, root))

    def _has_replies(self, channel: str, root: str) -> bool:
        """Has this message replies? While Slack does not tell: no.

        In the channel an ephemeral message is seen in any case.
        """
        if (channel, root) in self._threads:
            return True
        try:
            messages = self.thread(channel, root, most=1)
        except DeliveryFailed:
            return False
        return any(message.get("reply_count") for message in messages if str(message["ts"]) == root)

    def react(self, channel: str, ts: str, name: str) -> None:
        """``reactions.add``; nothing to do if it is there already, or there is nothing to react to."""
        self._mark("reactions.add", channel, partial(self._client.reactions_add, timestamp=ts, name=name))

    def unreact(self, channel: str, ts: str, name: str) -> None:
        """``reactions.remove``."""
        self._mark(
            "reactions.remove", channel, partial(self._client.reactions_remove, timestamp=ts, name=name)
        )

    def _mark(self, method: str, channel: str, call: Callable[..., Any]) -> None:
        try:
            self._call(method, channel, partial(call, channel=channel))
        except SlackRefused as refused:
            if refused.code not in UNMARKED | FINAL:
                raise

    def direct(self, user: str) -> str:
        """The channel of our direct messages with a user (``conversations.open``)."""
        channel, until = self._direct.get(user, ("", 0.0))
        if time.monotonic() < until:
            return channel
        answer = self._call("conversations.open", user, lambda: self._client.conversations_open(users=user))
        channel = str(answer["channel"]["id"])
        self._direct[user] = channel, time.monotonic() + OPEN_FOR
        return channel

    def about(self, channel: str) -> Mapping[str, Any]:
        """``conversations.info``: a channel as Slack describes it."""
        ask = partial(self._client.conversations_info, channel=channel)
        details: Mapping[str, Any] = self._call("conversations.info", channel, ask).get("channel") or {}
        return details

    def file(self, id: str) -> Mapping[str, Any]:
        """``files.info``: a file as Slack describes it."""
        details: Mapping[str, Any] = self._call("files.info", "", partial(self._client.files_info, file=id))[
            "file"
        ]
        return details

    def delete_file(self, id: str) -> None:
        """``files.delete``: a file of ours goes from wherever it is shared; nothing to do if it is gone."""
        try:
            self._call("files.delete", "", partial(self._client.files_delete, file=id))
        except SlackRefused as refused:
            if refused.code not in ("file_not_found", "file_deleted"):
                raise

    def forget_direct(self, user: str) -> None:
        """Open our direct messages with a user anew, the next time: they may be deactivated."""
        self._direct.pop(user, None)

    def recent(self, channel: str, root: str, since: float) -> Iterator[Mapping[str, Any]]:
        """The messages of a thread or channel after a moment (seconds since 1970), page by page.

        Slack shows a thread's oldest replies first ("conversations.replies"), a channel's newest.
        """
        about: dict[str, Any] = {"channel": channel, "oldest": f"{since:.6f}", "inclusive": True}
        about |= {"limit": PAGE, "include_all_metadata": True}
        cursor: str | None = None
        for _ in range(PAGES):
            answer = self._page(root, {**about, "cursor": cursor})
            yield from answer.get("messages") or ()
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    def thread(self, channel: str, ts: str, *, most: int) -> list[Mapping[str, Any]]:
        """The message with this ts and, if it begins a thread, the first of what stands below it."""
        ask = partial(self._client.conversations_replies, channel=channel, ts=ts, limit=most)
        answer = self._call("conversations.replies", channel, ask)
        return list(answer.get("messages") or ())

    def _page(self, root: str, about: dict[str, Any]) -> Any:
        channel = about["channel"]
        if root:
            ask = partial(self._client.conversations_replies, ts=root, **about)
            return self._call("conversations.replies", channel, ask)
        ask = partial(self._client.conversations_history, **about)
        return self._call("conversations.history", channel, ask)

    def guard(self, method: str, channel: str, call: Callable[[], None]) -> None:
        """Make another caller's calls, the last of which is this method; failures become ours."""
        self._call(method, channel, call)
        self.unscoped.difference_update(UPLOADING)

    def _call(self, method: str, channel: str, call: Callable[[], Any]) -> Any:
        pause = self._paces.take(name_of(method, channel), interval_of(method), self._lookups)
        if pause > 0:
            raise _pause(method, channel, pause)
        try:
            answer = call()
        except SlackApiError as error:
            raise self._failure(method, channel, error) from None
        except (OSError, HTTPException, SlackClientError) as error:
            why = saying("Slack cannot be reached ({error})", error=type(error).__name__)
            raise DeliveryFailed(why, permanent=False, after=soon()) from None
        self.refused = ""
        self.unscoped.discard(method)
        return answer

    def _failure(self, method: str, channel: str, error: SlackApiError) -> DeliveryFailed:
        answer = error.response
        code = str(answer.get("error") or f"HTTP {answer.status_code}")
        if answer.status_code == 429 or code in ("ratelimited", "rate_limited"):
            wait = float(answer.headers.get("Retry-After") or 1)
            self._paces.refused(name_of(method, channel), wait)
            return _pause(method, channel, wait)
        self.refused = code if code in TOKEN else self.refused
        if code == SCOPE:
            self.unscoped.add(answer.api_url.rpartition("/")[2])  # of several calls the one that failed
        return SlackRefused(code, first=method in FIRST)


def _pause(method: str, channel: str, seconds: float) -> DeliveryFailed:
    """The failure for a call that Slack refused with a pause of so many seconds."""
    return DeliveryFailed(
        f"Slack asked for a pause ({method})",
        permanent=False,
        after=seconds,
        untried=method in FIRST,
        queue=name_of(method, channel),
    )
