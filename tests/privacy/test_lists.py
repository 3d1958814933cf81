"""Lists name cases by their subjects: a secret in one goes out of the lists that were sent, too."""

from __future__ import annotations

from email.message import EmailMessage, Message
from html import escape

from sqlalchemy import select

from store.queues.inbox import inbox
from tests.privacy.remains import gone, in_rows
from tests.privacy.test_redact import ANA, DESK, SAM, SECRET, name_of, redact
from tests.support.houses.house import until
from tests.support.houses.office import Office


def test_a_secret_in_a_subject_is_gone_from_lists_that_were_sent(office: Office) -> None:
    office.send(ANA, DESK, f"Access {SECRET}", "It does not work.")
    office.mails("ana@")
    office.send(ANA, DESK, "My cases", "#my")
    office.mails("ana@")
    office.send(SAM, DESK, "", "#list")
    office.mails("sam@")
    office.slack.people.slash("sam", "triage", "/case list", wait=5)
    office.settled()
    assert in_rows(office.app, SECRET.encode())
    answer = redact(office, name_of(office, "It does not work"), SECRET)
    assert "Out of reach, for it was delivered" in answer
    gone(office.app, SECRET)


def with_html(told: Message) -> bytes:
    """An answer whose HTML says more than its text, in base64."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = ANA, str(told["Reply-To"]), "Re: it"
    mail["Message-ID"] = "<html@acme.example>"
    mail.set_content("Thanks, it works.")
    mail.add_alternative(f"<p>Thanks.</p><p>My {escape(SECRET)} was it.</p>", subtype="html", cte="base64")
    return mail.as_bytes()


def test_a_mail_goes_as_it_came_that_has_the_words_where_nobody_reads_them(office: Office) -> None:
    office.send(ANA, DESK, f"Zugang für {SECRET}", "It does not work.")
    (confirmation,) = office.mails("ana@")
    office.submit(with_html(confirmation), str(confirmation["Reply-To"]))
    assert until(lambda: len(office.case().entries) == 2)
    office.settled()
    redact(office, name_of(office, "It does not work"), SECRET)
    assert in_rows(office.app, SECRET.encode()) == []
    with office.app.database.reading() as tx:
        raws = [bytes(raw) for (raw,) in tx.rows(select(inbox.c.raw).where(inbox.c.case_id == 1))]
    assert len(raws) == 2
    assert not any(raws)
    (file,) = office.case().entries[-1].files  # what the HTML said more: a file goes by its name
    redact(office, name_of(office, "Thanks, it works"), file=file.name)
    gone(office.app, SECRET)


def test_a_second_copy_of_the_mail_goes_with_the_first(office: Office) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = ANA, DESK, "Access", "<one@acme.example>"
    mail.set_content(f"My password is {SECRET}, try it.")
    office.submit(mail.as_bytes())
    office.mails("ana@")
    office.submit(b"X-Forwarded-For: another list\r\n" + mail.as_bytes())
    assert until(lambda: len(office.inbox()) == 2), office.inbox()
    office.settled()
    redact(office, name_of(office, "My password"))
    gone(office.app, SECRET)
