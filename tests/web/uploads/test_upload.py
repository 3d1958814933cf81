"""The upload page: files of any size come to a case, whole or not at all, and everybody hears of it who should."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import re
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.workers import lease_renewal
from store.cases import attachment as attachments
from store.engine.transaction import Transaction
from tests.store.test_query_plans import FEW, told
from tests.support.houses.browser import ANA, DESK, Page, WebHouse, case_link, get, post, send_files
from tests.support.houses.house import until, words
from tests.support.setup import databases
from tests.support.setup.fixtures import open_on_each_database


@dataclass(frozen=True)
class IsAttached:
    """What the lease renewal asks before it forgets a file."""

    sha256: str

    def answer(self, tx: Transaction) -> bool:
        return attachments.is_attached(tx, self.sha256)


house = open_on_each_database(WebHouse)


def opened(house: WebHouse) -> str:
    """Ana's link to the page of her case."""
    house.send(ANA, DESK, "No delivery", "It stopped yesterday.")
    (confirmation,) = house.mails("ana@")
    house.mails("sam@")
    house.mails("max@")
    return case_link(confirmation)


def upload_link(page: Page) -> str:
    (link,) = {have["href"] for tag, have in page.tags if tag == "a" and "/upload/" in have.get("href", "")}
    return link


def put(link: str, draft: str, data: bytes, *, start: int, total: int, **headers: str) -> tuple[int, Any]:
    """Send a piece; the status, and what the server says."""
    place = urlsplit(link)
    client = http.client.HTTPConnection(place.netloc, timeout=60)
    said = {"Content-Range": f"bytes {start}-{start + len(data) - 1}/{total}"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    client.request("PUT", f"{place.path}/{draft}", data, said | named)
    answer = client.getresponse()
    body = answer.read()
    client.close()
    return answer.status, json.loads(body) if body.startswith(b"{") else body


def digest(data: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"


def scratch(house: WebHouse) -> list[str]:
    return sorted(os.listdir(house.folder / "files" / "tmp"))


def stored(house: WebHouse) -> int:
    return sum(path.is_file() for path in (house.folder / "files").glob("??/*"))


def test_files_are_sent_from_the_page_and_everybody_hears_of_it_story(house: WebHouse) -> None:
    link = upload_link(get(opened(house)))
    page = get(link)
    assert page.status == 200
    assert "CS-000001" in page.words
    assert "No delivery" not in page.words, "an upload link may be passed on: it shows the number only"
    assert "ana@acme.example" not in page.words
    files = {"app.log": b"x" * 2_000_000, "größe.csv": b"a;b"}
    done = send_files(link, page.forms["attach"], files)
    assert done.status == 200
    assert "Your files have been added to the case." in done.words
    assert "app.log 2.0 MB" in done.words
    (told,) = house.mails("sam@")
    assert "app.log" in words(told)
    entry = house.case().entries[-1]
    assert [(file.name, file.size) for file in entry.files] == [("app.log", 2_000_000), ("größe.csv", 3)]
    assert entry.channel == "web"
    assert house.history() == ["opened", "attached"]
    assert scratch(house) == []
    assert house.nothing("ana@")


def test_a_form_attaches_once_however_often_it_is_pressed(house: WebHouse) -> None:
    link = upload_link(get(opened(house)))
    form = get(link).forms["attach"]
    for _ in range(3):
        assert "have been added" in send_files(link, form, {"a.txt": b"one"}).words
    other = send_files(link, form, {"a.txt": b"two"})
    assert other.status == 422
    assert "Something else has been sent" in other.words
    assert house.history() == ["opened", "attached"]
    again = send_files(link, other.forms["attach"])
    assert "have been added" in again.words, "what came with the form that was refused is still here"
    assert [file.name for entry in house.case().entries for file in entry.files] == ["a.txt", "a.txt"]


def test_nothing_chosen_is_said(house: WebHouse) -> None:
    link = upload_link(get(opened(house)))
    page = send_files(link, get(link).forms["attach"])
    assert page.status == 422
    assert "choose at least one file" in page.words
    assert post(link, page.forms["attach"]).status == 400
    assert house.history() == ["opened"]


def test_a_file_comes_in_pieces_and_goes_on_where_it_broke_off_story(house: WebHouse) -> None:
    link = upload_link(get(opened(house)))
    data = os.urandom(3_000_000)
    total = len(data)
    assert json.loads(get(f"{link}/f1234567").html) == {"have": 0}
    assert put(link, "f1234567", data[:1_000_000], start=0, total=total) == (200, {"have": 1_000_000})
    assert put(link, "f1234567", data[500_000:], start=500_000, total=total) == (409, {"have": 1_000_000})
    assert json.loads(get(f"{link}/f1234567").html) == {"have": 1_000_000}
    form = get(link).forms["attach"]
    half = send_files(link, {**form, "sent": f"f1234567/{total}/dump.bin"})
    assert half.status == 422
    assert "not here in full" in half.words
    assert house.history() == ["opened"]
    last = put(link, "f1234567", data[1_000_000:], start=1_000_000, total=total, Repr_Digest=digest(data))
    assert last == (200, {"have": total})
    done = send_files(link, {**form, "sent": f"f1234567/{total}/dump.bin"})
    assert "have been added" in done.words
    (file,) = house.case().entries[-1].files
    assert (file.name, file.size, file.sha256) == ("dump.bin", total, hashlib.sha256(data).hexdigest())
    assert scratch(house) == []


def test_what_did_not_arrive_as_it_was_sent_is_told_and_not_kept(house: WebHouse) -> None:
    link = upload_link(get(opened(house)))
    assert put(link, "f1234567", b"good", start=0, total=8, Content_Digest=digest(b"good"))[0] == 200
    status, said = put(link, "f1234567", b"evil", start=4, total=8, Content_Digest=digest(b"good"))
    assert (status, said["have"], said["why"]) == (422, 4, "bent")
    status, said = put(link, "f1234567", b"evil", start=4, total=8, Repr_Digest=digest(b"goodgood"))
    assert (status, said["have"]) == (422, 0)
    assert "kept nothing of it" in said["words"]
    assert scratch(house) == []


def test_pieces_that_make_no_sense(house: WebHouse) -> None:
    link = upload_link(get(opened(house)))
    assert put(link, "f1234567", b"x", start=5, total=3)[0] == 400
    assert put(link, "f1234567", b"x", start=0, total=3, Content_Range="lines 1-2")[0] == 400
    assert put(link, "..%2f..%2fx", b"x", start=0, total=1)[0] == 404
    assert put(f"{link}x", "f1234567", b"x", start=0, total=1)[0] == 404
    assert put(link, "f1234567", b"abcdef", start=0, total=6, Content_Range="bytes 0-2/6")[1] == {"have": 3}
    for word in ("../../x/3/a", "f1234567/-1/a", "f1234567/7/a", "nonsense", f"f1234567/{'9' * 5000}/a"):
        assert send_files(link, {**get(link).forms["attach"], "sent": word}).status == 422
    assert house.history() == ["opened"]


def test_limits_are_kept_and_said(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEBOT_WEB__UPLOAD_MAX", "1000000")
    monkeypatch.setenv("CASEBOT_LIMITS__UPLOADS_PER_ACCOUNT", "2500000")
    with WebHouse(url, tmp_path) as house:
        link = upload_link(get(opened(house)))
        page = get(link)
        assert "up to 1.0 MB each" in page.words
        large = send_files(link, page.forms["attach"], {"small.txt": b"x", "large.bin": b"x" * 20_000_000})
        assert large.status == 413
        assert "large.bin: This file is larger than what we take" in large.words
        assert "small.txt" in large.words
        assert sum(path.stat().st_size for path in (tmp_path / "files").rglob("*") if path.is_file()) < 2
        status, said = put(link, "f1234567", b"x", start=0, total=1_000_001)
        assert (status, said["have"]) == (413, 0)
        assert "larger than what we take" in said["words"]
        files = {f"{n}.bin": os.urandom(900_000) for n in range(2)}
        assert "have been added" in send_files(link, get(link).forms["attach"], files).words
        day = send_files(link, get(link).forms["attach"], {"3.bin": b"x" * 900_000})
        assert day.status == 413
        assert "as much today as we take in a day" in day.words
        assert "as much today" in put(link, "f1234567", b"x" * 900_000, start=0, total=900_000)[1]["words"]
        assert house.history() == ["opened", "attached"]


def test_without_room_nothing_is_kept_and_that_is_said(tmp_path: Path) -> None:
    with WebHouse(databases.sqlite(tmp_path), tmp_path) as house:
        link = upload_link(get(opened(house)))
        house.app.drafts.free = lambda: -1  # type: ignore[method-assign]
        full = send_files(link, get(link).forms["attach"], {"a.bin": b"x" * 100_000})
        assert full.status == 507
        assert "no room for this just now" in full.words
        assert put(link, "f1234567", b"x", start=0, total=1)[0] == 507
        assert scratch(house) == []


def test_a_body_that_breaks_off_leaves_nothing(house: WebHouse) -> None:
    link = upload_link(get(opened(house)))
    place = urlsplit(link)
    nonce = get(link).forms["attach"]["nonce"]
    client = http.client.HTTPConnection(place.netloc, timeout=60)
    client.putrequest("POST", place.path)
    client.putheader("Content-Type", "multipart/form-data; boundary=x")
    client.putheader("Content-Length", "9000000")
    client.endheaders()
    head = 'Content-Disposition: form-data; name="{}"{}\r\n\r\n'
    client.send(f"--x\r\n{head.format('nonce', '')}{nonce}\r\n--x\r\n".encode())
    client.send(head.format("files", '; filename="a.bin"').encode() + b"x" * 3_000_000)
    deadline = time.monotonic() + 20
    while not scratch(house) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert scratch(house)
    client.close()
    while scratch(house) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert scratch(house) == []
    assert stored(house) == 0
    assert house.history() == ["opened"]


def test_the_link_ends_with_the_case(house: WebHouse) -> None:
    case = opened(house)
    link = upload_link(get(case))
    get(case).send("close")
    assert get(link).status == 410
    assert send_files(link, {"action": "attach"}, {"a": b"x"}).status == 410
    assert put(link, "f1234567", b"x", start=0, total=1)[0] == 410
    assert not [tag for tag, have in get(case).tags if "/upload/" in have.get("href", "")]


def test_an_upload_link_opens_nothing_else(house: WebHouse) -> None:
    token = upload_link(get(opened(house))).rpartition("/")[2]
    for purpose in ("case", "my", "new", "survey", "mail"):
        assert get(f"{house.web}/{purpose}/{token}").status == 404


def test_what_was_cut_off_is_swept_after_an_hour(house: WebHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    link = upload_link(get(opened(house)))
    put(link, "f1234567", b"half", start=0, total=8)
    assert len(scratch(house)) == 1
    monkeypatch.setattr(lease_renewal, "FORGETS_EVERY", 1)
    house.pass_time(minutes=50)
    assert put(link, "f1234567", b"more", start=4, total=9)[1] == {"have": 8}
    house.pass_time(minutes=70)
    assert until(lambda: not scratch(house))
    assert json.loads(get(f"{link}/f1234567").html) == {"have": 0}


def test_nothing_that_an_upload_asks_the_store_reads_a_table_from_end_to_end(tmp_path: Path) -> None:
    with WebHouse(databases.sqlite(tmp_path), tmp_path) as house:
        case = opened(house)
        asked = told(house)
        link = upload_link(get(case))
        page = send_files(link, get(link).forms["attach"], {"a.txt": b"one"})
        get(next(have["href"] for _, have in get(case).tags if "/my/" in have.get("href", "")))
        house.app.desk.ask(IsAttached("0" * 64))
        assert page.status == 200
    with closing(sqlite3.connect(tmp_path / "casebot.db")) as store:
        plans = {
            sql: [row[3] for row in store.execute(f"EXPLAIN QUERY PLAN {sql}", asked[sql])]
            for sql in asked
            if re.match("SELECT|UPDATE|DELETE|INSERT", sql)
        }
    scans = {sql: step for sql, plan in plans.items() for step in plan if step.startswith("SCAN")}
    assert len(plans) > 20
    assert not {sql: step for sql, step in scans.items() if step.split()[1] not in FEW}
