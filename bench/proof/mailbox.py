"""How long a mail in an IMAP mailbox waits for its confirmation, and that none is lost when servers are killed."""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.support.databases import Look
from bench.support.house import House
from bench.support.relay import Relay
from tests.support.houses.dovecot import MAILBOX, USER, Dovecot, new_folder

VOUCHED = "Authentication-Results: mx.example.com; dmarc=pass header.from=acme.example"
LONGEST = 120.0
"""Seconds in which everything is confirmed: a dead process's work is taken up after its lease of 20."""
_serial = itertools.count(1)


def main() -> int:
    """``python -m bench.proof.mailbox``: two lines; 1 if anything was lost, doubled or told too much."""
    options = _options()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="casebot-mailbox-"))
        relay = stack.enter_context(Relay())
        server = stack.enter_context(Dovecot(new_folder()))
        house = stack.enter_context(_house(Path(folder), relay, server))
        bench = Bench(relay, server, house)
        bench.time(options.mails)
        bench.kill(options.killed)
        bench.doubt(5)
        return bench.judge()


class Bench:
    """One mailbox and one house."""

    def __init__(self, relay: Relay, server: Dovecot, house: House) -> None:
        self._relay, self._server, self._house = relay, server, house
        self._sent: list[str] = []
        self._doubted: list[str] = []

    def time(self, mails: int) -> None:
        """One mail after the other, each when the one before is confirmed."""
        waits = []
        for _ in range(mails):
            name = self._deliver(VOUCHED)
            began = time.time()
            self._wait()
            waits.append(self._relay.confirmed[name] - began)
        print(
            f"delivery to confirmation, {mails} mails one by one: median {statistics.median(waits):.2f} s, "
            f"longest {max(waits):.2f} s"
        )

    def kill(self, mails: int) -> None:
        """A mail every 50 ms, while Dovecot and the house are each killed twice."""
        for number in range(mails):
            self._deliver(VOUCHED)
            if number in (mails // 5, 3 * mails // 5):
                self._house.kill()
                self._house.start()
            if number in (2 * mails // 5, 4 * mails // 5):
                self._server.kill()
                self._server.start()
            time.sleep(0.05)
        self._wait()

    def doubt(self, mails: int) -> None:
        """Mails that nobody vouches for: cases, and no word to anybody."""
        self._doubted = [self._deliver("X-Nothing: here") for _ in range(mails)]
        deadline = time.monotonic() + LONGEST
        while self._server.count() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(2)

    def judge(self) -> int:
        """Compare what was sent with the store, the mailbox and the relay."""
        (((cases, held),),) = Look(self._house.url).rows(
            "SELECT count(*), count(CASE WHEN held THEN 1 END) FROM support_case"
        )
        left, done = self._server.count(), self._server.count("Processed")
        told = [name for name in self._doubted if name in self._relay.confirmed]
        sent, doubted, confirmed = len(self._sent), len(self._doubted), len(self._relay.confirmed)
        print(
            f"{sent} mails, servers killed four times in between: {cases} cases ({held} held), "
            f"{confirmed} confirmed; INBOX {left}, Processed {done}; "
            f"{doubted} that nobody vouched for: {len(told)} answered"
        )
        right = cases == done == sent and held == doubted and confirmed == sent - doubted
        return 0 if right and not left and not told else 1

    def _deliver(self, above: str) -> str:
        name = f"<{next(_serial)}.{time.time_ns()}@acme.example>"
        self._server.deliver(_letter(name, above))
        self._sent.append(name)
        return name

    def _wait(self) -> None:
        deadline = time.monotonic() + LONGEST
        while not all(name in self._relay.confirmed for name in self._sent):
            if time.monotonic() > deadline:
                raise RuntimeError(f"not confirmed:\n{self._house.log.read_text()[-4000:]}")
            time.sleep(0.005)


def _letter(name: str, above: str) -> bytes:
    lines: Sequence[str] = (
        above,
        "Received: from mail.acme.example (mail.acme.example [203.0.113.9]) by mx.example.com; now",
        f"From: Ana <ana{next(_serial)}@acme.example>",
        f"To: {USER}",
        "Subject: No delivery",
        f"Message-ID: {name}",
        "Date: Wed, 25 Nov 2026 10:00:00 +0000",
        "",
        "It stopped yesterday.",
    )
    return "\r\n".join(lines).encode()


@contextmanager
def _house(folder: Path, relay: Relay, server: Dovecot) -> Iterator[House]:
    house = House(folder, relay=relay.port, more=MAILBOX.format(port=server.port))
    house.start()
    try:
        house.wait()
        yield house
    finally:
        house.kill()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.proof.mailbox", description=__doc__)
    parser.add_argument("--mails", type=int, default=20, help="timed one by one")
    parser.add_argument("--killed", type=int, default=60, help="sent while servers are killed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
