"""Modals and App Homes: opened, pushed, updated and closed (docs.slack.dev: "Modals", "App Home")."""

from __future__ import annotations

from rehearsal.slack.rules import blocks
from rehearsal.slack.wire.wire import Json, SlackError, new_id
from rehearsal.slack.workspace.view import View
from rehearsal.slack.workspace.workspace import Workspace

DEPTH = 3
"""Views in a stack ("Modals", section "Adding views to the view stack")."""


class Modals:
    """What ``views.*`` and a submission's ``response_action`` do to people's screens."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def open(self, user: str, body: object) -> View:
        """A new stack with this view; what the person had open before is gone."""
        view = self._made("modal", user, body)
        with self._workspace.lock:
            for old in self._workspace.stacks.pop(user, []):
                del self._workspace.views[old.id]
            self._put(view)
        return view

    def push(self, user: str, body: object) -> View:
        """Put a view on top of the stack.

        Raises SlackError ``push_limit_reached`` if there are three, ``not_found`` if there is none.
        """
        view = self._made("modal", user, body)
        with self._workspace.lock:
            stack = self._workspace.stacks.get(user, [])
            if not stack:
                raise SlackError("not_found")
            if len(stack) >= DEPTH:
                raise SlackError("push_limit_reached")
            view.root_id, view.previous_id = stack[0].id, stack[-1].id
            self._put(view)
        return view

    def update(self, view: View, body: object, *, hash: str = "") -> View:
        """Replace an open view; SlackError ``hash_conflict`` if ``hash`` is an older one's."""
        checked = self._checked("modal", body)
        with self._workspace.lock:
            if hash and hash != view.hash:
                raise SlackError("hash_conflict")
            view.show(checked)
            self._workspace.changed("modal", user=view.user, view=view.id)
        return view

    def publish(self, user: str, body: object, *, hash: str = "") -> View:
        """A person's App Home."""
        checked = self._checked("home", body)
        with self._workspace.lock:
            view = self._workspace.homes.get(user)
            if hash and view and hash != view.hash:
                raise SlackError("hash_conflict")
            if view is None:
                view = self._workspace.homes[user] = self._new(user, checked)
                self._workspace.views[view.id] = view
            else:
                view.show(checked)
            self._workspace.changed("home", user=user)
        return view

    def close(self, view: View) -> list[View]:
        """Close this view and those above it; returns them, the topmost first."""
        with self._workspace.lock:
            stack = self._workspace.stacks.get(view.user, [])
            if view not in stack:
                return []
            gone = [stack.pop() for _ in range(len(stack) - stack.index(view))]
            for each in gone:
                del self._workspace.views[each.id]
            top = stack[-1].id if stack else ""
            if not stack:
                self._workspace.stacks.pop(view.user)
            self._workspace.changed("modal", user=view.user, view=top)
        return gone

    def clear(self, user: str) -> list[View]:
        """Close the whole stack."""
        stack = self._workspace.stacks.get(user, [])
        return self.close(stack[0]) if stack else []

    def complain(self, view: View, errors: dict[str, str]) -> None:
        """Show words on some fields."""
        with self._workspace.lock:
            view.errors = errors
            self._workspace.changed("modal", user=view.user, view=view.id)

    def find(self, view_id: str) -> View:
        """An open view; SlackError ``not_found``."""
        view = self._workspace.views.get(view_id)
        if view is None:
            raise SlackError("not_found")
        return view

    def _made(self, kind: str, user: str, body: object) -> View:
        return self._new(user, self._checked(kind, body))

    def _checked(self, kind: str, body: object) -> Json:
        checked = blocks.view(body)
        if checked["type"] != kind:
            raise SlackError("invalid_arguments", messages=[f"must be a {kind} [json-pointer:/view/type]"])
        return checked

    def _new(self, user: str, body: Json) -> View:
        app = self._workspace.app
        return View(new_id("V"), user, self._workspace.home.id, app.id, app.bot_id, body)

    def _put(self, view: View) -> None:
        self._workspace.views[view.id] = view
        self._workspace.stacks.setdefault(view.user, []).append(view)
        self._workspace.changed("modal", user=view.user, view=view.id)
