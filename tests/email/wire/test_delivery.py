"""Where mail goes: the settings, the Maildir, and the sink that stands for a relay in rehearsals."""

from __future__ import annotations

import json
import mailbox
import smtplib
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.channel.outbound import Parcel
from channels.email import Settings
from tests.support.mail.delivery import PARCEL, PAYLOAD, failure, relay
from tests.support.mail.sender import Sender
from tests.support.mail.sink import Sink


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("relay", "relay.example.com", "must begin with smtp://"),
        ("relay", "smtp://", "names no host"),
        ("relay", "maildir:", "needs a folder"),
        ("relay", "smtp://host:x", "Port"),
        ("relay", "smtp://host?tls=no", "starttls=off"),
        ("relay", "smtp://me:secret@host?starttls=off", "in the clear"),
        ("listen", "8025", "host:port"),
        ("lmtp", "localhost", "host:port"),
        ("trusted_networks", ["10.0.0.1/8"], "host bits"),
        ("max_size", "big", "integer"),
        ("colour", "blue", "not permitted"),
    ],
)
def test_a_wrong_setting_is_named(key: str, value: object, words: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        Settings(**{key: value})  # type: ignore[arg-type]
    [error] = wrong.value.errors()
    assert error["loc"] == (key,)
    assert words in error["msg"]


def test_with_no_relay_mail_lies_in_a_maildir(tmp_path: Path) -> None:
    out = relay(f"maildir:{tmp_path}/outgoing")
    out.deliver(PARCEL)
    [message] = mailbox.Maildir(tmp_path / "outgoing", create=False)
    assert message["Return-Path"] == "<support+b-7@example.com>"
    assert message["Delivered-To"] == "ana@acme.com"
    assert message["Subject"] == "Hello"
    [file] = (tmp_path / "outgoing" / "new").iterdir()
    assert file.read_bytes().endswith(PAYLOAD)
    assert list((tmp_path / "outgoing" / "tmp").iterdir()) == []


def test_a_second_try_leaves_one_file_even_if_the_first_was_read(tmp_path: Path) -> None:
    out = relay(f"maildir:{tmp_path}")
    out.deliver(PARCEL)
    out.deliver(PARCEL)
    [file] = (tmp_path / "new").iterdir()
    file.rename(tmp_path / "cur" / (file.name + ":2,S"))
    out.deliver(PARCEL)
    assert list((tmp_path / "new").iterdir()) == []


def test_another_message_under_the_same_number_is_another_file(tmp_path: Path) -> None:
    out = relay(f"maildir:{tmp_path}")
    out.deliver(PARCEL)
    out.deliver(Parcel(PARCEL.id, PARCEL.recipient, PARCEL.bounce_to, PAYLOAD + b"other\r\n"))
    assert len(list((tmp_path / "new").iterdir())) == 2


def test_a_maildir_that_cannot_be_made_is_named_and_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    out = relay(f"maildir:{tmp_path}/file")
    assert not failure(out).permanent
    [problem] = out.problems()
    assert problem.startswith("email.relay: cannot make the Maildir")


def test_the_sink_s_own_sender_tells_a_refusal_from_a_yes(sink: Sink) -> None:
    sink.say("RCPT", "450 4.2.0 Later")
    with Sender(sink.port) as sender:
        assert sender.send(PAYLOAD, "a@acme.com", "b@acme.com") == (450, "4.2.0 Later")
        assert sender.send(PAYLOAD, "a@acme.com", "b@acme.com")[0] == 250
    assert sink.wait_for(1)[0].recipients == ("b@acme.com",)


def test_the_sink_runs_as_a_program(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.support.mail.sink", "--out", str(tmp_path / "taken")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout
        port = int(program.stdout.readline())
        with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
            client.sendmail("a@acme.com", "b@acme.com", PAYLOAD)
        program.terminate()
    line = json.loads((tmp_path / "taken").read_text())
    assert (line["message_id"], line["recipients"]) == ("<one@example.com>", ["b@acme.com"])
