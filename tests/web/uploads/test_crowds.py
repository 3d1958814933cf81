"""Many senders on one page: together they have what one of them would have, and no more."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from channels.web.pages import new_case
from channels.web.uploads import incoming
from rehearsal.meanwhile import meanwhile
from tests.support.houses.browser import WebHouse, get, send_files
from tests.support.setup import databases
from tests.web.test_new_case import filled
from tests.web.uploads.test_upload import opened, put, scratch, upload_link


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebHouse]:
    monkeypatch.setenv("CASEBOT_LIMITS__UPLOADS_PER_ACCOUNT", "5000000")
    with WebHouse(databases.sqlite(tmp_path), tmp_path) as standing:
        yield standing


def lying(house: WebHouse) -> int:
    size = 0
    for path in (house.folder / "files" / "tmp").iterdir():
        with suppress(FileNotFoundError):
            size += path.stat().st_size
    return size


def test_thirty_uploads_at_once_have_the_day_of_one(house: WebHouse) -> None:
    link = upload_link(get(opened(house)))
    most = 0

    def watch() -> None:
        nonlocal most
        most = max(most, lying(house))

    def send(n: int) -> int:
        if n % 2:
            return put(link, f"f123456{n:02}", b"x" * 2_000_000, start=0, total=2_000_000)[0]
        return send_files(link, {"action": "attach", "nonce": ""}, {f"{n}.bin": b"x" * 2_000_000}).status

    with meanwhile(watch, every=0.005), ThreadPoolExecutor(30) as crowd:
        statuses = set(crowd.map(send, range(30)))
    assert 0 < most <= 5_000_000
    assert lying(house) <= 5_000_000
    assert statuses <= {200, 413, 422}
    assert 413 in statuses


def test_a_promise_that_was_not_kept_takes_nobodys_room(house: WebHouse) -> None:
    link = upload_link(get(opened(house)))
    half = {"Content_Range": "bytes 0-2999999/4000000"}
    assert put(link, "f1234567", b"x", start=0, total=1, **half)[1] == {"have": 1}
    assert put(link, "f7654321", b"x" * 4_000_000, start=0, total=4_000_000)[0] == 200
    assert put(link, "f1234567", b"x" * 999_999, start=1, total=1_000_000)[0] == 200
    assert put(link, "f1234568", b"x", start=0, total=1)[0] == 413


def test_only_so_many_files_wait_however_small_they_are(
    house: WebHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "MOST_DRAFTS", 25)
    monkeypatch.setattr(new_case, "MOST_DRAFTS", 25)
    link = f"{house.web}/new"
    for _ in range(3):
        form = filled(get(link), address="nobody")
        page = send_files(link, form, {f"{n}.txt": b"" for n in range(20)})
    assert len(scratch(house)) == 25
    assert page.status == 507
    assert "no room for this just now" in page.words
    assert send_files(link, filled(get(link), address="zoe@other.example")).status == 200, "without files"
    upload = upload_link(get(opened(house)))
    for n in range(30):
        status = put(upload, f"f12345{n:02}", b"x", start=0, total=1)[0]
        assert status == (200 if n < 25 else 507)
    assert put(upload, "f1234500", b"x", start=1, total=2)[0] == 200, "one that is here is gone on with"


@pytest.mark.parametrize("theirs", ["198.51.100.7", "2001:db8:1:2::3"])
def test_strangers_of_one_network_leave_room_for_all_others(house: WebHouse, theirs: str) -> None:
    link = f"{house.web}/new"
    for _ in range(4):
        form = filled(get(link), address="nobody")
        page = send_files(link, form, {f"{n}.txt": b"" for n in range(280)}, X_Forwarded_For=theirs)
    assert (page.status, "no room for this just now" in page.words) == (507, True)
    assert len(scratch(house)) == 100
    form = filled(get(link), address="zoe@other.example")
    page = send_files(link, form, {"app.log": b"log"}, X_Forwarded_For="203.0.113.9")
    assert (page.status, "Your case is CS-000001" in page.words) == (200, True)


def test_strangers_of_one_network_fill_a_tenth_of_the_room(
    house: WebHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_case, "MOST_WAITING", 2_000_000)
    link = f"{house.web}/new"
    for name, status in (("a.bin", 422), ("b.bin", 507)):
        form = filled(get(link), address="nobody")
        page = send_files(link, form, {name: b"x" * 150_000}, X_Forwarded_For="198.51.100.7")
        assert page.status == status
    form = filled(get(link), address="zoe@other.example")
    page = send_files(link, form, {"app.log": b"x" * 150_000}, X_Forwarded_For="203.0.113.9")
    assert page.status == 200


def test_a_form_that_is_none_leaves_no_files(house: WebHouse) -> None:
    link = f"{house.web}/new"
    assert send_files(link, {"action": "close"}, {"a.txt": b"a"}).status == 400
    assert (
        send_files(link, {"action": "open"} | {f"x{n}": "" for n in range(400)}, {"a.txt": b"a"}).status
        == 413
    )
    upload = upload_link(get(opened(house)))
    assert send_files(upload, {"action": "close"}, {"a.txt": b"a"}).status == 400
    assert _cut_short(link) == 400
    assert scratch(house) == []


def _cut_short(link: str) -> int:
    """A form whose first file is whole, and whose second one has no end."""
    head = 'Content-Disposition: form-data; name="files"; filename="{}"\r\n\r\n'
    body = f"--xYx\r\n{head.format('a.txt')}a\r\n--xYx\r\n{head.format('b.txt')}b"
    with closing(http.client.HTTPConnection(urlsplit(link).netloc, timeout=60)) as line:
        line.request("POST", "/new", body, {"Content-Type": "multipart/form-data; boundary=xYx"})
        return line.getresponse().status


def test_a_small_file_waits_for_the_large_one_that_is_sent_after_it(house: WebHouse) -> None:
    link = upload_link(get(opened(house)))
    put(link, "f1234567", b"log", start=0, total=3)
    (file,) = (house.folder / "files" / "tmp").iterdir()
    before = file.stat().st_mtime
    put(link, "f7654321", b"half", start=0, total=8)
    assert file.stat().st_mtime > before
    form = {**get(link).forms["attach"], "sent": "f1234567/3/app.log"}
    before = file.stat().st_mtime
    send_files(link, form | {"nonce": ""}, {"large.bin": b"x" * 2_000_000})
    assert file.stat().st_mtime > before
