"""Rows 19, f and g: what is opened again, what is not, and what belongs together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.rows.mail import body
from bench.rows.seen import until
from bench.rows.slack import IN_PROGRESS
from bench.rows.trial import Trial
from bench.rows.web import get
from rehearsal.slack.workspace.conversation import Message


def reopened_by_mail(t: Trial) -> None:
    """A plain reply within the days reopens, and is answered; a command does too."""
    ana, mail, number = t.opened()
    told = t.told_pat(number)
    t.pat.answer(told, "#close as_designed")
    closed = ana.wait("closed")
    t.reads(t.slack.card_words(number, "Status: *Closed"), "Status: *Closed*", of="the card")
    ana.answer(closed, "It still does not work.")
    t.reads(t.slack.card_words(number, IN_PROGRESS), IN_PROGRESS, of="the card after a plain reply")
    t.reads(body(ana.wait(number)), "again", of="the answer to a reply that reopens")
    t.pat.answer(told, "#close as_designed")
    ana.wait("closed")
    ana.answer(mail, "#reopen It is back.")
    t.reads(body(ana.wait("again")), number, of="the answer to #reopen")
    t.reads(body(t.told_pat(number, "It is back.")), "It is back.", of="what the desk reads")


def _closed_in_slack(t: Trial) -> tuple[str, str, Message]:
    """Open a case in Slack and close it; return its customer, number and thread."""
    ben = t.ben()
    number = t.slack.opened(ben)
    t.slack.slash("sam", f"close {number} as_designed", "triage")
    t.slack.close("sam")
    t.slack.card_words(number, "Status: *Closed")
    return ben, number, t.slack.place(ben, number)


def reopened_in_slack(t: Trial) -> None:
    """A word in the thread, and a command."""
    ben, number, root = _closed_in_slack(t)
    t.slack.say(ben, root, "It still does not work.")
    t.reads(t.slack.card_words(number, IN_PROGRESS), IN_PROGRESS, of="the card after a plain word")
    t.slack.heard(ben, "again")
    t.slack.slash(ben, f"close {number} no longer")
    t.slack.close(ben)
    t.slack.card_words(number, "Status: *Closed")
    t.reads(t.slack.slash(ben, f"reopen {number} It is back."), "✅", of="/case reopen")
    t.reads(t.slack.card_words(number, IN_PROGRESS), IN_PROGRESS, of="the card after /case reopen")


def reopened_on_web(t: Trial) -> None:
    """By the page's form, with words."""
    _, page, number = t.on_page()
    closed = get(page.url).send("close")
    without = closed.send("reopen", text="")
    t.see(without.status == 422, "422 without a word", without.words)
    t.reads(without.send("reopen", text="It is back.").words, "It is back.", of="the page")
    t.reads(t.slack.card_words(number, IN_PROGRESS), IN_PROGRESS, of="the card")


def thanks_by_mail(t: Trial) -> None:
    """Kept, answered with the way back; thanks with a failure reopen."""
    ana, _, number = t.opened()
    told = t.told_pat(number)
    t.pat.answer(told, "Fixed.\n\n#close as_designed")
    closed = ana.wait("Fixed.")
    for words in ("Thanks a lot!", "Merci beaucoup !"):
        ana.answer(closed, words)
        t.desk.quiet()
    t.reads(t.slack.card_words(number, "Closed"), "Status: *Closed*", of="the card after thanks")
    ana.mark_read()
    ana.answer(closed, "Thanks, but it fails again.")
    t.reads(
        t.slack.card_words(number, IN_PROGRESS), IN_PROGRESS, of="the card after “Thanks, but it fails again”"
    )


def thanks_in_slack(t: Trial) -> None:
    """Likewise."""
    ben, number, root = _closed_in_slack(t)
    t.slack.say(ben, root, "thanks :tada:")
    t.desk.quiet()
    t.reads(t.slack.card_words(number, "Closed"), "Status: *Closed*", of="the card after thanks")
    t.slack.say(ben, root, "Thanks, but it fails again.")
    t.reads(t.slack.card_words(number, IN_PROGRESS), IN_PROGRESS, of="the card afterwards")


def threads_by_mail(t: Trial) -> None:
    """The evidence is in the history; merging and splitting are undone."""
    ana, mail, number = t.opened()
    ana.answer(mail, "A second word.")
    told = t.told_pat(number, "A second word.")
    _, _, other = t.opened("The same again", "It stopped too.")
    t.pat.answer(told, f"#merge {other} the same outage")
    t.reads(body(t.pat.wait("part of")), other, of="the answer to #merge")
    t.pat.answer(told, f"#unmerge {other}")
    t.see(until(lambda: t.pat.unread(number, f"#unmerge {other}")), "an answer to #unmerge")
    for shown, words in (
        (number, ("took in", "let go", other, "the same outage", "reply address")),
        (other, ("merged", "unmerged", number)),
    ):
        code, said = t.desk.cli("case", "show", shown)
        t.see(code == 0, "casebot case show", said)
        t.reads(said, *words, of=f"the history of {shown}")


def threads_in_slack(t: Trial) -> None:
    """Merged by a command, parted in the thread."""
    ben = t.ben()
    number, other = t.slack.opened(ben), t.slack.opened(ben, subject="The same again")
    t.reads(t.slack.slash("sam", f"merge {other} into {number}", "triage"), "✅", of="/case merge")
    t.slack.say("sam", t.slack.card(number), f"!unmerge {other}")
    until(
        lambda: (
            "nmerge" in t.slack.whispers("sam") + t.slack.thread(number) or other in t.slack.whispers("sam")
        )
    )
    t.reads(
        t.slack.card_words(other, "Status: *New"), "Status: *New*", of="the card of the case that was merged"
    )


TRIALS: tuple[tuple[str, str, Callable[[Trial], Any]], ...] = (
    ("19", "M", reopened_by_mail), ("19", "S", reopened_in_slack), ("19", "W", reopened_on_web),
    ("f", "M", thanks_by_mail), ("f", "S", thanks_in_slack),
    ("g", "M", threads_by_mail), ("g", "S", threads_in_slack),
)  # fmt: skip
