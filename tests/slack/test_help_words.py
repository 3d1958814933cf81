"""Help in Slack, in each language: what a command does is translated, and its name is typed as it stands."""

from __future__ import annotations

from functools import partial

import pytest

from bot.commands.catalogue import VERBS
from bot.commands.verb import usage_in_words
from bot.languages.catalogue import mail_languages
from bot.render.renderer import Renderer
from channels.slack.text.i18n import _, translating


@pytest.mark.parametrize("language", mail_languages())
def test_the_name_of_a_verb_is_typed_as_it_stands(language: str) -> None:
    with translating(partial(Renderer().in_words, language=language)):
        for verb in VERBS:
            arguments = verb.usage.partition(" ")[2]
            assert _(usage_in_words(verb.name, arguments)).startswith(verb.name), (verb.name, language)
