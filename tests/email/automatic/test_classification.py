"""May we answer, did a person act, is it about mail of ours?"""

from __future__ import annotations

import pytest

from tests.support.mail.letters import made, mail, reading


def verdict(*headers: str, **envelope: str):
    return reading(made(*headers), **envelope).verdict


def test_a_persons_mail_is_answered():
    found = verdict()
    assert (found.may_answer, found.activity, found.bounce, found.reply, found.evidence) == (
        True,
        True,
        None,
        False,
        (),
    )


@pytest.mark.parametrize(
    ("header", "activity", "reply"),
    [
        ("Auto-Submitted: auto-replied", False, True),
        ("Auto-Submitted: auto-generated (by cron)", False, False),
        ("Precedence: bulk", False, False),
        ("Precedence: list", True, False),
        ("X-Precedence: auto_reply", False, True),
        ("List-Id: <others.example.org>", True, False),
        ("List-Unsubscribe: <https://x.example>", True, False),
        ("X-Autoreply: yes", False, True),
        ("X-Auto-Response-Suppress: All", True, False),
        ("X-FC-MachineGenerated: true", False, False),
        ("X-Casebot-Loop: example.com", False, False),
    ],
)
def test_what_is_not_answered(header, activity, reply):
    found = verdict(header)
    assert not found.may_answer
    assert (found.activity, found.reply, found.bounce) == (activity, reply, None)
    assert found.evidence


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "List-Id: Our own group <support.groups.example.com>",
        "X-Auto-Response-Suppress: DR, RN",
        "X-Casebot-Loop: casebot.of-others.example",
        "Precedence: first-class",
    ],
)
def test_what_is_answered_all_the_same(header):
    assert verdict(header).may_answer


def test_a_null_return_path_is_a_machines():
    assert not verdict(mail_from="").activity
    assert not reading(made("Return-Path: <>"), mail_from=None).verdict.may_answer
    assert verdict("Return-Path: <>", mail_from="ana@acme.example").may_answer


@pytest.mark.parametrize(
    "sender", ["MAILER-DAEMON@x.example", "no-reply@x.example", "noreply+1@x.example", "support@example.com"]
)
def test_robots_and_ourselves_are_not_answered(sender):
    raw = f"From: {sender}\nSubject: x\n\nx".encode()
    found = reading(raw).verdict
    assert (found.may_answer, found.activity) == (False, False)


def test_an_out_of_office_reply():
    found = reading(mail("away")).verdict
    assert (found.may_answer, found.activity, found.reply) == (False, False, True)
    assert not reading("From: a@b.example\nSubject: 自动回复: [CS-000012] x\n\nx".encode()).verdict.may_answer


def test_a_delivery_report_is_a_bounce_and_nothing_else():
    found = reading(mail("bounce"), mail_from="").verdict
    assert (found.may_answer, found.activity, found.reply) == (False, False, False)
    assert found.bounce is not None
    assert found.evidence[0] == "a delivery report"
    assert reading(mail("bounce"), mail_from=None).verdict.bounce


def test_a_mailing_list_is_a_persons_words_that_we_do_not_answer():
    found = reading(mail("list")).verdict
    assert (found.may_answer, found.activity) == (False, True)
    assert found.evidence == ("a mailing list (support.lists.example.com)",)


def test_a_mail_that_has_been_everywhere_is_a_loop():
    assert not verdict(*["Received: from a by b"] * 60).may_answer
