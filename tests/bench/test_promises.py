"""The benches of promises run: mailboxes and machines that are killed, and a backup under load."""

from __future__ import annotations

import pytest

from tests.support.bench import lines, printed

pytestmark = pytest.mark.slow


def test_the_mailbox_is_timed_and_its_servers_killed() -> None:
    timed, counted = printed("bench.proof.mailbox", "--mails", "2", "--killed", "10").splitlines()
    assert "median" in timed
    assert "17 cases (5 held), 12 confirmed" in counted


def test_a_backup_under_load_is_restored_and_nothing_is_missing_or_sent_twice() -> None:
    told = lines("bench.proof.backup", "--cases", "50", "--files", "5", "--seconds", "1")
    assert any(line.startswith("backup: ") for line in told), told
    assert any(line.startswith("sent after the release: ") for line in told), told
    assert [line for line in told if line.startswith("broken")] == []


def test_machines_are_killed_and_stopped_and_keep_their_promises() -> None:
    told = lines("bench.proof.machines", "--minutes", "0.3")
    assert any(line.startswith("3 machines: ") for line in told), told
    assert told[-1] == "every promise kept"
