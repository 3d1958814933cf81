"""The Bolt app: every listener, for Socket Mode and HTTP."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, ServerErrorRetryHandler

from bot.channel.context import ChannelContext
from channels.slack.desk.case_lists import ListDesk
from channels.slack.desk.desk_client import DeskClient
from channels.slack.desk.join_offer import JoinOffers
from channels.slack.desk.menu_options import MenuOptions
from channels.slack.desk.respond import FAILED
from channels.slack.desk.user import Who, who
from channels.slack.inbound.events import Events
from channels.slack.inbound.lifecycle import Lifecycle
from channels.slack.interactive.actions import Actions, Click
from channels.slack.interactive.app_home import Home
from channels.slack.interactive.at_once import PATTERN, AtOnce
from channels.slack.interactive.draft_actions import DraftActions
from channels.slack.interactive.list_clicks import ListClicks
from channels.slack.interactive.message_actions import MessageActions, shortcut_click
from channels.slack.interactive.modals import Modals
from channels.slack.interactive.new_case_clicks import NewCaseClicks
from channels.slack.interactive.slash_command import Slash, Typed
from channels.slack.interactive.submission import REACHED, Submission
from channels.slack.interactive.view_submissions import Forms, confirm
from channels.slack.text.i18n import Translate, _, translating
from channels.slack.text.view_state import meta_of
from channels.slack.views.blocks import Json
from channels.slack.views.case_opened import COLLEAGUES
from channels.slack.views.help import help_message
from channels.slack.views.message_forms import WHICH_CASE
from channels.slack.views.reply_form import SAVED_REPLY
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.slack_client import SlackClient
from channels.slack.workspace.web_api import Calls
from channels.slack.workspace.workspace import Workspace, Workspaces

log = structlog.get_logger("slack")
LISTENERS = 20
"""Threads that answer commands, clicks and forms; bolt's five are too few for a busy minute."""
FORMS = 4
"""Threads that do nothing but open the forms of commands, however busy all others are."""
ANYTHING = re.compile(".*")


def build_app(
    context: ChannelContext[Settings],
    workspace: Workspace,
    *,
    workspaces: Workspaces,
    lifecycle: Lifecycle | None = None,
    counter: DeskClient,
    lists: ListDesk,
    joins: JoinOffers,
    home: Home,
) -> App:
    """The bolt app with all listeners.

    ``workspace``: its address is used; ``lifecycle``: see ``Events``. Nothing here asks Slack before it
    acks: events are kept first, and who we are is in their envelope.
    """
    settings: Settings = context.settings
    modals = Modals(counter, command=settings.command)
    app = App(
        name="casebot",
        logger=logging.getLogger("slack"),
        client=_without_token(workspace.client),
        signing_secret=settings.signing_secret.get_secret_value() or "none: Socket Mode",
        authorize=_authorize(workspaces),  # type: ignore[arg-type]  # bolt takes None for "not installed"
        before_authorize=Events(
            context,
            ids=workspace.ids,
            bots=settings.bots,
            a_bot=workspace.people.surely_a_bot,
            lifecycle=lifecycle,
            workspaces=workspaces,
            of_desk=counter.desk_channels.owns,
        ).__call__,
        process_before_response=False,
        raise_error_for_unhandled_request=False,
        token_verification_enabled=False,
        listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="slack"),
    )
    app.use(_reached)
    app.use(_over(workspace.client))
    app.event("app_home_opened")(home.__call__)
    slash = Slash(counter, modals, lists, joins, command=settings.command)
    app.command(settings.command, middleware=[_at_once(counter, slash)])(_command(counter, slash))
    messages, drafts = MessageActions(counter, modals), DraftActions(counter)
    clicks: dict[str, Callable[[Click], None]] = {
        **Actions(counter, modals, joins).listeners(),
        **NewCaseClicks(counter, modals).listeners(),
        **messages.listeners(),
        **ListClicks(counter, lists, home).listeners(),
        "typed": drafts.typed,
        "draft_discard": drafts.discard,
    }
    ours = re.compile(f"^({'|'.join(clicks)})$")
    app.action(ours)(_click(counter, lambda click: clicks[click.name](click)))
    app.action(re.compile(PATTERN))(_click(counter, AtOnce(counter)))
    for name, act in messages.shortcuts().items():
        app.shortcut({"callback_id": name, "type": "message_action"})(_click(counter, act, shortcut_click))
    forms = Forms(counter)
    app.view(re.compile(f"^({'|'.join(forms.listeners())})$"))(_form(forms, workspace.posting))
    for name in ("new_case", "my_cases"):
        app.shortcut(name)(_shortcut(name, _click(counter, clicks[name])))
    suggestions = MenuOptions(counter)
    app.options(COLLEAGUES)(_options(counter, suggestions.colleagues))
    app.options(WHICH_CASE)(_options(counter, suggestions.cases))
    app.options(SAVED_REPLY)(_options(counter, suggestions.replies))
    for key in ("type", "account"):
        app.options(f"list_{key}")(_narrowing(counter, suggestions, key))
    _catch_all(app, counter, settings.command)
    return app


def _without_token(client: WebClient) -> WebClient:
    """The same client without its token, which bolt gets from ``authorize``."""
    return WebClient(
        base_url=client.base_url,
        timeout=min(client.timeout, 10),
        ssl=client.ssl,
        proxy=client.proxy,
        headers=client.headers,
        # none that waits out a rate limit: what a click allows is over in three seconds, and whoever waits is told
        retry_handlers=[ConnectionErrorRetryHandler(), ServerErrorRetryHandler()],
    )


def _authorize(workspaces: Workspaces) -> Callable[..., AuthorizeResult | None]:
    """The bolt callback that finds the workspace of a request's team; None: nothing is answered there.

    It calls no ``auth.test``, so that a slow Slack does not delay Slack's own events.
    """

    def authorize(
        enterprise_id: str | None, team_id: str | None, user_id: str | None
    ) -> AuthorizeResult | None:
        workspace = workspaces.of(team_id or "", enterprise_id or "")
        if workspace is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, user_id=user_id, bot_token=workspace.token
        )

    return authorize


def _reached(context: Any, next: Callable[[], Any]) -> Any:
    """A middleware that notes when (monotonic) a request reached us.

    It may wait long for a thread of a listener.
    """
    context[REACHED] = time.monotonic()
    return next()


def _over(kept: SlackClient) -> Callable[..., Any]:
    """A middleware: the client that bolt makes anew for each request uses connections that are kept."""

    def middleware(context: Any, next: Callable[[], Any]) -> Any:
        context["client"] = kept.like(context["client"])
        return next()

    return middleware


def _at_once(counter: DeskClient, slash: Slash) -> Callable[..., Any]:
    """A middleware that acks a command which opens a form at once, without a listener's thread."""
    threads = ThreadPoolExecutor(FORMS, thread_name_prefix="slack-forms")

    def opened(typed: Typed) -> None:
        typed.who = counter.known(typed.who)
        with translating(_when_asked(counter, typed.who)):
            try:
                slash.handle(typed)
            except Exception as error:  # nobody else would say so
                log.error("a form could not be made", error=type(error).__name__, exc_info=error)
                typed.say(_(FAILED))

    def middleware(ack: Any, body: Mapping[str, Any], context: Any, next: Any) -> Any:
        typed = Typed(ack, body, context, context.client, context.respond)
        if not slash.opens_form(typed):
            return next()
        threads.submit(opened, typed)
        return ack()

    return middleware


def _when_asked(counter: DeskClient, who: Who) -> Translate:
    """A translator into the user's language, looked up at the first sentence: an empty ack does not wait."""
    translations: list[Translate] = []

    def words(sentence: str) -> str:
        if not translations:
            translations.append(counter.words(who))
        return translations[0](sentence)

    return words


def _command(counter: DeskClient, slash: Slash) -> Callable[..., None]:
    def listener(ack: Any, body: Mapping[str, Any], context: Any, client: WebClient, respond: Any) -> None:
        typed = Typed(ack, body, context, client, respond)
        typed.who = counter.known(typed.who)
        with translating(_when_asked(counter, typed.who)):
            slash.handle(typed)

    return listener


def _click(
    counter: DeskClient, act: Callable[[Click], None], make: Callable[..., Click] = Click
) -> Callable[..., None]:
    def listener(ack: Any, body: Mapping[str, Any], context: Any, client: WebClient, respond: Any) -> None:
        click = make(ack, body, context, client, respond)
        click.who = counter.known(click.who)
        with translating(_when_asked(counter, click.who)):
            act(click)

    return listener


def _form(forms: Forms, calls: Calls) -> Callable[..., None]:
    def listener(ack: Any, body: Mapping[str, Any], view: Any, context: Any) -> None:
        submission = Submission(view, body, context)
        ack(forms.handle(submission))
        confirm(submission, calls)

    return listener


def _options(counter: DeskClient, suggest: Callable[[Who, str], list[Json]]) -> Callable[..., None]:
    def listener(ack: Any, body: Mapping[str, Any], context: Any) -> None:
        asker = replace(
            counter.known(who(body, context)), channel=meta_of(body["view"]).place.rpartition("/")[2]
        )
        with translating(_when_asked(counter, asker)):
            ack(options=suggest(asker, str(body.get("value") or "")))

    return listener


def _narrowing(counter: DeskClient, suggestions: MenuOptions, key: str) -> Callable[..., None]:
    def listener(ack: Any, body: Mapping[str, Any], context: Any) -> None:
        asker = counter.known(who(body, context))
        with translating(_when_asked(counter, asker)):
            ack(options=suggestions.narrowing(asker, key, str(body.get("value") or "")))

    return listener


def _shortcut(name: str, act: Callable[..., None]) -> Callable[..., None]:
    """A listener for a global shortcut, which is handled as a click without a place."""

    def listener(ack: Any, body: Mapping[str, Any], context: Any, client: WebClient, respond: Any) -> None:
        action = {"action_id": name}
        act(ack, {**body, "actions": [action], "view": {}}, context, client, respond)

    return listener


def _catch_all(app: App, counter: DeskClient, command: str) -> None:
    """Ack whatever no other listener handles, with a word where somebody waits for one.

    Registered last.
    """

    @app.command(ANYTHING)
    def unknown_command(ack: Any) -> None:
        ack(*help_message(command, staff=False, docs_url=counter.docs_url))

    @app.action(ANYTHING)
    def unknown_action(ack: Any, body: Mapping[str, Any]) -> None:
        log.info("an unknown click", action=str(body["actions"][0].get("action_id")))
        ack()

    @app.view(ANYTHING)
    def unknown_view(ack: Any) -> None:
        ack()

    @app.view_closed(ANYTHING)
    def closed(ack: Any) -> None:
        ack()

    @app.options(ANYTHING)
    def unknown_options(ack: Any) -> None:
        ack(options=[])

    @app.shortcut(ANYTHING)
    def unknown_shortcut(ack: Any) -> None:
        ack()

    @app.event(ANYTHING)
    def unknown_event() -> None:
        """Nothing to do: bolt has acked."""

    @app.error
    def failed(error: Exception, body: Mapping[str, Any]) -> None:
        log.error(
            "a request from Slack failed",
            event_id=str(body.get("event_id") or ""),
            type=str(body.get("type") or body.get("command") or ""),
            error=type(error).__name__,
            exc_info=error,
        )
