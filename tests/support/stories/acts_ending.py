"""How a story ends: a survey, and a last look by everybody."""

from __future__ import annotations

import re

from tests.support.houses.browser import get
from tests.support.houses.house import words
from tests.support.stories import acts_of_customers as customers
from tests.support.stories.story import Customer, Story


def survey(story: Story) -> None:
    """Whoever asked for help says how it went, now and then."""
    if not story.closed or story.dice.random() >= 0.7:
        return
    story.book.steps.append("survey")
    who = story.requester
    link = story.until(lambda: _survey_link(story, who), "a survey")
    code = story.for_the_desk(f"{who.name} ({who.kind}) answers the survey", who)
    get(link).send("rate", rating=str(story.dice.randint(1, 5)), comment=f"Well. {code}")
    story.until(lambda: any(s.name == "survey answered" for s in story.view().history), "a survey's answer")


def _survey_link(story: Story, who: Customer) -> str:
    if who.kind == "mail":
        texts = [words(mail.parsed) for mail in story.town.got(who.address, story.label)]
    else:
        texts = [str(m.blocks) for m in story.town.bots(story.people.open_dm(who.address))]
    found = [link for text in texts for link in re.findall(r"http://[^\s|>'\"]+/survey/[^\s|>'\"]+", text)]
    return found[-1] if found else ""


def last_looks(story: Story) -> None:
    """Everybody may look once more."""
    for one in story.customers:
        if story.reached(one) and story.dice.random() < 0.4:
            story.book.steps.append("last look")
            customers.looks(story, one)
