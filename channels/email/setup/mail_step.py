"""How mail reaches casebot and leaves it: one question, and those of the chosen way."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.channel.setup import Dialog, EditedConfig
from channels.email.setup import dns_hints
from channels.email.setup.by_password import MailServers, ask_mailbox, ask_own_server
from channels.email.setup.by_sign_in import ask_google, ask_microsoft, place_of

WAYS = {
    "microsoft": "a mailbox at Microsoft 365",
    "google": "a mailbox at Google (Workspace or Gmail)",
    "mailbox": "another mailbox: IMAP and SMTP with a password",
    "server": "a mail server of ours hands it over (Postfix, Exim, …)",
    "later": "not yet: nothing leaves this machine",
}
_ASKING = {
    "microsoft": ask_microsoft,
    "google": ask_google,
    "server": ask_own_server,
}
_FETCHED = ("microsoft", "google", "mailbox")
"""The ways that mail is fetched by."""
_OF_A_WAY = (
    "email.listen",
    "email.relay",
    "email.relay_sign_in",
    "email.relay_connections",
    "mailbox[1].authserv_id",
    "mailbox[1].microsoft_results",
    "mailbox[1].canary",
)
"""Keys that one way sets and another must not find."""
_OF_A_MAILBOX = tuple(
    f"mailbox[1].imap.{key}" for key in ("host", "port", "tls", "user", "password", "sign_in")
)


class MailStep:
    """A ``bot.channel.setup.SetupStep``."""

    name, title, door = "mail", "How mail comes and goes", "email"

    def summary(self, config: EditedConfig) -> str:
        """Who the mail comes from, and the relay."""
        relay = urlsplit(str(config.get("email.relay", "")))
        if relay.scheme not in ("smtp", "smtps"):
            return ""
        source = (
            config.get("mailbox[1].imap.host", "")
            or f"SMTP at {config.get('email.listen', '127.0.0.1:8025')}"
        )
        return f"in by {source}, out by {relay.hostname}"

    def ask(self, config: EditedConfig, dialog: Dialog) -> None:
        """Ask which way, then its own questions; what belongs to another way is removed."""
        address = str(config.get("mailbox[1].address"))
        provider, server = dns_hints.provider_of(address.rpartition("@")[2])
        if provider:
            dialog.say(f"DNS says that the mail of {address} goes to {server}.")
        way = dialog.choose(f"How does the mail of {address} reach casebot?", WAYS, provider or "mailbox")
        before = MailServers.of(config)
        in_use = _OF_A_MAILBOX if way in _FETCHED else ("mailbox[1].imap",)
        for key in (*_OF_A_WAY, *in_use, place_of(config, address)):
            config.drop(key)
        if way == "mailbox":
            ask_mailbox(config, dialog, address, before)
        elif way in _ASKING:
            _ASKING[way](config, dialog, address)
        else:
            return
        if dialog.confirm(
            "Shall casebot write to itself every hour, and tell your people if that mail stays away?"
        ):
            config.put("mailbox[1].canary", "1h")
