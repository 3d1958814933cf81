"""Rows 1, 2 and 4 to 7: how a case is opened, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable

from bench.rows.mail import body
from bench.rows.trial import Trial, link
from bench.rows.web import get

HELD = "Received: from mx.example.net by mx.example.com; Mon, 02 Mar 2026 10:00:00 +0000"
ENGLISH = "English may be quicker"
CONFIRMED = {
    "de": ("Der Bericht fehlt", "Guten Tag, seit gestern fehlt uns der Bericht über die Kampagne.", "Danke für"),
    "fr": ("Rapport manquant", "Bonjour, depuis hier le rapport de la campagne nous manque. Cordialement", "Merci"),
    "es": ("Falta el informe", "Buenos días, desde ayer nos falta el informe de la campaña. Un saludo", "Gracias"),
    "it": ("Manca il rapporto", "Buongiorno, da ieri ci manca il rapporto della campagna. Cordiali saluti", "Grazie"),
    "pt": ("Falta o relatório", "Bom dia, desde ontem não temos o relatório da campanha. Cumprimentos", "Obrigado"),
    "pl": ("Brak raportu", "Dzień dobry, od wczoraj brakuje nam raportu z kampanii. Pozdrawiam", "Dziękujemy"),
    "ja": ("レポートがありません", "昨日からキャンペーンのレポートが届いていません。", "ございます"),
    "sv": ("Rapporten saknas", "Hej, sedan igår saknas rapporten för kampanjen. Kan ni titta på det?", "Thank you"),
}  # fmt: skip


def number_by_mail(t: Trial) -> None:
    """Every mail of a case's life has it in its subject."""
    ana, _, number = t.opened()
    told = t.told_pat(number)
    t.pat.answer(told, "We look at the deal.")
    answer = ana.wait("We look at the deal.")
    t.pat.answer(told, "#close resolved")
    closed = ana.wait("closed")
    for mail in (answer, closed):
        t.reads(str(mail["Subject"]), f"[{number}]", of="the subject")
    t.desk.quiet()
    for mail in (
        *t.post.to(ana.address),
        *(m for m in t.post.to(t.pat.address) if number in str(m["Subject"])),
    ):
        t.reads(str(mail["Subject"]), number, of="each subject")


def number_in_slack(t: Trial) -> None:
    """The form, the talk, the card, and a talk with a collaborator."""
    ana, ben = t.ben(), t.ben()
    number = t.slack.opened(ana, people=[ben], subject="Report is empty")
    t.reads(t.slack.card_words(number), number, "Report is empty", of="the card")
    t.see(t.slack.place(ana, number), f"{number} in her talk")
    t.slack.people.post("sam", "triage", "!reply Hello, looking.", thread_ts=t.slack.card(number).ts)
    t.slack.heard(ana, "Hello, looking.")
    t.slack.heard(ben, "Hello, looking.")
    t.reads(t.slack.talk(ben), number, "Report is empty", of="all that a collaborator read")


def number_on_web(t: Trial) -> None:
    """The page of the case, and the answer of the page that opens one."""
    _, page, number = t.on_page()
    t.reads(page.words, number, of="the page of the case")
    done = get(get(page.link("/my/")).link("/new/")).send("open", subject="Second", text="Another thing.")
    t.see(done.status == 200 and "CS-" in done.words, "a number on the page after opening", done.words)


def anybody_by_mail(t: Trial) -> None:
    """A known domain is answered; a stranger who proves nothing is held, and hears nothing."""
    t.opened()
    zoe = t.ana("stranger.example")
    zoe.send("May I ask", "We are no customer yet.", headers={"Received": HELD.partition(": ")[2]})
    told = t.pat.wait("May I ask")
    t.reads(body(told), "Held", of="what the desk reads")
    t.desk.quiet()
    t.see(not zoe.unread(), "no mail to whom nobody has proven", str(zoe.unread()))


def anybody_in_slack(t: Trial) -> None:
    """A member of the workspace opens a case."""
    ben = t.ben()
    number = t.slack.opened(ben, "acme")
    t.reads(t.slack.card_words(number, "Account"), "*Account* Acme", of="the card")


def anybody_on_web(t: Trial) -> None:
    """A stranger's is held."""
    page = get(f"{t.desk.web}/new")
    done = page.send(
        "open", address="zoe@stranger.example", name="Zoe", subject="A question", text="How do I begin?"
    )
    t.reads(done.words, "Your case is CS-", of="the page")
    t.reads(t.slack.card_words(done.words[done.words.index("CS-") :][:9], "Held"), "Held", of="the card")


def languages_by_mail(t: Trial) -> None:
    """Each in its own; others in English. The hint stands in those that are not English."""
    writers = {}
    for code, (subject, text, _) in CONFIRMED.items():
        writers[code] = t.ana()
        writers[code].send(subject, text)
    for code, (_, _, thanks) in CONFIRMED.items():
        mail = writers[code].wait()
        t.reads(body(mail), thanks, of=f"the confirmation for {code}")
        t.lacks(body(mail) if code != "sv" else "", "Thank you for writing", of=f"the one for {code}")
    _, english, _ = t.opened()
    t.lacks(body(english), ENGLISH, of="an English confirmation")


def languages_in_slack(t: Trial) -> None:
    """The form in the language of somebody's Slack."""
    ben = t.ben(locale="fr-FR")
    t.slack.people.slash(ben, "general", "/case new", wait=8)
    t.reads(t.slack.screen(ben), "Nouvelle demande", "anglais", of="the first form that a French Slack sees")
    t.slack.close(ben)
    t.slack.people.open_home(ben, wait=8)
    t.slack.people.slash(ben, "general", "/case new", wait=8)
    t.reads(t.slack.screen(ben), "Nouvelle demande", "anglais", of="the form of a French Slack")
    number_text = t.slack.fill(ben, subject="Rapport vide", text="Bonjour, depuis hier le rapport est vide.")
    t.lacks(number_text, "is open", "Please include", of="what a French customer is shown")
    t.slack.close(ben)


def languages_on_web(t: Trial) -> None:
    """By the browser's language."""
    for code, word in (("fr", "français"), ("de", "Englisch"), ("ja", "英語"), ("pl", "angielski")):
        page = get(f"{t.desk.web}/new", Accept_Language=code)
        t.see(f'lang="{code}"' in page.html, f"the page in {code}", page.words)
        t.see(
            word in page.words or "anglais" in page.words or "angielsk" in page.words,
            f"a word on English ({code})",
            page.words,
        )


def guided_by_mail(t: Trial) -> None:
    """Fields at the top are read; what is missing is asked once."""
    text = "Priority: Critical\nType: Reporting\nFeature: Instant Insights\nDeal ID: 12333\n\nNumbers differ."
    ana, mail, number = t.opened("Counting discrepancy", text)
    t.reads(body(mail), "Critical", "Reporting", "Instant Insights", "12333", of="the confirmation")
    t.reads(body(mail), "It would help us to know", "parameters and metrics", of="the confirmation")
    told = t.told_pat(number)
    t.reads(body(told), "Critical", "Reporting", of="what the desk reads")
    t.pat.answer(told, "Thanks, we look.")
    t.lacks(body(ana.wait("Thanks, we look.")), "It would help us to know", of="the next mail")


def guided_in_slack(t: Trial) -> None:
    """Feature first, definitions, examples, the local team's address, hints by type."""
    ben = t.ben()
    t.slack.people.slash(ben, "general", "/case new", wait=8)
    shown = t.slack.screen(ben)
    t.reads(shown, "large-scale outage", "Deal ID 12333: no delivery for 24 hours", "Report Task ID 1254332",
            "reporting discrepancies or delays",
            "Cannot access the Deals page", "Feature", of="the form")  # fmt: skip
    t.see("team@example.com" in shown, "the address of the local service team in the form", shown)
    t.slack.put(ben, "type", "Reporting")
    t.reads(t.slack.screen(ben), "parameters", of="the form for Reporting")
    t.slack.put(ben, "priority", "Blocker")
    t.see("hone" in t.slack.screen(ben), "a phone field for a Blocker", t.slack.screen(ben))
    t.slack.close(ben)


def guided_on_web(t: Trial) -> None:
    """Definitions and examples; what is wrong is said, what was typed stays."""
    page = get(f"{t.desk.web}/new")
    t.reads(page.words, "Platform-wide", "live deal not delivering", "Feature impacted",
            "Report Task ID 1254332", "API: the task ID", of="the page")  # fmt: skip
    wrong = page.send("open", address="nobody", subject="Kept", text="")
    t.see(wrong.status == 422, "422 for a wrong address", str(wrong.status))
    t.reads(wrong.form("open")[0]["subject"], "Kept", of="the subject, shown again")


def ids_by_mail(t: Trial) -> None:
    """In subject and text."""
    _, mail, number = t.opened(
        "Deal ID 12345: late", "Also campaign 77-4312, and Report Task ID 1254332 failed."
    )
    t.reads(
        body(mail), "Deal ID 12345", "Campaign ID 77-4312", "Report Task ID 1254332", of="the confirmation"
    )
    t.reads(t.slack.card_words(number), "77-4312", "1254332", of="the card")


def ids_in_slack(t: Trial) -> None:
    """Field and text, each once."""
    number = t.slack.opened(t.ben(), subject="Deal ID 4711 is late", ids="4711, campaign 77-4312")
    once(t, t.slack.card_words(number, "IDs"))


def ids_on_web(t: Trial) -> None:
    """Field and subject, each once."""
    _, page, _ = t.on_page()
    new = get(get(page.link("/my/")).link("/new/"))
    done = new.send("open", subject="Deal ID 4711 is late", text="It stopped.", ids="4711, campaign 77-4312")
    once(t, done.words[done.words.index("IDs") :] if "IDs" in done.words else done.words)


def once(t: Trial, words: str) -> None:
    """The IDs stand there, and none twice."""
    ids = words.partition("IDs")[2][:90]
    t.reads(ids, "Deal ID 4711", "Campaign ID 77-4312", of="the IDs")
    t.see(ids.count("4711") == 1, "4711 once among the IDs", ids)


def type_by_mail(t: Trial) -> None:
    """Set, set as it is shown, and emptied with the type."""
    _ana, mail, number = t.opened("Ad stops", "Type: Delivery\nCategory: Not delivering\n\nIt stops.")
    t.reads(body(mail), "Not delivering", of="the confirmation")
    told = t.told_pat(number)
    t.pat.answer(told, "#set type: Reporting")
    t.pat.wait(number, "Reporting")
    shown = t.slack.card_words(number, "Reporting")
    t.reads(shown, "Reporting", of="the card")
    t.lacks(shown, "Not delivering", of="the card")
    t.pat.answer(told, "#set type: Delivery / Behind target")
    t.reads(t.slack.card_words(number, "Behind target"), "Delivery / Behind target", of="the card")


def type_in_slack(t: Trial) -> None:
    """The form is drawn anew."""
    ben = t.ben()
    t.slack.people.slash(ben, "general", "/case new", wait=8)
    t.slack.put(ben, "subject", "Kept words")
    t.slack.put(ben, "type", "Delivery")
    t.slack.put(ben, "category", "Not delivering")
    t.slack.put(ben, "type", "Billing")
    shown = str(t.slack.people.modal(ben).wire())  # type: ignore[union-attr]
    t.reads(shown, "Invoice", "Kept words", of="the form for Billing")
    t.lacks(shown, "Not delivering", of="the form for Billing")
    t.slack.close(ben)


def type_on_web(t: Trial) -> None:
    """One choice holds both."""
    _, page, _ = t.on_page()
    new = get(get(page.link("/my/")).link("/new/"))
    done = new.send("open", subject="Late", text="It is.", about="Delivery / Behind target")
    t.reads(done.words, "Delivery", "Behind target", of="the page of the case")
    bad = new.send("open", subject="Late", text="It is.", about="Delivery / Invoice")
    t.see(bad.status == 422, "422 for a category of another type", f"{bad.status} {bad.words}")


TRIALS: tuple[tuple[str, str, Callable[[Trial], None]], ...] = (
    ("1", "M", number_by_mail), ("1", "S", number_in_slack), ("1", "W", number_on_web),
    ("2", "M", anybody_by_mail), ("2", "S", anybody_in_slack), ("2", "W", anybody_on_web),
    ("4", "M", languages_by_mail), ("4", "S", languages_in_slack), ("4", "W", languages_on_web),
    ("5", "M", guided_by_mail), ("5", "S", guided_in_slack), ("5", "W", guided_on_web),
    ("6", "M", ids_by_mail), ("6", "S", ids_in_slack), ("6", "W", ids_on_web),
    ("7", "M", type_by_mail), ("7", "S", type_in_slack), ("7", "W", type_on_web),
)  # fmt: skip
__all__ = ["TRIALS", "link"]
