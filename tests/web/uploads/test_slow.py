"""Senders who never come to an end: nobody is listened to for ever, and without a link of ours not at all."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message

from channels import connections
from channels.web.http import body_stream
from channels.web.uploads import multipart
from tests.support.houses.browser import WebHouse, get, send_files
from tests.web.uploads.test_upload import opened, put, scratch, upload_link

FORM = "application/x-www-form-urlencoded"
FILES = "multipart/form-data; boundary=x"


def begun(link: str, kind: str, method: str = "POST", **headers: str) -> socket.socket:
    """The head of a request whose body is to come."""
    place = urlsplit(link)
    wire = socket.create_connection((str(place.hostname), place.port or 80), timeout=60)
    said = {"Host": place.netloc, "Content-Type": kind, "Content-Length": "90000000", **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in said.items())
    wire.sendall(f"{method} {place.path} HTTP/1.1\r\n{lines}\r\n".encode())
    return wire


def status(wire: socket.socket) -> int:
    code = int(wire.recv(12).decode().split()[1])
    wire.close()
    return code


def dripping(wire: socket.socket, seconds: float = 15.0) -> int:
    """Send a byte now and then until there is an answer; its status, or 0."""
    end = time.monotonic() + seconds
    wire.settimeout(0.1)
    while time.monotonic() < end:
        wire.sendall(b"x")
        with suppress(TimeoutError):
            return status(wire)
    return 0


def test_who_goes_silent_in_a_form_is_let_go(house: WebHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    case = opened(house)
    monkeypatch.setattr(body_stream, "SILENCE", 0.3)
    assert status(begun(case, FORM)) == 408
    assert status(begun(upload_link(get(case)), FILES)) == 408
    assert status(begun(f"{house.web}/new", FILES)) == 408


def test_a_form_that_comes_byte_by_byte_is_read_like_any(
    house: WebHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = multipart.Multipart.feed
    monkeypatch.setattr(
        multipart.Multipart, "feed", lambda form, data: [feed(form, bytes([byte])) for byte in data]
    )
    link = upload_link(get(opened(house)))
    page = send_files(link, get(link).forms["attach"], {"dump.txt": b"--x\r\nC" * 50})
    assert "Your files have been added to the case" in page.words
    (file,) = (file for entry in house.case().entries for file in entry.files)
    assert (file.name, file.size) == ("dump.txt", 300)


def test_without_a_link_of_ours_nobody_is_listened_to(house: WebHouse) -> None:
    for purpose in ("case", "survey", "solved", "upload", "new"):
        assert status(begun(f"{house.web}/{purpose}/nonsense", FORM)) == 404


def test_who_sends_a_byte_now_and_then_is_let_go(house: WebHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    case = opened(house)
    monkeypatch.setattr(body_stream, "SILENCE", 1.0)
    assert dripping(begun(case, FORM)) == 408
    upload = upload_link(get(case))
    assert dripping(begun(upload, FILES)) in (400, 408)
    piece = begun(f"{upload}/f1234567", FORM, "PUT", Content_Range="bytes 0-89999999/90000000")
    assert dripping(piece) == 408


def test_what_stands_after_the_last_file_is_not_listened_to_for_ever(house: WebHouse) -> None:
    link = f"{house.web}/new"
    head = b'--x\r\nContent-Disposition: form-data; name="action"\r\n\r\nopen\r\n--x--\r\n'
    for beginning in (head, b"\r\n"):
        with begun(link, FILES) as wire:
            wire.sendall(beginning)
            assert pushed(wire) < 10 * multipart.MOST_AROUND
    upload = upload_link(get(opened(house)))
    with begun(f"{upload}/f1234567", FORM, "PUT", Content_Range="bytes 0-0/2") as wire:
        assert pushed(wire) < 10 * multipart.MOST_AROUND
    assert put(upload, "f1234567", b"y", start=1, total=2)[1] == {"have": 2}
    assert len(scratch(house)) == 1


def pushed(wire: socket.socket) -> int:
    """Send bytes until somebody says that it is enough; how many."""
    sent = 0
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 100_000)
    while sent < 80_000_000:
        try:
            wire.sendall(b"z" * 100_000)
        except OSError:
            break
        sent += 100_000
    return sent


def test_who_is_let_go_as_their_time_runs_out_anyway_hears_so_once() -> None:
    pace = body_stream.BodyPace()

    async def stopped() -> Message:
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            pace.stop()
            raise
        raise AssertionError

    async def play() -> None:
        asyncio.get_running_loop().call_later(0.01, pace.stop)
        with pytest.raises(HTTPException) as told:
            await pace.hear(stopped)
        assert told.value.status_code == 408

    asyncio.run(play())


def test_one_connection_that_breaks_keeps_nobody_from_looking_after_the_others() -> None:
    class Broken:
        def idle(self) -> float | None:
            raise RuntimeError("broken")

        def let_go(self) -> None:
            pass

    class Idle:
        gone = False

        def idle(self) -> float | None:
            return 2 * connections.SHORT

        def let_go(self) -> None:
            self.gone = True

    idle = Idle()
    clients = connections.Connections[connections.OpenConnection](9, 9)
    clients.add(Broken(), "192.0.2.1")
    clients.add(idle, "192.0.2.2")
    clients.tidy(scarce=True)
    assert idle.gone
