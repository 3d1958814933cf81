"""Replies in forty languages, as the programs of the world write them: what is new in each."""

from __future__ import annotations

import pytest

from tests.support.mail.replies import Reply, replies

REPLIES = replies()


@pytest.mark.parametrize("reply", REPLIES, ids=[reply.name for reply in REPLIES])
def test_what_is_new_in_it(reply: Reply) -> None:
    assert reply.found() == reply.new


def test_no_two_replies_have_one_name() -> None:
    assert len({reply.name for reply in REPLIES}) == len(REPLIES)
