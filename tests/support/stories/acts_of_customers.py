"""What customers do on a case: they write, attach, ask, close, reopen, complain, and bring others along."""

from __future__ import annotations

import re
from typing import Any, cast

from tests.support.houses.browser import Page, get
from tests.support.houses.house import words
from tests.support.stories.story import Customer, Story


def writes(story: Story, who: Customer) -> None:
    """Plain words, with a file now and then."""
    stands = [who.place] if who.kind == "member" else []
    how = f"{who.name} ({who.kind}) writes"
    text = story.public(how, who, stands=stands)
    name = content = ""
    if story.dice.random() < 0.35:
        name, content = (
            story.public(f"{how}, file {part}", who, stands=stands) for part in ("name", "words")
        )
    if who.kind == "mail":
        _by_mail(story, who, f"More about it. {text}", name=name, content=content)
    else:
        files = [story.upload(who.address, name, content)] if name else []
        channel, _, ts = who.root.partition("/")
        story.people.post(who.address, channel, f"More about it. {text}", thread_ts=ts, files=files)
    story.kept(text)
    story.over = story.closed = False


def _by_mail(story: Story, who: Customer, text: str, *, name: str = "", content: str = "") -> None:
    files = {f"{name}.log": f"log {content}".encode()} if name else {}
    mail = story.letter(who.address)
    if story.dice.random() < 0.2:  # a mail program that knows nothing of Reply-To: only the number leads back
        subject = f"Re: {mail['Subject']}"
        story.town.send(who.mailbox, "support@example.com", subject, text, files=files)
    else:
        story.town.answer(mail, who.mailbox, text, files=files)


def uses_a_form(story: Story, who: Customer) -> None:
    """The page of the case, or the slash command and its form."""
    text = story.public(f"{who.name} ({who.kind}) writes in a form", who)
    if (
        who.kind == "member"
    ):  # it stands nowhere yet: those who read the case in their channel are told it there
        story.word_of(text).due.add(who.place)
    if who.kind == "mail":
        _offering(story, who, "reply").send("reply", text=f"From the page. {text}")
    elif story.dice.random() < 0.5:
        story.slash(who.address, _here(story, who), f"/case reply {story.label} In one line. {text}")
    else:
        story.slash(who.address, _here(story, who), f"/case reply {story.label}")
        story.fill(who.address, text=f"From the form. {text}")
        story.dismiss(who.address)
    story.kept(text)


def _offering(story: Story, who: Customer, form: str) -> Page:
    """The page once it has a form: what the desk has just reopened may still be taken back."""

    def offered() -> Page | None:
        shown = page(story, who)
        return shown if form in shown.forms else None

    return cast(Page, story.until(offered, f"the form {form!r} on the page of {story.label}"))


def _here(story: Story, who: Customer) -> str:
    return story.channel if who.kind == "member" else "C0GENERAL"


def page(story: Story, who: Customer) -> Page:
    """The case's page, by the link in one of their mails."""
    links = [
        link
        for mail in story.town.got(who.address, story.label)
        for link in re.findall(r"http://\S+/case/\S+", words(mail.parsed))
    ]
    return get(links[-1])


def command(story: Story, who: Customer, line: str) -> Any:
    """``close fixed``: by mail, in the thread, or typed after the slash."""
    if who.kind == "mail":
        story.town.answer(story.letter(who.address), who.mailbox, f"#{line}")
        return
    channel, _, ts = who.root.partition("/")
    lead = story.dice.choice(("!", "@case "))
    story.people.post(who.address, channel, f"{lead}{line}", thread_ts=ts)


def closes(story: Story, who: Customer) -> None:
    """The requester closes it, with a word."""
    text = story.public(f"{who.name} ({who.kind}) closes", who, stands=_stands(who))
    story.happened("closed", lambda: command(story, who, f"close fixed, thank you {text}"))
    story.over = story.closed = True


def _stands(who: Customer) -> list[str]:
    return [who.place] if who.kind == "member" else []


def adds_a_word_to_a_closed_case(story: Story, who: Customer) -> None:
    """The requester closes it again, with a word."""
    text = story.public(f"{who.name} ({who.kind}) closes what is closed", who, stands=_stands(who))
    command(story, who, f"close fixed, and thank you {text}")
    story.kept(text)


def closes_on_the_page(story: Story, who: Customer) -> None:
    """By the button."""
    text = story.public(f"{who.name} closes on the page", who)
    story.happened("closed", lambda: _offering(story, who, "close").send("close", text=f"Enough. {text}"))
    story.over = story.closed = True


def reopens(story: Story, who: Customer) -> None:
    """With a message."""
    text = story.public(f"{who.name} ({who.kind}) reopens", who, stands=_stands(who))
    story.happened("reopened", lambda: command(story, who, f"reopen It is back. {text}"))
    story.over = story.closed = False


def complains(story: Story, who: Customer) -> None:
    """The manager and the desk hear; the other customers may look it up."""
    story.complained = True
    by_form = not who.foreign and story.dice.random() < 0.5
    text = story.for_the_desk(f"{who.name} ({who.kind}) raises a concern", who, shown=True)
    word = story.word_of(text)
    word.due |= {"mail:max@desk.example", "dm:U0MIA"}
    word.silent |= {*_stands(who)} - ({who.place} if by_form else set())
    line = f"concern lack of reply +49 30 123456: nobody answers {text}"
    act = (lambda: _concern_form(story, who, text)) if by_form else (lambda: command(story, who, line))
    story.happened("concern raised", act)


def _concern_form(story: Story, who: Customer, text: str) -> None:
    if who.kind == "mail":
        page(story, who).send("concern", category="lack_of_reply", phone="+49 30 123456", text=text)
        return
    story.slash(who.address, _here(story, who), f"/case concern {story.label}")
    story.modal(who.address)
    story.people.choose(who.address, "modal", "category", "lack_of_reply")
    story.fill(who.address, text=f"Nobody answers. {text}", phone="+49 30 123456")
    story.dismiss(who.address)


def corrects(story: Story, who: Customer) -> None:
    """An edit is kept on the case; the desk is told, and of what was taken back not once more what it was.

    What was deleted is taken out of other customers' direct messages, too.
    """
    text = story.public(f"{who.name} ({who.kind}) writes, and corrects it", who, stands=_stands(who))
    channel, _, ts = who.root.partition("/")
    message = story.people.post(who.address, channel, f"Wrong. {text}", thread_ts=ts)
    story.kept(text)
    story.over = story.closed = False
    if story.dice.random() < 0.5:
        other = story.for_the_desk(f"{who.name} ({who.kind}) corrects", who, shown=True)
        story.people.edit(who.address, channel, message.ts, f"Right. {other}")
        story.kept(other)
    else:
        story.delivered()  # or nobody is told what was taken back meanwhile
        story.happened("kept as automatic", lambda: story.people.delete(who.address, channel, message.ts))
        word = story.word_of(text)
        chats = {place for place in word.due if place.startswith("dm:")}
        word.due, word.may = word.due - chats, word.may | chats


def looks(story: Story, who: Customer) -> None:
    """At all that may be seen: whatever is shown is judged in the end."""
    if who.kind == "mail":
        before = len(story.town.got(who.address, story.label))
        command(story, who, "show")
        story.until(lambda: len(story.town.got(who.address, story.label)) > before, "a transcript")
        return
    if not who.foreign:
        story.slash(who.address, _here(story, who), f"/case show {story.label}")
        story.slash(who.address, _here(story, who), "/case my all")
    story.people.open_home(who.address, wait=10)
    command(story, who, "show")


def speaks_up(story: Story) -> None:
    """Let another member of the channel write in the thread.

    A member of another team takes part from now on. Only the support team reads the message of a colleague.
    """
    team = story.dice.choice(("", "T0ACME"))
    eve = story.fresh("member", "eve", team=team)
    eve.root, how = story.requester.root, f"{eve.name} (of the channel) speaks up"
    text = story.public(how, eve, stands=[eve.place]) if team else story.for_the_desk(how, eve)
    channel, _, ts = eve.root.partition("/")
    story.people.post(eve.address, channel, f"It hits us too. {text}", thread_ts=ts)
    story.kept(text)
    if not team:
        return
    story.over = story.closed = False
    story.join(eve)


def drops(story: Story) -> None:
    """The requester takes a collaborator off the case."""
    leaver = story.dice.choice([one for one in story.customers[1:] if one.kind == "mail"])
    line = f"remove {leaver.address}"
    story.happened("participant removed", lambda: command(story, story.requester, line))
    story.leave(leaver)
