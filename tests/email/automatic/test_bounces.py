"""Delivery reports and complaints: what they say of whom, and what only looks like one."""

from __future__ import annotations

import json

import pytest

from bot.channel.classification import Bounce, Undelivered
from channels.email.automatic import bounce_text, dsn, feedback_report, returned_headers
from channels.email.mime import message
from tests.support.mail.letters import made, mail, reading

DAEMON = "From: MAILER-DAEMON@mx.acme.example\nTo: support+b-abc@example.com\n"
HEADERS = (
    "Return-Path: <support+b-abc@example.com>\nReceived: from a by b; Tue, 24 Nov 2026 10:00:00 +0100\n"
    "Message-ID: <first@example.com>\nFrom: support@example.com\nTo: ana@acme.example\nSubject: [CS-000123] Deal\n"
)


def bounce(
    text: str, *, subject: str = "Undelivered mail", head: str = DAEMON, mail_from: str | None = ""
) -> Bounce | None:
    """The report, if it is one whoever it is about."""
    raw = f"{head}Subject: {subject}\n\n{text}"
    found = reading(raw.encode(), mail_from=mail_from).verdict.bounce
    return None if found and found.doubtful else found


def report(*parts: tuple[str, str], kind: str = "delivery-status", head: str = DAEMON) -> bytes:
    """A multipart/report of these types and texts."""
    bodies = "".join(f"--b\nContent-Type: {media}\n\n{text}\n" for media, text in parts)
    top = f'{head}Subject: Report\nContent-Type: multipart/report; report-type={kind}; boundary="b"\n\n'
    return f"{top}{bodies}--b--\n".encode()


PLAIN = {
    "qmail": (
        "Hi. This is the qmail-send program at mx.acme.example.\nI'm afraid I wasn't able to deliver your message.\n\n"
        "<ana@acme.example>:\n192.0.2.7 does not like recipient.\nRemote host said: 550 5.1.1 No such person\n\n"
        f"--- Below this line is a copy of the message.\n\n{HEADERS}\nHello",
        "5.1.1", "No such person",
    ),
    "exim": (
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
        "delivered to one or more of its recipients. The following address(es) failed:\n\n  ana@acme.example\n"
        "    SMTP error from remote mail server after RCPT TO:<ana@acme.example>:\n"
        "    host mx.acme.example [192.0.2.7]: 552 5.2.2 Mailbox is full\n\n"
        f"------ This is a copy of the message, including all the headers. ------\n\n{HEADERS}\nHello",
        "5.2.2", "Mailbox is full",
    ),
    "sendmail": (
        "   ----- The following addresses had permanent fatal errors -----\n<ana@acme.example>\n\n"
        "   ----- Transcript of session follows -----\n>>> RCPT To:<ana@acme.example>\n<<< 550 User unknown\n"
        f"\n   ----- Unsent message follows -----\n{HEADERS}\nHello",
        "5.1.1", "550 User unknown",
    ),
    "exchange in French": (
        "Échec de la remise pour ces destinataires :\n\n"
        "ana@acme.example<mailto:ana@acme.example>\nAdresse introuvable.\n\n"
        "Informations de diagnostic :\nana@acme.example\nRemote Server returned '550 5.1.10 RecipientNotFound'\n\n"
        f"En-têtes de message d'origine :\n\n{HEADERS}",
        "5.1.10", "RecipientNotFound",
    ),
    "a Japanese carrier": (
        "次のあて先へのメッセージはエラーのため送信できませんでした。\n\n<ana@acme.example>\n\n"
        f"---- message ----\n550 5.2.1 受信拒否\n\n{HEADERS}\nHello",
        "5.2.1", "受信拒否",
    ),
}  # fmt: skip


@pytest.mark.parametrize("system", PLAIN)
def test_a_report_in_plain_words_names_recipient_status_reason_and_mail(system: str) -> None:
    text, status, reason = PLAIN[system]
    found = bounce(text)
    assert found is not None
    assert found.kind == "failed"
    (one,) = found.recipients
    assert (one.address, one.status, one.action) == ("ana@acme.example", status, "failed")
    assert reason in one.reason
    assert found.originals == ("<first@example.com>", "support+b-abc@example.com")


def test_several_recipients_each_have_their_own_reason() -> None:
    found = bounce(
        "Your message could not be delivered.\n\nana@acme.example: 550 5.1.1 No such person\n"
        "ben@acme.example: 552 5.2.2 Mailbox full\n"
    )
    assert found is not None
    assert [(one.address, one.status) for one in found.recipients] == [
        ("ana@acme.example", "5.1.1"),
        ("ben@acme.example", "5.2.2"),
    ]


def test_the_fields_for_machines_count_most() -> None:
    fields = (
        "Reporting-MTA: dns; mx.acme.example\n\nOriginal-Recipient: rfc822;Ana@acme.example\n"
        "Final-Recipient: rfc822;ana@acme.example\nAction: failed\nStatus: 5.0.0 (permanent failure)\n"
        "Diagnostic-Code: smtp; 550 5.7.1 We do not like\n    your words\n\n"
        "Final-Recipient: rfc822; ben@acme.example\nAction: delayed\nStatus: 4.4.1\n"
    )
    raw = report(
        ("text/plain", "Sorry."), ("message/delivery-status", fields), ("text/rfc822-headers", HEADERS)
    )
    found = reading(raw, mail_from="").verdict.bounce
    assert found == Bounce(
        "failed",
        (
            Undelivered("ana@acme.example", "5.7.1", "failed", "550 5.7.1 We do not like your words"),
            Undelivered("ben@acme.example", "4.4.1", "delayed", ""),
        ),
        ("<first@example.com>", "support+b-abc@example.com"),
    )
    assert found.reason == "550 5.7.1 We do not like your words"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Delivery to this recipient has been delayed:\n\n   ana@acme.example\n\nIt will be retried.", "Delay"),
        ("The message has not yet been delivered to:\n\n  ana@acme.example\n", "Warning: message delayed"),
        ("Ihre Nachricht an <ana@acme.example> verzögert sich: verzögerte Zustellung.", "Delivery status notification"),
    ],
)  # fmt: skip
def test_a_delay_is_no_failure(text: str, subject: str) -> None:
    found = bounce(text, subject=subject)
    assert found is not None
    assert found.kind == "delayed"
    assert [one.address for one in found.recipients] == ["ana@acme.example"]


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_success_is_no_bounce_and_nobodys_doing(action: str) -> None:
    fields = f"Final-Recipient: rfc822;ana@acme.example\nAction: {action}\nStatus: 2.0.0\n"
    found = reading(report(("text/plain", "It arrived."), ("message/delivery-status", fields)), mail_from="")
    assert (found.verdict.bounce, found.verdict.activity) == (None, False)


@pytest.mark.parametrize(
    ("fields", "status", "reason"),
    [
        (  # a blank line within the group
            "Final-Recipient: rfc822;ana@acme.example\n\nAction: failed\nStatus: 5.1.1\n"
            "Diagnostic-Code: smtp; 550 5.1.1 unknown\n",
            "5.1.1",
            "550 5.1.1 unknown",
        ),
        ("Final-Recipient: rfc822;ana@acme.example\nStatus: 5.2.2\n\nAction: failed\n", "5.2.2", ""),
        (
            "Final-Recipient: rfc822;ana@acme.example\nStatus: 5.0.0\n\nAction: failed\nStatus: 5.7.1\n",
            "5.7.1",
            "",
        ),
    ],
)
def test_fields_that_stand_apart_from_their_recipient_are_its_own(
    fields: str, status: str, reason: str
) -> None:
    raw = report(("text/plain", "Sorry."), ("message/delivery-status", fields))
    found = reading(raw, mail_from="").verdict.bounce
    assert found is not None
    assert found.recipients == (Undelivered("ana@acme.example", status, "failed", reason),)


def test_without_an_action_the_status_says_that_it_arrived() -> None:
    fields = "Final-Recipient: rfc822;ana@acme.example\nStatus: 2.1.5\n"
    found = reading(report(("text/plain", "Hello."), ("message/delivery-status", fields)), mail_from="")
    assert (found.verdict.bounce, found.verdict.activity) == (None, False)


def test_fields_are_read_from_the_words_where_their_part_was_lost() -> None:
    found = bounce(
        "It did not arrive.\n\nFinal-Recipient: rfc822;ana@acme.example\nAction: failed\nStatus: 5.2.2\n"
        "Diagnostic-Code: smtp; 552 5.2.2 full\n"
    )
    assert found is not None
    assert found.recipients == (Undelivered("ana@acme.example", "5.2.2", "failed", "552 5.2.2 full"),)


def test_a_complaint_names_who_complained_and_which_mail() -> None:
    fields = (
        "Feedback-Type: abuse\nUser-Agent: Feedback/1.0\nVersion: 1\nOriginal-Rcpt-To: ana@acme.example\n"
        "Original-Mail-From: <support+b-xyz@example.com>\n"
    )
    raw = report(
        ("text/plain", "Somebody complains."), ("message/feedback-report", fields), ("message/rfc822", HEADERS),
        kind="feedback-report", head="From: feedback@isp.example\n",
    )  # fmt: skip
    found = reading(raw, mail_from="feedback@isp.example").verdict.bounce
    assert found is not None
    assert found.kind == "complaint"
    assert found.recipients == (Undelivered("ana@acme.example", "", "complained", "abuse"),)
    assert found.originals[-1] == "support+b-xyz@example.com"
    assert "<first@example.com>" in found.originals


@pytest.mark.parametrize(
    "headers",
    [
        "X-Original-To: ana@acme.example\nDelivered-To: box7@acme.example\nTo: list@acme.example",
        "To: list@acme.example\nDelivered-To: ana@acme.example",
        "Cc: list@acme.example\nTo: Ana <ana@acme.example>",
        "Cc: ana@acme.example\nBcc: list@acme.example",
        "Received: from a by b with ESMTP for <ana@acme.example>; Tue, 24 Nov 2026 10:00:00 +0100",
    ],
)
def test_a_complaint_that_names_nobody_is_of_whom_the_mail_reached_most_certainly(headers: str) -> None:
    original = (
        f"Return-Path: <support+b-abc@example.com>\nFrom: support@example.com\n{headers}\nSubject: Deal\n"
    )
    raw = report(
        ("message/feedback-report", "Feedback-Type: abuse\nVersion: 1\n"), ("message/rfc822", original),
        kind="feedback-report", head="From: feedback@isp.example\n",
    )  # fmt: skip
    found = reading(raw, mail_from="feedback@isp.example").verdict.bounce
    assert found is not None
    assert found.recipients == (Undelivered("ana@acme.example", "", "complained", "abuse"),)


def test_microsofts_complaint_is_the_mail_itself_and_of_whom_it_names() -> None:
    original = f"X-HmXmrOriginalRecipient: ben@hotmail.example\n{HEADERS}"
    head = "From: staff@hotmail.com\n"
    raw = report(("message/rfc822", original), head=head).replace(
        b"Subject: Report", b"Subject: complaint about x"
    )
    found = reading(raw, mail_from="staff@hotmail.com").verdict.bounce
    assert found is not None
    assert found.kind == "complaint"
    assert found.recipients == (Undelivered("ben@hotmail.example", "", "complained", "abuse"),)
    assert found.originals == ("<first@example.com>", "support+b-abc@example.com")


def test_who_says_that_it_is_no_spam_complains_of_nothing() -> None:
    fields = "Feedback-Type: not-spam\nOriginal-Rcpt-To: ana@acme.example\n"
    head = "From: feedback@isp.example\n"
    raw = report(("text/plain", "x"), ("message/feedback-report", fields), kind="feedback-report", head=head)
    found = reading(raw, mail_from="feedback@isp.example").verdict
    assert (found.bounce, found.activity) == (None, False)


def test_amazons_notification_is_read() -> None:
    told = {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "bouncedRecipients": [
                {"emailAddress": "ana@acme.example", "status": "5.1.1", "diagnosticCode": "smtp; 550 unknown"}
            ],
        },
        "mail": {
            "source": "support@example.com",
            "headers": [{"name": "Message-ID", "value": "<first@example.com>"}],
        },
    }
    head = "From: Alerts <no-reply@sns.amazonaws.com>\n"
    found = bounce(json.dumps(told), head=head, mail_from="x@amazonses.example")
    assert found is not None
    assert found.recipients == (Undelivered("ana@acme.example", "5.1.1", "failed", "550 unknown"),)
    assert found.originals == ("<first@example.com>", "support@example.com")
    assert bounce('{"notificationType": "Bounce"}', head=head, mail_from="x@amazonses.example") is None
    assert bounce("[" * 200_000, head=head, mail_from="x@amazonses.example") is None
    wrapped = {"Type": "Notification", "MessageId": "1", "Message": json.dumps(told)}
    assert bounce(json.dumps(wrapped), head=head, mail_from="x@amazonses.example") == found
    broken = json.dumps(told).replace(
        "smtp; 550", "smtp;!\n  550"
    )  # as sendmail breaks a line that is too long
    assert bounce(broken, head=head, mail_from="x@amazonses.example") == found


@pytest.mark.parametrize(
    ("feedback", "why"),
    [
        ({"complaintFeedbackType": "fraud"}, "fraud"),
        ({"complaintFeedbackType": "not what\n we want " * 20}, ("not what we want " * 20)[:80]),
        ({}, "abuse"),
    ],
)
def test_amazons_complaint_is_read(feedback: dict[str, str], why: str) -> None:
    who = {"complainedRecipients": [{"emailAddress": "Ana@acme.example"}], **feedback}
    told = {"eventType": "Complaint", "complaint": who, "mail": {"source": "support@example.com"}}
    head = "From: Alerts <no-reply@sns.amazonaws.com>\n"
    found = bounce(json.dumps(told), head=head, mail_from="x@amazonses.example")
    assert found == Bounce(
        "complaint", (Undelivered("ana@acme.example", "", "complained", why),), ("support@example.com",)
    )
    told["eventType"] = "Delivery"
    assert bounce(json.dumps(told), head=head, mail_from="x@amazonses.example") is None


def test_the_failed_recipients_header_is_enough() -> None:
    head = DAEMON + "X-Failed-Recipients: ana@acme.example\n"
    found = bounce("Lo sentimos mucho.", head=head, subject="Hola")
    assert found is not None
    assert [one.address for one in found.recipients] == ["ana@acme.example"]


def test_a_person_who_passes_a_report_on_is_a_person() -> None:
    text = PLAIN["qmail"][0]
    raw = made(body=f"Look what I got from you:\n\n{text}")
    assert reading(raw).verdict.activity
    forwarded = f"From: Ana <ana@acme.example>\nSubject: Fwd: Undelivered mail\n\n{text}".encode()
    for envelope in ("ana@acme.example", None):
        found = reading(forwarded, mail_from=envelope).verdict
        assert (found.bounce, found.activity) == (None, True)
    assert bounce(text, head="From: postmaster@acme.example\n", mail_from="ana@acme.example") is None


def test_a_mail_system_that_speaks_of_something_else_is_only_automatic() -> None:
    for words in (
        "Your password for ana@acme.example expires in 3 days.",
        "Ana is away. Welcome to the list.",
    ):
        found = reading(f"{DAEMON}Subject: Notice\n\n{words}".encode(), mail_from="").verdict
        assert (found.bounce, found.activity) == (None, False)


def test_a_postmaster_who_writes_to_us_is_no_report() -> None:
    text = "Your mails to ana@acme.example could not be delivered: 550 5.1.1. What shall we do?"
    head = "From: postmaster@acme.example\n"
    assert bounce(text, subject="Undelivered mail", head=head, mail_from="postmaster@acme.example") is None
    assert bounce(text, subject="Undelivered mail", head=head) is not None


def test_a_person_called_postmaster_by_name_is_a_person() -> None:
    raw = b"From: Postmaster Ana <ana@acme.example>\nSubject: Deal\n\nYour mail could not be delivered. Why?"
    assert reading(raw).verdict.activity


@pytest.mark.parametrize(
    "text",
    ["a@" * 60_000, "<" * 200_000, "x" * 500_000 + "@", "Received: x\n" * 50_000, "550 " * 60_000,
     "Final-Recipient: rfc822;a@b.example\nAction: failed\n" * 20_000, "-" * 300_000, " \t" * 100_000],
)  # fmt: skip
def test_endless_reports_are_read_up_to_a_limit(text: str) -> None:
    found = bounce(f"Your mail could not be delivered\n{text}")
    assert found is not None
    assert len(found.recipients) <= 50
    assert len(dsn.recipients(text)) <= 50
    above, below = returned_headers.cut(text)
    assert len(above) + len(below) <= returned_headers.MOST_LINES
    assert len(bounce_text.recipients(above, (), ())) <= 50


def test_a_broken_report_is_still_read() -> None:
    raw = mail("bounce").replace(b"boundary=b", b"boundary=other")
    found = reading(raw, mail_from="").verdict.bounce
    assert found is not None
    assert [(one.address, one.status) for one in found.recipients] == [("gone@acme.example", "5.1.1")]


def test_an_absence_note_without_a_path_back_is_no_bounce() -> None:
    text = "Ich konnte nicht rechtzeitig antworten: ich bin bis 5. Dezember im Urlaub. Max <max@acme.example> hilft."
    raw = f"From: Ana <ana@acme.example>\nSubject: Automatische Antwort: Deal\n\n{text}".encode()
    found = reading(raw, mail_from="").verdict
    assert (found.bounce, found.reply) == (None, True)
    raw = raw.replace(b"Automatische Antwort", b"Re")
    assert reading(raw, mail_from="").verdict.bounce is None


def test_what_a_report_says_of_all_its_recipients_is_said_of_each() -> None:
    who = "\n".join(f"user{n}@acme.example" for n in range(50))
    rest = "\n".join(["nothing that anybody could take for a reason"] * 800)
    found = bounce(
        f"Hello\n{who}\n----\n{rest}\nThe reason:\nThe house is closed", subject="Delivery failure"
    )
    assert found is not None
    assert {one.reason for one in found.recipients} == {"The house is closed"}
    assert len(found.recipients) == 50


def test_a_person_who_attaches_a_report_without_the_mail_it_is_about_has_said_something() -> None:
    report = "Feedback-Type: abuse\nUser-Agent: Example/1\nVersion: 1\nOriginal-Rcpt-To: kim@acme.example\n"
    raw = (
        "From: Ana <ana@acme.example>\nTo: support@example.com\nSubject: What is this?\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nWe got this. Is it yours?\n"
        f"--b\nContent-Type: message/feedback-report\n\n{report}\n--b--\n"
    )
    assert feedback_report.read(message.read(raw.encode())) is None


def test_who_is_told_of_forged_mail_complains_of_nothing() -> None:
    fields = "Feedback-Type: auth-failure\nVersion: 1\nOriginal-Rcpt-To: ana@acme.example\n"
    raw = report(
        ("message/feedback-report", fields), ("text/rfc822-headers", HEADERS), kind="feedback-report"
    )
    found = reading(raw, mail_from="dmarc@isp.example").verdict
    assert (found.bounce, found.activity) == (None, False)


def test_what_the_returned_mail_quotes_of_another_report_is_not_this_ones() -> None:
    text, status, _ = PLAIN["qmail"]
    other = "Final-Recipient: rfc822; ben@other.example\nAction: failed\nStatus: 5.7.1\n"
    raw = report(("text/plain", text), ("message/rfc822", f"{HEADERS}\nWhat does this mean?\n\n{other}"))
    bounce = reading(raw, mail_from="").verdict.bounce
    assert bounce
    assert [(one.address, one.status) for one in bounce.recipients] == [("ana@acme.example", status)]
