"""The question about the customers' pages: under which address they are reached."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.channel.setup import Dialog, EditedConfig

KEY = "web.base_url"


class PagesStep:
    """A ``bot.channel.setup.SetupStep``."""

    name, title, door = "pages", "Your customers' pages", "web"

    def summary(self, config: EditedConfig) -> str:
        """Their address; or that they are off."""
        off = config.get("web.listen") == ""
        return str(config.get(KEY, "")) or ("off: mails carry no links" if off else "")

    def ask(self, config: EditedConfig, dialog: Dialog) -> None:
        """Ask for their address; without one there are no pages that anybody could reach."""
        dialog.say(
            "Links in mails lead customers to their cases, to uploads of any size, and to the survey. An HTTPS"
            " proxy of yours (Caddy, nginx) passes them on to casebot: docs/production.md."
        )
        base_url = dialog.ask(
            "Their address, as https://support.acme.com (none: no pages for now)?",
            str(config.get(KEY, "")),
            check=_address,
            optional=True,
        )
        config.drop("web.listen")
        if base_url:
            config.put(KEY, base_url)
        else:
            config.drop(KEY)
            config.put("web.listen", "")


def _address(answer: str) -> str:
    parts = urlsplit(answer.rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ValueError("an address, please, as https://support.acme.com")
    return answer.rstrip("/")
