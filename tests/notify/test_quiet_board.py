"""What the triage channel shows of a mailbox that nobody hears, and of old mail: once, and not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.queries.lists import ListCases
from tests.support.houses.console import said as told_by
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.mail.archives import letter, mbox
from tests.support.setup import databases

MAILBOX = """
[[mailbox]]
address = "support@example.com"
authserv_id = "mx.example.com"
canary = "1h"
"""
VOUCHED = (
    "Authentication-Results: mx.example.com; dmarc=pass header.from=acme.example",
    "Received: from a.example (a.example [203.0.113.9]) by mx.example.com; Mon, 2 Mar 2020 09:00:00 +0000",
)


def shown(office: Office) -> list[str]:
    """What stands in the triage channel, threads apart."""
    return [said(message) for message in office.messages("triage")]


def test_a_mailbox_that_swallows_is_told_in_the_triage_channel(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path, more=MAILBOX) as office:
        assert office.mails("support+c-")
        office.app.desk.clock.read = lambda: datetime.now(UTC) + timedelta(minutes=16)
        assert until(
            lambda: [text for text in shown(office) if "has not come back within 15 minutes" in text]
        )
        assert len(office.mails("sam@")) == 1  # perhaps mail still leaves: then it says so too
        office.drained()
        assert len(shown(office)) == 1


def test_old_mail_draws_no_card_until_something_happens_to_its_case(tmp_path: Path) -> None:
    path = mbox(tmp_path / "old.mbox", [letter(n, above=VOUCHED) for n in range(3)])
    more = MAILBOX.replace('canary = "1h"', "")
    with Office(databases.sqlite(tmp_path), tmp_path, more=more) as office:
        told_by("--config", str(tmp_path / "config.toml"), "inbox", "import", str(path))
        assert len(office.cases()) == 3
        office.drained()
        assert shown(office) == []
        headers = {"In-Reply-To": "<old-1@acme.example>"}
        office.send("ana@acme.example", "support@example.com", "Re: Question 1", "And?", headers=headers)
        assert until(lambda: [text for text in shown(office) if "Question 1" in text])
        question = next(line.number for line in office.ask(ListCases()) if line.subject == "Question 1")
        assert "And?" in said(office.in_thread("And?", int(question.removeprefix("CS-"))))
        office.drained()
        assert len(shown(office)) == 1
