"""docs/postfix.md, followed to the letter with a real Postfix."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.ports import free_port
from tests.support.guides.follower import Follower
from tests.support.guides.page import section, titles
from tests.support.guides.postfix import Postfix
from tests.support.guides.story import ANA, BEA, Correspondence
from tests.support.houses.house import until
from tests.support.setup.fixtures import open_per_test

PAGE = "postfix.md"
STEPS = "One machine"

there = open_per_test(Postfix)


@pytest.fixture
def reader(there: Postfix, tmp_path: Path) -> Iterator[Follower]:
    listen, monitor = free_port(), free_port()
    called = {rf"127\.0\.0\.1:{there.port}\b": "127.0.0.1:25", rf"127\.0\.0\.1:{listen}\b": "127.0.0.1:8025"}
    with Follower(tmp_path / "desk", {"CASEBOT_WEB__LISTEN": ""}, called=called) as reader:
        reader.names = {
            "127.0.0.1:8025": f"127.0.0.1:{listen}",
            "[127.0.0.1]:8025": f"[127.0.0.1]:{listen}",
            "127.0.0.1:25?": f"127.0.0.1:{there.port}?",
            "127.0.0.1:8081": f"127.0.0.1:{monitor}",
        }
        reader.mail_server = there.add
        yield reader


def test_every_block_is_followed_by_one_of_these() -> None:
    assert titles(PAGE) == {STEPS}


def test_postfix_hands_over_what_comes_and_takes_what_goes(there: Postfix, reader: Follower) -> None:
    talk = Correspondence(there)
    talk.goes_both_ways(reader, section(PAGE, STEPS))
    reader.close()
    talk.comes_meanwhile(BEA, "No ink")
    assert until(lambda: "Connection refused" in there.queue()), there.queue()
    reader.type("casebot run")
    there.try_again()
    talk.all_came_once(BEA, "No ink")
    assert until(lambda: "Mail queue is empty" in there.queue()), there.queue()


def test_a_socket_for_lmtp_is_open_to_postfix_and_its_group(there: Postfix, reader: Follower) -> None:
    folder = there.folder / "lmtp"
    folder.mkdir()
    shutil.chown(folder, group="postfix")
    folder.chmod(0o2750)
    lmtp = {
        'listen = "127.0.0.1:8025"': f'listen = ""\nlmtp = "{folder}/lmtp.sock"',
        "smtp:[127.0.0.1]:8025": f"lmtp:unix:{folder}/lmtp.sock",
    }
    reader.names = {**lmtp, **reader.names}
    reader.follow(block for block in section(PAGE, STEPS)[:4] if block.kind != "text")
    assert (folder / "lmtp.sock").stat().st_mode & 0o777 == 0o660
    Correspondence(there).opens(ANA, "Printer on fire")
