"""The systemd unit: exposed as little as it says, and casebot works within its filters."""

from __future__ import annotations

import re
import shutil
import signal
import smtplib
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from rehearsal.ports import free_port
from tests.deploy.confine import settings
from tests.support.houses.house import until

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy/systemd/casebot.service"
MAIL = (
    "From: Ana <ana@acme.example>\r\nTo: support@example.com\r\nMessage-ID: <{0}@acme.example>\r\n"
    "Subject: {0}\r\n\r\nHello.\r\n"
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze (Debian: systemd)"),
]


def test_systemd_finds_little_to_object_to() -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    exposure = re.search(r"Overall exposure level for casebot.service: ([0-9.]+)", text)
    assert exposure
    assert float(exposure[1]) < 2.0
    verified = subprocess.run(
        ["systemd-analyze", "verify", str(UNIT)], check=False, capture_output=True, text=True
    )
    complaints = [line for line in verified.stderr.splitlines() if "is not executable" not in line]
    assert not complaints


def test_the_unit_waits_until_the_desk_is_open_and_can_be_reloaded() -> None:
    unit = UNIT.read_text(encoding="utf-8")
    assert settings(unit, "Type") == ["notify"]
    assert settings(unit, "ExecReload") == ["/bin/kill -HUP $MAINPID"]


def test_the_account_and_the_folder_are_made_as_debian_makes_them(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    folder = UNIT.parent
    subprocess.run(["systemd-sysusers", f"--root={tmp_path}", folder / "casebot.sysusers.conf"], check=True)
    assert re.search(
        r"^casebot:.*/var/lib/casebot:/usr/sbin/nologin$", (tmp_path / "etc/passwd").read_text(), re.M
    )
    tmpfiles = folder / "casebot.tmpfiles.conf"
    subprocess.run(["systemd-tmpfiles", f"--root={tmp_path}", "--create", tmpfiles], check=True)
    assert (tmp_path / "etc/casebot").stat().st_mode & 0o777 == 0o750


def test_mail_comes_in_by_both_doors_is_read_by_the_children_and_answered_within_the_filters(
    tmp_path: Path,
) -> None:
    smtp, web, monitor, lmtp = free_port(), free_port(), free_port(), tmp_path / "lmtp.sock"
    (tmp_path / "config.toml").write_text(f'''
[store]
min_free = 0
[email]
listen = "127.0.0.1:{smtp}"
lmtp = "{lmtp}"
relay = "maildir:./outgoing"
[web]
listen = "127.0.0.1:{web}"
monitor = "127.0.0.1:{monitor}"
[[mailbox]]
address = "support@example.com"
''')
    casebot = Path(sys.executable).with_name("casebot")
    command = [
        sys.executable,
        "-m",
        "tests.deploy.confine",
        str(UNIT),
        str(casebot),
        "--config",
        "config.toml",
        "run",
    ]
    log, manager = tmp_path / "log", socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(tmp_path / "notify"))
    manager.settimeout(240)
    with log.open("wb") as out, manager:
        process = subprocess.Popen(
            command,
            cwd=tmp_path,
            env={
                "PYTHONPATH": str(ROOT),
                "PATH": "/usr/bin:/bin",
                "NOTIFY_SOCKET": str(tmp_path / "notify"),
            },
            stdout=out,
            stderr=out,
        )
        while manager.recv(100) != b"READY=1":  # systemd-analyze, which tells the filters, says a word, too
            pass
    try:
        assert answers(monitor), log.read_text()
        with smtplib.SMTP("127.0.0.1", smtp, timeout=60) as client:
            client.sendmail("ana@acme.example", ["support@example.com"], MAIL.format("one"))
        with smtplib.LMTP(str(lmtp)) as client:
            client.sendmail("ana@acme.example", ["support@example.com"], MAIL.format("two"))
        assert until(lambda: confirmed(tmp_path) and cases(tmp_path) == 2), log.read_text()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, log.read_text()
    assert "Traceback" not in log.read_text()
    assert "PermissionError" not in log.read_text()


def answers(monitor: int) -> bool:
    """Is the desk ready?"""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{monitor}/readyz", timeout=60) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def confirmed(folder: Path) -> bool:
    """Has Ana an answer to what came from this machine? What a mail server hands over has to prove itself."""
    return any(b"ana@acme.example" in mail.read_bytes() for mail in folder.glob("outgoing/new/*"))


def cases(folder: Path) -> int:
    """How many cases there are."""
    with closing(sqlite3.connect(folder / "casebot.db")) as database:
        return int(database.execute("SELECT count(*) FROM support_case").fetchone()[0])


@pytest.mark.parametrize(
    "forbidden",
    [
        "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "import os; os.chroot('/')",
    ],
)
def test_the_filters_of_these_tests_are_there(forbidden: str) -> None:
    command = [sys.executable, "-m", "tests.deploy.confine", str(UNIT), sys.executable, "-c", forbidden]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert "Error" in done.stderr
