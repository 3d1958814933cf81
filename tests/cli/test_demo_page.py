"""The demo's page in a real browser: one person plays everybody, by the page's proposals and without them."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.demo.stage import Stage
from tests.support.houses.house import until

pytestmark = pytest.mark.slow

PATIENCE = 15_000
"""Milliseconds for what casebot does."""
SLOW_TYPING = """() => {
  const [before, later] = [window.fetch, () => new Promise((done) => setTimeout(done, 700))];
  window.fetch = async (url, given) => (given?.body?.includes('"act":"type"') && (await later()), before(url, given));
}"""
"""What is typed takes its time on the way to the workspace; a pressed button does not."""
MARKUP = '<img src=x onerror="top.ran=1"><script>top.ran=1</script>'
"""Foreign words that would like to act."""


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(tmp_path_factory.mktemp("demo"), port=0) as standing:
        yield standing


@pytest.fixture
def stage(lasting: Stage) -> Iterator[Stage]:
    """One for several tests, where none finds a window that another has left open."""
    yield lasting
    for name in ("sam", "ben"):
        if view := lasting.slack.people.modal(name):
            lasting.slack.people.close_view(name, view.id, all=True)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Stage]:
    with Stage(tmp_path, port=0) as standing:
        yield standing


def opened(browser: Any, stage: Stage) -> Any:
    """The page as somebody sees it for the first time. What goes wrong in it ends up in ``page.wrong``."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("console", lambda said: said.type in ("error", "warning") and page.wrong.append(said.text))
    page.on("request", lambda sent: sent.url.startswith(stage.url) or page.wrong.append(sent.url))
    page.on(
        "response",
        lambda got: got.status < 400 or page.wrong.append(f"{got.request.post_data}: {got.text()}"),
    )
    page.goto(stage.url)
    page.wait_for_selector("body:not(.starting)")
    return page


def propose(page: Any, label: str) -> None:
    """Press the proposal's button."""
    page.locator("#deeds").get_by_text(label, exact=True).click()


def form(page: Any) -> Any:
    return page.get_by_role("dialog")


def be(page: Any, name: str) -> None:
    """Be somebody in the workspace."""
    page.locator("#players").get_by_role("button", name=name).click()


def write(page: Any, subject: str, text: str) -> None:
    """A new mail of Ana's, typed."""
    page.get_by_role("button", name="New mail").click()
    page.get_by_label("Subject").fill(subject)
    page.get_by_label("Your words").fill(text)
    page.keyboard.press("Control+Enter")


def card(page: Any, subject: str) -> Any:
    return page.locator("#messages article").filter(has_text=subject).filter(has_text="Reply to customer")


def hostile(tracker: str) -> bytes:
    """A mail that would like to act, and to tell the tracker that it was read."""
    return f"""\
From: Mallory <mallory@elsewhere.example>
To: ana@acme.example
Subject: Hostile {MARKUP}
Content-Type: text/html

<p onmouseover="top.ran=1">Look here.</p> {MARKUP} <a href="javascript:void(opener.ran=1)">Press me</a>
<img src="{tracker}/x.png"><link rel="stylesheet" href="{tracker}/x.css">
<form action="{tracker}/"><button>Log in</button></form> <iframe srcdoc="{MARKUP.replace('"', "'")}"></iframe>
""".encode()


def done(page: Any) -> list[str]:
    return [words.partition(" ")[0] for words in page.locator("#steps .done").all_text_contents()]


def test_the_page_leads_through_the_whole_journey_of_a_case(browser: Any, fresh: Stage) -> None:
    page = opened(browser, fresh)
    assert done(page) == []
    propose(page, "Send Ana’s mail")
    propose(page, "Take it")
    propose(page, "Write a note")
    propose(page, "Write the answer")
    form(page).get_by_role("button", name="Preview").click()
    form(page).get_by_role("button", name="Send", exact=True).click()
    propose(page, "Reply as Ana")
    page.locator("#thread img[alt='Picture: delivery.png']").wait_for()
    propose(page, "Close it as resolved")
    form(page).get_by_role("button", name="Close the case").click()
    form(page).get_by_text("is closed").wait_for()
    page.keyboard.press("Escape")
    propose(page, "Agree as Ana")
    with page.context.expect_page() as survey:
        propose(page, "Open the survey")
    survey.value.locator("label", has=survey.value.locator("input[value='5']")).click()
    survey.value.get_by_role("button", name="Send").click()
    survey.value.get_by_text("Thank you").first.wait_for()
    propose(page, "Reply as Ana")
    propose(page, "Raise a concern")
    propose(page, "Be Mia")
    page.locator("#messages", has_text="has raised a concern").wait_for()
    page.locator("#prompt", has_text="open your own desk: “casebot setup").wait_for()
    assert len(done(page)) == page.locator("#steps li").count() == 12
    mails = [mail.wire() for mail in fresh.mailboxes.of("ana@acme.example")]
    assert any("3.80" in mail["text"] for mail in mails if not mail["sent"]), "Ana has the answer"
    assert not any("4.20" in mail["text"] for mail in mails), "and not the note"
    page.reload()
    page.wait_for_selector("body:not(.starting)")
    assert len(done(page)) == 12, "a reload forgets nothing"
    assert page.wrong == []


def test_everything_works_without_the_proposals_too(browser: Any, stage: Stage) -> None:
    page = opened(browser, stage)
    write(page, "Report 7 is empty", "It says *no data*.")
    page.locator("#mails").get_by_text("Report 7 is empty").nth(1).wait_for()
    page.frame_locator("#reading iframe").get_by_text("A specialist will read it").wait_for()
    mine = card(page, "Report 7 is empty")
    mine.get_by_role("button", name="Take it").click()
    mine.get_by_text("Owner: Sam Specialist").wait_for()
    mine.get_by_role("button", name="Reply in thread").click()
    page.locator("#thread").get_by_text("no data").wait_for()
    page.locator("#thread textarea").fill("Is it the *time zone* again, @kim?")
    page.keyboard.press("Enter")
    page.locator("#thread article b", has_text="time zone").wait_for()
    page.locator("#thread .mention", has_text="@Kim Specialist").wait_for()
    page.locator("#thread article").last.hover()
    page.locator("#thread article").last.get_by_role("button", name="React").click()
    page.get_by_role("menuitem", name="👍").click()
    page.locator("#thread .reaction", has_text="👍").wait_for()
    mine.get_by_role("button", name="Reply to customer").click()
    form(page).get_by_role("textbox").fill("Please try again.")
    form(page).get_by_role("button", name="Preview").click()
    form(page).get_by_text("This goes to").wait_for()
    form(page).get_by_role("button", name="Back").click()
    assert form(page).get_by_role("textbox").input_value() == "Please try again.", "nothing typed is lost"
    form(page).get_by_role("button", name="Preview").click()
    form(page).get_by_role("button", name="Send", exact=True).click()
    page.frame_locator("#reading iframe").get_by_text("Please try again.", exact=True).wait_for()
    page.get_by_role("button", name="Reply", exact=True).click()
    page.get_by_label("Your words").fill("Here it is.")
    page.locator("#reading input[type=file]").set_input_files(
        {"name": "report.csv", "mimeType": "text/csv", "buffer": b"day,count\n1,0\n"}
    )
    page.locator("#reading .chip", has_text="report.csv").wait_for()
    page.get_by_role("button", name="Send", exact=True).first.click()
    with page.expect_download() as saved:
        page.locator("#thread .chip", has_text="report.csv").click()
    assert Path(saved.value.path()).read_bytes() == b"day,count\n1,0\n"
    mine.get_by_label("Status").select_option(label="Close: Resolved")
    form(page).get_by_role("button", name="Close the case").click()
    form(page).get_by_role("button", name="Close", exact=True).last.click()
    mine.get_by_text("Status: Resolved").wait_for()
    assert page.wrong == []


def test_the_list_of_mails_ends_at_a_whole_one_in_every_window(browser: Any, stage: Stage) -> None:
    page = opened(browser, stage)
    for number in range(4):
        write(page, f"One of many: {number}", "Look.")
        page.locator("#mails").get_by_text(f"One of many: {number}").first.wait_for()
    page.locator("#mails li").nth(6).wait_for()
    for height in (900, 777, 640):
        page.set_viewport_size({"width": 1440, "height": height})
        room, mail, all_of_them = page.evaluate(
            "[document.querySelector('.inbox').clientHeight, document.querySelector('#mails li').offsetHeight, "
            "document.querySelector('.inbox').scrollHeight]"
        )
        assert all_of_them > room >= mail
        assert room % mail == 0


def test_the_form_keeps_what_was_typed_and_says_on_the_field_what_is_wrong(
    browser: Any, stage: Stage
) -> None:
    page = opened(browser, stage)
    be(page, "Ben")
    page.get_by_label("Message #acme").fill("/case n")
    page.locator(".commands").get_by_text("/case new").click()
    page.keyboard.press("Enter")
    form(page).get_by_label("Subject").fill("Cannot log in")
    form(page).get_by_role("button", name="Open the case").click()
    form(page).get_by_text("Please complete this required field.").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
    form(page).get_by_label("Description").fill("Since <b>Monday</b>.")
    form(page).get_by_label("Type").select_option(index=1)
    form(page).get_by_label("Category").wait_for()
    assert form(page).get_by_label("Subject").input_value() == "Cannot log in"
    assert form(page).get_by_label("Description").input_value() == "Since <b>Monday</b>."
    form(page).locator("input[type=file]").set_input_files(
        {"name": "login.txt", "mimeType": "text/plain", "buffer": b"403"}
    )
    form(page).get_by_role("button", name="Take out login.txt").wait_for()
    form(page).get_by_label("Priority").select_option("Blocker")
    form(page).get_by_label("phone").fill("+49 30 123456")
    form(page).get_by_role("button", name="Open the case").click()
    form(page).get_by_text(re.compile(r"CS-\d{6}")).first.wait_for()
    page.keyboard.press("Escape")
    page.locator("#messages article", has_text="Cannot log in").first.wait_for()
    be(page, "Sam")
    card(page, "Cannot log in").get_by_role("button", name="Reply in thread").click()
    page.locator("#thread .chip", has_text="login.txt").wait_for()
    assert page.wrong == []


def test_a_form_that_is_sent_at_once_has_what_was_typed_last(browser: Any, stage: Stage) -> None:
    page = opened(browser, stage)
    write(page, "At once", "Quickly, please.")
    card(page, "At once").get_by_role("button", name="Reply to customer").click()
    page.evaluate(SLOW_TYPING)
    form(page).get_by_role("textbox").fill("Done.")
    form(page).get_by_role("button", name="Preview").click()
    form(page).get_by_text("This goes to").wait_for()
    assert page.wrong == []


def test_a_window_that_is_left_by_keyboard_gives_the_focus_back(browser: Any, stage: Stage) -> None:
    page = opened(browser, stage)
    write(page, "By keyboard", "All of it.")
    note = card(page, "By keyboard").get_by_role("button", name="Add note")
    note.focus()
    page.keyboard.press("Enter")
    form(page).wait_for()
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.keyboard.press("Escape")
    form(page).wait_for(state="detached")
    assert note.evaluate("button => button === document.activeElement")
    more = card(page, "By keyboard").get_by_role("button", name="More actions")
    more.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "Hand over…"
    page.keyboard.press("Escape")
    assert more.evaluate("button => button === document.activeElement")
    assert page.wrong == []


def test_foreign_words_are_shown_as_words_and_nothing_of_them_runs(browser: Any, fresh: Stage) -> None:
    """On a stage of its own: the browser tells whoever opens that mailbox next what it has kept from running."""
    page, people = opened(browser, fresh), fresh.slack.people
    fresh.slack.workspace.add_user("eve", real_name=f"Eve {MARKUP}", email="eve@example.com")
    people.invite("kim", "triage", ["eve"])
    people.post("eve", "triage", f"Hello {MARKUP}")
    page.locator("#messages article b", has_text=f"Eve {MARKUP}").wait_for()
    page.locator("#messages article .text", has_text=f"Hello {MARKUP}").wait_for()
    write(page, f"Case {MARKUP}", f"Body {MARKUP}")
    card(page, f"Case {MARKUP}").get_by_role("button", name="Reply in thread").click()
    page.locator("#thread article", has_text=f"Body {MARKUP}").wait_for()
    page.locator("#mails button", has_text=f"] Case {MARKUP}").click()
    page.frame_locator("#reading iframe").get_by_text(f"Case {MARKUP}").first.wait_for()
    tracker = socket.create_server(("127.0.0.1", 0))
    fresh.mailboxes.add("ana@acme.example", hostile(f"http://127.0.0.1:{tracker.getsockname()[1]}"))
    page.locator("#mails button", has_text=f"Hostile {MARKUP}").click()
    mail = page.frame_locator("#reading iframe")
    mail.get_by_text("Look here.").hover()
    mail.get_by_text("Press me").click()
    mail.get_by_role("button", name="Log in").click()
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None
    assert [f.url for f in page.frames if f.url.startswith("http")] == [f"{fresh.url}/"]
    tracker.setblocking(False)
    with tracker, pytest.raises(BlockingIOError):
        tracker.accept()


def test_what_others_do_is_seen_at_once_and_an_ended_demo_says_so(browser: Any, fresh: Stage) -> None:
    page, other = opened(browser, fresh), opened(browser, fresh)
    write(other, "From the other window", "Look.")
    card(page, "From the other window").wait_for()
    page.locator("#mails").get_by_text("[CS-000001]").first.wait_for()
    assert until(lambda: "Card" in done(page))
    fresh.slack.people.post("kim", "triage", "Good morning!")
    page.locator("#messages").get_by_text("Good morning!").wait_for()
    fresh.house.stop()
    page.locator("#prompt.bad", has_text="casebot itself has ended").wait_for()
