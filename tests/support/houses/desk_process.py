"""``casebot run`` as its operator starts it: a process, a real SMTP socket and a real Maildir."""

from __future__ import annotations

import json
import os
import signal
import smtplib
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

from click.testing import CliRunner, Result

from bot.cli.main import casebot
from rehearsal.ports import free_port
from tests.support.houses.house import until
from tests.support.setup.config import ACME, PROMPT

CONFIG = f"""{PROMPT}
name = "Acme Support"
[email]
relay = "maildir:./outgoing"
[limits]
mails_per_person = [100000, 100000]
mails_per_domain = [100000, 100000]
held_per_sender = [100000, 100000]
held_per_domain = [100000, 100000]
held_in_all = [100000, 100000]
[[staff]]
name = "Sam Specialist"
mail = "sam@desk.example"
{ACME}"""


def patient(true: Callable[[], Any]) -> Any:
    """Wait until something is true, and return its last value."""
    return until(true)


class DeskProcess:
    """A desk in a folder; what it logs is read back from a file."""

    def __init__(self, folder: Path, url: str = "", *, more: str = "") -> None:
        """``url``: write a config for this store; else the folder has one."""
        self.folder = folder
        self.config = folder / "config.toml"
        if url:
            folder.mkdir(exist_ok=True)
            self.config.write_text(CONFIG.format(url=url) + more)
        self.port, self.monitor = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.given: str | None = None
        """What commands find on their standard input."""
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CASEBOT_")},
            "CASEBOT_EMAIL__LISTEN": f"127.0.0.1:{self.port}",
            "CASEBOT_WEB__LISTEN": "",
            "CASEBOT_WEB__MONITOR": f"127.0.0.1:{self.monitor}",
            "CASEBOT_LOG__FORMAT": "json",
        }

    def __enter__(self) -> Self:
        with (self.folder / "log").open("ab") as log:
            words = [sys.executable, "-m", "bot.cli", "--config", str(self.config), "run"]
            self.process = subprocess.Popen(words, env=self._environment, stderr=log)
        if not patient(self.ready):
            self.kill()
            raise AssertionError(self.log())
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process
        self.process.kill()
        self.process.wait(60)

    def reload(self) -> None:
        """Have it read its config anew."""
        assert self.process
        self.process.send_signal(signal.SIGHUP)

    def ready(self) -> dict[str, Any]:
        """What ``/readyz`` says; empty while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.monitor}/readyz", timeout=20) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            text = error.read()
        except OSError:
            return {}
        try:
            says: dict[str, Any] = json.loads(text)
        except ValueError:  # another process has that port
            return {}
        return says

    def send(self, subject: str, sender: str = "ana@acme.example", *, file: bytes = b"") -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, "support@example.com", subject
        mail["Message-ID"] = f"<{subject.replace(' ', '-')}@acme.example>"
        mail.set_content(f"Please look at {subject}.")
        if file:
            mail.add_attachment(file, maintype="application", subtype="octet-stream", filename="log.bin")
        for _ in range(5):
            with (
                suppress(smtplib.SMTPServerDisconnected),
                smtplib.SMTP("127.0.0.1", self.port, timeout=60) as client,
            ):
                client.send_message(mail, sender, ["support@example.com"])
                return
        raise AssertionError(f"{subject} was not taken")

    def casebot(self, *words: str, code: int = 0) -> str:
        """What a command says, its errors too."""
        done = self._run(words)
        assert done.exit_code == code, f"{done.output}{done.exception!r}"
        return done.output

    def listed(self, *words: str) -> Any:
        """What a command says in JSON."""
        done = self._run((*words, "--json"))
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def _run(self, words: Sequence[str]) -> Result:
        mask = os.umask(0o022)
        try:
            words = ["--config", str(self.config), *words]
            return CliRunner().invoke(casebot, words, input=self.given, env=self._environment)
        finally:
            os.umask(mask)

    def sent(self) -> list[Path]:
        """The mails that went out."""
        folder = self.folder / "outgoing" / "new"
        return sorted(folder.iterdir()) if folder.is_dir() else []

    def log(self) -> str:
        """What it logged."""
        return (self.folder / "log").read_text()

    def said(self, words: str) -> bool:
        """Does the log have these words, by and by?"""
        return bool(patient(lambda: words in self.log()))
