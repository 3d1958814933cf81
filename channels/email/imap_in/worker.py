"""The IMAP worker: keeps what comes into a mailbox, and moves it on once it is durable."""

from __future__ import annotations

import contextlib
import ipaddress
import math
import random
import re
import shutil
import socket
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import structlog

from bot.channel.context import ChannelContext
from bot.channel.protocols import Kept, Mailbox
from bot.model.errors import Busy, NoRoom
from channels.email.config.settings import Imap, Settings
from channels.email.imap_in.client import ImapFolder, Lost, NotHandedOver, PasswordRefused, why
from channels.email.imap_in.oversize import OversizeMessages
from channels.email.imap_in.poison_messages import PoisonMessages
from channels.email.mime.prescan import content_key
from channels.email.sign_in.accounts import SignInAccounts
from channels.email.sign_in.grants import NoToken
from channels.email.sign_in.passwords import PasswordLogin

log = structlog.get_logger("email.imap")

BATCH, BATCH_BYTES = 50, 8 << 20
WITHOUT_TOKEN = 10.0
"""Seconds at most between two tries while there is no access token."""
STAND_BY = 2.0
"""Seconds between two looks whether a mailbox that another process reads has become free."""
LAST = 20
"""Mails that are looked at to propose settings."""
PATIENCE = 30.0
"""Seconds in which a message must be durable; else it stays where it is, for the next look."""
_RETURN_PATH = re.compile(rb"^return-path:[ \t]*<([^<>\r\n]*)>", re.IGNORECASE | re.MULTILINE)


@dataclass(slots=True)
class FolderLook:
    """One look at a whole folder, and what it has come upon."""

    room: float
    """Bytes of the largest message that is worth fetching."""
    short: bool = False
    """There was no room for some."""
    behind: bool = False
    """The desk takes nothing just now."""
    others: bool = False
    """A message was handed over."""
    again: bool = False
    """Some were not, and are to be asked for alone."""


class ImapWorker:
    """Fetches one ``[[mailbox]]`` with an ``imap`` table; a ``bot.channel.protocols.Worker``.

    The folder itself is the cursor: what lies in it has not been kept, or was not moved yet. After a crash in
    between it is kept again under the same key, which has no second effect, and moved.
    """

    role = "imap"

    def __init__(
        self, context: ChannelContext[Settings], mailbox: Mailbox, *, accounts: SignInAccounts
    ) -> None:
        self.name = f"imap {mailbox.address}"
        self._mailbox = mailbox
        self.address = mailbox.address.lower()
        self._settings = Imap.model_validate(mailbox.settings["imap"])
        self._keep, self._remember = context.keep, context.remember
        self._sole = context.sole
        self.oversize = OversizeMessages(self.address, limit=context.settings.max_size)
        """What it leaves in its folder."""
        self._max_size = context.settings.max_size
        self._files_folder, self._min_free = context.files_folder, context.min_free
        self._networks = [ipaddress.ip_network(network) for network in context.settings.trusted_networks]
        self.sign_in = self._settings.sign_in.lower()
        """The address that is signed in to by OAuth, or ``""``."""
        self._tokens = accounts.of(self.sign_in) if self.sign_in else None
        self.server = self._settings.server
        self.login: PasswordLogin | None = None
        """Its user and password, where it is not signed in to by OAuth."""
        if self._tokens is None:
            self.login = PasswordLogin(
                self._settings.login, self._settings.host, key=f"imap.password of {self.address}"
            )
        self._leaving = threading.Event()
        self._bell: socket.socket | None = None
        self.connected = False
        """Is the folder open, and was it looked at?"""
        self.standby = True
        """Does another process read it, or none yet?"""
        self._failures = 0
        self._reason = ""
        """Why the mailbox was out of reach when we last tried."""
        self._pause = 0.0
        self._suspects = PoisonMessages()

    def run(self) -> None:
        """Fetch from the mailbox until ``leave``, connecting again whenever the line is lost.

        Of several processes one does; the others look every few seconds whether it still does.
        """
        wake, self._bell = socket.socketpair()
        with wake, self._bell:
            while not self._leaving.is_set():
                if not self._sole.take(self.name, self._ring):
                    self._stand_by(wake)
                    continue
                self.standby = False
                try:
                    with self._open(wake) as folder:
                        self._attend(folder)
                except Exception as error:
                    self._bear(error)
            self._sole.release(self.name)

    def _stand_by(self, wake: socket.socket) -> None:
        """Wait while another process has the mailbox."""
        self.connected, self.standby = False, True
        if not self._leaving.wait(STAND_BY):
            with contextlib.suppress(BlockingIOError):  # that we have lost it is known by now
                wake.recv(64, socket.MSG_DONTWAIT)

    def leave(self) -> None:
        """Return from ``run`` within about a second, or once the batch in hand is kept."""
        self._leaving.set()
        self._ring()

    def _ring(self) -> None:
        """Wake the thread that waits for news of the mailbox."""
        if self._bell is not None:
            with contextlib.suppress(OSError):  # `run` is over already
                self._bell.send(b"\0")

    def problems(self) -> Iterable[str]:
        """Log in and select the folder; one sentence if that fails."""
        wake, bell = socket.socketpair()
        with wake, bell:
            try:
                self._open(wake).close()
            except Exception as error:
                yield f"[[mailbox]] {self.address}: {why(error, self._settings)}."

    def advice(self) -> Iterable[str]:
        """Settings that its last mails suggest and that are missing; nothing if they cannot be fetched."""
        from channels.email.imap_in.setup_advice import proposals

        wake, bell = socket.socketpair()
        with wake, bell, contextlib.suppress(Exception):
            with self._open(wake) as folder:
                heads = folder.latest(LAST, moved_to=self._settings.processed)
            for proposal in proposals(heads, self._mailbox, self._networks):
                yield f"mailbox {self.address}: {proposal}"

    def _open(self, wake: socket.socket) -> ImapFolder:
        folder = ImapFolder(self._settings, tokens=self._tokens, wake=wake)
        if self.login is not None:
            self.login.accepted()
        return folder

    def _bear(self, error: Exception) -> None:
        self.connected = False
        self._failures += 1
        self._sole.release(self.name)  # perhaps another machine can reach it
        pause = backoff(self._failures)
        if isinstance(error, NoToken):  # no server is asked, and once somebody has signed in it goes on
            pause = min(pause, WITHOUT_TOKEN)
        if self.login is not None and isinstance(error, PasswordRefused):
            pause = self.login.refused(error.answer)
        reason = why(error, self._settings)
        say = log.info if reason == self._reason else log.warning
        self._reason = reason
        say("mailbox out of reach", mailbox=self.address, why=reason, again_in=round(pause, 1))
        self._leaving.wait(pause)

    def _attend(self, folder: ImapFolder) -> None:
        log.info("watching a mailbox", mailbox=self.address)
        while not self._leaving.is_set() and self._sole.holds(self.name):
            again = self._look(folder)
            self.connected, self._failures, self._reason = True, 0, ""
            if again:
                continue
            if self._pause:
                self._leaving.wait(self._pause)
            elif not self._leaving.is_set():
                folder.wait(min(self._settings.poll, self._settings.idle))

    # one look at the whole folder

    def _look(self, folder: ImapFolder) -> bool:
        """Keep and move all messages; True if the folder should be looked at again at once.

        Stops early, with a pause, when the house cannot keep up. What there is no room for stays, and is not
        even fetched where that can be told before; smaller messages are taken.
        """
        self._shunt(folder)
        look = FolderLook(self._room())
        for sizes in self._batches(folder):
            messages = self._fetched(folder, sizes, look)
            if not messages:
                continue
            look.others, self._failures = True, 0
            folder.move(self._kept_uids(messages, look), self._settings.processed)
            if look.behind or self._leaving.is_set():
                break
        short = look.behind or look.short
        self._pause = min(30.0, 1.0 + 2 * self._pause) if short else 0.0
        return look.again and not short

    def _room(self) -> float:
        """Bytes of the largest message that the disk has room for."""
        with contextlib.suppress(OSError):  # the folder is made anew with the first file
            return shutil.disk_usage(self._files_folder).free - self._min_free
        return math.inf

    def _fetched(
        self, folder: ImapFolder, sizes: Mapping[int, int], look: FolderLook
    ) -> dict[int, bytes] | None:
        """Those of a batch's messages that there is room for, and that the server hands over."""
        batch = [uid for uid, size in sizes.items() if size <= look.room]
        if len(batch) < len(sizes):
            look.short = True
            log.warning("mail stays in its folder for now", mailbox=self.address, why="no room")
        if not batch or not self._suspects.worth_asking(batch[0], others=look.others):
            return None
        messages = self._fetch(folder, batch, others=look.others)
        look.again = look.again or messages is None
        return messages

    def _batches(self, folder: ImapFolder) -> Iterator[dict[int, int]]:
        """The sizes of messages to fetch together, by UID; suspects last and alone."""
        plain, suspects = self._suspects.apart(folder.uids())
        sizes = folder.sizes([*plain, *suspects])
        self._pass_over(folder, {uid: n for uid, n in sizes.items() if n > self._max_size})
        fitting = {uid: size for uid, size in sizes.items() if size <= self._max_size}
        for batch in portions({uid: fitting[uid] for uid in plain if uid in fitting}):
            yield {uid: fitting[uid] for uid in batch}
        yield from ({uid: fitting[uid]} for uid in suspects if uid in fitting)

    def _pass_over(self, folder: ImapFolder, too_large: Mapping[int, int]) -> None:
        """Leave oversize messages in the folder, and log each once, even across restarts."""
        self.oversize.look(folder, too_large)
        if not too_large:
            return
        uidvalidity = folder.uidvalidity
        saved = self._remember(self.name, None) or {}
        reported = set(saved.get("too_large", ())) if saved.get("uidvalidity") == uidvalidity else set()
        for uid in sorted(too_large.keys() - reported):
            log.warning(
                "left a message in its folder: larger than email.max_size",
                mailbox=self.address,
                uid=uid,
                bytes=too_large[uid],
            )
        if too_large.keys() != reported:
            self._remember(self.name, {"uidvalidity": uidvalidity, "too_large": sorted(too_large)})

    def _fetch(self, folder: ImapFolder, uids: Sequence[int], *, others: bool) -> dict[int, bytes] | None:
        """The messages that are still there, or None if the server would not hand them over."""
        try:
            messages = folder.fetch(uids)
        except (NotHandedOver, OSError) as error:
            log.warning("messages were not handed over", mailbox=self.address, uids=list(uids))
            self._suspects.failed(uids, others=others)
            if isinstance(error, (Lost, OSError)):
                raise
            return None
        self._suspects.cleared(uids)
        return messages

    def _shunt(self, folder: ImapFolder) -> None:
        if folder.uidvalidity != self._suspects.uidvalidity:
            self._suspects = PoisonMessages(folder.uidvalidity)
        for uid in self._suspects.take_condemned():
            log.error("shunted a message", mailbox=self.address, uid=uid, folder=self._settings.shunted)
            folder.move([uid], self._settings.shunted)

    # keeping

    def _kept_uids(self, messages: Mapping[int, bytes], look: FolderLook) -> list[int]:
        """The UIDs of messages that are durable now; all are handed in first, to share one commit."""
        futures = {
            uid: self._keep("email", content_key(raw), raw, self._envelope(raw))
            for uid, raw in messages.items()
        }
        return [uid for uid, future in futures.items() if self._durable(future, len(messages[uid]), look)]

    def _durable(self, future: Future[Kept], size: int, look: FolderLook) -> bool:
        try:
            future.result(PATIENCE)
        except NoRoom as refusal:
            look.short, look.room = True, min(look.room, size - 1)
            log.warning("mail stays in its folder for now", mailbox=self.address, why=str(refusal))
            return False
        except Busy as refusal:
            look.behind = True
            log.warning("mail stays in its folder for now", mailbox=self.address, why=str(refusal))
            return False
        except Exception as error:
            look.behind = True
            future.cancel()  # it is handed in again with the next look
            log.error("a message could not be kept; it stays in its folder", exc_info=error)
            return False
        return True

    def _envelope(self, raw: bytes) -> dict[str, Any]:
        return {
            "door": "imap",
            "peer": "",
            "helo": "",
            "mail_from": return_path(raw),
            "rcpt_tos": [],
            "mailbox": self.address,
            "tls": "",
        }


def portions(sizes: Mapping[int, int]) -> Iterator[list[int]]:
    """UIDs cut into portions of at most so many messages and bytes (a larger one is alone)."""
    portion: list[int] = []
    volume = 0
    for uid, size in sizes.items():
        if portion and (len(portion) == BATCH or volume + size > BATCH_BYTES):
            yield portion
            portion, volume = [], 0
        portion.append(uid)
        volume += size
    if portion:
        yield portion


def return_path(raw: bytes) -> str | None:
    """The envelope sender in the Return-Path on top; ``""``: null; None: there is none."""
    end = raw.find(b"\r\n\r\n", 0, 65536)
    match = _RETURN_PATH.search(raw, 0, end if end >= 0 else 65536)
    return match[1].decode("utf-8", "replace") if match else None


def backoff(failures: int) -> float:
    """Seconds before the next try: 1, 2, 4 … 300 at most, each with jitter between half and whole."""
    return min(300.0, 2.0 ** min(failures - 1, 9)) * random.uniform(0.5, 1.0)  # noqa: S311 (no secret)
