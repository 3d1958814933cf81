"""Gathering: the first notice goes at once, what follows on the case within two minutes is one mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.commands.browse import Show
from bot.commands.case import Close, Note, Open, Reopen, Reply
from bot.commands.people import AddPerson, RemovePerson, Take
from bot.model.message import Attachment, Said
from bot.queries.lists import ListOutbox
from store.queues import claim, outbox
from store.queues.outbox import Outgoing
from tests.stories.test_mail import ANA, DESK
from tests.support.houses.desk import CONFIG, TestDesk, text_of
from tests.support.houses.house import House, until
from tests.support.mail.sink import Sink

ADDRESS, MAX = "ana@acme.example", "max@desk.example"
GATHERS = CONFIG.replace("gather = 0", "gather = 120")


class GatheringDesk(TestDesk):
    """A desk that gathers for two minutes, and whose clock one sets."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(url, folder, config=GATHERS)
        self.start = datetime.now(UTC)

    def later(self, seconds: float) -> None:
        """It is so many seconds after the start, and couriers take up what is due by now."""
        now = self.start + timedelta(seconds=seconds)
        self.at(now)
        for row in self.claimed(now):
            made = self.gathers(row)
            if made is not None:
                self.rows.append(made)

    def claimed(self, now: datetime) -> list[Outgoing]:
        with self.app.database.writing() as tx:
            rows = claim.deliveries(tx, now=now, until=now + timedelta(seconds=20), most=100)
        return [row for row in rows if not row.payload]

    def gathers(self, row: Outgoing) -> Outgoing | None:
        with self.app.database.writing() as tx:
            return self.app.batch_job.gather(tx, row)


def busy(desk: GatheringDesk) -> list[Any]:
    """Ana has opened a case and said four more things within a minute; what Sam got until then."""
    desk.later(0)
    desk.ask(ADDRESS, Open("No delivery", "It stopped."))
    for number in range(1, 5):
        desk.later(number * 10)
        desk.ask(ADDRESS, Reply(1, f"And {number}."))
    return desk.mails("sam@desk.example")


def test_a_chatty_customers_five_mails_are_two_for_the_desk(url: str, tmp_path: Path) -> None:
    with GatheringDesk(url, tmp_path) as desk:
        (first,) = busy(desk)
        assert "It stopped." in text_of(first)
        desk.later(119)
        assert not desk.mails("sam@desk.example")
        desk.later(121)
        (second,) = desk.mails("sam@desk.example")
        said = text_of(second)
        places = [said.index(f"> And {number}.") for number in range(1, 5)]
        assert places == sorted(places)
        assert second["Subject"] == first["Subject"] == "[CS-000001] No delivery"
        assert second["In-Reply-To"] == first["Message-ID"]
        assert second["Auto-Submitted"]
        assert said.count("For an internal note") == said.count("IDs") + 1 == 1
        assert len(desk.mails(MAX)) == 2
        desk.later(400)
        assert not desk.mails("sam@desk.example")


def test_what_comes_alone_is_the_mail_that_it_would_have_been(url: str, tmp_path: Path) -> None:
    with GatheringDesk(url, tmp_path) as desk:
        desk.later(0)
        desk.ask(ADDRESS, Open("No delivery", "It stopped."))
        desk.ask(ADDRESS, Reply(1, "Still."))
        desk.mails()
        desk.later(121)
        (mail,) = desk.mails("sam@desk.example")
        assert "Ana replied on " in text_of(mail)
        assert "For an internal note" in text_of(mail)
        assert "Owner       nobody yet" in text_of(mail)


def test_the_gathered_mail_begins_two_minutes_of_its_own(url: str, tmp_path: Path) -> None:
    with GatheringDesk(url, tmp_path) as desk:
        busy(desk)
        desk.later(121)
        desk.mails()
        desk.later(180)
        desk.ask(ADDRESS, Reply(1, "One more."))
        assert not desk.mails("sam@desk.example")
        desk.later(242)
        (third,) = desk.mails("sam@desk.example")
        assert "One more." in text_of(third)
        desk.later(400)
        desk.ask(ADDRESS, Reply(1, "Long after."))
        assert len(desk.mails("sam@desk.example")) == 1


def test_an_answer_is_never_held_back_and_takes_along_what_explains_it(url: str, tmp_path: Path) -> None:
    with GatheringDesk(url, tmp_path) as desk:
        desk.later(0)
        desk.ask(ADDRESS, Open("No delivery", "It stopped."))
        (confirmation,) = desk.mails(ADDRESS)
        desk.ask("sam@desk.example", Close(1, "resolved"))
        desk.ask(MAX, Reopen(1))
        assert not desk.mails(ADDRESS)
        desk.ask("sam@desk.example", Reply(1, "We found more."))
        news, answer = desk.mails(ADDRESS)
        said = text_of(news)
        assert said.index("has closed CS-000001") < said.index("opened CS-000001 again")
        assert news["In-Reply-To"] == confirmation["Message-ID"]
        assert answer["In-Reply-To"] == news["Message-ID"]
        assert answer["Auto-Submitted"] is None
        desk.later(500)
        assert not desk.mails(ADDRESS)


def test_what_every_notice_would_say_is_said_once_in_the_mail_of_several(url: str, tmp_path: Path) -> None:
    with GatheringDesk(url, tmp_path) as desk:
        desk.later(0)
        desk.ask(ADDRESS, Open("No delivery", "It stopped."))
        desk.ask("sam@desk.example", Close(1, "resolved"))
        desk.ask(MAX, Reopen(1))
        desk.ask(MAX, Note(1, "It was the tag."))
        desk.mails()
        desk.later(121)
        (news,) = desk.mails(ADDRESS)
        assert text_of(news).count("just reply to this mail") == text_of(news).count("Hello Ana,") == 1
        assert "Internal note by Max" in text_of(desk.mails("sam@desk.example")[0])


def test_words_of_a_specialist_are_not_held_back_with_the_notice_that_carries_them(
    url: str, tmp_path: Path
) -> None:
    with GatheringDesk(url, tmp_path) as desk:
        desk.later(0)
        desk.ask(ADDRESS, Open("No delivery", "It stopped."))
        desk.ask("sam@desk.example", Close(1, "resolved", "The tag was wrong."))
        _, closed = desk.mails(ADDRESS)
        assert "The tag was wrong." in text_of(closed)


def test_what_somebody_asked_for_comes_at_once_and_makes_nothing_wait(url: str, tmp_path: Path) -> None:
    with GatheringDesk(url, tmp_path) as desk:
        desk.later(0)
        desk.ask(ADDRESS, Open("No delivery", "It stopped."))
        desk.later(200)
        desk.mails()
        desk.ask("sam@desk.example", Take(1), explicit=True)
        assert len(desk.mails("sam@desk.example")) == 1
        desk.ask(ADDRESS, Reply(1, "Hello?"))
        assert len(desk.mails("sam@desk.example")) == 1
        desk.ask(ADDRESS, Show(1), explicit=True)
        assert len(desk.mails(ADDRESS)) == 1


def test_two_who_take_up_the_same_tell_it_once(url: str, tmp_path: Path) -> None:
    with GatheringDesk(url, tmp_path) as desk:
        busy(desk)
        desk.mails()
        rows = desk.claimed(desk.start + timedelta(seconds=121))
        assert len(rows) == 8
        made = [one for row in (*rows[::-1], *rows) if (one := desk.gathers(row))]
        assert sorted(one.recipient for one in made) == [MAX, "sam@desk.example"]
        outcomes = [line.outcome for line in desk.desk.ask(ListOutbox())]
        assert outcomes.count("gathered") == 6


def test_notes_never_reach_a_customer_in_gathered_mail(url: str, tmp_path: Path) -> None:
    with GatheringDesk(url, tmp_path) as desk:
        busy(desk)
        desk.ask("sam@desk.example", Note(1, "canary"))
        desk.ask("sam@desk.example", Close(1, "resolved"))
        desk.mails()
        desk.later(121)
        assert any("canary" in text_of(mail) for mail in desk.mails(MAX))
        assert "canary" not in "".join(text_of(mail) for mail in desk.mails(ADDRESS))


def test_files_go_along_with_what_was_gathered(url: str, tmp_path: Path) -> None:
    with GatheringDesk(url, tmp_path) as desk:
        busy(desk)
        digest, size = desk.app.files.put([b"a log"])
        file = Attachment("app.log", "text/plain", size, digest)
        desk.ask(ADDRESS, Reply(1, "Here."), said=Said("Here.", attachments=(file,), message_id="<f@x>"))
        desk.mails()
        desk.later(121)
        (mail,) = desk.mails("sam@desk.example")
        assert [part.get_filename() for part in mail.iter_attachments()] == ["app.log"]


def test_over_real_wires_a_restart_loses_nothing_and_a_refusal_changes_nothing(
    url: str, tmp_path: Path
) -> None:
    with Sink() as sink:
        with House(url, tmp_path, config=GATHERS, relay=sink.url) as house:
            house.send(ANA, DESK, "No delivery", "It stopped.")
            until(lambda: len(sink.taken) == 3)
            for text in ("One.", "Two."):
                house.send(ANA, DESK, "Re: [CS-000001] No delivery", text)
            house.settled()
            assert len(sink.taken) == 3
        sink.say("message", "451 4.3.0 later", "451 4.3.0 later")
        with House(url, tmp_path, config=GATHERS, relay=sink.url) as house:
            house.pass_time(minutes=3)
            until(lambda: len(put_off(house)) == 2)
            frozen = put_off(house)
            house.app.desk.retry()
            until(lambda: len(sink.taken) == 5)
            house.drained()
            assert {row[0] for row in frozen} <= {one.message_id for one in sink.taken}
            assert all("One." in str(one.raw) and "Two." in str(one.raw) for one in sink.taken[3:])
            assert len({one.message_id for one in sink.taken}) == len(sink.taken) == 5


def put_off(house: House) -> list[tuple[str, bytes, str]]:
    return [row for row in payloads(house) if row[2]]


def payloads(house: House) -> list[tuple[str, bytes, str]]:
    """Message-ID, bytes and reason of what was put off."""
    with house.app.database.reading() as tx:
        rows = tx.rows(outbox.outgoing.select().where(outbox.outgoing.c.outcome == "waiting"))
    return [(row.message_id, row.payload, row.reason) for row in rows if row.payload]


def test_whoever_was_removed_is_sent_nothing_that_waited_for_them(url: str, tmp_path: Path) -> None:
    bob = "bob@acme.example"
    with GatheringDesk(url, tmp_path) as desk:
        desk.later(0)
        desk.ask(ADDRESS, Open("No delivery", "It stopped."))
        desk.ask("sam@desk.example", AddPerson(1, bob))
        assert desk.mails(bob)
        desk.ask("sam@desk.example", Close(1, "resolved"))
        desk.ask(MAX, Reopen(1))
        desk.ask(ADDRESS, RemovePerson(1, bob))
        desk.mails()
        desk.later(121)
        assert not desk.mails(bob)
        assert desk.mails(ADDRESS)
        assert not [row for row in desk.claimed(desk.start + timedelta(seconds=400)) if row.recipient == bob]
        outcomes = {line.outcome for line in desk.desk.ask(ListOutbox()) if line.recipient == bob}
        assert "withdrawn" in outcomes
