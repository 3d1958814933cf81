"""Rows 2, 13, 14, 19, 21, 22, 28 and e on a closed desk whose clock is set: each trial says when it goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bench.rows.mail import body
from bench.rows.seen import until
from bench.rows.slack import IN_PROGRESS
from bench.rows.trial import Steps, Trial, link, number_of
from bench.rows.web import get

LATER = timedelta(minutes=5)
"""A timer has struck by then."""


def closed_by_mail(t: Trial) -> Steps:
    """One answer a week that names the team; no case; known people are served."""
    zoe = t.ana("stranger.example")
    zoe.send("May I ask", "We are no customer yet.")
    told = zoe.wait()
    t.reads(body(told), "local-team@example.com", "could not open a case", of="the answer of a closed desk")
    t.lacks(f"{told['Subject']} {body(told)}", "CS-", of="the answer of a closed desk")
    zoe.send("And another", "Nobody answers.")
    t.opened()
    yield timedelta(minutes=35)
    t.see(not zoe.unread(), "one answer a week", str(zoe.unread()))


def closed_in_slack(t: Trial) -> Steps:
    """Refused in the form, to them alone, with the team."""
    eve = t.slack.hire(t.name(), "stranger.example")
    t.slack.people.slash(eve, "general", "/case new", wait=8)
    said = (
        t.slack.fill(eve, subject="May I ask", text="My own words.")
        if t.slack.people.modal(eve)
        else t.slack.whispers(eve)
    )
    t.reads(said, "local-team@example.com", of="what a stranger is shown")
    t.slack.close(eve)
    yield timedelta(minutes=35)
    t.lacks(t.slack.channel("triage"), "My own words.", of="the desk's channel")


def closed_on_web(t: Trial) -> None:
    """The page names the team, and opens nothing."""
    page = get(f"{t.desk.web}/new")
    t.reads(page.words, "local-team@example.com", of="the page of a closed desk")
    t.lacks(page.html, 'name="subject"', of="the page of a closed desk")


def contact_missing(t: Trial) -> Steps:
    """A Blocker without a contact is asked for one, and the desk told that it may lower it."""
    ana, _, number = t.opened("All is down", "Priority: Blocker\n\nNothing loads.")
    t.told_pat(number)
    yield timedelta(minutes=35)
    t.reads(body(ana.wait("day and night", "Critical")), "may treat it as Critical", of="the second question")
    t.reads(body(t.pat.wait(number, "Nobody to call")), "#priority Critical", of="what the desk reads")


def levels_by_mail(t: Trial) -> Steps:
    """Warned, overdue, the manager: once each; nothing while the case waits for its customer."""
    numbers: list[str] = []
    for _ in range(2):
        _, _, number = t.opened("Live deal stopped", "Priority: Critical\n\nNo delivery.")
        t.pat.answer(t.told_pat(number), "#take" if not numbers else "#take\n#wait")
        numbers.append(number)
    late, resting = numbers
    yield timedelta(hours=3) + LATER
    t.see(t.pat.wait(late, "Answer due"), "a warning")
    t.see(not t.pat.unread(late, "Answer overdue"), "no alarm yet")
    yield timedelta(hours=4) + LATER
    t.see(t.pat.wait(late, "Answer overdue"), "an alarm")
    t.see(not t.mona.unread(late, "Still no answer"), "nothing to the manager yet")
    yield timedelta(hours=5) + LATER
    t.reads(body(t.mona.wait(late, "Still no answer")), "Pat Paper", of="what the manager reads")
    yield timedelta(days=3) + LATER
    subjects = [str(mail["Subject"]) for mail in t.post.to(t.pat.address) + t.post.to(t.mona.address)]
    for words in ("Answer due", "Answer overdue", "Still no answer"):
        count = sum(words in one and late in one for one in subjects)
        t.see(count == 1, f"“{words}” once", str(count))
        t.see(
            not any(words in one and resting in one for one in subjects), f"no “{words}” of a case that waits"
        )


def levels_in_slack(t: Trial) -> Steps:
    """Below the card, by name; the manager too, and in person."""
    ben = t.ben()
    number = t.slack.opened(ben, "acme", priority="Critical")
    t.slack.click("sam", "case_take", t.slack.card(number))
    t.slack.card_words(number, "Owner: *Sam")
    yield timedelta(hours=3) + LATER
    t.reads(_text(t.slack.in_thread(number, "is due by")), "U0SAM", of="the warning below the card")
    yield timedelta(hours=4) + LATER
    t.reads(_text(t.slack.in_thread(number, "was due by")), "U0SAM", of="the alarm below the card")
    yield timedelta(hours=5) + LATER
    t.reads(
        _text(t.slack.in_thread(number, "still has no answer")), "U0MIA", of="the manager's, below the card"
    )
    t.see(t.slack.heard("mia", number), "the manager told in person")
    t.lacks(t.slack.channel("acme"), "due by", of="the customer's channel")


def _text(message: Any) -> str:
    return f"{message.text} {message.blocks}"


def late_by_mail(t: Trial) -> Steps:
    """After twenty days a plain reply opens a linked case, and ``#reopen`` the same one."""
    ana, mail, number = _closed(t)
    bob, other, again = _closed(t)
    yield timedelta(days=20)
    ana.answer(mail, "It still does not work.")
    told = ana.wait("goes on from")
    fresh = number_of(str(told["Subject"]))
    t.see(fresh != number, "a number of its own", fresh)
    t.reads(body(told), f"goes on from {number}", of="the confirmation of the linked case")
    t.reads(body(t.told_pat(fresh)), f"goes on from {number}", of="what the desk reads")
    t.reads(t.slack.card_words(fresh, number), number, of="the linked case's card")
    bob.answer(other, "#reopen It is back.")
    t.reads(body(bob.wait(again, "again")), again, of="the answer to #reopen")
    t.reads(t.slack.card_words(again, IN_PROGRESS), IN_PROGRESS, of="its card")


def _closed(t: Trial) -> tuple[Any, Any, str]:
    ana, mail, number = t.opened()
    ana.answer(mail, "#close")
    t.slack.card_words(number, "Status: *Closed")
    ana.mark_read()
    return ana, mail, number


def silent_by_mail(t: Trial) -> Steps:
    """Asked, reminded on the third and fifth business day, closed on the tenth; each said before."""
    ana, _, number = t.opened()
    t.pat.answer(t.told_pat(number), "#ask Please send both reports.")
    ana.wait("Please send both reports.")
    yield timedelta(days=3) + LATER
    t.reads(body(ana.wait("cannot go on")), "16 Mar", "Please send both reports.", of="the first reminder")
    yield timedelta(days=7) + LATER
    t.reads(body(ana.wait("Once more")), "16 Mar", of="the second reminder")
    yield timedelta(days=14) + LATER
    t.reads(body(ana.wait("closed")), "No response", of="the closing mail")
    t.reads(t.slack.card_words(number, "Closed"), "Closed", of="the card")


def silent_in_slack(t: Trial) -> Steps:
    """The same in the customer's thread."""
    ben = t.ben()
    number = t.slack.opened(ben, "acme")
    t.slack.say("sam", t.slack.card(number), "!ask Please send both reports.")
    root = t.slack.place(ben, number, "acme")
    yield timedelta(days=3) + LATER
    t.slack.heard_below(root, "cannot go on", number)
    yield timedelta(days=7) + LATER
    t.see(t.slack.heard_below(root, "Once more"), "a second reminder")
    yield timedelta(days=14) + LATER
    t.see(t.slack.heard_below(root, "No response"), "the closing notice")
    t.reads(t.slack.card_words(number, "Closed"), "Closed", of="the card")


def silent_on_web(t: Trial) -> Steps:
    """The page says what is waited for, and at last that it is over."""
    ana, page, number = t.on_page()
    t.pat.answer(t.told_pat(number), "#ask Please send both reports.")
    ana.wait("Please send both reports.")
    yield timedelta(days=7) + LATER
    t.reads(get(page.url).words, "Waiting for your answer", "Please send both reports.", of="the page")
    yield timedelta(days=14) + LATER
    t.reads(get(page.url).words, "Closed", "No response", of="the page afterwards")


def asked_how_by_mail(t: Trial) -> Steps:
    """Three days after closing, once in ninety days, never about a duplicate."""
    ana, _mail, number = _closed(t)
    dan, _, refused = t.opened()
    t.pat.answer(t.told_pat(refused), "#close out_of_scope")
    dan.wait("closed")
    yield timedelta(days=3) + LATER
    invited = ana.wait("How did we do?")
    t.reads(str(invited["Subject"]), number, of="the invitation")
    _, its, second = t.opened("Another", "Thing.", by=ana)
    ana.answer(its, "#close")
    t.slack.card_words(second, "Status: *Closed")
    yield timedelta(days=7) + LATER
    t.see(not ana.unread("How did we do?"), "no second invitation within ninety days")
    t.see(not dan.unread("How did we do?"), "no invitation about what was out of scope")
    yield timedelta(days=95)
    _, its, third = t.opened("A third", "Thing.", by=ana)
    ana.answer(its, "#close")
    t.slack.card_words(third, "Status: *Closed")
    yield timedelta(days=98) + LATER
    t.see(ana.wait("How did we do?", third), "an invitation after ninety days")


def asked_how_in_slack(t: Trial) -> Steps:
    """By a talk with that person alone."""
    ben = t.ben()
    number = t.slack.opened(ben, "acme")
    t.slack.slash(ben, f"close {number} no longer an issue", "acme")
    t.slack.close(ben)
    t.slack.card_words(number, "Status: *Closed")
    yield timedelta(days=3) + LATER
    t.see(t.slack.heard(ben, "/survey/"), "an invitation in their talk")
    t.lacks(t.slack.channel("acme"), "/survey/", of="the account's channel")


def asked_how_on_web(t: Trial) -> Steps:
    """Looking votes for nothing; a vote is told, and may be changed; the link dies."""
    ana, _, number = _closed(t)
    yield timedelta(days=3) + LATER
    url = link(ana.wait("How did we do?"), "survey")
    page = get(url)
    t.lacks(page.words, "no delivery", of="the survey's page")
    t.reads(
        page.send("rate", rating="4", comment="Quick and kind.").words,
        "Thank you!",
        of="the page after a vote",
    )
    t.reads(body(t.pat.wait(number, "Quick and kind.")), "4", of="what the desk reads")
    t.see(get(url).send("rate", rating="2").status == 200, "a changed vote")
    yield timedelta(days=20)
    t.see(get(url).status == 410, "410 for an old link", str(get(url).status))


def canary_by_mail(t: Trial) -> Steps:
    """It leaves; where it stays away, the desk is told once, and once more when it is back."""
    sent = until(lambda: _canaries(t))
    t.see(sent, "a canary to our own address")
    yield timedelta(minutes=35)
    told = t.pat.wait("does not come back")
    t.reads(body(told), "casebot outbox list", "casebot check", of="the alarm")
    for taken in _canaries(t):
        t.post.hand_in(taken.raw, "support@example.com", taken.recipients[0])
    t.see(t.pat.wait("support@example.com", seconds=30), "a word once it is back")
    t.see(sum("does not come back" in str(m["Subject"]) for m in t.post.to(t.pat.address)) == 1, "one alarm")


def canary_in_slack(t: Trial) -> Steps:
    """In the triage channel too."""
    yield timedelta(minutes=35)
    until(lambda: "has not come back" in t.slack.channel("triage"))
    t.reads(t.slack.channel("triage"), "has not come back", "casebot outbox list", of="the triage channel")


def _canaries(t: Trial) -> list[Any]:
    return [one for one in t.post.sink.taken if one.recipients[0].startswith("support+c")]


def stored_by_mail(t: Trial) -> None:
    """A case's life by mail."""
    ana, _mail, number = t.opened(files={"a.csv": b"1"})
    told = t.told_pat(number)
    t.pat.answer(told, "We look.")
    ana.answer(ana.wait("We look."), "Thank you, and here is more.")
    t.see(t.pat.wait(number, "here is more"), "the reply at the desk")
    t.pat.answer(told, "#close resolved")
    t.see(ana.wait("closed"), "the closing mail")


def stored_in_slack(t: Trial) -> None:
    """A case's life in Slack."""
    ben = t.ben()
    number = t.slack.opened(ben, "acme")
    t.slack.say("sam", t.slack.card(number), "!reply We look.")
    t.slack.heard_below(t.slack.place(ben, number, "acme"), "We look.")
    t.slack.slash("sam", f"close {number} resolved", "triage")
    t.slack.close("sam")
    t.reads(t.slack.card_words(number, "Resolved"), "Resolved", of="the card")


def stored_on_web(t: Trial) -> None:
    """A case's life on its pages."""
    _, page, _ = t.on_page()
    done = get(get(page.link("/my/")).link("/new/")).send(
        "open", {"a.csv": b"1"}, subject="By the page", text="Words."
    )
    t.reads(done.words, "By the page", "a.csv", of="the page of the case")
    t.reads(get(done.url).send("close").words, "Closed", of="the page afterwards")


STORED: tuple[tuple[str, str, Callable[[Trial], Any]], ...] = (
    ("28", "M", stored_by_mail), ("28", "S", stored_in_slack), ("28", "W", stored_on_web),
)  # fmt: skip
TRIALS: tuple[tuple[str, str, Callable[[Trial], Any]], ...] = (
    ("e", "M", canary_by_mail), ("e", "S", canary_in_slack),
    ("2", "M", closed_by_mail), ("2", "S", closed_in_slack), ("2", "W", closed_on_web),
    ("13", "M", contact_missing),
    ("14", "M", levels_by_mail), ("14", "S", levels_in_slack),
    ("19", "M", late_by_mail),
    ("21", "M", silent_by_mail), ("21", "S", silent_in_slack), ("21", "W", silent_on_web),
    ("22", "M", asked_how_by_mail), ("22", "S", asked_how_in_slack), ("22", "W", asked_how_on_web),
    *STORED,
)  # fmt: skip
