"""The page of a case in a real browser: who speaks, pictures, files with an answer, mistakes, and a long one."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.houses.browser import ANA, BOB, DESK, SAM, WebHouse, case_link, get, post, send_files
from tests.support.houses.pictures import photograph, screenshot
from tests.web.test_accessibility import SCRIPT, findings
from tests.web.test_survey import invited
from tests.web.uploads.test_upload import upload_link

pytestmark = pytest.mark.slow
LIGHT = 400_000
"""Bytes of a page with three photographs of a phone, all in all."""


def told(house: WebHouse, text: str = "The total is wrong.", **files: bytes) -> str:
    """Ana's link to a case on which she, Bob and Sam have spoken."""
    house.send(BOB, DESK, "Earlier", "Makes Bob known.")
    house.mails("bob@")
    house.mails("sam@")
    named = {name.replace("_", "."): data for name, data in files.items()}
    house.send(ANA, DESK, "Wrong total", text, headers={"Cc": BOB}, files=named)
    (confirmation,) = house.mails("ana@")
    house.answer(house.mails("sam@")[0], SAM, "With every customer?")
    house.settled()
    get(case_link(house.mails("bob@")[-1])).send("reply", text="Only abroad.")
    house.settled()
    return case_link(confirmation)


def test_who_speaks_is_said_and_seen(house: WebHouse, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(told(house))
    said = page.locator("article").all()
    headings = [article.locator("h3").inner_text().split(" 20")[0] for article in said]
    assert [" ".join(heading.split()[:-2]) for heading in headings] == [
        "Ana You",
        "Sam Specialist Support team",
        "Bob Participant",
    ]
    left, right = said[1].bounding_box(), said[0].bounding_box()
    bubbles = [article.locator(".bubble") for article in said]
    grounds = [bubble.evaluate("one => getComputedStyle(one).backgroundColor") for bubble in bubbles]
    assert len(set(grounds)) == 3
    assert left["x"] < right["x"], "one's own words stand at the other side"
    page.close()


def test_photographs_do_not_make_the_page_heavy_and_nothing_moves_when_they_come(
    house: WebHouse, browser: Any
) -> None:
    photos = {f"photo{number}_jpg": photograph(orientation=6) for number in range(3)}
    link = told(house, **photos)
    page = browser.new_page(viewport={"width": 390, "height": 844})
    weights: list[int] = []
    page.on("requestfinished", lambda request: weights.append(request.sizes()["responseBodySize"]))
    page.route("**/thumbnail/*", lambda route: route.abort())
    page.goto(link)
    boxes = page.evaluate(BOXES)
    page.unroute("**/thumbnail/*")
    weights.clear()
    page.goto(link)
    for picture in page.locator(".pictures img").all():
        picture.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert (
        page.evaluate("[...document.querySelectorAll('.pictures img')].map(one => one.naturalWidth)")
        == [360] * 3
    )
    assert page.evaluate(BOXES) == boxes
    assert {(width, height) for width, height in boxes} == {(180, 240)}
    assert sum(weights) < LIGHT
    with page.expect_popup() as popup:
        page.locator(".pictures a").first.click()
    popup.value.wait_for_load_state()
    large = popup.value.evaluate("[document.images[0].naturalWidth, document.images[0].width]")
    assert large == [3024, 390], "it is whole, and fits into its window"
    page.close()


BOXES = "[...document.querySelectorAll('.pictures img')].map(one => [one.offsetWidth, one.offsetHeight])"


def test_an_answer_goes_with_a_large_file_and_a_pasted_screenshot(
    house: WebHouse, browser: Any, tmp_path: Path
) -> None:
    dump = tmp_path / "dump.bin"
    dump.write_bytes(os.urandom(9_000_000))
    link = told(house)
    page = browser.new_page()
    minded: list[str] = []
    page.on("console", lambda line: minded.append(line.text))
    begun: list[str] = []
    page.on("request", lambda one: begun.append(one.url) if one.method == "PUT" else None)
    page.goto(link)
    page.fill("#reply", "The dump, and how it looks.")
    page.set_input_files("#files", dump)
    page.evaluate(PASTE, list(screenshot()))
    page.click("#upload button")
    page.wait_for_url("**?done=reply")
    entry = house.case(2).entries[-1]
    assert entry.text == "The dump, and how it looks."
    assert [(file.name, file.size) for file in entry.files[:1]] == [("dump.bin", 9_000_000)]
    assert entry.files[0].sha256 == hashlib.sha256(dump.read_bytes()).hexdigest()
    assert entry.files[1].name == "image.png"
    assert len(begun) == 3, "two pieces of the one, one of the other"
    assert page.is_visible("img[alt='image.png']")
    assert minded == []
    page.close()


PASTE = """(bytes) => {
  const pasted = new DataTransfer();
  pasted.items.add(new File([new Uint8Array(bytes)], "image.png", {type: "image/png"}));
  const event = new ClipboardEvent("paste", {clipboardData: pasted, bubbles: true, cancelable: true});
  document.querySelector("#reply").dispatchEvent(event);
}"""


def sent(page: Any, link: str, field: str) -> None:
    """Send the form that has a field past what the browser would have said."""
    page.goto(link)
    with page.expect_navigation():
        page.eval_on_selector(field, "field => field.form.submit()")


def test_the_first_wrong_field_has_the_focus_and_the_title_says_so(house: WebHouse, browser: Any) -> None:
    survey, _ = invited(house)
    for who in ("ana@", "sam@"):
        if not house.nothing(who):
            house.mails(who)
    link = told(house)
    page = browser.new_page(java_script_enabled=False)
    forms = {
        (link, "#reply"): "reply",
        (link, "#category"): "concern",
        (link, "#priority"): "priority",
        (f"{house.web}/new", "#address"): "address",
        (survey, "#comment"): "rating",
        (upload_link(get(link)), "#files"): "files",
    }
    for (place, field), wrong in forms.items():
        sent(page, place, field)
        assert page.title().startswith("Error: "), place
        assert page.evaluate("document.activeElement.id") == wrong
        assert page.locator(f"[role=alert] a[href='#{wrong}']").count() == 1, place
        described = page.eval_on_selector(f"#{wrong}-wrong", "one => one.innerText.trim()")
        assert described, place
    page.close()


def test_two_hundred_entries_are_read_from_the_newest_and_all_can_be_found(
    house: WebHouse, browser: Any
) -> None:
    link = told(house)
    for number in range(200):
        form = {**get(link).forms["reply"], "text": f"Word {number}."}
        if number % 10:
            post(link, form)
        else:
            send_files(link, form, {f"file{number}.txt": b"x" * (number + 1)})
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(link)
    page.click("text=Go to the newest message")
    assert page.locator("#newest").is_visible()
    assert "Word 199." in page.inner_text("#newest")
    assert page.locator("article:visible").count() == 6
    hidden = page.locator("article", has_text="Word 30.")
    assert not hidden.is_visible()
    fold = page.locator("summary", has_text="Earlier: 50").first
    assert re.match(r"Earlier: 50, from \w+ \d", fold.inner_text()), "one line, with its blanks"
    fold.click()
    assert hidden.is_visible()
    page.click("text=Older →")
    assert page.is_visible("text=The total is wrong.")
    assert page.locator("article", has_text="Word 199.").count() == 0
    page.close()


WORDS = {
    "en": "Since Monday the total at the foot of an invoice leaves out shipping. Can you help us?",
    "ja": "月曜日から請求書の合計金額に送料が含まれていません。確認をお願いいたします。",
}


@pytest.mark.skipif(not SCRIPT, reason="AXE_SCRIPT does not say where axe.min.js (npm pack axe-core) lies")
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_minds_nothing_of_pictures_sides_and_mistakes(
    house: WebHouse, browser: Any, width: int, scheme: str, language: str
) -> None:
    link = told(house, WORDS[language], what_png=screenshot(), app_log=b"x")
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(link)
    assert page.evaluate("document.documentElement.lang") == language
    assert findings(page) == []
    sent(page, link, "#reply")
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_words_of_the_right_are_read_from_the_right_wherever_they_stand(
    house: WebHouse, browser: Any
) -> None:
    subject, file = "הזמנה 4711 לא הגיעה!", "דוח 3 (סופי).txt"
    house.send('"Dana כהן" <dana@acme.example>', DESK, subject, "שלום, היא לא הגיעה.", files={file: b"x"})
    (confirmation,) = house.mails("dana@")
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(case_link(confirmation))
    ways = "nodes => nodes.map(node => getComputedStyle(node).direction)"
    for where in ("h1", ".words", ".files bdi", ".attached bdi >> nth=0"):
        assert page.locator(where).evaluate_all(ways) == ["rtl"], where
    page.click("footer >> text=See my cases")
    assert page.locator(".cases b").evaluate_all(ways) == ["rtl"]
    page.close()


def test_endless_names_and_words_stay_on_the_page(house: WebHouse, browser: Any) -> None:
    name, word = "Bartholomäus" * 15, "Donaudampfschifffahrtsgesellschaft" * 12
    files = {f"{'x' * 200}.log": b"x", f"{'y' * 200}.png": screenshot()}
    house.send(f'"{name}" <ana@acme.example>', DESK, word[:150], word, files=files)
    (confirmation,) = house.mails("ana@")
    for width in (320, 390, 720, 1440):
        page = browser.new_page(viewport={"width": width, "height": 844})
        page.goto(case_link(confirmation))
        beyond = "document.documentElement.scrollWidth - innerWidth"
        assert page.evaluate(beyond) <= 0, width
        page.click("footer >> text=See my cases")
        assert page.evaluate(beyond) <= 0, width
        page.close()
