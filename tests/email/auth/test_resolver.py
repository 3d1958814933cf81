"""Who asks DNS what somebody is asking already waits for the same answer; one question goes out."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from channels.email.auth.resolver import Resolver, Unanswered
from tests.support.houses.house import until
from tests.support.houses.senders import Border, mail, publish, signed
from tests.support.mail.name_server import NameServer

MANY = 24
KEY = "s._domainkey.acme.example"


@pytest.fixture
def dns() -> Iterator[NameServer]:
    with NameServer() as server:
        server.text("acme.example", "v=spf1 -all")
        server.text("bank.example", "v=spf1 ~all")
        publish(server, "acme.example")
        yield server


def together(dns: NameServer, ask: Callable[[int], object], *, asks: int = 1) -> list[Future[object]]:
    """Many threads ask while the server thinks; it speaks once so many questions have reached it."""
    ready = threading.Barrier(MANY)

    def one(number: int) -> object:
        ready.wait(60)
        return ask(number)

    with ThreadPoolExecutor(MANY) as pool:
        asked = [pool.submit(one, number) for number in range(MANY)]
        until(lambda: sum(dns.asked.values()) >= asks)
        dns.speak()
    return asked


def test_many_who_ask_the_same_at_once_are_one_question(dns: NameServer) -> None:
    resolver = Resolver([dns.address])
    dns.thinking.add("acme.example")
    asked = together(dns, lambda _: resolver.inquiry().texts("Acme.example."))
    assert [one.result() for one in asked] == [[b"v=spf1 -all"]] * MANY
    assert dns.asked == {"acme.example": 1}
    assert not resolver._asking


def test_each_name_and_each_kind_is_a_question_of_its_own(dns: NameServer) -> None:
    resolver = Resolver([dns.address])
    dns.add("acme.example", "A", "192.0.2.1")
    dns.thinking |= {"acme.example", "bank.example"}
    questions = (("acme.example", "TXT"), ("acme.example", "A"), ("bank.example", "TXT"))
    asked = together(dns, lambda n: resolver.inquiry().records(*questions[n % 3]), asks=3)
    assert Counter(str(one.result()[0]) for one in asked) == {  # type: ignore[index]
        '"v=spf1 -all"': 8,
        "192.0.2.1": 8,
        '"v=spf1 ~all"': 8,
    }
    assert dns.asked == {"acme.example": 2, "bank.example": 1}


def test_when_it_fails_all_hear_of_it_and_nobody_is_believed(dns: NameServer) -> None:
    resolver = Resolver([dns.address])
    dns.thinking.add("acme.example")
    dns.failing.add("acme.example")
    asked = together(dns, lambda _: resolver.inquiry().texts("acme.example"))
    assert all(isinstance(one.exception(), Unanswered) for one in asked)
    assert dns.asked == {"acme.example": 1}
    dns.failing.clear()
    resolver.forget()
    assert resolver.inquiry().texts("acme.example") == [b"v=spf1 -all"]


def test_who_has_no_time_left_does_not_wait_for_the_others(dns: NameServer) -> None:
    resolver = Resolver([dns.address])
    dns.thinking.add("acme.example")
    with ThreadPoolExecutor(1) as pool:
        patient = pool.submit(resolver.inquiry().texts, "acme.example")
        until(lambda: dns.asked)
        with pytest.raises(Unanswered):
            resolver.inquiry(0.001).texts("acme.example")
        dns.speak()
        assert patient.result() == [b"v=spf1 -all"]


def test_a_batch_of_one_senders_mails_asks_for_its_key_once(dns: NameServer) -> None:
    border = Border(dns)
    raws = [signed(mail(subject=f"Question {n}")) for n in range(MANY)]
    read = border.read_all(raws)
    border.close()
    assert len(read) == MANY
    assert dns.asked[KEY] == 1
