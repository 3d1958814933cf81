"""Rows a to d, h to j and o: what must never happen, and what is told when it nearly does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.rows.mail import body
from bench.rows.seen import until
from bench.rows.trial import Trial, link
from bench.rows.web import get

RECEIVED = "from mail.example.net (mail.example.net [203.0.113.9]) by mx.example.com; Mon, 02 Mar 2026 10:00:00 +0000"
VOUCHED = "mx.example.com; dmarc=pass header.from={domain}"
REASON = "550 5.1.1 Nobody of this name lives here"
REPORT = """From: MAILER-DAEMON@mx.acme.example
To: {path}
Subject: Undelivered Mail
Message-ID: <report.{id}@mx.acme.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your mail could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example

Final-Recipient: rfc822;{to}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; {reason}
--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: {subject}

--b--
"""


def inward_by_mail(t: Trial) -> None:
    """A note, a note's address, a reply of a colleague: no customer reads them."""
    ana, _, number = t.opened()
    told = t.told_pat(number)
    address = body(told).partition("For an internal note, write to ")[2].split()[0].rstrip(".")
    t.pat.send(f"Re: {told['Subject']}", "Hushaddress words.", to=address)
    t.pat.answer(told, "#note Hushverb words.")
    t.see(t.slack.in_thread(number, "Hushaddress"), "a note by its address")
    t.see(t.slack.in_thread(number, "Hushverb"), "a note by its verb")
    t.pat.answer(told, "#repyl Hushtypo words.")
    t.desk.quiet()
    said = "".join(body(mail) for mail in t.post.to(ana.address))
    t.lacks(said, "Hushaddress", "Hushverb", "Hushtypo", of="the customer's mails")
    t.lacks(get(link(t.post.to(ana.address)[0], "case")).words, "Hush", of="the page of the case")


def inward_in_slack(t: Trial) -> None:
    """The thread is internal, a typo is caught, an answer says that it left and can be taken back."""
    ben = t.ben()
    number = t.slack.opened(ben)
    card = t.slack.card(number)
    t.slack.say("sam", card, "Hushnote words.")
    t.slack.say("sam", card, "!repyl Hushtypo words.")
    until(lambda: "!repyl" in t.slack.whispers("sam"))
    t.reads(t.slack.whispers("sam"), "Did you mean", of="what Sam is shown after a typo")
    sent = t.slack.say("sam", card, "!reply A public answer.")
    t.slack.heard(ben, "A public answer.")
    t.slack.people.edit("sam", "triage", sent.ts, "!reply Another answer.")
    t.see(t.slack.in_thread(number, "hanged"), "a word that an answer was changed after it was sent")
    t.see(t.slack.reactions(sent), "a sign at the message that was sent", "no reaction")
    t.see(
        "Undo" in t.slack.whispers("sam") + t.slack.thread(number),
        "a way to take an answer back (Undo)",
        t.slack.whispers("sam")[-200:],
    )
    t.lacks(t.slack.talk(ben), "Hush", of="the customer's talk")


def bound_by_mail(t: Trial) -> None:
    """Ana's reply address in somebody else's hands: kept aside, and shared by the desk alone."""
    ana, mail, number = t.opened()
    eve = t.post.person("eve@stranger.example", "Eve")
    eve.answer(mail, "Let me in, please.")
    t.reads(body(t.told_pat(number, "Let me in")), "Only the desk sees it", of="what the desk reads")
    forged = t.post.person("pat@desk.example", "Pat Paper")
    forged.answer(
        t.told_pat(number) if t.pat.unread(number) else mail,
        "Forgedword to all.",
        headers={"Received": RECEIVED},
    )
    t.desk.quiet()
    t.lacks(
        "".join(body(one) for one in t.post.to(ana.address)),
        "Let me in",
        "Forgedword",
        of="the customer's mails",
    )
    t.see(not eve.unread(), "no mail to whoever holds a foreign address", str(eve.unread()))


def bound_on_web(t: Trial) -> None:
    """Forged links, links of another purpose and of another case: 404."""
    _, page, _ = t.on_page()
    token = page.url.rpartition("/")[2]
    for purpose in ("my", "upload", "survey", "new"):
        t.see(
            get(f"{t.desk.web}/{purpose}/{token}").status == 404, f"404 for /{purpose}/ with a case's token"
        )
    t.see(get(f"{t.desk.web}/case/{token[:-4]}abcd").status == 404, "404 for a forged token")
    t.reads(
        get(f"{t.desk.web}/case/{token[:-4]}abcd").words,
        "local-team@example.com",
        of="the page for a dead link",
    )


def once_by_mail(t: Trial) -> None:
    """The same mail twice is one case; the same Message-ID with other words is another."""
    ana = t.ana()
    raw = ana.send("Only once", "These words.")
    mail = ana.wait()
    t.post.hand_in(raw, ana.address)
    t.desk.quiet()
    t.see(not ana.unread(), "nothing for a mail that came again", str(ana.unread()))
    t.post.hand_in(raw.replace(b"These words.", b"Other words."), ana.address)
    t.see(str(ana.wait("Only once")["Subject"]) != str(mail["Subject"]), "another case for other words")


def once_in_slack(t: Trial) -> None:
    """Every event delivered again: said once to the desk."""
    ben = t.ben()
    number = t.slack.opened(ben)
    t.slack.server.workspace.faults.add("duplicate", times=6)
    t.slack.say(ben, t.slack.place(ben, number), "Oncelyword please.")
    t.slack.in_thread(number, "Oncelyword")
    t.desk.quiet()
    said = [one for one in t.slack.below(t.slack.card(number)) if "Oncelyword" in one.text + str(one.blocks)]
    t.see(len(said) == 1, "one message at the desk", str(len(said)))


def once_on_web(t: Trial) -> None:
    """The same form sent twice."""
    _, page, _number = t.on_page()
    page.send("reply", text="Twiceword here.")
    again = page.send("reply", text="Twiceword here.")
    t.see(again.words.count("Twiceword") == 1, "one message on the page", again.words)


def undelivered(t: Trial) -> None:
    """A delivery report is told to the desk, with its reason."""
    ana, _, number = t.opened()
    told = t.told_pat(number)
    t.pat.answer(told, "Please try again.")
    answer = ana.wait("Please try again.")
    path = str(answer["Return-Path"] or "").strip("<>") or _sender(t, ana.address)
    facts = {
        "path": path,
        "to": ana.address,
        "message_id": answer["Message-ID"],
        "subject": answer["Subject"],
    }
    t.post.hand_in(REPORT.format(id=number, reason=REASON, **facts).encode(), "", path)
    told = t.slack.in_thread(number, "could not be delivered")
    t.reads(f"{told.text} {told.blocks}", "5.1.1", ana.address, of="what the desk reads")


def _sender(t: Trial, address: str) -> str:
    return [one.sender for one in t.post.sink.taken if address in one.recipients][-1]


def new_words(t: Trial) -> None:
    """Of an HTML answer with a quotation and a signature, the new words alone."""
    ana, mail, number = t.opened()
    lead = "Le lun. 2 mars 2026 à 10:00, Acme Support a écrit :"
    quoted = f'<div class="gmail_attr">{lead}<br></div><blockquote class="gmail_quote">Oldquoted words</blockquote>'
    html = f'<div dir="auto">Nur diese Worte.</div><br><div class="gmail_quote">{quoted}</div>'
    text = f"Nur diese Worte.\n\n{lead}\n> Oldquoted words\n"
    headers = {"In-Reply-To": mail["Message-ID"]}
    ana.send(f"Re: {mail['Subject']}", text, to=str(mail["Reply-To"]), html=html, headers=headers)
    told = body(t.told_pat(number, "Nur diese Worte."))
    t.lacks(told, "Oldquoted", "a écrit", of="what the desk reads")


def loops_by_mail(t: Trial) -> None:
    """Absence notes are told and change nothing; a machine's answers draw no mail."""
    ana, _mail, number = t.opened()
    t.pat.answer(t.told_pat(number), "#close as_designed")
    closed = ana.wait("closed")
    for count in range(8):
        headers = {"Auto-Submitted": "auto-replied", "Subject-Extra": str(count)}
        ana.answer(closed, f"I am out of office until 9 March. ({count})", headers=headers)
    t.desk.quiet(2)
    t.see(not ana.unread(), "no mail for a machine's answers", str(len(ana.unread())))
    t.reads(t.slack.card_words(number, "Closed"), "Status: *Closed*", of="the card")


def loops_in_slack(t: Trial) -> None:
    """Other bots are not heard."""
    robot = t.slack.hire(t.name(), is_bot=True)
    number = t.slack.opened(t.ben(), "acme")
    root = t.slack.place(robot, number, "acme")
    t.slack.say(robot, root, "Beepword.")
    t.desk.quiet()
    t.lacks(t.slack.thread(number), "Beepword", of="the desk's thread")


def unproven_by_mail(t: Trial) -> None:
    """Held and unanswered; vouched for, answered."""
    zoe = t.ana("nowhere.example")
    zoe.send("Forged", "Is it me?", headers={"Received": RECEIVED})
    t.see(t.pat.wait("Forged", "Held"), "a held case at the desk")
    t.desk.quiet()
    t.see(not zoe.unread(), "no mail to an address that nothing proves", str(zoe.unread()))
    liv = t.ana("proven.example")
    proof = {"Authentication-Results": VOUCHED.format(domain="proven.example"), "Received": RECEIVED}
    liv.send("Vouched for", "It is me.", headers=proof)
    t.see(liv.wait("Vouched for"), "a confirmation for what our server vouches for")


def unproven_on_web(t: Trial) -> None:
    """A stranger's form draws no mail."""
    gil = t.ana("victim.example")
    page = get(f"{t.desk.web}/new")
    page.send("open", address=gil.address, name="Gil", subject="Not by me", text="Somebody typed this.")
    t.desk.quiet()
    t.see(not gil.unread(), "no mail to an address that somebody typed", str(gil.unread()))


def lost_in_slack(t: Trial) -> None:
    """A customers' channel is archived: the desk hears of it.

    The case goes on where its customer is.
    """
    ben, admin = t.ben(), t.slack.people.admin
    number = t.slack.opened(ben, "acme")
    t.slack.place(ben, number, "acme")
    admin.archive("acme")
    try:
        t.see(t.pat.wait("#acme", "archived"), "a mail that the channel is archived")
        t.slack.say("sam", t.slack.card(number), "!reply Said elsewhere now.")
        t.see(t.slack.heard(ben, "Said elsewhere now."), "the answer in the talk with the customer")
    finally:
        admin.unarchive("acme")
    after = t.slack.opened(ben, "acme")
    t.see(t.slack.place(ben, after, "acme"), "a case in the channel once it can be used again")


TRIALS: tuple[tuple[str, str, Callable[[Trial], Any]], ...] = (
    ("a", "M", inward_by_mail), ("a", "S", inward_in_slack),
    ("b", "M", bound_by_mail), ("b", "W", bound_on_web),
    ("c", "M", once_by_mail), ("c", "S", once_in_slack), ("c", "W", once_on_web),
    ("d", "M", undelivered),
    ("h", "M", new_words),
    ("i", "M", loops_by_mail), ("i", "S", loops_in_slack),
    ("j", "M", unproven_by_mail), ("j", "W", unproven_on_web),
    ("o", "S", lost_in_slack),
)  # fmt: skip
