"""Who From names: exactly one person, or nobody."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.model.identity import Identity
from channels.email.mime import address_list, headers, message
from tests.support.mail.letters import made

ANA = "ana@acme.example"
SOMEBODY = [
    # as RFC 5322 has it
    (ANA, ""),
    (f"<{ANA}>", ""),
    (f"{ANA} <{ANA}> ({ANA})", ""),
    (f"Ana Doe <{ANA}>", "Ana Doe"),
    (f'"Ana Doe" <{ANA}>', "Ana Doe"),
    (f'"Doe, Ana" <{ANA}>', "Doe, Ana"),
    (f'"Ana \\"Nana\\" Doe" <{ANA}>', 'Ana "Nana" Doe'),
    (f'"a\\\\b" <{ANA}>', "a\\b"),
    (f'Ana "M." Doe <{ANA}>', "Ana M. Doe"),
    (f'Ana "Nana" Doe <{ANA}>', "Ana Nana Doe"),
    (f'"Ana" "Doe" <{ANA}>', "Ana Doe"),
    (f"Ana M. Doe <{ANA}>", "Ana M. Doe"),
    (f"Ana Doe<{ANA}>", "Ana Doe"),
    (f"Ana  Doe  <{ANA}>  ", "Ana Doe"),
    (f"Ana <{ANA.upper()}>", "Ana"),
    (f"O'Hara (Acme) <{ANA}>", "O'Hara (Acme)"),
    # with comments
    (f"{ANA} (Ana Doe)", "Ana Doe"),
    (f"{ANA} (Ana (Nana) Doe)", "Ana (Nana) Doe"),
    (f"{ANA} (=?utf-8?q?J=C3=B6rg?=)", "Jörg"),
    (f"(Ana Doe) {ANA}", "Ana Doe"),
    (f"(Ana) {ANA} (Doe)", "Ana Doe"),
    (f"{ANA} ()", ""),
    (f"{ANA} (:-\\))", ":-\\)"),
    (f"John Doe (Acme) <{ANA}>", "John Doe (Acme)"),
    (f"John (Johnny) Doe <{ANA}>", "John (Johnny) Doe"),
    (f'"John Doe" <{ANA}> (Acme)', "John Doe (Acme)"),
    (f"John Doe <{ANA}> (away until (next) Monday)", "John Doe (away until (next) Monday)"),
    (f"(Acme) <{ANA}>", "Acme"),
    (f"<{ANA}> (Acme)", "Acme"),
    (f"John Doe < {ANA} (private) >", "John Doe"),
    ('"ana"@acme.example', ""),
    ('Ana <"ana"@acme.example>', "Ana"),
    # with encoded words
    (f"=?utf-8?q?J=C3=B6rg?= <{ANA}>", "Jörg"),
    (f"=?utf-8?q?J=C3=B6rg?= (Acme) <{ANA}>", "Jörg (Acme)"),
    (f'=?utf-8?q?J=C3=B6rg?= "A." =?utf-8?q?M=C3=BCller?= <{ANA}>', "Jörg A. Müller"),
    (f'"=?utf-8?q?J=C3=B6rg?=" <{ANA}>', "Jörg"),
    (f'=?UTF-8?Q?"Peter M=C3=BCller"?= <{ANA}>', "Peter Müller"),
    (f"=?UTF-8?Q?Doe, Ana?= <{ANA}>", "Doe, Ana"),
    (f"=?iso-2022-jp?B?GyRCOzNFRBsoQg==?= <{ANA}>", "山田"),
    # as programs get it wrong
    (f"{ANA} <{ANA}>", ""),
    (f"{ANA.title()} <{ANA}>", ""),
    (f"'{ANA}' <{ANA}>", ""),
    (f'"{ANA}" <{ANA}>', ""),
    (f'"\'{ANA}\'" <{ANA}>', ""),
    (f"Ana {ANA} <{ANA}>", f"Ana {ANA}"),
    (f"Doe, Ana <{ANA}>", "Doe, Ana"),
    (f"Acme: Ana <{ANA}>", "Acme: Ana"),
    (f"Ana; Acme <{ANA}>", "Ana; Acme"),
    (f"Ana [Acme] <{ANA}>", "Ana [Acme]"),
    (f"[EXTERNAL] Ana <{ANA}>", "[EXTERNAL] Ana"),
    (f"Ana <{ANA}>,", "Ana"),
    (f"Ana <{ANA}>;", "Ana"),
    (f"Ana\\Doe <{ANA}>", "Ana\\Doe"),
    (f"Jörg, Müller <{ANA}>", "Jörg, Müller"),
    # whoever quotes an address names nobody with it
    (f"\"'Eve Doe' via eve@evil.example\" <{ANA}>", "'Eve Doe' via eve@evil.example"),
]  # fmt: skip
NOBODY = [
    "", " ", "nobody", "<>", "Ana <>", "Ana <ana>", "@acme.example", "ana@", "ana@.example", "ana@acme..example",
    "ana@-acme.example", "ana@acme.example-", ".ana@acme.example", "ana.@acme.example", "a na@acme.example",
    # several
    f"{ANA}, eve@evil.example", f"Ana <{ANA}>, Eve <eve@evil.example>", f"<{ANA}><eve@evil.example>",
    f"Ana <{ANA}> <{ANA}>", f"{ANA} {ANA}", f"{ANA} <eve@evil.example>", f"<{ANA}> eve@evil.example",
    f"Ana <{ANA}>:<eve@evil.example>", f"Ana <{ANA}> (eve@evil.example)", f"(eve@evil.example) {ANA}",
    f"Eve eve@evil.example <{ANA}>", f"eve@evil.example, <{ANA}>", f"eve@evil.example: Ana <{ANA}>",
    # readers differ
    "ana(work)@acme.example", "ana@(work)acme.example", "ana (work) @ (here) acme.example (Ana)", "ana @ acme.example",
    f"<{ANA}> {ANA}", f"Ana <{ANA}> at Acme", f"Ana <{ANA}>x", f'Ana <{ANA}> "x"', f"Ana <{ANA}>?=",
    # groups
    f"Acme: {ANA};", f"Acme: Ana <{ANA}>;", "undisclosed-recipients:;", f"Acme: Ana <{ANA}>, Eve <eve@evil.example>;",
    # CVE-2023-27043, and its like
    f"{ANA})eve@evil.example", f"{ANA}]<eve@evil.example>", f"{ANA}(<eve@evil.example>", f"{ANA})<eve@evil.example>",
    f"{ANA}<<eve@evil.example>", f"{ANA}><eve@evil.example>", f"{ANA}@<eve@evil.example>", f"{ANA},<eve@evil.example>",
    f"{ANA};<eve@evil.example>", f"{ANA}:<eve@evil.example>", f"{ANA}.<eve@evil.example>", f"{ANA}\"<eve@evil.example>",
    f"{ANA}[<eve@evil.example>", f"\"{ANA}\"eve@evil.example", f"<@evil.example:{ANA}>", f"<<{ANA}>>", f"Ana <{ANA}",
    f"Ana {ANA}>", f"{ANA} (Ana", f"Ana) <{ANA}>", f"\"Ana <{ANA}>", f"Ana\" <{ANA}>", f"Ana <{ANA}\"x\">",
    "ana@evil.example@acme.example", "<ana@evil.example@acme.example>",
    # addresses that would have to be made first
    "=?utf-8?q?ana=40acme.example?=", "<=?utf-8?q?ana=40acme.example?=>", "=?utf-8?q?ana?=@acme.example",
    f"=?utf-8?q?x?= =?utf-8?q?<{ANA}>?=", f"=?utf-8?q?<eve@evil.example>?= <{ANA}>", "ana doe@acme.example",
    '"ana doe"@acme.example', "ana@[192.0.2.1]", "ana\\@acme.example", "a" * 250 + "@acme.example",
    # bombs
    "(" * 4096, "(" * 900 + ANA, "a:" * 900 + ANA + "\"", '"' * 999, "<" * 999, "=?a?q?" * 300, ANA * 200, "\\" * 999,
]  # fmt: skip


@pytest.mark.parametrize(("value", "name"), SOMEBODY)
def test_from_names_ana(value: str, name: str) -> None:
    assert headers.sender([value]) == Identity("email", ANA, name)


@pytest.mark.parametrize("value", NOBODY)
def test_from_names_nobody(value: str) -> None:
    assert headers.sender([value]) is None


def test_two_from_headers_name_nobody() -> None:
    assert headers.sender([ANA, ANA]) is None


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        (f"Doe, Ana <{ANA}>, bob@x.example (Bob)", [ANA, "bob@x.example"]),
        (f"Team: Ana <{ANA}>, bob@x.example;, c@x.example", [ANA, "bob@x.example", "c@x.example"]),
        (f"{ANA}; bob@x.example", [ANA, "bob@x.example"]),
        (f'"Doe, (Ana" <{ANA}>,, broken <x, bob@x.example', [ANA, "bob@x.example"]),
        ("undisclosed-recipients:;", []),
        ("=?utf-8?q?Doe,_Ana?= <ana@acme.example>", [ANA]),
        (f"eve@evil.example <{ANA}>, bob@x.example", ["bob@x.example"]),
    ],
)
def test_recipients_are_listed(value: str, addresses: list[str]) -> None:
    assert [one.address for one in headers.people([value])] == addresses


@pytest.mark.parametrize(
    "bomb", ["(" * 5000, "a:" * 5000, "<" * 5000, '"' * 5000, "=?utf-8?q??= " * 500, "a@b," * 2000]
)
@pytest.mark.parametrize("name", ["To", "Cc", "From", "Reply-To"])
def test_a_hostile_address_header_costs_no_more_than_itself(name: str, bomb: str) -> None:
    began = time.thread_time()
    found = message.read(made(f"{name}: {bomb}", body="Hello there"))
    assert time.thread_time() - began < 2.0
    assert found.text.strip() == "Hello there"
    assert found.sender == (None if name == "From" else Identity("email", ANA, "Ana"))
    assert "support@example.com" in [one.address for one in found.to]


@given(st.text('ab@.<>()",;: \\=?q[]\n\u00e9', max_size=60))
@example(f"{ANA}" * 3)
def test_whatever_stands_there_one_is_one_of_every(value: str) -> None:
    found = address_list.one(value)
    if found is not None:
        assert "<" not in f"{found.local}{found.domain}"
        assert value.casefold().count("@") >= 1
        again = address_list.one(f"<{found.local}@{found.domain}>")
        assert again is not None
        assert again[1:] == found[1:]
    for one in address_list.every(value):
        assert one.local
        assert one.domain


@given(
    st.text("abÉ .'-_1", min_size=1, max_size=12),
    st.text("ab1.+-_", max_size=8),
    st.text("ab.-1", max_size=8),
)
@example("Ana", "ana", "acme.example")
def test_a_usual_mailbox_is_read_as_an_unusual_one_is(name: str, local: str, domain: str) -> None:
    for usual, unusual in (
        (f"{name} <{local}@{domain}>", f'"{name}" <{local}@{domain}>'),
        (f"{local}@{domain}", f"<{local}@{domain}>"),
    ):
        assert address_list.one(usual) == address_list.one(unusual)
        assert [*address_list.every(usual)] == [*address_list.every(f"{unusual},")]
