"""The text of a fresh config.toml: what follows from the desk's address, and nothing else."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from bot.config.literals import literal
from bot.languages.catalogue import languages
from bot.presets import catalogue as presets

_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "ac", "gov", "ne", "or"})


def derived(address: str, language: str = "") -> Mapping[str, str | list[str]]:
    """Config values that follow from an address: ``support@acme.co.uk`` → the name ``Acme Support``, …

    ``language``: of the desk; else the one of the address's top-level domain. Raises ``ValueError`` if it is none.
    """
    local, _, domain = address.strip().lower().rpartition("@")
    if not re.fullmatch(r"[^\s@<>\"\\]{1,64}", local) or not re.fullmatch(r"[\w.-]{1,253}", domain):
        raise ValueError(f"{address} is no mail address, as support@acme.com is")
    labels = domain.split(".")
    owner = labels[-3:-1] if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else labels[-2:-1] or labels
    language = language or _language(labels[-1])
    support = languages()[language].support if local == "support" else local
    names = [part[:1].upper() + part[1:] for part in re.split(r"[-_.+]", f"{owner[0]}-{support}") if part]
    return {
        "desk.name": " ".join(names) if domain != "example.com" else "Support",
        "desk.language": language,
        "desk.secrets": [secrets.token_urlsafe(48)],
        "mailbox.address": f"{local}@{domain}",
    }


def _language(domain: str) -> str:
    """The language of a top-level domain."""
    return next((code for code, language in languages().items() if domain in language.domains), "en")


def written(values: Mapping[str, str | list[str]]) -> str:
    """The text of a config that has these values, and examples of what comes next as comments."""
    address = values["mailbox.address"]
    keys = {key: _shown(value) for key, value in values.items()}
    domain = str(address).rpartition("@")[2]
    return presets.fresh_config(str(values["desk.language"])).format(
        address=address, domain=domain, keys=keys
    )


def head(values: Mapping[str, str | list[str]]) -> str:
    """The text of a config that has these values and nothing else."""
    return written(values).partition("\n\n#")[0] + "\n"


def kept_secrets(folder: Path) -> list[str]:
    """The secret that a desk without a config has in this folder, if there is a usable one."""
    from bot.config.settings import SHORTEST_SECRET
    from bot.config.state_files import SECRET_FILE

    try:
        text = (folder / SECRET_FILE).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return []
    return [text] if len(text) >= SHORTEST_SECRET else []


def _shown(value: str | list[str]) -> str:
    return f"[{', '.join(map(literal, value))}]" if isinstance(value, list) else literal(value)
