"""Rows 26, 27 and k to n: the means (IMAP, templates, rehearsal, uploads), and cases that change channels."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.rows.mail import body
from bench.rows.seen import until
from bench.rows.trial import Trial
from bench.rows.web import get
from rehearsal.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


def doors(t: Trial) -> None:
    """SMTP here; IMAP on a Dovecot of its own, by the bench that is made for it."""
    t.opened()
    with urllib.request.urlopen(f"{t.desk.web}/healthz") as answer:
        t.see(answer.status == 200, "a web door that is well")
    command = [sys.executable, "-m", "bench.proof.mailbox", "--mails", "3", "--killed", "5"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=280)
    missing = next(
        (one for one in ("dovecot", "Dovecot") if one in done.stderr and "No such file" in done.stderr), ""
    )
    if missing:
        t.cell.untried.append(
            "Dovecot is not installed (apt install dovecot-imapd): python -m bench.proof.mailbox"
        )
    else:
        t.see(
            done.returncode == 0,
            "mail through an IMAP mailbox (bench.proof.mailbox)",
            done.stdout + done.stderr[-200:],
        )


def words_by_mail(t: Trial) -> None:
    """A notice of one's own is used at once, others stay as shipped; checked and previewed."""
    ben = t.ana()
    t.opened("Hello", "Makes a colleague known.", by=ben)
    _, mail, number = t.opened(cc=ben.address)
    t.lacks(body(mail), "Ownwords", of="a notice that was not overridden")
    until(lambda: ben.unread(number))
    t.reads(body(ben.wait(number)), "Ownwords of Acme.", of="an overridden notice")
    code, said = t.desk.cli("templates", "check")
    t.see(code == 0, "exit code 0 of casebot templates check", said[-200:])


def words_in_slack(t: Trial) -> None:
    """The same file serves Slack."""
    ana, ben = t.ben(), t.ben()
    number = t.slack.opened(ana, people=[ben])
    t.slack.heard(ben, number)
    t.reads(t.slack.talk(ben), "Ownwords of Acme.", of="a collaborator's first words")


def words_on_web(t: Trial) -> None:
    """A page's words are overridden likewise."""
    t.reads(get(f"{t.desk.web}/").words, "Ownwords for you.", of="the first page")


def played(t: Trial) -> None:
    """``casebot demo --story`` tells two cases by mail and in Slack, and checks every step."""
    kept = t.desk.folder / "demo"
    log = t.desk.folder / "demo.log"
    if not kept.exists():
        command = [sys.executable, "-m", "bot.cli", "demo", "--story", "--keep", str(kept)]
        done = subprocess.run(
            command, cwd=t.desk.folder, capture_output=True, text=True, check=False, timeout=200
        )
        log.write_text(f"{done.returncode}\n{done.stdout}{done.stderr}")
    code, _, said = log.read_text().partition("\n")
    t.see(code == "0", "exit code 0 of casebot demo --story", said[-300:])
    t.see(any(kept.iterdir()), "config, store, mails and transcript kept")


def opened_page(t: Trial) -> None:
    """``casebot demo`` opens its page."""
    log, place = t.desk.folder / "page.log", t.desk.folder / "page"
    place.mkdir()
    with log.open("wb") as out:
        command = [sys.executable, "-u", "-m", "bot.cli", "demo", "--port", str(free_port())]
        process = subprocess.Popen(command, cwd=place, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        try:
            found = until(lambda: re.search(r"http://127\.0\.0\.1:\d+[^\s.]*", log.read_text()), seconds=60)
            if t.see(found, "the address of the demo's page", log.read_text()[-300:]):
                t.see(get(found[0]).status == 200, "the demo's page")  # type: ignore[index]
        finally:
            process.terminate()
            process.wait(30)


def explained(t: Trial) -> None:
    """What would be done with a mail, why, and who would be told; nothing is done."""
    ana, mail, number = t.opened()
    t.told_pat(number)
    file = t.desk.folder / "explained.eml"
    head = f"From: {ana.address}\nTo: {mail['Reply-To']}\nSubject: Re: {mail['Subject']}\n"
    reply = f"{head}Message-ID: <x@acme.example>\n\nExplainword.\n"
    file.write_text(reply)
    code, said = t.desk.cli("explain", str(file))
    t.see(code == 0, "exit code 0 of casebot explain", said)
    t.reads(said, number, ana.address, "reply", of="what casebot explain says")
    code, line = t.desk.cli("explain", "--json", str(file))
    t.see(isinstance(json.loads(line), dict), "a JSON object", line)
    t.desk.quiet()
    t.lacks(t.slack.thread(number), "Explainword", of="the desk's thread: explaining does nothing")


def signed(t: Trial) -> None:
    """In one form and in pieces; a link of another case or a forged one: 404."""
    _ana, page, number = t.on_page()
    url = page.link("/upload/")
    draft, half = "f0123456789abcdef", b"x" * 500
    for start in (0, 500):
        span = {"Content-Range": f"bytes {start}-{start + 499}/1000"}
        with urllib.request.urlopen(
            urllib.request.Request(f"{url}/{draft}", half, span, method="PUT")
        ) as answer:
            t.see(answer.status == 200, "a piece taken")
    done = get(url).send("attach", sent=f"{draft}/1000/pieces.bin")
    t.reads(done.words, "pieces.bin", of="the upload page")
    t.see(t.slack.in_thread(number, "pieces.bin"), "the file at the desk")
    t.see(get(url[:-4] + "abcd").status == 404, "404 for a forged link")
    t.see(get(url.replace("/upload/", "/case/")).status == 404, "404 for another purpose")


def hopping(t: Trial) -> None:
    """Someone with mail and Slack is told once, where they last spoke.

    Their channel keeps the conversation.
    """
    ben = t.ben()
    by_mail = t.post.person(f"{ben}@acme.example", ben.title())
    people = t.desk.folder / f"people-{t.cell.channel}.csv"
    people.write_text(
        f"mail,name,account,slack\n{by_mail.address},{ben.title()},Acme,T0HOME/U0{ben.upper()}\n"
    )
    code, said = t.desk.cli("people", "import", str(people))
    t.see(code == 0, "exit code 0 of casebot people import", said)
    number = t.slack.opened(ben, "acme")
    root = t.slack.place(ben, number, "acme")
    t.slack.say("sam", t.slack.card(number), "!reply Firstly this.")
    t.slack.heard_below(root, "Firstly this.")
    t.desk.quiet()
    t.see(not by_mail.unread("Firstly this."), "no mail while they speak in Slack", str(by_mail.unread()))
    by_mail.send(f"[{number}] hello", "Mailedword from my phone.")
    if t.cell.channel == "M":
        _, _, fresh = t.opened("By mail then", "And there.", by=by_mail)
        t.slack.say("sam", t.slack.card(fresh), "!reply Mailed back.")
        t.see(by_mail.wait("Mailed back."), "the answer by mail")
        t.desk.quiet()
        t.lacks(t.slack.talk(ben), "Mailed back.", of="their talk, where it would be the second time")
        return
    t.slack.in_thread(number, "Mailedword")
    t.slack.say("sam", t.slack.card(number), "!reply Secondly this.")
    t.see(by_mail.wait("Secondly this."), "the answer by mail, where they last spoke")
    t.see(t.slack.heard_below(root, "Mailedword"), "their words in the account's channel")
    t.see(t.slack.heard_below(root, "Secondly this."), "the answer in the account's channel")


TRIALS: tuple[tuple[str, str, Callable[[Trial], Any]], ...] = (
    ("26", "M", doors),
    ("27", "M", words_by_mail), ("27", "S", words_in_slack), ("27", "W", words_on_web),
    ("k", "M", played), ("k", "S", played), ("k", "W", opened_page), ("l", "M", explained), ("m", "W", signed),
    ("n", "M", hopping), ("n", "S", hopping),
)  # fmt: skip
