"""What a person does with the app: commands, clicks and shortcuts."""

from __future__ import annotations

from rehearsal.slack.people import keyboard
from rehearsal.slack.people.seen import Eyes, Seen
from rehearsal.slack.platform.interactions import Interactions, Place
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.wire.wire import Json, Outcome, SlackError
from rehearsal.slack.workspace.conversation import Channel, Message
from rehearsal.slack.workspace.element import HELD, chosen, find
from rehearsal.slack.workspace.view import View
from rehearsal.slack.workspace.workspace import Unknown

QUIET = Outcome(True)
"""Nothing was sent: the app does not hear of it."""


class Hands:
    """What people do with the app in Slack; ``user`` and ``channel`` are ids or names.

    Raises `Unknown` for what does not exist.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene, self._workspace = scene, scene.workspace
        self.interactions = Interactions(scene.workspace, scene.response_urls)
        self._options: dict[str, list[Json]] = {}
        """action_id → what an external select was last offered."""

    def slash(self, user: str, channel: str, text: str, *, wait: float = 0.0) -> Seen:
        """Type a slash command, ``/case new …``.

        A command of no app, or of an app that the person's team has not installed, is not a command.
        """
        person, place = self._workspace.user(user).id, self._workspace.channel(channel)
        command, _, words = text.strip().partition(" ")
        eyes = Eyes(self._workspace, person)
        at_home = self._workspace.users[person].team == self._workspace.home.id
        if command not in self._workspace.app.commands or not at_home:
            return eyes.seen(Outcome(False), error="not_a_command")
        words = keyboard.command_text(self._workspace, words.strip())
        payload = self.interactions.command(person, place, command, text=words)
        outcome = self._scene.delivery.ask("slash_commands", payload)
        return eyes.seen(outcome, wait=wait, error=self._hear(person, place, outcome))

    def click(
        self,
        user: str,
        action_id: str,
        *,
        channel: str = "",
        ts: str = "",
        view: str = "",
        ephemeral: str = "",
        block_id: str = "",
        value: object = None,
        wait: float = 0.0,
    ) -> Seen:
        """Press a button or choose a value.

        The element is in a message, an ephemeral message or a view (id, ``modal``, ``home``).
        """
        person = self._workspace.user(user).id
        place = self.place(person, channel=channel, ts=ts, view=view, ephemeral=ephemeral)
        block, element = self.element(place, action_id=action_id, block_id=block_id)
        eyes = Eyes(self._workspace, person)
        held = self._held(element, value)
        if place.view and element["type"] in HELD:
            self.put(place.view, block, element, held)
        if place.message and not self._changed(place.message, person, block, element, held):
            return eyes.seen(QUIET)
        return eyes.seen(self.dispatch(person, place, block, element, held), wait=wait)

    def _changed(self, message: Message, person: str, block: Json, element: Json, held: Json) -> bool:
        """Does a message's menu show something else now? Its client tells the app of nothing else."""
        if element["type"] not in HELD:
            return True
        with self._workspace.lock:
            key = (person, block["block_id"], element["action_id"])
            before, message.chosen[key] = message.chosen.get(key), held
        return before != held

    def shortcut(self, user: str, callback_id: str, *, wait: float = 0.0) -> Seen:
        """A global shortcut; people of a team without the app do not have it."""
        person = self._workspace.user(user).id
        eyes = Eyes(self._workspace, person)
        if not self._has(person, callback_id, self._workspace.app.shortcuts):
            return eyes.seen(Outcome(False), error="restricted")
        payload = self.interactions.shortcut(person, callback_id)
        return eyes.seen(self._scene.delivery.ask("interactive", payload), wait=wait)

    def message_shortcut(
        self, user: str, callback_id: str, *, channel: str, ts: str, wait: float = 0.0
    ) -> Seen:
        """A shortcut from a message's menu ("Shortcuts", section "Message shortcuts").

        In a shared channel people of a team without the app see it, if at all, as restricted: it does nothing.
        """
        person = self._workspace.user(user).id
        eyes = Eyes(self._workspace, person)
        place = self.place(person, channel=channel, ts=ts)
        if not self._has(person, callback_id, self._workspace.app.message_shortcuts):
            return eyes.seen(Outcome(False), error="restricted")
        if place.channel and person not in place.channel.members:
            raise Unknown(f"{user} is not in {channel}")
        payload = self.interactions.message_shortcut(person, place, callback_id)
        return eyes.seen(self._scene.delivery.ask("interactive", payload), wait=wait)

    def _has(self, person: str, callback_id: str, shortcuts: set[str]) -> bool:
        return callback_id in shortcuts and self._workspace.users[person].team == self._workspace.home.id

    def suggest(
        self,
        user: str,
        action_id: str,
        text: str,
        *,
        channel: str = "",
        ts: str = "",
        view: str = "",
        ephemeral: str = "",
        block_id: str = "",
    ) -> list[Json]:
        """The options of an external select for these letters; none if the app does not answer in time."""
        person = self._workspace.user(user).id
        place = self.place(person, channel=channel, ts=ts, view=view, ephemeral=ephemeral)
        block, element = self.element(place, action_id=action_id, block_id=block_id)
        if len(text) < element.get("min_query_length", 3):
            return []
        payload = self.interactions.suggestion(person, place, block, element, text=text)
        body = self._scene.delivery.ask("interactive", payload).body
        offered: list[Json] = body.get("options", [])
        self._options[element["action_id"]] = offered
        return offered

    def dispatch(self, person: str, place: Place, block: Json, element: Json, value: Json) -> Outcome:
        """Send ``block_actions`` to the app, for buttons that only open a page as well."""
        payload = self.interactions.click(person, place, block, element, value=value)
        return self._scene.delivery.ask("interactive", payload)

    def place(
        self, person: str, *, channel: str = "", ts: str = "", view: str = "", ephemeral: str = ""
    ) -> Place:
        """Find it."""
        if view:
            return Place(view=self.view(person, view))
        if ephemeral:
            for message in self._workspace.ephemerals:
                if message.ts == ephemeral and message.ephemeral_to == person:
                    return Place(self._workspace.channel(message.channel), message)
            raise Unknown(f"no ephemeral message {ephemeral}")
        return Place(self._workspace.channel(channel), self._workspace.message(channel, ts))

    def view(self, person: str, key: str) -> View:
        """A view by its id, or ``modal`` (the top one) or ``home``."""
        with self._workspace.lock:
            stack = self._workspace.stacks.get(person, [])
            view = {
                "modal": stack[-1] if stack else None,
                "home": self._workspace.homes.get(person),
            }.get(key) or self._workspace.views.get(key)
        if view is None or view.user != person:
            raise Unknown(f"{person} has no view {key} open")
        return view

    def element(self, place: Place, *, action_id: str = "", block_id: str = "") -> tuple[Json, Json]:
        """The (block, element) with these ids."""
        pair = find(place.blocks, action_id=action_id, block_id=block_id)
        if pair is None:
            raise Unknown(f"nothing to use there: {block_id}/{action_id}")
        return pair

    def put(self, view: View, block: Json, element: Json, value: Json) -> None:
        """Into a view's field."""
        with self._workspace.lock:
            view.state[block["block_id"], element["action_id"]] = value
            view.errors.pop(block["block_id"], None)
            self._workspace.changed("modal", user=view.user, view=view.id)

    def held(self, element: Json, value: object) -> Json:
        """The element's value with this chosen (people by id or name); ValueError where it is not on offer."""
        if element["type"] == "multi_users_select" and isinstance(value, list):
            value = [self._workspace.user(each).id for each in value]
        return chosen(element, value, fetched=lambda: self._options.get(element["action_id"], []))

    def _held(self, element: Json, value: object) -> Json:
        if element["type"] == "overflow":
            for option in element["options"]:
                if option["value"] == value:
                    return {"selected_option": {"text": option["text"], "value": value}}
            raise ValueError(f"{element['action_id']} has no option {value}")
        return self.held(element, value) if element["type"] in HELD else {}

    def _hear(self, person: str, channel: Channel, outcome: Outcome) -> str:
        """Show the words that came with the ack of a command; returns the error if they cannot be shown."""
        if not outcome.body:
            return ""
        try:
            self._scene.response_urls.say(person, channel, None, body=outcome.body)
        except SlackError as error:
            return f"invalid_command_response: {error}"
        return ""
