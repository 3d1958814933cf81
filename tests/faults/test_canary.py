"""Internal words never reach a customer and public ones always arrive; and the judge of this notices what is wrong."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from bench.proof import canary
from rehearsal.slack.workspace.conversation import File, Message
from tests.support.houses.house import until
from tests.support.setup import databases
from tests.support.stories import acts_of_customers as customers
from tests.support.stories import acts_of_the_desk as desk
from tests.support.stories import acts_opening as opening
from tests.support.stories import storyteller
from tests.support.stories.account import Account, judged
from tests.support.stories.canaries import Heard, Word
from tests.support.stories.story import Story
from tests.support.stories.town import Mail, Town, hear_mail, hear_message

STORIES = 16


@pytest.mark.slow
@pytest.mark.parametrize(("store", "mode"), [("sqlite", "socket"), ("postgresql", "http")])
def test_internal_words_stay_at_the_desk_and_public_words_arrive(store: str, mode: str) -> None:
    seed = storyteller.any_seed()
    # pytest's own folder is closed to the user that PostgreSQL runs as
    with tempfile.TemporaryDirectory() as folder:
        account = canary.tell(STORIES, mode=mode, store=store, seed=seed, folder=Path(folder))
    again = f"python -m bench.proof.canary --stories {STORIES} --seed {seed} --store {store} --mode {mode}"
    assert not account.broken, "\n".join((again, *account.broken))
    assert account.stories == STORIES
    assert len(account.steps) > 30, f"few kinds of steps; {again}"
    assert min(account.secret, account.public, account.looked["mails"], account.looked["messages"]) > STORIES
    assert account.looked["pages"] > 0


# the judge: one short story on real wires, and what would be said if it had gone otherwise


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Ana asks by mail, a specialist notes and answers in Slack, Ana answers on the page."""
    folder = tmp_path_factory.mktemp("town")
    with Town(databases.sqlite(folder), folder, slots=1) as town:
        short = Story(town, 0, "1/short")
        opening.by_mail(short)
        desk.notes(short)
        desk.answers(short)
        customers.uses_a_form(short, short.requester)
        assert until(lambda: storyteller.quiet(town))
        yield short


@pytest.fixture
def heard(story: Story) -> Heard:
    return storyteller.hear(story.town, [story])


def internal(story: Story) -> Word:
    return next(word for word in story.book.words if word.secret)


def answer(story: Story) -> Word:
    return next(word for word in story.book.words if word.how.startswith("specialist") and not word.secret)


def mailed(where: str, code: str) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = code if where == "subject" else "Your case"
    mail["X-Trace"] = code if where == "header" else "none"
    mail.set_content(code if where == "words" else "Hello")
    mail.add_alternative(f"<p hidden>{code if where == 'html' else ''}</p>", subtype="html")
    content = code.encode() if where == "file" else b"log"
    name = f"{code}.log" if where == "file name" else "a.log"
    mail.add_attachment(content, maintype="text", subtype="x-log", filename=name)
    return mail.as_bytes()


def posted(where: str, code: str) -> Message:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": code if where == "blocks" else "Hello"}}]
    message = Message("1.2", "UBOT", code if where == "text" else "Hello", "T0HOME", blocks)
    if where.startswith("file"):
        name, content = (f"{code}.log", b"log") if where == "file name" else ("a.log", code.encode())
        message.files.append(File("F1", name, "UBOT", data=content))
    return message


def test_a_story_that_went_well_is_judged_so(story: Story, heard: Heard) -> None:
    account = judged([story], heard)
    assert account.broken == []
    assert account.secret >= 1
    assert account.places >= 3
    assert heard.looked["pages"] >= 1


@pytest.mark.parametrize("where", ["subject", "header", "words", "html", "file", "file name"])
def test_an_internal_word_anywhere_in_a_mail_is_a_leak(story: Story, heard: Heard, where: str) -> None:
    word, to = internal(story), story.requester.address
    hear_mail(heard, Mail(to, story.label, mailed(where, word.code)))
    (leak,) = judged([story], heard).leaks
    assert f"leaked to mail:{to}: {word.how}" in leak


@pytest.mark.parametrize("where", ["text", "blocks", "file", "file name"])
def test_an_internal_word_anywhere_in_a_customers_thread_is_a_leak(
    story: Story, heard: Heard, where: str
) -> None:
    hear_message(heard, "thread:C0SLOT0/1.2", posted(where, internal(story).code))
    (leak,) = judged([story], heard).leaks
    assert "leaked to thread:C0SLOT0/1.2" in leak


def test_an_internal_word_on_a_page_or_a_screen_is_a_leak(story: Story, heard: Heard) -> None:
    heard.show(story.requester.ear, f"<p>{internal(story).code}</p>")
    heard.show("dm:U0EVE", json.dumps({"blocks": [internal(story).code]}))
    assert len(judged([story], heard).leaks) == 2


def test_an_internal_word_among_the_desk_is_none(story: Story, heard: Heard) -> None:
    heard.tell(story.desk_place, internal(story).code)
    heard.tell("mail:sam@desk.example", internal(story).code)
    heard.staff.add("mail:sam@desk.example")
    assert judged([story], heard).broken == []


def test_an_answer_that_does_not_arrive_is_missed(story: Story, heard: Heard) -> None:
    word = answer(story)
    del heard.told[word.code][story.requester.place]
    (line,) = judged([story], heard).missed
    assert f"told 0 times instead of once at {story.requester.place}: {word.how}" in line


def test_an_answer_that_is_told_twice_or_where_it_stands_is_reported(story: Story, heard: Heard) -> None:
    word = answer(story)
    heard.tell(story.requester.place, word.code)
    heard.tell(story.desk_place, word.code)
    twice, again = judged([story], heard).missed
    assert "told 2 times instead of once" in twice
    assert f"said again where it stands already, at {story.desk_place}" in again


def test_an_answer_that_a_stranger_hears_or_sees_is_reported(story: Story, heard: Heard) -> None:
    heard.tell("mail:eve@evil.example", answer(story).code)
    heard.show("dm:U0EVE", answer(story).code)
    told, shown = judged([story], heard).missed
    assert "told to somebody it was not meant for, at mail:eve@evil.example" in told
    assert "shown to somebody it was not meant for, at dm:U0EVE" in shown


def test_what_is_broken_is_in_the_report() -> None:
    account = Account(1, leaks=["a leak"], missed=["a miss"], off=["a halt"])
    lines = canary.report(account).splitlines()
    assert lines[-5:-2] == ["a leak", "a miss", "a halt"]
    assert lines[-1] == "3 PROMISES BROKEN"
    assert canary.report(Account(1)).endswith("every promise kept")
