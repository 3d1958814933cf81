"""What a process has cost: nothing that was spent below it is forgotten."""

from __future__ import annotations

import subprocess
import sys

from bench.support import cost

SPENDS = """
import subprocess, sys, time
burn = "import time\\nwhile time.process_time() < 0.3: pass"
subprocess.run([sys.executable, "-c", burn], check=True)
print("spent", flush=True)
sys.stdin.read()
"""


def test_a_child_that_has_ended_is_counted() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SPENDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"spent\n"
        assert cost.cpu_of_tree(process.pid) > 0.28
        assert cost.cpu(process.pid) < 0.28
        assert cost.pss(process.pid) > 1_000_000
        assert sum(cost.threads(process.pid).values()) > 0
        process.communicate()
    assert cost.cpu_of_tree(process.pid) == 0
    assert cost.pss(process.pid) == 0
