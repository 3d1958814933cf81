"""The measuring tools themselves run: each drives a real house, and prints a row for everything it is asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.support.databases import KINDS
from bench.support.hostile_mails import arsenal
from bench.support.mutants import Mutants

pytestmark = pytest.mark.slow


def printed(module: str, *options: str) -> str:
    command = [sys.executable, "-m", module, *options]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout


def test_the_profile_times_every_stage_of_a_mail() -> None:
    table = printed("bench.speed.profile", "--mails", "40", "--statements", "3")
    for stage in (
        "SMTP conversation",
        "judge",
        "desk and handlers",
        "render",
        "compose",
        "deliver",
        "commit",
    ):
        microseconds = next(line.split()[-3] for line in table.splitlines() if line.startswith(stage))
        assert int(microseconds) > 0, stage
    assert "INSERT INTO" in table
    rows = next(line for line in table.splitlines() if line.startswith("rows a mail:"))
    assert "outgoing" in rows
    assert "commits" in table.splitlines()[-1]


def test_the_mailbox_is_timed_and_its_servers_killed() -> None:
    timed, counted = printed("bench.proof.mailbox", "--mails", "2", "--killed", "10").splitlines()
    assert "median" in timed
    assert "17 cases (5 held), 12 confirmed" in counted


def test_the_run_measures_a_house_with_everything_on_beside_the_stock_server() -> None:
    table = printed("bench.speed.run", "--mails", "20").splitlines()
    for goal in (
        "stock aiosmtpd sink",
        "accepted durably",
        "end to end, µs a mail: sqlite",
        "one more specialist (2 → 5)",
        "mail in to confirmation",
        "bytes in the store a case, 2 told",
        "`casebot run` until both doors are open",
        "memory (PSS), idle",
    ):
        assert any(line.startswith(goal) for line in table), goal
    share = next(line for line in table if line.startswith("   main process / children"))
    main, children, server = (int(part) for part in share.rpartition("server")[2].split("/"))
    assert main > children > server == 0


def test_peers_take_the_same_mails_and_who_cannot_be_had_is_named(tmp_path: Path) -> None:
    peers = ("casebot", "aiosmtpd sink", "Postfix smtp-sink", "Roundup, 10,000 rounds", "Request Tracker 5")
    told = printed(
        "bench.peers", *peers, "--passes", "1", "--mails", "20", "--folder", str(tmp_path)
    ).splitlines()
    for peer in peers:
        assert [line for line in told if line.startswith((peer, f"not there: {peer} ("))], peer
    ours, roundup = (next(line for line in told if line.startswith(peer)) for peer in (peers[0], peers[3]))
    assert "120 entries" in ours  # a hundred to warm up
    assert "entries" in roundup


def test_a_peer_that_cannot_be_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    told = printed("bench.peers", "Roundup as shipped", "--mails", "1", "--folder", str(tmp_path))
    assert "not there: Roundup as shipped" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("store", KINDS)
def test_growth_gives_mail_and_asks_every_question_at_each_size(store: str) -> None:
    told = printed("bench.growth", "--cases", "50", "200", "--mails", "20", "--store", store).splitlines()
    assert told[0].split() == [f"{store},", "cases", "50", "200"]
    figures = {line[:36].strip(): line[36:].split() for line in told[1:]}
    for mail in ("a mail: new, CPU ms", "a mail: reply, CPU ms"):
        assert all(float(cell) > 0 for cell in figures[mail]), mail
    for question in (
        "case list",
        "queue",
        "report 365d",
        "search, rare",
        "web: my cases",
        "sweep",
        "metrics",
    ):
        assert len(figures[question]) == 2 * len(("CPU", "p50", "/", "p95")), question
    assert float(figures["bytes a case"][1].replace(",", "")) > 1000


def lines(module: str, *options: str) -> list[str]:
    """What it prints, however fast the machine is: a bench that is too slow says so in its exit code."""
    command = [sys.executable, "-m", module, *options]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=300
    ).stdout.splitlines()


def test_damaged_mail_raises_nothing() -> None:
    told = lines("bench.proof.fuzz", "--mutants", "2000", "--seed", "5")
    assert told[0].startswith("2,000 mutants")
    assert told[1:3] == ["uncaught  0 (none may be)", "killed    0 (0.000 %, 0.1% may be)"]


def test_the_fuzzer_can_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "if sys.orig_argv[-1:] == ['channels.email.sandbox.child']:\n"
        "    from channels.email.mime import message\n"
        "    real = message.read\n"
        "    def read(raw):\n"
        "        if b'=3D' in raw:\n"
        "            raise LookupError\n"
        "        return real(raw)\n"
        "    message.read = read\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    command = [sys.executable, "-m", "bench.proof.fuzz", "--mutants", "500"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "LookupError at" in done.stdout


def test_a_mutant_is_the_same_tomorrow() -> None:
    mails = [b"Subject: one\n\nbody\n", b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n"]
    assert [Mutants(mails, seed=3).mutant(n) for n in range(200)] == [
        Mutants(mails, seed=3).mutant(n) for n in range(200)
    ]
    assert Mutants(mails, seed=4).mutant(1) != Mutants(mails, seed=3).mutant(1)


def test_bombs_fall_while_others_write() -> None:
    told = lines("bench.attack.bombs", "--seconds", "2", "--only", "1 MB")
    ends = [line for line in told if line.endswith(" s") and ": " not in line]
    assert len(ends) == sum("1 MB" in name for name in arsenal())
    assert all(" done " in line for line in ends)
    assert [line for line in told if line.startswith("ordinary mail while bombs come")]


def test_a_backup_under_load_is_restored_and_nothing_is_missing_or_sent_twice() -> None:
    told = lines("bench.proof.backup", "--cases", "50", "--files", "5", "--seconds", "1")
    assert any(line.startswith("backup: ") for line in told), told
    assert any(line.startswith("sent after the release: ") for line in told), told
    assert [line for line in told if line.startswith("broken")] == []


def test_machines_are_killed_and_stopped_and_keep_their_promises() -> None:
    told = lines("bench.proof.machines", "--minutes", "0.3")
    assert any(line.startswith("3 machines: ") for line in told), told
    assert told[-1] == "every promise kept"


def test_one_and_two_processes_are_measured_beside_each_other() -> None:
    one, two = lines("bench.speed.scale", "1", "2", "--mails", "80")
    assert "processes 1: casebot" in one
    assert "mails/s (× " in two
    assert "strikes 0" in two
