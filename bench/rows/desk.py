"""A desk to try from outside: ``casebot run``, its relay, its workspace, a name server, and a clock that can be set."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from bench.proof.wrong_clock import wrong_clock
from bench.rows.mail import DESK, Post
from bench.rows.seen import until
from bench.rows.slack import STAFF, Workplace, workspace
from bench.support import databases
from bench.support.house import House, wait_for_port
from rehearsal.ports import free_port
from tests.support.mail.name_server import NameServer
from tests.support.mail.sink import Sink

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
"""When the clock of a desk with one begins: a Monday in office hours, without a holiday in the weeks after."""
TREE = Path(os.environ.get("PYTHONPATH", "").partition(os.pathsep)[0] or Path(__file__).resolve().parents[2])
"""The casebot that is tried: that of this repository, unless PYTHONPATH names another one."""
CONFIG = """
[desk]
name = "Acme Support"
gather = 0
undo = "0s"
docs_url = "https://docs.example.com"
local_team = "local-team@example.com"
duty_manager = "mona@desk.example"
template_folder = "words"
secrets = ["a secret for benches that is long enough to pass"]
{desk_more}
[report]
digest = ""
[store]
url = "{url}"
min_free = 0
[[mailbox]]
address = "{desk}"
authserv_id = "mx.example.com"
{mailbox_more}
[email]
listen = "127.0.0.1:{port}"
relay = "smtp://127.0.0.1:{relay}?starttls=off"
nameservers = ["{dns}"]
[web]
listen = "127.0.0.1:{web}"
[slack]
bot_token = "{app.bot_token}"
app_token = "{app.app_token}"
signing_secret = "{app.signing_secret}"
api_url = "{api}"
triage = "C0TRIAGE"
{limits}
[log]
format = "text"
level = "warning"
[[account]]
name = "Acme"
domains = ["acme.example"]
places.slack = ["T0HOME/C0ACME"]
local_team = "acme-team@example.com"
[[account]]
name = "Globex"
domains = ["globex.example"]
[[staff]]
name = "Pat Paper"
mail = "pat@desk.example"
manager = "mona@desk.example"
[[staff]]
name = "Mona Manager"
mail = "mona@desk.example"
role = "manager"
"""
MEMBER = """
[[staff]]
name = "{name}"
mail = "{user}@desk.example"
addresses.slack = "T0HOME/U0{id}"
role = "{role}"
manager = "{manager}"
"""
ROOMY = """
[limits]
mails_per_case = [1000, 1000]
mails_per_person = [10000, 10000]
mails_per_domain = [10000, 10000]
held_per_sender = [1000, 1000]
held_per_domain = [1000, 1000]
"""
CLOSED = {"desk_more": "open = false", "mailbox_more": 'canary = "1h"', "limits": ""}
"""Of a closed desk, with the shipped budgets and a canary."""
OPEN = {"desk_more": "", "mailbox_more": "", "limits": ROOMY}


class Desk(House):
    """``clock``: can its time be set? ``post``, ``slack`` and ``web`` are its doors."""

    def __init__(self, folder: Path, url: str, *, clock: bool = False, **facts: str) -> None:
        self._stack = ExitStack()
        self._sink = self._stack.enter_context(Sink())
        self.dns = self._stack.enter_context(NameServer())
        server = self._stack.enter_context(workspace())
        self._clock = folder / "clock" if clock else None
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder, url=url, relay=self._sink.port, environment=self._environment_of_clock())
        self.prepared = False
        """Were articles imported?"""
        self.slack, self.post = Workplace(server), Post(self.port, self._sink)
        self._web = free_port()
        self.web = f"http://127.0.0.1:{self._web}"
        self._configure(**facts)

    def _configure(self, **facts: str) -> None:
        """Write the config, and the operator's own templates."""
        from bot.presets import catalogue as presets

        places = {"port": self.port, "relay": self._sink.port, "dns": self.dns.address, "web": self._web}
        app, api = self.slack.server.workspace.app, self.slack.server.url
        text = CONFIG.format(url=self.url, desk=DESK, app=app, api=api, **places, **facts)
        self.config.write_text(text + "".join(map(_member, STAFF)) + presets.text("adtech"))
        own_words(self.folder / "words")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._stack.close()

    def wait(self, *, seconds: float = 120) -> None:
        """Until mail, Slack and the web are answered."""
        super().wait(seconds=seconds)
        assert self.process
        wait_for_port(self._web, self.process, seconds=seconds)
        if not until(lambda: self.slack.server.connected, seconds=seconds):
            raise RuntimeError(f"Slack is not answered:\n{self.log.read_text()[-4000:]}")

    def cli(self, *words: str) -> tuple[int, str]:
        """``casebot …`` as the operator types it: exit code, and all it said."""
        done = subprocess.run(
            [*self.command, *words],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return done.returncode, done.stdout + done.stderr

    def show(self, number: str) -> dict[str, Any]:
        """All of a case, as the command line tells it."""
        code, said = self.cli("case", "show", number, "--json")
        found: dict[str, Any] = json.loads(said) if code == 0 else {}
        return found

    def quiet(self, seconds: float = 1.2, *, longest: float = 20) -> None:
        """Until nothing has been said to anybody for so long."""
        end, before, since = time.monotonic() + longest, -1, time.monotonic()
        while time.monotonic() < end and time.monotonic() - since < seconds:
            now = len(self._sink.taken) + len(
                self.slack.server.workspace.transcript.calls("chat.postMessage")
            )
            if now != before:
                before, since = now, time.monotonic()
            time.sleep(0.05)

    def set_clock(self, to: datetime) -> None:
        """Let it be then, and go on from there; returns once the desk has looked at its timers."""
        assert self._clock
        offset = to.timestamp() - time.time()
        self._clock.write_text(f"{offset:+.0f}\n")
        time.sleep(3)
        self.quiet(2.5, longest=40)

    def _environment_of_clock(self) -> dict[str, str]:
        more = {name: "" for name in os.environ if name.startswith("CASEBOT_")}
        if self._clock is None:
            return more
        self._clock.write_text(f"{MONDAY.timestamp() - time.time():+.0f}\n")
        facts = {"FAKETIME_TIMESTAMP_FILE": str(self._clock), "FAKETIME_CACHE_DURATION": "1"}
        return {**more, **facts, **wrong_clock()}


def own_words(place: Path) -> None:
    """Templates of an operator's own: a notice's greeting, and the first page's."""
    shipped = {"notices/added.j2": ("{{ say.hello(to) }}", "{{ w.p('Ownwords of Acme.') }}"),
               "web/front.j2": ('{{ _("How can we help?") }}', "Ownwords for you.")}  # fmt: skip
    for name, (before, after) in shipped.items():
        (place / name).parent.mkdir(parents=True)
        (place / name).write_text((TREE / "templates" / name).read_text().replace(before, after))


def open_desks(stack: ExitStack, folder: Path, *, stores: dict[str, str]) -> dict[str, Desk]:
    """The desks that ``stores`` names (``closed`` has a clock), started together."""
    desks = {}
    for name, kind in stores.items():
        place = folder / name
        place.mkdir()
        url = stack.enter_context(databases.fresh(kind, place))
        facts, clock = (CLOSED, True) if name == "closed" else (OPEN, False)
        desks[name] = stack.enter_context(Desk(place / "desk", url, clock=clock, **facts))
    for desk in desks.values():
        desk.wait()
    return desks


def _member(user: str) -> str:
    role, manager = ("manager", "") if user == "mia" else ("specialist", "mia@desk.example")
    return MEMBER.format(name=STAFF[user], user=user, id=user.upper(), role=role, manager=manager)
