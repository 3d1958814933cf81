"""The config of a test house: what all houses have in common, and the file that one reads."""

from __future__ import annotations

from pathlib import Path

from bot.channel.installed import sections
from bot.config.load import Config, load
from rehearsal.ports import free_port
from tests.support.setup.adtech import with_lists

SECRET = "a secret for tests that is long enough to pass"
PROMPT = f"""
[report]
digest = ""
[store]
url = "{{url}}"
min_free = 0
[desk]
gather = 0
undo = "0s"
secrets = ["{SECRET}"]
"""
"""A desk that waits for nothing and sends nothing by itself. It ends within ``[desk]``: more of its keys may follow."""
ACME = """
[[account]]
name = "Acme"
domains = ["acme.example"]
"""


def loaded(text: str, folder: Path) -> Config:
    """The config of this text, written into a folder with the lists of most stories."""
    folder.mkdir(exist_ok=True)
    file = folder / "config.toml"
    file.write_text(with_lists(text))
    return load(file, sections())


def mailbox_out_of_reach(address: str, *, more: str = "") -> str:
    """A ``[[mailbox]]`` that is fetched from a port where nobody answers; ``more``: another line of it."""
    imap = f'imap = {{ host = "127.0.0.1", port = {free_port()}, tls = "off", user = "u", password = "p" }}'
    return f'\n[[mailbox]]\naddress = "{address}"\n{more}\n{imap}\n'
