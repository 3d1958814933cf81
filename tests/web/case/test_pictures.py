"""Pictures on the page of a case: seen where they were sent, small, and never more than a picture."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from channels.web.pages import downloads
from channels.web.pictures import thumbnailer, thumbnails
from channels.web.pictures.thumbnails import Thumbnails
from tests.support.houses.browser import ANA, DESK, Page, WebHouse, case_link, get
from tests.support.houses.house import until
from tests.support.houses.pictures import PLACE, SVG, bomb, flat, photograph, screenshot
from tests.support.setup.fixtures import open_on_each_database

house = open_on_each_database(WebHouse)


def shown(house: WebHouse, **files: bytes) -> Page:
    """The page of a case to which Ana has sent files."""
    house.send(
        ANA,
        DESK,
        "No delivery",
        "Look.",
        files={name.replace("_", "."): data for name, data in files.items()},
    )
    (confirmation,) = house.mails("ana@")
    return get(case_link(confirmation))


def pictures(page: Page) -> list[dict[str, str]]:
    return [have for tag, have in page.tags if tag == "img"]


def fetched(page: Page, link: str) -> tuple[bytes, dict[str, str]]:
    """What is at a link of the page, and the headers that it comes with."""
    with urllib.request.urlopen(urllib.request.Request(page.url.rpartition("/")[0] + "/" + link)) as answer:
        return answer.read(), {name.lower(): value for name, value in answer.headers.items()}


def links(page: Page) -> list[str]:
    return [have["href"] for tag, have in page.tags if tag == "a" and "href" in have]


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_seen_where_it_was_sent_and_opens_large(house: WebHouse, format: str) -> None:
    data = screenshot(format)
    page = shown(house, what_bin=data)
    (picture,) = pictures(page)
    assert (picture["alt"], picture["width"], picture["height"]) == ("what.bin", "320", "200")
    assert picture["loading"] == "lazy"
    small, headers = fetched(page, picture["src"])
    assert headers["content-type"] == "image/webp"
    assert Image.open(BytesIO(small)).size == (640, 400)
    (large,) = {link for link in links(page) if "/picture/" in link}
    whole, headers = fetched(page, large)
    assert whole == data
    assert headers["content-type"] == f"image/{format.lower()}"
    assert headers["content-disposition"].startswith("inline")
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "sandbox"} <= set(policy)
    assert not [rule for rule in policy if rule.startswith(("script", "img", "connect", "frame-src"))]
    assert "img-src 'self';" in page.headers["Content-Security-Policy"]


def test_a_photograph_of_a_phone_is_light_upright_and_says_not_where_it_was_taken(house: WebHouse) -> None:
    data = photograph(orientation=6)
    assert len(data) > 2_000_000
    assert PLACE in Image.open(BytesIO(data)).getexif()
    page = shown(house, photo_jpg=data)
    (picture,) = pictures(page)
    assert (picture["width"], picture["height"]) == ("180", "240")
    small, _ = fetched(page, picture["src"])
    image = Image.open(BytesIO(small))
    assert (image.size, dict(image.getexif())) == ((360, 480), {})
    assert len(small) < 100_000


@pytest.mark.parametrize(
    "data",
    [SVG, b"<html><script>alert(1)</script>", b"BM" + bytes(500), b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0",
     bomb(), bomb(2, 60_000), screenshot("TIFF"), b""],
)  # fmt: skip
def test_what_is_no_picture_or_too_large_a_one_is_a_download(house: WebHouse, data: bytes) -> None:
    page = shown(house, picture_png=data, other_txt=b"words")
    assert pictures(page) == []
    assert not [link for link in links(page) if "/picture/" in link]
    for link in links(page):
        if "/file/" in link:
            _, headers = fetched(page, link.replace("/file/", "/picture/"))
            assert headers["content-disposition"].startswith("attachment")
            assert headers["content-type"] == "application/octet-stream"


def test_a_picture_that_breaks_off_shows_what_there_is_and_harms_nobody(house: WebHouse) -> None:
    page = shown(house, broken_jpg=photograph(800, 600)[:30_000], noise_png=screenshot()[:40] + bytes(3000))
    assert [picture["alt"] for picture in pictures(page)] == ["broken.jpg", "noise.png"]
    small, _ = fetched(page, pictures(page)[0]["src"])
    assert Image.open(BytesIO(small)).size == (640, 480)
    for _ in range(3):
        noise, headers = fetched(page, pictures(page)[1]["src"])
        assert headers["content-type"] == "image/svg+xml"
        assert noise.startswith(b"<svg "), "a drawing stands for it"


def test_pictures_are_for_whoever_reads_the_case(house: WebHouse) -> None:
    page = shown(house, what_png=screenshot())
    other = shown(house, other_png=screenshot(words="Another"))
    (mine,), (theirs,) = pictures(page), pictures(other)
    number = theirs["src"].rpartition("/")[2]
    for way in ("thumbnail", "picture", "file"):
        foreign = f"{page.url}/{way}/{number}"
        assert get(foreign).status == 404, way
    assert get(page.url + "x/thumbnail/" + mine["src"].rpartition("/")[2]).status == 404


def test_without_pillow_small_pictures_are_shown_themselves(
    house: WebHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = screenshot(), photograph()
    monkeypatch.setitem(sys.modules, "PIL", None)
    page = shown(house, small_png=small, large_jpg=large)
    (picture,) = pictures(page)
    assert picture["alt"] == "small.png"
    assert fetched(page, picture["src"])[0] == small
    assert len([link for link in links(page) if "/picture/" in link]) == 2, "a large one opens by its name"


def test_a_picture_that_was_made_once_waits_for_no_other(
    house: WebHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = shown(house, **{f"no{number}_png": screenshot(words=f"Error {number}") for number in range(4)})
    first, *others = (picture["src"] for picture in pictures(page))
    small, _ = fetched(page, first)
    monkeypatch.setattr(sys, "executable", busy_machine(tmp_path))
    with ThreadPoolExecutor(3) as readers:
        waiting = [readers.submit(fetched, page, other) for other in others]
        try:
            until(lambda: len(list(tmp_path.glob("begun.*"))) == 1)
            assert fetched(page, first)[0] == small
            assert not any(other.done() for other in waiting)
            assert len(list(tmp_path.glob("begun.*"))) == 1, "one at a time"
        finally:
            (tmp_path / "go").touch()
        assert all(Image.open(BytesIO(other.result()[0])).size == (640, 400) for other in waiting)


def busy_machine(folder: Path) -> str:
    """A Python that says that it was started, and begins when the file ``go`` is there."""
    program = folder / "python"
    lines = ("#!/bin/sh", f'/usr/bin/mktemp "{folder}/begun.XXXXXX" >&2')
    lines = (
        *lines,
        f'while [ ! -e "{folder}/go" ]; do /bin/sleep 0.1; done',
        f'exec "{sys.executable}" "$@"',
    )
    program.write_text("\n".join(lines))
    program.chmod(0o755)
    return str(program)


def test_what_could_not_be_made_on_a_busy_machine_is_made_later(
    house: WebHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = shown(house, what_png=screenshot())
    (picture,) = pictures(page)
    with monkeypatch.context() as machine:
        machine.setattr(sys, "executable", str(tmp_path / "no process can be started"))
        assert fetched(page, picture["src"])[1]["content-type"] == "image/svg+xml"
    assert Image.open(BytesIO(fetched(page, picture["src"])[0])).size == (640, 400)


@pytest.mark.parametrize("end", ["exec /bin/sleep 60", "kill -9 $$", "exit 1"])
def test_a_thumbnail_that_failed_is_not_tried_again(
    house: WebHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    page = shown(house, what_png=screenshot())
    (picture,) = pictures(page)
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\n/usr/bin/mktemp "{tmp_path}/begun.XXXXXX" >&2\n{end}\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(thumbnails, "PATIENCE", 1.0)
    for _ in range(3):
        assert fetched(get(page.url), picture["src"])[1]["content-type"] == "image/svg+xml"
    assert len(list(tmp_path.glob("begun.*"))) == 1


def test_a_picture_that_needs_much_memory_is_shown_by_a_drawing_and_holds_no_memory(house: WebHouse) -> None:
    memory = house.app.memory
    page = shown(house, one_png=flat(7000, 7000, bits=16), two_png=flat(7000, 7000), small_png=screenshot())
    first, second, small = (picture["src"] for picture in pictures(page))
    for _ in range(2):
        assert fetched(page, small)[1]["content-type"] == "image/webp"
        for source in (first, second):
            assert fetched(page, source)[1]["content-type"] == "image/svg+xml"
        assert memory.free == memory.size


@pytest.mark.parametrize(
    "data",
    [screenshot(width=3840, height=2160), screenshot("GIF", width=3840, height=2160),
     screenshot("WEBP", width=1920, height=1080), photograph(8000, 6000)], ids=["png", "gif", "webp", "jpeg"],
)  # fmt: skip
def test_a_large_ordinary_picture_has_a_thumbnail(house: WebHouse, data: bytes) -> None:
    page = shown(house, what_png=data)
    small, _ = fetched(page, pictures(page)[0]["src"])
    made, whole = Image.open(BytesIO(small)).convert("RGB"), Image.open(BytesIO(data))
    whole.draft("RGB", (1280, 960))  # of a JPEG
    whole = whole.convert("RGB")
    whole.thumbnail((640, 480))
    assert made.size == whole.size
    difference = ImageStat.Stat(ImageChops.difference(made.reduce(16), whole.reduce(16)))
    assert max(difference.mean) < 4, "it looks like the picture"


def test_a_thumbnail_waits_for_free_memory_and_keeps_no_mail_waiting(
    house: WebHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = shown(house, what_png=screenshot())
    (picture,) = pictures(page)
    monkeypatch.setattr(downloads, "PATIENCE", 0.5)
    memory, link = house.app.memory, page.url.rpartition("/")[0] + "/" + picture["src"]
    with memory.try_reserve(memory.size):
        assert get(link).status == 503
        assert not memory._waiting
    assert fetched(page, picture["src"])[1]["content-type"] == "image/webp"
    assert memory.free == memory.size


def test_requests_for_thumbnails_that_wait_for_memory_give_up_together(
    house: WebHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = shown(house, **{f"no{number}_png": screenshot(words=f"Error {number}") for number in range(12)})
    monkeypatch.setattr(downloads, "PATIENCE", 4.0)
    memory, folder = house.app.memory, page.url.rpartition("/")[0]
    links = [f"{folder}/{picture['src']}" for picture in pictures(page)]
    with memory.try_reserve(memory.size), ThreadPoolExecutor(len(links)) as readers:
        asked = [readers.submit(status, link) for link in links]
        answers = {answer.result(35) for answer in asked}
    assert answers == {503}, "one after another, they would wait for 48 seconds"
    assert memory.free == memory.size
    assert {fetched(page, picture["src"])[1]["content-type"] for picture in pictures(page)} == {"image/webp"}


def status(link: str) -> int:
    """Return the status of the answer; 0 if none comes in 30 seconds."""
    try:
        with urllib.request.urlopen(link, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except TimeoutError:
        return 0


def test_no_thumbnail_stays_in_memory_when_its_file_is_erased(tmp_path: Path) -> None:
    thumbnails = Thumbnails()
    files = [tmp_path / name for name in ("one", "other")]
    sizes = []
    for file in files:
        file.write_bytes(screenshot(words=file.name))
        assert thumbnails.of(file).data
        sizes.append(thumbnails.size)
        file.unlink()
    assert 0 < sizes[1] < 1.5 * sizes[0]
    assert not thumbnails.of(files[1]).data
    assert thumbnails.size == 0


def test_making_a_thumbnail_goes_after_all_else_and_dies_first_where_memory_runs_out(tmp_path: Path) -> None:
    pipe = tmp_path / "picture"
    os.mkfifo(pipe)
    command = [sys.executable, "-I", thumbnailer.__file__, str(pipe), "image/png", "64", "48"]
    behind = min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as making:
        try:
            until(lambda: Path(f"/proc/{making.pid}/oom_score_adj").read_text() == "1000\n")
            until(lambda: os.getpriority(os.PRIO_PROCESS, making.pid) == behind)
        finally:
            making.kill()
