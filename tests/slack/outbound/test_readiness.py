"""``/readyz`` says when Slack does not take what we say, or does not speak with us."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from bot.queries.lists import ListOutbox
from channels.slack import socket_mode
from tests.support.houses.house import until, words
from tests.support.houses.office import Office
from tests.support.houses.one_case import ANA, DESK, hurry
from tests.support.setup import databases


def ready(office: Office) -> Any:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{office.monitor}/readyz", timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


def test_a_token_that_slack_refuses_is_said_until_it_takes_it_again(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path) as office:
        assert ready(office)["wrong"] == []
        office.slack.workspace.faults.add("error", error="token_revoked")
        office.send(ANA, DESK, "Deal", "It stopped.")
        assert until(
            lambda: (
                "Slack does not take what we say: the app's token was revoked (token_revoked)"
                in ready(office)["wrong"]
            )
        )
        office.slack.workspace.faults.clear()
        hurry(office)
        assert until(lambda: ready(office)["wrong"] == [])


def test_a_connection_that_is_gone_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_mode, "LOST", 0.0)
    with Office(databases.sqlite(tmp_path), tmp_path) as office:
        assert until(lambda: ready(office)["ready"])
        office.slack.workspace.faults.add("down")
        office.slack.cut()
        assert until(lambda: "Slack is not connected" in ready(office)["wrong"])
        office.slack.workspace.faults.clear()
        assert until(lambda: ready(office)["ready"])


def test_how_slack_is_can_be_read_and_counted(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path) as office:
        office.send(ANA, DESK, "Deal", "It stopped.")
        office.in_thread("It stopped.")
        slack = until(lambda: (found := ready(office)["channels"]["slack"])["last_delivery"] and found)
        assert slack["connected"] is True
        office.slack.workspace.faults.add("down")
        office.slack.cut()
        office.send(ANA, DESK, "Re: [CS-000001] Deal", "Still.")
        assert until(lambda: ready(office)["channels"]["slack"]["waiting"])
        assert until(lambda: ready(office)["channels"]["slack"]["connected"] is False)

        def counted() -> bool:
            with urllib.request.urlopen(f"http://127.0.0.1:{office.monitor}/metrics", timeout=60) as answer:
                text = answer.read().decode()
            waits = re.findall(r'^casebot_outbox_waiting\{channel="slack".*\} (\S+)$', text, re.MULTILINE)
            return (
                'casebot_channel_connected{channel="slack"} 0.0' in text
                and "casebot_last_delivery_timestamp_seconds" in text
                and any(float(number) for number in waits)
            )

        assert until(counted)


def test_an_outage_is_told_by_mail_after_five_minutes_with_who_waits_and_so_is_its_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path) as office:
        office.slack.people.post("noa", "general", "@Case new Deal ID 12345: no delivery")
        card = office.card()
        office.settled()
        office.slack.workspace.faults.add("down", method="chat.postMessage")
        office.slack.people.post("sam", "triage", "!reply It was the filter.", thread_ts=card.ts)
        assert until(lambda: any("reached" in w.reason or "refused" in w.reason for w in _waiting(office)))
        office.pass_time(minutes=4)
        assert not office._new("sam@")
        office.pass_time(minutes=6)
        mail = until(lambda: _titled(office, "Slack does not work"))
        assert "Customers wait for words of ours in CS-000001" in words(mail[0])
        office.slack.workspace.faults.clear()
        hurry(office)
        time.sleep(6)  # it is looked at every five seconds
        office.pass_time(minutes=9)
        assert until(lambda: _titled(office, "Slack works again"))
    assert "a channel does not work" in capsys.readouterr().out


def _titled(office: Office, subject: str) -> list[Any]:
    """The mails to Sam with this in their subject."""
    return [mail for _, mail in office._new("sam@") if subject in str(mail["Subject"])]


def _waiting(office: Office) -> Any:
    return office.ask(ListOutbox("waiting"))
