"""A brand's logo and colour: on pages and in mail, and always so that everybody can read it."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from bot.brand.palette import INK, LEGIBLE, SEEN, WHITE, changes, contrast, palette_of
from tests.support.houses.browser import ANA, DESK, WebHouse, case_link, get, post, send_files
from tests.support.houses.console import in_an_empty_folder, run, said, told
from tests.support.houses.desk import CONFIG
from tests.support.setup import databases
from tests.support.setup.chromium import chromium
from tests.web.test_accessibility import SCRIPT, findings

__all__ = ["in_an_empty_folder"]

GREEN, YELLOW = "#0a7d62", "#ffd400"
STEPS = range(0, 256, 51)
COLOURS = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in product(STEPS, repeat=3)]
LOOK = f'logo = "{{logo}}"\ncolour = "{GREEN}"\n'
BRANDS = f"""
[[mailbox]]
address = "{DESK}"
[[mailbox]]
address = "help@other.example"
name = "Other Help"
colour = "{YELLOW}"
"""
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 3"><rect width="9" height="3" fill="#0a7d62"/></svg>'


def png(width: int = 120, height: int = 40) -> bytes:
    """A picture of one colour."""
    rows = (b"\0" + b"\x0a\x7d\x62" * width) * height
    parts = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)))
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (*parts, (b"IEND", b""))
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def config(folder: Path, look: str = LOOK, *, logo: bytes | None = None, name: str = "logo.png") -> str:
    file = folder / name
    file.write_bytes(png() if logo is None else logo)
    return CONFIG.replace("gather = 0\n", f"gather = 0\n{look.format(logo=file)}") + BRANDS


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with WebHouse(databases.sqlite(tmp_path), tmp_path, config=config(tmp_path)) as standing:
        yield standing


def confirmed(house: WebHouse, box: str = DESK) -> Any:
    house.send(ANA, box, "No delivery", "It stopped.")
    return house.mails("ana@")[0]


@pytest.mark.parametrize("colour", COLOURS)
def test_whatever_the_colour_is_all_text_in_it_can_be_read(colour: str) -> None:
    palette = palette_of(colour)
    grounds = {"light": ("#ffffff", "#f3f5f7", "#f6f8fa"), "dark": ("#1d2126", "#14171b", "#242930")}
    quiet = {"light": "#5b6673", "dark": "#a3adb8"}
    for scheme, shades in (("light", palette.light), ("dark", palette.dark)):
        assert min(contrast(shades.accent, ground) for ground in (*grounds[scheme], shades.soft)) >= LEGIBLE
        assert contrast(shades.on_accent, shades.accent) >= LEGIBLE
        assert contrast(shades.on_fill, shades.fill) >= LEGIBLE
        assert contrast(shades.fill, grounds[scheme][0]) >= SEEN
        assert contrast(quiet[scheme], shades.soft) >= LEGIBLE


def test_a_colour_that_can_be_read_stays_as_it_is_and_any_other_is_told() -> None:
    assert contrast(WHITE, "#000000") == pytest.approx(21)
    assert contrast("#777777", WHITE) == pytest.approx(4.48, abs=0.01)
    assert palette_of(GREEN).light.fill == GREEN
    assert contrast(palette_of(GREEN).light.accent, GREEN) < 1.05
    assert changes(GREEN) == ""
    assert palette_of(YELLOW).light.on_fill == INK
    assert changes(YELLOW).startswith(f"{YELLOW}: so that everybody can read it, links are #")
    assert "buttons have dark text" in changes(YELLOW)


def test_pages_and_mails_have_the_brands_logo_and_colour_story(house: WebHouse) -> None:
    page = get(house.web)
    (logo,) = (have for tag, have in page.tags if tag == "img")
    assert logo["alt"] == "Acme Support"
    assert f"--fill:{GREEN}" in page.html
    mail = confirmed(house).get_body(("html",)).get_content()
    assert f'bgcolor="{GREEN}"' in mail
    assert f'class="a" href="mailto:{DESK}" style="color:{palette_of(GREEN).light.accent}' in mail.replace(
        "%40", "@"
    )
    assert f".a{{color:{palette_of(GREEN).dark.accent}!important}}" in mail
    assert not re.search(r"[\x00-\x09\x0b\x0c\x0e-\x1f]", mail)


def test_each_mailbox_may_have_its_own_look(house: WebHouse) -> None:
    mail = confirmed(house, "help@other.example")
    html = mail.get_body(("html",)).get_content()
    assert f'bgcolor="{YELLOW}"' in html
    assert f"color:{INK}" in html
    page = get(case_link(mail))
    assert f"--fill:{YELLOW}" in page.html
    assert "/logo/" in page.html, "the desk's, since it has none of its own"


def test_a_logo_is_served_from_memory_for_a_year_and_can_do_nothing(house: WebHouse) -> None:
    (logo,) = (have["src"] for tag, have in get(house.web).tags if tag == "img")
    answer = _fetched(f"{house.web}/{logo}")
    assert answer[1] == png()
    assert answer[0]["Content-Type"] == "image/png"
    assert "immutable" in answer[0]["Cache-Control"]
    assert "sandbox" in answer[0]["Content-Security-Policy"]
    assert get(f"{house.web}/logo/nothing.png").status == 404
    assert get(f"{house.web}/logo/..%2Fconfig.toml").status == 404


def test_a_customer_of_one_address_stays_with_its_brand_story(house: WebHouse) -> None:
    page = get(case_link(confirmed(house, "help@other.example")))
    links = {have["href"] for tag, have in page.tags if tag == "a" and "hreflang" not in have}
    for way in ("/my/", "/new/"):
        (link,) = {link for link in links if way in link}
        assert f"--fill:{YELLOW}" in get(link).html, way
        assert "help@other.example" in get(link).words, way
    typed = {**get(link).forms["open"], "subject": "One more", "text": "It stopped.", "priority": "Low"}
    assert send_files(link, typed).status == 200
    assert "help@other.example" in house.mails("ana@")[0]["From"]


def test_each_address_has_a_first_page_and_all_that_it_leads_to_story(house: WebHouse) -> None:
    front = get(f"{house.web}/?to=help@other.example")
    assert f"--fill:{YELLOW}" in front.html
    (new,) = {have["href"] for tag, have in front.tags if tag == "a" and "/new" in have["href"]}
    page = get(f"{new}&lang=de")
    wrong = send_files(page.url, {**page.forms["open"], "address": "ana", "subject": "", "text": "Kaputt."})
    assert wrong.status == 422
    (place,) = {have["action"] for tag, have in wrong.tags if tag == "form" and have.get("class") == "new"}
    typed = {**wrong.forms["open"], "address": "ana@acme.example", "subject": "No delivery"}
    done = send_files(f"{house.web}/new{place}", typed)
    assert "lang=de" in done.url
    assert "opened=" in done.url
    (japanese,) = {have["href"] for tag, have in front.tags if have.get("hreflang") == "ja"}
    others = (get(f"{house.web}/{japanese}"), get(f"{house.web}/nothing?to=help@other.example"))
    for one in (page, wrong, done, *others):
        assert f"--fill:{YELLOW}" in one.html
        assert "help@other.example" in one.words
    assert "help@other.example" in house.mails("sam@")[0]["From"]
    assert f"--fill:{GREEN}" in get(f"{house.web}/?to=nobody@other.example").html


def test_an_expired_link_of_one_brand_is_asked_for_anew_in_it(house: WebHouse) -> None:
    link = case_link(confirmed(house, "help@other.example"))
    get(link).send("close")
    house.pass_time(days=31)
    gone = get(link)
    (place,) = {have["action"] for tag, have in gone.tags if tag == "form"}
    wrong = post(f"{house.web}/{place.removeprefix('../')}", {**gone.forms["link"], "address": "ana"})
    (place,) = {have["action"] for tag, have in wrong.tags if tag == "form"}
    sent = post(f"{house.web}/{place}", {**wrong.forms["link"], "address": "ana@acme.example"})
    for page in (gone, wrong, sent):
        assert f"--fill:{YELLOW}" in page.html


def _fetched(url: str) -> tuple[Any, bytes]:
    import urllib.request

    with urllib.request.urlopen(url, timeout=60) as answer:
        return answer.headers, answer.read()


def test_without_them_pages_and_mails_are_as_ever(tmp_path: Path) -> None:
    with WebHouse(databases.sqlite(tmp_path), tmp_path) as house:
        page = get(house.web)
        assert not [have for tag, have in page.tags if tag == "img"]
        assert page.html.count("<style>") == 1
        assert 'bgcolor="#1d5fae"' in confirmed(house).get_body(("html",)).get_content()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"GIF89a", "is no PNG, JPEG, WebP or SVG"),
        (b"", "is no PNG, JPEG, WebP or SVG"),
        (png().ljust(256_001, b"x"), "has more than 256 kB"),
        (SVG.replace(b"<rect", b"<script>alert(1)</script><rect"), "has scripts or links in it"),
        (SVG.replace(b"<rect", b'<rect onload="alert(1)"'), "has scripts or links in it"),
        (
            SVG.replace(b"<rect", b'<image href="https://elsewhere.example/x.png"/><rect'),
            "has scripts or links in it",
        ),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "has scripts or links in it"),
    ],
)
def test_a_logo_that_cannot_be_shown_is_told_and_pages_have_the_name(
    tmp_path: Path, data: bytes, why: str
) -> None:
    with WebHouse(databases.sqlite(tmp_path), tmp_path, config=config(tmp_path, logo=data)) as house:
        assert any(why in problem for problem in house.app.own_problems())
        page = get(house.web)
        assert not [have for tag, have in page.tags if tag == "img"]
        assert "Acme Support" in page.words


def test_check_names_a_missing_logo_a_wrong_colour_and_what_was_done_to_a_light_one() -> None:
    start = '[email]\nlisten = ""\nrelay = "maildir:./outgoing"\n[web]\nlisten = ""\n'
    start += '[[mailbox]]\naddress = "a@b.example"\n'
    Path("config.toml").write_text(f'[desk]\nlogo = "none.png"\n{start}')
    assert "none.png cannot be read" in run("check").output
    Path("config.toml").write_text(f'[desk]\ncolour = "green"\n{start}')
    assert "must be a colour as #0a7d62" in told("check", code=78)
    Path("config.toml").write_text(f'[desk]\ncolour = "{YELLOW}"\n{start}')
    assert "so that everybody can read it, links are #" in said("check")


DRAWN = (  # as drawing programs write it
    b'<?xml version="1.0" encoding="utf-8"?>\n<!-- Generator: a drawing program -->\n'
    b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
    + SVG.replace(b"<rect", b"<style>.a{fill:#0a7d62}</style><rect class='a'")
)


@pytest.mark.parametrize("svg", [SVG, DRAWN])
def test_a_plain_svg_is_a_logo_too(tmp_path: Path, svg: bytes) -> None:
    own = config(tmp_path, logo=svg, name="logo.svg")
    with WebHouse(databases.sqlite(tmp_path), tmp_path, config=own) as house:
        (logo,) = (have["src"] for tag, have in get(house.web).tags if tag == "img")
        assert logo.endswith(".svg")
        headers, data = _fetched(f"{house.web}/{logo}")
        assert data == svg
        assert headers["Content-Type"].startswith("image/svg+xml")
        assert "style-src 'unsafe-inline'; sandbox" in headers["Content-Security-Policy"], (
            "it keeps its colours"
        )


@pytest.mark.slow
@pytest.mark.parametrize("colour", [GREEN, YELLOW, "#ffffff", "#000000", "#777777"])
def test_a_browser_shows_it_and_axe_minds_nothing(tmp_path: Path, colour: str) -> None:
    own = config(tmp_path, LOOK.replace(GREEN, colour))
    with WebHouse(databases.sqlite(tmp_path), tmp_path, config=own) as house, chromium() as browser:
        link = case_link(confirmed(house))
        for width, scheme in ((390, "dark"), (390, "light"), (1440, "light"), (1440, "dark")):
            context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
            page = context.new_page()
            refused: list[str] = []
            page.on("console", lambda message, seen=refused: seen.append(message.text))
            for address in (house.web, link, f"{house.web}/new?lang=ja"):
                page.goto(address)
                assert page.evaluate("document.querySelector('.logo').naturalWidth") == 120
                shades = palette_of(colour).light if scheme == "light" else palette_of(colour).dark
                filled = page.evaluate("getComputedStyle(document.querySelector('button')).backgroundColor")
                assert filled == f"rgb{tuple(bytes.fromhex(shades.fill[1:]))}"
                assert not SCRIPT or findings(page) == []
            assert refused == []
            context.close()
