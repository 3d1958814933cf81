"""Reading in a child that may die of it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import psutil
import pytest

from bot.channel.context import ChannelContext, for_reading
from bot.channel.protocols import Context, Inbound, Unreadable
from bot.model.message import Attachment
from channels.email import Settings
from channels.email.reading.inbound import read
from channels.email.sandbox import pool as reader_module
from channels.email.sandbox.pool import ReaderPool
from channels.email.sandbox.process import ReaderProcess
from tests.support.mail.letters import MAILBOX, READING, letter, made, mail, new_words
from tests.support.setup import readers

kept: dict[str, bytes] = {}


def receive(stream: Iterable[bytes]) -> Attachment:
    data = b"".join(stream)
    sha256 = hashlib.sha256(data).hexdigest()
    kept[sha256] = data
    return Attachment("", "", len(data), sha256)


def house(
    receive: Callable[[Iterable[bytes]], Attachment] = receive, **settings: object
) -> ChannelContext[Settings]:
    return for_reading(Settings(verify=False, **settings), (MAILBOX,), receive=receive)


@pytest.fixture(autouse=True)
def _children_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader's children are started and ended as in earnest."""
    readers.forget()
    monkeypatch.setattr(reader_module, "ReaderProcess", ReaderProcess)


@pytest.fixture
def reader() -> Iterator[ReaderPool]:
    made = ReaderPool(house())
    yield made
    made.close()


def results(reader: ReaderPool, *raws: bytes) -> list[Inbound | Unreadable]:
    return reader.read([letter(raw) for raw in raws], [Context()] * len(raws))


def children() -> list[psutil.Process]:
    """This process's, without the servers that other tests have left running."""
    return [each for each in psutil.Process().children() if each.name().startswith("python")]


def child() -> psutil.Process:
    (found,) = children()
    return found


def test_it_works(reader):
    first, second = results(reader, mail("plain"), mail("reply-with-file"))
    assert first.subject == "Delivery has dropped"
    assert new_words(second) == "Here is the log."
    (file,) = second.attachments
    assert (file.name, file.type, file.size) == ("log.txt", "text/x-log", 29)
    assert kept[file.sha256] == b"10:00 started\r\n10:01 failed\x00\x01"


def test_the_child_says_what_reading_here_says(reader):
    (found,) = results(reader, mail("reply-with-file"))
    unproven = replace(READING, verify=False)
    assert found == read(letter(mail("reply-with-file")), Context(), unproven)[0]


def test_a_report_whose_kind_is_damaged_is_read_all_the_same(reader):
    damaged = b'Content-Type: multipart/report; report-type=delivery-\x9btatus; boundary="b"\n\n'
    (found,) = results(
        reader, b"From: mailer-daemon@acme.example\n" + damaged + b"--b\n\nIt came back.\n--b--\n"
    )
    assert isinstance(found, Inbound), found
    assert "It came back." in new_words(found)


def test_the_child_stays(reader):
    results(reader, mail("plain"))
    pid = child().pid
    results(reader, mail("plain"))
    assert child().pid == pid


def test_what_a_library_prints_in_the_child_is_no_answer(reader):
    results(reader, mail("plain"))
    printed, errors = (os.readlink(f"/proc/{child().pid}/fd/{number}") for number in (1, 2))
    assert printed == errors


BOMBS = {
    "semicolons": b"Content-Type: text/plain" + b";" * 32_768 + b"\n\nhi\n",
    "divs": b"Content-Type: text/html\n\n" + b"<div>" * 100_000 + b"hi",
    "attributes": b"Content-Type: text/html\n\n<div "
    + b" ".join(b"a%d=1" % n for n in range(100_000))
    + b">hi",
    "multiparts": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1000)
    ),
    "messages": b"Content-Type: message/rfc822\n\n" * 1000 + b"\nhi\n",
    "subject": b"Subject: " + b"a " * (1 << 19) + b"\n\nhi\n",
    "words": b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\n\nhi\n",
    "parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
    "headers": b"X-A: b\n" * 100_000 + b"\nhi\n",
    "continuations": b"Content-Disposition: attachment;"
    + b"".join(b" filename*%d*=a;" % n for n in range(20_000)),
    "comments": b"From: " + b"(" * 4096 + b"\nTo: " + b"(" * 8000 + b"\n\nhi\n",
    "quotations": b"\n" + b">" * (1 << 20),
}


@pytest.mark.parametrize("name", BOMBS)
def test_after_a_bomb_the_next_mail_is_read(reader, name):
    bomb, after = results(reader, BOMBS[name], mail("plain"))
    assert isinstance(bomb, Inbound | Unreadable)
    assert new_words(after).startswith("Grüße")


def test_a_child_killed_between_two_mails_is_started_again(reader):
    results(reader, mail("plain"))
    dead = child()
    dead.kill()
    dead.wait()
    (found,) = results(reader, mail("plain"))
    assert isinstance(found, Inbound)
    assert child().pid != dead.pid


def test_a_child_killed_while_it_reads_costs_no_mail(reader):
    results(reader, mail("plain"))
    child().suspend()  # so that the batch is surely under way
    killer = threading.Timer(0.2, os.kill, (child().pid, signal.SIGKILL))
    killer.start()
    assert [type(found) for found in results(reader, *[mail("plain")] * 20)] == [Inbound] * 20


def deadly(death: str) -> bytes:
    return made(f"X-Death: {death}")


@pytest.fixture
def mortal(tmp_path, monkeypatch) -> Iterator[ReaderPool]:
    """A reader whose child dies of mails that name a death: the ways to die are real, their causes are not."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "if sys.orig_argv[-1:] == ['channels.email.sandbox.child']:\n"
        "    from channels.email.mime import message\n"
        "    from channels.email.sandbox import limits\n"
        "    limits.WALL, limits.CPU = 2.0, 0.1\n"
        "    real = message.read\n"
        "    def read(raw):\n"
        "        if b'X-Death: cpu' in raw:\n"
        "            while True: pass\n"
        "        if b'X-Death: sleep' in raw:\n"
        "            import time; time.sleep(60)\n"
        "        if b'X-Death: memory' in raw:\n"
        "            bytearray(1 << 40)\n"
        "        if b'X-Death: crash' in raw:\n"
        "            os.abort()\n"
        "        if b'X-Death: bug' in raw:\n"
        "            raise LookupError('words of the mail')\n"
        "        return real(raw)\n"
        "    message.read = read\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    made = ReaderPool(house())
    yield made
    made.close()


@pytest.mark.parametrize(
    ("death", "why"),
    [
        ("cpu", "cpu"),
        ("sleep", "timeout"),
        ("memory", "memory"),
        ("crash", "crash"),
        ("bug", "LookupError at"),
    ],
)
def test_only_the_mail_that_kills_is_unreadable_and_the_reason_is_told(mortal, death, why):
    found = results(mortal, mail("plain"), deadly(death), mail("plain"), deadly(death), mail("plain"))
    assert [type(one) for one in found] == [Inbound, Unreadable, Inbound, Unreadable, Inbound]
    assert found[1].why.startswith(why)
    assert found[1].fault == "message"
    assert "words" not in found[1].why


def test_a_reader_that_does_not_start_is_the_houses_fault(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    reader = ReaderPool(house())
    (found,) = results(reader, mail("plain"))
    assert isinstance(found, Unreadable)
    assert found.fault == "house"


def test_files_that_cannot_be_kept_are_the_houses_fault():
    def full(_: Iterable[bytes]) -> Attachment:
        raise OSError(28, "No space left on device")

    reader = ReaderPool(house(full))
    found = results(reader, mail("plain"), mail("reply-with-file"), mail("plain"))
    reader.close()
    assert [type(one) for one in found] == [Inbound, Unreadable, Inbound]
    assert found[1].fault == "house"


def test_the_child_sees_no_secret_and_dies_with_its_parent(reader, monkeypatch):
    monkeypatch.setenv("CASEBOT_SECRETS", "hush")
    results(reader, mail("plain"))
    process = child()
    assert "CASEBOT_SECRETS" not in process.environ()
    reader.close()
    assert not process.is_running()
    (found,) = results(reader, mail("plain"))
    assert found == Unreadable("the reader is closed", fault="house")


def test_modules_in_the_folder_it_was_started_in_are_not_run(reader, tmp_path, monkeypatch):
    (tmp_path / "email.py").write_text("raise SystemExit('hijacked')")
    monkeypatch.chdir(tmp_path)
    (found,) = results(reader, mail("plain"))
    assert isinstance(found, Inbound)


def test_a_child_whose_parent_is_gone_goes_too():
    script = (
        "import os, signal\n"
        "from channels.email.sandbox.process import ReaderProcess\n"
        "from channels.email.sandbox.protocol import DeskConfig\n"
        "w = ReaderProcess(DeskConfig())\n"
        "w._alive()\n"
        "import psutil; print(psutil.Process().children()[0].pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False).stdout
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int(said)).wait(60)


def test_the_child_is_light():
    code = "import sys, channels.email.sandbox.child; print(*{m.partition('.')[0] for m in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    ).stdout.split()
    assert not {"pydantic", "sqlalchemy", "starlette", "structlog", "aiosmtpd", "jinja2", "asyncio"} & set(
        loaded
    )


def test_several_threads_share_a_few_children():
    reader = ReaderPool(house(children=2))
    found: list[Inbound | Unreadable] = []
    threads = [
        threading.Thread(target=lambda: found.extend(results(reader, *[mail("plain")] * 10)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(one) for one in found] == [Inbound] * 40
    assert len(children()) <= 2
    reader.close()


def test_an_error_of_the_reader_names_its_type_and_place_and_nothing_of_the_mail(reader):
    broken = letter(mail("plain"), rcpt_tos=7)
    [result] = reader.read([broken], [Context()])
    assert re.fullmatch(r"TypeError at inbound\.py:\d+", result.why)
