"""Eight stories over SMTP, Slack, HTTP or timers: a part before the fault, then the rest."""

from __future__ import annotations

import random
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from bench.crash.desk import Desk, retry_until
from bench.rows.mail import Post
from bench.rows.trial import link
from bench.rows.web import get
from bench.slack.house import CUSTOMER
from bench.support.mails import DESK
from rehearsal.slack.workspace.conversation import Message


class Sender(Post):
    """Sends the same mail until it is answered with 250."""

    def hand_in(self, raw: bytes, sender: str, *recipients: str) -> None:
        to = recipients or (DESK,)
        retry_until(lambda: super(Sender, self).hand_in(raw, sender, *to) is None)


class Scene:
    """A customer of one story; ``marker`` is in their address, and in each subject, text and file name."""

    def __init__(self, desk: Desk, marker: str) -> None:
        self.desk, self.marker, dice = desk, marker, random.Random(marker)
        self.customer = Sender(desk.port, desk.sink).person(f"{marker}@acme.example")
        self.files = {f"{marker}.csv": dice.randbytes(2_000), f"{marker}.bin": dice.randbytes(400_000)}
        """A small file, and one that is too large for the database."""
        self.hashes = {sha256(content).hexdigest() for content in self.files.values()}

    def send(self, **more: Any) -> None:
        """Send a new mail."""
        self.customer.send(f"No delivery {self.marker}", f"It stopped. {self.marker}", **{"to": DESK, **more})

    def case(self) -> tuple[Any, Message, int]:
        """Open a case by mail; return its confirmation, its card and its number, once all is settled."""
        self.send()
        confirmation = self.customer.wait()
        self.settle()
        [rows] = self.desk.look.rows(f"SELECT id FROM support_case WHERE subject LIKE '%{self.marker}'")
        return confirmation, self.desk.board.cards()[rows[0].id], rows[0].id

    def settle(self) -> None:
        """Wait until nothing waits."""
        retry_until(lambda: not self.desk.waiting())

    def post(self, card: Message, text: str, **files: bytes) -> None:
        """Write below a card as a specialist. Slack delivers the event until it is acknowledged."""
        people = self.desk.server.people
        uploads = [people.upload("sam", name, content) for name, content in files.items()]
        people.post("sam", "triage", text, thread_ts=card.ts, files=uploads)


def new_mail(scene: Scene) -> Iterator[None]:
    """A new mail with a small and a large file: confirmation and card."""
    yield
    scene.send(files=scene.files)


def customer_reply(scene: Scene) -> Iterator[None]:
    """The customer's reply by mail."""
    confirmation, *_ = scene.case()
    yield
    scene.customer.answer(confirmation, f"It is our own adapter. {scene.marker}")


def staff_reply(scene: Scene) -> Iterator[None]:
    """A specialist's ``!reply`` in the thread: a mail to the customer."""
    _, card, _ = scene.case()
    yield
    scene.post(card, f"!reply Please restart it. {scene.marker}")


def note(scene: Scene) -> Iterator[None]:
    """A note with files in the thread."""
    _, card, _ = scene.case()
    yield
    scene.post(card, f"Ask legal. {scene.marker}", **scene.files)


def close(scene: Scene) -> Iterator[None]:
    """``#close`` by mail, and the survey."""
    confirmation, *_ = scene.case()
    yield
    scene.customer.answer(confirmation, f"Thank you. {scene.marker}\n\n#close")


def form(scene: Scene) -> Iterator[None]:
    """``/case new`` in Slack: the form is opened, filled in and submitted until it is taken."""
    people = scene.desk.server.people
    yield

    def opened() -> bool:
        people.slash(CUSTOMER, "general", "/case new", wait=2)
        view = people.modal(CUSTOMER)
        return view is not None and "text" in {block["block_id"] for block, _ in view.fields()}

    def taken() -> bool:
        seen, view = people.submit(CUSTOMER, "modal"), people.modal(CUSTOMER)
        shown = view is None or view.body["callback_id"] == "seen"
        return seen.acked and shown and not (seen.error or seen.errors)

    retry_until(opened)
    people.type_into(CUSTOMER, "modal", "subject", f"Numbers differ {scene.marker}")
    people.type_into(CUSTOMER, "modal", "text", f"The report is wrong. {scene.marker}")
    retry_until(taken)
    if people.modal(CUSTOMER):
        people.close_view(CUSTOMER, "modal", all=True)


def upload(scene: Scene) -> Iterator[None]:
    """A reply on the page of the case, then files on its page for uploads."""
    confirmation, *_ = scene.case()
    page = get(link(confirmation, "case"))
    space = get(page.link("/upload/"))
    yield
    retry_until(lambda: page.send("reply", text=f"On the page. {scene.marker}").status < 400)
    retry_until(lambda: space.send("attach", scene.files).status < 400)


def snooze(scene: Scene) -> Iterator[None]:
    """A snoozed case becomes due."""
    _, card, number = scene.case()
    scene.post(card, "!snooze 3d")
    snoozed = f"SELECT id FROM support_case WHERE id = {number} AND snoozed_until IS NOT NULL"
    retry_until(lambda: bool(scene.desk.look.rows(snoozed)[0]))
    scene.settle()
    yield
    scene.desk.make_due(number)


STORIES = {
    story.__name__.replace("_", "-"): story
    for story in (new_mail, customer_reply, staff_reply, note, close, form, upload, snooze)
}
