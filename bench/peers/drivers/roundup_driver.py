"""Roundup's mail gateway over a tracker of its classic template, run by the Python that Roundup is installed in.

``roundup_driver.py HOME [ROUNDS]``: a fresh tracker there, that anybody may write to and that confirms new issues to
whoever wrote; outgoing mail is appended to a file. ``ROUNDS``: of PBKDF2, for the password that it makes up for each
person it meets; as shipped without. A line of standard input is a folder of mails to take, one of the output what the
tracker has then.
"""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import roundup.instance
from roundup import mailgw

SETTINGS = {
    "mail_domain": "desk.example",
    "mail_host": "127.0.0.1",
    "tracker_web": "http://127.0.0.1:8080/support/",
    "tracker_email": "support",
    "admin_email": "admin",
    "messages_to_author": "new",
    "mailgw_convert_htmltotext": "dehtml",  # as shipped it refuses mail without a text part
}
OPEN = """
db.security.addPermissionToRole('Anonymous', 'Email Access')
"""


def made(home: Path, rounds: str) -> None:
    """Install and initialise it, by Roundup's own commands."""
    settings = {**SETTINGS, "mail_debug": str(home / "sent.mbox")}
    if rounds:
        settings["password_pbkdf2_default_rounds"] = rounds
    told = ",".join(f"{name}={value}" for name, value in settings.items())
    admin = [str(Path(sys.executable).parent / "roundup-admin"), "-i", str(home)]
    subprocess.run([*admin, "install", "classic", "sqlite", told], check=True, stdout=subprocess.DEVNULL)
    with (home / "schema.py").open("a") as schema:
        schema.write(OPEN)
    subprocess.run([*admin, "initialise", "admin"], check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Take what is named on standard input, until it ends."""
    home = Path(sys.argv[1])
    home.mkdir(parents=True)
    made(home, sys.argv[2] if len(sys.argv) > 2 else "")
    instance = roundup.instance.open(str(home), optimize=True)
    gateway = mailgw.MailGW(instance, Namespace(default_class="issue", set_value=[]))
    print("ready", flush=True)
    for line in sys.stdin:
        for file in sorted(Path(line.strip()).iterdir()):
            with file.open("rb") as mail:
                gateway.main(mail)
        database = instance.open("admin")
        counts = {"cases": len(database.issue.getnodeids()), "entries": len(database.msg.getnodeids())}
        database.close()
        sent = home / "sent.mbox"
        counts["told"] = sent.read_bytes().count(b"\nX-Roundup-Version:") if sent.exists() else 0
        print(json.dumps(counts), flush=True)


main()
