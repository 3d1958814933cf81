"""Floods at the web door: places are bounded and shared among addresses, and nobody takes one without using it."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from channels.connections import Connections, network
from channels.loop_errors import LoopFaults
from channels.web.http import connection
from channels.web.http.proxies import Proxies
from tests.support.houses.browser import WebHouse, get
from tests.support.houses.doors import wait_until
from tests.support.setup import databases

HALF = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Half: "
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def knock(house: WebHouse, words: bytes = HALF, *, host: str = "127.0.0.2") -> socket.socket:
    place = urlsplit(house.web)
    wire = socket.create_connection((place.hostname, place.port), timeout=60, source_address=(host, 0))
    wire.sendall(words)
    return wire


def answer(wire: socket.socket) -> str:
    with wire:
        return b"".join(iter(lambda: wire.recv(65536), b"")).decode()


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebHouse]:
    monkeypatch.setenv("CASEBOT_WEB__MAX_CONNECTIONS", "8")
    monkeypatch.setenv("CASEBOT_WEB__MAX_CONNECTIONS_PER_HOST", "4")
    monkeypatch.setenv("CASEBOT_WEB__PROXIES", '["127.0.0.1/32"]')
    with WebHouse(databases.sqlite(tmp_path), tmp_path) as standing:
        yield standing


def test_one_address_has_only_so_many_connections_and_hears_why_it_has_no_more(house: WebHouse) -> None:
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(knock(house))
        refused = answer(knock(house, WHOLE))
        assert refused.startswith("HTTP/1.1 503")
        assert "Retry-After: 10" in refused
        assert "Please try again" in refused
        assert answer(knock(house, WHOLE, host="127.0.0.3")).endswith("ok\n")
    assert wait_until(lambda: answer(knock(house, WHOLE)).endswith("ok\n"))


def test_a_new_address_always_finds_a_place(house: WebHouse) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(knock(house))
        assert answer(knock(house, WHOLE, host="127.0.0.5")).endswith("ok\n")  # by now its half head was read
        for host in ("127.0.0.2", "127.0.0.3"):
            for _ in range(3):
                stack.enter_context(knock(house, host=host))
        stack.enter_context(knock(house, host="127.0.0.3"))
        assert answer(knock(house, WHOLE, host="127.0.0.4")).endswith("ok\n")
        assert first.recv(100).startswith(b"HTTP/1.1 408"), "the one that waited longest has made room"
        assert get(f"{house.web}/healthz").status == 200, "a proxy's connections are no one address's"


def test_half_a_head_is_not_waited_for(house: WebHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD", 0.5)
    silent, half = knock(house, b""), knock(house)
    assert answer(half).startswith("HTTP/1.1 408 Request Timeout")
    assert answer(silent) == ""
    with knock(house, WHOLE.replace(b"Connection: close\r\n", b"")) as again:
        assert wait_until(lambda: b"ok" in again.recv(65536))
        again.sendall(HALF)
        assert again.recv(100).startswith(b"HTTP/1.1 408"), "nor for that of a later request"


def test_who_reads_no_answer_is_not_written_to_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "SILENCE", 0.5)
    house = WebHouse(databases.sqlite(tmp_path), tmp_path)
    house.app.routes.append(Route("/large", lambda request: PlainTextResponse("x" * 30_000_000)))
    with house, knock(house, WHOLE.replace(b"/healthz", b"/large")) as wire:
        time.sleep(3)
        assert len(answer(wire)) < 30_000_000


def test_clients_queue_while_no_connection_is_accepted(tmp_path: Path) -> None:
    house, begun, over = WebHouse(databases.sqlite(tmp_path), tmp_path), threading.Event(), threading.Event()

    async def busy(_: Request) -> PlainTextResponse:
        begun.set()
        over.wait(300)
        return PlainTextResponse("ok\n")

    house.app.routes.append(Route("/busy", busy))
    with house, ExitStack() as stack:
        stack.callback(over.set)
        stack.enter_context(knock(house, WHOLE.replace(b"/healthz", b"/busy")))
        assert begun.wait(60)
        for _ in range(100):
            stack.enter_context(knock(house, WHOLE))


def test_who_reads_slowly_is_written_to_until_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "SILENCE", 1.5)
    house = WebHouse(databases.sqlite(tmp_path), tmp_path)
    house.app.routes.append(Route("/large", lambda request: PlainTextResponse("x" * 30_000_000)))
    with house, knock(house, WHOLE.replace(b"/healthz", b"/large")) as wire:
        for _ in range(30):
            time.sleep(0.15)
            wire.recv(30_000)
        assert len(answer(wire)) > 29_000_000


def test_behind_a_proxy_each_address_has_its_own_requests_counted(house: WebHouse) -> None:
    body = b"POST /new HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 9\r\n"
    forwarded = b"X-Forwarded-For: 198.51.100.1, 203.0.113.7\r\n"
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(knock(house, body + forwarded + b"\r\n", host="127.0.0.1"))
        ask = WHOLE[:-2] + forwarded + b"\r\n"
        assert wait_until(lambda: answer(knock(house, ask, host="127.0.0.1")).startswith("HTTP/1.1 503"))
        refused = answer(knock(house, ask, host="127.0.0.1"))
        assert "Very many people are here just now" in refused
        assert "Retry-After: 10".lower() in refused.lower()
        other = ask.replace(b"203.0.113.7", b"203.0.113.8")
        assert answer(knock(house, other, host="127.0.0.1")).endswith("ok\n")
        assert answer(knock(house, ask, host="127.0.0.9")).endswith("ok\n"), (
            "who is no proxy of ours says nothing"
        )


def test_only_the_nearest_address_that_is_no_proxy_counts() -> None:
    proxies = Proxies(["10.0.0.0/8", "127.0.0.1/32"])
    assert proxies.client("192.0.2.1", "203.0.113.7") == "192.0.2.1"
    assert proxies.client("127.0.0.1", "203.0.113.7") == "203.0.113.7"
    assert proxies.client("127.0.0.1", "198.51.100.1, 203.0.113.7, 10.1.2.3") == "203.0.113.7"
    assert proxies.client("127.0.0.1", "nonsense") == "127.0.0.1"
    assert proxies.client("127.0.0.1", "") == "127.0.0.1"
    assert proxies.has("::ffff:127.0.0.1")


class Guest:
    """A client that has been idle for so long."""

    def __init__(self, idle: float | None) -> None:
        self.seconds, self.gone = idle, False

    def idle(self) -> float | None:
        return self.seconds

    def let_go(self) -> None:
        self.gone = True


def test_who_is_served_keeps_the_place_and_the_idlest_of_the_largest_address_goes() -> None:
    places: Connections[Guest] = Connections(4, 3)
    busy, short, long, other = Guest(None), Guest(1.0), Guest(20.0), Guest(90.0)
    for guest, host in ((busy, "a"), (short, "a"), (long, "a"), (other, "b")):
        places.add(guest, host)
    assert places.full("a") == "host"
    assert places.full("c") == ""
    assert [guest.gone for guest in (busy, short, long, other)] == [False, False, True, False]
    places.add(Guest(None), "c")
    places.tidy()
    assert (other.gone, short.gone) == (True, False), "while places run short, ten seconds are enough"
    places.add(Guest(None), "d")
    short.seconds = None
    assert places.full("e") == "all"


def test_of_ipv6_a_whole_network_is_one_address() -> None:
    places: Connections[Guest] = Connections(10, 2)
    for host in ("2001:db8::1", "2001:db8::2:3:4:5"):
        places.add(Guest(0.0), host)
    assert places.full("2001:db8::9") == "host"
    assert places.full("2001:db8:0:1::9") == ""
    assert network("::ffff:192.0.2.1") == network("192.0.2.1") == "192.0.2.1"


def test_what_goes_wrong_again_and_again_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    faults, full = LoopFaults("web"), OSError(errno.EMFILE, "Too many open files")
    loop = asyncio.new_event_loop()
    for _ in range(1000):
        faults(loop, {"message": "socket.accept() out of system resource", "exception": full})
    loop.close()
    (line,) = caplog.records
    assert "out of system resource" in line.getMessage()
    assert line.exc_info is None


def test_what_was_not_said_of_it_is_counted_when_it_is_said_again(caplog: pytest.LogCaptureFixture) -> None:
    faults, loop = LoopFaults("web"), asyncio.new_event_loop()
    for _ in range(4):
        faults(loop, {"message": "lost", "exception": OSError()})
    faults._next.clear()  # a minute later
    faults(loop, {"message": "lost", "exception": OSError()})
    loop.close()
    assert [line.getMessage() for line in caplog.records] == [
        "lost (OSError)",
        "lost (OSError), and 3 times since last said",
    ]
