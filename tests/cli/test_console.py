"""Cases, inbox, outbox and explanations on the command line."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests.support.houses.console import run, said, staffed, told
from tests.support.mail.archives import letter, mbox
from tests.support.mail.letters import FOLDER

MAIL = b"""From: Ana <ana@acme.example>
To: support@example.com
Subject: Deal ID 12333: no delivery
Message-ID: <m1@acme.example>
Date: Mon, 23 Nov 2026 10:00:00 +0000

Priority: Critical

It has not delivered for a day.
"""


# cases


def test_a_case_is_worked_on_from_the_command_line() -> None:
    staffed()
    assert "CS-000001" in said(
        "case", "new", "--as", "ana@x.com", "Critical", "Deal ID 12333:", "no delivery"
    )
    said("case", "take", "1", "--as", "bob@acme.com")
    said("case", "note", "CS-000001", "she", "is", "important")
    said("case", "reply", "1", "-", given="We are\nat it.\n")
    said("case", "concern", "#1", "lack of reply +33 1 23 45 67 89: nobody answered", "--as", "ana@x.com")
    said("case", "close", "1", "fixed, thank you")
    said("case", "reopen", "1", "no, still broken", "--as", "ana@x.com")
    shown = said("case", "show", "1")
    for words in ("Deal ID 12333", "Critical", "ana@x.com", "she is important", "  We are\n  at it."):
        assert words in shown
    history = [line.split("  ")[-1] for line in shown[shown.index("History") :].splitlines()]
    assert history
    for event in (
        "opened",
        "taken by Bob Miller",
        "noted",
        "answered",
        "concern raised",
        "closed",
        "reopened",
    ):
        assert event in shown[shown.index("History") :]
    assert re.search(r"\[internal\]\n  she is important", shown)


def test_lists_have_a_line_per_case_and_can_be_narrowed() -> None:
    staffed()
    for subject in ("one", "two", "three"):
        said("case", "new", "--as", "ana@x.com", subject)
    said("case", "close", "2", "not ours")
    lines = said("case", "list").splitlines()
    assert len(lines) == 4
    assert re.match(r"CASE +STATE +PRIORITY +REQUESTER +OWNER +CHANGED \(UTC\) +SUBJECT$", lines[0])
    *one, more = said("case", "list", "--limit", "1").splitlines()
    assert len(one) == 2
    assert more == "More: casebot case list --limit 1 --after CS-000002"
    assert "two" in said("case", "list", "--state", "closed")
    assert said("case", "list", "--held") == "No such cases.\n"
    assert [case["subject"] for case in json.loads(said("case", "list", "--json"))] == ["two", "three", "one"]
    assert len(said("case", "my", "--as", "ana@x.com").splitlines()) == 4
    assert "three" in said("case", "search", "three")


def test_everything_listed_is_there_as_json() -> None:
    staffed()
    answer = json.loads(said("case", "new", "--as", "ana@x.com", "--json", "one"))
    assert answer["case"] == "CS-000001"
    assert answer["answered"][0]["outcome"] == "done"
    view = json.loads(said("case", "show", "1", "--json"))
    assert view["line"]["number"] == "CS-000001"
    assert view["history"][0]["name"] == "opened"
    assert view["opened_at"].endswith("Z")
    rows = json.loads(said("outbox", "list", "--json"))
    assert {row["notice"] for row in rows} == {"confirmation", "case opened"}
    assert json.loads(said("inbox", "list", "--json")) == []


def test_what_cannot_be_done_says_why_and_has_code_1() -> None:
    staffed()
    assert "CS-000099" in told("case", "close", "99", code=1)
    assert "there is no case CS-000099" in told("case", "show", "99", code=1)
    said("case", "new", "--as", "ana@x.com", "one")
    assert "nobody on the support team" in told("case", "assign", "1", "Zoe", code=1)
    assert "support team" in told("case", "note", "1", "x", "--as", "ana@x.com", code=1)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("case close", "Missing argument"),
        ("case close it", "no case number"),
        ("case add 1 somebody", "One mail address is needed"),
        ("case new", "needs a subject"),
        ("case my lost", "is no state"),
        ("case split 1", "Which entry?"),
        ("case accept 1 hello", "“hello” names no entry: accept e-k4q7x2"),
        ("case spam 1 watches", "“watches” names no entry: spam e-k4q7x2"),
        ("case reply 1", "There is no text"),
        ("case close 1 --as bob", "no mail address"),
        ("case shwo 1", "No such command"),
        ("inbox requeue", "--all"),
        ("outbox retry", "--all"),
        ("outbox retry 1 --all", "not both"),
        ("explain", "Missing argument"),
    ],
)
def test_wrong_use_is_told_with_code_2(words: str, why: str) -> None:
    assert why in told(*words.split(), code=2)


def test_nothing_that_a_stranger_wrote_can_steer_the_terminal() -> None:
    staffed()
    said("case", "new", "--as", "ana@x.com", "one \x1b[31m red\x07\u202e")
    for words in (("case", "list"), ("case", "show", "1")):
        shown = said(*words)
        assert "\x1b" not in shown
        assert "\x07" not in shown
        assert "\u202e" not in shown


# inbox and outbox


def test_deliveries_can_be_listed_and_tried_again() -> None:
    staffed()
    said("case", "new", "--as", "ana@x.com", "one")
    lines = said("outbox", "list").splitlines()
    assert len(lines) == 4
    assert said("outbox", "list", "--state", "dead") == "Nothing is dead.\n"
    assert "3 deliveries are tried again" in said("outbox", "retry", "--all")
    number = lines[1].split()[0]
    assert "1 delivery is tried again" in said("outbox", "retry", number)
    assert "none of these" in told("outbox", "retry", "1", code=1)


def test_whose_envelope_nobody_kept_is_not_the_null_sender() -> None:
    staffed()
    returned = [
        letter(1),
        letter(2, above=["Return-Path: <>"]),
        letter(3, above=["Return-Path: <ana@a.example>"]),
    ]
    said("inbox", "import", str(mbox(Path("old.mbox"), returned)))
    shown = said("inbox", "list")
    assert re.findall(r" (<>|ana@a\.example|unknown) ", shown) == ["ana@a.example", "<>", "unknown"]
    assert {line["sender"] for line in json.loads(said("inbox", "list", "--json"))} == {
        None,
        "",
        "ana@a.example",
    }


def test_a_message_is_shown_with_its_envelope_and_its_words() -> None:
    staffed()
    said("inbox", "import", str(mbox(Path("old.mbox"), [letter(1, above=["Return-Path: <ana@a.example>"])])))
    [line] = json.loads(said("inbox", "list", "--json"))
    head, words = said("inbox", "show", str(line["id"])).split("\n\n", 1)
    shown = dict(row.split(maxsplit=1) for row in head.splitlines() if " " in row.strip())
    assert (shown["id"], shown["sender"], shown["size"]) == (
        str(line["id"]),
        "ana@a.example",
        str(line["size"]),
    )
    assert (shown["door"], shown["mail_from"], shown["mailbox"]) == (
        "import",
        "ana@a.example",
        "support@acme.com",
    )
    assert not re.search("^(reason|case) ", head, re.MULTILINE), "nothing is said of what is empty"
    assert words.startswith("Return-Path: <ana@a.example>\nFrom: Ana")
    assert "\n\nIt stopped yesterday.\n" in words
    view = json.loads(said("inbox", "show", str(line["id"]), "--json"))
    assert view.items() >= line.items()
    assert view["envelope"]["mail_from"] == "ana@a.example"
    assert words.rstrip().endswith(view["raw"].rstrip())


def test_an_empty_inbox_says_so() -> None:
    assert said("inbox", "list") == "Nothing came in yet.\n"
    assert "there is no message 5" in told("inbox", "show", "5", code=1)
    assert "none of these" in told("inbox", "requeue", "--all", code=1)


# explain


def test_explain_says_what_would_be_done_and_leaves_no_trace() -> None:
    Path("mail.eml").write_bytes(MAIL)
    shown = said("explain", "mail.eml")
    for words in ("ana@acme.example", "Deal ID 12333: no delivery", "Open (done)", "CS-000001"):
        assert words in shown
    assert os.listdir() == ["mail.eml"]


def test_explain_knows_the_store_and_changes_nothing_in_it() -> None:
    staffed()
    said("case", "new", "--as", "ana@x.com", "one")
    Path("mail.eml").write_bytes(MAIL.replace(b"support@example.com", b"support@acme.com"))
    shown = said("explain", "mail.eml")
    assert "CS-000002" in shown
    assert "bob@acme.com" in shown
    assert "eve@acme.com" in shown
    assert len(said("case", "list").splitlines()) == 2
    assert len(json.loads(said("outbox", "list", "--json"))) == 3


def test_explain_says_what_a_report_reports_and_when_somebody_is_back() -> None:
    report = (FOLDER / "bounce.eml").read_bytes()
    Path("bounce.eml").write_bytes(report)
    assert "failed: gone@acme.example 5.1.1" in said("explain", "bounce.eml")
    Path("away.eml").write_bytes(
        (FOLDER / "away.eml").read_bytes().replace(b"am away", b"am away until 5 Dec")
    )
    assert "away until 05 December 2026" in said("explain", "away.eml")
    bounce, away = map(json.loads, said("explain", "--json", "bounce.eml", "away.eml").splitlines())
    (recipient,) = bounce["verdict"]["bounce"]["recipients"]
    assert (recipient["address"], recipient["status"], recipient["action"]) == (
        "gone@acme.example",
        "5.1.1",
        "failed",
    )
    assert away["verdict"]["away_until"] == "2026-12-05"


def test_explain_has_a_line_of_json_for_every_file_whatever_it_is() -> None:
    Path("a.eml").write_bytes(MAIL)
    Path("b.eml").write_bytes(MAIL.replace(b"Subject", b"Auto-Submitted: auto-replied\nSubject"))
    Path("folder").mkdir()
    done = run("explain", "--json", "a.eml", "b.eml", "folder", "none.eml")
    first, second, folder, none = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["file"], first["ok"], first["from"]) == ("a.eml", True, "ana@acme.example")
    assert first["fields"] == {"priority": "Critical"}
    assert second["verdict"]["may_answer"] is False
    assert (folder["ok"], folder["error"]) == (False, "Is a directory")
    assert (none["ok"], none["error"]) == (False, "No such file or directory")
    assert set(first) == set(none)
    assert done.exit_code == 1
    assert "No such file" in told("explain", "none.eml", code=1)


def test_hostile_headers_cost_their_neighbours_nothing() -> None:
    bombs = ["((((", "a:", "=?utf-8?q??=\n ", "<", '"', "a@b,"]
    for n, bomb in enumerate(bombs):
        headers = "".join(
            f"{name}: {bomb * 5000}\n" for name in ("To", "From", "Return-Path", "Delivered-To")
        )
        Path(f"{n}.eml").write_bytes(headers.encode() + MAIL)
    Path("last.eml").write_bytes(MAIL)
    names = [f"{n}.eml" for n in range(len(bombs))] + ["last.eml"]
    lines = [json.loads(line) for line in said("explain", "--json", *names).splitlines()]
    assert [(line["file"], line["ok"], line["error"]) for line in lines] == [
        (name, True, "") for name in names
    ]
    assert lines[-1]["from"] == "ana@acme.example"
    shown = said("explain", "1.eml", "last.eml")
    assert [line for line in shown.splitlines() if line in ("1.eml", "last.eml")] == ["1.eml", "last.eml"]


def test_explain_reads_commands_and_threads_without_a_store() -> None:
    answer = (
        MAIL.replace(b"Subject: ", b"In-Reply-To: <1@x.example>\nSubject: Re: [CS-000007] ")
        + b"\n#close fixed\n"
    )
    Path("a.eml").write_bytes(answer)
    line = json.loads(said("explain", "--json", "a.eml"))
    assert line["commands"] == ["#close fixed"]
    assert line["thread"] == {"token": None, "references": ["<1@x.example>"], "tag": "CS-000007"}
    assert os.listdir() == ["a.eml"]


def test_explain_knows_that_exchange_online_vouches_for_a_mailbox() -> None:
    Path("config.toml").write_text('[[mailbox]]\naddress = "support@example.com"\nmicrosoft_results = true\n')
    Path("a.eml").write_bytes(
        b"Authentication-Results: dmarc=pass action=none header.from=acme.example\n"
        b"Received: from mail.acme.example ([198.51.100.7]) by DB5.mail.protection.outlook.com; 0\n" + MAIL
    )
    line = json.loads(said("explain", "--json", "--peer", "127.0.0.1", "a.eml"))
    assert line["trust"] == {"level": "L1", "evidence": ["Exchange Online says dmarc=pass for acme.example"]}


def test_explain_names_those_too_who_would_be_told_with_other_news() -> None:
    staffed()
    said("case", "new", "--as", "ana@x.com", "one")
    answer = MAIL.replace(b"Subject: ", b"Subject: Re: [CS-000001] ").replace(
        b"ana@acme.example", b"ana@x.com"
    )
    Path("a.eml").write_bytes(answer.replace(b"support@example.com", b"support@acme.com"))
    shown = said("explain", "a.eml")
    assert "Reply (done)" in shown
    assert "bob@acme.com, eve@acme.com" in shown
