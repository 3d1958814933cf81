"""Rows 8 to 11 and 16: files, articles, the others on a case, and its confirmation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench.rows.mail import body
from bench.rows.trial import Trial, link, number_of
from bench.rows.web import Page, fetch, get, leads_to

ARTICLES = Path(__file__).resolve().parents[2] / "tests/data/articles"
ASKED = {
    "Create a private deal": "create-deal",
    "Page through long lists in the API": "api-pagination",
    "Block advertisers on our site": "brand-safety",
    "Rate limits of the API": "api-limits",
    "Publish ads.txt": "ads-txt",
}
"""Subjects as customers write them → the page that answers them."""
OFF = "The weather in Lisbon next week"
REPORT = b"deal;impressions\n12333;0\n"


def files_by_mail(t: Trial) -> None:
    """With the first mail, and alone as an answer; the desk has them."""
    ana, mail, number = t.opened(files={"report.csv": REPORT})
    told = t.told_pat(number)
    t.see("report.csv" in body(told) or _names(told), "the file in what the desk reads", body(told))
    t.reads(get(link(mail, "case")).words, "report.csv", of="the page of the case")
    ana.answer(mail, "", files={"second.log": b"x" * 100})
    t.see(
        "second.log" in body(more := t.told_pat(number)) + str(_names(more)),
        "the second file at the desk",
        body(more),
    )
    page = get(link(mail, "case"))
    t.see(fetch(page.links("/file/")[-1]) in (REPORT, b"x" * 100), "a file as it was sent")


def _names(mail: object) -> list[str]:
    return [str(part.get_filename()) for part in mail.iter_attachments()]  # type: ignore[attr-defined]


def files_in_slack(t: Trial) -> None:
    """In the form, and in the thread."""
    ben = t.ben()
    sent = t.slack.people.upload(ben, "shot.png", b"\x89PNG....")
    t.slack.people.slash(ben, "general", "/case new", wait=8)
    t.slack.put(ben, "subject", "See the picture")
    t.slack.put(ben, "text", "It is wrong.")
    t.slack.people.attach(ben, view="modal", block_id="files", files=[sent])
    number = number_of(t.slack.press(ben))
    t.slack.close(ben)
    t.slack.in_thread(number, "shot.png")
    t.slack.say(ben, t.slack.place(ben, number), "And the log.", {"app.log": b"ERROR"})
    t.see(t.slack.in_thread(number, "app.log"), "the second file at the desk")


def files_on_web(t: Trial) -> None:
    """With the form."""
    _, page, _ = t.on_page()
    new = get(get(page.link("/my/")).link("/new/"))
    done = new.send("open", {"report.csv": REPORT}, subject="With a file", text="Attached.")
    t.reads(done.words, "report.csv", of="the page of the case")
    t.see(fetch(done.link("/file/")) == REPORT, "the file as it was sent")
    t.reads(
        t.slack.thread(number_of(done.words)) + t.slack.card_words(number_of(done.words), "📎"),
        "📎",
        of="the card",
    )


def _articles(t: Trial) -> None:
    if not t.desk.prepared:
        code, said = t.desk.cli("articles", "import", str(ARTICLES), "--base-url", "https://docs.example.com")
        t.desk.prepared = t.see(code == 0, "articles imported", said)


def articles_by_mail(t: Trial) -> None:
    """In the confirmation; “This solved it” closes the case; nothing where nothing fits."""
    _articles(t)
    for subject, page in ASKED.items():
        _, mail, _ = t.opened(subject, "How is that done?")
        t.reads(body(mail), f"https://docs.example.com/{page}", of=f"the confirmation of “{subject}”")
    _, off, _ = t.opened(OFF, "Will it rain?")
    t.lacks(body(off), "docs.example.com/", "might be helpful", of="a confirmation that nothing answers")
    _ana, mail, _number = t.opened("Create a private deal", "How is that done?")
    solved = get(link(mail, "solved"))
    t.reads(solved.words, "Did this article solve it?", of="the page behind “This solved it”")
    t.reads(solved.send("solved").words, "Your case is closed", of="the page after its button")


def articles_in_slack(t: Trial) -> None:
    """While the subject is typed."""
    _articles(t)
    for subject, page in ASKED.items():
        ben = t.ben()
        t.slack.people.slash(ben, "general", "/case new", wait=8)
        t.slack.people.type_into(ben, "modal", "subject", subject, wait=3)
        t.reads(t.slack.screen(ben), f"docs.example.com/{page}", of=f"the form with “{subject}”")
        t.slack.close(ben)
    t.slack.people.slash(ben, "general", "/case new", wait=8)
    t.slack.people.type_into(ben, "modal", "subject", "Create a private deal", wait=3)
    seen = t.slack.people.click(ben, "article_solved", view="modal", wait=6)
    t.reads(t.slack.shown(seen), "no case was opened", of="the form after “This solved it”")
    t.slack.close(ben)


def articles_on_web(t: Trial) -> None:
    """By a button before the case is opened."""
    _articles(t)
    for subject, page in ASKED.items():
        looked = get(f"{t.desk.web}/new").send("open", look="1", subject=subject)
        pages = [leads_to(one) for one in looked.links("/article/")]
        t.see(f"https://docs.example.com/{page}" in pages, f"{page} for “{subject}”", " ".join(pages))
    off = get(f"{t.desk.web}/new").send("open", look="1", subject=OFF)
    t.reads(off.words, "nothing that fits", of="the page where nothing fits")


def others_by_mail(t: Trial) -> None:
    """A colleague in Cc is told at once; a stranger gets in by the desk alone."""
    ben, eve = t.ana(), t.ana("stranger.example")
    t.opened("Hello", "Makes a colleague known.", by=ben)
    ana, mail, number = t.opened(cc=f"{ben.address}, {eve.address}", subject="Numbers differ")
    told = ben.wait(number)
    t.reads(
        f"{told['Subject']} {body(told)}",
        number,
        "Numbers differ",
        "It stopped at noon",
        of="a colleague's first mail",
    )
    t.reads(body(mail), ben.address if ben.address in body(mail) else ben.name, of="the confirmation")
    t.lacks(body(mail), f"#add {eve.address}", of="the confirmation")
    ana.answer(mail, f"#add {eve.address}")
    t.desk.quiet()
    t.see(not eve.unread(), "nothing to a stranger whom the customer names", str(eve.unread()))
    t.pat.answer(t.told_pat(number), f"#add {eve.address}")
    t.reads(body(eve.wait(number)), number, of="the stranger's mail once the desk has let them in")
    ben.answer(told, "I see it too.")
    t.reads(body(ana.wait("I see it too.")), "I see it too.", of="what the requester reads")


def others_in_slack(t: Trial) -> None:
    """Chosen in the form: told at once, with number and subject."""
    ana, ben = t.ben(), t.ben()
    number = t.slack.opened(ana, people=[ben], subject="Report is empty", text="Since noon it is empty.")
    told = t.slack.heard(ben, number)
    t.reads(
        t.slack.talk(ben),
        number,
        "Report is empty",
        "Since noon it is empty",
        of="a collaborator's first words",
    )
    t.slack.say(ben, told, "I see it too.")
    t.slack.heard(ana, "I see it too.")
    eve = t.ana("stranger.example")
    shown = t.slack.slash(ana, f"add {number} {eve.address}")
    t.desk.quiet()
    t.see(not eve.unread(), f"nothing to a stranger after “{shown[:80]}”", str(eve.unread()))
    t.see(t.slack.in_thread(number, eve.address), "the stranger proposed to the desk")


def others_on_web(t: Trial) -> None:
    """Named in the form: a colleague is told, a stranger proposed."""
    ben, eve = t.ana(), t.ana("stranger.example")
    _, page, _ = t.on_page()
    new = get(get(page.link("/my/")).link("/new/"))
    done = new.send(
        "open", subject="Shared case", text="Please look.", people=f"{ben.address}, {eve.address}"
    )
    number = number_of(done.words)
    told = ben.wait(number)
    t.reads(f"{told['Subject']} {body(told)}", "Shared case", "Please look.", of="a colleague's first mail")
    t.desk.quiet()
    t.see(not eve.unread(), "nothing to a stranger", str(eve.unread()))


def confirmed_by_mail(t: Trial) -> None:
    """Threaded below what was written, with number, words, links and what comes next."""
    ana, mail, number = t.opened()
    t.reads(body(mail), number, "It stopped at noon.", "A specialist will read it", "Create a case", "See my cases",
            "Read the documentation", of="the confirmation")  # fmt: skip
    t.see(mail["In-Reply-To"], "In-Reply-To in the confirmation")
    t.see("+" in str(mail["Reply-To"]), "a signed reply address", str(mail["Reply-To"]))
    t.desk.quiet()
    t.see(len(t.post.to(ana.address)) == 1, "one confirmation", str(len(t.post.to(ana.address))))


def confirmed_in_slack(t: Trial) -> None:
    """In the form, and in the talk."""
    ben = t.ben()
    number = t.slack.opened(ben, subject="Report is empty")
    root = t.slack.place(ben, number)
    t.reads(t.slack.talk(ben), number, "Report is empty", of="her talk")
    t.see(root, "a thread to go on in")
    own = t.slack.hire(t.name())
    there = t.slack.opened(own, "acme", subject="In our channel")
    t.see(t.slack.place(own, there, "acme"), "a thread in the account's channel")
    t.reads(t.slack.channel("acme"), there, "In our channel", of="the account's channel")


def confirmed_on_web(t: Trial) -> None:
    """The page of the case, and a mail."""
    ana, page, _ = t.on_page()
    done = get(get(page.link("/my/")).link("/new/")).send("open", subject="By the page", text="Words.")
    t.reads(done.words, "Your case is open", "By the page", of="the page")
    t.see(ana.wait(number_of(done.words)), "a confirmation by mail")


def large_by_mail(t: Trial) -> None:
    """The request for material shows the way; twenty megabytes come by it."""
    ana, _, number = t.opened()
    t.pat.answer(t.told_pat(number), "#ask Please send the dump.")
    asked = ana.wait("Please send the dump.")
    _upload(t, get(link(asked, "upload")))
    t.reads(
        t.slack.thread(number) if t.slack.in_thread(number, "dump.bin") else "",
        "dump.bin",
        of="the desk's thread",
    )


def large_in_slack(t: Trial) -> None:
    """The request shows the way."""
    ben = t.ben()
    number = t.slack.opened(ben)
    t.slack.people.post("sam", "triage", "!ask Please send the dump.", thread_ts=t.slack.card(number).ts)
    t.slack.heard(ben, "Please send the dump.")
    t.see(t.slack.heard(ben, "/upload/"), "a link for files of any size")
    shown = t.slack.talk(ben) + t.slack.whispers(ben)
    url = next(word.strip("<>|()") for word in shown.replace("|", " ").split() if "/upload/" in word)
    _upload(t, get(url.partition(">")[0].lstrip("<")))


def large_on_web(t: Trial) -> None:
    """The page's button."""
    _, page, _ = t.on_page()
    _upload(t, get(page.link("/upload/")))
    t.reads(get(page.url).words, "dump.bin", of="the page of the case")


def _upload(t: Trial, page: Page) -> None:
    done = page.send("attach", {"dump.bin": b"0123456789abcdef" * 1_310_720})
    t.reads(done.words, "dump.bin", of="the upload page")


TRIALS: tuple[tuple[str, str, Callable[[Trial], None]], ...] = (
    ("8", "M", files_by_mail), ("8", "S", files_in_slack), ("8", "W", files_on_web),
    ("9", "M", articles_by_mail), ("9", "S", articles_in_slack), ("9", "W", articles_on_web),
    ("10", "M", others_by_mail), ("10", "S", others_in_slack), ("10", "W", others_on_web),
    ("11", "M", confirmed_by_mail), ("11", "S", confirmed_in_slack), ("11", "W", confirmed_on_web),
    ("16", "M", large_by_mail), ("16", "S", large_in_slack), ("16", "W", large_on_web),
)  # fmt: skip
