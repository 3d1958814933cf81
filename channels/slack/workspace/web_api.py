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
from channels.slack.workspace.error_codes import FINAL, MEANINGS, SCOPE, TOKEN, TRANSIENT, UNMARKED
from channels.slack.workspace.pace import Paces, name_of

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

    def __init__(self, client: WebClient, *, paces: Paces | None = None, reads_back: bool = False) -> None:
        self._client = client
        self._reads_back = reads_back
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
        self, channel: str, *, text: str, blocks: Any, id: str = "", case: str = "", root: str = "",
        under: Name | None = None,
    ) -> str:  # fmt: skip
        """``chat.postMessage``: its ts. ``id`` becomes metadata, so that the message can be found again.

        ``case``: the number of the case whose card it is, for apps that read metadata. ``under``: a person's name
        and picture, where the app may use them (``chat:write.customize``).
        """
        self.may_post(channel)
        under = under if self._may_name else None
        payload = {"id": id, "case": case} if case else {"id": id}
        post = partial(
            self._client.chat_postMessage, channel=channel, text=text, blocks=blocks, thread_ts=root or None,
            metadata={"event_type": CARD if case else EVENT, "event_payload": payload},
            unfurl_links=False, unfurl_media=False, link_names=False, parse="none",
            username=under.name if under else None, icon_url=(under.image or None) if under else None,
        )  # fmt: skip
        try:
            answer = self._call("chat.postMessage", channel, post)
        except SlackRefused as refused:
            if not under or refused.code != SCOPE:
                raise
            self._may_name = False  # nothing was posted; from now on the app speaks under its own name
            return self.post(channel, text=text, blocks=blocks, id=id, case=case, root=root)
        if root:
            self.note_thread(channel, root)
        return str(answer["ts"])

    def update(self, channel: str, ts: str, *, text: str, blocks: Any) -> None:
        """``chat.update``."""
        self.may_post(channel)
        change = partial(self._client.chat_update, channel=channel, ts=ts, text=text, blocks=blocks)
        self._call("chat.update", channel, change)

    def delete(self, channel: str, ts: str) -> None:
        """``chat.delete``: a message of ours goes."""
        self._call("chat.delete", channel, partial(self._client.chat_delete, channel=channel, ts=ts))

    def post_ephemeral(self, channel: str, user: str, *, text: str, blocks: Any, root: str = "") -> None:
        """``chat.postEphemeral``: in the thread if it has replies, else in the channel.

        docs.slack.dev, "chat.postEphemeral", ``thread_ts``: in a thread without replies it is not shown at all.
        """
        root = root if root and self._has_replies(channel, root) else ""
        show = partial(self._client.chat_postEphemeral, channel=channel, user=user, text=text, blocks=blocks)
        self._call("chat.postEphemeral", channel, partial(show, thread_ts=root or None))

    def note_thread(self, channel: str, root: str, *, reply_deleted: bool = False) -> None:
        """Note that a message has replies; ``reply_deleted``: perhaps it has none any more."""
        if reply_deleted:
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
            return bool((self.message(channel, root) or {}).get("reply_count"))
        except DeliveryFailed:
            return False

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
            if refused.code not in UNMARKED:
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
        return dict(self._call("conversations.info", channel, ask).get("channel") or {})

    def file(self, id: str) -> Mapping[str, Any]:
        """``files.info``: a file as Slack describes it."""
        return dict(self._call("files.info", "", partial(self._client.files_info, file=id))["file"])

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
        about |= {"limit": PAGE, "include_all_metadata": True} | ({"ts": root} if root else {})
        method, cursor = "replies" if root else "history", None
        ask = partial(getattr(self._client, f"conversations_{method}"), **about)
        for _ in range(PAGES):
            answer = self._call(f"conversations.{method}", channel, partial(ask, cursor=cursor))
            yield from answer.get("messages") or ()
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    def message(self, channel: str, ts: str) -> Mapping[str, Any] | None:
        """Return the message with this ts, or None if there is none."""
        return next((each for each in self.thread(channel, ts, most=1) if str(each["ts"]) == ts), None)

    def thread(self, channel: str, ts: str, *, most: int) -> list[Mapping[str, Any]]:
        """The message with this ts and, if it begins a thread, the first of what stands below it."""
        ask = partial(self._client.conversations_replies, channel=channel, ts=ts, limit=most)
        answer = self._call("conversations.replies", channel, ask)
        return list(answer.get("messages") or ())

    def guard(self, method: str, channel: str, call: Callable[[], None]) -> None:
        """Make another caller's calls, the last of which is this method; failures become ours."""
        self._call(method, channel, call)
        self.unscoped.difference_update(UPLOADING)

    def check_turn(self, method: str, channel: str) -> None:
        """Raise ``DeliveryFailed`` if a call would have to wait now."""
        if (pause := self._paces.wait(method, channel)) > 0:
            raise _pause(method, channel, pause)

    def _call(self, method: str, channel: str, call: Callable[[], Any]) -> Any:
        pause = self._paces.take(method, channel, reads_back=self._reads_back)
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
