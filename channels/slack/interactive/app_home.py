"""App Home: published for whoever opens it, and anew while what it shows changes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog
from slack_sdk import WebClient

from bot.commands.browse import CaseListing, My, Queue
from bot.model.case_filter import EVERYTHING
from bot.model.errors import Refusal
from bot.model.facts import WeekFigures
from bot.queries.case_lists import AnsweredList
from channels.slack.desk.case_lists import ListDesk, filter_of
from channels.slack.desk.desk_client import DeskClient
from channels.slack.desk.join_offer import JoinOffers
from channels.slack.desk.user import Who, who
from channels.slack.interactive.modals import SLACKS_ERRORS, why
from channels.slack.text.i18n import _, translating
from channels.slack.views import home
from channels.slack.views.blocks import Json
from channels.slack.views.case_list import PAGE

log = structlog.get_logger("slack")
NOT_NOW = "Your cases cannot be shown just now. Please come back in a minute."
AN_HOUR = 3600.0
"""Seconds for which a home is kept up to date after its owner opened it."""
MOST_VIEWERS = 1000


@dataclass(frozen=True, slots=True)
class HomeState:
    """What a home shows: a page of the list that words ask for; ``""``: the overview, or one's own cases."""

    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who opened their home, and what stands there now."""

    who: Who
    state: HomeState
    until: float
    """When it is kept up to date no longer (``time.monotonic``)."""
    body: str = ""
    hash: str = ""


class Home:
    """Publishes homes; what they show is looked up, and looking changes nothing."""

    def __init__(
        self,
        counter: DeskClient,
        lists: ListDesk,
        joins: JoinOffers,
        *,
        desk: str,
        week: Callable[[], WeekFigures | None] = lambda: None,
    ) -> None:
        """``week``: the desk's figures of the last seven days."""
        self._counter = counter
        self._lists = lists
        self._joins = joins
        self._desk = desk
        self._week = week
        self._viewers: dict[str, Viewer] = {}
        self._lock = threading.Lock()

    def __call__(
        self, body: Mapping[str, Any], event: Mapping[str, Any], context: Mapping[str, Any], client: WebClient
    ) -> None:
        """A bolt listener for ``app_home_opened``; the event is acked already."""
        if event.get("tab", "home") != "home":
            return
        asker = self._counter.known(replace(who(body, context), user=str(event["user"])))
        state = self._last_state(asker)
        self._opened(asker, state)
        with translating(self._counter.words(asker)):
            hash = str((event.get("view") or {}).get("hash") or "")
            self.publish(asker, client, state, hash=hash)

    def again(self, who: Who, client: WebClient, view: Mapping[str, Any], *, note: str = "") -> None:
        """Publish what a home shows anew. ``note``: what was just done in it."""
        state = state_of(view)
        self._opened(who, state)
        self.publish(who, client, state, hash=str(view.get("hash") or ""), note=note)

    def publish(
        self, who: Who, client: WebClient, state: HomeState, *, hash: str = "", note: str = ""
    ) -> None:
        """Publish a home, unless somebody else has done so since ``hash``."""
        view = self.view(who, state, note=note)
        try:
            answer = client.views_publish(user_id=who.user, view=view, **({"hash": hash} if hash else {}))
        except SLACKS_ERRORS as error:
            log.info("App Home not updated", error=why(error))
            return
        self._published(who, state, body=_body(view), hash=str(answer["view"].get("hash") or ""))

    def view(self, who: Who, state: HomeState, *, note: str = "") -> Json:
        """What stands in somebody's home now."""
        metadata = json.dumps({"words": state.words, "page": state.page})
        try:
            blocks = self._blocks(who, state)
        except Refusal as refusal:
            blocks = home.sorry(_(refusal.said))
        except Exception as error:  # the entries are worth showing without the cases
            log.error("App Home could not be filled", error=type(error).__name__, exc_info=error)
            blocks = home.sorry(_(NOT_NOW))
        top = home.top(self._desk, docs_url=self._counter.docs_url, note=note)
        return {"type": "home", "private_metadata": metadata[:3000], "blocks": [*top, *blocks][:100]}

    # who looks

    def viewers(self) -> list[Viewer]:
        """Those who opened their home within the last hour."""
        now = time.monotonic()
        with self._lock:
            self._viewers = {user: viewer for user, viewer in self._viewers.items() if viewer.until > now}
            return list(self._viewers.values())

    def refresh(self, viewer: Viewer, client: WebClient) -> bool:
        """Publish a viewer's home if it would read otherwise now; was it? Raises what Slack's client raises."""
        with translating(self._counter.words(viewer.who)):
            view = self.view(viewer.who, viewer.state)
        if _body(view) == viewer.body:
            return False
        hash = {"hash": viewer.hash} if viewer.hash else {}
        answer = client.views_publish(user_id=viewer.who.user, view=view, **hash)
        with self._lock:
            fresh = replace(viewer, body=_body(view), hash=str(answer["view"].get("hash") or ""))
            if self._viewers.get(viewer.who.user) == viewer:  # else it has been clicked in meanwhile
                self._viewers[viewer.who.user] = fresh
        return True

    def forget(self, viewer: Viewer) -> None:
        """Keep somebody's home up to date no longer, unless it was opened or clicked in meanwhile."""
        with self._lock:
            if self._viewers.get(viewer.who.user) == viewer:
                del self._viewers[viewer.who.user]

    def _last_state(self, who: Who) -> HomeState:
        """What somebody looked at within the last hour: whoever comes back finds it narrowed as it was."""
        return next((viewer.state for viewer in self.viewers() if viewer.who.user == who.user), HomeState())

    def _opened(self, who: Who, state: HomeState) -> None:
        """Note that somebody looks, and at what: if it cannot be published now, it is with the next look."""
        self._see(Viewer(who, state, time.monotonic() + AN_HOUR))

    def _published(self, who: Who, state: HomeState, *, body: str, hash: str) -> None:
        """Note what stands in somebody's home now."""
        with self._lock:
            before = self._viewers.get(who.user)
        until = before.until if before else time.monotonic() + AN_HOUR
        self._see(Viewer(who, state, until, body, hash))

    def _see(self, viewer: Viewer) -> None:
        with self._lock:
            self._viewers.pop(viewer.who.user, None)
            self._viewers[viewer.who.user] = viewer
            if len(self._viewers) > MOST_VIEWERS:
                del self._viewers[next(iter(self._viewers))]

    # what it shows

    def _blocks(self, who: Who, state: HomeState) -> list[Json]:
        staff = self._counter.staff(who)
        if staff and not state.words:
            return self._overview(who)
        wanted = self._lists.read(state.words) if state.words else My()
        wanted = replace(wanted, page=state.page, size=PAGE)
        (answered,) = self._lists.look(who, (wanted,))
        reader = self._lists.reader(who, answered.listing.lines)
        asked = replace(answered, said=_(answered.said))
        return [*home.one_list(asked, filter_of(wanted), reader, back=staff), *self._joins.blocks(who)]

    def _overview(self, who: Who) -> list[Json]:
        """A specialist's work: theirs by what is due next, concerns, decisions, what nobody has taken."""
        commands: list[CaseListing] = [
            Queue(EVERYTHING.marked(*marks), size=home.FIRST) for marks in home.QUEUES
        ]
        answers: list[AnsweredList] = [
            replace(answered, said=_(answered.said)) for answered in self._lists.look(who, commands)
        ]
        lines = [line for answered in answers for line in answered.listing.lines]
        return home.overview(answers, self._lists.reader(who, lines), week=self._week())


def state_of(view: Mapping[str, Any]) -> HomeState:
    """What a published home shows, by its metadata."""
    metadata = str(view.get("private_metadata") or "")
    return HomeState(**json.loads(metadata)) if metadata else HomeState()


def _body(view: Json) -> str:
    return json.dumps(view, sort_keys=True)
