"""Tokens for pages, and what pages are made of, without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from string import ascii_letters, ascii_lowercase, digits

import pytest

from bot.commands.case import Attach, Close, Keep, Note, Open, Reply
from bot.commands.people import Take
from bot.commands.triage import Merge, Unmerge
from bot.links.tokens import PUBLIC, Links
from bot.model.facts import EventLine, PublicEntry
from bot.model.message import Attachment, Said
from bot.model.pages import CasePage
from bot.pages.case import STEPS
from bot.render.environment import page_environment
from bot.runtime.logs import redact
from channels.web.pages.forms import FIELDS, UnfitForm, command, typed
from store.people import person as people
from tests.house.catalogs import LANGUAGES
from tests.support.houses.desk import TestDesk, text_of

NOW = datetime.now(UTC)
OLD, NEW = "an old secret that is long enough to pass", "a new secret that is long enough to pass"


def test_a_page_token_says_its_numbers_to_its_own_purpose_only() -> None:
    links = Links([NEW])
    token = links.page_token("survey", 1, 2, 1 << 62)
    said = links.read_page_token("survey", token, now=NOW)
    assert said
    assert (said.numbers, said.expired) == ((1, 2, 1 << 62), False)
    for purpose in ("case", "form", "survey ", ""):
        assert links.read_page_token(purpose, token, now=NOW) is None


def test_all_keys_verify_and_the_first_signs() -> None:
    before, after, without = Links([OLD]), Links([NEW, OLD]), Links([NEW])
    assert after.read_page_token("case", before.page_token("case", 1, 2), now=NOW)
    assert without.read_page_token("case", after.page_token("case", 1, 2), now=NOW)
    assert before.read_page_token("case", after.page_token("case", 1, 2), now=NOW) is None


@pytest.mark.parametrize("bent", ["", ".", "..", "a.b.c", "é.ü.ö", "\x00", "x" * 9999, "WzEsMl0.AAAA.AAAA"])
def test_what_is_no_token_is_nothing(bent: str) -> None:
    assert Links([NEW]).read_page_token("case", bent, now=NOW) is None


def _bent(token: str, letters: str) -> Iterator[str]:
    """The token with one other letter, at every place; all that there are at the last, whose bits are not all used."""
    for place in range(len(token)):
        last = place == len(token) - 1
        others = [letter for letter in letters if letter != token[place]]
        yield from (token[:place] + other + token[place + 1 :] for other in (others if last else others[:1]))


def test_every_bent_letter_is_noticed() -> None:
    links = Links([NEW])
    token = links.page_token("case", 12, 34)
    read = [
        links.read_page_token("case", bent, now=NOW) for bent in _bent(token, ascii_letters + digits + "-_")
    ]
    assert set(read) == {None}


def test_so_it_is_in_the_addresses_and_ids_of_our_mail_which_may_come_back_in_capitals() -> None:
    links = Links([NEW])
    letters = ascii_lowercase + "234567"
    kinds: list[tuple[str, Callable[[str], object]]] = [
        (links.reply_token(1, 2, PUBLIC, now=NOW), lambda token: links.read_reply_token(token, now=NOW)),
        (links.message_id(1, 2, "x.example")[1:].partition("@")[0], links.read_message_id),
        (links.bounce_tag(7)[2:], lambda tag: links.read_bounce_tag(f"b-{tag}")),
        (links.canary_tag(7)[2:], lambda tag: links.read_canary_tag(f"c-{tag}")),
    ]
    for name, read in kinds:
        assert read(name) is not None
        assert read(name.upper()) == read(name)
        assert {read(bent) for bent in _bent(name, letters)} == {None}


def test_a_token_expires_by_the_desks_clock() -> None:
    links = Links([NEW])
    links.clock = lambda: NOW + timedelta(days=100)
    token = links.page_token("survey", 1)
    for days, expired in ((113, False), (115, True)):
        said = links.read_page_token("survey", token, now=NOW + timedelta(days=days), life=timedelta(days=14))
        assert said
        assert said.expired is expired


def test_without_a_web_door_there_are_no_links(desk: TestDesk) -> None:
    from bot.commands.case import Open

    assert Links([NEW]).page_url("case", 1, 2) == ""
    desk.ask("ana@acme.example", Open("No delivery", "It stopped."))
    (mail,) = desk.mails("ana@acme.example")
    assert "http" not in text_of(mail)
    assert "See this case" not in text_of(mail)


def test_links_are_taken_out_of_what_people_say() -> None:
    links = Links([NEW])
    said = "see https://h.example/case/abc.def-g and https://h.example/docs, https://x.example/case/1"
    assert links.without_pages(said) == [said]
    links.base_url = "https://h.example"
    assert links.without_pages(said) == [
        "see https://h.example/… and https://h.example/docs, https://x.example/case/1"
    ]


def test_the_log_hides_links() -> None:
    links = Links([NEW])
    links.base_url = "https://h.example"
    url = links.page_url("case", 1, 2)
    assert url.rpartition("/")[2] not in str(redact(None, "info", {"event": f"GET {url}", "path": url}))


def test_a_case_page_holds_public_entries_and_known_steps_only(desk: TestDesk) -> None:
    ana, sam = "ana@acme.example", "sam@desk.example"
    desk.ask(ana, Open("No delivery", "It stopped."))
    for command_ in (Note(1, "canary"), Take(1), Reply(1, "We look.")):
        desk.ask(sam, command_)
    desk.ask("eve@evil.example", Keep(1, "canary", "unverified"))
    file = Attachment("log.txt", "text/plain", 3, desk.app.files.put([b"abc"])[0])
    desk.ask(ana, Keep(1, "canary", "automatic"), Attach(1), said=Said(attachments=(file,)))
    desk.ask(sam, Close(1, "as_designed", "So it is."))
    with desk.app.database.reading() as tx:
        person = people.find(tx, "email", ana)
        assert person
        token = desk.desk.pages._links.page_token("case", 1, person.id)
    page = desk.desk.page("case", token)
    assert isinstance(page, CasePage)
    assert "canary" not in repr(page)
    said = [one.text for one in page.told if isinstance(one, PublicEntry)]
    assert [text for text in said if text] == ["It stopped.", "We look.", "So it is."]
    steps = [(one.name, one.detail) for one in page.told if isinstance(one, EventLine)]
    assert steps == [("taken", ""), ("closed", "Works as designed")]
    assert {name for name, _ in steps} <= STEPS.keys()
    assert page.may == {"reopen", "concern", "priority"}
    assert page.reader.address == ana


def test_a_merger_is_read_of_on_the_page_by_those_whose_case_it_moved_and_nobody_else(desk: TestDesk) -> None:
    ana, bob, sam = "ana@acme.example", "bob@acme.example", "sam@desk.example"
    desk.ask(ana, Open("No delivery", "It stopped."))
    desk.ask(bob, Open("Nothing delivered", "Silent."))

    def steps(who: str, number: int) -> list[tuple[str, str]]:
        with desk.app.database.reading() as tx:
            person = people.find(tx, "email", who)
        assert person
        page = desk.desk.page("case", desk.desk.pages._links.page_token("case", number, person.id))
        assert isinstance(page, CasePage)
        return [(one.name, one.detail) for one in page.told if isinstance(one, EventLine)]

    desk.ask(sam, Merge(2, 1))
    assert steps(bob, 2) == steps(bob, 1) == [("merged", "CS-000001")]
    assert steps(ana, 1) == []
    desk.ask(sam, Unmerge(2))
    assert steps(bob, 2) == [("merged", "CS-000001"), ("unmerged", "CS-000001")]
    assert steps(ana, 1) == []


def test_every_language_of_the_pages_says_every_step() -> None:
    pages = page_environment("web")
    for language in LANGUAGES:
        say = pages.get_template("texts.j2").make_module({"language": language})
        said = {" ".join(str(say.step(name, "Sam", "CS-000001")).split()) for name in STEPS}
        assert len(said - {""}) == len(STEPS), language


def test_what_is_typed_is_cleaned() -> None:
    said = typed({"text": "  a\x00b\r\nc\x1e\x1d\u202e ", "phone": "+33\n1\t2", "else": "x"})
    assert said["text"].startswith("ab\nc")
    assert "\x1e" not in said["text"]
    assert "\x1d" not in said["text"]
    assert said["phone"] == "+33 1 2"
    assert said.keys() == set(FIELDS)


def test_a_form_that_makes_no_command_says_which_field() -> None:
    with pytest.raises(UnfitForm) as unfit:
        command("rate", typed({"comment": "x" * 5001}), (1, 2, 3))
    assert unfit.value.wrong == {"rating": "rating", "comment": "long"}
    with pytest.raises(KeyError):
        command("open", typed({}), (1, 2))


def test_a_link_in_any_field_of_a_command_goes_no_further(desk: TestDesk) -> None:
    desk.app.desk.pages._links.base_url = "https://h.example"
    link = desk.app.desk.pages._links.page_url("my", 1)
    desk.ask("ana@acme.example", Open(f"See {link}", f"Here: {link}", ids=("12333", link)))
    case = desk.case(1)
    assert case.entries[0].text == "Here: https://h.example/…"
    assert link not in str(case)
    assert "12333" in case.ids
