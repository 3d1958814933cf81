"""The text of a fresh config.toml: what follows from the desk's address, and nothing else."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from bot.config.literals import literal

_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "ac", "gov", "ne", "or"})


def derived(address: str) -> Mapping[str, str | list[str]]:
    """Config values that follow from an address: ``support@acme.co.uk`` → the name ``Acme Support``, …

    Raises ``ValueError`` if it is none.
    """
    local, _, domain = address.strip().lower().rpartition("@")
    if not re.fullmatch(r"[^\s@<>\"\\]{1,64}", local) or not re.fullmatch(r"[\w.-]{1,253}", domain):
        raise ValueError(f"{address} is no mail address, as support@acme.com is")
    labels = domain.split(".")
    owner = labels[-3:-1] if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else labels[-2:-1] or labels
    names = [part.capitalize() for word in (owner[0], local) for part in re.split(r"[-_.+]", word) if part]
    return {
        "desk.name": " ".join(names) if domain != "example.com" else "Support",
        "desk.language": _language(labels[-1]),
        "desk.secrets": [secrets.token_urlsafe(48)],
        "mailbox.address": f"{local}@{domain}",
    }


def _language(domain: str) -> str:
    """The language of a top-level domain."""
    from bot.languages.catalogue import languages

    return next((code for code, language in languages().items() if domain in language.domains), "en")


def written(values: Mapping[str, str | list[str]]) -> str:
    """The text of a config that has these values, and examples of what comes next as comments."""
    domain = str(values["mailbox.address"]).rpartition("@")[2]
    return head(values) + _EXAMPLES.format(domain=domain)


def head(values: Mapping[str, str | list[str]]) -> str:
    """The text of a config that has these values and nothing else."""
    keys = {key: _shown(value) for key, value in values.items()}
    return _HEAD.format(address=values["mailbox.address"], keys=keys)


_HEAD = """\
# The desk at {address}. Only what was decided stands here: every other key has its default.
#   casebot config example   prints every key, its default, and why one would change it
#   casebot config show      what is in force, and where it comes from
#   casebot check            every mistake at once, then every connection

[desk]
name = {keys[desk.name]}   # signs what the desk sends
language = {keys[desk.language]}   # of the desk, and of customers whose own is not known
# Sign reply addresses and links. The first signs, all of them verify: to change one, put the new one before it.
secrets = {keys[desk.secrets]}

[[mailbox]]
address = {keys[mailbox.address]}
"""
_EXAMPLES = """
# Your people: they are told of new cases and of replies, and may answer by mail.
# [[staff]]
# name = "Bob Miller"
# mail = "bob@{domain}"

# Where mail leaves. Without it, in the Maildir ./outgoing: nothing leaves this machine.
# [email]
# relay = "smtp://user:password@mail.{domain}:587"
"""


def kept_secrets(folder: Path) -> list[str]:
    """The secret that a desk without a config has in this folder, if there is a usable one."""
    from bot.config.secret_file import SECRET_FILE
    from bot.config.settings import SHORTEST_SECRET

    try:
        text = (folder / SECRET_FILE).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return []
    return [text] if len(text) >= SHORTEST_SECRET else []


def _shown(value: str | list[str]) -> str:
    return f"[{', '.join(map(literal, value))}]" if isinstance(value, list) else literal(value)
