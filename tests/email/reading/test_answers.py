"""What a child may say of a mail: it has read foreign bytes, and is believed in nothing that does not fit."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from bot.channel.classification import Bounce, Undelivered, Verdict
from bot.channel.protocols import Anchor, Inbound, Original, Unreadable
from bot.model.identity import Identity, Proof
from bot.model.message import Attachment, Part
from bot.model.translatable import Saying, saying
from channels.email.auth.evidence import Claims, Sealed, Signature
from channels.email.sandbox import answer, protocol
from channels.email.sandbox.answer import ReadMail
from channels.email.sandbox.pool import ReaderPool
from tests.email.reading.test_sandbox import house, results
from tests.support.mail.letters import made, mail
from tests.support.setup import readers

WHO = Identity("email", "a@b.example", "A")
WHOLE = Inbound(
    WHO, Proof.PLAUSIBLE,
    Verdict(
        False, False, Bounce("failed", (Undelivered("c@d.example", "5.1.1", "failed", "né"),), ("<2@b>",)), True,
        ("x", saying("sent by {name}", name=saying("a mail system"))), date(2026, 12, 5),
    ),
    "m@b.example", "s", (Part("quoted", "é"),), "<1@b>", ("<0@b>",), (Anchor("token", "t"),), (WHO,), (WHO,),
    (Attachment("n", "t/t", 1, "ff", True),), datetime(1969, 1, 1, tzinfo=UTC), "de", True,
    ("e", saying("there is no From")), "hash", ("covered",), "w@b.example",
    Original(WHO, "s", "t", "<3@b>", "above"),
)  # fmt: skip
SIGNED = Signature("b.example", "b.example", "s", "rsa-sha256", "00", "AA==", 1)
CLAIMS = Claims(
    "b.example", (SIGNED,), True, (saying("x {y}", y="z"),), Sealed(SIGNED, SIGNED, (saying("ok"),))
)


def said(data: bytes) -> tuple[object, list[bytes]]:
    return protocol.unpack(io.BytesIO(data).read, protocol.ANSWERS)


def framed(values: object) -> bytes:
    packed = msgspec.msgpack.encode(values)
    return len(packed).to_bytes(4, "big") + packed


def answered(**changes: object) -> bytes:
    """The frame of an answer in which some fields are not what they have to be."""
    values = dict(
        zip(ReadMail.__struct_fields__, msgspec.to_builtins(answer.of(WHOLE, CLAIMS))[1:], strict=True)
    )
    return framed(["answer", *(values | changes).values()]) + b"x"


def test_a_whole_inbound_survives_the_frames():
    read, blobs = said(b"".join(protocol.pieces(answer.of(WHOLE, CLAIMS), [b"x"])))
    assert isinstance(read, ReadMail)
    assert read.claims
    inbound, claims = answer.inbound(read, WHOLE.attachments), answer.claims(read.claims)
    assert (inbound, claims, blobs) == (WHOLE, CLAIMS, [b"x"])
    sentence = inbound.verdict.evidence[1]
    assert isinstance(sentence, Saying)
    assert (sentence.pattern, sentence.values) == ("sent by {name}", {"name": "a mail system"})
    assert isinstance(sentence.values["name"], Saying)
    assert isinstance(claims.reasons[0], Saying)


def test_an_answer_made_by_hand_is_believed():
    read, blobs = said(answered())
    assert isinstance(read, ReadMail)
    assert blobs == [b"x"]


def deep(levels: int) -> list[object]:
    phrase: list[object] = ["x", {}]
    for _ in range(levels):
        phrase = ["{a}", {"a": phrase}]
    return phrase


LIES = {
    "a proof that only a link gives": answered(proof=3),
    "a proof that is a yes": answered(proof=True),
    "a sender that is only text": answered(sender="ana@acme.example"),
    "a sender without an address": answered(sender={"channel": "email"}),
    "a part of another kind": answered(parts=[{"kind": "command", "text": "#close"}]),
    "an anchor of another kind": answered(anchors=[{"kind": "case", "value": "1"}]),
    "a text that is bytes": answered(subject=b"x"),
    "a text that is no UTF-8": answered(subject="\u00e9").replace(b"\xa2\xc3\xa9", b"\xa2\xc3\xc3", 1),
    "a file of fewer than no bytes": answered(files=[["a", "b/c", -1, False]]),
    "a file that no child can hold": answered(files=[["a", "b/c", 1 << 40, False]]),
    "files that no child can hold together": answered(files=[["a", "b/c", 1 << 29, False]] * 3),
    "more people than any mail names": answered(to=[{"channel": "email", "address": "a@b.example"}] * 30_000),
    "a day that is none": answered(verdict=[True, True, False, None, [], "2026-13-01"]),
    "sayings within sayings": answered(evidence=[deep(20)]),
    "sayings without end": answered(evidence=[]).replace(
        b"\x90", b"\x91" + b"\x92\xa1a\x81\xa1b" * 100_000, 1
    ),
    "too little": framed(["answer", None, 0]),
    "another tongue": b"\0\0\0\x02{}",
    "another message": framed(["gossip", "x"]),
    "a question": framed(["call", []]),
    "no message at all": framed(3),
    "more than it may hold": b"\xff\xff\xff\xff",
}


@pytest.mark.parametrize("lie", LIES)
def test_what_does_not_fit_is_no_answer(lie):
    with pytest.raises(ValueError, match=r".+"):
        said(LIES[lie])


@pytest.fixture
def liar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReaderPool]:
    """A reader whose child, as one that a mail has taken over, says what the mail wants it to."""
    lies = LIES | {"ready once more": framed(["ready"])}
    (tmp_path / "lies.json").write_text(json.dumps({name: data.hex() for name, data in lies.items()}))
    (tmp_path / "sitecustomize.py").write_text(
        "import json, sys\n"
        "if sys.orig_argv[-1:] == ['channels.email.sandbox.child']:\n"
        "    from channels.email.mime import message\n"
        "    from channels.email.sandbox import protocol\n"
        f"    lies = json.load(open({str(tmp_path / 'lies.json')!r}))\n"
        "    read, pieces, now = message.read, protocol.pieces, ['']\n"
        "    def hear(raw):\n"
        "        now[0] = raw.partition(b'X-Lie: ')[2].partition(b'\\r\\n')[0].decode()\n"
        "        return read(raw)\n"
        "    def lie(*said):\n"
        "        return [bytes.fromhex(lies[now[0]])] if now[0] in lies else pieces(*said)\n"
        "    message.read, protocol.pieces = hear, lie\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    readers.forget()
    pool = ReaderPool(house())
    yield pool
    pool.close()


def test_a_child_that_lies_costs_only_the_mail_that_made_it_lie(liar):
    told = ("a proof that only a link gives", "sayings without end", "ready once more")
    raws = [raw for lie in told for raw in (made(f"X-Lie: {lie}"), mail("plain"))]
    found = results(liar, *raws)
    assert [type(one) for one in found] == [Unreadable, Inbound] * len(told)
    assert all(one.fault == "message" and one.why.startswith("crash") for one in found[::2])
