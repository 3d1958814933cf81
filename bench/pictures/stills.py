"""The stills: what customers, specialists and managers see, in the order in which the demo brings it about."""

from __future__ import annotations

import time
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from bench.pictures.camera import Camera
from bench.pictures.film import dialog, open_form, press, propose
from rehearsal.demo.stage import Stage

CUSTOMER = "ana@acme.example"
WIDTH, HEIGHT = 820, 900
PATIENCE = 120.0
"""Seconds for a mail to come."""
WIDE = {"width": 1600, "height": 1000}
SQUARE = "[role=dialog]{border-radius:0!important}"
"""In a picture of a form nothing of what lies behind its corners is seen."""
MORE = (
    ("API answers 503 since this morning", "Priority: Blocker\n\nEvery call fails, for all of our seats."),
    ("Report 1254332 is empty", "Priority: Critical\n\nThe report of yesterday has no rows."),
    ("A second seat for Ben", "Priority: Low\n\nCan he have access to our reports, please?"),
)
"""Further cases, for lists."""
CONCERN = "#concern lack of resolution +33 1 23 45 67 89: It is the second time this week."


def mails_and_pages(camera: Camera, stage: Stage) -> None:
    """The confirmation, the case's page, and the form for a new case that it leads to."""
    page = camera.page(WIDTH, HEIGHT)
    page.set_content(_mail(stage, "Your message is now case"))
    camera.shoot(page, "confirmation", full_page=True)
    page.goto(page.locator("a[href*='/case/']").first.get_attribute("href"))
    camera.shoot_down_to(page, page.locator("section.card", has_text="Conversation"), "page")
    page.goto(page.locator("a[href*='/my/']").first.get_attribute("href"))
    page.goto(page.locator("a[href*='/new']").first.get_attribute("href"))
    camera.shoot_down_to(
        page, page.locator("label", has=page.locator("input[name=priority]")).nth(1), "new", below=2
    )
    page.close()


def threads(page: Any, camera: Camera) -> None:
    """The card and its thread: the note, the answer, and the customer's reply with her picture."""
    propose(page, "Reply as Ana", "Close it as resolved")
    page.set_viewport_size({**WIDE, "height": 1240})
    page.add_style_tag(content=SQUARE)
    propose(page, "Show the thread")
    page.locator("#thread img[alt='Picture: delivery.png']").wait_for()
    page.wait_for_timeout(5000)  # for what was said in passing to be gone
    page.locator("#messages").evaluate("list => { list.scrollTop = 0; }")
    page.locator("#replies article", has_text="The floor was raised").evaluate(
        "note => note.scrollIntoView()"
    )
    camera.shoot(page.locator("#workspace"), "thread")
    page.locator("#thread-close").click()
    camera.shoot(page.locator("#messages article").filter(has_text="Reply to customer").first, "card")


def concern(page: Any, camera: Camera) -> None:
    """What a manager hears when a customer is not content."""
    page.set_viewport_size({**WIDE, "height": 1250})
    _answer(page, CONCERN)
    page.locator("#players").get_by_role("button", name="Mia").click()
    page.locator("#channels").get_by_text("Case", exact=True).click()
    page.locator("#tabs").get_by_text("Messages", exact=True).click()
    told = page.locator("#messages article", has_text="has raised a concern").first
    told.wait_for()
    page.wait_for_timeout(5000)
    camera.shoot(told, "concern")


def survey(page: Any, camera: Camera, stage: Stage) -> None:
    """How a customer is asked how it went."""
    page.locator("#players").get_by_role("button", name="Sam").click()
    page.locator("#channels").get_by_text("triage", exact=True).click()
    card = page.locator("#messages article").filter(has_text="Reply to customer").first
    open_form(page, lambda: card.get_by_label("Status").select_option(label="Close: Resolved"))
    press(page, "Close the case")
    dialog(page).get_by_text("is closed").wait_for()
    page.keyboard.press("Escape")
    _answer(page, "#close It does, thank you!")
    shown = camera.page(WIDTH, 640)
    shown.set_content(_mail(stage, "/survey/"))
    shown.goto(shown.locator("a[href*='/survey/']").first.get_attribute("href"))
    camera.shoot(shown, "survey")
    shown.close()


def lists(page: Any, camera: Camera) -> None:
    """The triage channel, the form for a new case, and a specialist's Home, with several cases."""
    page.set_viewport_size({**WIDE, "height": 922})
    page.locator("#owner").select_option(CUSTOMER)
    for subject, text in MORE:
        page.get_by_role("button", name="New mail").click()
        page.get_by_label("Subject").fill(subject)
        page.get_by_label("Your words").fill(text)
        page.keyboard.press("Control+Enter")
        page.locator("#mails").get_by_text(subject).nth(1).wait_for()
    page.locator("#players").get_by_role("button", name="Sam").click()
    page.locator("#channels").get_by_text("triage", exact=True).click()
    page.locator("#messages article").filter(has_text=MORE[-1][0]).first.wait_for()
    page.wait_for_timeout(5000)
    page.locator("#messages article").filter(has_text=MORE[1][0]).first.evaluate(
        "card => card.scrollIntoView()"
    )
    camera.shoot(page.locator("#workspace"), "board")
    page.set_viewport_size({**WIDE, "height": 950})
    page.locator("#channels").get_by_text("Case", exact=True).click()
    page.locator("#tabs").get_by_text("Home", exact=True).click()
    page.locator("#home").get_by_text(MORE[-1][0]).first.wait_for()
    camera.shoot(page.locator("#workspace"), "home")
    page.set_viewport_size({**WIDE, "height": 1082})
    page.locator("#players").get_by_role("button", name="Ben").click()
    page.locator("#channels").get_by_text("acme", exact=True).click()
    open_form(page, lambda: _type(page, "/case new"))
    dialog(page).get_by_label("Subject").fill("Deal ID 12333: no delivery since noon")
    dialog(page).get_by_label("Description").fill("Nothing was changed on our side.")
    page.wait_for_timeout(2000)  # the form is drawn anew, with the articles that fit its subject
    dialog(page).get_by_label("Priority").select_option("Blocker")
    dialog(page).get_by_text("normally not a Blocker").wait_for()
    camera.shoot(dialog(page), "form")


def _type(page: Any, command: str) -> None:
    page.get_by_label("Message #acme").fill(command)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")


def _answer(page: Any, words: str) -> None:
    """Answer the specialist's mail as the customer."""
    page.locator("#mails button", has_text="Sam Specialist via").last.click()
    page.get_by_role("button", name="Reply", exact=True).click()
    page.get_by_label("Your words").fill(words)
    page.keyboard.press("Control+Enter")


def _mail(stage: Stage, words: str) -> str:
    """The HTML of the customer's first mail with these words, once it is there."""
    folder: Path = stage.folder / "mails" / CUSTOMER / "new"
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for file in sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime):
            mail = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
            html = mail.get_body(("html",))
            if html and words in html.get_content():
                return str(html.get_content())
        time.sleep(0.2)
    raise LookupError(words)
