"""How a story begins: a case is opened by mail, in a talk with the app, or in the customer's own channel."""

from __future__ import annotations

from typing import Any

from tests.support.stories.story import Customer, Story
from tests.support.stories.town import Mail

DESK = "support@example.com"


def by_mail(story: Story) -> None:
    """Somebody of the account, or of nowhere; with a file, with a stranger or a colleague in Cc."""
    domain = "" if story.dice.random() < 0.7 else "elsewhere.example"
    ana = story.fresh("mail", "ana", domain=domain)
    copied = _copied(story, ana)
    text, name, content = (_opening(story, ana, how) for how in ("opens", "opens, file name", "opens, file"))
    files = {f"{name}.log": f"log {content}".encode()} if story.dice.random() < 0.5 else {}
    headers = {"Cc": ", ".join(one.mailbox for one in copied)} if copied else {}
    story.town.send(
        ana.mailbox, DESK, "No delivery since noon", f"It stopped. {text}", headers=headers, files=files
    )
    story.number = _numbered(story, ana)
    story.customers = [ana]
    for one in copied:
        if domain == "" and one.address.endswith(f"@slot{story.slot}.example"):
            story.join(one)
        else:
            story.strangers.append(one)
    _due(story, (text, name, content) if files else (text,))


def _copied(story: Story, ana: Customer) -> list[Customer]:
    """A colleague who is known, for they wrote before; and a stranger."""
    copied = []
    if story.dice.random() < 0.25:
        bob = story.fresh("mail", "bob")
        story.town.send(bob.mailbox, DESK, "Earlier", "An earlier case makes me known.")
        _numbered(story, bob)
        copied.append(bob)
    if story.dice.random() < 0.3:
        copied.append(story.fresh("mail", "zoe", domain="stranger.example"))
    return copied


def _numbered(story: Story, who: Customer) -> int:
    mails: list[Mail] = story.until(lambda: story.town.post.get(who.address), f"a confirmation to {who.name}")
    return int(mails[0].label.partition("-")[2])


def _opening(story: Story, by: Customer, how: str) -> str:
    return story.book.word("Pub", f"{by.name} ({by.kind}) {how}", author=by.ear).code


def _due(story: Story, codes: tuple[str, ...]) -> None:
    """What is said in the opening is told to the desk and to whoever is let in by it.

    Its author may look it up.
    """
    for word in story.book.words:
        if word.code in codes:
            word.due = {story.desk_place, *(one.place for one in story.customers[1:])}
            word.may |= {one.ear for one in story.customers}


def in_a_talk(story: Story) -> None:
    """By the form, from anywhere: the case lives in the talk with the app."""
    dan = story.fresh("dm", "dan")
    _by_form(story, dan, channel="C0GENERAL")
    told = story.until(lambda: _talk(story, dan), f"a word to {dan.name}")
    dan.root = f"{told.channel}/{told.ts}"


def _talk(story: Story, who: Customer) -> Any:
    channel = story.people.open_dm(who.address)
    return next((message for message in story.town.bots(channel) if not message.is_reply), None)


def in_the_channel(story: Story) -> None:
    """By the form, in the account's own channel: the case lives there."""
    dan = story.fresh("member", "dan")
    codes = _by_form(story, dan, channel=story.channel)
    dan.root = story.town.thread_of(story.number, story.channel)
    for word in story.book.words:  # told in the confirmation, before all who are there
        word.due |= {dan.place} if word.code in codes else set()


def _by_form(story: Story, who: Customer, *, channel: str) -> tuple[str, ...]:
    """The codes of what was said."""
    text = _opening(story, who, "opens")
    seen = story.slash(who.address, channel, "/case new No delivery since noon")
    assert seen.modal, seen
    name, content = _opening(story, who, "opens, file name"), _opening(story, who, "opens, file")
    attached = story.dice.random() < 0.4
    if attached:
        story.people.attach(who.address, "modal", "files", [story.upload(who.address, name, content)])
    story.fill(who.address, text=f"It stopped. {text}")
    story.number = int(str(story.modal(who.address).body["blocks"][0]).partition("CS-")[2][:6])
    story.dismiss(who.address)
    story.customers = [who]
    if attached:
        story.kept(name)
    codes = (text, name, content) if attached else (text,)
    _due(story, codes)
    return codes


OPENINGS = {"mail": by_mail, "talk": in_a_talk, "channel": in_the_channel}
