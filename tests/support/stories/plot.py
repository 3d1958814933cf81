"""The plot: what may happen next in a story, and how likely it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.support.stories import acts_by_letter as letters
from tests.support.stories import acts_of_customers as customers
from tests.support.stories import acts_of_strangers as strangers
from tests.support.stories import acts_of_the_desk as desk
from tests.support.stories.story import Story

Act = Callable[[Story], None]


def possible(story: Story) -> Iterator[tuple[int, str, Act]]:
    """What can happen next: (weight, name, act)."""
    yield from _customers(story)
    yield from _desk(story)
    yield 1, "guesses", strangers.guesses
    yield 1, "pries", strangers.pries
    if any(one.kind == "mail" and story.reached(one) for one in story.customers):
        yield 2, "eavesdrops", strangers.eavesdrops
        yield 1, "pretends", strangers.pretends
    if any(story.reached(one) for one in story.gone):
        yield 6, "comes back", strangers.comes_back


def _customers(story: Story) -> Iterator[tuple[int, str, Act]]:
    who = story.dice.choice([one for one in story.customers if story.reached(one)])
    yield 8, "customer writes", lambda s: customers.writes(s, who)
    yield 2, "customer looks", lambda s: customers.looks(s, who)
    if not story.over and not who.foreign:
        yield 3, "customer uses a form", lambda s: customers.uses_a_form(s, who)
    if not story.over:
        yield 1, "requester closes", lambda s: customers.closes(s, s.requester)
        if story.requester.kind == "mail":
            yield 1, "requester closes on the page", lambda s: customers.closes_on_the_page(s, s.requester)
    else:
        yield 4, "customer reopens", lambda s: customers.reopens(s, who)
    if story.closed:
        yield 1, "requester closes again", lambda s: customers.adds_a_word_to_a_closed_case(s, s.requester)
    if not story.complained:  # what is raised again within the hour calls nobody twice
        yield 1, "customer complains", lambda s: customers.complains(s, who)
    if who.kind != "mail":
        yield 2, "customer corrects", lambda s: customers.corrects(s, who)
    if story.home == "channel":
        yield 2, "another member speaks up", customers.speaks_up
    if any(one.kind == "mail" for one in story.customers[1:]):
        yield 3, "requester drops somebody", customers.drops


def _desk(story: Story) -> Iterator[tuple[int, str, Act]]:
    yield 6, "note", desk.notes
    yield 2, "slip", desk.slips
    yield 1, "broadcast note", desk.notes_to_all_of_triage
    yield 2, "note corrected", desk.corrects_a_note
    yield 2, "note form", desk.notes_by_button
    yield 3, "slash", desk.types
    yield 1, "wrong slash", desk.mistypes
    yield 2, "brings in", desk.brings_in
    yield 2, "command line", letters.at_the_command_line
    if [one for one in story.customers[1:] if one.kind != "member"]:
        yield 3, "sends away", desk.sends_away
    yield 1, "takes", desk.takes
    yield 1, "hands over", desk.hands_over
    yield from _answers(story)
    yield from _letters(story)


def _answers(story: Story) -> Iterator[tuple[int, str, Act]]:
    yield 4, "answer", desk.answers
    yield 1, "attach", desk.attaches
    if any(story.reached(one) for one in story.customers):
        yield 2, "answer taken back", desk.takes_back
    yield 3, "answer form", desk.answers_by_button
    if story.home == "channel":
        yield 2, "drops in", desk.drops_in
    if story.over:
        yield 2, "desk reopens", desk.reopens
        yield 1, "closes again", desk.adds_a_word_to_a_closed_case
    else:
        yield 1, "desk closes", desk.closes


def _letters(story: Story) -> Iterator[tuple[int, str, Act]]:
    """Only where the mail specialist has heard of the case, which he has if nobody took it at once."""
    yield 3, "letter", letters.answers
    yield 3, "letter, note", letters.notes
    yield 2, "letter, #note", letters.notes_in_a_line
    yield 1, "letter, both", letters.answers_and_notes
    yield 1, "letter, astray", letters.misses_the_address
    if not story.over:
        yield 1, "letter, #close", letters.closes
