"""Socket Mode's room: connections are cut, replaced and refused, and nothing that was said is lost."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from channels.slack.socket_mode import _Ears
from rehearsal.slack.server import Server
from tests.support.houses.house import until
from tests.support.houses.slack_house import SlackHouse


def helped(slack: SlackHouse) -> bool:
    return "open a case" in slack.people.slash("ana", "C0GENERAL", "/case help").text


def test_a_desk_that_stops_ends_its_connection(tmp_path: Path) -> None:
    with Server() as server:
        with SlackHouse(tmp_path, server, mode="socket"):
            assert server.connected == 1
        assert until(lambda: server.connected == 0)


@pytest.mark.parametrize("reset", [False, True])
def test_a_connection_that_is_cut_is_replaced(slack: SlackHouse, reset: bool) -> None:
    slack.server.cut(reset=reset)
    slack.workspace.wait_for(lambda: slack.server.connected == 0, seconds=5)
    assert until(lambda: slack.server.connected == 1)
    assert helped(slack)


def test_a_connection_that_slack_wants_replaced_loses_nothing(slack: SlackHouse) -> None:
    """Commands come all the while: each is acked, on the old connection or on the new one."""
    answers: list[bool] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            answers.append(slack.people.slash("ana", "C0GENERAL", "/case help").acked)

    asking = threading.Thread(target=ask)
    asking.start()
    for round_ in range(3):
        slack.server.refresh()  # from now on, this connection is given nothing
        enough = answers.count(True) + 3
        assert until(lambda: answers.count(True) >= enough and slack.server.connected == 1), round_  # noqa: B023
    stop.set()
    asking.join()
    missed = [each for each in slack.workspace.transcript.deliveries("/case") if not each["acked"]]
    assert all(each["reason"] == "connection_failed" for each in missed), missed  # between two sockets


def test_a_farewell_said_twice_is_followed_once(slack: SlackHouse) -> None:
    """Or the second one would end the connection that took the first one's place."""
    slack.server.refresh("warning", "refresh_requested")
    assert until(lambda: len(slack.workspace.transcript.calls("apps.connections.open")) == 2)
    assert until(lambda: slack.server.connected == 1)
    assert helped(slack)
    assert (
        len(slack.workspace.transcript.calls("apps.connections.open")) == 2
    )  # the first, and one in its place


def test_slack_being_down_stops_nothing_and_is_waited_for(slack: SlackHouse) -> None:
    slack.server.refuse(1.5)
    assert until(lambda: slack.server.connected == 0)
    assert until(lambda: slack.server.connected == 1)
    assert helped(slack)


def test_the_house_starts_while_slack_is_down(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Server() as server:
        server.workspace.faults.add("down", method="apps.connections.open", times=2)
        with SlackHouse(tmp_path, server) as house:
            assert helped(house)
    assert "Slack cannot be reached" in capsys.readouterr().out


def test_an_answer_in_hand_is_given_before_hanging_up(tmp_path: Path) -> None:
    with Server() as server:
        with SlackHouse(tmp_path, server) as house:
            house.open_case()
            house.people.slash("sam", "C0TRIAGE", "/case take CS-000001")
        assert until(lambda: server.connected == 0)
        assert server.people.slash("ana", "C0GENERAL", "/case help").error == "dispatch_failed"


def test_the_end_of_a_connection_is_heard_at_once() -> None:
    """What slack_sdk's client would take for silence, and spin on."""
    ours, theirs = socket.socketpair()
    ears = _Ears(ours)
    theirs.sendall(b"last words")
    theirs.close()
    assert ears.recv(100) == b"last words"
    with pytest.raises(ConnectionResetError):
        ears.recv(100)
    ears.close()
