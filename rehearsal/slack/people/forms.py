"""What a person does in a modal: types, chooses, puts files in, submits, closes."""

from __future__ import annotations

from collections.abc import Sequence

from rehearsal.slack.people import keyboard
from rehearsal.slack.people.hands import QUIET, Hands
from rehearsal.slack.people.seen import Eyes, Seen
from rehearsal.slack.platform.interactions import Place
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.wire.capture import capture
from rehearsal.slack.wire.wire import Json, Outcome, SlackError
from rehearsal.slack.workspace.conversation import File
from rehearsal.slack.workspace.element import HELD
from rehearsal.slack.workspace.view import View


class Forms:
    """Everybody's forms; ``view`` is an id, ``modal`` (what is on top) or ``home``."""

    def __init__(self, scene: Scene, hands: Hands) -> None:
        self._scene, self._workspace, self._hands = scene, scene.workspace, hands

    def type_into(
        self, user: str, view: str, block_id: str, text: str, *, action_id: str = "", wait: float = 0.0
    ) -> Seen:
        """Replace the text of a field. ValueError past ``max_length``: Slack's field takes no more."""
        person = self._workspace.user(user).id
        place = Place(view=self._hands.view(person, view))
        block, element = self._hands.element(place, block_id=block_id, action_id=action_id)
        if len(text) > element.get("max_length", 3000):
            raise ValueError(f"{block_id} takes {element.get('max_length', 3000)} characters")
        named = keyboard.named_emoji(text)
        return self._fill(person, place, block, element, named or None, wait=wait)

    def choose(
        self, user: str, view: str, block_id: str, value: object, *, action_id: str = "", wait: float = 0.0
    ) -> Seen:
        """Choose an option, a person or a date; a list where there may be several."""
        person = self._workspace.user(user).id
        place = Place(view=self._hands.view(person, view))
        block, element = self._hands.element(place, block_id=block_id, action_id=action_id)
        return self._fill(person, place, block, element, value, wait=wait)

    def attach(self, user: str, view: str, block_id: str, files: Sequence[File]) -> Seen:
        """Put files into a file_input.

        Raises ValueError past ``max_files``, or for a file above 10 MB ("File input element").
        """
        person = self._workspace.user(user).id
        place = Place(view=self._hands.view(person, view))
        block, element = self._hands.element(place, block_id=block_id)
        if len(files) > element.get("max_files", 10):
            raise ValueError(f"{block_id} takes {element.get('max_files', 10)} files")
        if any(len(file.data) > 10_000_000 for file in files):
            raise ValueError(f"{block_id} takes files of 10 MB")
        held = [file.wire(self._workspace.site) for file in files]
        return self._fill(person, place, block, element, held, wait=0.0)

    def submit(self, user: str, view: str, *, wait: float = 0.0, late: str = "") -> Seen:
        """Press the button. Slack's client asks for required fields first, and shows errors on fields.

        ``late``: the block_id of a field whose last typing reaches the app after that.
        """
        person = self._workspace.user(user).id
        form = self._hands.view(person, view)
        eyes = Eyes(self._workspace, person)
        if missing := form.missing():
            self._scene.modals.complain(form, missing)
            return eyes.seen(QUIET)
        typed = self._typed(person, form, late) if late else {}
        payload = self._hands.interactions.submission(person, form)
        outcome = self._scene.delivery.ask("interactive", payload)
        error = self._obey(form, outcome) if outcome.acked else ""
        if typed:
            self._scene.delivery.ask("interactive", typed)
        eyes.blink()
        return eyes.seen(outcome, wait=wait, error=error)

    def _typed(self, person: str, form: View, block_id: str) -> Json:
        place = Place(view=form)
        block, element = self._hands.element(place, block_id=block_id)
        return self._hands.interactions.click(person, place, block, element, value={})

    def close_view(self, user: str, view: str, *, all: bool = False) -> Seen:
        """Close the view on top, or with ``all`` (the ×) the whole stack; the app is not told.

        Also where the view says ``clear_on_close`` ("Modal views", section "Modal view object fields").
        """
        person = self._workspace.user(user).id
        form = self._hands.view(person, view)
        eyes = Eyes(self._workspace, person)
        if all or form.body.get("clear_on_close"):
            self._scene.modals.clear(person)
        else:
            self._scene.modals.close(form)
        return eyes.seen(QUIET)

    def _fill(
        self, person: str, place: Place, block: Json, element: Json, value: object, *, wait: float
    ) -> Seen:
        assert place.view
        eyes = Eyes(self._workspace, person)
        held = self._hands.held(element, value)
        self._hands.put(place.view, block, element, held)
        if not _dispatches(block, element):
            return eyes.seen(QUIET)
        state = held if element["type"] in HELD else {}
        return eyes.seen(self._hands.dispatch(person, place, block, element, state), wait=wait)

    def _obey(self, form: View, outcome: Outcome) -> str:
        """Do what the ack of a submission says; the error that the person sees where it makes no sense.

        docs.slack.dev: "Modals", sections "Updating a view via response_action" and "Displaying errors in views".
        """
        if outcome.body:
            capture("ack", outcome.body)
        action = outcome.body.get("response_action")
        try:
            if not outcome.body:
                self._scene.modals.close(form)
            elif action == "errors":
                self._scene.modals.complain(form, _errors(form, outcome.body.get("errors")))
            elif action == "update":
                self._scene.modals.update(form, outcome.body.get("view"))
            elif action == "push":
                self._scene.modals.push(form.user, outcome.body.get("view"))
            elif action == "clear":
                self._scene.modals.clear(form.user)
            else:
                return "invalid_response"
        except SlackError as error:
            return f"invalid_response: {error}"
        return ""


def _dispatches(block: Json, element: Json) -> bool:
    """Does a change of this element go to the app at once?

    For an input block it does only with ``dispatch_action``, else always. Typed text goes only if it is to be
    dispatched by the character, because nobody presses Enter here ("Composition objects", "Dispatch action
    configuration").
    """
    dispatched = block["type"] != "input" or bool(block.get("dispatch_action"))
    when = element.get("dispatch_action_config", {}).get("trigger_actions_on", ["on_enter_pressed"])
    return dispatched and (element["type"] != "plain_text_input" or "on_character_entered" in when)


def _errors(form: View, errors: object) -> dict[str, str]:
    """Errors stand on input blocks of this view, with words; else Slack shows none of them."""
    inputs = {block["block_id"] for block in form.body["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        raise SlackError("errors must name input blocks of the view")
    if not all(isinstance(words, str) and words for words in errors.values()):
        raise SlackError("errors must be strings")
    return dict(errors)
