"""A card's menu: shown without what was chosen in it, so that the same can be chosen again.

A chosen option stays chosen, also when its form is cancelled, and choosing it once more tells the app nothing; only
another ``block_id`` resets a menu in a message (slackapi/bolt-python, issue 629).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk import WebClient

from bot.channel.outbound import DeliveryFailed
from bot.queries.card import CardOf, CardView, ThreadOf
from channels.slack.desk.desk_client import DeskClient
from channels.slack.interactive.modals import SLACKS_ERRORS, why
from channels.slack.views.card import card, is_menu

log = structlog.get_logger("slack")
MOST_DRAWN = 3
"""Drawings in a row, while the case changes meanwhile."""


def reset(counter: DeskClient, client: WebClient, body: Mapping[str, Any], *, case: int) -> None:
    """Draw the clicked card anew, its menu as it was; only a courtesy, and not where outsiders read it.

    The courier may draw it at the same time: if the case has changed meanwhile, it is drawn once more.
    """
    if "view" in body or not is_menu(str(body["actions"][0].get("block_id"))):
        return
    standing = counter.look(ThreadOf(case, "slack", "desk"))
    if not standing.endswith(f"/{body['channel']['id']}/{body['container']['message_ts']}"):
        return  # the case has another card since
    shown: CardView | None = None
    for _ in range(MOST_DRAWN):
        now = counter.look(CardOf(case))
        if now is None or now == shown or not _drawn(counter, client, body, now):
            return
        shown = now


def _drawn(counter: DeskClient, client: WebClient, body: Mapping[str, Any], view: CardView) -> bool:
    text, blocks = card(view, reasons=counter.lists.close_reasons)
    channel, ts = str(body["channel"]["id"]), str(body["container"]["message_ts"])
    try:
        counter.desk_channels.refuse_outsiders(channel)
        client.chat_update(channel=channel, ts=ts, text=text, blocks=blocks)
    except DeliveryFailed as failure:
        log.info("a card's menu was not reset", why=str(failure))
        return False
    except SLACKS_ERRORS as error:
        log.info("a card's menu was not reset", error=why(error))
        return False
    return True
