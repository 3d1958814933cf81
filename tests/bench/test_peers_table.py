"""The bench of other trackers runs: whom it finds takes the same mails, and whom it does not is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.bench import printed

pytestmark = pytest.mark.slow


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
