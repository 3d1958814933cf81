"""Logs: what is said, and above all what is not."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path
from typing import Any

import structlog

from bot.config.settings import LogSection
from bot.links.tokens import Links
from bot.runtime.logs import set_up


def logged(**facts: Any) -> dict[str, Any]:
    stream = io.StringIO()
    set_up(LogSection(), stream)
    structlog.get_logger("test").info("kept", **facts)
    (line,) = stream.getvalue().splitlines()
    return dict(json.loads(line))


def test_json_where_there_is_no_terminal() -> None:
    line = logged(peer="192.0.2.1", n=3)
    assert (line["event"], line["level"], line["peer"], line["n"]) == ("kept", "info", "192.0.2.1", 3)
    assert line["timestamp"].endswith("Z")


def test_text_where_it_is_wanted() -> None:
    stream = io.StringIO()
    set_up(LogSection(format="text"), stream)
    structlog.get_logger("test").info("kept", peer="192.0.2.1")
    assert "kept" in stream.getvalue()
    assert "peer=192.0.2.1" in stream.getvalue()


def test_secrets_are_hidden_by_their_name_and_by_their_look() -> None:
    from datetime import UTC, datetime

    links = Links(["s" * 40])
    token = links.reply_token(1, 2, "public", now=datetime.now(UTC))
    bounce = links.bounce_tag(7)
    line = json.dumps(
        logged(
            password="hush-1",
            reply_token="hush-2",
            settings={"client_secret": "hush-3", "host": "imap"},
            relay="smtp://me:hush-4@mail.acme.com:587",
            header="Bearer hush-5-hush",
            slack="xoxb-hush-6-hush-6",
            to=[f"support+{token}@acme.com", f"support+{bounce}@acme.com"],
        )
    )
    assert "hush" not in line
    assert token not in line
    assert bounce not in line
    assert "mail.acme.com" in line
    assert "imap" in line


def test_nobodys_words_are_logged() -> None:
    line = json.dumps(logged(text="a customer's words", raw=b"Subject: a customer's words", parts=3))
    assert "customer" not in line


def test_nobodys_mail_address_is_logged_but_a_mark_that_is_always_the_same() -> None:
    why = "550 5.1.1 <Ana.Martin@acme.com>: no such user"
    first, second = logged(why=why), logged(of=["ana.martin@acme.com"])
    assert first["why"] == f"550 5.1.1 <{second['of'][0]}>: no such user"
    assert second["of"][0].startswith("mail:")
    assert logged(mailbox="support@desk.example")["mailbox"] == "support@desk.example"
    assert logged(relay="smtp://relay@mail.acme.com:587")["relay"].endswith("mail.acme.com:587")
    stream = io.StringIO()
    set_up(LogSection(), stream, secret="of another desk")
    structlog.get_logger("test").info("kept", of="ana.martin@acme.com")
    assert json.loads(stream.getvalue())["of"] not in ("ana.martin@acme.com", second["of"][0])


def test_an_error_of_the_database_has_nobodys_words(tmp_path: Path) -> None:
    from sqlalchemy import text

    from store.engine.database import Database

    database = Database(f"sqlite:///{tmp_path}/store.db")
    stream = io.StringIO()
    set_up(LogSection(), stream)
    try:
        with database.reading() as tx:
            tx.rows(text("SELECT :words FROM nothing"), {"words": "hush" * 3})
    except Exception:
        structlog.get_logger("test").exception("failed")
    database.close()
    assert "OperationalError" in stream.getvalue()
    assert "hushhush" not in stream.getvalue()


def test_nobody_can_write_a_line_of_their_own() -> None:
    stream = io.StringIO()
    set_up(LogSection(format="text"), stream)
    structlog.get_logger("test").info("kept", subject="x\n12:00:00 [info] all is well\x1b[2J")
    assert len(stream.getvalue().splitlines()) == 1
    assert "\x1b" not in stream.getvalue()


def test_what_libraries_say_is_logged_alike() -> None:
    stream = io.StringIO()
    set_up(LogSection(), stream)
    logging.getLogger("some.library").warning("odd: %s", "smtp://me:hush@host")
    logging.getLogger("some.library").info("chatter")
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line)["event"] == "odd: smtp://[hidden]@host"


def test_the_level_is_kept_and_a_failure_has_its_place_but_no_values() -> None:
    stream = io.StringIO()
    set_up(LogSection(level="warning"), stream)
    log = structlog.get_logger("test")
    log.info("chatter")
    try:
        canary = "hush"
        raise ValueError(len(canary))
    except ValueError:
        log.exception("failed")
    (line,) = stream.getvalue().splitlines()
    assert "ValueError: 4" in json.loads(line)["exception"]
    assert "test_logs.py" in line


def test_a_full_disk_under_the_log_stops_nothing() -> None:
    with open("/dev/full", "w", buffering=1) as full:
        set_up(LogSection(), full)
        structlog.get_logger("test").info("kept")
        logging.getLogger("some.library").warning("odd")
        try:
            full.close()
        except OSError:
            return
