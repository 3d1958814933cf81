"""Forms release their memory, whether they are handled, refused, abandoned or cannot be saved."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from channels.web.http import body_stream
from tests.support.houses.browser import WebHouse, get, post, send_files
from tests.support.houses.house import until
from tests.web.uploads.test_upload import opened

MANY = 20
"""Large forms that together need more memory than all forms may hold."""
LARGE = {"more": "x" * 950_000}


def send_large_form(link: str) -> int:
    """Send a large form without an error and return the status of its answer."""
    return get(link).send("reply", text="It is back.", **LARGE).status


def break_saving(house: WebHouse) -> None:
    with closing(sqlite3.connect(house.folder / "casebot.db")) as store:
        store.execute("CREATE TRIGGER fault BEFORE INSERT ON receipt BEGIN SELECT RAISE(ABORT, 'fault'); END")


def repair_saving(house: WebHouse) -> None:
    with closing(sqlite3.connect(house.folder / "casebot.db")) as store:
        store.execute("DROP TRIGGER fault")


def test_handled_forms_release_their_memory(house: WebHouse) -> None:
    link = opened(house)
    assert [send_large_form(link) for _ in range(MANY)] == [200] * MANY


def test_refused_forms_release_their_memory(house: WebHouse) -> None:
    link = opened(house)
    form = {**get(link).forms["reply"], **LARGE}
    parts = {**form, "text": " "}
    for _ in range(MANY):
        assert post(link, {**form, "text": " "}).status == 422
        assert send_files(link, parts).status == 422
        assert post(link, {**form, "action": "nonsense"}).status == 400
        assert post(link, form, Content_Type="text/plain").status == 400
        assert post(link, {**form, "text": "x" * body_stream.LARGEST}).status == 413
    assert send_large_form(link) == 200


def test_forms_that_cannot_be_saved_release_their_memory(house: WebHouse) -> None:
    link = opened(house)
    break_saving(house)
    page = get(link)
    for _ in range(MANY):
        shown = page.send("reply", text="Keep this.", **LARGE)
        assert (shown.status, shown.forms["reply"]["text"]) == (503, "Keep this.")
    repair_saving(house)
    assert send_large_form(link) == 200


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_abandoned_forms_release_their_memory(house: WebHouse, kind: str) -> None:
    link = opened(house)
    place = urlsplit(link)
    part = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' if "multipart" in kind else b"text="
    head = f"POST {place.path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: 990000\r\n\r\n"
    for _ in range(MANY):
        with socket.create_connection((place.hostname, place.port), timeout=60) as wire:
            wire.sendall(head.encode() + part + b"x" * 950_000)
    assert until(lambda: send_large_form(link) == 200)
