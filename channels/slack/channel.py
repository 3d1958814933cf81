"""Slack as one channel: a door in by Socket Mode or HTTP, its reader, and its way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from bot.channel.capabilities import ChannelCondition, SelfCheck, Traits, Welcome
from bot.channel.context import ChannelContext
from bot.channel.outbound import Parcel, Posting, Stands, Words
from bot.channel.protocols import Anchor, Context, Inbound, Letter, Unreadable, Worker
from bot.model.message import Attachment
from channels.form_memory import FormMemories
from channels.slack.app import build_app
from channels.slack.delivery import SlackDelivery
from channels.slack.desk.case_lists import ListDesk
from channels.slack.desk.desk_client import DeskClient
from channels.slack.desk.join_offer import JoinOffers
from channels.slack.http import routes
from channels.slack.inbound.backfill import CatchUp
from channels.slack.inbound.lifecycle import Lifecycle
from channels.slack.inbound.reader import EventReader
from channels.slack.interactive.app_home import Home
from channels.slack.interactive.home_updates import HomeUpdates
from channels.slack.samples import notices as of_notices
from channels.slack.samples import views
from channels.slack.socket_mode import SocketWorker
from channels.slack.text.i18n import _, translating
from channels.slack.text.message import attached, compose, plain
from channels.slack.workspace.self_check import checks, validated
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.workspace import Workspace, Workspaces


class SlackChannel:
    """``Channel`` and ``Board`` for Slack. Calls nothing before a worker runs or a parcel leaves."""

    name = "slack"
    traits = Traits(threads=True, undo=True, prompt=True, edits=True)

    def __init__(self, context: ChannelContext[Settings]) -> None:
        self._settings: Settings = context.settings
        self._desk = context.desk
        self._workspace = workspace = Workspace(context)
        self._reader = EventReader(context, workspace)
        self._delivery = SlackDelivery(context, workspace)
        self._lifecycle = Lifecycle(context, workspace)
        context.faults.append(self._fault)
        counter = DeskClient(context, workspace)
        lists, joins = ListDesk(counter, workspace.permalinks), JoinOffers(context, counter, workspace.people)
        home = Home(counter, lists, joins, desk=context.desk.config.desk.name, week=context.week)
        app = build_app(
            context, workspace, workspaces=Workspaces([workspace]), lifecycle=self._lifecycle,
            counter=counter, lists=lists, joins=joins, home=home,
        )  # fmt: skip
        homes = HomeUpdates(home, workspace.client, self._desk)
        catch_up = CatchUp(context, workspace, first=(workspace.learn, self._lifecycle.rebind))
        self._lifecycle.returned = catch_up.returned
        catch_up.on_return = self._lifecycle.show_missing_cards
        self._line: SocketWorker | None = None
        self.workers: Sequence[Worker] = (catch_up, homes)
        if self._settings.mode == "socket":
            self._line = SocketWorker(app, self._settings, missed=catch_up.missed, begin=catch_up.begin)
            context.faults.append(self._line.fault)
            # in this order: the mark stands before anything new is heard
            self.workers = (catch_up, homes, self._line)
        else:
            catch_up.missed(datetime.now(UTC))
            catch_up.begin()
            secret = self._settings.signing_secret.get_secret_value()
            context.routes.extend(routes(app, FormMemories(context.memory), secret=secret))

    def greeting(self) -> Welcome:
        """What people type, and where the cards are."""
        cards = f", and each case is a card in {triage}" if (triage := self._settings.triage) else ""
        return Welcome((("Slack", f"people type {self._settings.command}{cards}"),))

    def problems(self) -> Iterable[str]:
        """A sentence for each of ``checks`` that fails."""
        return (check.text for check in self.checks() if not check.ok)

    def checks(self) -> Iterable[SelfCheck]:
        """Try tokens, scopes and channels."""
        return checks(self._workspace, self._settings, self._desk)

    def address_of(self, mail: str) -> str:
        """The member with this mail address in their profile: ``T…/U…``, or ``""``."""
        return self._workspace.people.by_mail(mail)

    def live_checks(self, notices: Iterable[tuple[str, Words]]) -> Iterable[SelfCheck]:
        """Ask Slack of every view and message whether it would show it."""
        return validated(self._workspace.client, [*views(self._desk.config.lists), *of_notices(notices)])

    def board(self, *, type: str, category: str, account: str) -> str:
        """The account's own desk channel, else the category's, the type's, or the triage channel."""
        return self._workspace.desk_channels.for_case(type=type, category=category, account=account)

    def owns(self, address: str) -> bool:
        """Is it a channel with cards, or a thread in one?"""
        return self._workspace.desk_channels.owns((*address.split("/"), "")[1])

    def exposed(self) -> Mapping[str, str]:
        """The desk's channels that are shared with other organisations, and their names."""
        return self._workspace.desk_channels.exposed()

    def _fault(self) -> str:
        why = self._delivery.fault()
        return f"Slack does not take what we say: {why}" if why else ""

    def condition(self) -> ChannelCondition:
        """Connection, token, and the channels that cannot be used any more."""
        lost = self._line.lost_for() if self._line else 0.0
        return ChannelCondition(
            connected=None if self._line is None else not lost,
            unheard=lost,
            fault=self._delivery.fault(),
            places=self._lifecycle.unusable(),
        )

    def words(self, payload: bytes) -> str:
        """The text of a frozen message."""
        return plain(payload)

    def files(self, payload: bytes) -> tuple[Attachment, ...]:
        """The files of a frozen message."""
        return attached(payload)

    def anchors(self, letter: Letter) -> tuple[Anchor, ...]:
        """No anchors: nothing of ours is quoted in Slack."""
        return ()

    def read(self, letters: Sequence[Letter], contexts: Sequence[Context]) -> list[Inbound | Unreadable]:
        """Read events; one result for each, in order."""
        return [self._reader.read(letter) for letter in letters]

    def compose(self, posting: Posting) -> bytes:
        """A message's blocks and its destination."""
        with translating(partial(self._desk.in_words, posting.language)):
            return compose(posting, _)

    def deliver(self, parcel: Parcel) -> Stands | None:
        """Send to Slack; raises ``DeliveryFailed``."""
        return self._delivery.deliver(parcel)

    def close(self) -> None:
        """Break off downloads; the workers have disconnected."""
        self._reader.close()
