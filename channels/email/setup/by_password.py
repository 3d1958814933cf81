"""The questions for a mailbox with a password, and for a mail server that hands mail over."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from bot.channel.setup import Dialog, EditedConfig
from channels.email.config.addresses import is_loopback, split_endpoint
from channels.email.setup import dns_hints

IMAPS, IMAP, SMTPS, SUBMISSION = 993, 143, 465, 587


@dataclass(frozen=True, slots=True)
class MailServers:
    """What was answered before, proposed again: host with port, and user; ``""`` where nothing was."""

    imap: str = ""
    smtp: str = ""
    user: str = ""

    @classmethod
    def of(cls, config: EditedConfig) -> MailServers:
        """Those of a mailbox with a password; of one that is signed in to, none."""
        imap, sending = config.get("mailbox[1].imap", {}), urlsplit(str(config.get("email.relay", "")))
        if not imap.get("password") or not sending.hostname:
            return cls()
        return cls(
            _named(imap.get("host", ""), imap.get("port", IMAPS), IMAPS),
            _named(sending.hostname, sending.port or SUBMISSION, SUBMISSION),
            imap.get("user", ""),
        )


def ask_mailbox(config: EditedConfig, dialog: Dialog, address: str, before: MailServers) -> None:
    """The IMAP server that mail is fetched from, and the SMTP server that it is sent by."""
    domain = address.rpartition("@")[2]
    imap = dialog.ask(
        "IMAP server, as imap.acme.com (or imap.acme.com:143)",
        before.imap or dns_hints.imap_server(domain),
        check=_server,
    )
    host, port = _endpoint(imap, IMAPS)
    tls = "implicit" if port == IMAPS else _tls(dialog, host, port)
    user = dialog.ask("User of the mailbox", before.user or address)
    password = dialog.ask("Password (it is not shown)", secret=True)
    smtp = dialog.ask(
        "SMTP server for sending, as smtp.acme.com (or smtp.acme.com:465)",
        before.smtp or dns_hints.smtp_server(domain),
        check=_server,
    )
    login = _relay_login(dialog, user, password)
    config.put("email.listen", "")
    config.put("email.relay", relay(smtp, *login))
    config.put("mailbox[1].imap.host", host)
    if port != IMAPS:
        config.put("mailbox[1].imap.port", port)
    if tls != "implicit":
        config.put("mailbox[1].imap.tls", tls)
    config.put("mailbox[1].imap.user", user)
    config.put("mailbox[1].imap.password", password)


def ask_own_server(config: EditedConfig, dialog: Dialog, address: str) -> None:
    """Where the server finds us, where it takes mail, and by which name it vouches for senders."""
    domain = address.rpartition("@")[2]
    dialog.say("docs/postfix.md says what to set there, with Postfix as the example.")
    listen = dialog.ask("Where shall casebot listen for it (SMTP)?", "127.0.0.1:8025", check=_listener)
    server = dialog.ask("Which server takes the mail that we send?", "127.0.0.1:25", check=_server)
    name = dialog.ask(
        "By which name does it write Authentication-Results (none, if it checks no senders)?",
        f"mail.{domain}",
        optional=True,
    )
    config.put("email.listen", listen)
    config.put("email.relay", relay(server, "", ""))
    if name:
        config.put("mailbox[1].authserv_id", name)


def relay(server: str, user: str, password: str) -> str:
    """``email.relay``: TLS from the start on port 465, else STARTTLS; neither on loopback without login."""
    host, port = _endpoint(server, SUBMISSION)
    login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
    shown = _bracketed(host)
    plain = "?starttls=off" if is_loopback(host) and not user else ""
    return f"{'smtps' if port == SMTPS else 'smtp'}://{login}{shown}:{port}{plain}"


def _named(host: str, port: int, usual: int) -> str:
    """As it is asked for: without the usual port."""
    return host if port == usual else f"{_bracketed(host)}:{port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _relay_login(dialog: Dialog, user: str, password: str) -> tuple[str, str]:
    """User and password for sending; two empty ones for a server that asks for none."""
    ways = {
        "same": "yes, the same ones",
        "other": "yes, others",
        "none": "no: it takes what this machine sends",
    }
    way = dialog.choose("Does it ask for user and password, too?", ways, "same")
    if way == "other":
        return dialog.ask("User for sending", user), dialog.ask(
            "Password for sending (it is not shown)", secret=True
        )
    return (user, password) if way == "same" else ("", "")


def _tls(dialog: Dialog, host: str, port: int) -> str:
    """``mailbox.imap.tls`` for a port that is not the usual one."""
    if port == IMAP and not is_loopback(host):
        return "starttls"
    ways = {"implicit": "TLS from the start", "starttls": "STARTTLS"}
    if is_loopback(host):
        ways["off"] = "not at all: it is on this machine"
    return dialog.choose(f"How is the connection to port {port} encrypted?", ways, next(reversed(ways)))


def _server(answer: str) -> str:
    _endpoint(answer, SUBMISSION)
    return answer


def _listener(answer: str) -> str:
    split_endpoint(answer)
    return answer


def _endpoint(server: str, usual: int) -> tuple[str, int]:
    """Host and port; raises ``ValueError``."""
    if "://" in server or "/" in server or len(server.split()) != 1:
        raise ValueError("a name alone, please, as mail.acme.com, or with its port, as mail.acme.com:465")
    return split_endpoint(server) if ":" in server else (server, usual)
