"""Acts: what another process asks a person to do, by name (`rehearsal/slack/control.py` lists them)."""

from __future__ import annotations

import base64
from collections.abc import Callable

from rehearsal.slack.people.hands import QUIET
from rehearsal.slack.people.people import People
from rehearsal.slack.people.picture import Picture
from rehearsal.slack.people.seen import Eyes, Seen
from rehearsal.slack.wire.wire import Json, SlackError
from rehearsal.slack.workspace.conversation import File
from rehearsal.slack.workspace.workspace import Workspace

Act = Callable[..., Json]


class NoAct(Exception):
    """The act cannot be done; the message says why."""


class Acts:
    """Does acts, and writes them into the transcript."""

    def __init__(self, workspace: Workspace, people: People, picture: Picture) -> None:
        self._workspace, self._people, self._picture = workspace, people, picture
        seen: dict[str, Callable[..., Seen]] = {
            "slash": people.slash,
            "click": people.click,
            "shortcut": people.shortcut,
            "message_shortcut": people.message_shortcut,
            "type": people.type_into,
            "choose": people.choose,
            "submit": people.submit,
            "close": people.close_view,
        }
        self._acts: dict[str, Act] = {name: self._seeing(do) for name, do in seen.items()}
        self._acts |= {
            "post": self._post,
            "react": self._react,
            "unreact": self._unreact,
            "attach": self._attach,
            "suggest": self._suggest,
            "open_home": self._open_home,
            "open_dm": self._open_dm,
            **{name: self._quietly(do) for name, do in self._of_administrators().items()},
        }

    def _of_administrators(self) -> dict[str, Callable[..., None]]:
        """What needs no person at a client: who the ``user`` is does not matter."""
        people, admin = self._people, self._people.admin
        return {
            "archive": admin.archive,
            "unarchive": admin.unarchive,
            "rename_channel": admin.rename_channel,
            "delete_channel": admin.delete_channel,
            "kick": lambda channel, member="@app": admin.kick(channel, member),
            "change_id": admin.change_id,
            "share": people.share,
            "unshare": people.unshare,
            "revoke": admin.revoke,
            "uninstall": admin.uninstall,
            "install": admin.install,
            "deactivate": admin.deactivate,
        }

    def _quietly(self, do: Callable[..., None]) -> Act:
        def act(user: str, **facts: str) -> Json:
            do(**facts)
            return {}

        return act

    def do(self, body: Json) -> Json:
        """One act; raises NoAct."""
        facts = dict(body)
        act, user = str(facts.pop("act", "")), str(facts.pop("user", ""))
        if act not in self._acts:
            raise NoAct(f"no such act: {act}; there are {', '.join(sorted(self._acts))}")
        logged = {key: value for key, value in facts.items() if key != "files"}
        self._workspace.transcript.add("act", act=act, user=user, **logged)
        try:
            return self._acts[act](user, **facts)
        except (LookupError, ValueError, TypeError, SlackError) as error:
            raise NoAct(str(error)) from error

    def _seeing(self, do: Callable[..., Seen]) -> Act:
        return lambda user, **facts: self._picture.seen(do(user, **facts))

    def _post(self, user: str, *, files: list[Json] | None = None, **facts: str) -> Json:
        attached = [self._file(user, each) for each in files or []]
        return {"ts": self._people.post(user, **facts, files=attached).ts}  # type: ignore[arg-type]

    def _react(self, user: str, **facts: str) -> Json:
        self._people.react(user, **facts)
        return {}

    def _unreact(self, user: str, **facts: str) -> Json:
        self._people.unreact(user, **facts)
        return {}

    def _attach(self, user: str, *, files: list[Json], **facts: str) -> Json:
        held = [self._file(user, each) for each in files]
        return self._picture.seen(self._people.attach(user, **facts, files=held))

    def _suggest(self, user: str, **facts: str) -> Json:
        options = self._people.suggest(user, **facts)
        return {"options": [{"text": each["text"]["text"], "value": each["value"]} for each in options]}

    def _open_home(self, user: str, **facts: float) -> Json:
        home = self._people.open_home(user, **facts)
        eyes = Eyes(self._workspace, self._workspace.user(user).id)
        seen = self._picture.seen(eyes.seen(QUIET))
        return seen | {"home": self._picture.view(home) if home else None}

    def _open_dm(self, user: str, **facts: str) -> Json:
        return {"channel": self._people.open_dm(user, facts.get("with", "@app")).id}

    def _file(self, user: str, given: Json) -> File:
        data = base64.b64decode(given["base64"]) if "base64" in given else str(given.get("text", "")).encode()
        return self._people.upload(user, given["name"], data, mimetype=given.get("mimetype", ""))
