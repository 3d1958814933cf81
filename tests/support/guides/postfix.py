"""A real Postfix in a folder of its own, on a port of loopback; what is for elsewhere it hands to a sink."""

from __future__ import annotations

import email
import os
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Mapping
from email.policy import default
from pathlib import Path
from typing import Any, Self

import pytest

from rehearsal.ports import free_port
from tests.support.guides.host import ANY
from tests.support.guides.stand_in import letter
from tests.support.mail.sink import Sink

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = mx.acme.com
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relay_domains = acme.com
relay_recipient_maps = inline:{{ {{ support@acme.com = here }}, {{ bob@acme.com = here }} }}
relay_transport = smtp:[127.0.0.1]:{sink}
default_transport = smtp:[127.0.0.1]:{sink}
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
showq unix n - n - - showq
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """``with Postfix() as server:``; skips the test where there is none, or nobody who may start it."""

    def __init__(self) -> None:
        if not shutil.which("postfix") or os.getuid():
            pytest.skip("needs Postfix, and root to start it")
        self.folder = Path(tempfile.mkdtemp(prefix="postfix-"))
        self.folder.chmod(0o711)
        self.port = free_port()
        self.sink = Sink()

    def __enter__(self) -> Self:
        self.sink.__enter__()
        for name in ("etc", "queue", "data"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        self._main = self.folder / "etc" / "main.cf"
        self._main.write_text(MAIN.format(folder=self.folder, sink=self.sink.port))
        (self.folder / "etc" / "master.cf").write_text(MASTER.format(port=self.port))
        self._do("postfix", "start")
        return self

    def __exit__(self, *exc: object) -> None:
        self._do("postfix", "stop")
        self.sink.__exit__(*exc)
        shutil.rmtree(self.folder)

    def add(self, text: str, names: Mapping[str, str]) -> None:
        """More lines of ``main.cf``; in force at once."""
        for name, here in names.items():
            text = text.replace(name, here)
        self._main.write_text(self._main.read_text() + text)
        self._do("postfix", "reload")

    def queue(self) -> str:
        """``postqueue -p``."""
        return self._do("postqueue", "-p")

    def try_again(self) -> None:
        """``postqueue -f``."""
        self._do("postqueue", "-f")

    def arrives(self, sender: str, to: str, subject: str, *lines: str) -> None:
        """A mail from outside, checked by a milter."""
        raw = letter(ANY.headers[:1], sender, to, subject, *lines)
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as client:
            client.sendmail(sender, [to], raw)

    def sent(self, to: str, subject: str = "") -> list[Any]:
        """What went on to somebody elsewhere."""
        mails = [email.message_from_bytes(taken.raw, policy=default) for taken in self.sink.taken]
        return [mail for mail in mails if to in str(mail["To"]) and subject in str(mail["Subject"])]

    def _do(self, command: str, *words: str) -> str:
        line = [command, "-c", str(self.folder / "etc"), *words]
        done = subprocess.run(line, check=False, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
