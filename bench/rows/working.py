"""Rows 3, 15, 18, 20, 23, 24 and 25: what specialists and customers do with a case."""

from __future__ import annotations

from collections.abc import Callable

from bench.rows.mail import body
from bench.rows.seen import until
from bench.rows.slack import IN_PROGRESS
from bench.rows.trial import Trial, link
from bench.rows.web import get

TEAM = "acme-team@example.com"


def handed_over_by_mail(t: Trial) -> None:
    """All that was said goes to the account's team, with the customer in Reply-To.

    No word of the desk's own does.
    """
    ana, mail, number = t.opened()
    told = t.told_pat(number)
    t.pat.answer(told, "#note Ask legal, secretword.")
    ana.answer(mail, "It is our own adapter.")
    t.pat.wait(number, "our own adapter")
    t.pat.answer(told, "#handover Custom code is yours.")
    passed = t.post.person(TEAM).wait(number)
    t.reads(body(passed), "It stopped at noon.", "It is our own adapter.", of="what the local team reads")
    t.lacks(body(passed), "secretword", "In progress", of="what the local team reads")
    t.see(ana.address in str(passed["Reply-To"]), "the customer in Reply-To", str(passed["Reply-To"]))
    t.reads(body(ana.wait(TEAM)), TEAM, of="what the customer reads")
    t.reads(t.slack.card_words(number, "Closed"), "Closed", of="the card")


def handed_over_in_slack(t: Trial) -> None:
    """By one word in the thread."""
    ben = t.ben()
    number = t.slack.opened(ben, "acme")
    t.slack.say("sam", t.slack.card(number), "!handover Custom code is theirs.")
    passed = t.post.person(TEAM).wait(number)
    t.reads(body(passed), "stopped delivering at noon", of="what the local team reads")
    t.reads(t.slack.card_words(number, "Closed"), "Closed", of="the card")
    t.slack.place(ben, number, "acme")
    t.desk.quiet()
    t.reads(t.slack.channel("acme"), TEAM, of="the customer's thread")


def asked_by_mail(t: Trial) -> None:
    """Waits; the answer brings it back; a workaround is marked."""
    ana, _, number = t.opened()
    told = t.told_pat(number)
    t.pat.answer(told, "#ask Please send both reports.")
    asked = ana.wait("Please send both reports.")
    t.reads(body(asked), "/upload/", "waits for your answer", of="the request")
    t.reads(t.slack.card_words(number, "Waiting"), "Waiting", of="the card")
    ana.answer(asked, "", files={"a.csv": b"1", "b.csv": b"2"})
    t.reads(t.slack.card_words(number, IN_PROGRESS), IN_PROGRESS, of="the card after files alone")
    t.pat.answer(told, "#workaround Restart the adapter.")
    given = ana.wait("Restart the adapter.")
    t.reads(get(link(given, "case")).words, "Restart the adapter.", "orkaround", of="the page of the case")


def asked_in_slack(t: Trial) -> None:
    """By the card's menu; the answer in the thread brings it back."""
    ben = t.ben()
    number = t.slack.opened(ben)
    t.slack.click("sam", "case_status", t.slack.card(number), value=f"{int(number[3:])}:ask")
    t.reads(t.slack.fill("sam", text="Please send both reports."), "waits", of="the form")
    t.slack.close("sam")
    asked = t.slack.heard(ben, "Please send both reports.")
    t.reads(t.slack.card_words(number, "Waiting"), "Waiting", of="the card")
    t.slack.say(ben, asked, "Here it is.", {"a.csv": b"1"})
    t.slack.in_thread(number, "a.csv")
    t.reads(t.slack.card_words(number, IN_PROGRESS), IN_PROGRESS, of="the card after the answer")
    t.slack.click("sam", "case_status", t.slack.card(number), value=f"{int(number[3:])}:workaround")
    t.slack.fill("sam", text="Restart the adapter.")
    t.slack.close("sam")
    t.see(t.slack.heard(ben, "Restart the adapter."), "the workaround")
    t.reads(t.slack.slash(ben, f"show {number}"), "Restart the adapter.", "orkaround", of="/case show")


def asked_on_web(t: Trial) -> None:
    """The page says that we wait, and takes the answer."""
    ana, page, number = t.on_page()
    t.pat.answer(t.told_pat(number), "#ask Please send both reports.")
    ana.wait("Please send both reports.")
    waiting = get(page.url)
    t.reads(waiting.words, "Waiting for your answer", "Please send both reports.", of="the page")
    t.lacks(
        waiting.send("reply", text="Here is what I know.").words,
        "Waiting for your answer",
        of="the page afterwards",
    )
    t.pat.wait(number, "Here is what I know.")


def browsed_by_mail(t: Trial) -> None:
    """``#my``, ``#show``; the desk's queue and search, both in one mail, by a fresh one."""
    ana, mail, number = t.opened("Zeppelin report is late")
    ana.answer(mail, "#my")
    t.reads(body(ana.wait("Cases")), number, "Zeppelin", of="#my")
    ana.answer(mail, "#show")
    t.reads(body(ana.wait("What happened")), "It stopped at noon.", number, of="#show")
    bob = t.ana()
    bob.send("Question", f"#show {number}")
    t.lacks(body(bob.wait()), "It stopped at noon.", of="another customer's #show")
    t.pat.send("Lists", "#queue\n#search Zeppelin")
    lists = body(t.pat.wait("The cases you asked for"))
    t.reads(lists, "to do", "Zeppelin", of="#queue and #search in one mail")
    t.see(lists.count("Cases ·") + lists.count("Cases\n") >= 2, "two lists", lists)


def browsed_in_slack(t: Trial) -> None:
    """``/case my``, ``show``, ``search``, ``queue``, and the home."""
    ben, other = t.ben(), t.ben()
    number = t.slack.opened(ben, subject="Walrus report is late", priority="Critical")
    t.reads(t.slack.slash(ben, "my"), number, "Walrus", of="/case my")
    t.reads(t.slack.slash(ben, f"show {number}"), number, "stopped delivering", of="/case show")
    t.lacks(t.slack.slash(other, f"show {number}"), "stopped delivering", of="another customer's /case show")
    t.reads(t.slack.slash("sam", "search Walrus", "triage"), number, of="/case search")
    t.reads(t.slack.slash("sam", "queue", "triage"), number, of="/case queue")
    t.reads(t.slack.slash("sam", "queue unassigned", "triage"), number, of="/case queue unassigned")
    home = t.slack.people.open_home(ben, wait=8)
    t.reads(str(home and home.body), number, "My cases", of="the home")


def browsed_on_web(t: Trial) -> None:
    """My cases, one of them in full; nothing of anybody else's."""
    _, page, number = t.on_page(subject="Ibis report is late")
    my = get(page.link("/my/"))
    t.reads(my.words, number, "Ibis report is late", of="my cases")
    t.reads(
        get(my.link("/case/")).words,
        "It stopped at noon.",
        "Priority",
        "Opened by",
        of="the page of the case",
    )
    _, other, _ = t.on_page()
    t.lacks(get(other.link("/my/")).words, number, of="somebody else's cases")
    t.see(get(page.url[:-3] + "aaa").status == 404, "404 for a forged link")


def closed_by_mail(t: Trial) -> None:
    """Every reason is told in words; words and closing are one mail; the customer closes their own."""
    reasons = {"as_designed": "Works as designed", "not_ours": "Not ours", "out_of_scope": "Out of scope"}
    for key, words in reasons.items():
        ana, _, number = t.opened()
        t.pat.answer(t.told_pat(number), f"#close {key}")
        t.reads(body(ana.wait("closed")), words, of=f"the mail for {key}")
        t.reads(t.slack.card_words(number, "Status: *Closed"), "Status: *Closed*", of="the card")
    ana, mail, number = t.opened()
    before = len(t.post.to(ana.address))
    t.pat.answer(t.told_pat(number), "We changed the floor.\n\n#close resolved")
    done = body(ana.wait("We changed the floor."))
    t.reads(done, "Resolved", of="the answer that closes")
    t.desk.quiet()
    t.see(
        len(t.post.to(ana.address)) == before + 1,
        "one mail for an answer that closes",
        str(len(t.post.to(ana.address)) - before),
    )
    ana.answer(mail, "#close")
    t.reads(
        t.slack.card_words(number, "Status: *Closed"), "Status: *Closed*", of="the card once she confirms"
    )


def closed_in_slack(t: Trial) -> None:
    """From the card's menu; by its customer."""
    ben = t.ben()
    number = t.slack.opened(ben)
    t.slack.click("sam", "case_status", t.slack.card(number), value=f"{int(number[3:])}:close:as_designed")
    t.slack.fill("sam", text="That is how floors work.")
    t.slack.close("sam")
    t.reads(
        t.slack.talk(ben) if t.slack.heard(ben, "That is how floors work.") else "",
        "Works as designed",
        of="her talk",
    )
    t.reads(t.slack.card_words(number, "Closed"), "Closed", of="the card")
    own = t.slack.opened(ben)
    t.slack.slash(ben, f"close {own} no longer an issue")
    t.slack.close(ben)
    t.reads(t.slack.card_words(own, "Closed"), "Closed", of="the card of a case that its customer closed")


def closed_on_web(t: Trial) -> None:
    """By a button, after *resolved* too."""
    ana, page, number = t.on_page()
    t.pat.answer(t.told_pat(number), "#close resolved")
    ana.wait("closed")
    resolved = get(page.url)
    t.reads(resolved.words, "Resolved", "It is solved: close the case", of="the page")
    t.reads(resolved.send("close").words, "Closed", of="the page afterwards")


def worked_by_mail(t: Trial) -> None:
    """Reply, note, commands, and a customer's mail forwarded."""
    ana, _, number = t.opened()
    told = t.told_pat(number)
    t.pat.answer(told, "A public answer.")
    t.reads(body(ana.wait("A public answer.")), "A public answer.", of="the answer")
    t.pat.answer(told, "#note Quietword for us.")
    t.slack.in_thread(number, "Quietword")
    t.pat.answer(told, "#take")
    t.reads(t.slack.card_words(number, "Owner: *Pat"), "Pat Paper", of="the card")
    carl = t.ana()
    head = f"From: {carl.name} <{carl.address}>\nDate: Mon, 2 Mar 2026 at 10:00\nSubject: Invoice is wrong\n"
    original = f"---------- Forwarded message ---------\n{head}To: Pat Paper <{t.pat.address}>\n\nThe invoice is wrong."
    text = f"Please handle.\n\n{original}\n"
    t.pat.send("Fwd: Invoice is wrong", text)
    confirmed = carl.wait("Invoice is wrong")
    t.lacks(body(confirmed), "Please handle", of="what the forwarded customer reads")
    t.desk.quiet()
    for mail in t.post.to(ana.address) + t.post.to(carl.address):
        t.lacks(body(mail), "Quietword", of="a customer's mail")


def worked_in_slack(t: Trial) -> None:
    """Notes by default, answers by !reply and by a form with a preview; taken and handed over."""
    ben = t.ben()
    number = t.slack.opened(ben)
    card = t.slack.card(number)
    t.slack.say("sam", card, "Quietword, just for us.")
    t.slack.say("sam", card, "!reply A public answer.")
    t.slack.heard(ben, "A public answer.")
    t.slack.click("sam", "case_reply", card)
    preview = t.slack.fill("sam", text="Another answer.")
    t.reads(preview, "Another answer.", ben.title(), of="the preview")
    t.slack.press("sam")
    t.slack.close("sam")
    t.slack.heard(ben, "Another answer.")
    t.slack.click("sam", "case_take", t.slack.card(number))
    t.reads(t.slack.card_words(number, "Owner: *Sam"), "Owner: *Sam", of="the card")
    t.slack.say("sam", card, "!assign @kim")
    t.reads(t.slack.card_words(number, "Owner: *Kim"), "Owner: *Kim", of="the card after !assign")
    t.lacks(t.slack.talk(ben), "Quietword", of="the customer's talk")


def slash_in_slack(t: Trial) -> None:
    """Verbs, help with the three entries, and words for what is unknown."""
    ben = t.ben()
    number = t.slack.opened(ben)
    shown = t.slack.slash(ben, "help")
    t.reads(shown, "Create a case", "My cases", "Read the documentation", "reopen", of="/case help")
    t.lacks(shown, "take", of="a customer's /case help")
    t.reads(t.slack.slash(ben, f"reply {number} One more word."), "✅", of="/case reply")
    t.slack.in_thread(number, "One more word.")
    t.reads(t.slack.slash(ben, f"take {number}"), "Only the support team", of="a customer's /case take")
    t.reads(t.slack.slash("sam", f"take {number}", "triage"), "✅", of="/case take")
    t.see("✅" not in (said := t.slack.slash(ben, f"repyl {number} words")), "no success for a typo", said)


def commands_by_mail(t: Trial) -> None:
    """Understood in the customer's language, answered each, and help."""
    ana, mail, number = t.opened()
    ana.answer(mail, "#help")
    t.reads(body(ana.wait("What you can write")), "#reopen", "#concern", of="#help")
    ana.answer(mail, "#cloturer")
    t.see(
        "Closed" in t.slack.card_words(number, "Closed") or ana.unread(number),
        "an outcome of #cloturer",
        t.slack.card_words(number),
    )
    ana.answer(mail, "#wrongverb please")
    t.see(t.told_pat(number, "#wrongverb"), "an unknown word kept as text")


def commands_in_slack(t: Trial) -> None:
    """The same verbs behind an exclamation mark and behind the app's name."""
    number = t.slack.opened(t.ben())
    card = t.slack.card(number)
    t.slack.say("sam", card, "!take")
    t.reads(t.slack.card_words(number, "Owner: *Sam"), "Owner: *Sam", of="the card after !take")
    t.slack.say("sam", card, "@U0CASE set type: Reporting")
    t.reads(t.slack.card_words(number, "Reporting"), "Reporting", of="the card after a mention")
    t.slack.say("sam", card, "!queue")
    until(lambda: "to do" in t.slack.whispers("sam"))
    t.reads(t.slack.whispers("sam"), "to do", "CS-", of="!queue, to Sam alone")
    t.reads(t.slack.slash("sam", "queue", "triage"), "CS-", of="/case queue")


def commands_on_line(t: Trial) -> None:
    """The page's forms and the command line do the same."""
    ana, page, number = t.on_page()
    code, said = t.desk.cli("case", "reply", number, "From", "the", "shell.", "--as", "pat@desk.example")
    t.see(code == 0, "exit code 0 of casebot case reply", said)
    t.see(ana.wait("From the shell."), "the answer from the shell")
    code, said = t.desk.cli("case", "queue")
    t.reads(said, number, of="casebot case queue")
    t.reads(get(page.url).send("reply", text="From the page.").words, "From the page.", of="the page")


TRIALS: tuple[tuple[str, str, Callable[[Trial], None]], ...] = (
    ("3", "M", handed_over_by_mail), ("3", "S", handed_over_in_slack),
    ("15", "M", asked_by_mail), ("15", "S", asked_in_slack), ("15", "W", asked_on_web),
    ("18", "M", browsed_by_mail), ("18", "S", browsed_in_slack), ("18", "W", browsed_on_web),
    ("20", "M", closed_by_mail), ("20", "S", closed_in_slack), ("20", "W", closed_on_web),
    ("23", "M", worked_by_mail), ("23", "S", worked_in_slack),
    ("24", "S", slash_in_slack),
    ("25", "M", commands_by_mail), ("25", "S", commands_in_slack), ("25", "W", commands_on_line),
)  # fmt: skip
