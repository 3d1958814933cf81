"""The disk is full: whoever sends something hears it, and what they typed is still there."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.houses.browser import WebHouse, get, send_files
from tests.support.setup import databases
from tests.web.test_new_case import filled
from tests.web.uploads.test_upload import opened, put, scratch, upload_link

PAGE = 4096


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    """A house whose files lie on a disk of a megabyte."""
    disk = tmp_path / "files"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk of a megabyte can be made here")
    try:
        with WebHouse(databases.sqlite(tmp_path), tmp_path) as standing:
            yield standing
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def filled_up(house: WebHouse, *, left: int) -> Path:
    """Somebody else fills the disk, but for so many pages."""
    rest = house.folder / "files" / "else"
    with rest.open("wb", buffering=0) as file:
        with suppress(OSError):
            while file.write(b"x" * PAGE):
                pass
        file.truncate(file.tell() - left * PAGE)
    return rest


def test_a_small_file_that_finds_no_room_is_told_like_a_large_one(house: WebHouse) -> None:
    link = f"{house.web}/new"
    form = filled(get(link), address="zoe@other.example", text="All that I know.")
    rest = filled_up(house, left=1)
    page = send_files(link, form, {"a.txt": b"x" * 3000, "b.txt": b"y" * 3000})
    assert page.status == 507
    assert "b.txt: We have no room for this just now" in page.words
    assert page.forms["open"]["text"] == "All that I know."
    rest.unlink()
    done = send_files(link, page.forms["open"], {"b.txt": b"y" * 3000})
    assert "Your case is CS-000001" in done.words
    assert [file.name for file in house.case().entries[0].files] == ["a.txt", "b.txt"]
    assert scratch(house) == []


def test_a_small_piece_that_finds_no_room_is_told_and_sent_again(house: WebHouse) -> None:
    link = upload_link(get(opened(house)))
    assert put(link, "f1234567", b"x" * PAGE, start=0, total=2 * PAGE)[0] == 200
    rest = filled_up(house, left=2)
    place = urlsplit(link)
    client = http.client.HTTPConnection(place.netloc, timeout=60)
    client.putrequest("PUT", f"{place.path}/f1234567")
    client.putheader("Content-Range", f"bytes {PAGE}-{2 * PAGE - 1}/{2 * PAGE}")
    client.putheader("Content-Length", str(PAGE))
    client.putheader("Expect", "100-continue")  # answered once somebody listens, and there is room still
    client.endheaders()
    assert client.sock.recv(100).startswith(b"HTTP/1.1 100")
    with rest.open("ab", buffering=0) as file:
        file.write(b"x" * 2 * PAGE)
    client.send(b"y" * PAGE)
    answer = client.getresponse()
    assert answer.status == 507
    said = json.loads(answer.read())
    client.close()
    assert (said["have"], said["why"]) == (PAGE, "full")
    rest.unlink()
    assert put(link, "f1234567", b"y" * PAGE, start=PAGE, total=2 * PAGE)[1] == {"have": 2 * PAGE}
    done = send_files(link, {**get(link).forms["attach"], "sent": f"f1234567/{2 * PAGE}/a.bin"})
    assert "have been added" in done.words
