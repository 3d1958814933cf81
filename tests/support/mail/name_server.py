"""A name server on loopback that says what it is told to say, takes its time, fails, or keeps silent."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from typing import Self

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

LONGEST_STRING = 255
TTL = 300


class NameServer:
    """``with NameServer() as dns:`` answers UDP at ``dns.address``. Names it does not know do not exist."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        """``("acme.example", "A")`` → ``["192.0.2.1"]``, as a zone file has it."""
        self.failing: set[str] = set()
        """Domains about which, and below which, it says SERVFAIL."""
        self.silent: set[str] = set()
        """Domains about which, and below which, it says nothing at all."""
        self.asked: Counter[str] = Counter()
        """How often each name was asked for; a packet that is sent again is no new question."""
        self.thinking: set[str] = set()
        """Domains about which, and below which, it says nothing until ``speak``."""
        self._thought: list[tuple[bytes, tuple[str, int]]] = []
        self._heard: set[tuple[int, str]] = set()
        self._lock = threading.Lock()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        host, port = self._socket.getsockname()
        self.address = f"{host}:{port}"
        self._thread = threading.Thread(target=self._run, name="dns", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bell:
            bell.sendto(b"", self._socket.getsockname())
        self._thread.join(60)
        self._socket.close()

    def text(self, name: str, *texts: str) -> None:
        """TXT records at a name, each cut into strings that DNS can carry; they replace what was there."""
        self.records[name.lower(), "TXT"] = [_quoted(text) for text in texts]

    def add(self, name: str, kind: str, *values: str) -> None:
        """Records of any other kind; they replace what was there."""
        self.records[name.lower(), kind] = list(values)

    def speak(self) -> None:
        """Answer what it was thinking about."""
        with self._lock:
            self.thinking.clear()
            thought, self._thought = self._thought, []
        for answer, client in thought:
            self._socket.sendto(answer, client)

    def _run(self) -> None:
        while True:
            packet, client = self._socket.recvfrom(4096)
            if not packet:
                return
            answer = self._answer(packet)
            if answer is not None and not self._kept(answer, client):
                self._socket.sendto(answer.to_wire(), client)

    def _kept(self, answer: dns.message.Message, client: tuple[str, int]) -> bool:
        """Is it still thinking about that?"""
        with self._lock:
            thinks = _below(answer.question[0].name.to_text(omit_final_dot=True).lower(), self.thinking)
            if thinks:
                self._thought.append((answer.to_wire(), client))
            return thinks

    def _answer(self, packet: bytes) -> dns.message.Message | None:
        try:
            question = dns.message.from_wire(packet)
        except dns.exception.DNSException:
            return None
        name = question.question[0].name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.question[0].rdtype)
        self.asked[name] += (question.id, name) not in self._heard
        self._heard.add((question.id, name))
        if _below(name, self.silent):
            return None
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        if _below(name, self.failing):
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif values := self.records.get((name, kind)):
            answer.answer.append(dns.rrset.from_text_list(name + ".", TTL, "IN", kind, values))
        elif not any(known == name for known, _ in self.records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer


def _below(name: str, domains: set[str]) -> bool:
    return any(name == domain or name.endswith("." + domain) for domain in domains)


def _quoted(text: str) -> str:
    pieces = [text[at : at + LONGEST_STRING] for at in range(0, len(text), LONGEST_STRING)] or [""]
    escaped = [piece.replace("\\", "\\\\").replace('"', '\\"') for piece in pieces]
    return " ".join(f'"{piece}"' for piece in escaped)
