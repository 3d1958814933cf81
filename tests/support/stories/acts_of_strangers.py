"""What people try who take no part in a case, or no longer: they hear nothing, and are heard by the desk alone."""

from __future__ import annotations

import re

from tests.support.houses.browser import get
from tests.support.houses.house import words
from tests.support.stories.story import Customer, Story

DESK = "support@example.com"


def eavesdrops(story: Story) -> None:
    """A customer's mail was forwarded: its finder answers it, or gives commands."""
    eve = story.fresh("mail", "eve", domain="evil.example")
    victim = story.dice.choice([one for one in story.customers if one.kind == "mail" and story.reached(one)])
    code = story.for_the_desk("eavesdropper: to a forwarded address", eve)
    lead = story.dice.choice(("", "#show\n", "#close\n", "#reply "))
    story.town.answer(story.letter(victim.address), eve.mailbox, f"{lead}Let me in {code}")
    story.kept(code)


def pretends(story: Story) -> None:
    """A mail in a customer's name, to a valid address, that nothing vouches for."""
    who = story.dice.choice([one for one in story.customers if one.kind == "mail" and story.reached(one)])
    code = story.for_the_desk("unproven mail in a customer's name", who)
    headers = {"Received": "from evil.example by mx.example.net; Mon, 23 Nov 2026 10:00:00 +0000"}
    to = str(story.letter(who.address)["Reply-To"])
    story.town.send(who.mailbox, to, f"Re: [{story.label}]", f"Hand it over {code}", headers=headers)
    story.kept(code)


def guesses(story: Story) -> None:
    """A number in the subject opens a case of one's own, where no word of this one is."""
    eve = story.strangers[0] if story.strangers else story.fresh("mail", "eve", domain="evil.example")
    before = len(story.town.post.get(eve.address, ()))
    code = story.for_the_desk("stranger: the number in the subject", eve, due=False)
    story.town.send(
        eve.mailbox, DESK, f"Re: [{story.label}] hello", f"Let me in {code}\n\n#show {story.label}"
    )
    story.until(lambda: len(story.town.post.get(eve.address, ())) > before, "an answer to a stranger")


def pries(story: Story) -> None:
    """Somebody in Slack asks for a case that is not theirs, and tries to write on it."""
    eve = story.fresh("dm", "eve")
    for verb in ("show", "reply", "note", "close", "concern", "attach", "add"):
        code = story.for_the_desk(f"stranger in Slack: /case {verb}", eve, due=False)
        story.slash(eve.address, "C0GENERAL", f"/case {verb} {story.label} {code} eve@evil.example")
        story.dismiss(eve.address)
    story.slash(eve.address, "C0GENERAL", "/case my all")


def comes_back(story: Story) -> None:
    """Somebody who was taken off the case still has its addresses, its thread and its page."""
    one = story.dice.choice([one for one in story.gone if story.reached(one)])
    code = story.for_the_desk(f"{one.name} ({one.kind}), who was removed, writes", one)
    if one.kind == "mail":
        story.town.answer(story.letter(one.address), one.mailbox, f"I am still here {code}")
    else:
        channel, _, ts = one.root.partition("/")
        story.people.post(one.address, channel, f"I am still here {code}", thread_ts=ts)
        story.slash(one.address, "C0GENERAL", f"/case show {story.label}")
    story.kept(code)


def links(story: Story, who: Customer) -> list[str]:
    """Every link to a page in somebody's mails about the case."""
    mails = story.town.got(who.address, story.label)
    return sorted(
        {
            url
            for mail in mails
            for url in re.findall(r"http://\S+/(?:case|survey|my)/\S+", words(mail.parsed))
        }
    )


def pages(story: Story, who: Customer) -> list[str]:
    """What each of these links shows."""
    return [get(link).html for link in links(story, who)]
