"""The whole house in a thread: a real SMTP socket in, a real Maildir (or relay) out."""

from __future__ import annotations

import email
import itertools
import smtplib
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import getaddresses
from pathlib import Path
from typing import Any, Self

from bot.app import App
from bot.channel.roles import Roles
from bot.queries.case_detail import CaseView, ShowCase
from bot.queries.lists import InboxLine, ListCases, ListInbox, ListOutbox
from bot.runtime.supervisor import Supervisor
from rehearsal.ports import free_port
from tests.support.houses.desk import CONFIG
from tests.support.setup.config import loaded
from tests.support.setup.pace import PATIENCE

_serial = itertools.count(1)


def until(found: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Wait until something is true, and return its last value."""
    end = time.monotonic() + seconds
    pause = 0.005
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(pause)
        pause = min(pause * 1.3, 0.05)
    return found()


class House:
    """``casebot run`` without its process. Use it as a customer's mail program would."""

    def __init__(
        self,
        url: str,
        folder: Path,
        *,
        more: str = "",
        min_free: int = 0,
        config: str = CONFIG,
        only: str = "",
        **email_settings: Any,
    ) -> None:
        """``more``: TOML below ``config``; ``only``: as `run` has it; ``email_settings``: of ``[email]``."""
        roles = Roles(only.split(",") if only else None)
        self._listens = roles.has("smtp")
        self.folder = folder
        self.port = free_port()
        lines = {"listen": f"127.0.0.1:{self.port}", "relay": "maildir:./outgoing", **email_settings}
        said = {k: str(v).lower() if isinstance(v, bool) else repr(v) for k, v in lines.items()}
        section = "\n".join(f"{key} = {value}" for key, value in said.items())
        text = config.format(url=url).replace("min_free = 0", f"min_free = {min_free}")
        start, end = text.index("[email]"), text.index("[web]")
        written = f"{text[:start]}[email]\n{section}\n{text[end:]}{more}"
        self._written, self._roles, self._ahead = written, roles, timedelta()
        self._open()
        self._seen: set[str] = set()
        self._read: dict[str, Any] = {}

    def _open(self) -> None:
        self.app = App(loaded(self._written, self.folder), roles=self._roles)
        self.app.open_channels()
        self.app.desk.clock.read = lambda: datetime.now(UTC) + self._ahead
        self._supervisor = Supervisor(self.app.workers())
        self._thread = threading.Thread(target=self._supervisor.run)

    def __enter__(self) -> Self:
        self._thread.start()
        if self._listens:
            until(self._listening)
        return self

    def __exit__(self, *_: object) -> None:
        self._supervisor.close()
        self._thread.join()
        self.app.close()

    def restart(self) -> None:
        """Close casebot, and start it again with the same store, config and time."""
        House.__exit__(self)
        self._open()
        type(self).__enter__(self)

    @property
    def running(self) -> bool:
        """Return whether its workers run."""
        return self._thread.is_alive()

    def pass_time(self, **time: float) -> None:
        """Let it be later at the desk, where time goes on: what is tried again becomes due."""
        self._ahead = timedelta(**time)

    def send(self, sender: str, to: str, subject: str = "", text: str = "", **more: Any) -> EmailMessage:
        """Send a mail as its sender's program would; ``headers`` and ``files`` (name → bytes) if given."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Message-ID"] = f"<{next(_serial)}.{time.time_ns()}@{sender.rpartition('@')[2].rstrip('>')}>"
        for name, value in more.get("headers", {}).items():
            mail[name] = value
        mail.set_content(text)
        for name, content in more.get("files", {}).items():
            mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        self.submit(mail.as_bytes(), to, more.get("mail_from", sender.rpartition("<")[2].rstrip(">")))
        return mail

    def submit(self, raw: bytes, to: str = "support@example.com", sender: str = "ana@acme.example") -> None:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=PATIENCE) as client:
            client.sendmail(sender, [address for _, address in getaddresses([to])], raw)

    def answer(self, mail: Message, sender: str, text: str, **more: Any) -> EmailMessage:
        """Answer a mail of ours the way mail programs do: to Reply-To, with the quotation below."""
        quoted = "\n".join(f"> {line}" for line in words(mail).splitlines())
        headers = {"In-Reply-To": mail["Message-ID"], "References": mail["Message-ID"]}
        body = f"{text}\n\nOn Monday, Support wrote:\n{quoted}\n" if text else ""
        return self.send(
            sender, str(mail["Reply-To"]), f"Re: {mail['Subject']}", body, headers=headers, **more
        )

    def mails(self, to: str = "", *, count: int = 1) -> list[Any]:
        """The next ``count`` mails to somebody that had not been looked at before."""
        until(lambda: len(self._new(to)) >= count)
        found = self._new(to)
        assert len(found) >= count, f"{len(found)} of {count} mails to {to or 'anybody'} came"
        self._seen |= {name for name, _ in found}
        return [mail for _, mail in found]

    def nothing(self, to: str = "") -> bool:
        """Once everything that came in is worked off, no mail waits for this person."""
        self.settled()
        return not self._new(to)

    def settled(self) -> None:
        """Wait until nothing is under way but cards that rest before they are drawn anew."""
        done = until(lambda: not self.inbox("waiting") and not self._going_out())
        assert done, f"still under way: {self.inbox('waiting')} {self.ask(ListOutbox('waiting', limit=9))}"

    def drained(self) -> None:
        """Wait until nothing waits at all."""
        done = until(lambda: not self.inbox("waiting") and not self.ask(ListOutbox("waiting")))
        assert done, f"still waiting: {self.inbox('waiting')} {self.ask(ListOutbox('waiting', limit=9))}"

    def _going_out(self) -> bool:
        waiting = self.ask(ListOutbox("waiting", limit=1000))
        return any(line.notice != "card" or line.attempts for line in waiting)

    def _new(self, to: str) -> list[tuple[str, Any]]:
        folder = self.folder / "outgoing" / "new"
        names = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
        read = [(name, self._mail(folder / name)) for name in names if name not in self._seen]
        return [(name, mail) for name, mail in read if to in str(mail["To"])]

    def _mail(self, file: Path) -> Any:
        """Read once, however often somebody looks."""
        if file.name not in self._read:
            self._read[file.name] = email.message_from_bytes(file.read_bytes(), policy=default)
        return self._read[file.name]

    def ask(self, question: Any) -> Any:
        return self.app.desk.ask(question)

    def case(self, number: int = 1) -> CaseView:
        view = until(lambda: self.ask(ShowCase(number)))
        assert view, f"no case {number}; inbox: {self.inbox()}"
        found: CaseView = view
        return found

    def cases(self) -> list[str]:
        self.settled()
        return sorted(line.number for line in self.ask(ListCases(limit=1000)))

    def history(self, number: int = 1) -> list[str]:
        self.settled()
        return [event.name for event in self.case(number).history]

    def inbox(self, outcome: str = "") -> tuple[InboxLine, ...]:
        found: tuple[InboxLine, ...] = self.ask(ListInbox(outcome, limit=1000))
        return found

    def _listening(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def words(mail: Any) -> str:
    """The plain words of a mail."""
    return str(mail.get_body(("plain",)).get_content())


def flat(mail: Any) -> str:
    """The plain words of a mail, on one line."""
    return " ".join(words(mail).split())
