"""Rows 12, 13 and 17: priorities, who can be called, and concerns."""

from __future__ import annotations

from collections.abc import Callable

from bench.rows.mail import body
from bench.rows.trial import Trial
from bench.rows.web import get

PHONE = "+33 1 23 45 67 89"


def frozen_by_mail(t: Trial) -> None:
    """Asked for with a reason, declined with one, then granted; a line changes nothing and is answered."""
    ana, mail, number = t.opened()
    told = t.told_pat(number)
    ana.answer(mail, "Priority: Low")
    t.reads(body(ana.wait(number)), "#priority", of="the answer to a priority line on a saved case")
    ana.answer(mail, "#priority Critical")
    t.see(
        "ustif" in (refused := body(ana.wait(number))) or "why" in refused, "a reason is asked for", refused
    )
    ana.answer(mail, "#priority Critical: a live deal has stopped")
    t.pat.wait(number, "asks for the priority", "a live deal has stopped")
    t.reads(t.slack.card_words(number, "asks for Critical"), "Medium", "asks for Critical", of="the card")
    t.pat.answer(told, "#decline one deal only")
    t.reads(body(ana.wait("stays Medium")), "one deal only", of="the answer that declines")
    ana.answer(mail, "#priority Critical: two live deals now")
    t.pat.wait(number, "two live deals now")
    t.pat.answer(told, "#grant two deals are hit")
    granted = body(ana.wait("from Medium to Critical"))
    t.reads(granted, "two deals are hit", of="the answer that grants")


def frozen_in_slack(t: Trial) -> None:
    """Asked for by command, declined and granted by buttons."""
    ben = t.ben()
    number = t.slack.opened(ben)
    t.see(
        "ustif" in (said := t.slack.slash(ben, f"priority {number} Critical")) or "hy" in said,
        "a reason is asked for",
        said,
    )
    t.slack.close(ben)
    t.slack.slash(ben, f"priority {number} Critical: a live deal has stopped")
    t.slack.in_thread(number, "a live deal has stopped")
    t.reads(t.slack.card_words(number, "asks for Critical"), "🟡", "asks for Critical", of="the card")
    t.slack.click("sam", "case_decline", t.slack.card(number))
    t.slack.fill("sam", text="One deal only.")
    t.slack.close("sam")
    t.slack.heard(ben, "One deal only.")
    t.slack.slash(ben, f"priority {number} Critical: two live deals now")
    t.slack.card_words(number, "asks for Critical")
    t.slack.click("sam", "case_grant", t.slack.card(number))
    t.slack.fill("sam", text="Two deals are hit.")
    t.slack.close("sam")
    t.slack.heard(ben, "Two deals are hit.")
    t.reads(t.slack.card_words(number, "🟠"), "🟠", of="the card")


def frozen_on_web(t: Trial) -> None:
    """A form, with a reason; the page does not change it."""
    _, page, number = t.on_page()
    without = page.send("priority", priority="Critical", text="")
    t.see(without.status == 422, "422 without a reason", without.words)
    done = without.send("priority", priority="Critical", text="A live deal has stopped.")
    t.reads(done.words, "A specialist decides", of="the page")
    t.reads(get(page.url).words, "Medium", "asked for the priority Critical", of="the page afterwards")
    t.pat.wait(number, "asks for the priority", "A live deal has stopped.")


def blocker_by_mail(t: Trial) -> None:
    """Whom to call is asked for and kept; lowered and raised with a reason."""
    ana, mail, number = t.opened("All is down", "Priority: Blocker\n\nNothing loads.")
    t.reads(body(mail), "Whom can we call", "#contact", of="the confirmation of a Blocker")
    told = t.told_pat(number)
    ana.answer(mail, f"#contact Tom Silva {PHONE}")
    t.reads(t.slack.card_words(number, PHONE), "Tom Silva", PHONE, of="the card")
    t.pat.answer(told, "#priority Critical: one site only")
    t.reads(body(ana.wait("from Blocker to Critical")), "one site only", of="the mail that lowers")
    t.pat.answer(told, "#priority Blocker")
    refused = body(t.pat.wait(number, "Please say"))
    t.see("why" in refused or "eason" in refused, "a specialist is asked for a reason", refused)
    t.pat.answer(told, "#priority Blocker: all sites after all")
    t.reads(body(ana.wait("from Critical to Blocker")), "all sites after all", of="the mail that raises")


def blocker_in_slack(t: Trial) -> None:
    """The form's field, checked; the card's menu."""
    ben = t.ben()
    t.slack.people.slash(ben, "general", "/case new", wait=8)
    t.slack.people.choose(ben, "modal", "priority", "Blocker", wait=4)
    wrong = t.slack.fill(ben, phone="call me", subject="All is down", text="Nothing loads.")
    t.reads(wrong, "country", of="the form with “call me” as a number")
    number = t.slack.fill(ben, phone=PHONE)
    t.slack.close(ben)
    number = number[number.index("CS-") :][:9]
    t.reads(t.slack.card_words(number, "+33"), "+33", of="the card")
    t.slack.click("sam", "case_status", t.slack.card(number), value=f"{int(number[3:])}:priority")
    t.slack.fill("sam", priority="Critical", text="One site only.")
    t.slack.close("sam")
    t.slack.heard(ben, "One site only.")
    t.reads(t.slack.card_words(number, "🟠"), "🟠", of="the card")


def blocker_on_web(t: Trial) -> None:
    """The page's form, checked."""
    _, page, number = t.on_page(subject="All is down", text="Priority: Blocker\n\nNothing loads.")
    wrong = page.send("contact", name="Tom Silva", phone="call me")
    t.see(wrong.status == 422, "422 for “call me” as a number", f"{wrong.status} {wrong.words}")
    wrong.send("contact", name="Tom Silva", phone=PHONE)
    t.reads(get(page.url).words, "Tom Silva", PHONE, of="the page")
    t.reads(t.slack.card_words(number, PHONE), PHONE, of="the card")


def concern_by_mail(t: Trial) -> None:
    """The owner's manager hears at once; a number in plain words reaches them; who takes it is told."""
    ana, mail, number = t.opened()
    told = t.told_pat(number)
    t.pat.answer(told, "#take")
    t.reads(t.slack.card_words(number, "Owner: *Pat"), "Pat Paper", of="the card")
    ana.answer(mail, "#concern Nobody tells us anything.")
    receipt = ana.wait("sorry that it was needed")
    t.reads(body(receipt), "It would help us to know", "phone", of="the receipt")
    raised = t.mona.wait(number, "has raised a concern")
    t.reads(body(raised), "Nobody tells us anything.", of="what the manager reads")
    ana.answer(receipt, f"My number is {PHONE}.")
    t.see(t.mona.wait(number, "23 45 67 89"), "the number with the manager")
    t.mona.answer(raised, "#acknowledge")
    t.reads(body(ana.wait("has taken your concern")), "Mona", of="what the customer reads")


def concern_in_slack(t: Trial) -> None:
    """The form; the manager by name; a number in plain words; taken by a button."""
    ben = t.ben()
    number = t.slack.opened(ben)
    t.slack.click("sam", "case_take", t.slack.card(number))
    t.slack.card_words(number, "Owner: *Sam")
    t.slack.slash(ben, f"concern {number}")
    t.slack.fill(ben, text="Nobody tells us anything.")
    t.slack.close(ben)
    t.slack.in_thread(number, "Nobody tells us anything.", "U0MIA")
    t.reads(t.slack.card_words(number, "concern was raised"), "concern was raised", of="the card")
    receipt = t.slack.heard(ben, "sorry that it was needed")
    t.slack.say(ben, receipt, f"My number is {PHONE}.")
    t.see(t.slack.in_thread(number, "23 45 67 89"), "the number below the card")
    t.slack.click("mia", "case_acknowledge", t.slack.card(number))
    t.slack.fill("mia", text="I look at it myself.")
    t.slack.close("mia")
    t.slack.heard(ben, "has taken your concern")
    t.lacks(
        t.slack.card_without(number, "concern was raised"),
        "concern was raised",
        of="the card once it is taken",
    )


def concern_on_web(t: Trial) -> None:
    """The form looks at the number."""
    ana, page, number = t.on_page()
    wrong = page.send("concern", text="Nobody tells us anything.", phone="call me")
    t.see(wrong.status == 422, "422 for “call me” as a number", f"{wrong.status} {wrong.words}")
    done = (
        wrong if wrong.status == 200 else wrong.send("concern", text="Nobody tells us anything.", phone=PHONE)
    )
    t.see(done.status == 200, "the concern taken", done.words)
    t.reads(
        body(t.mona.wait(number, "has raised a concern")),
        "Nobody tells us anything.",
        PHONE,
        of="the duty manager's mail",
    )
    t.see(ana.wait("sorry that it was needed"), "a receipt")


TRIALS: tuple[tuple[str, str, Callable[[Trial], None]], ...] = (
    ("12", "M", frozen_by_mail), ("12", "S", frozen_in_slack), ("12", "W", frozen_on_web),
    ("13", "M", blocker_by_mail), ("13", "S", blocker_in_slack), ("13", "W", blocker_on_web),
    ("17", "M", concern_by_mail), ("17", "S", concern_in_slack), ("17", "W", concern_on_web),
)  # fmt: skip
