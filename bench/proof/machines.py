"""Kills and stops processes that share PostgreSQL and an object store, under mail and Slack: nothing lost or twice."""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from bench.kill.ledger import Ledger, Sender
from bench.kill.promises import Promises
from bench.slack import team as slack
from bench.slack.house import workspace
from bench.slack.team import Team
from bench.support import databases, mails
from bench.support.databases import Look
from bench.support.house import House
from bench.support.kill_rounds import DRAINED_IN, drained
from bench.support.mails import Mail
from bench.support.shared import deadlocks, logged, machines, with_files
from rehearsal.slack.server import Server
from tests.support.mail.sink import Sink
from tests.support.mail.talk import Taken
from tests.support.setup.object_store import ObjectStore

MACHINES = 3
SENDERS = 2
"""To each machine."""
PACE = 1.0
"""Seconds between two mails of a sender: Slack, its people and the relay, all in this process, must keep up."""
EVERY = 5.0
"""Seconds between two disturbances."""
PAUSES = (5.0, 26.0)
"""Seconds for which a process is stopped: within a lease, and beyond it."""
WITH_A_FILE = 0.2
"""Of the new mails; a fifth of those is so large that the mail itself lies in the object store."""
LARGE = 400_000
OPENS_IN = 30.0
"""Seconds in which a machine has its first socket."""
NEAR = 1.0
"""Seconds between a disturbance and a notice whose 250 may have been lost by it, or that went on its way only as the
process itself went on (``--near``)."""


class Letters(Ledger):
    """A sender's book with files in some mails, and the moments at which each notice was taken."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.taken: defaultdict[str, list[float]] = defaultdict(list)
        self.begun: dict[str, float] = {}

    def next(self, dice: random.Random) -> Mail:
        """As a ledger's, and some new mails have files."""
        mail = super().next(dice)
        if mail.kind == "new" and dice.random() < WITH_A_FILE:
            size = LARGE if dice.random() < WITH_A_FILE else 12_000
            made = mails.new(mail.marker, dice, sender=mail.sender, kind="attachment", size=size)
            mail = self.sent[mail.message_id] = replace(made, kind="new")
        self.begun[mail.message_id] = time.time()
        return mail

    def took(self, message: Taken) -> None:
        """As a ledger's."""
        super().took(message)
        self.taken[message.message_id].append(message.at)


@dataclass
class Disturbance:
    """A process that was killed or stopped."""

    at: float
    what: str
    until: float = 0.0


@dataclass
class Finding:
    """What came of it; ``broken``: a sentence for each promise that was."""

    letters: Letters
    promises: Promises
    slack: slack.Promises
    sockets: int
    """Of Slack, before the first disturbance."""
    deleted: int
    """Posts in Slack that whoever had made them deleted again."""
    disturbances: Sequence[Disturbance]
    twice: int
    """Notices that the relay took more than once."""
    deadlocks: int
    strikes: Sequence[str]
    """What the logs say of each."""
    refused: int
    """Times that the store took nothing of a message, which waited for some seconds."""
    astray: int
    """Pairs of entries that are not in the order in which they were sent."""
    broken: list[str] = field(default_factory=list)


class Trial:
    """The machines, and what is done to them."""

    def __init__(self, houses: Sequence[House], seed: int) -> None:
        self._houses = list(houses)
        self._dice = random.Random(seed)
        self._stopped: dict[House, Disturbance] = {}
        self.disturbances: list[Disturbance] = []

    def run(self, seconds: float, say: Callable[[str], None]) -> None:
        """Disturb one of them every few seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(EVERY)
            self._resume(time.time())
            house = self._dice.choice([one for one in self._houses if one not in self._stopped])
            if self._dice.random() < 0.5 or len(self._stopped) == MACHINES - 1:
                self._kill(house)
            else:
                self._stop(house)
            say(f"{self.disturbances[-1].what} {self._houses.index(house)}")

    def end(self) -> None:
        """All go on."""
        self._resume(float("inf"))

    def _kill(self, house: House) -> None:
        self.disturbances.append(Disturbance(time.time(), "killed"))
        house.kill()
        house.start()

    def _stop(self, house: House) -> None:
        now = time.time()
        stop = Disturbance(now, "stopped", now + self._dice.choice(PAUSES))
        assert house.process
        house.process.send_signal(signal.SIGSTOP)
        self._stopped[house] = stop
        self.disturbances.append(stop)

    def _resume(self, now: float) -> None:
        for house, stop in list(self._stopped.items()):
            if stop.until <= now:
                del self._stopped[house]
                stop.until = time.time()
                assert house.process
                house.process.send_signal(signal.SIGCONT)


def run(
    minutes: float,
    *,
    seed: int,
    folder: Path,
    near: float = NEAR,
    say: Callable[[str], None] = lambda line: None,
) -> Finding:
    """Disturb three machines for so long, let them drain, and compare the books."""
    letters = Letters(seed)
    with (
        databases.fresh("postgresql", folder) as url,
        ObjectStore(folder / "objects") as store,
        Sink(took=letters.took) as sink,
        workspace() as server,
    ):
        houses = machines(
            MACHINES, folder, url=url, relay=sink.port, files=with_files(store), gather=2, more=slack.config(server)
        )  # fmt: skip
        try:
            for house in houses:
                _open(house, server)
            sockets, team = server.connected, Team(server, seed=seed)
            senders = [
                Sender(number * SENDERS + turn, letters, house.port, seed=seed)
                for number, house in enumerate(houses)
                for turn in range(SENDERS)
            ]
            team.start()
            for sender in senders:
                sender.pace = PACE
                sender.start()
            trial, look = Trial(houses, seed), Look(url)
            trial.run(minutes * 60, say)
            trial.end()
            for house in houses:
                house.wait()
            for sender in senders:
                sender.leaving.set()
            for sender in senders:
                sender.join(90)
            team.leave()
            emptied = drained(look)
            return _found(
                letters, team, look, trial.disturbances, houses, emptied=emptied, sockets=sockets, near=near
            )
        finally:
            for house in houses:
                house.kill()


def _open(house: House, server: Server) -> None:
    """Start it, and wait until it has sockets of its own to Slack."""
    before = server.connected
    house.open()
    deadline = time.monotonic() + OPENS_IN
    while server.connected == before:
        if time.monotonic() > deadline:
            raise TimeoutError("a machine has no socket to Slack")
        time.sleep(0.02)


def _found(
    letters: Letters,
    team: Team,
    look: Look,
    disturbances: Sequence[Disturbance],
    houses: Sequence[House],
    *,
    emptied: bool,
    sockets: int,
    near: float,
) -> Finding:
    promises, said = Promises(letters, look), team.promises(look)
    twice = {one: at for one, at in letters.taken.items() if len(at) > 1}
    needless = [
        f"the notice {one} was sent {len(at)} times, and no 250 of it was lost: {_then(at, disturbances)}"
        for one, at in twice.items()
        if sum(_beside(moment, disturbances, near) for moment in at) < len(at) - 1
    ]
    needless += team.needless(
        said, lambda moment: _beside(moment, disturbances, near), lambda at: _then(at, disturbances)
    )
    orders = [*_disordered(letters, look), *team.disordered(look)]
    finding = Finding(
        letters, promises, said, sockets, team.deleted, disturbances, len(twice), deadlocks(look),
        logged(houses, "could not be handled"), len(logged(houses, "the store took nothing")), len(orders),
        [*promises.broken, *said.broken, *needless, *orders],
    )  # fmt: skip
    if not emptied:
        finding.broken.insert(
            0, f"not drained: something waits, and nothing was settled for {DRAINED_IN:.0f} s"
        )
    if finding.strikes:
        finding.broken += finding.strikes
    return finding


def _beside(moment: float, disturbances: Sequence[Disturbance], near: float) -> bool:
    """Had the relay just taken it when its process was killed, or stopped, or was it sent as one went on?

    What a process was about to send when it was stopped, it sends then, though others may have sent it meanwhile.
    """
    return any(abs(moment - each.at) < near or 0 <= moment - each.until < near for each in disturbances)


def _then(at: Sequence[float], disturbances: Sequence[Disturbance]) -> str:
    """When it was taken, from the first time on, and what befell the processes in the half minute before."""
    befell = [(each.at, each.what) for each in disturbances]
    befell += [(each.until, "went on") for each in disturbances if each.until]
    near = sorted((moment, what) for moment, what in befell if at[0] - 30 < moment < at[-1] + 1)
    taken = ", ".join(f"{moment - at[0]:.1f} s" for moment in at)
    return f"at {taken}; {', '.join(f'{what} {moment - at[0]:.1f} s' for moment, what in near)}"


def _disordered(letters: Letters, look: Look) -> list[str]:
    """Pairs on one case of which the one that was sent after the other's 250 stands before it."""
    [entries] = look.rows("SELECT case_id, message_id FROM entry ORDER BY case_id, received_at, id")
    by_case: defaultdict[int, list[str]] = defaultdict(list)
    for case, message_id in entries:
        if message_id in letters.acknowledged:
            by_case[case].append(message_id)
    return [
        f"case {case}: {later} was sent after {earlier} was acknowledged, and stands before it"
        for case, ids in by_case.items()
        for later, earlier in pairwise(ids)
        if letters.begun[later] > letters.acknowledged[earlier]
    ]


def report(finding: Finding) -> str:
    """All of it as a page of text."""
    letters, kinds = finding.letters, Counter(each.what for each in finding.disturbances)
    said = finding.slack
    acked = Counter(act.kind for act in said.acts if act.acked)
    verdict = f"{len(finding.broken)} PROMISES BROKEN" if finding.broken else "every promise kept"
    return "\n".join(
        [
            f"{MACHINES} machines: {kinds['killed']} kills, {kinds['stopped']} stops",
            f"{len(letters.acknowledged):,} messages acknowledged, {letters.resent:,} of them sent more than once",
            f"{len(finding.promises.losses)} lost, {len(finding.promises.twice)} second effects, "
            f"{finding.astray} out of order",
            f"{len(letters.delivered):,} notices at the relay, {finding.twice} of them twice (a 250 was lost)",
            f"Slack, {finding.sockets} sockets: {len(said.acts):,} acts, {acked.total():,} of them acked: "
            + ", ".join(f"{count} {kind}" for kind, count in sorted(acked.items())),
            f"{len(said.losses)} lost, {len(said.twice)} second effects; {len(said.posted):,} notices and cards, "
            f"{said.copies} of them twice (Slack's answer was lost), {finding.deleted} more deleted again",
            f"{finding.deadlocks} deadlocks, {len(finding.strikes)} strikes; "
            f"{finding.refused} messages waited for the store",
            *finding.broken[:50],
            verdict,
        ]
    )


def main() -> int:
    """``python -m bench.proof.machines``; exit code 1 if a promise was broken."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="casebot-machines-") as folder:
        finding = run(
            options.minutes, seed=options.seed, folder=Path(folder), near=options.near,
            say=lambda line: print(line, flush=True),
        )  # fmt: skip
    print(report(finding))
    return int(bool(finding.broken))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.proof.machines", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--near",
        type=float,
        default=NEAR,
        help="seconds from a relay's 250 to the store, where others work, too",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
