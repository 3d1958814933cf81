"""Why a case is closed, as people say it: a reason of the list, or words alone."""

from __future__ import annotations

import pytest

from bot.commands.case import Close
from bot.commands.catalogue import command
from bot.commands.parser import parse
from tests.support.setup.adtech import LISTS


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("close fixed, thank you", Close(7, "resolved", "thank you")),
        ("close #12 not ours: the browser is", Close(12, "not_ours", "the browser is")),
        ("close no longer an issue", Close(7, "no_longer", "")),
        ("close works as designed", Close(7, "as_designed", "")),
        ("close out_of_scope", Close(7, "out_of_scope", "")),
        ("close duplicate of CS-000004", Close(7, "duplicate", "duplicate of CS-000004")),
        ("close resolved by a restart", Close(7, "resolved", "resolved by a restart")),
        ("close no response needed from you", Close(7, None, "no response needed from you")),
        ("close no answer necessary, thanks", Close(7, None, "no answer necessary, thanks")),
        ("close out of scope We do not do this", Close(7, "out_of_scope", "We do not do this")),
        ("close out of scope we do not do this", Close(7, "out_of_scope", "out of scope we do not do this")),
        ("close out_of_scope we do not", Close(7, "out_of_scope", "we do not")),
        ("close no longer needed because we left", Close(7, "no_longer", "no longer needed because we left")),
        ("close works as designed (see page 3)", Close(7, "as_designed", "works as designed (see page 3)")),
        ("close not ours – ask them", Close(7, "not_ours", "ask them")),
        ("close not oursourced", Close(7, None, "not oursourced")),
        ("close we found it ourselves", Close(7, None, "we found it ourselves")),
    ],
)
def test_the_longest_reason_that_the_words_begin_with_is_meant(words: str, meant: Close) -> None:
    assert command(parse(words), 7, LISTS) == meant
