"""Slack as one channel: a door in by Socket Mode or HTTP, its reader, and its way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from slack_sdk import WebClient

from bot.channel.capabilities import Traits
from bot.channel.context import ChannelContext
from bot.channel.outbound import Parcel, Posting, Stands
from bot.channel.protocols import Anchor, Context, Inbound, Letter, Unreadable, Worker
from channels.form_memory import FormMemories
from channels.slack.app import build_app
from channels.slack.delivery import SlackDelivery
from channels.slack.http import routes
from channels.slack.inbound.backfill import CatchUp
from channels.slack.inbound.reader import EventReader
from channels.slack.interactive.app_home import Home
from channels.slack.interactive.case_lists import ListDesk
from channels.slack.interactive.desk_client import DeskClient
from channels.slack.interactive.home_updates import HomeUpdates
from channels.slack.interactive.join_offer import JoinOffers
from channels.slack.socket_mode import SocketWorker
from channels.slack.text.message import compose, plain
from channels.slack.workspace.desk_channels import DeskChannels
from channels.slack.workspace.files import Files
from channels.slack.workspace.permalinks import Permalinks
from channels.slack.workspace.self_check import problems
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.users import People
from channels.slack.workspace.web_api import Calls

TIMEOUT = 10
"""Seconds for one call of the Web API."""


class SlackChannel:
    """``Channel`` and ``Board`` for Slack. Calls nothing before a worker runs or a parcel leaves."""

    name = "slack"
    traits = Traits(threads=True)

    def __init__(self, context: ChannelContext[Settings]) -> None:
        self._settings: Settings = context.settings
        self._desk = context.desk
        token = self._settings.bot_token.get_secret_value()
        # Without the client's own retries: a message whose answer was lost is looked for before it is posted again.
        self._client = WebClient(token, base_url=self._settings.api_url, timeout=TIMEOUT, retry_handlers=[])
        self._people = People(self._client, context.desk.ask)
        files = Files(self._client, context, token)
        self._reader = EventReader(context, self._people, files)
        self._desk_channels = DeskChannels(self._settings, self._client)
        self._delivery = SlackDelivery(context, self._client, self._people, files, self._desk_channels)
        context.faults.append(self._delivery.fault)
        counter = DeskClient(context, self._people)
        lists = ListDesk(counter, Permalinks(self._people))
        offers = JoinOffers(context, counter, self._people)
        home = Home(counter, lists, offers, desk=context.desk.config.desk.name, week=context.week)
        app = build_app(
            context, self._client, self._people, shared=self._desk_channels.hear,
            counter=counter, lists=lists, offers=offers, home=home,
        )  # fmt: skip
        homes = HomeUpdates(home, self._client, self._desk)
        catch_up = CatchUp(context, Calls(self._client), self._people)
        self.workers: Sequence[Worker] = (catch_up, homes)
        if self._settings.mode == "socket":
            line = SocketWorker(app, self._settings, missed=catch_up.missed, begin=catch_up.begin)
            context.faults.append(line.fault)
            self.workers = (
                catch_up,
                homes,
                line,
            )  # in this order: the mark stands before anything new is heard
        else:
            catch_up.missed(datetime.now(UTC))
            catch_up.begin()
            secret = self._settings.signing_secret.get_secret_value()
            context.routes.extend(routes(app, FormMemories(context.memory), secret=secret))

    def problems(self) -> Iterable[str]:
        """Try tokens, scopes and channels; a sentence for each that fails."""
        return problems(self._client, self._settings)

    def board(self, *, type: str, account: str) -> str:
        """The account's own desk channel, else the type's, else the triage channel."""
        return self._desk_channels.for_case(type=type, account=account)

    def owns(self, address: str) -> bool:
        """Is it a channel with cards, or a thread in one?"""
        return self._desk_channels.owns((*address.split("/"), "")[1])

    def exposed(self) -> Mapping[str, str]:
        """The desk's channels that are shared with other organisations, and their names."""
        return self._desk_channels.exposed()

    def words(self, payload: bytes) -> str:
        """The text of a frozen message."""
        return plain(payload)

    def anchors(self, letter: Letter) -> tuple[Anchor, ...]:
        """No anchors: nothing of ours is quoted in Slack."""
        return ()

    def read(self, letters: Sequence[Letter], contexts: Sequence[Context]) -> list[Inbound | Unreadable]:
        """Read events; one result for each, in order."""
        return [self._reader.read(letter) for letter in letters]

    def compose(self, posting: Posting) -> bytes:
        """A message's blocks and its destination."""
        return compose(posting, partial(self._desk.in_words, posting.language))

    def deliver(self, parcel: Parcel) -> Stands | None:
        """Send to Slack; raises ``DeliveryFailed``."""
        return self._delivery.deliver(parcel)

    def close(self) -> None:
        """Break off downloads; the workers have disconnected."""
        self._reader.close()
