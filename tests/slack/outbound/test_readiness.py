"""``/readyz`` says when Slack does not take what we say, or does not speak with us."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from channels.slack import socket_mode
from tests.support.houses.house import until
from tests.support.houses.office import Office
from tests.support.houses.one_case import ANA, DESK, hurry
from tests.support.setup import databases


def ready(office: Office) -> Any:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{office.monitor}/readyz", timeout=20) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


def test_a_token_that_slack_refuses_is_said_until_it_takes_it_again(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path) as office:
        assert ready(office)["wrong"] == []
        office.slack.workspace.faults.add("error", error="token_revoked")
        office.send(ANA, DESK, "Deal", "It stopped.")
        assert until(lambda: "Slack does not take our token (token_revoked)" in ready(office)["wrong"])
        office.slack.workspace.faults.clear()
        hurry(office)
        assert until(lambda: ready(office)["wrong"] == [])


def test_a_connection_that_is_gone_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_mode, "LOST", 0.0)
    with Office(databases.sqlite(tmp_path), tmp_path) as office:
        assert ready(office)["ready"]
        office.slack.workspace.faults.add("down")
        office.slack.cut()
        assert until(lambda: "Slack is not connected" in ready(office)["wrong"])
        office.slack.workspace.faults.clear()
        assert until(lambda: ready(office)["ready"], 40)
