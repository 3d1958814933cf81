"""How long Slack waits for an ack while mail comes at a steady pace."""

from __future__ import annotations

import argparse
import os
import random
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.slack.acks import KINDS, Acks
from bench.slack.board import Board
from bench.slack.house import SlackHouse, workspace
from bench.slack.pace import Pace
from bench.support import cost, databases, mails
from bench.support.client import Client
from bench.support.load import Sent, send
from bench.support.relay import Relay
from tests.support.setup import certificates

CASES = 20
"""Opened before anything is measured; people work on these."""
SECONDS = 60.0
"""To wait for what must come at last: the cards of these cases, the last confirmation."""
LIMIT = 3000.0
"""Milliseconds that Slack waits (docs.slack.dev: "Events API", "Handling user interaction")."""


@dataclass
class Figures:
    """What was measured, in milliseconds where nothing else is said."""

    acks: dict[str, list[float]]
    """Of each kind, ascending."""
    missed: list[str]
    """Without an ack, or with one that came too late."""
    failed: list[str]
    """What people could not do."""
    posts: int
    """Messages that Slack took meanwhile."""
    mails: int
    seconds: float
    """From the first mail to the last 250."""
    busy: int
    """Times a sender was asked to come back later."""
    opened: int
    """Mails that are to be confirmed."""
    confirmed: list[float]
    """From when a mail was due to be sent to its confirmation at the relay, ascending."""
    cpu: float
    """Seconds of the house and its child, from the first mail to the last confirmation."""
    load: list[tuple[float, float, float]] = field(default_factory=list)
    """Load averages before and after."""


def main() -> int:
    """``python -m bench.slack.latency``: one table.

    Exit code 1 if an ack was missed or a mail not answered.
    """
    options = _options()
    with tempfile.TemporaryDirectory(prefix="casebot-slack-") as folder:
        figures = measure(
            options.seconds,
            mode=options.mode,
            store=options.store,
            rate=options.mails,
            folder=Path(folder),
            tls=options.tls,
        )
    print(table(figures, mode=f"{options.mode}, calls by TLS" if options.tls else options.mode))
    return int(bool(figures.missed or figures.failed) or len(figures.confirmed) < figures.opened)


def measure(
    seconds: float, *, mode: str, store: str, rate: float, folder: Path, tls: bool = False
) -> Figures:
    """Let mail and Slack come to one house for so long. ``tls``: its calls of Slack are encrypted."""
    certificate, trusted = _certificate(folder) if tls else (None, {})
    with (
        databases.fresh(store, folder) as url,
        Relay() as relay,
        workspace(retry_scale=1.0, certificate=certificate) as server,
    ):
        house = SlackHouse(
            folder / "house", server, url=url, relay=relay.port, mode=mode, environment=trusted
        )
        board, load = Board(server.workspace), [os.getloadavg()]
        try:
            house.open()
            _open_cases(house.port, board)
            pace, acks = Pace(server.people, board.cards()), Acks(server.workspace.transcript)
            pace.start()
            before = sum(house.cpu())
            sent = _mail(house.port, seconds, rate, acks)
            pace.leave()
            time.sleep(LIMIT / 1000 + 0.5)  # the last acks
            acks.hear()
            confirmed = _confirmed(relay, sent)
            cpu = sum(house.cpu()) - before
        finally:
            house.kill()
        load.append(os.getloadavg())
    return _figures(pace, acks, sent, confirmed, cpu=cpu, load=load, mails=int(seconds * rate))


def _certificate(folder: Path) -> tuple[tuple[str, str], dict[str, str]]:
    """Slack's certificate and its key, and the environment of a house that trusts it too."""
    made, trusted = certificates.make(folder), folder / "trusted.pem"
    usual = ssl.get_default_verify_paths().cafile
    trusted.write_text(Path(made.file).read_text() + (Path(usual).read_text() if usual else ""))
    return (made.file, made.key), {"SSL_CERT_FILE": str(trusted)}


def _figures(
    pace: Pace,
    acks: Acks,
    sent: Sent,
    confirmed: list[float],
    *,
    cpu: float,
    load: list[tuple[float, float, float]],
    mails: int,
) -> Figures:
    waits = acks.waits(pace.said)
    late = [
        f"{kind}: {ms:,.0f} ms" for kind, all_of_them in waits.items() for ms in all_of_them if ms > LIMIT
    ]
    return Figures(
        waits, acks.missed() + late, pace.failed, acks.posts, mails, sent.seconds, sent.busy,
        len(sent.begun), confirmed, cpu, load,
    )  # fmt: skip


def _open_cases(port: int, board: Board) -> None:
    dice = random.Random(7)
    with Client(port) as client:
        for number in range(CASES):
            client.send(mails.new(f"w{number:04d}", dice, sender="bea@acme.example"))
    deadline = time.monotonic() + SECONDS
    while len(board.cards()) < CASES:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{len(board.cards())} of {CASES} cards after {SECONDS:.0f} s")
        time.sleep(0.05)


def _mail(port: int, seconds: float, rate: float, acks: Acks) -> Sent:
    """Send, and meanwhile write down what Slack waits."""
    done: list[Sent] = []
    work = threading.Thread(
        target=lambda: done.append(send(port, int(seconds * rate), prefix="l", seed=1, rate=rate))
    )
    work.start()
    while work.is_alive():
        acks.hear()
        work.join(1)
    return done[0]


def _confirmed(relay: Relay, sent: Sent) -> list[float]:
    deadline = time.monotonic() + SECONDS
    while not set(sent.begun) <= set(relay.confirmed) and time.monotonic() < deadline:
        time.sleep(0.05)
    came = {one: at for one, at in sent.begun.items() if one in relay.confirmed}
    return [seconds * 1000 for seconds in relay.waits(came)]


def table(figures: Figures, *, mode: str) -> str:
    """All of it as a page of text."""
    rate = figures.mails / figures.seconds
    lines = [
        f"{mode}: {figures.mails:,} mails in {figures.seconds:.0f} s ({rate:.1f}/s, {figures.busy} times asked to come "
        f"back); {len(figures.confirmed):,} of {figures.opened:,} confirmations at the relay",
        f"{figures.posts:,} messages of ours posted in Slack meanwhile; the house used {figures.cpu:.1f} s of a core",
        "load average " + ", then ".join(" ".join(f"{one:.2f}" for one in load) for load in figures.load),
        "",
        f"{'':<16}{'count':>7}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}",
        *(_row(kind, waits, KINDS[kind]) for kind, waits in figures.acks.items()),
        _row("mail", figures.confirmed, "in to confirmation"),
        "",
        *figures.missed[:20],
        f"Slack's three seconds were missed {len(figures.missed)} times"
        if figures.missed
        else "Slack's three seconds were never missed",
        *figures.failed[:20],
    ]
    return "\n".join(lines)


def _row(name: str, waits: Sequence[float], what: str) -> str:
    if not waits:
        return f"{name:<16}{0:>7}"
    figures = (cost.percentile(waits, 50), cost.percentile(waits, 99), waits[-1])
    return f"{name:<16}{len(waits):>7,}" + "".join(f"{ms:>9.1f}" for ms in figures) + f"   {what}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.slack.latency", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--mode", choices=("socket", "http"), default="socket")
    parser.add_argument("--store", choices=databases.KINDS, default="sqlite")
    parser.add_argument("--mails", type=float, default=50, help="a second")
    parser.add_argument("--tls", action="store_true", help="calls of Slack are encrypted; with --mode http")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
