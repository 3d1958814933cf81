"""The benches of damaged and hostile mail run, and can fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.support.damaged_mails import DamagedMails
from bench.support.hostile_mails import arsenal
from tests.support.bench import lines

pytestmark = pytest.mark.slow


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
    assert [DamagedMails(mails, seed=3).mutant(n) for n in range(200)] == [
        DamagedMails(mails, seed=3).mutant(n) for n in range(200)
    ]
    assert DamagedMails(mails, seed=4).mutant(1) != DamagedMails(mails, seed=3).mutant(1)


def test_bombs_fall_while_others_write() -> None:
    told = lines("bench.attack.bombs", "--seconds", "2", "--only", "1 MB")
    ends = [line for line in told if line.endswith(" s") and ": " not in line]
    assert len(ends) == sum("1 MB" in name for name in arsenal())
    assert all(" done " in line for line in ends)
    assert [line for line in told if line.startswith("ordinary mail while bombs come")]
