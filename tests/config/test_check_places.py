"""``casebot check`` and places: where files are kept, and where doors are to stand."""

from __future__ import annotations

import socket

import pytest

from tests.support.houses.console import run, said


def test_a_folder_for_files_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    said("init")
    monkeypatch.setenv("CASEBOT_STORE__FILES", "/proc/nope")
    result = run("check")
    assert result.exit_code == 1
    assert "✗" in result.stdout
    assert "/proc/nope" in result.stdout


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("EMAIL__LISTEN", "no-such-host.invalid:8025", "email.listen: nobody knows the name no-such-host"),
        ("EMAIL__LISTEN", "192.0.2.1:8025", "email.listen: cannot listen on 192.0.2.1 port 8025"),
        ("EMAIL__LMTP", "/nowhere/lmtp.sock", "email.lmtp: there is no folder /nowhere"),
        ("WEB__LISTEN", "no-such-host.invalid:8080", "web.listen: nobody knows the name no-such-host"),
        ("WEB__LISTEN", "192.0.2.1:8080", "web.listen: cannot listen on 192.0.2.1 port 8080"),
        ("WEB__LISTEN", "127.0.0.1:99999", "web.listen: there is no port 99999"),
    ],
)
def test_a_place_where_no_door_can_stand_is_named(
    name: str, value: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said("init")
    monkeypatch.setenv(f"CASEBOT_{name}", value)
    result = run("check")
    assert result.exit_code == 1
    assert f"✗ {why}" in result.stdout


def test_a_place_that_is_in_use_is_perhaps_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    said("init")
    with socket.create_server(("127.0.0.1", 0)) as mail, socket.create_server(("127.0.0.1", 0)) as web:
        monkeypatch.setenv("CASEBOT_EMAIL__LISTEN", f"127.0.0.1:{mail.getsockname()[1]}")
        monkeypatch.setenv("CASEBOT_WEB__LISTEN", f"localhost:{web.getsockname()[1]}")
        assert "✓ email listen" in said("check")


def test_more_connections_than_the_system_lets_us_have_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    said("init")
    assert "web.monitor is not set: /readyz and /metrics are served nowhere" in said("check")
    monkeypatch.setenv("CASEBOT_WEB__MAX_CONNECTIONS", "100000000")
    monkeypatch.setenv("CASEBOT_WEB__MONITOR", "0.0.0.0:18081")
    told = said("check")
    assert "connections are let in, not 100000000" in told
    assert "web.monitor: whoever reaches 0.0.0.0:18081 can read the desk's figures" in told
    assert "served nowhere" not in told
    assert "web.proxies" not in told


def test_a_web_door_that_is_open_to_others_says_that_no_proxy_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said("init")
    monkeypatch.setenv("CASEBOT_WEB__LISTEN", "0.0.0.0:18082")
    assert "web.proxies: 0.0.0.0:18082 is open to other machines" in said("check")
    monkeypatch.setenv("CASEBOT_WEB__PROXIES", '["10.0.0.1"]')
    assert "web.proxies" not in said("check")
