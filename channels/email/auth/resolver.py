"""Questions to DNS: cached, limited in time, and never answered by silence."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from typing import Any

import dns.exception
import dns.message
import dns.nameserver
import dns.resolver

from channels.email.config.addresses import nameserver

PER_MAIL, PER_QUERY, PER_PACKET = 5.0, 2.0, 1.0
"""Seconds for all questions about one mail, for one question, and until its packet is sent once more."""
CACHED = 16 << 20
"""Bytes of answers that are held; the one asked for longest ago goes first."""
BESIDE = 400
"""Bytes that an answer takes besides its texts."""
AT_REST = 3.0
"""Seconds in which a question that failed is not asked again."""
SHORTEST = 90.0
"""Seconds for which an answer is held at least: a mail that waited for it is read again within a minute."""
NEGATIVE = 20.0
"""Seconds for which nothing is taken to be there, where its zone does not say for how long."""
LONGEST_TEXT = 8192
"""Bytes of a TXT record; no key or policy is longer, and reading a longer one would cost its author nothing."""


class Unanswered(Exception):
    """DNS had no answer this time (SERVFAIL, timeout): ask again, and never take it for a no."""


class NotKnown(Exception):
    """The answer is not in the cache, and no question may be asked."""


class Resolver:
    """A caching DNS resolver; safe between threads.

    ``nameservers``: ``192.0.2.53`` or ``192.0.2.53:5353``; none: the system's own.
    """

    def __init__(self, nameservers: Sequence[str] = ()) -> None:
        self._nameservers = [_nameserver(endpoint) for endpoint in nameservers]
        self._resolver: dns.resolver.Resolver | None = None
        self._held: OrderedDict[tuple[str, str], tuple[float, Sequence[Any] | None]] = OrderedDict()
        self._asking: dict[tuple[str, str], Future[Sequence[Any]]] = {}
        """Questions that are on their way."""
        self._weight = 0
        self._lock = threading.Lock()

    def inquiry(self, seconds: float = PER_MAIL) -> Inquiry:
        """The time budget of all questions about one mail; with 0 seconds only the cache is asked."""
        return Inquiry(self, seconds)

    def answers(self) -> bool:
        """Does any name server answer? (Every one knows the root.)"""
        try:
            self.inquiry().records(".", "NS")
        except Unanswered:
            return False
        return True

    def forget(self) -> None:
        """Clear the cache."""
        with self._lock:
            self._held.clear()
            self._weight = 0

    def known(self, name: str, kind: str) -> Sequence[Any]:
        """Records from the cache; ``NotKnown`` if not there, ``Unanswered`` if the question failed just now."""
        with self._lock:
            return self._cached(name, kind)

    def _cached(self, name: str, kind: str) -> Sequence[Any]:
        until, records = self._held.get((name, kind), (0.0, None))
        if until < time.monotonic():
            raise NotKnown
        self._held.move_to_end((name, kind))
        if records is None:
            raise _unanswered(name)
        return records

    def ask(self, name: str, kind: str, seconds: float) -> Sequence[Any]:
        """Records from the servers; none if there is no such name or DNS cannot carry it.

        Questions that are being asked at this moment are not asked twice: all wait for the same answer, each
        as long as its own time lasts.
        """
        with self._lock:
            underway = self._asking.get((name, kind))
            if underway is None:
                try:
                    return self._cached(name, kind)  # answered since the asker looked
                except NotKnown:
                    own = self._asking[name, kind] = Future()
        if underway is None:
            return self._ask(own, name, kind, seconds)
        try:
            return underway.result(seconds)
        except (Unanswered, TimeoutError):
            raise _unanswered(name) from None

    def _ask(self, own: Future[Sequence[Any]], name: str, kind: str, seconds: float) -> Sequence[Any]:
        """Ask for everybody who waits; the answer is cached before the question is over."""
        try:
            records = self._answered(name, kind, seconds)
            own.set_result(records)
            return records
        except BaseException as error:
            own.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._asking[name, kind]

    def _answered(self, name: str, kind: str, seconds: float) -> Sequence[Any]:
        try:
            records, life = self._asked(name, kind, seconds)
        except (
            dns.exception.Timeout,
            dns.resolver.NoNameservers,
            dns.resolver.NoResolverConfiguration,
            OSError,
        ):
            self.hold(name, kind, None, AT_REST)
            raise _unanswered(name) from None
        except dns.exception.DNSException:
            records, life = (), NEGATIVE
        self.hold(name, kind, records, life)
        return records

    def _asked(self, name: str, kind: str, seconds: float) -> tuple[Sequence[Any], float]:
        try:
            answer = self._asks().resolve(
                name.rstrip(".").encode("ascii", "replace").decode() + ".",
                kind,
                lifetime=seconds,
                raise_on_no_answer=False,
                search=False,
            )
        except dns.resolver.NXDOMAIN as nothing:
            responses: Mapping[Any, dns.message.Message] = nothing.kwargs["responses"]
            return (), min(map(_negative, responses.values()), default=NEGATIVE)
        if answer.rrset is None:
            return (), _negative(answer.response)
        return tuple(answer.rrset), min(86_400.0, max(SHORTEST, answer.expiration - time.time()))

    def _asks(self) -> dns.resolver.Resolver:
        """The dnspython resolver, made when it is first needed: without a resolv.conf that fails."""
        with self._lock:
            if self._resolver is None:
                resolver = dns.resolver.Resolver(configure=not self._nameservers)
                if self._nameservers:
                    resolver.nameservers = self._nameservers
                resolver.timeout = PER_PACKET
                self._resolver = resolver
            return self._resolver

    def hold(self, name: str, kind: str, records: Sequence[Any] | None, life: float) -> None:
        """Cache an answer for so many seconds; None: there was no answer."""
        with self._lock:
            if before := self._held.pop((name, kind), None):
                self._weight -= _weight(before[1])
            self._held[name, kind] = (time.monotonic() + life, records)
            self._weight += _weight(records)
            while self._weight > CACHED:
                _, (_, oldest) = self._held.popitem(last=False)
                self._weight -= _weight(oldest)


def _unanswered(name: str) -> Unanswered:
    return Unanswered(f"DNS has no answer about {name} just now")


def _weight(records: Sequence[Any] | None) -> int:
    """About how many bytes the records take in memory."""
    return BESIDE + sum(BESIDE + sum(map(len, getattr(record, "strings", ()))) for record in records or ())


class Inquiry:
    """Questions that together may take so many seconds."""

    def __init__(self, resolver: Resolver, seconds: float) -> None:
        self._resolver = resolver
        self._until = time.monotonic() + seconds
        self._may_ask = seconds > 0

    def records(self, name: str, kind: str) -> Sequence[Any]:
        """Records of a kind (``TXT``, ``A``, ``AAAA``, ``MX``, ``PTR``) as dnspython returns them."""
        name = name.rstrip(".").lower()
        try:
            return self._resolver.known(name, kind)
        except NotKnown:
            seconds = self._until - time.monotonic()
            if not self._may_ask:
                raise
            if seconds <= 0:
                raise Unanswered("DNS took too long") from None
            return self._resolver.ask(name, kind, min(PER_QUERY, seconds))

    def texts(self, name: str) -> list[bytes]:
        """TXT records, the strings of each joined (RFC 6376, section 3.6.2.2; RFC 7208, section 3.3)."""
        joined = [b"".join(record.strings) for record in self.records(name, "TXT")]
        return [text for text in joined if len(text) <= LONGEST_TEXT]


def _negative(response: dns.message.Message) -> float:
    """Seconds to cache a negative answer: as its zone says, ten minutes at most (RFC 2308, section 5)."""
    lives = [min(rrset.ttl, rrset[0].minimum) for rrset in response.authority if hasattr(rrset[0], "minimum")]
    return float(min(600, *lives)) if lives else NEGATIVE


def _nameserver(endpoint: str) -> str | dns.nameserver.Nameserver:
    host, port = nameserver(endpoint)
    return dns.nameserver.Do53Nameserver(host, port)


AT_A_TIME = 1.0
"""Seconds that a batch waits; what is not known by then is tried again, and found in the cache."""
SHARE, SAVED = 0.5, 5.0
"""How much of all time may be spent so, and how many seconds of it may be saved up: slow name servers can be had
by the thousand, and one channel's mails are read in one line."""
SOONEST, LATEST = 2.0, 60.0
"""Seconds after which a mail is tried again, at the earliest and at the latest."""
GIVEN_UP = 3600.0
"""Seconds of trying after which a sender is unproven."""
MOST = 20_000
"""Mails whose time is counted."""


class DnsTimeBudget:
    """The time that may be spent waiting for DNS, shared by all mails of a process; thread-safe.

    ``clock``: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._saved, self._counted = SAVED, time.monotonic()
        self._since: dict[int, float] = {}
        self._lock = threading.Lock()

    def wait(self, asking: Sequence[Future[Any]]) -> None:
        """Wait for all of these questions, as long as the budget allows."""
        if not asking:
            return
        begun = time.monotonic()
        self._saved = min(SAVED, self._saved + (begun - self._counted) * SHARE)
        wait(asking, timeout=max(0.0, min(AT_A_TIME, self._saved)))
        self._counted = time.monotonic()
        self._saved -= self._counted - begun

    def again(self, letter: int) -> float | None:
        """Seconds until a mail is tried again, growing each time; None if it was tried for long enough.

        Counted from its first try in this process: a mail that has waited for a day has not been tried for
        one.
        """
        now = self._clock()
        with self._lock:
            if len(self._since) >= MOST:
                self._since = {waiting: at for waiting, at in self._since.items() if at > now - 2 * GIVEN_UP}
            since = self._since.get(letter, now)
            if len(self._since) < MOST:
                self._since[letter] = since
        return None if now - since >= GIVEN_UP else min(LATEST, max(SOONEST, now - since))

    def over(self, letter: int) -> None:
        """Note that a mail no longer waits for DNS."""
        if self._since:
            with self._lock:
                self._since.pop(letter, None)
