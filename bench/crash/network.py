"""Faults of the network between casebot and what it talks to, for some seconds, while mail arrives."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress

from bench.crash.desk import opened
from bench.crash.promises import Facts, row
from bench.crash.stories import Scene
from tests.support.houses.dovecot import MAILBOX, USER, Dovecot, new_folder
from tests.support.mail.proxy import Fault, Proxy
from tests.support.setup.object_store import ObjectStore

LINKS = ("relay", "slack", "postgresql", "imap", "s3")
FAULTS: tuple[Fault, ...] = ("cut", "reset", "delay", "black hole")
MAILS, SECONDS = 10, 5.0
"""Mails that arrive during a fault, and its length."""
SETTLED_IN, LATER = 120.0, 5.0
"""Seconds in which everything is settled after a fault, and then until second effects are looked for."""
MAIL = (
    "Authentication-Results: mx.example.com; dmarc=pass header.from=acme.example\r\n"
    "From: {0}@acme.example\r\nTo: " + USER + "\r\nSubject: No delivery {0}\r\n\r\nIt stopped. {0}\r\n"
)


class Link:
    """A desk, one of whose links leads through a proxy."""

    def __init__(self, stack: ExitStack, name: str) -> None:
        self.name, self._stack, self._dovecot, self.damage = name, stack, None, set[str]()
        self.desk = desk = stack.enter_context(opened("postgresql" if name == "postgresql" else "sqlite"))
        if name == "relay":
            self._lead(f":{desk.sink.port}?", ":{}?", desk.sink.port)
        elif name == "slack":
            self._lead(f":{desk.server.port}/", ":{}/", desk.server.port)
            desk.server.workspace.site = f"http://127.0.0.1:{self.proxy.port}"
        elif name == "postgresql":
            socket_file = f"{desk.url.partition('host=')[2]}/.s.PGSQL.5432"
            self._lead(desk.url, "postgresql://postgres:@127.0.0.1:{}/postgres", socket_file)
        elif name == "imap":
            self._dovecot = stack.enter_context(Dovecot(new_folder()))
            self._lead("[log]", MAILBOX.format(port="{}") + "[log]", self._dovecot.port)
        else:
            objects = stack.enter_context(ObjectStore(desk.folder / "objects"))
            line, section = objects.section("bench", endpoint="http://127.0.0.1:{}")
            self._lead(
                "min_free = 0", f"min_free = 0\n{line}{section}", int(objects.endpoint.rpartition(":")[2])
            )
        desk.begin()

    def _lead(self, before: str, after: str, server: int | str) -> None:
        """Start a proxy of a server, and replace a part of the config by one with its port."""
        self.proxy = self._stack.enter_context(Proxy(server))
        config = self.desk.config.read_text()
        assert before in config
        self.desk.config.write_text(config.replace(before, after.format(self.proxy.port)))

    def send(self, marker: str) -> Scene:
        """Start to send a mail over SMTP, or to deliver it to the mailbox; do not wait for it."""
        scene = Scene(self.desk, marker)
        threading.Thread(target=self._send, args=(scene,), daemon=True).start()
        return scene

    def _send(self, scene: Scene) -> None:
        if self._dovecot:
            self._dovecot.deliver(MAIL.format(scene.marker).encode())
        else:
            with suppress(TimeoutError):  # then it is missing in the end
                scene.send(files=scene.files if self.name == "s3" else {})


def trials(links: Iterable[str], say: Callable[[str], None]) -> Iterator[str]:
    """Try each fault of each link; yield a sentence for each broken promise."""
    say(row("link", "fault", "mails", "lost", "twice", "copies", "seconds"))
    for name in links:
        with ExitStack() as stack:
            link = Link(stack, name)
            scene = link.send(f"{name}0000")
            scene.customer.wait(seconds=60)
            scene.settle()
            reference = Facts(scene).counts
            assert reference, "a mail without a fault had no effect"
            for fault in FAULTS:
                yield from _trial(link, fault, reference, say)


def _trial(link: Link, fault: Fault, reference: Counter[str], say: Callable[[str], None]) -> Iterator[str]:
    began, scenes = time.time(), []
    with link.proxy.fault(fault):
        for number in range(MAILS):
            scenes.append(link.send(f"{link.name}{fault.replace(' ', '')}{number:02d}"))
            time.sleep(SECONDS / MAILS)
    ended, lost = time.time(), ["not settled"]
    loses_answers = link.name in ("relay", "postgresql") and fault != "delay"
    while lost and time.time() < ended + SETTLED_IN:
        time.sleep(0.2)
        facts = [Facts(scene, began, ended, loses_answers=loses_answers) for scene in scenes]
        lost = [sentence for each in facts for sentence in each.compare(reference)[0]]
        lost += ["a row waits"] * link.desk.waiting()
    seconds = round(time.time() - ended)
    time.sleep(LATER)
    facts = [each.again() for each in facts]
    twice = [sentence for each in facts for sentence in each.compare(reference)[1]]
    counts = (MAILS, len(lost), len(twice), sum(each.copies for each in facts), seconds)
    say(row(link.name, fault, *counts))
    control, damage = link.desk.control, {*link.desk.find_damage()}
    other = sorted(damage - link.damage) + ["casebot ended"] * (control.ends >= control.starts)
    link.damage |= damage
    yield from (f"{link.name} {fault} {each}" for each in (*lost, *twice, *other))
