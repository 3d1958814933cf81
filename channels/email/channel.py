"""Mail as one channel: its doors in, its reader, and its way out."""

from __future__ import annotations

import ipaddress
import shlex
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from bot.channel.archive import Archive
from bot.channel.capabilities import SelfCheck, SignInFailed, SignInState, Traits, Welcome
from bot.channel.context import ChannelContext
from bot.channel.mail_merge import Blanks, Files, MergeBody
from bot.channel.outbound import Parcel, Posting, Stands, Words
from bot.channel.oversize import LeftInMailbox
from bot.channel.protocols import Anchor, Context, Inbound, Letter, Mailbox, Unreadable, Worker
from channels.connections import shortage
from channels.email.auth import policy
from channels.email.auth.evidence import Claimed
from channels.email.auth.policy import vouched
from channels.email.config.settings import Settings
from channels.email.mime import prescan
from channels.email.outbound import compose
from channels.email.outbound.maildir import Maildir
from channels.email.outbound.smtp_connection import RelayAddress
from channels.email.outbound.smtp_relay import Relay
from channels.email.sandbox.pool import ReaderPool
from channels.email.sign_in import passwords
from channels.email.sign_in.accounts import SignInAccounts, SignInWorker
from channels.email.sign_in.grants import NoToken
from channels.email.sign_in.passwords import PasswordLogin
from channels.email.sign_in.states import login_checks, state_of, token_check
from channels.email.sign_in.token_file import FILE
from channels.email.smtp_in.server import Listener, tls_context

if TYPE_CHECKING:
    from channels.email.auth.dkim_sign import Signers
    from channels.email.auth.verifier import Verifier
    from channels.email.imap_in.worker import ImapWorker


class EmailChannel:
    """``bot.channel.protocols.Channel`` for mail. Opens nothing before a worker runs or a parcel leaves."""

    name = "email"

    def __init__(self, context: ChannelContext[Settings]) -> None:
        self._context = context
        self._settings: Settings = context.settings
        self.traits = Traits(
            private=True,
            files_within=True,
            originals=True,
            mailboxes=True,
            deliveries=self._settings.deliveries,
        )
        self._hostname = self._settings.hostname or context.mailboxes[0].address.rpartition("@")[2]
        self._names = {box.address: box.name for box in context.mailboxes}
        self._accounts = SignInAccounts(self._settings.sign_in, str(context.state_file(FILE).parent))
        self._delivery = open_delivery(self._settings, hostname=self._hostname, accounts=self._accounts)
        self._signers = _signers(context.mailboxes)
        self._reader = ReaderPool(context)
        self._prover: Verifier | None = None
        fetched = [box for box in context.mailboxes if "imap" in box.settings]
        self._unvouched = frozenset(box.address.lower() for box in fetched if not vouched(box))
        self._mailboxes = _imap_workers(context, fetched, accounts=self._accounts)
        self._listeners = tuple(Listener(context, protocol) for protocol in self._protocols())
        context.faults.append(self._fault)

    def _protocols(self) -> Iterable[str]:
        if self._settings.listen:
            yield "smtp"
        if self._settings.lmtp:
            yield "lmtp"

    @property
    def workers(self) -> Sequence[Worker]:
        """A thread for each listener and each IMAP mailbox, and one for all sign-ins."""
        keeper = (SignInWorker(self._accounts),) if self._accounts.all else ()
        return (*keeper, *self._listeners, *self._mailboxes)

    def problems(self) -> Iterable[str]:
        """Try listeners, certificate, relay and every mailbox; a sentence for each failure."""
        yield from filter(None, (listener.problem() for listener in self._listeners))
        try:
            tls_context(self._settings.certificate, self._settings.private_key)
        except OSError as error:
            yield f"{error}."
        yield from self._delivery.problems()
        if self._signers is not None:
            yield from self._signers.problems(self._proving().resolver.inquiry())
        for mailbox in self._mailboxes:
            yield from mailbox.problems()

    def advice(self) -> Iterable[str]:
        """A relay that sends nothing; what the mailboxes' own mail speaks for; DNS that does not answer."""
        if self._settings.relay.startswith("maildir:"):
            yield "email.relay is a Maildir: no mail leaves this machine"
            for box in self._context.mailboxes:
                if box.settings.get("canary"):
                    yield f"mailbox {box.address}: no canary can come back to it"
        if self._settings.verify and not self._proving().resolver.answers():
            yield "email.nameservers: DNS does not answer, so mail that only DNS could prove waits an hour, and is held"
        for listener in self._listeners:
            most = self._settings.max_connections
            if short := shortage("email.max_connections", most, listener.protocol):
                yield short
        for mailbox in self._mailboxes:
            yield from mailbox.advice()

    def greeting(self) -> Welcome:
        """Where mail comes in and leaves; a first mail, where our own listener is there for it."""
        settings, address = self._settings, self._context.mailboxes[0].address
        fetched = tuple(box.address for box in self._context.mailboxes if "imap" in box.settings)
        relay = urlsplit(settings.relay)
        host = f"{(relay.hostname or '')}{f':{relay.port}' if relay.port else ''}"
        leaves = host or f"the Maildir {relay.path}: nothing leaves this machine"
        places = [
            ("Mail comes in at", " and ".join(filter(None, (settings.listen, settings.lmtp)))),
            ("Mail is fetched for", ", ".join(fetched)),
            ("Mail goes out to", leaves),
        ]
        tries = (_first_mail(settings.listen, to=address),) if settings.listen else ()
        return Welcome(tuple(pair for pair in places if pair[1]), tries)

    def unvouched(self) -> Collection[str]:
        """Mailboxes whose mail our servers pass on, without a setting whose results count."""
        return self._unvouched

    def vouching(self, address: str, message: bytes) -> Mapping[str, Any]:
        """``authserv_id`` or ``microsoft_results``, as a mail of our own shows them."""
        from channels.email.imap_in.setup_advice import border_settings

        mailbox = next(box for box in self._context.mailboxes if box.address == address)
        networks = [ipaddress.ip_network(network) for network in self._settings.trusted_networks]
        return border_settings(message, mailbox, networks)

    def connections(self) -> Mapping[str, bool]:
        """The IMAP mailboxes that this process reads, and whether each is connected."""
        return {mailbox.address: mailbox.connected for mailbox in self._mailboxes if not mailbox.standby}

    def left_in_mailbox(self) -> Collection[LeftInMailbox]:
        """Messages that are too large to be taken out of the IMAP mailboxes."""
        return [left for mailbox in self._mailboxes for left in mailbox.oversize.all]

    def sign_ins(self) -> Sequence[SignInState]:
        """Those of ``[[email.sign_in]]``, then the users with a password."""
        relay = self._settings.relay_sign_in.lower()
        signed_in = [
            state_of(tokens, sends=tokens.address == relay, servers=self._opened_by(tokens.address))
            for tokens in self._accounts.all
        ]
        return [*signed_in, *passwords.states(self._logins())]

    def _opened_by(self, sign_in: str) -> set[str]:
        """The servers that a sign-in opens, as they are displayed."""
        servers = {mailbox.server for mailbox in self._mailboxes if mailbox.sign_in == sign_in}
        if self._settings.relay_sign_in.lower() == sign_in:
            servers.add(str(RelayAddress.parse(self._settings.relay)))
        return servers

    def _logins(self) -> Iterable[PasswordLogin]:
        """The relay's and the mailboxes'."""
        logins = (self._delivery.login, *(mailbox.login for mailbox in self._mailboxes))
        return (login for login in logins if login is not None)

    def sign_in(self, address: str, say: Callable[[str], None], *, port: int) -> None:
        """Have somebody sign in at the provider; raises ``SignInFailed``."""
        try:
            self._accounts.sign_in(address, say, port=port)
        except NoToken as error:
            raise SignInFailed(str(error)) from None

    def try_sign_in(self, address: str) -> Iterable[SelfCheck]:
        """Get a token, where one signs in, then log in to the relay and to each mailbox as that address."""
        address = address.lower()
        if any(tokens.address == address for tokens in self._accounts.all):
            check = token_check(self._accounts.of(address))
            yield check
            if not check.ok:
                return
        login = self._delivery.login
        if address in (self._settings.relay_sign_in.lower(), login and login.address):
            yield from login_checks(
                f"sending by {RelayAddress.parse(self._settings.relay)}", self._delivery.problems()
            )
        for mailbox in self._mailboxes:
            if address in (mailbox.sign_in, mailbox.login and mailbox.login.address):
                yield from login_checks(f"fetching {mailbox.address}", mailbox.problems())

    def _fault(self) -> str:
        """What ``/readyz`` says of sign-ins that do not work, or ``""``."""
        return " ".join(state.lapsed for state in self.sign_ins() if state.lapsed)

    def anchors(self, letter: Letter) -> tuple[Anchor, ...]:
        """What in the headers may lead to a case; linear, never raises."""
        return prescan.anchors(letter, self._context.mailboxes)

    def read(self, letters: Sequence[Letter], contexts: Sequence[Context]) -> list[Inbound | Unreadable]:
        """Read mails in the child, in order; then ask DNS about their senders, where that is worth it."""
        results = self._reader.read(letters, contexts)
        self._unvouched |= frozenset(filter(None, map(_unvouched, results)))
        if any(isinstance(result, Claimed) for result in results):
            return self._proving().settle(letters, results)
        return [result for result in results if not isinstance(result, Claimed)]

    def _proving(self) -> Verifier:
        """The prover, made when needed: DNS and cryptography take a tenth of a second to load."""
        if self._prover is None:
            from channels.email.auth.verifier import Verifier

            self._prover = Verifier(self._settings.nameservers)
        return self._prover

    def compose(self, posting: Posting) -> bytes:
        """The bytes of one message to one recipient."""
        name = self._names.get(posting.mailbox, "")
        return compose.compose(posting, name, self._hostname)

    def compose_head(self, posting: Posting, subject: str) -> bytes:
        """What of a mail is its reader's own: nearly all headers."""
        return compose.compose_head(posting, subject, self._names.get(posting.mailbox, ""), self._hostname)

    def compose_body(
        self, words: Words, blanks: Blanks, files: Files, *, number: int, plain: bool
    ) -> MergeBody:
        """What all readers of a notice get, with blanks."""
        return compose.compose_body(words, blanks, files, number=number, plain=plain)

    def in_form(self, value: str, form: str) -> bytes:
        """A value as it is written into a blank."""
        return compose.in_form(value, form)

    def deliver(self, parcel: Parcel) -> Stands | None:
        """Send to the relay or into the Maildir; raises ``DeliveryFailed``.

        Mail is signed here and not when it was composed: that was within a transaction, which a signature
        would prolong.
        """
        if self._signers is not None:
            parcel = replace(parcel, payload=self._signers.signed(parcel.payload))
        self._delivery.deliver(parcel)
        return None

    def interrupt(self) -> None:
        """Cut the connections to the relay."""
        self._delivery.interrupt()

    def archive(self, path: Path, kind: str, *, mailbox: str) -> Archive:
        """An mbox file or a Maildir. If there is only one mailbox, it is assumed to be from there."""
        from channels.email.archive.reader import open_archive

        boxes = self._context.mailboxes
        mailbox = mailbox or (boxes[0].address if len(boxes) == 1 else "")
        return open_archive(path, kind, mailbox=mailbox, most=self._settings.max_size)

    def close(self) -> None:
        """Disconnect from the relay and end the children."""
        self._delivery.close()
        self._reader.close()
        if self._prover is not None:
            self._prover.close()


def _imap_workers(
    context: ChannelContext[Settings], mailboxes: Sequence[Mailbox], *, accounts: SignInAccounts
) -> tuple[ImapWorker, ...]:
    if not mailboxes:
        return ()
    from channels.email.imap_in.worker import ImapWorker

    return tuple(ImapWorker(context, box, accounts=accounts) for box in mailboxes)


def _unvouched(result: Inbound | Unreadable | Claimed) -> str:
    """The mailbox of a mail that a server of ours could have vouched for, had it been named; else ``""``."""
    if isinstance(result, Unreadable):
        return ""
    inbound, reasons = (
        (result.inbound, result.claims.reasons) if isinstance(result, Claimed) else (result, result.evidence)
    )
    return inbound.mailbox if policy.UNSET in reasons else ""


def _signers(mailboxes: Sequence[Mailbox]) -> Signers | None:
    """The signers, or None if no mailbox has a key: then nothing is loaded."""
    if not any("dkim" in box.settings for box in mailboxes):
        return None
    from channels.email.auth.dkim_sign import Signers

    return Signers(mailboxes)


class Transport(Protocol):
    """A way to send mail."""

    login: PasswordLogin | None
    """The user and password by which it is let in, if it is."""

    def deliver(self, parcel: Parcel) -> None:
        """Send a parcel or raise ``DeliveryFailed``; from several threads."""

    def interrupt(self) -> None:
        """Make every delivery in progress, or begun from now on, fail at once."""

    def problems(self) -> Iterable[str]:
        """One sentence for each thing that prevents sending."""

    def close(self) -> None:
        """Close connections."""


def open_delivery(settings: Settings, *, hostname: str, accounts: SignInAccounts | None = None) -> Transport:
    """The transport that the settings name; connects to nothing yet."""
    scheme, _, folder = settings.relay.partition(":")
    if scheme == "maildir":
        return Maildir(folder)
    tokens = accounts.of(settings.relay_sign_in) if accounts and settings.relay_sign_in else None
    return Relay(settings.relay, connections=settings.relay_connections, hostname=hostname, tokens=tokens)


def _first_mail(listen: str, *, to: str) -> str:
    """A command of a shell that writes to the desk by its listener."""
    writer = shlex.quote(f"you@{to.rpartition('@')[2]}")
    letter = shlex.quote(rf"From: {writer}\nTo: {to}\nSubject: Hello\n\nDoes it work?\n")
    envelope = f"--mail-from {writer} --mail-rcpt {shlex.quote(to)}"
    return f"printf %b {letter} | curl -sT - smtp://{listen} {envelope}"
