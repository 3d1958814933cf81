"""Mail going out to a relay that may misbehave."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from bot.channel.outbound import Parcel
from channels.email.channel import Transport
from tests.support.mail.delivery import PARCEL, PAYLOAD, failure, relay
from tests.support.mail.sink import HANG_UP, Sink
from tests.support.setup.certificates import Certificate


@pytest.fixture
def out(sink: Sink) -> Iterator[Transport]:
    out = relay(sink.url)
    yield out
    out.close()


def test_it_works(sink: Sink, out: Transport) -> None:
    out.deliver(PARCEL)
    [taken] = sink.taken
    assert taken.raw == PAYLOAD
    assert (taken.sender, taken.recipients) == ("support+b-7@example.com", ("ana@acme.com",))
    assert taken.message_id == "<one@example.com>"


def test_many_messages_go_over_one_connection_and_one_greeting(sink: Sink, out: Transport) -> None:
    for _ in range(20):
        out.deliver(PARCEL)
    assert (len(sink.taken), sink.connections, sink.commands.count("EHLO")) == (20, 1, 1)


def test_threads_share_no_more_connections_than_allowed(sink: Sink) -> None:
    out = relay(sink.url, connections=2)
    sink.script.delay = 0.02
    threads = [threading.Thread(target=lambda: [out.deliver(PARCEL) for _ in range(4)]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    out.close()
    assert len(sink.taken) == 24
    assert sink.connections <= 2


def test_line_ends_are_made_right(sink: Sink, out: Transport) -> None:
    out.deliver(Parcel(1, "ana@acme.com", "", b"Subject: a\n\nb\rc\r\n"))
    assert sink.taken[0].raw == b"Subject: a\r\n\r\nb\r\nc\r\n"
    assert sink.taken[0].sender == ""


@pytest.mark.parametrize("phase", ["MAIL", "RCPT", "DATA", "message"])
@pytest.mark.parametrize(
    ("reply", "permanent", "pause"),
    [
        ("550 5.1.1 No such user", True, 0),
        ("552 5.3.4 Too big", True, 0),
        ("450 4.2.0 Greylisted", False, 0),
        ("451 4.3.0 Later", False, 0),
        ("421 4.7.0 Too much from you", False, 60),
        ("530 5.7.0 Log in first", False, 0),
        ("503 5.5.1 Not now", False, 0),
    ],
)
def test_a_refusal_says_whether_it_is_for_good(
    sink: Sink, out: Transport, phase: str, reply: str, *, permanent: bool, pause: float
) -> None:
    sink.say(phase, reply)
    failed = failure(out)
    assert (failed.permanent, failed.pause) == (permanent, pause)
    assert reply[:3] in str(failed)
    assert reply[4:] in str(failed)
    out.deliver(PARCEL)
    assert len(sink.taken) == 1


def test_after_a_refusal_the_connection_is_used_again(sink: Sink, out: Transport) -> None:
    sink.say("RCPT", "550 5.1.1 No such user")
    assert failure(out).permanent
    out.deliver(PARCEL)
    assert sink.connections == 1
    assert sink.commands.count("RSET") == 1


@pytest.mark.parametrize("phase", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "message"])
def test_a_relay_that_hangs_up_is_tried_again_later(sink: Sink, out: Transport, phase: str) -> None:
    sink.say(phase, HANG_UP)
    assert not failure(out).permanent
    out.deliver(PARCEL)


@pytest.mark.parametrize("reply", ["554 5.3.2 We do not talk to you", "421 4.3.2 Closing", "500 What"])
@pytest.mark.parametrize("phase", ["greeting", "EHLO"])
def test_what_is_refused_before_the_message_is_not_its_fault(
    sink: Sink, out: Transport, phase: str, reply: str
) -> None:
    sink.script.always = {phase: reply, "HELO": reply}
    failed = failure(out)
    assert not failed.permanent
    assert failed.pause > 0
    assert sink.taken == []


def test_a_lost_answer_is_a_try_that_failed(sink: Sink, out: Transport) -> None:
    sink.script.losses = 1
    assert not failure(out).permanent
    out.deliver(PARCEL)
    assert [taken.message_id for taken in sink.taken] == ["<one@example.com>"] * 2


@pytest.mark.parametrize("word", [HANG_UP, "421 4.4.2 You were silent for too long"])
def test_a_connection_closed_in_the_meantime_costs_no_try(sink: Sink, out: Transport, word: str) -> None:
    out.deliver(PARCEL)
    sink.say("MAIL", word)
    out.deliver(PARCEL)
    assert (len(sink.taken), sink.connections) == (2, 2)


def test_nobody_listening_is_temporary_and_named() -> None:
    with Sink() as sink:
        url = sink.url
    out = relay(url)
    failed = failure(out)
    assert not failed.permanent
    assert failed.pause > 0
    [problem] = out.problems()
    assert problem.startswith("email.relay: cannot reach localhost:")


def test_an_address_with_a_line_break_never_reaches_the_wire(sink: Sink, out: Transport) -> None:
    assert failure(
        out, Parcel(1, "ana@acme.com>\r\nRCPT TO:<eve@evil.com", "x@example.com", PAYLOAD)
    ).permanent
    out.deliver(PARCEL)
    assert sink.taken[0].recipients == ("ana@acme.com",)


def test_an_address_beyond_ascii_is_sent(sink: Sink, out: Transport) -> None:
    out.deliver(Parcel(1, "josé@acme.com", "x@example.com", PAYLOAD))
    assert sink.taken[0].recipients == ("josé@acme.com",)
    out.deliver(PARCEL)


def test_a_relay_that_cannot_take_such_an_address_is_named_and_goes_on(sink: Sink, out: Transport) -> None:
    sink.say("EHLO", "250 sink")
    failed = failure(out, Parcel(1, "josé@acme.com", "x@example.com", PAYLOAD))
    assert failed.permanent
    assert str(failed) == f"localhost:{sink.port} knows no addresses with letters beyond ASCII (SMTPUTF8)"
    out.deliver(PARCEL)
    assert (len(sink.taken), sink.connections) == (1, 1)


def test_a_relay_that_wants_a_message_for_nobody_is_sent_an_empty_one(sink: Sink, out: Transport) -> None:
    sink.script.anyway = True
    sink.say("RCPT", "550 5.1.1 No such user")
    assert failure(out).permanent
    out.deliver(PARCEL)
    assert [taken.raw for taken in sink.taken] == [PAYLOAD]
    assert sink.connections == 1


def test_login_follows_tls(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certificate.file)
    with Sink(tls=certificate.server, users={"desk@example.com": "p@ss/word"}) as sink:
        out = relay(f"smtp://desk%40example.com:p%40ss%2Fword@localhost:{sink.port}")
        assert list(out.problems()) == []
        out.deliver(PARCEL)
        out.close()
        assert len(sink.taken) == 1
        assert sink.commands.index("STARTTLS") < sink.commands.index("AUTH")


def test_a_wrong_password_is_named_and_not_shown(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certificate.file)
    with Sink(tls=certificate.server, users={"desk": "right"}) as sink:
        out = relay(f"smtp://desk:hunter2@localhost:{sink.port}")
        failed = failure(out)
        [problem] = out.problems()
        asked = sink.commands.count("AUTH")
        again = failure(out)
    assert not failed.permanent
    assert failed.patient
    assert "refused the login (535" in problem
    assert "refuses the password of desk (535" in str(again)
    assert sink.commands.count("AUTH") == asked, "providers lock who keeps trying"
    assert "hunter2" not in problem + str(failed)


def test_a_certificate_nobody_vouches_for_is_not_talked_to(certificate: Certificate) -> None:
    with Sink(tls=certificate.server, users={"desk": "secret"}) as sink:
        out = relay(f"smtp://desk:secret@localhost:{sink.port}")
        assert "TLS" in str(failure(out))
        assert "AUTH" not in sink.commands
        assert sink.taken == []


def test_a_relay_that_hides_starttls_gets_no_password_and_no_mail(sink: Sink) -> None:
    out = relay(f"smtp://desk:secret@localhost:{sink.port}")
    failed = failure(out)
    assert "STARTTLS" in str(failed)
    assert not failed.permanent
    assert {"AUTH", "MAIL"}.isdisjoint(sink.commands)
