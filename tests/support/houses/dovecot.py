"""A real IMAP server of our own for one test: Dovecot 2.4 in a folder, on a port of loopback."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest
from imapclient import IMAPClient

from rehearsal.ports import free_port
from tests.support.setup.certificates import Certificate

USER, PASSWORD = "support@example.com", "s3cret"

MAILBOX = f"""
[[mailbox]]
address = "{USER}"
name = "Acme Support"
authserv_id = "mx.example.com"
[mailbox.imap]
host = "127.0.0.1"
port = {{port}}
user = "{USER}"
password = "{PASSWORD}"
tls = "off"
"""
"""The account as a mailbox of the desk's, whose border server vouches for senders."""

CONFIG = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = {run}
state_dir = {run}
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {owner}
default_internal_group = {group}
default_login_user = {owner}
mail_driver = maildir
mail_home = {folder}/mail
mail_path = %{{home}}/Maildir
mail_uid = {owner}
mail_gid = {group}
first_valid_uid = 0
first_valid_gid = 0
{tls}
auth_allow_cleartext = yes
{capability}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
{passdb}
userdb static {{
  userdb_static_allow_all_users = yes
  fields {{
    uid = {owner}
    gid = {group}
    home = {folder}/mail
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
"""

BY_PASSWORD = f"""
auth_mechanisms = plain login
passdb static {{
  password = {PASSWORD}
}}
"""
BY_TOKEN = """
auth_mechanisms = xoauth2
oauth2 {{
  introspection_mode = get
  introspection_url = {url}
  username_attribute = email
  active_attribute = active
  active_value = true
}}
passdb oauth2 {{
}}
"""


class Dovecot:
    """``with Dovecot(folder) as server:`` one account, ``USER`` with ``PASSWORD``."""

    def __init__(
        self,
        folder: Path,
        certificate: Certificate | None = None,
        *,
        capability: str = "",
        prefix: str = "",
        separator: str = ".",
        tokens: str = "",
    ) -> None:
        self.folder = folder
        self.port, self.tls_port, self.lmtp_port = free_port(), free_port(), free_port()
        self._owner = owner = pwd.getpwuid(os.getuid()).pw_name if os.getuid() else "dovecot"
        (folder / "run").mkdir(parents=True)
        (folder / "mail").mkdir()
        self._config = folder / "dovecot.conf"
        tls = "ssl = no"
        if certificate:
            tls = f"ssl = yes\nssl_server_cert_file = {certificate.file}\nssl_server_key_file = {certificate.key}"
        self._config.write_text(
            CONFIG.format(
                run=folder / "run",
                folder=folder,
                owner=owner,
                group=grp.getgrgid(pwd.getpwnam(owner).pw_gid).gr_name,
                tls=tls,
                capability=f"imap_capability = {capability}" if capability else "",
                passdb=BY_TOKEN.format(url=tokens) if tokens else BY_PASSWORD,
                port=self.port,
                tls_port=self.tls_port,
                lmtp_port=self.lmtp_port,
                prefix=prefix,
                separator=separator,
            )
        )
        shutil.chown(folder / "mail", owner)
        folder.chmod(0o711)

    def __enter__(self) -> Dovecot:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def change_password(self, old: str, new: str) -> None:
        """Let in by another password from now on, and drop whoever is connected."""
        text = self._config.read_text()
        assert f"password = {old}\n" in text
        self._config.write_text(text.replace(f"password = {old}\n", f"password = {new}\n"))
        self.stop()
        self.start()

    def start(self) -> None:
        """Up, and listening."""
        self._process = subprocess.Popen(
            ["dovecot", "-F", "-c", str(self._config)], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
        )
        for _ in range(500):
            try:
                for port in (self.port, self.lmtp_port):
                    socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError(f"dovecot did not start: {self.log()}")

    def stop(self) -> None:
        """Gone, with all of its processes."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)

    def kill(self) -> None:
        """SIGKILL to all of its processes."""
        children = psutil.Process(self._process.pid).children(recursive=True)
        self._process.kill()
        self._process.wait(60)
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()
                child.wait(60)

    def log(self) -> str:
        path = self.folder / "dovecot.log"
        return path.read_text() if path.exists() else ""

    def lay(self, message: bytes) -> None:
        """Put a message into the INBOX as it is, without a header of this server's."""
        box = self.folder / "mail" / "Maildir"
        scratch = self.folder / "mail" / f"{uuid.uuid4()}"
        for part in (box, *(box / name for name in ("tmp", "new", "cur"))):
            if not part.is_dir():
                part.mkdir(mode=0o700)
                shutil.chown(part, self._owner)
        scratch.write_bytes(message)
        shutil.chown(scratch, self._owner)
        scratch.rename(box / "new" / f"{time.time_ns()}.{scratch.name}.here")

    def deliver(self, *messages: bytes) -> None:
        """By LMTP, as a mail system would."""
        import smtplib

        with smtplib.LMTP("127.0.0.1", self.lmtp_port, "mx.example.com") as client:
            for message in messages:
                client.sendmail("ana@acme.com", [USER], message)

    def client(self) -> IMAPClient:
        """Somebody else's mail program."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=60)
        client.login(USER, PASSWORD)
        return client

    def count(self, folder: str = "INBOX") -> int:
        """Messages in a folder; 0 if it does not exist."""
        with self.client() as client:
            if not client.folder_exists(folder):
                return 0
            return int(client.folder_status(folder, ["MESSAGES"])[b"MESSAGES"])


def new_folder() -> Path:
    """Where it may keep everything; the test is skipped where there is no Dovecot.

    Not below pytest's own folder: that is closed to other users whenever a session of pytest begins.
    """
    if not shutil.which("dovecot"):
        pytest.skip("needs Dovecot 2.4")
    return Path(tempfile.mkdtemp(prefix="dovecot-"))


def mail(number: int, body: str = "") -> bytes:
    """A message to ``USER``."""
    head = f"From: ana@acme.com\r\nTo: {USER}\r\nSubject: {number}\r\nMessage-ID: <{number}@acme.com>\r\n\r\n"
    return head.encode() + (body or f"mail {number}").encode() + b"\r\n"
